//! What a journal entry says, and which entries still count after undo and reset.
//!
//! The journal itself only grows. Undo and reset are entries too; reading folds them.

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use base::Time;
use sim::api::ApiError;
use sim::{Caller, Principal, Scope, Via, World};
use store::Entry;
use systems::operation;

/// What happened. The tag is the entry's kind.
#[expect(clippy::large_enum_variant, reason = "nearly every entry is a call")]
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Act {
    /// A request to the world.
    Call {
        #[serde(flatten)]
        caller: Caller,
        service: String,
        op: String,
        input: Value,
        /// Whether the service did it.
        ok: bool,
    },
    /// The learner moved lab time on, to the entry's time.
    Advance,
    /// The last command that changed the world is taken back.
    Undo,
    /// The world stands again where it stood at entry `keep`; 0 is the very beginning.
    Reset { keep: u64 },
    /// A step was begun, and its setup has run.
    Begin { step: String },
    /// A question was answered.
    Answer { step: String, ask: usize, given: String, right: bool },
    /// A step was passed; what its checks saw then.
    Pass { step: String, facts: Vec<Fact> },
}

/// What one check's command answered when its step was passed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Fact {
    pub run: String,
    /// Seen on a real engine, so it does not replay.
    pub attested: bool,
    pub code: u8,
    /// At most [`FACT_BYTES_MAX`] bytes.
    pub stdout: String,
    pub stderr: String,
}

/// More of an output is not kept with a fact.
pub const FACT_BYTES_MAX: usize = 64 * 1024;

impl Act {
    /// The entry's kind and body.
    pub fn encode(&self) -> anyhow::Result<(String, String)> {
        let text = serde_json::to_string(self)?;
        // The tag is written first, and its values are plain words: it is taken off the text.
        let rest = text.strip_prefix(r#"{"kind":""#).and_then(|rest| rest.split_once('"'));
        let (kind, rest) = rest.context("an entry has a kind")?;
        let body = format!("{{{}", rest.strip_prefix(',').unwrap_or(rest));
        Ok((kind.to_owned(), body))
    }

    /// What an entry says.
    pub fn decode(entry: &Entry) -> anyhow::Result<Self> {
        let unknown =
            |e| anyhow::anyhow!("entry {} ({}) says nothing known: {e}", entry.seq, entry.kind);
        if entry.kind == "call" {
            return Ok(serde_json::from_str::<CallBody>(&entry.body).map_err(unknown)?.into());
        }
        let mut value: Value = serde_json::from_str(&entry.body)?;
        if let Some(object) = value.as_object_mut() {
            object.insert("kind".into(), entry.kind.clone().into());
        }
        serde_json::from_value(value).map_err(unknown)
    }
}

/// The body of a call, read without the detours that a tag and a flattened member would cost: nearly
/// every entry is one.
#[derive(Deserialize)]
struct CallBody {
    principal: Principal,
    #[serde(default)]
    via: Via,
    #[serde(default)]
    scope: Scope,
    service: String,
    op: String,
    input: Value,
    ok: bool,
}

impl From<CallBody> for Act {
    fn from(body: CallBody) -> Self {
        let CallBody { principal, via, scope, service, op, input, ok } = body;
        Self::Call { caller: Caller { principal, via, scope }, service, op, input, ok }
    }
}

/// An entry that still counts.
#[derive(Clone, PartialEq, Debug)]
pub struct Kept {
    pub seq: u64,
    pub at: Time,
    pub group: u64,
    pub act: Act,
}

/// Folds undo and reset away.
pub fn fold(entries: &[Entry]) -> anyhow::Result<Vec<Kept>> {
    let mut kept: Vec<Kept> = Vec::with_capacity(entries.len());
    for entry in entries {
        match Act::decode(entry)? {
            Act::Undo => take_back(&mut kept),
            Act::Reset { keep } => kept.retain(|k| k.seq <= keep),
            act => kept.push(Kept { seq: entry.seq, at: Time(entry.at), group: entry.group, act }),
        }
    }
    Ok(kept)
}

/// The group that an undo would take back.
pub fn last_change(kept: &[Kept]) -> Option<u64> {
    kept.iter().rev().find(|k| matches!(k.act, Act::Call { ok: true, .. })).map(|k| k.group)
}

/// What a group of calls did, in a few words: `s3 PutObject and 3 more requests`.
pub fn describe(kept: &[Kept], group: u64) -> String {
    let mut calls = kept.iter().filter(|k| k.group == group).filter_map(|k| match &k.act {
        Act::Call { service, op, ok: true, .. } => Some(format!("{service} {op}")),
        _ => None,
    });
    let first = calls.next().unwrap_or_default();
    match calls.count() {
        0 => first,
        1 => format!("{first} and 1 more request"),
        more => format!("{first} and {more} more requests"),
    }
}

/// Removes the last group that changed something, and the passes that came after its beginning,
/// since they may have rested on it. Lab time does not run back.
fn take_back(kept: &mut Vec<Kept>) {
    let Some(group) = last_change(kept) else { return };
    let first = kept.iter().position(|k| k.group == group).unwrap_or(0);
    let mut place = 0;
    kept.retain(|k| {
        let after = place >= first;
        place += 1;
        let of_group = k.group == group && matches!(k.act, Act::Call { .. });
        !(of_group || after && matches!(k.act, Act::Pass { .. }))
    });
}

/// Applies one kept entry to a world.
///
/// # Errors
/// The inner error is the service's refusal, which is as much a part of history as success; the
/// outer one means that this program does not know the operation.
pub fn apply(world: &mut World, kept: &Kept) -> anyhow::Result<Result<(), ApiError>> {
    world.advance(kept.at);
    let Act::Call { caller, service: name, op, input, .. } = &kept.act else {
        return Ok(Ok(()));
    };
    let def = operation(name, op).ok_or_else(|| {
        anyhow::anyhow!("entry {} calls {name}:{op}, which is not known", kept.seq)
    })?;
    Ok(world.apply(kept.at, caller, def, input.clone()).map(|_| ()))
}
