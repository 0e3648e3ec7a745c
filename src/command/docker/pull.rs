//! Getting an image, with the client's lines of progress; a stand-in when no registry answers.

use std::io::Write;
use std::time::Duration;

use super::account_registry::{self, Way};
use super::cx::{Cx, Fail};
use super::progress::Display;
use super::reference::Reference;
use super::registry::header;
use docker::{Body, Engine, EngineError, Method, images};

/// How long a registry may take to say its first word when there is another way.
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
    let query = format!("&tag={}", Engine::escape(image.tag_or_digest()));
    match (fetch(cx, engine, image, &query, platform, patience, to), need) {
        (Err(e), Some(need)) if e.is_without_registry() => {
            cx.wait(images::build(engine, need))?;
            cx.complain(images::stand_in_note(need, true));
            Ok(())
        }
        (done, _) => Ok(done?),
    }
}

/// Pulls every tag of a repository.
///
/// # Errors
/// As [`pull`].
pub(super) fn pull_all(
    cx: &mut Cx<'_, '_>,
    engine: &Engine,
    image: &Reference,
    platform: Option<&str>,
    to: To,
) -> Result<(), Fail> {
    Ok(fetch(cx, engine, image, "", platform, None, to)?)
}

/// Pulls an image that something else is about to ask for, when its registry answers. Why it could
/// not be pulled is for that to tell.
pub(super) fn beforehand(cx: &mut Cx<'_, '_>, engine: &Engine, image: &Reference, to: To) -> bool {
    let query = format!("&tag={}", Engine::escape(image.tag_or_digest()));
    fetch(cx, engine, image, &query, None, Some(PATIENCE), to).is_ok()
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

/// Pulls an image from where it is.
fn fetch(
    cx: &mut Cx<'_, '_>,
    engine: &Engine,
    image: &Reference,
    query: &str,
    platform: Option<&str>,
    patience: Option<Duration>,
    to: To,
) -> Result<(), EngineError> {
    let headers = header::of_image(cx, image);
    let Some(way) = account_registry::way(cx, &image.domain())? else {
        let asked = Asked { image, query, platform, patience, headers: &headers, way: None };
        return draw(cx, engine, &asked, to);
    };
    if image.digest.is_some() {
        // An engine gives no second name to what it knows by its digest.
        let message =
            "distlab: images of an account's registry are pulled by their tags here".into();
        return Err(EngineError::Reported { message });
    }
    let local = way.local(image);
    let asked =
        Asked { image: &local, query, platform, patience, headers: &headers, way: Some(&way) };
    draw(cx, engine, &asked, to).map_err(|error| way.error(error))?;
    let tags = if query.is_empty() {
        cx.runtime.block_on(account_registry::tags(engine, &local.repository))?
    } else {
        vec![image.tag_or_digest().to_owned()]
    };
    cx.runtime.block_on(async {
        let named = account_registry::name_too(engine, &local, image, &tags).await;
        account_registry::unname(engine, &local, &tags).await;
        named
    })
}

/// What an engine is asked to pull.
struct Asked<'a> {
    image: &'a Reference,
    /// Names the tag.
    query: &'a str,
    platform: Option<&'a str>,
    patience: Option<Duration>,
    headers: &'a [(&'static str, String)],
    /// Where the names of the image's registry are others than were typed.
    way: Option<&'a Way>,
}

/// Lets the engine pull, and draws what it says.
fn draw(
    cx: &mut Cx<'_, '_>,
    engine: &Engine,
    asked: &Asked<'_>,
    to: To,
) -> Result<(), EngineError> {
    let Asked { image, query, platform, patience, headers, way } = *asked;
    let mut path = format!("/images/create?fromImage={}{query}", Engine::escape(image.name()));
    if let Some(platform) = platform {
        path.push_str("&platform=");
        path.push_str(&Engine::escape(platform));
    }
    let Cx { host, runtime, .. } = cx;
    let mut sink = std::io::sink();
    let (out, terminal): (&mut dyn Write, _) = match to {
        To::Stdout => (&mut host.stdout, host.terminal),
        // Where the one goes, the other usually goes too.
        To::Stderr => (&mut host.stderr, host.terminal),
        To::Nowhere => (&mut sink, None),
    };
    let mut display = Display::new(terminal.map(|(columns, _)| columns));
    runtime.block_on(async {
        let begin = async {
            let body = Body::Empty;
            let mut answer = engine.stream(Method::POST, &path, headers, body).await?;
            let first = answer.message().await?;
            Ok((answer, first))
        };
        let (mut answer, mut message) = match patience {
            None => begin.await?,
            Some(patience) => tokio::time::timeout(patience, begin)
                .await
                .map_err(|_| EngineError::silent_registry(&image.familiar()))??,
        };
        while let Some(said) = message {
            let said = way.map_or_else(|| said.clone(), |way| way.message(said.clone()));
            let shown = display.show(&said, out);
            shown.map_err(|fail| EngineError::Reported { message: fail.text })?;
            message = answer.message().await?;
        }
        Ok(())
    })
}
