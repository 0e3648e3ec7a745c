//! Templates in S3: the world has facts about their bytes only, so their text is handed to it before a
//! request that needs it. That is an entry of the journal of its own, so a replay has the text too.

use std::sync::MutexGuard;

use serde_json::{Value, json};

use super::engine::{Core, Engine};
use super::history::Act;
use super::request::guarded;
use base::Slice;
use sim::Caller;
use sim::api::OpDef;

/// How many templates one request may lead to.
const TEMPLATES_MAX: usize = 50;
/// The longest template, in bytes (CloudFormation User Guide, "Quotas").
const TEMPLATE_BYTES_MAX: u64 = 1_048_576;

impl Engine {
    /// Hands over the texts of the templates that a request leads to and that the world does not have.
    /// What cannot be read is left to the world to refuse.
    pub(super) fn hand_over_templates(
        &self,
        core: &mut MutexGuard<'_, Core>,
        group: u64,
        caller: &Caller,
        op: &OpDef,
        input: &Value,
    ) {
        if op.service != "cloudformation" {
            return;
        }
        let mut left = systems::template_urls(input);
        let mut seen = Vec::new();
        while let Some(url) = left.pop().filter(|_| seen.len() < TEMPLATES_MAX) {
            if seen.contains(&url) {
                continue;
            }
            if let Some(text) = self.object(core, caller, &url) {
                left.extend(systems::nested_template_urls(&text));
                keep(core, group, caller, text);
            }
            seen.push(url);
        }
    }

    /// The text of an object, as this caller may read it.
    fn object(&self, core: &mut Core, caller: &Caller, url: &str) -> Option<String> {
        let (bucket, key) = systems::template_object(url)?;
        let read = systems::operation("s3", "GetObject")?;
        let at = core.clock.now();
        let input = json!({"Bucket": bucket, "Key": key});
        let answer = guarded(|| core.world.look(at, caller, read, input)).ok()?;
        let slices: Vec<Slice> = serde_json::from_value(answer.get("Body")?.clone()).ok()?;
        if slices.iter().map(|slice| slice.len).sum::<u64>() > TEMPLATE_BYTES_MAX {
            return None;
        }
        String::from_utf8(self.blobs.collect(&slices).ok()?).ok()
    }
}

fn keep(core: &mut Core, group: u64, caller: &Caller, text: String) {
    let Some(op) = systems::operation("cloudformation-texts", "KeepTemplate") else { return };
    if systems::knows_template(&core.world, &text) {
        return;
    }
    let (at, next) = (core.clock.now(), core.seq + 1);
    let input = json!({"Text": text});
    core.world.entry(next);
    if guarded(|| core.world.apply(at, caller, op, input.clone())).is_err() {
        return;
    }
    let act = Act::Call {
        caller: caller.clone(),
        service: op.service.into(),
        op: op.name.into(),
        input,
        ok: true,
    };
    let at = core.world.now();
    // It is written with the request's own entry at the latest.
    let _along = core.write(at, group, &act);
}
