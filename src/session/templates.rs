//! Templates in S3: the world has facts about their bytes only, so their text is handed to it before a
//! request that needs it. That is an entry of the journal of its own, so a replay has the text too.

use serde_json::{Value, json};

use super::engine::Engine;
use base::Slice;
use sim::Caller;
use sim::api::OpDef;

/// How many templates one request may lead to.
const TEMPLATES_MAX: usize = 50;
/// The longest template, in bytes (CloudFormation User Guide, "Quotas").
const TEMPLATE_BYTES_MAX: u64 = 1_048_576;

/// Whether a request leads to templates in S3. Handing them over waits for the journal.
pub(super) fn leads_to_templates(op: &OpDef, input: &Value) -> bool {
    op.service == "cloudformation" && !systems::template_urls(input).is_empty()
}

impl Engine {
    /// Hands over the texts of the templates that a request leads to and that the world does not have.
    /// What cannot be read is left to the world to refuse.
    pub(super) fn hand_over_templates(
        &self,
        group: u64,
        caller: &Caller,
        op: &OpDef,
        input: &Value,
    ) {
        if !leads_to_templates(op, input) {
            return;
        }
        let mut left = systems::template_urls(input);
        let mut seen = Vec::new();
        while let Some(url) = left.pop().filter(|_| seen.len() < TEMPLATES_MAX) {
            if seen.contains(&url) {
                continue;
            }
            if let Some(text) = self.object(caller, &url) {
                left.extend(systems::nested_template_urls(&text));
                self.keep(group, caller, &text);
            }
            seen.push(url);
        }
    }

    /// The text of an object, as this caller may read it.
    fn object(&self, caller: &Caller, url: &str) -> Option<String> {
        let (bucket, key) = systems::template_object(url)?;
        let read = systems::operation("s3", "GetObject")?;
        let answer = self.look_by(caller, read, json!({"Bucket": bucket, "Key": key})).ok()?;
        let slices: Vec<Slice> = serde_json::from_value(answer.get("Body")?.clone()).ok()?;
        if slices.iter().map(|slice| slice.len).sum::<u64>() > TEMPLATE_BYTES_MAX {
            return None;
        }
        String::from_utf8(self.blobs.collect(&slices).ok()?).ok()
    }

    fn keep(&self, group: u64, caller: &Caller, text: &str) {
        let known = systems::knows_template(&self.core().world, text);
        let op = systems::operation("cloudformation-texts", "KeepTemplate");
        if let Some(op) = op.filter(|_| !known) {
            // Where it cannot be kept, the request that needs it says so.
            let _kept = self.call(group, caller, op, json!({"Text": text}));
        }
    }
}
