//! Reads a lab file: front matter, then the Markdown cut into steps, then the fences with a role.
//!
//! All problems are gathered, each with its line in the file. What needs the commands, the other labs
//! or the notes is judged by `lint`.

use std::collections::{BTreeMap, BTreeSet};

use super::fence;
use super::front::{self, Front};
use super::keys::{self, Kind, STEP};
use super::lab::{Lab, Learner, Script, Step};
use super::lesson::{self, Block, Item, ItemKind};
use super::problem::{Problem, Report, remedy};
use super::roles::{self, ROLES, Role};
use super::table;
use super::vars;
use base::Digest;

impl Lab {
    /// Reads `lab.md` for one learner.
    ///
    /// `path` names the file in messages; `files` are those of the folder `files/`, by their relative
    /// paths.
    ///
    /// # Errors
    /// Every problem of the file, in its order.
    pub fn parse(
        path: &str,
        source: &str,
        files: Vec<(String, Vec<u8>)>,
        who: &Learner,
    ) -> Result<Self, Vec<Problem>> {
        Self::parse_begun(path, source, files, who, None)
    }

    /// The same for a lab that stands among others: `began` is the one in whose world it goes on, where
    /// that is further back than the one that it continues.
    pub(super) fn parse_begun(
        path: &str,
        source: &str,
        files: Vec<(String, Vec<u8>)>,
        who: &Learner,
        began: Option<&str>,
    ) -> Result<Self, Vec<Problem>> {
        let digest = digest(source, &files);
        let (draft, problems) = draft(path, source, files, who, began);
        match draft {
            Some(draft) if problems.is_empty() => Ok(Self { digest: Some(digest), ..draft.lab }),
            _ => Err(problems),
        }
    }
}

/// The digest of a lab as it is written: its text, and each file with its name.
pub(super) fn digest(source: &str, files: &[(String, Vec<u8>)]) -> Digest {
    // Each part is a digest of its own, so that none can pass for the end of another. How lines end is
    // no matter here either.
    let mut parts = vec![Digest::of(table::normal(source).as_bytes())];
    for (name, bytes) in files {
        parts.extend([Digest::of(name.as_bytes()), Digest::of(bytes)]);
    }
    let parts: String = parts.iter().map(ToString::to_string).collect();
    Digest::of(parts.as_bytes())
}

/// A lab with what only `lint` wants to know.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) lab: Lab,
    pub(super) front: Front,
    /// The text of the level-1 heading, and its line.
    pub(super) heading: Option<(String, usize)>,
    /// Ids of the steps marked `trap`.
    pub(super) traps: BTreeSet<String>,
    /// Names of the variables that stand somewhere in the text or the files.
    pub(super) used: BTreeSet<String>,
    /// The fences of the lesson itself, which are there to be run or read.
    pub(super) examples: Vec<Script>,
}

/// Lines of a text by byte offset.
struct Lines {
    first: usize,
    starts: Vec<usize>,
}

impl Lines {
    fn new(text: &str, first: usize) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(at, _)| at + 1);
        Self { first, starts: std::iter::once(0).chain(ends).collect() }
    }

    fn at(&self, offset: usize) -> usize {
        self.first + self.starts.partition_point(|s| *s <= offset) - 1
    }
}

/// Reads a lab file as far as it can be read, with all that is wrong in it.
pub(super) fn draft(
    path: &str,
    source: &str,
    files: Vec<(String, Vec<u8>)>,
    who: &Learner,
    began: Option<&str>,
) -> (Option<Draft>, Vec<Problem>) {
    let source = table::normal(source);
    let mut report = Report::new(path);
    let Some(parts) = front::split(&source, &mut report) else { return (None, report.finish()) };
    let Some(mut front) = front::read(parts.front, &mut report) else {
        return (None, report.finish());
    };
    let began = began.or(front.continues.as_deref()).unwrap_or(&front.id);
    let values = vars::draw(&front.vars, &front.needs, who, began);
    let mut used = BTreeSet::new();
    front.world.fill(&values, &mut used, &mut report);
    front.world.prove(&mut report);
    let body = vars::substitute(parts.body, parts.body_line, &values, &mut used, Some(&mut report));
    let files = files.into_iter().map(|(name, bytes)| fill_file(name, bytes, &values, &mut used));
    let files = files.collect();
    let mut assembly = Assembly {
        body: &body,
        lines: Lines::new(&body, parts.body_line),
        report,
        heading: None,
        intro: Vec::new(),
        steps: Vec::new(),
        open: None,
        seen: Seen::default(),
        traps: BTreeSet::new(),
        examples: Vec::new(),
    };
    assembly.run();
    let Assembly { mut report, heading, intro, steps, traps, examples, .. } = assembly;
    if heading.is_none() {
        report.add(
            parts.body_line,
            "the lab has no title",
            "write `# Title` below the front matter",
        );
    }
    if steps.is_empty() {
        report.add(
            parts.body_line,
            "the lab has no step",
            "write a heading like `## Do this {#do-this}`",
        );
    }
    let lab = lab(path, &front, values, intro, steps, files);
    (Some(Draft { lab, front, heading, traps, used, examples }), report.finish())
}

fn lab(
    path: &str,
    front: &Front,
    values: BTreeMap<String, String>,
    intro: Vec<Block>,
    steps: Vec<Step>,
    files: Vec<(String, Vec<u8>)>,
) -> Lab {
    Lab {
        id: front.id.clone(),
        title: front.title.clone(),
        track: front.track.clone(),
        minutes: front.minutes,
        needs: front.needs.clone(),
        after: front.after.clone(),
        continues: front.continues.clone(),
        world: front.world.spec.clone(),
        speed: front.speed,
        images: front.images.clone(),
        vars: values,
        own: vars::own(&front.vars),
        intro,
        steps,
        files,
        path: path.to_owned(),
        digest: None,
        named_doors: None,
    }
}

/// Puts the variables into a given file, when it is text. Names that are not declared stay: the file
/// may be a template of another kind.
fn fill_file(
    name: String,
    bytes: Vec<u8>,
    values: &BTreeMap<String, String>,
    used: &mut BTreeSet<String>,
) -> (String, Vec<u8>) {
    match std::str::from_utf8(&bytes) {
        Ok(text) if text.contains("{{") => {
            let text = vars::substitute(text, 1, values, used, None);
            (name, text.into_bytes())
        }
        _ => (name, bytes),
    }
}

/// A lab being put together.
struct Assembly<'b> {
    body: &'b str,
    lines: Lines,
    report: Report,
    heading: Option<(String, usize)>,
    intro: Vec<Block>,
    steps: Vec<Step>,
    open: Option<Step>,
    seen: Seen,
    traps: BTreeSet<String>,
    examples: Vec<Script>,
}

/// What the open step has, be it right or wrong: what is there and wrong is not missing as well.
#[derive(Default)]
struct Seen {
    check: bool,
    ask: bool,
    trap: bool,
    points: Option<u32>,
}

impl Assembly<'_> {
    fn run(&mut self) {
        let (items, nested) = lesson::items(self.body);
        for item in items {
            self.item(item);
        }
        if let Some(step) = self.open.take() {
            self.close(step);
        }
        for (offset, info) in nested {
            let mut words = info.split_whitespace().skip(1);
            if words.any(|w| roles::role(w).is_some()) {
                self.report.add(
                    self.lines.at(offset),
                    format!("the fence `{info}` is inside a list or a quote"),
                    "a fence with a role begins at the margin",
                );
            }
        }
    }

    fn item(&mut self, item: Item) {
        let line = self.lines.at(item.range.start);
        match item.kind {
            ItemKind::Heading { level: 1, text } => self.title(&lesson::plain(&text), line),
            ItemKind::Heading { level: 2, text } => {
                if let Some(step) = self.open.take() {
                    self.close(step);
                }
                let source = self.body[item.range].trim_end();
                self.open = Some(self.begin(source, &lesson::plain(&text), line));
            }
            ItemKind::Heading { level, text } => self.push(Block::Heading { level, text }),
            ItemKind::Fence { info, text } => {
                if !closed(&self.body[item.range]) {
                    self.report.add(
                        line,
                        "the fence is never closed",
                        "end it with a line of as many backticks as it begins with",
                    );
                }
                self.fence(&info, text, line);
            }
            ItemKind::Other(blocks) => {
                for block in blocks {
                    self.push(block);
                }
            }
        }
    }

    fn push(&mut self, block: Block) {
        match &mut self.open {
            Some(step) => step.blocks.push(block),
            None => self.intro.push(block),
        }
    }

    fn title(&mut self, text: &str, line: usize) {
        if self.heading.is_some() {
            self.report.add(
                line,
                "the lab has a second title",
                "steps are headings of level 2: `## …`",
            );
        } else if self.open.is_some() {
            self.report.add(line, "the title comes after a step", "put it below the front matter");
        }
        self.heading.get_or_insert_with(|| (text.to_owned(), line));
    }

    /// A new step from its heading: `## Title {#id points=2 minutes=5 trap}`.
    fn begin(&mut self, source: &str, title: &str, line: usize) -> Step {
        let source = source.lines().next().unwrap_or_default().trim_end_matches(['#', ' ']);
        let braces = source.ends_with('}').then(|| source.rfind('{')).flatten();
        let attributes = braces.map(|at| source[at + 1..source.len() - 1].to_owned());
        // The Markdown parser takes the braces out only where it can read them.
        let title =
            title.rfind('{').filter(|_| title.ends_with('}')).map_or(title, |at| &title[..at]);
        let mut step = Step { title: title.trim().to_owned(), line, ..Step::default() };
        self.seen = Seen::default();
        for word in attributes.as_deref().unwrap_or_default().split_whitespace() {
            self.attribute(&mut step, word);
        }
        if step.title.is_empty() {
            self.report.add(line, "the step has no title", "write what it is about after `##`");
        }
        if step.id.is_empty() {
            let id = keys::to_id(&step.title);
            let id = if id.is_empty() { "do-this" } else { id.as_str() };
            self.report.add(
                line,
                format!("the step {:?} has no id", step.title),
                format!("write `{{#{id} points=1}}` after its title"),
            );
        } else if let Some(other) = self.steps.iter().find(|s| s.id == step.id) {
            let what = format!("the id `{}` is taken by the step in line {}", step.id, other.line);
            self.report.add(line, what, "give each step an id of its own");
        }
        step
    }

    fn attribute(&mut self, step: &mut Step, word: &str) {
        let line = step.line;
        if let Some(id) = word.strip_prefix('#') {
            if !step.id.is_empty() {
                self.report.add(line, "the step has two ids", "take one out");
            } else if !keys::is_id(id) {
                let what = format!("the id `{id}` is not lower-case words joined by hyphens");
                self.report.add(line, what, format!("write `#{}`", keys::to_id(id)));
            }
            id.clone_into(&mut step.id);
            return;
        }
        let (name, value) = word.split_once('=').map_or((word, None), |(n, v)| (n, Some(v)));
        let Some(key) = STEP.iter().find(|k| k.name == name && k.name != "id") else {
            let known = STEP.iter().map(|k| k.name).filter(|k| *k != "id");
            self.report.add(line, format!("a step has no `{name}`"), remedy(name, known));
            return;
        };
        let number = value.map(|v| v.trim_matches('"')).and_then(|v| v.parse::<u32>().ok());
        match (key.kind, number) {
            (Kind::Flag, _) if value.is_none() => self.seen.trap = true,
            (Kind::Integer(low, high), Some(n)) if (low..=high).contains(&i64::from(n)) => {
                match name {
                    "points" => self.seen.points = Some(n),
                    _ => step.minutes = n,
                }
            }
            _ => {
                let what = format!("`{word}` does not say {}", key.kind.name());
                self.report.add(line, what, format!("write it like `{}`", key.example));
            }
        }
    }

    fn fence(&mut self, info: &str, text: String, line: usize) {
        let mut words = info.split_whitespace();
        let lang = words.next().unwrap_or_default();
        let (role, rest) = (words.next(), words.next());
        let roles = || ROLES.iter().map(|r| r.name);
        let Some(name) = role else {
            if let Some(word) = roles::role(lang) {
                let what = format!("`{lang}` is where the language of the fence should be");
                self.report.add(line, what, format!("write ```{} {lang}", word.langs[0]));
            }
            self.examples.push(Script { lang: lang.to_owned(), text: text.clone(), line });
            self.push(lesson::code(info, text));
            return;
        };
        let Some(word) = roles::role(name) else {
            self.report.add(
                line,
                format!("`{name}` is not the role of a fence"),
                remedy(name, roles()),
            );
            return;
        };
        if let Some(extra) = rest {
            let what = format!("`{extra}` comes after the role `{name}`");
            self.report.add(line, what, "a fence has a language and one role");
        }
        if !word.langs.contains(&lang) {
            let what = format!("a `{name}` is not written in `{lang}`");
            self.report.add(line, what, format!("write ```{} {name}", word.langs[0]));
        }
        if text.trim().is_empty() {
            self.report.add(line, format!("the `{name}` is empty"), "fill it or take it out");
        }
        let Some(step) = &mut self.open else {
            let what = format!("the `{name}` comes before the first step");
            self.report.add(line, what, "put it below a heading of level 2");
            return;
        };
        let script = Script { lang: lang.to_owned(), text, line };
        match word.role {
            Role::Check => {
                self.seen.check = true;
                step.expects.extend(fence::check(&script, &mut self.report));
            }
            Role::Ask => {
                self.seen.ask = true;
                step.asks.extend(fence::ask(&script, &mut self.report));
            }
            Role::Hint => step.hints.push(lesson::parse(&script.text)),
            Role::Setup => step.setup.push(script),
            Role::Solve => step.solve.push(script),
            Role::Accept => step.accept.push(script),
            Role::Reject => step.reject.push(script),
        }
    }

    /// Judges a step as a whole.
    fn close(&mut self, mut step: Step) {
        let line = step.line;
        let proved = self.seen.check || self.seen.ask;
        let mut say = |what: &str, remedy: &str| {
            self.report.add(line, format!("the step {:?} {what}", step.title), remedy);
        };
        if self.seen.points.is_some_and(|p| p > 0) && !proved {
            say("has points but neither a check nor a question", "prove it, or write `points=0`");
        }
        step.points = self.seen.points.unwrap_or(u32::from(proved));
        if self.seen.trap {
            self.traps.insert(step.id.clone());
        }
        if step.blocks.is_empty() {
            say("has no text", "say what to do and why");
        }
        if self.seen.check && step.solve.is_empty() {
            say("has a check but no `solve`", "add a ```sh solve fence that makes the check hold");
        }
        if !(proved || step.accept.is_empty() && step.reject.is_empty()) {
            say(
                "has an `accept` or `reject` but nothing that judges it",
                "add a ```toml check fence",
            );
        }
        self.steps.push(step);
    }
}

/// Whether a fence ends with a line of its own marks.
fn closed(source: &str) -> bool {
    let source = source.trim_end();
    let mark = source.trim_start().chars().next().unwrap_or('`');
    let width = source.trim_start().chars().take_while(|c| *c == mark).count();
    let last = source.lines().skip(1).last().unwrap_or_default().trim();
    last.len() >= width && last.chars().all(|c| c == mark)
}
