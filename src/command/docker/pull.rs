//! Getting an image, with the client's lines of progress; a stand-in when no registry answers.

use std::io::Write;
use std::pin::pin;
use std::time::Duration;

use futures_util::StreamExt;

use super::cx::{Cx, Fail};
use super::reference::Reference;
use crate::docker::{Engine, EngineError, images};

/// How long a registry may take to say its first word when there is a stand-in for the image.
const PATIENCE: Duration = Duration::from_secs(6);

/// Which stream the progress goes to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum To {
    Stdout,
    Stderr,
    Nowhere,
}

/// Pulls an image, or builds the stand-in for it and says so.
///
/// # Errors
/// The registry's or the engine's refusal.
pub(super) fn pull(
    cx: &mut Cx<'_, '_>,
    engine: &Engine,
    image: &Reference,
    platform: Option<&str>,
    to: To,
) -> Result<(), Fail> {
    let need = images::find(&image.familiar());
    let patience = need.map(|_| PATIENCE);
    let host = &mut *cx.host;
    let mut sink = std::io::sink();
    let out: &mut (dyn Write + Send) = match to {
        To::Stdout => &mut *host.stdout,
        To::Stderr => &mut *host.stderr,
        To::Nowhere => &mut sink,
    };
    let done = cx.runtime.block_on(fetch(engine, image, platform, patience, out));
    match (done, need) {
        (Err(e), Some(need)) if e.is_without_registry() => {
            cx.wait(images::build(engine, need))?;
            cx.complain(images::stand_in_note(need, true));
            Ok(())
        }
        (done, _) => Ok(done?),
    }
}

/// Says so when an image that is used is a stand-in.
///
/// # Errors
/// When the engine cannot be asked.
pub(super) fn note_stand_in(
    cx: &mut Cx<'_, '_>,
    engine: &Engine,
    image: &Reference,
) -> Result<(), Fail> {
    if let Some(need) = images::find(&image.familiar())
        && cx.wait(images::is_stand_in(engine, need))? == Some(true)
    {
        cx.complain(images::stand_in_note(need, false));
    }
    Ok(())
}

async fn fetch(
    engine: &Engine,
    image: &Reference,
    platform: Option<&str>,
    patience: Option<Duration>,
    out: &mut (dyn Write + Send),
) -> Result<(), EngineError> {
    let mut lines = pin!(engine.pull(&image.repository, image.tag_or_digest(), platform));
    let mut line = match patience {
        None => lines.next().await,
        Some(patience) => tokio::time::timeout(patience, lines.next())
            .await
            .map_err(|_| EngineError::silent_registry(&image.familiar()))?,
    };
    while let Some(progress) = line {
        let progress = progress?;
        // Without a terminal the client prints steps, not the bytes of each.
        if progress.progress.is_none() && !progress.status.is_empty() {
            let head = match progress.layer.as_str() {
                "" => String::new(),
                layer => format!("{layer}: "),
            };
            let _ = writeln!(out, "{head}{}", progress.status).and_then(|()| out.flush());
        }
        line = lines.next().await;
    }
    Ok(())
}
