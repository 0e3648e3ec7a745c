//! How an image that is built comes to carry the lab's label: its stages begin with children of
//! their bases that carry it ([`build::base`]). That is kept out of what is printed: a learner reads
//! what the Dockerfile says.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::context::Source;
use super::unlabelled::{leads_to, step};
use crate::cx::{Cx, Fail};
use crate::pull::{self, To};
use crate::reference;
use docker::build::{self, Base};
use docker::{Engine, LABEL, text};

/// The bases that stages begin with.
#[derive(Default)]
pub(super) struct Inherited {
    /// Each with what the Dockerfile calls it.
    bases: Vec<(String, Base)>,
    /// Whether all stages inherit the label.
    pub(super) whole: bool,
    /// What is printed in the place of the next id, when that is the first one.
    due: Option<(String, String)>,
}

/// When bases are pulled, and where that is shown.
#[derive(Clone, Copy)]
pub(super) struct Pull {
    /// Those that are here, too.
    pub(super) always: bool,
    pub(super) to: To,
}

/// What the engine knows of an image, pulled when it must be.
fn image(
    cx: &mut Cx<'_, '_>,
    engine: &Engine,
    name: &str,
    pull: Pull,
) -> Result<Option<Value>, Fail> {
    if !pull.always
        && let Some(image) = cx.wait(engine.find_image(name))?
    {
        return Ok(Some(image));
    }
    match reference::parse(name) {
        Ok(image) if pull::beforehand(cx, engine, &image, pull.to) => {
            cx.wait(engine.find_image(name))
        }
        _ => Ok(None),
    }
}

impl Inherited {
    /// Sends a Dockerfile that begins with labelled bases, where one can go in the place of the one
    /// there is and has nothing to say about the label itself. Images that are not here are pulled
    /// before.
    ///
    /// # Errors
    /// When the engine cannot be asked, or refuses.
    pub(super) fn found(
        cx: &mut Cx<'_, '_>,
        engine: &Engine,
        source: &mut Source,
        args: &BTreeMap<String, String>,
        pull: Pull,
    ) -> Result<Self, Fail> {
        let nothing = Self::default();
        if !source.is_open() {
            return Ok(nothing);
        }
        let Some(text) = source.text.as_deref() else { return Ok(nothing) };
        if text.contains(LABEL) || text.contains(char::REPLACEMENT_CHARACTER) {
            return Ok(nothing);
        }
        let mut found = Self { whole: true, ..nothing };
        let mut places = Vec::new();
        let roots = build::roots(text, args);
        for root in &roots {
            let image = match root.words(text) {
                Some(words) => image(cx, engine, &root.image, pull)?.map(|i| (words, i)),
                None => None,
            };
            let base = match image {
                Some((words, image)) => cx
                    .wait(build::base(engine, &image, cx.lab()))?
                    .map(|base| (words.to_owned(), base)),
                None => None,
            };
            found.whole &= base.is_some();
            places.extend(base.iter().map(|(_, base)| (root, base.labelled.clone())));
            found.bases.extend(base);
        }
        let text = build::replant(text, places.iter().map(|(root, id)| (*root, id.as_str())));
        if found.bases.is_empty() {
            return Ok(Self::default());
        }
        source.replace(text);
        Ok(found)
    }

    /// The message as the builder would have sent it for the Dockerfile that was asked for.
    pub(super) fn pass(&mut self, message: Value) -> Value {
        let Some(said) = message.get("stream").and_then(Value::as_str) else { return message };
        if let Some((number, total, what)) = step(said) {
            let named = |(_, base): &&(String, Base)| what.contains(&base.labelled);
            let Some((words, base)) = self.bases.iter().find(named) else { return message };
            let what = what.replacen(&base.labelled, words, 1);
            // The only step leads to the image itself.
            self.due = (total > 1)
                .then(|| (text::short_id(&base.labelled).into(), text::short_id(&base.id).into()));
            return json!({ "stream": format!("Step {number}/{total} : {what}") });
        }
        if leads_to(said)
            && let Some((labelled, id)) = self.due.take()
        {
            return json!({ "stream": said.replace(&labelled, &id) });
        }
        message
    }

    /// Takes away what was made for a build that came to nothing.
    pub(super) fn forget(&self, cx: &Cx<'_, '_>, engine: &Engine) {
        for (_, base) in &self.bases {
            // The build's own error is the one to tell.
            let _ = cx.runtime.block_on(build::forget(engine, base));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_labelled_base_is_printed_as_what_it_stands_for() {
        let id = |digit: &str| format!("sha256:{}", digit.repeat(64));
        let base = Base { id: id("a"), labelled: id("b"), fresh: false };
        let check = |messages: &[&str], want: &str| {
            let bases = vec![("alpine:$V".to_owned(), base.clone())];
            let mut inherited = Inherited { bases, whole: true, due: None };
            let out: String = messages
                .iter()
                .map(|said| inherited.pass(json!({ "stream": said })))
                .filter_map(|m| m.get("stream").and_then(Value::as_str).map(str::to_owned))
                .collect();
            assert_eq!(out, want);
        };
        check(
            &[
                &format!("Step 1/2 : FROM {} AS x", id("b")),
                "\n",
                " ---> bbbbbbbbbbbb\n",
                "Step 2/2 : ENV A=b",
                "\n",
                " ---> bbbbbbbbbbbb\n",
            ],
            "Step 1/2 : FROM alpine:$V AS x\n ---> aaaaaaaaaaaa\nStep 2/2 : ENV A=b\n ---> bbbbbbbbbbbb\n",
        );
        check(
            &[&format!("Step 1/1 : FROM {}", id("b")), "\n", " ---> bbbbbbbbbbbb\n"],
            "Step 1/1 : FROM alpine:$V\n ---> bbbbbbbbbbbb\n",
        );
    }
}
