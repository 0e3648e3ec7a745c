//! One request from head to answer.

use std::sync::Arc;

use hyper::body::Incoming;
use hyper::{Request, Response};
use serde_json::json;

use super::access::Access;
use super::reply::Reply;
use super::route::{Route, route};
use super::uploads::Uploads;
use crate::aws::guard::is_ours;
use crate::codec::Head;
use crate::stream::{self, Inflow, ReplyBody};
use crate::wall_clock;
use gateway::{CallError, Gateway};
use registry::ops::listing::{
    ListReferrers, ListReferrersOutput, ListRepositories, ListRepositoriesOutput, ListTags,
    ListTagsOutput,
};
use registry::{Refusal, account_host, refusal};
use sim::Caller;
use sim::api::{ApiError, OpDef, Shaped};
use sim::principal::Principal;

/// How many repositories a page of the catalogue has unless the client says so.
const CATALOG_PAGE: u64 = 100;
const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";

/// What all connections share.
pub(super) struct Endpoint {
    pub(super) gateway: Arc<dyn Gateway>,
    pub(super) uploads: Uploads,
    pub(super) keeper: Keeper,
}

/// Whose registry it is.
pub(super) enum Keeper {
    /// The lab's.
    Lab(Access),
    /// An account's own.
    Account,
}

/// A request that was let in.
pub(super) struct Inbound {
    pub(super) head: Head,
    pub(super) body: Inflow,
    pub(super) caller: Caller,
    /// Whether it is for an account's own registry.
    pub(super) of_account: bool,
}

/// How a request ended when it did not end well.
pub(super) enum Fault {
    /// A refusal with headers of its own.
    Answered(Box<Reply>),
    Call(CallError),
}

impl From<CallError> for Fault {
    fn from(error: CallError) -> Self {
        Self::Call(error)
    }
}

impl From<ApiError> for Fault {
    fn from(error: ApiError) -> Self {
        Self::Call(error.into())
    }
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        Self::broken(anyhow::Error::new(error).context("the disk refuses"))
    }
}

impl Fault {
    fn broken(cause: impl Into<anyhow::Error>) -> Self {
        Self::Call(CallError::Broken(cause.into()))
    }

    pub(super) fn into_reply(self) -> Reply {
        match self {
            Self::Answered(reply) => *reply,
            Self::Call(CallError::Api(error)) => Reply::error(&error),
            Self::Call(CallError::Broken(cause)) => {
                let error = ApiError::new(500, "UNKNOWN", "unknown error");
                Reply::error(&error.with("reason", format!("{cause:#}")))
            }
        }
    }
}

/// Answers one request, on a task of its own: a panic in it becomes a 500, and a client that goes away
/// in the middle of an upload does not take what it has sent with it.
pub(super) async fn answer(
    endpoint: Arc<Endpoint>,
    request: Request<Incoming>,
) -> Response<ReplyBody> {
    let (parts, incoming) = request.into_parts();
    let head = stream::head(&parts);
    let head_only = head.method == "HEAD";
    let handled = tokio::spawn(async move { endpoint.handle(head, incoming).await }).await;
    let reply = handled.unwrap_or_else(|_| {
        Fault::broken(anyhow::anyhow!("the request broke a rule of the program's own")).into_reply()
    });
    reply.finish(head_only)
}

impl Endpoint {
    pub(super) fn new(gateway: Arc<dyn Gateway>, keeper: Keeper) -> Self {
        Self { gateway, uploads: Uploads::default(), keeper }
    }

    async fn handle(&self, head: Head, incoming: Incoming) -> Reply {
        let mut body = Inflow::new(incoming, &head);
        let found = match &self.keeper {
            Keeper::Lab(access) => let_in(access, &head),
            Keeper::Account => self.let_into_account(&head).await,
        };
        let (route, caller) = match found {
            Ok(found) => found,
            Err(reply) => {
                body.drain().await;
                return reply;
            }
        };
        let of_account = matches!(self.keeper, Keeper::Account);
        let mut inbound = Inbound { head, body, caller, of_account };
        let outcome = self.dispatch(route, &mut inbound).await;
        body = inbound.body;
        match outcome {
            Ok(reply) => reply,
            Err(fault) => {
                body.drain().await;
                fault.into_reply()
            }
        }
    }

    async fn dispatch(&self, route: Route, inbound: &mut Inbound) -> Result<Reply, Fault> {
        let method = inbound.head.method.clone();
        match (route, method.as_str()) {
            (Route::Base, _) => Ok(Reply::json(200, "application/json", &json!({}))),
            (Route::Token, _) => Err(refusal(Refusal::NotFound).into()),
            (Route::Catalog, _) => self.catalog(inbound).await,
            (Route::Tags(name), _) => self.tags(name, inbound).await,
            (Route::Referrers(name, digest), _) => self.referrers(name, digest, inbound).await,
            (Route::Manifest(name, reference), "PUT") => {
                self.put_manifest(name, reference, inbound).await
            }
            (Route::Manifest(name, reference), "DELETE") => {
                self.delete_manifest(name, reference, inbound).await
            }
            (Route::Manifest(name, reference), _) => {
                self.get_manifest(name, reference, inbound).await
            }
            (Route::Blob(name, digest), "DELETE") => self.delete_blob(name, digest, inbound).await,
            (Route::Blob(name, digest), _) => self.get_blob(name, digest, inbound).await,
            (Route::Uploads(name), _) => self.begin_upload(name, inbound).await,
            (Route::Upload(name, id), "GET") => self.upload_status(&name, &id).await,
            (Route::Upload(name, id), "PATCH") => self.add_to_upload(&name, &id, inbound).await,
            (Route::Upload(name, id), "PUT") => self.end_upload(&name, &id, inbound).await,
            (Route::Upload(name, id), _) => self.cancel_upload(&name, &id).await,
        }
    }

    /// Asks the world.
    pub(super) async fn ask<O: Shaped>(
        &self,
        inbound: &Inbound,
        op: &'static OpDef,
        input: &(impl Shaped + Clone),
    ) -> Result<O, Fault> {
        let mut input = input.clone().into_value();
        let op = if inbound.of_account { inbound.in_place_of(op, &mut input)? } else { op };
        let output = self.gateway.ask(inbound.caller.clone(), op, input).await?;
        Ok(O::from_value(output).map_err(|e| CallError::Broken(e.into()))?)
    }

    async fn catalog(&self, inbound: &Inbound) -> Result<Reply, Fault> {
        let n = page_size(&inbound.head)?.unwrap_or(CATALOG_PAGE);
        let last = inbound.head.param("last").map(str::to_owned);
        let input = ListRepositories { n: Some(n), last };
        let page: ListRepositoriesOutput =
            self.ask(inbound, &ListRepositories::DEF, &input).await?;
        let told = json!({"repositories": page.repositories});
        let reply = Reply::json(200, "application/json", &told);
        Ok(linked(reply, "/v2/_catalog", n, page.repositories.last().filter(|_| page.more)))
    }

    async fn tags(&self, name: String, inbound: &Inbound) -> Result<Reply, Fault> {
        let n = page_size(&inbound.head)?;
        let last = inbound.head.param("last").map(str::to_owned);
        let path = format!("/v2/{name}/tags/list");
        let input = ListTags { name, n, last };
        let page: ListTagsOutput = self.ask(inbound, &ListTags::DEF, &input).await?;
        let told = json!({"name": page.name, "tags": page.tags});
        let reply = Reply::json(200, "application/json", &told);
        let next = page.tags.last().filter(|_| page.more);
        Ok(linked(reply, &path, n.unwrap_or_default(), next))
    }

    async fn referrers(
        &self,
        name: String,
        digest: String,
        inbound: &Inbound,
    ) -> Result<Reply, Fault> {
        let artifact_type = inbound.head.param("artifactType").filter(|t| !t.is_empty());
        let filtered = artifact_type.is_some();
        let input = ListReferrers { name, digest, artifact_type: artifact_type.map(str::to_owned) };
        let found: ListReferrersOutput = self.ask(inbound, &ListReferrers::DEF, &input).await?;
        let told = json!({
            "schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": found.manifests.into_value(),
        });
        let reply = Reply::json(200, OCI_INDEX, &told);
        Ok(if filtered { reply.header("OCI-Filters-Applied", "artifactType") } else { reply })
    }
}

/// What is asked for, and by whom.
fn let_in(access: &Access, head: &Head) -> Result<(Route, Caller), Reply> {
    let route = route(&head.path);
    let route = route.ok_or_else(|| Reply::error(&refusal(Refusal::NotFound)))?;
    // A page in the learner's browser reaches loopback too. It may read, and no more.
    let reads = matches!(head.method.as_str(), "GET" | "HEAD");
    if !reads && head.header("origin").is_some() {
        return Err(Reply::error(&refusal(Refusal::Denied)));
    }
    if !route.methods().contains(&head.method.as_str()) {
        let refused = Reply::error(&refusal(Refusal::Unsupported));
        return Err(refused.header("Allow", &route.methods().join(", ")));
    }
    if route == Route::Token {
        return Err(access.token(head, wall_clock()));
    }
    let principal = access.admit(head, route.name(), wall_clock()).map_err(|r| *r)?;
    // Whoever showed a password is no page. Others are looked at as at the AWS endpoint: a page whose
    // own name leads here (DNS rebinding) is told by that name.
    let host = head.header("host").unwrap_or_default();
    if principal == Principal::Anonymous && !is_ours(host) {
        let why = format!(
            "this registry answers without a password, and so only by names of this machine: {host} \
             is none, use localhost"
        );
        return Err(Reply::error(&refusal(Refusal::Denied).with("reason", why)));
    }
    // Their door is another, and asks for more.
    if route.name().is_some_and(|name| account_host(name).is_some()) {
        return Err(Reply::error(&refusal(Refusal::NameUnknown)));
    }
    Ok((route, Caller::from(principal)))
}

/// How many the client wants at most.
fn page_size(head: &Head) -> Result<Option<u64>, ApiError> {
    let Some(text) = head.param("n") else { return Ok(None) };
    let wrong = |_| refusal(Refusal::PageInvalid).with("n", text);
    text.parse().map(Some).map_err(wrong)
}

/// The answer with the way to the next page, when there is one.
fn linked(reply: Reply, path: &str, n: u64, last: Option<&String>) -> Reply {
    let Some(last) = last else { return reply };
    let last = percent_encoding::utf8_percent_encode(last, percent_encoding::NON_ALPHANUMERIC);
    reply.header("Link", &format!(r#"<{path}?last={last}&n={n}>; rel="next""#))
}
