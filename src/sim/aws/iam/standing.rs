//! Who a caller is to the account, and which policies come with it.

use crate::sim::aws::policy::{Standing, Who, WhoKind};
use crate::sim::{Principal, World};

impl World {
    /// The caller with its policies.
    pub(in crate::sim::aws) fn standing(&self, principal: &Principal) -> Standing<'_> {
        let account = self.config().account.clone();
        let who = match principal {
            Principal::Root => {
                let arn = format!("arn:aws:iam::{account}:root");
                Who {
                    kind: WhoKind::Root,
                    principal_arn: arn.clone(),
                    arn,
                    user_id: account.clone(),
                    account,
                    ..Who::default()
                }
            }
            Principal::User(name) => {
                let arn = format!("arn:aws:iam::{account}:user/{name}");
                Who {
                    kind: WhoKind::User,
                    principal_arn: arn.clone(),
                    arn,
                    user_name: name.clone(),
                    account,
                    ..Who::default()
                }
            }
            Principal::Role { role, session } => Who {
                kind: WhoKind::AssumedRole,
                arn: format!("arn:aws:sts::{account}:assumed-role/{role}/{session}"),
                principal_arn: format!("arn:aws:iam::{account}:role/{role}"),
                account,
                ..Who::default()
            },
            // Users of the simulated machines have no standing in the account.
            Principal::Anonymous | Principal::Unix(_) | Principal::Lab => Who::default(),
        };
        Standing { who, ..Standing::default() }
    }
}
