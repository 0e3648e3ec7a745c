//! The images that a Dockerfile begins with, and others in their places. Everything else in it is
//! the engine's to read.
//!
//! Source: Dockerfile reference, "FROM", "ARG" before it, "COPY --from", escape directive.

use std::collections::BTreeMap;
use std::ops::Range;

/// The base that is no image.
const SCRATCH: &str = "scratch";

/// A `FROM` line.
struct Stage {
    /// The image or the stage it begins with, variables filled in.
    base: String,
    name: Option<String>,
    /// Where the base stands in the Dockerfile, when it may stand for another image there: on one
    /// line, and for whichever platform there is.
    at: Option<Range<usize>>,
}

enum Found {
    Stage(Stage),
    /// Another image that files are copied from.
    Source(String),
}

/// The images that its `FROM` lines (and `COPY --from`) name, once each and in order, without
/// `scratch` and its own stages. `given` are the values of `--build-arg`.
#[must_use]
pub fn bases(dockerfile: &str, given: &BTreeMap<String, String>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut bases: Vec<String> = Vec::new();
    for found in read(dockerfile, given) {
        let image = match found {
            Found::Stage(Stage { base, name, .. }) => {
                let known = names.iter().any(|n| n.eq_ignore_ascii_case(&base));
                names.extend(name);
                if known || base == SCRATCH {
                    continue;
                }
                base
            }
            Found::Source(image) => image,
        };
        if !image.is_empty() && !bases.contains(&image) {
            bases.push(image);
        }
    }
    bases
}

/// An image that a stage begins with.
#[derive(Debug, PartialEq, Eq)]
pub struct Root {
    pub image: String,
    at: Option<Range<usize>>,
}

impl Root {
    /// What the Dockerfile says in its place, when another image may stand there.
    #[must_use]
    pub fn words<'a>(&self, dockerfile: &'a str) -> Option<&'a str> {
        self.at.clone().and_then(|at| dockerfile.get(at))
    }
}

/// The images that stages begin with, in order; stages that begin with another stage have none.
#[must_use]
pub fn roots(dockerfile: &str, given: &BTreeMap<String, String>) -> Vec<Root> {
    let mut names: Vec<String> = Vec::new();
    let mut roots = Vec::new();
    for found in read(dockerfile, given) {
        let Found::Stage(Stage { base, name, at }) = found else { continue };
        if !names.iter().any(|n| n.eq_ignore_ascii_case(&base)) {
            let at = at.filter(|_| !base.is_empty() && base != SCRATCH);
            roots.push(Root { image: base, at });
        }
        names.extend(name);
    }
    roots
}

/// Whether the engine would find nothing to make an image of: from nothing, and no more.
#[must_use]
pub fn is_hollow(dockerfile: &str) -> bool {
    let mut last = String::new();
    for Line { text, .. } in instructions(dockerfile) {
        let mut words = text.split_whitespace();
        let instruction = words.next().unwrap_or_default().to_ascii_uppercase();
        match instruction.as_str() {
            "ARG" => {}
            "FROM" => words.next().unwrap_or_default().clone_into(&mut last),
            _ => return false,
        }
    }
    last == SCRATCH
}

/// The Dockerfile with other images in the places of some roots.
#[must_use]
pub fn replant<'a>(
    dockerfile: &str,
    images: impl IntoIterator<Item = (&'a Root, &'a str)>,
) -> String {
    let mut out = String::new();
    let mut done = 0;
    for (root, image) in images {
        let Some(at) = root.at.clone() else { continue };
        out.push_str(&dockerfile[done..at.start]);
        out.push_str(image);
        done = at.end;
    }
    out + &dockerfile[done..]
}

/// What a Dockerfile says about where it begins.
fn read(dockerfile: &str, given: &BTreeMap<String, String>) -> Vec<Found> {
    let mut args: BTreeMap<String, String> = BTreeMap::new();
    let mut stages: Vec<String> = Vec::new();
    let mut count = 0_usize;
    let mut found = Vec::new();
    for Line { text, at } in instructions(dockerfile) {
        let mut words = text.split_whitespace();
        let instruction = words.next().unwrap_or_default().to_ascii_uppercase();
        let words: Vec<&str> = words.collect();
        match instruction.as_str() {
            // Only those in front of the first FROM are seen by FROM lines.
            "ARG" if count == 0 => {
                for word in words {
                    let (name, default) = word.split_once('=').unwrap_or((word, ""));
                    let default = expand(default.trim_matches(['"', '\'']), &args);
                    let value = given.get(name).cloned().unwrap_or(default);
                    args.insert(name.to_owned(), value);
                }
            }
            "FROM" => {
                let mut names = words.iter().filter(|w| !w.starts_with("--"));
                let Some(image) = names.next() else { continue };
                count += 1;
                let name = match (names.next(), names.next()) {
                    (Some(word), Some(stage)) if word.eq_ignore_ascii_case("as") => Some(*stage),
                    _ => None,
                };
                stages.extend(name.map(str::to_owned));
                let is_first = words.first() == Some(image);
                let at = at.filter(|_| is_first).and_then(|at| {
                    let from = at + "FROM".len();
                    let start = from + dockerfile[from..].find(image)?;
                    Some(start..start + image.len())
                });
                let (base, name) = (expand(image, &args), name.map(str::to_owned));
                found.push(Found::Stage(Stage { base, name, at }));
            }
            "COPY" => {
                let Some(from) = words.iter().find_map(|w| w.strip_prefix("--from=")) else {
                    continue;
                };
                let stage = stages.iter().any(|s| s.eq_ignore_ascii_case(from));
                if !stage && !from.parse::<usize>().is_ok_and(|n| n < count) {
                    found.push(Found::Source(from.to_owned()));
                }
            }
            _ => {}
        }
    }
    found
}

/// An instruction with its continuations.
struct Line {
    text: String,
    /// Where it begins, when all of it stands on one line.
    at: Option<usize>,
}

/// The instructions, without comments.
fn instructions(dockerfile: &str) -> Vec<Line> {
    let mut escape = '\\';
    let mut head = true;
    let mut found = Vec::new();
    let mut open = String::new();
    let mut end = 0;
    for line in dockerfile.split_inclusive('\n') {
        let begin = end;
        end += line.len();
        // Some editors put a byte order mark in front.
        let bare = line.trim_start_matches('\u{feff}').trim();
        if let Some(comment) = bare.strip_prefix('#') {
            if head && let Some((name, value)) = comment.split_once('=') {
                if name.trim().eq_ignore_ascii_case("escape") && value.trim() == "`" {
                    escape = '`';
                }
                continue;
            }
            head = false;
            continue;
        }
        head = false;
        if bare.is_empty() {
            continue;
        }
        if let Some(more) = bare.strip_suffix(escape) {
            open.push_str(more);
            open.push(' ');
        } else {
            let at = open.is_empty().then(|| line.find(bare).map(|skipped| begin + skipped));
            open.push_str(bare);
            found.push(Line { text: std::mem::take(&mut open), at: at.flatten() });
        }
    }
    if !open.is_empty() {
        found.push(Line { text: open, at: None });
    }
    found
}

/// `$NAME`, `${NAME}`, `${NAME:-default}` and `${NAME:+other}` filled in.
fn expand(text: &str, args: &BTreeMap<String, String>) -> String {
    let value = |name: &str| args.get(name).cloned().unwrap_or_default();
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some((inside, after)) = rest.strip_prefix('{').and_then(|r| r.split_once('}')) {
            rest = after;
            if let Some((name, default)) = inside.split_once(":-") {
                let found = value(name);
                out.push_str(if found.is_empty() { default } else { &found });
            } else if let Some((name, other)) = inside.split_once(":+") {
                out.push_str(if value(name).is_empty() { "" } else { other });
            } else {
                out.push_str(&value(inside));
            }
        } else {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            let (name, after) = rest.split_at(end.unwrap_or(rest.len()));
            rest = after;
            out.push_str(&value(name));
        }
    }
    out.push_str(rest);
    out
}
