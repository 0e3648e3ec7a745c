//! Finds what the parser cannot: checks that change something, expectations that cannot fail, links
//! and labs that are not there.
//!
//! The commands stand above this layer, so whether one only looks is asked through [`Context`].
//! Nothing is run; that the checks hold and fail where they should is what `distlab test` proves.

mod plain;
mod scripts;
mod syllabus;

pub use syllabus::syllabus;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::Value;

use super::catalog::{Catalog, Source};
use super::lab::{Answer, Expect, Lab, Learner, Step};
use super::lesson;
use super::matcher;
use super::notes::Notes;
use super::parse::{self, Draft};
use super::problem::{Problem, Report, remedy};

/// How much a finding matters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Severity {
    /// The lab does not work, or proves nothing.
    Error,
    /// The lab works, and could be better.
    Warning,
}

/// Something that lint found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    pub severity: Severity,
    pub problem: Problem,
}

impl fmt::Display for Finding {
    /// `error: labs/x/lab.md:12: …; …`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(f, "{severity}: {}", self.problem)
    }
}

/// What lint has to know of the rest of the program.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// Whether a command only looks; `None` when there is no such command. Gets the words of the
    /// command line, the name first.
    pub is_read_only: &'a dyn Fn(&[String]) -> Option<bool>,
    pub catalog: &'a Catalog,
    pub notes: &'a Notes,
}

/// Why the command of a check is refused, by lint and when it would be run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refused {
    pub what: String,
    pub remedy: &'static str,
}

/// Whether a check may have this command: one command, known, and one that only looks.
///
/// # Errors
/// What stands against it.
pub fn looks(run: &str, is_read_only: &dyn Fn(&[String]) -> Option<bool>) -> Result<(), Refused> {
    let refused = |what, remedy| Err(Refused { what, remedy });
    if let Some(mark) = scripts::shell_mark(run) {
        let what = format!("`{run}` has an unquoted `{mark}`, and no shell reads it");
        return refused(what, "write one command; put what is meant literally in 'quotes'");
    }
    let Some(words) = shlex::split(run).filter(|w| !w.is_empty()) else {
        return refused(format!("`{run}` is not a command line"), "close its quotes");
    };
    match is_read_only(&words) {
        Some(true) => Ok(()),
        Some(false) => {
            let what = format!("`{run}` may change something, and a check only looks");
            refused(what, "take a command that reads: ls, get, describe, inspect")
        }
        None => {
            let what = format!("`{}` is not a command of the lab", words[0]);
            refused(what, "`distlab exec LAB -- COMMAND` runs those that are")
        }
    }
}

/// Everything that is to be said of one lab, in the order of its file.
#[must_use]
pub fn lint(source: &Source, cx: &Context<'_>) -> Vec<Finding> {
    let who = Learner { name: "Ada Lovelace".into(), seed: 1 };
    let (draft, problems) =
        parse::draft(&source.path, &source.text, source.files.clone(), &who, None);
    let mut found: Vec<Finding> = problems
        .into_iter()
        .map(|problem| Finding { severity: Severity::Error, problem })
        .collect();
    if let Some(draft) = draft {
        let mut linter = Linter {
            errors: Report::new(&source.path),
            warnings: Report::new(&source.path),
            draft: &draft,
            cx,
        };
        linter.lab();
        let Linter { errors, warnings, .. } = linter;
        let with = |severity| move |problem| Finding { severity, problem };
        found.extend(errors.finish().into_iter().map(with(Severity::Error)));
        found.extend(warnings.finish().into_iter().map(with(Severity::Warning)));
    }
    found.sort_by_key(|f| (f.problem.line, f.problem.column, f.severity));
    found
}

/// Everything that is to be said of all labs: each of them, and how they follow one another.
#[must_use]
pub fn lint_all(cx: &Context<'_>) -> Vec<Finding> {
    let error = |problem| Finding { severity: Severity::Error, problem };
    let mut found: Vec<Finding> =
        cx.catalog.broken().iter().flat_map(|b| b.problems.clone()).map(error).collect();
    for entry in cx.catalog.entries() {
        match cx.catalog.source(&entry.id) {
            Ok(source) => found.extend(lint(&source, cx)),
            Err(problems) => found.extend(problems.into_iter().map(error)),
        }
    }
    found.extend(cycles(cx.catalog).into_iter().map(error));
    found
}

/// Labs that come after themselves by way of others; one problem for each circle.
fn cycles(catalog: &Catalog) -> Vec<Problem> {
    let told = |circle: Vec<&str>| {
        let first = circle[0];
        let path = catalog.get(first).map_or_else(|_| first.to_owned(), |e| e.path.clone());
        let what = format!("labs come after each other in a circle: {}", circle.join(" after "));
        let remedy = "take one `after` or `continues` out".into();
        Problem { path, line: 1, column: None, what, remedy }
    };
    circles(&before(catalog)).into_iter().map(told).collect()
}

/// What each lab says that it comes after.
fn before(catalog: &Catalog) -> BTreeMap<&str, Vec<&str>> {
    catalog
        .entries()
        .iter()
        .map(|e| (e.id.as_str(), e.after.iter().chain(&e.continues).map(String::as_str).collect()))
        .collect()
}

/// The circles in which labs come after each other, each from a lab to itself.
fn circles<'l>(before: &BTreeMap<&'l str, Vec<&'l str>>) -> Vec<Vec<&'l str>> {
    let (mut done, mut found) = (BTreeSet::new(), Vec::new());
    for (start, first) in before {
        // Depth first: the path from the start, and for each lab on it what is still to be tried.
        let mut path = vec![(*start, first.iter())];
        while let Some((id, next)) = path.last_mut() {
            let Some(next) = next.next() else {
                done.insert(*id);
                path.pop();
                continue;
            };
            if let Some(start) = path.iter().position(|(on, _)| on == next) {
                found.push(path[start..].iter().map(|(on, _)| *on).chain([*next]).collect());
            } else if !done.contains(next)
                && let Some(more) = before.get(next)
            {
                path.push((next, more.iter()));
            }
        }
    }
    found
}

struct Linter<'l> {
    errors: Report,
    warnings: Report,
    draft: &'l Draft,
    cx: &'l Context<'l>,
}

impl Linter<'_> {
    fn lab(&mut self) {
        let lab = &self.draft.lab;
        self.metadata();
        self.folder();
        for id in lab.after.iter().chain(&lab.continues) {
            let key = if lab.continues.as_ref() == Some(id) { "continues" } else { "after" };
            if self.cx.catalog.get(id).is_err() && *id != lab.id {
                let ids = self.cx.catalog.entries().iter().map(|e| e.id.as_str());
                let near = base::text::nearest(id, ids);
                let mend =
                    near.map_or("take it out".into(), |near| format!("did you mean `{near}`?"));
                self.errors.add(
                    self.line(key),
                    format!("`{key}` names `{id}`, and there is no such lab"),
                    mend,
                );
            }
        }
        self.links(
            &lesson::links(&lab.intro),
            self.draft.heading.as_ref().map_or(1, |(_, line)| *line),
        );
        for step in &lab.steps {
            self.step(step);
        }
        scripts::lint(self.draft, &mut self.errors, &mut self.warnings);
    }

    fn line(&self, key: &str) -> usize {
        self.draft.front.lines.get(key).copied().unwrap_or(1)
    }

    fn metadata(&mut self) {
        let lab = &self.draft.lab;
        if let Some((text, line)) = &self.draft.heading
            && text.trim() != lab.title.trim()
        {
            let what = format!("the heading {text:?} is not the lab's `title`, {:?}", lab.title);
            self.warnings.add(*line, what, "make them the same");
        }
        for (name, declared) in &self.draft.front.vars {
            if !self.draft.used.contains(name) {
                let what = format!("the variable `{name}` is not used");
                self.warnings.add(declared.line, what, "take it out");
            }
        }
        let minutes: u32 = lab.steps.iter().map(|s| s.minutes).sum();
        if minutes > lab.minutes && self.draft.front.lines.contains_key("minutes") {
            let what = format!("the steps take {minutes} minutes, the lab {}", lab.minutes);
            self.warnings.add(self.line("minutes"), what, format!("write `minutes = {minutes}`"));
        }
    }

    /// The folder says the same as the front matter: `<track>/<nn-id>/lab.md`.
    fn folder(&mut self) {
        let lab = &self.draft.lab;
        let path = lab.path.replace('\\', "/");
        let mut parts = path.rsplit('/').skip(1);
        let (Some(folder), Some(track)) = (parts.next(), parts.next()) else { return };
        let Some((number, id)) = folder.split_once('-') else { return };
        // A lab may also stand anywhere by itself; only a numbered folder takes part in the order.
        if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
            return;
        }
        // An id or track that cannot be read was told already.
        if id != lab.id && !lab.id.is_empty() {
            let what = format!("the folder is called `{folder}`, and the id is `{}`", lab.id);
            self.errors.add(
                self.line("id"),
                what,
                format!("call the folder `{number}-{}`", lab.id),
            );
        }
        if track != lab.track && !lab.track.is_empty() {
            let what =
                format!("the lab is in the folder `{track}`, and its track is `{}`", lab.track);
            self.errors.add(self.line("track"), what, format!("move it to `{}`", lab.track));
        }
    }

    fn step(&mut self, step: &Step) {
        self.links(&lesson::links(&step.blocks), step.line);
        for hint in &step.hints {
            self.links(&lesson::links(hint), step.line);
        }
        for expect in &step.expects {
            self.expect(expect);
        }
        for ask in &step.asks {
            let choices = ask.choices.iter().chain(ask.why_not.iter().map(|(_, why)| why));
            let texts = [&ask.question, &ask.why].into_iter().chain(choices);
            self.plain(texts.map(String::as_str), ask.line);
            if let Answer::Live { run, .. } = &ask.answer {
                self.looks(run, ask.line);
            }
        }
        let proved = !step.expects.is_empty() || !step.asks.is_empty();
        if proved && step.hints.is_empty() {
            let what = format!("the step `{}` has no hint", step.id);
            self.warnings.add(step.line, what, "add a ```md hint for who is stuck");
        }
        if self.draft.traps.contains(&step.id) && step.reject.is_empty() {
            let what = format!("the step `{}` is a trap without a `reject`", step.id);
            self.errors.add(step.line, what, "add the near miss as ```sh reject");
        }
    }

    fn expect(&mut self, expect: &Expect) {
        self.looks(&expect.run, expect.line);
        if let Some(why) = matcher::find(&expect.matcher).and_then(|m| m.vacuous(&expect.want)) {
            let what = format!("`{}` cannot fail here: {why}", expect.matcher);
            self.errors.add(expect.line, what, "expect something that a fresh world does not have");
        }
        if expect.matcher == "exists"
            && expect.at.is_none()
            && scripts::always_succeeds(&expect.run)
        {
            self.errors.add(
                expect.line,
                format!("`exists` cannot fail here: `{}` succeeds whatever there is", expect.run),
                "say with `at` what is to exist",
            );
        }
        for name in placeholders(&expect.or_else) {
            if !["got", "want"].contains(&name) {
                let what = format!("`else` has `{{{name}}}`, which stands for nothing");
                self.warnings.add(expect.line, what, remedy(name, ["got", "want"]));
            }
        }
        self.card(expect);
    }

    /// What a learner reads of an expectation: words, no answers, and no engine's error for what they
    /// have not made yet.
    fn card(&mut self, expect: &Expect) {
        let texts = [Some(&expect.or_else), expect.missing.as_ref(), expect.wanted.as_ref()];
        self.plain(texts.into_iter().flatten().map(String::as_str), expect.line);
        let Some(found) = matcher::find(&expect.matcher) else { return };
        let line = expect.line;
        let says = placeholders(&expect.or_else);
        let hidden = matcher::hides(expect);
        if !hidden && expect.wanted.is_none() && !in_words(found.name(), &expect.want) {
            let what =
                format!("the card would show `{}` as what is wanted", found.want(&expect.want));
            self.errors.add(
                line,
                what,
                "say it to a learner with `want = \"…\"`, or hide it with `secret = true`",
            );
        }
        if hidden && (says.contains(&"want") || expect.wanted.is_some()) {
            let what = "what is wanted is secret, and the card would tell it";
            self.errors.add(line, what, "take `{want}` out of `else`, and `want` away");
        }
        // The length of a list is a number, also of one without members, and `ls` always has a list.
        let counts = expect.at.as_deref().is_some_and(|at| at.contains("length("))
            && expect.run.split_whitespace().any(|word| word == "ls");
        let nothing = found.knows_nothing() || counts;
        if expect.missing.is_none() && says.contains(&"got") && !nothing {
            let what = "`else` tells what there is with `{got}`, and there may be nothing yet";
            self.errors.add(line, what, "say with `missing = \"…\"` what does not exist then");
        }
        let reads = expect.run.split_whitespace().next() == Some("cat");
        let compares = ["is", "not", "matches", "contains"].contains(&found.name());
        if reads && compares && expect.secret.is_none() {
            let what = format!("`{}` reads a file that may hold an answer", expect.run);
            self.errors.add(
                line,
                what,
                "write `secret = true` if the learner has to find it, and `secret = false` if not",
            );
        }
    }

    /// Texts that are shown as they stand.
    fn plain<'t>(&mut self, mut texts: impl Iterator<Item = &'t str>, line: usize) {
        if let Some(marked) = texts.find_map(plain::emphasis) {
            let what = format!("`{marked}` would be shown with its marks");
            self.errors.add(line, what, "cards and questions are no Markdown: say it without them");
        }
    }

    /// A command of a check: one command, known, and one that only looks.
    fn looks(&mut self, run: &str, line: usize) {
        if let Err(refused) = looks(run, self.cx.is_read_only) {
            self.errors.add(line, refused.what, refused.remedy);
        }
    }

    fn links(&mut self, links: &[&str], line: usize) {
        let lab: &Lab = &self.draft.lab;
        for link in links {
            if let Some(target) = link.strip_prefix("notes:") {
                let (id, anchor) = target.split_once('#').unwrap_or((target, ""));
                let ids = || self.cx.notes.list().map(|(id, ..)| id);
                match self.cx.notes.page(id) {
                    None => {
                        let near = base::text::nearest(id, ids());
                        let mend = near
                            .map_or("take it out".into(), |n| format!("did you mean `notes:{n}`?"));
                        self.errors.add(line, format!("the notes have no page `{id}`"), mend);
                    }
                    Some(page)
                        if !anchor.is_empty() && !page.anchors.iter().any(|(a, _)| a == anchor) =>
                    {
                        let what = format!("the page `{id}` has no heading `#{anchor}`");
                        let anchors: Vec<&str> =
                            page.anchors.iter().map(|(a, _)| a.as_str()).collect();
                        self.errors.add(line, what, remedy(anchor, anchors));
                    }
                    Some(_) => {}
                }
            } else if let Some(file) = link.strip_prefix("files/")
                && !lab.files.iter().any(|(name, _)| name == file)
            {
                self.errors.add(
                    line,
                    format!("there is no file `{file}`"),
                    "put it into the lab's `files/`",
                );
            }
        }
    }
}

/// Whether a matcher's value is fit to be read by a learner as it stands.
fn in_words(matcher: &str, want: &Value) -> bool {
    let plain = |one: &Value| match one {
        Value::String(text) => !text.contains(['<', '{', '\\', '\n']),
        Value::Number(_) => true,
        _ => false,
    };
    match want {
        // `exists = true` and `absent = true` want something and nothing.
        _ if ["exists", "absent"].contains(&matcher) => true,
        _ if matcher == "matches" => false,
        Value::Array(list) => list.iter().all(plain),
        one => plain(one),
    }
}

/// The words in single braces of an `else`.
fn placeholders(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        rest = &rest[open + 1..];
        // Two braces are a variable that was told as unknown.
        if let Some(variable) = rest.strip_prefix('{') {
            rest = variable;
            continue;
        }
        if let Some(close) = rest.find('}')
            && rest[..close].bytes().all(|b| b.is_ascii_lowercase())
            && close > 0
        {
            found.push(&rest[..close]);
        }
    }
    found
}
