//! `GetAuthorizationToken`.

use base::Time;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::ecr::permit::place_of;
use crate::ecr::token;
use sim::api::{ApiError, Read};
use sim::{Cx, World};

sim::structure! {
    /// What opens a registry.
    pub struct AuthorizationData {
        /// User and password with a colon between them, in base64.
        pub authorization_token: String => "authorizationToken",
        /// When it ends.
        pub expires_at: Time => "expiresAt",
        /// The registry.
        pub proxy_endpoint: String => "proxyEndpoint",
    }
}

sim::operation! {
    /// Gives a password for the registry's host. It holds for twelve hours, with the permissions of
    /// whoever asked for it.
    read GetAuthorizationToken in "ecr" = "POST /";
    input {
        /// The accounts whose registries it is for; your own unless said.
        registry_ids: Vec<String> => "registryIds",
    }
    output GetAuthorizationTokenOutput {
        /// What opens them.
        pub authorization_data: Vec<AuthorizationData> => "authorizationData",
    }
    errors ["InvalidParameterException"]
    access { "ecr:GetAuthorizationToken" on "*" }
}

impl Read for GetAuthorizationToken {
    type Output = GetAuthorizationTokenOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let expires_at = cx.at.plus(token::HOLDS);
        let password = token::password(world.config(), &cx.caller.principal, expires_at);
        let authorization_token = STANDARD.encode(format!("{}:{password}", token::USER));
        let mut ids: Vec<Option<&str>> = self.registry_ids.iter().map(|id| Some(&**id)).collect();
        if ids.is_empty() {
            ids.push(None);
        }
        let data = |id: Option<&str>| {
            let proxy_endpoint = format!("https://{}", place_of(cx, id)?.host());
            let authorization_token = authorization_token.clone();
            Ok(AuthorizationData { authorization_token, expires_at, proxy_endpoint })
        };
        let authorization_data = ids.into_iter().map(data).collect::<Result<_, ApiError>>()?;
        Ok(GetAuthorizationTokenOutput { authorization_data })
    }
}
