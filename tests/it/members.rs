//! That what a request may hold is read by somebody, or refused.
//!
//! The compiler tells of a field that nothing reads, as long as nobody else could: the members of
//! inputs and of what only inputs have (`group!`, `argument!`) are not `pub`. Here stands that they are
//! not, and, of the inputs that other crates make and that must be, that the operation reads them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The families of simulated systems beside AWS.
const FAMILIES: [&str; 3] = ["src/hadoop", "src/machines", "src/registry"];

/// One system's part of the sources, without comments and tests.
struct Family {
    name: String,
    files: Vec<String>,
}

/// Each service of AWS counts as a family of its own, since names repeat between them.
fn families() -> Vec<Family> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let mut folders: Vec<String> = FAMILIES.iter().map(|&family| family.to_owned()).collect();
    for entry in fs::read_dir(root.join("src/aws")).expect("a readable folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        if path.is_dir() {
            folders.push(format!("src/aws/{name}"));
        }
    }
    folders.sort();
    let read = |name: String| Family { files: sources(&root.join(&name)), name };
    folders.into_iter().map(read).collect()
}

fn sources(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            if !path.ends_with("tests") {
                let inside = fs::read_dir(&path).expect("a readable folder");
                waiting.extend(inside.map(|entry| entry.expect("an entry").path()));
            }
        } else if path.extension().is_some_and(|e| e == "rs") && !path.ends_with("tests.rs") {
            let text = fs::read_to_string(&path).expect("a readable file");
            let code = text.lines().map(|line| line.split("//").next().unwrap_or_default());
            found.push(code.collect::<Vec<_>>().join("\n"));
        }
    }
    found
}

/// The text between braces, from the first that opens at or behind `from`.
fn braces(text: &str, from: usize) -> Option<&str> {
    let start = from + text.get(from..)?.find('{')?;
    let mut depth = 0;
    for (at, c) in text.get(start..)?.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 1 => return text.get(start + 1..start + at),
            '}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// The calls of a macro, each as what stands in its braces.
fn calls<'t>(text: &'t str, name: &str) -> Vec<&'t str> {
    let pattern = format!("{name}! {{");
    text.match_indices(&pattern).filter_map(|(at, _)| braces(text, at)).collect()
}

/// The word behind a keyword.
fn word_behind<'t>(text: &'t str, keywords: &[&str]) -> Option<&'t str> {
    let mut words = text.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'));
    words.find(|word| keywords.contains(word))?;
    words.find(|word| !word.is_empty())
}

/// Whatever in a text is called like a type.
fn types(text: &str) -> BTreeSet<&str> {
    let outside = text.split('"').step_by(2);
    let words = outside.flat_map(|t| t.split(|c: char| !(c.is_alphanumeric() || c == '_')));
    words.filter(|word| word.starts_with(|c: char| c.is_ascii_uppercase())).collect()
}

/// The names of the members that are `pub` to everybody.
fn public(members: &str) -> Vec<&str> {
    let told = members.split("=>");
    let fields = told.filter_map(|t| t.rsplit_once("pub ")?.1.split_once(':'));
    fields.map(|(name, _)| name.trim()).filter(|name| name.chars().all(is_word)).collect()
}

fn is_word(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'
}

/// An operation as it is told: its name, its input and its output.
struct Operation<'t> {
    name: &'t str,
    input: &'t str,
    output: &'t str,
}

fn operations(text: &str) -> Vec<Operation<'_>> {
    let told = calls(text, "operation").into_iter().filter_map(|told| {
        let name = word_behind(told, &["read", "write"])?;
        let input = told.find("input {").and_then(|at| braces(told, at))?;
        let output = told.find("output ").and_then(|at| braces(told, at))?;
        Some(Operation { name, input, output })
    });
    told.collect()
}

/// Whatever structures of these can be reached from some types.
fn reached<'t>(
    from: impl Iterator<Item = &'t str>,
    structures: &BTreeMap<&'t str, (&'t str, BTreeSet<&'t str>)>,
) -> BTreeSet<&'t str> {
    let mut seen = BTreeSet::new();
    let mut waiting: Vec<&str> = from.collect();
    while let Some(name) = waiting.pop() {
        if let Some((_, inside)) = structures.get(name).filter(|_| seen.insert(name)) {
            waiting.extend(inside);
        }
    }
    seen.retain(|name| structures.contains_key(name));
    seen
}

/// The structures of a family: how each is told, and the types in it.
fn structures(family: &Family) -> BTreeMap<&str, (&str, BTreeSet<&str>)> {
    let mut found = BTreeMap::new();
    for text in &family.files {
        for kind in ["structure", "argument", "group", "union"] {
            for told in calls(text, kind) {
                if let Some(name) = word_behind(told, &["struct", "enum"]) {
                    let members = braces(told, 0).unwrap_or_default();
                    found.insert(name, (kind, types(members)));
                }
            }
        }
    }
    found
}

#[test]
fn what_only_requests_have_is_under_the_compilers_eyes() {
    let mut found = BTreeSet::new();
    let mut counted = 0;
    for family in families() {
        let structures = structures(&family);
        let told: Vec<Operation<'_>> = family.files.iter().flat_map(|t| operations(t)).collect();
        counted += told.len();
        // What a door may write down becomes a value before it is read.
        let own = told.iter().filter(|op| public(op.input).is_empty());
        let taken = reached(own.flat_map(|op| types(op.input)), &structures);
        let given = reached(told.iter().flat_map(|op| types(op.output)), &structures);
        for name in taken.difference(&given) {
            if structures[name].0 == "structure" {
                found.insert(format!("{} {name}", family.name));
            }
        }
    }
    assert!(counted > 150, "only {counted} operations were found: has their form changed?");
    assert!(found.is_empty(), "only requests have these, so they are an argument!: {found:?}");
}

#[test]
fn members_that_others_may_read_are_read_by_the_operation() {
    let mut wrong = Vec::new();
    for family in families() {
        for text in &family.files {
            for told in ["argument", "group"].iter().flat_map(|kind| calls(text, kind)) {
                for member in public(told) {
                    let name = word_behind(told, &["struct"]).unwrap_or_default();
                    wrong.push(format!("{} {name}.{member} is pub", family.name));
                }
            }
            for Operation { name, input, .. } in operations(text) {
                let of_its_own = |line: &str| {
                    let whom = line.strip_prefix("impl ").and_then(|l| l.strip_suffix(" {"));
                    whom.is_some_and(|w| {
                        [name, &format!("Read for {name}"), &format!("Write for {name}")]
                            .contains(&w)
                    })
                };
                let lines = text.lines().scan(0, |at, line| {
                    let start = *at;
                    *at += line.len() + 1;
                    Some((start, line))
                });
                let own = lines.filter(|(_, line)| of_its_own(line));
                let behaviour: String = own.filter_map(|(at, _)| braces(text, at)).collect();
                for member in public(input) {
                    let reads = |pattern: String| {
                        let ends = |at: usize| !text_goes_on(&behaviour, at + pattern.len());
                        behaviour.match_indices(&pattern).any(|(at, _)| ends(at))
                    };
                    if !reads(format!("self.{member}")) && !member.starts_with('_') {
                        wrong.push(format!("{} {name}.{member} is read by nobody", family.name));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn text_goes_on(text: &str, at: usize) -> bool {
    text.get(at..).and_then(|rest| rest.chars().next()).is_some_and(is_word)
}
