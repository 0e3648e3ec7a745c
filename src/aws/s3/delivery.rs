//! Whether a bucket lets in what a service of AWS delivers to it.

use super::State;
use super::identifiers::object_arn;
use crate::place::Place;
use crate::policy::{Access, Context, Effect, Policy, Principals, Requester, Set};
use sim::World;

/// The name of the service that delivers the logs of load balancers.
const ELB: &str = "logdelivery.elasticloadbalancing.amazonaws.com";

/// Whether the policy of a bucket in this place lets the log delivery of load balancers put this key. It
/// may name the service, or the account from which load balancers of the region deliver.
#[must_use]
pub fn lets_in(world: &World, bucket: &str, key: &str, place: &Place, account: &str) -> bool {
    let Some(found) = world.get::<State>().buckets.get(bucket) else { return false };
    let Some(policy) = &found.policy else { return false };
    let own = as_named(policy, account);
    let resource = object_arn(bucket, key);
    let access = Access {
        action: "s3:PutObject",
        resource: &resource,
        resource_policy: None,
        acl_allows: false,
    };
    let mut context = Context::default();
    context.add("aws:SourceAccount", place.account.as_str());
    context.add("aws:SourceArn", place.arn("elasticloadbalancing", "loadbalancer/app"));
    context.add("s3:x-amz-acl", "bucket-owner-full-control");
    let who = Requester::default();
    let judged = |effect| own.judges(effect, access, Some(&who), &context).is_some();
    judged(Effect::Allow) && !judged(Effect::Deny)
}

/// The statements of a policy that are about log delivery, as ones about everyone.
fn as_named(policy: &Policy, account: &str) -> Policy {
    let named = |principals: &Principals| {
        principals.everyone
            || principals.services.iter().any(|service| service == ELB)
            || principals.accounts.iter().any(|own| own == account)
    };
    let mut own = policy.clone();
    own.statements.retain(|statement| match &statement.principals {
        Some(Set::Only(principals)) => named(principals),
        Some(Set::AllBut(principals)) => !named(principals),
        None => false,
    });
    for statement in &mut own.statements {
        statement.principals =
            Some(Set::Only(Principals { everyone: true, ..Principals::default() }));
    }
    own
}
