//! `POST` of a form to a bucket: how a browser uploads a file without a line of script.
//!
//! The fields say what `PutObject` says in headers, and a signed policy what they may be. The file
//! streams, as every body of an object does; what stands behind it is ignored. Follows the S3 API
//! reference, "POST Object".

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::Value;

use super::super::body::{self, Source};
use super::super::handle::{Endpoint, Inbound};
use super::super::reply::Prepared;
use super::form::{self, Form};
use super::policy::{Lengths, Policy};
use super::unknown;
use super::{missing_length, number};
use crate::codec::multipart;
use crate::codec::rest::{self, BodyIn, Matched};
use crate::codec::{BodyOut, Encoded, Head, xml};
use crate::sigv4::FormClaim;
use gateway::CallError;
use sim::Caller;
use sim::api::{ApiError, Service};
use sim::principal::{Principal, Scope};

/// As forms are encoded in an address.
const QUERY: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'*').remove(b' ');

/// Whether a request is a form to a bucket, or was meant as one.
pub(super) fn is_upload(head: &Head) -> bool {
    let path = head.path.trim_matches('/');
    head.method == "POST" && !path.is_empty() && !path.contains('/') && head.query.is_empty()
}

/// Somebody, and what is to be put for them.
struct Asked {
    matched: Matched,
    caller: Signed,
    input: Value,
    form: Form,
}

/// Who signed a form, and for which region.
struct Signed {
    principal: Principal,
    access_key: String,
    region: String,
}

impl Endpoint {
    /// Answers a form.
    pub(super) async fn upload(
        &self,
        service: &'static Service,
        inbound: Inbound,
        sent_path: &str,
    ) -> Result<Prepared, CallError> {
        let Inbound { head, host, via, incoming, .. } = inbound;
        let mut source = Source::new(incoming, &head);
        let Asked { matched, caller, input, form } =
            match self.upload_ask(service, &head, &mut source).await {
                Ok(asked) => asked,
                Err(fault) => {
                    source.drain().await;
                    return Err(fault);
                }
            };
        let scheme = if via.secure { "https" } else { "http" };
        let bucket = sent_path.trim_matches('/');
        let slash = if bucket.is_empty() { "" } else { "/" };
        let key = form::encoded(form.get("key").unwrap_or_default());
        let location = format!("{scheme}://{host}{slash}{bucket}/{key}");
        let scope = Scope { region: caller.region, ..Scope::default() };
        let caller = Caller::signed(caller.principal, caller.access_key, via, scope);
        let put = self.call(service, matched.op, caller, input, false, String::new()).await?;
        Ok(put.changed(|encoded| answer(encoded, &form, &location)))
    }

    /// Judges a form, and takes its file in.
    async fn upload_ask(
        &self,
        service: &'static Service,
        head: &Head,
        source: &mut Source,
    ) -> Result<Asked, CallError> {
        check_head(head)?;
        let length = number(head, "content-length").ok_or_else(missing_length)?;
        let max = self.options.stream_max;
        if length.saturating_sub(max) > FIELDS_ALLOWANCE {
            return Err(body::too_large(length, max).into());
        }
        let bucket = percent_decode_str(head.path.trim_matches('/')).decode_utf8_lossy();
        let (form, file) = Form::read(source, head, bucket.into_owned()).await?;
        let claim = FormClaim::read(|name| form.get(name))?;
        let caller = self.form_signer(claim.as_ref())?;
        self.check_form_region(claim.as_ref(), &form)?;
        let wall = (self.options.clock)();
        // A policy that nobody signed promises nothing, and the form is a stranger's.
        let lengths = match &claim {
            Some(claim) => Policy::read(claim.policy)?.judge(&form, wall)?,
            None => Lengths { min: 0, max },
        };
        let path = format!("/{}", head.path.trim_matches('/'));
        let put = service.operation("PutObject").ok_or_else(body::internal)?;
        let request = form.request(put, &path)?;
        unknown::check(put, &request)?;
        check_conflicts(head, &request, |name| unknown::takes(put, name))?;
        let matched = self.router(service)?.find(&request)?;
        source.limit_to_file(file, lengths.max.min(max))?;
        let blob = source.store(self.gateway.blobs()).await?;
        lengths.check(blob.len)?;
        let input = rest::decode(&matched, &request, BodyIn::Blob(&blob))?;
        Ok(Asked { matched, caller, input, form })
    }

    /// Whether the bucket of a form is in the region that it was signed for.
    fn check_form_region(
        &self,
        claim: Option<&FormClaim<'_>>,
        form: &Form,
    ) -> Result<(), CallError> {
        let Some(signed) = claim.and_then(|claim| claim.scope.as_ref()) else { return Ok(()) };
        let there = self.bucket_region(form.get("bucket").unwrap_or_default())?;
        match there.filter(|there| *there != signed.region) {
            None => Ok(()),
            Some(there) => Err(ApiError::new(
                400,
                "InvalidArgument",
                format!("the region '{}' is wrong; expecting '{there}'", signed.region),
            )
            .with("ArgumentName", "X-Amz-Credential")
            .with("ArgumentValue", form.get("x-amz-credential").unwrap_or_default())
            .with("Region", there)
            .into()),
        }
    }

    /// Who signed a form; nobody where it has no signature.
    fn form_signer(&self, claim: Option<&FormClaim<'_>>) -> Result<Signed, CallError> {
        let nobody = Signed {
            principal: Principal::Anonymous,
            access_key: String::new(),
            region: String::new(),
        };
        let Some(claim) = claim else { return Ok(nobody) };
        if self.options.no_auth {
            return Ok(Signed { principal: Principal::Root, ..nobody });
        }
        let credential = self.gateway.credential(claim.access_key_id)?;
        let verified = claim.verify(credential.as_ref(), self.gateway.now()?)?;
        let region = claim.scope.as_ref().map_or("", |scope| &scope.region);
        Ok(Signed {
            principal: verified.principal,
            access_key: verified.access_key,
            region: self.elsewhere(region),
        })
    }
}

/// How much longer than its file a form may be, in bytes: fields before it, and some behind.
const FIELDS_ALLOWANCE: u64 = 32 << 10;

/// Whether the head is that of a form and no more.
fn check_head(head: &Head) -> Result<(), ApiError> {
    if !multipart::is_form(head.header("content-type").unwrap_or_default()) {
        let message = "At least one of the pre-conditions you specified did not hold";
        let condition = "Bucket POST must be of the enclosure-type multipart/form-data";
        return Err(ApiError::new(412, "PreconditionFailed", message).with("Condition", condition));
    }
    if let Some(text) = head.header("authorization") {
        // The form has its own signature.
        return Err(ApiError::new(400, "InvalidArgument", "Unsupported Authorization Type")
            .with("ArgumentName", "Authorization")
            .with("ArgumentValue", text));
    }
    Ok(())
}

/// Headers that say of the object what the form does not: the policy says nothing of them.
fn check_conflicts(
    head: &Head,
    request: &Head,
    takes: impl Fn(&str) -> bool,
) -> Result<(), ApiError> {
    let mut given =
        head.headers.iter().filter(|(name, _)| name.starts_with("x-amz-") && takes(name));
    match given.find(|(name, value)| request.header(name) != Some(value)) {
        None => Ok(()),
        Some(_) => Err(ApiError::new(
            400,
            "InvalidRequest",
            "Conflicting values provided in HTTP headers and POST form fields.",
        )),
    }
}

/// Makes the answer of `PutObject` that of a form.
fn answer(encoded: &mut Encoded, form: &Form, location: &str) {
    let etag = encoded.headers.iter().find(|(name, _)| name == "ETag");
    let etag = etag.map(|(_, value)| value.clone()).unwrap_or_default();
    let (bucket, key) = ("bucket", "key");
    let get = |name| form.get(name).unwrap_or_default();
    let page = form.get("success_action_redirect").or_else(|| form.get("redirect"));
    if let Some(page) = page.filter(|page| is_page(page)) {
        let text = |text| utf8_percent_encode(text, QUERY).to_string().replace(' ', "+");
        let mark = if page.contains('?') { '&' } else { '?' };
        let query =
            format!("bucket={}&key={}&etag={}", text(get(bucket)), text(get(key)), text(&etag));
        encoded.status = 303;
        encoded.headers.push(("Location".into(), format!("{page}{mark}{query}")));
        return;
    }
    encoded.headers.push(("Location".into(), location.to_owned()));
    encoded.status = match form.get("success_action_status") {
        Some("200") => 200,
        Some("201") => 201,
        _ => 204,
    };
    if encoded.status == 201 {
        let mut out = String::from(xml::DECLARATION);
        xml::open(&mut out, "PostResponse");
        xml::leaf(&mut out, "Location", location);
        xml::leaf(&mut out, "Bucket", get(bucket));
        xml::leaf(&mut out, "Key", get(key));
        xml::leaf(&mut out, "ETag", &etag);
        xml::shut(&mut out, "PostResponse");
        encoded.headers.push(("Content-Type".into(), "application/xml".into()));
        encoded.body = BodyOut::Text(out);
    }
}

/// Whether a browser can be sent there.
fn is_page(address: &str) -> bool {
    let lower = address.to_ascii_lowercase();
    let host = lower.strip_prefix("http://").or_else(|| lower.strip_prefix("https://"));
    host.is_some_and(|host| !host.is_empty() && !host.starts_with('/'))
}
