//! Requests whose body is one document: a form, or JSON, or that of a REST service which is not S3.
//!
//! The body is collected first, since the common signature covers it.

use bytes::Bytes;
use serde_json::Value;

use super::body::Source;
use super::handle::{Endpoint, Inbound};
use super::reply::{self, Prepared};
use super::route::{self, Target};
use super::{guard, verify};
use crate::codec::error::Dialect;
use crate::codec::rest::{self, BodyIn, Matched};
use crate::codec::{self, Head, json, query};
use crate::sigv4::{Rules, Subject, sha256_hex};
use gateway::CallError;
use sim::Caller;
use sim::api::{Access, ApiError, OpDef, Service};
use sim::principal::Principal;

/// A request with its service and operation known, and its input not yet made.
struct Asked {
    service: &'static Service,
    op: &'static OpDef,
    input: Input,
}

/// What the input is made from.
enum Input {
    Form(Vec<(String, String)>),
    Json,
    Rest(Matched),
}

impl Endpoint {
    /// Answers such a request; `dialect` becomes the service's as soon as it is known.
    pub(super) async fn document(
        &self,
        target: Target,
        inbound: Inbound,
        dialect: &mut Dialect,
    ) -> Result<Prepared, CallError> {
        let Inbound { head, via, scope, incoming, id, .. } = inbound;
        let mut source = Source::new(incoming, &head);
        if self.options.no_auth && guard::cross_site(&head) {
            source.drain().await;
            return Err(guard::page_of_another_site().into());
        }
        let max = match target {
            Target::Form(_) => self.options.document_max,
            _ => self.options.json_max,
        };
        source.limit(None, None, max as u64);
        let bytes = match source.collect().await {
            Ok(bytes) => bytes,
            Err(error) => {
                source.drain().await;
                return Err(error.into());
            }
        };
        let asked = self.asked(target, &head, &bytes, dialect)?;
        let (principal, key) = self.who(&asked, &head, &bytes).map_err(|fault| match fault {
            CallError::Api(error) => CallError::Api(asked.service.protocol.worded(error)),
            broken @ CallError::Broken(_) => broken,
        })?;
        let input = self.input(&asked, &head, &bytes)?;
        let caller = Caller::signed(principal, key, via, scope);
        let head_only = head.method == "HEAD";
        let id = reply::uuid(&id).id;
        self.call(asked.service, asked.op, caller, input, head_only, id).await
    }

    fn asked(
        &self,
        target: Target,
        head: &Head,
        bytes: &Bytes,
        dialect: &mut Dialect,
    ) -> Result<Asked, ApiError> {
        match target {
            Target::Form(services) => {
                let mut form = head.query.clone();
                form.extend(codec::form_pairs(&String::from_utf8_lossy(bytes)));
                let (service, op) = route::by_action(&services, &form, dialect)?;
                Ok(Asked { service, op, input: Input::Form(form) })
            }
            Target::Json(service, name) => {
                let op = service.operation(&name).ok_or_else(|| {
                    service.refusal(&name).unwrap_or_else(|| {
                        let message = format!("{} has no operation {name}", service.title);
                        ApiError::new(400, "UnknownOperationException", message)
                    })
                })?;
                Ok(Asked { service, op, input: Input::Json })
            }
            Target::Document(service) => {
                let matched = self.router(service)?.find(head)?;
                Ok(Asked { service, op: matched.op, input: Input::Rest(matched) })
            }
            Target::Rest(_) | Target::Unknown(..) => Err(super::body::internal()),
        }
    }

    /// Who signed.
    fn who(
        &self,
        asked: &Asked,
        head: &Head,
        bytes: &Bytes,
    ) -> Result<(Principal, String), CallError> {
        let body_sha256 = sha256_hex(bytes);
        let subject = Subject {
            head,
            sent_path: &head.path,
            rules: Rules::Common,
            service: asked.service.signing_name,
            body_sha256: Some(&body_sha256),
        };
        let wall = (self.options.clock)();
        let signer = verify::signer(&*self.gateway, &subject, self.options.no_auth, wall)?;
        let anybody = matches!(asked.op.access, Access::Unsigned);
        if signer.verified.principal == Principal::Anonymous && !anybody {
            return Err(asked.service.protocol.unsigned().into());
        }
        Ok((signer.verified.principal, signer.verified.access_key))
    }

    fn input(&self, asked: &Asked, head: &Head, bytes: &Bytes) -> Result<Value, CallError> {
        match &asked.input {
            Input::Form(form) => Ok(query::decode(asked.service, asked.op, form)?),
            Input::Json => Ok(json::decode(asked.op, bytes)?),
            Input::Rest(matched) if rest::takes_stream(asked.op) => {
                let blob = self.gateway.blobs().put(&mut bytes.as_ref());
                let blob = blob.map_err(|e| {
                    CallError::Broken(anyhow::Error::new(e).context("cannot store a body"))
                })?;
                Ok(rest::decode(matched, head, BodyIn::Blob(&blob))?)
            }
            Input::Rest(matched) => Ok(rest::decode(matched, head, BodyIn::Bytes(bytes))?),
        }
    }
}
