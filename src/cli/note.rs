//! `distlab note`: the learner's own words on a step, from the shell.

use std::io::Read as _;
use std::os::unix::process::CommandExt as _;

use anyhow::Context as _;
use serde_json::json;

use super::{Args, DONE, NO, Stop, args, labs, say, say_json};
use app::editor;
use course::Lab;
use session::find_step;
use session::profile::Profile;

/// What the words behind a lab's name are.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Named {
    step: Option<String>,
    text: Option<String>,
}

pub(super) fn run(args: &Args, what: &args::Note) -> anyhow::Result<u8> {
    let profile = args.profile()?;
    let listing = args.listing();
    let here = std::env::var("DISTLAB_LAB").ok().filter(|lab| !lab.is_empty());
    let known = |id: &str| listing.get(id).is_ok();
    let (lab, rest) = lab_of(&what.words, here.as_deref(), &known)?;
    let lab = args.lab(&lab, &profile)?;
    let named = named(&lab, rest)?;
    let step = match named.step {
        Some(step) => step,
        None => at_hand(&profile, &lab)?,
    };
    match named.text.as_deref() {
        Some(_) if what.edit => {
            Err(Stop::usage("give a text, or --edit to write it in your editor"))
        }
        Some(text) => {
            let text = if text == "-" { piped()? } else { text.to_owned() };
            profile.add_note(&lab.id, &step, &text)?;
            say(format!("Kept with your notes on {step} of {}.", lab.id))?;
            Ok(DONE)
        }
        None if what.edit => edit(&profile, &lab.id, &step),
        None => show(&profile, &lab.id, &step, what.json),
    }
}

/// The lab, and the words behind its name. In a lab's own shell its name may be left out.
fn lab_of<'w>(
    words: &'w [String],
    here: Option<&str>,
    known: &dyn Fn(&str) -> bool,
) -> anyhow::Result<(String, &'w [String])> {
    match (words, here) {
        ([lab, rest @ ..], _) if known(lab) => Ok((lab.clone(), rest)),
        (rest, Some(here)) => Ok((here.to_owned(), rest)),
        // The name's own error says what was meant.
        ([lab, rest @ ..], None) => Ok((lab.clone(), rest)),
        ([], None) => Ok((Args::here(None)?, words)),
    }
}

/// The step and the text behind a lab's name. A single word is a step if there is one of that name.
fn named(lab: &Lab, words: &[String]) -> anyhow::Result<Named> {
    let found = |step: Option<String>, text: Option<&String>| Named { step, text: text.cloned() };
    let step = |word: &str| find_step(lab, word).map(|step| step.id.clone());
    match words {
        [] => Ok(found(None, None)),
        [one] => match step(one) {
            Ok(step) => Ok(found(Some(step), None)),
            // One word that is no step may be a step misspelt; a sentence is a sentence.
            Err(error) if !one.contains(char::is_whitespace) && one != "-" => Err(Stop::usage(
                format!("{error}. To write that single word down, name the step, too"),
            )),
            Err(_) => Ok(found(None, Some(one))),
        },
        [one, text] => {
            let step = step(one).map_err(|error| Stop::usage(error.to_string()))?;
            Ok(found(Some(step), Some(text)))
        }
        _ => Err(Stop::usage("put the text in quotes: distlab note LAB STEP \"what I saw\"")),
    }
}

/// The step that the learner is at; the last one when all are done.
fn at_hand(profile: &Profile, lab: &Lab) -> anyhow::Result<String> {
    let done = labs::steps_done(&profile.store()?, &lab.id);
    let open = lab.steps.iter().find(|step| !done.contains(&step.id));
    let step = open.or(lab.steps.last()).context("the lab has no steps")?;
    Ok(step.id.clone())
}

/// What is piped into the command.
fn piped() -> anyhow::Result<String> {
    let mut text = Vec::new();
    std::io::stdin().lock().read_to_end(&mut text)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

fn edit(profile: &Profile, lab: &str, step: &str) -> anyhow::Result<u8> {
    let Some(chosen) = editor::chosen() else {
        return Err(Stop::usage(
            "no editor is chosen: set EDITOR (export EDITOR=nano), or give the text with the command",
        ));
    };
    // In place of this program, so that the editor has the terminal and its signals for itself.
    let error = editor::command(&chosen, &profile.note_file(lab, step)?).exec();
    Err(error).with_context(|| format!("the editor {chosen:?} could not be started"))
}

fn show(profile: &Profile, lab: &str, step: &str, as_json: bool) -> anyhow::Result<u8> {
    let text = profile.note(lab, step)?;
    let none = text.trim().is_empty();
    if as_json {
        say_json(&json!({"lab": lab, "step": step, "text": text}))?;
    } else if none {
        say(format!("You wrote nothing on {step} of {lab} yet: distlab note {lab} {step} \"…\""))?;
    } else {
        say(text.trim_end())?;
    }
    Ok(if none { NO } else { DONE })
}

#[cfg(test)]
mod tests {
    use super::{lab_of, named};
    use course::{Lab, Step};

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn words_are_a_lab_a_step_and_a_text() {
        let step = |id: &str| Step { id: id.into(), ..Step::default() };
        let lab =
            Lab { id: "s3".into(), steps: vec![step("acl"), step("policy")], ..Lab::default() };
        let check = |here: Option<&str>,
                     given: &[&str],
                     want: Result<(Option<&str>, Option<&str>), &str>| {
            let given = words(given);
            let known = |id: &str| id == "s3";
            let got = lab_of(&given, here, &known).and_then(|(id, rest)| {
                assert_eq!(id, "s3", "{given:?}");
                named(&lab, rest)
            });
            match (got, want) {
                (Ok(got), Ok((step, text))) => {
                    assert_eq!(
                        (got.step.as_deref(), got.text.as_deref()),
                        (step, text),
                        "{given:?}"
                    );
                }
                (Err(error), Err(part)) => {
                    assert!(error.to_string().contains(part), "{given:?}: {error}");
                }
                (got, _) => panic!("{given:?}: {got:?}"),
            }
        };
        check(None, &["s3"], Ok((None, None)));
        check(None, &["s3", "acl"], Ok((Some("acl"), None)));
        check(None, &["s3", "2", "It was denied."], Ok((Some("policy"), Some("It was denied."))));
        check(None, &["s3", "It was denied."], Ok((None, Some("It was denied."))));
        check(None, &["s3", "-"], Ok((None, Some("-"))));
        check(Some("s3"), &[], Ok((None, None)));
        check(Some("s3"), &["acl", "Why?"], Ok((Some("acl"), Some("Why?"))));
        check(Some("s3"), &["It was denied."], Ok((None, Some("It was denied."))));
        check(None, &["s3", "alc"], Err("alc"));
        check(None, &["s3", "alc", "Why?"], Err("alc"));
        check(None, &["s3", "acl", "Why", "not"], Err("quotes"));
    }
}
