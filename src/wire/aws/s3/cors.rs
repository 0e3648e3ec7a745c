//! Requests of pages that come from another origin: the question before one, and the headers of every
//! answer. What is allowed says [`CrossOrigin`].

use serde_json::{Value, json};

use super::super::body::Source;
use super::super::handle::{Endpoint, Inbound};
use super::super::reply::Prepared;
use crate::codec::{self, Encoded, Head};
use aws::s3::ops::cross_origin::CrossOrigin;
use gateway::CallError;
use sim::Caller;
use sim::api::Service;
use sim::principal::Principal;

impl Endpoint {
    /// Answers whether a page may send the request that the browser holds back. Nobody signs this.
    pub(super) async fn preflight(
        &self,
        service: &'static Service,
        inbound: Inbound,
    ) -> Result<Prepared, CallError> {
        let Inbound { head, incoming, .. } = inbound;
        Source::new(incoming, &head).drain().await;
        let method = head.header("access-control-request-method");
        let encoded = self.cross_origin(service, &head, method)?;
        Prepared::new(encoded, self.gateway.blobs(), false)
            .map_err(|e| CallError::Broken(anyhow::Error::new(e)))
    }

    /// The headers without which a browser keeps an answer from the page that asked; none where the
    /// bucket does not allow it.
    pub(super) fn shared(&self, service: &'static Service, head: &Head) -> Vec<(String, String)> {
        if head.header("origin").is_none() || head.method == "OPTIONS" {
            return Vec::new();
        }
        let told = self.cross_origin(service, head, Some(&head.method));
        told.map(|encoded| encoded.headers).unwrap_or_default()
    }

    /// The gateway is asked on this thread, as it is for keys: a look at some rules takes microseconds.
    fn cross_origin(
        &self,
        service: &'static Service,
        head: &Head,
        method: Option<&str>,
    ) -> Result<Encoded, CallError> {
        let (bucket, key) = bucket_and_key(&head.path);
        let input = json!({
            "Bucket": bucket,
            "OnObject": !key.is_empty(),
            "Origin": head.header("origin"),
            "Method": method,
            "Headers": head.header("access-control-request-headers"),
        });
        let caller = Caller::from(Principal::Anonymous);
        let output: Value = self.gateway.call(&caller, &CrossOrigin::DEF, input)?;
        Ok(codec::encode(service, &CrossOrigin::DEF, &output, ""))
    }
}

/// `/notes/a/b` is about the key `a/b` of `notes`.
fn bucket_and_key(path: &str) -> (&str, &str) {
    let path = path.strip_prefix('/').unwrap_or(path);
    path.split_once('/').unwrap_or((path, ""))
}
