//! `distlab time`: lab time, and moving it on.

use serde_json::json;

use super::lab_session::LabSession;
use super::{Args, DONE, Stop, say, say_json};
use base::{Time, text, time};
use session::protocol::Ask;

pub(super) fn run(
    args: &Args,
    span: Option<&str>,
    lab: Option<&str>,
    as_json: bool,
) -> anyhow::Result<u8> {
    let lab = Args::here(lab)?;
    let by = span.map(parse).transpose()?;
    let lab_session = LabSession::find(args, &lab)?;
    let now: Time = match by {
        None => lab_session.ask(&Ask::Now)?,
        Some(by) => {
            let ms = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
            lab_session.ask(&Ask::Advance { ms })?
        }
    };
    if as_json {
        let iso = now.format("%Y-%m-%dT%H:%M:%SZ");
        say_json(&json!({"lab": lab, "now": iso, "unix_ms": now.0}))?;
        return Ok(DONE);
    }
    let clock = now.format("%Y-%m-%d %H:%M:%S UTC");
    match by {
        None => say(format!("Lab time is {clock}."))?,
        Some(by) => say(format!("Lab time moved on by {} to {clock}.", text::span(by)))?,
    }
    Ok(DONE)
}

/// A lab runs for days of its own time at most; more at once is a slip of the hand.
const SPAN_MAX_S: u64 = 30 * 24 * 3600;

fn parse(span: &str) -> anyhow::Result<std::time::Duration> {
    let digits = span.strip_prefix('+').unwrap_or(span);
    if span.starts_with('-') {
        return Err(Stop::usage(
            "lab time runs forward only; distlab undo takes back the last change",
        ));
    }
    let by = time::parse_span(digits).ok_or_else(|| {
        Stop::usage(format!("{span:?} is not a span of time: try +11m, +90s or +2h"))
    })?;
    if by.as_secs() > SPAN_MAX_S {
        return Err(Stop::usage("that is more than 30 days; move on in smaller steps"));
    }
    Ok(by)
}
