//! The door of an account's own registry (ECR). Images lie in the same registry as the lab's; who may
//! what, and what is refused in which words, is ECR's.
//!
//! It is reached in two ways: by its own host (`123456789012.dkr.ecr.eu-west-1.amazonaws.com`) through
//! the session's proxy, and at `localhost:PORT/HOST/REPOSITORY` by an engine, which cannot resolve that
//! host. Both mean the repository that is kept as `HOST/REPOSITORY`.

use std::sync::Arc;

use serde_json::Value;

use super::handle::{Endpoint, Fault, Inbound, Keeper};
use super::reply::Reply;
use super::route::{Route, route};
use crate::aws;
use crate::codec::Head;
use crate::door::{Door, Opening, Port, Server, Site, Transport};
use ::aws::ecr::distribution::{
    self, Authenticate, AuthenticateOutput, BeginUpload, BeginUploadOutput,
};
use ::aws::ecr::place::Place;
use gateway::CallError;
use registry::{Refusal, account_host, refusal};
use sim::api::{ApiError, OpDef, Shaped as _};
use sim::principal::Scope;
use sim::{Caller, Principal};

/// The name of its row in the table.
pub const ACCOUNT_DOOR: &str = "ecr";

/// The account's registry as a door. It is open while the AWS endpoint is.
pub struct AccountRegistry;

impl Door for AccountRegistry {
    fn name(&self) -> &'static str {
        ACCOUNT_DOOR
    }

    fn title(&self) -> &'static str {
        "account's registry of images"
    }

    fn wanted(&self, site: &Site) -> Vec<Opening> {
        let wish = site.wishes.get::<aws::Options>();
        wish.map(|_| Opening { name: ACCOUNT_DOOR.into(), host: "localhost", port: Port::Free })
            .into_iter()
            .collect()
    }

    fn server(&self, site: &Site, _opening: &Opening) -> Option<Arc<dyn Server>> {
        site.wishes.get::<aws::Options>()?;
        Some(Arc::new(Endpoint::new(Arc::clone(&site.gateway), Keeper::Account)))
    }
}

/// The registry that a host means, with or without a port.
fn place_of(host: &str) -> Option<Place> {
    let host = host.split(':').next().unwrap_or_default();
    Place::of_host(&host.trim_end_matches('.').to_ascii_lowercase())
}

/// Whether a host is that of an account's registry.
pub(crate) fn is_account_host(host: &str) -> bool {
    place_of(host).is_some()
}

/// How it answers to a name at a port.
pub(super) fn answers(host: &str, port: u16) -> Option<Transport> {
    place_of(host)?;
    Some(match port {
        443 => Transport::Tls,
        _ => Transport::Refused,
    })
}

impl Inbound {
    /// What the account's registry is asked in the place of an operation of the lab's.
    pub(super) fn in_place_of(
        &self,
        op: &'static OpDef,
        input: &mut Value,
    ) -> Result<&'static OpDef, ApiError> {
        let mut name = op.name;
        if name == "GetBlob" {
            if let Some((expires, signature)) = link(&self.head) {
                name = "FollowLink";
                input["expires"] = expires.into();
                input["signature"] = signature.into();
            } else {
                input["toldOnly"] = (self.head.method == "HEAD").into();
            }
        }
        distribution::in_place_of(name).ok_or_else(|| refusal(Refusal::Unsupported))
    }
}

/// What a link that was handed out says beside the layer.
fn link(head: &Head) -> Option<(i64, &str)> {
    let expires = head.param("X-Amz-Expires")?.parse().ok()?;
    Some((expires, head.param("X-Amz-Signature")?))
}

impl Endpoint {
    /// What is asked of the account's registry, and by whom.
    pub(super) async fn let_into_account(&self, head: &Head) -> Result<(Route, Caller), Reply> {
        let reads = matches!(head.method.as_str(), "GET" | "HEAD");
        // A page in the learner's browser reaches loopback too. It may read, and no more.
        if !reads && head.header("origin").is_some() {
            return Err(Reply::error(&refusal(Refusal::Denied)));
        }
        let named = place_of(head.header("host").unwrap_or_default());
        let mut route =
            route(&head.path).ok_or_else(|| Reply::error(&refusal(Refusal::NotFound)))?;
        if let (Some(place), Some(name)) = (&named, route.name_mut())
            && account_host(name).is_none()
        {
            *name = format!("{}/{name}", place.host());
        }
        if matches!(route, Route::Token | Route::Catalog | Route::Referrers(..)) {
            return Err(Reply::error(&refusal(Refusal::NotFound)));
        }
        if !route.methods().contains(&head.method.as_str()) {
            let refused = Reply::error(&refusal(Refusal::Unsupported));
            return Err(refused.header("Allow", &route.methods().join(", ")));
        }
        let place = match route.name() {
            Some(name) => {
                let place = account_host(name).and_then(place_of);
                Some(place.ok_or_else(|| Reply::error(&refusal(Refusal::NameUnknown)))?)
            }
            None => named,
        };
        let scope = self.scope(place.as_ref());
        let stranger = Caller { scope: scope.clone(), ..Caller::from(Principal::Anonymous) };
        if matches!(route, Route::Blob(..)) && reads && link(head).is_some() {
            return Ok((route, stranger));
        }
        let Some(authorization) = head.header("authorization") else {
            return Err(challenge(&self.host(place.as_ref())));
        };
        let input = Authenticate { authorization: authorization.to_owned() }.into_value();
        let told = self.gateway.ask(stranger, &Authenticate::DEF, input).await;
        let told = told.map_err(|error| Fault::from(error).into_reply())?;
        let broken = |error: anyhow::Error| Fault::from(CallError::Broken(error)).into_reply();
        let told = AuthenticateOutput::from_value(told).map_err(|e| broken(e.into()))?;
        let principal: Principal =
            told.principal.parse().map_err(|e: String| broken(anyhow::anyhow!(e)))?;
        Ok((route, Caller { scope, ..Caller::from(principal) }))
    }

    /// Where a request turns to. What is empty is the world's own.
    fn scope(&self, place: Option<&Place>) -> Scope {
        let (own, Some(place)) = (self.gateway.place(), place) else { return Scope::default() };
        let unless = |own: &str, asked: &str| {
            if own == asked { String::new() } else { asked.to_owned() }
        };
        Scope {
            account: unless(&own.account, &place.account),
            region: unless(&own.region, &place.region),
        }
    }

    /// The host of a registry, of the world's own unless said.
    fn host(&self, place: Option<&Place>) -> String {
        let own = || {
            let own = self.gateway.place();
            Place { account: own.account, region: own.region }
        };
        place.cloned().unwrap_or_else(own).host()
    }

    /// Asks whether an upload may begin.
    pub(super) async fn may_begin(&self, name: &str, inbound: &Inbound) -> Result<(), Fault> {
        let input = BeginUpload { name: name.to_owned() }.into_value();
        let caller = inbound.caller.clone();
        let told = self.gateway.ask(caller, &BeginUpload::DEF, input).await?;
        let told: Result<BeginUploadOutput, _> = BeginUploadOutput::from_value(told);
        told.map(drop).map_err(|e| CallError::Broken(e.into()).into())
    }
}

/// The answer to whoever shows nothing.
fn challenge(host: &str) -> Reply {
    let asked = format!(r#"Basic realm="https://{host}/",service="ecr.amazonaws.com""#);
    let reply = Reply::text(401, "text/plain; charset=utf-8", "Not Authorized\n".to_owned());
    reply.header("WWW-Authenticate", &asked)
}
