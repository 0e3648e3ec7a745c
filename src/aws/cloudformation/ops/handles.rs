//! What is sent to the address of a wait condition's handle: a signal, as a file that is put.
//!
//! Source: CloudFormation User Guide, "Create wait conditions in a CloudFormation template". The address
//! is a presigned one in a bucket of CloudFormation's own, so whoever knows it may send, and S3 answers.

use aws::place::Place;
use serde_json::Value;
use sim::api::{ApiError, OpDef, Protocol, Service, Write};
use sim::{Cx, World};

use crate::State;
use crate::engine::At;
use crate::kinds::HANDLE;
use crate::state::Heard;
use crate::text::text_of;

/// How the name of the bucket begins; the region stands behind it.
pub const BUCKET: &str = "cloudformation-waitcondition-";

/// The registry entry of what only the program itself hands over.
pub static HANDLES: Service = Service {
    name: "cloudformation-handles",
    title: "Signals to wait conditions",
    protocol: Protocol::Lab,
    signing_name: "",
    api_version: "",
    xml_namespace: "",
    operations: ALL,
    refused: &[],
};

static ALL: &[&OpDef] = &[&TellHandle::DEF];

sim::operation! {
    /// Puts a signal to the address of a handle.
    write TellHandle in "cloudformation-handles" = "";
    input {
        /// The whole address.
        pub url: String => "url",
        /// What is put there.
        pub body: String => "body",
    }
    output TellHandleOutput {}
    errors ["AccessDenied"]
    access unsigned
}

impl Write for TellHandle {
    type Output = TellHandleOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let denied = || ApiError::new(403, "AccessDenied", "Access Denied");
        let (at, logical) = find(world, cx, &self.url).ok_or_else(denied)?;
        // S3 keeps whatever is put; what is no signal says nothing to anybody.
        let Some((id, heard)) = read(&self.body) else { return Ok(TellHandleOutput {}) };
        let stack = crate::engine::stack(world, &at);
        let handle = stack.and_then(|stack| stack.resources.get_mut(&logical));
        if let Some(handle) = handle {
            // The same id again is the same signal, sent once more.
            handle.heard.entry(id).or_insert(heard);
        }
        Ok(TellHandleOutput {})
    }
}

/// The handle that has this address.
fn find(world: &World, cx: &Cx<'_>, url: &str) -> Option<(At, String)> {
    let bare = url.split_once("://").map_or(url, |(_, rest)| rest);
    let region = bare.strip_prefix(BUCKET)?.split_once(".s3").map(|(region, _)| region)?;
    let place = Place { account: cx.account.to_owned(), region: region.to_owned() };
    let stacks = world.get::<State>().region(&place)?.stacks.values();
    let own = |physical: &str| physical.split_once("://").map(|(_, rest)| rest) == Some(bare);
    stacks.filter(|stack| stack.is_live()).find_map(|stack| {
        let (logical, _) = stack.resources.iter().find(|(_, resource)| {
            resource.kind == HANDLE.name && resource.physical.as_deref().is_some_and(own)
        })?;
        Some((At { place: place.clone(), id: stack.id.clone() }, logical.clone()))
    })
}

/// What a signal says: who sends it, and what.
fn read(body: &str) -> Option<(String, Heard)> {
    let told: Value = serde_json::from_str(body).ok()?;
    let text = |name: &str| told.get(name).and_then(text_of);
    let well = match text("Status")?.as_str() {
        "SUCCESS" => true,
        "FAILURE" => false,
        _ => return None,
    };
    let heard = Heard {
        well,
        reason: text("Reason").unwrap_or_default(),
        data: text("Data").unwrap_or_default(),
    };
    Some((text("UniqueId")?, heard))
}
