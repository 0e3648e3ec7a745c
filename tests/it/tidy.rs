//! Rules that the compiler does not know: circles inside a crate, banned names, sizes, forgotten
//! files. That layers import downwards only is the compiler's to say: they are crates.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The kernel, the families of simulated systems, and the hosts that they run.
const PURE: [&str; 7] =
    ["src/host", "src/sim", "src/aws", "src/hadoop", "src/registry", "src/machines", "src/systems"];

/// Words that may not stand in them: each would let the outside in or the order out.
const BANNED_IN_SIM: &[&str] = &[
    "HashMap",
    "HashSet",
    "tokio",
    "std::fs",
    "TcpStream",
    "TcpListener",
    "UdpSocket",
    "ToSocketAddrs",
    "std::thread",
    "std::env",
    "SystemTime",
    "Instant",
    "rand::",
    ".exp()",
    ".ln()",
    ".powf(",
    ".sin()",
    ".cos()",
    ".sqrt()",
    ".log10()",
];

const FILE_LINES_MAX: usize = 500;

/// Circles that still stand, each to be taken apart. The list only gets shorter: a circle that is not
/// here fails, and so does one that is here and is no more.
const STANDING: &[&str] = &[];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All Rust files below a folder of the project, with their text, in order of their paths.
fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut waiting = vec![root().join(folder)];
    while let Some(dir) = waiting.pop() {
        for entry in fs::read_dir(&dir).expect("a readable folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = fs::read_to_string(&path).expect("readable");
                found.push((path, text));
            }
        }
    }
    found.sort();
    found
}

fn relative(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

/// The module of a source file within its crate, as its path's words: `["s3", "ops", "copy"]`.
fn module(file: &Path, crate_root: &Path) -> Option<Vec<String>> {
    let inside = file.strip_prefix(crate_root).ok()?.with_extension("");
    let mut words: Vec<String> =
        inside.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    if words.last().is_some_and(|word| word == "mod") {
        words.pop();
    }
    Some(words)
}

/// The folders of the workspace's crates, the deepest first.
fn crates() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_to_string(root().join("Cargo.toml"))
        .expect("readable")
        .lines()
        .skip_while(|line| !line.starts_with("members"))
        .skip(1)
        .map_while(|line| line.trim().strip_prefix('"')?.strip_suffix("\",").map(PathBuf::from))
        .map(|folder| root().join(folder))
        .collect();
    found.sort_by_key(|folder| std::cmp::Reverse(folder.components().count()));
    found
}

/// The paths that a text names from `crate::` or `super::`, with groups taken apart, as words from
/// the root of the crate.
fn paths(text: &str, here: &[String]) -> Vec<Vec<String>> {
    let code: String = text
        .split("\n#[cfg(test)]\nmod tests {")
        .next()
        .unwrap_or_default()
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join(" ");
    let mut found = Vec::new();
    for (start, word) in code.match_indices("crate::").chain(code.match_indices("super::")) {
        let before = code[..start].chars().next_back().unwrap_or(' ');
        if before.is_alphanumeric() || matches!(before, ':' | '$' | '_') {
            continue;
        }
        let mut base: Vec<String> = Vec::new();
        let mut rest = &code[start..];
        if word == "super::" {
            base = here.to_vec();
            while let Some(further) = rest.strip_prefix("super::") {
                base.pop();
                rest = further;
            }
        } else {
            rest = &rest["crate::".len()..];
        }
        spread(&base, rest, &mut found);
    }
    found
}

/// Follows one path, and every branch of its group.
fn spread(base: &[String], text: &str, found: &mut Vec<Vec<String>>) {
    let text = text.trim_start();
    if let Some(group) = text.strip_prefix('{') {
        let mut depth = 0;
        let mut start = 0;
        for (at, c) in group.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => {
                    spread(base, &group[start..at], found);
                    return;
                }
                '}' => depth -= 1,
                ',' if depth == 0 => {
                    spread(base, &group[start..at], found);
                    start = at + 1;
                }
                _ => {}
            }
        }
        return;
    }
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    let mut path = base.to_vec();
    if end > 0 {
        path.push(text[..end].to_owned());
    }
    match text[end..].strip_prefix("::") {
        Some(rest) => spread(&path, rest, found),
        None => found.push(path),
    }
}

/// Which modules of a crate name which others; a module and those inside it are one thing here.
fn uses(folder: &Path, inner: &[PathBuf]) -> BTreeMap<Vec<String>, BTreeSet<Vec<String>>> {
    let relative_folder = folder.strip_prefix(root()).expect("inside").display().to_string();
    let files: Vec<(Vec<String>, String)> = sources(&relative_folder)
        .into_iter()
        .filter(|(path, _)| !inner.iter().any(|other| path.starts_with(other)))
        .filter(|(path, _)| {
            !path.ends_with("build.rs") && !path.iter().any(|w| w == "tests" || w == "tests.rs")
        })
        .filter_map(|(path, text)| Some((module(&path, folder)?, text)))
        .collect();
    let known: BTreeSet<&Vec<String>> = files.iter().map(|(module, _)| module).collect();
    let mut graph = BTreeMap::new();
    for (here, text) in &files {
        let mut targets = BTreeSet::new();
        for path in paths(text, here) {
            let Some(target) =
                (0..=path.len()).rev().map(|n| path[..n].to_vec()).find(|p| known.contains(p))
            else {
                continue;
            };
            if !target.starts_with(here) && !here.starts_with(&target) {
                targets.insert(target);
            }
        }
        graph.insert(here.clone(), targets);
    }
    graph
}

/// The modules that can be reached from `start` and lead back to it.
fn circle(
    graph: &BTreeMap<Vec<String>, BTreeSet<Vec<String>>>,
    start: &Vec<String>,
) -> Option<Vec<Vec<String>>> {
    let mut waiting = vec![vec![start.clone()]];
    let mut seen = BTreeSet::new();
    while let Some(way) = waiting.pop() {
        for next in graph.get(way.last()?).into_iter().flatten() {
            if next == start {
                return Some(way);
            }
            if seen.insert(next.clone()) {
                let mut longer = way.clone();
                longer.push(next.clone());
                waiting.insert(0, longer);
            }
        }
    }
    None
}

#[test]
fn modules_of_a_crate_form_no_circle() {
    let all = crates();
    let mut found = BTreeSet::new();
    for folder in &all {
        let inner: Vec<PathBuf> =
            all.iter().filter(|o| *o != folder && o.starts_with(folder)).cloned().collect();
        let graph = uses(folder, &inner);
        for start in graph.keys() {
            let Some(way) = circle(&graph, start) else { continue };
            let mut names: Vec<String> = way.iter().map(|words| words.join("/")).collect();
            names.sort();
            found.insert(format!("{}: {}", relative(folder), names.join(" – ")));
        }
    }
    let standing: BTreeSet<String> = STANDING.iter().map(|s| (*s).to_owned()).collect();
    let fresh: Vec<&String> = found.difference(&standing).collect();
    assert!(fresh.is_empty(), "circles: {fresh:#?}");
    let gone: Vec<&String> = standing.difference(&found).collect();
    assert!(gone.is_empty(), "these circles are gone, so take them off the list: {gone:#?}");
}

/// Whether a line has this word, and not as the end of a longer one.
fn names(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back().unwrap_or(' ');
        !word.starts_with(char::is_alphanumeric) || !(before.is_alphanumeric() || before == '_')
    })
}

#[test]
fn the_world_has_no_door_to_the_outside() {
    let mut wrong = Vec::new();
    for (path, text) in PURE.into_iter().flat_map(sources) {
        for (number, line) in text.lines().enumerate() {
            if line.trim_start().starts_with("//") {
                continue;
            }
            for word in BANNED_IN_SIM.iter().filter(|w| names(line, w)) {
                wrong.push(format!("{}:{}: {word} is banned here", relative(&path), number + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_module_says_what_it_is() {
    let silent: Vec<String> = ["src", "tests/it"]
        .into_iter()
        .flat_map(sources)
        .filter(|(_, text)| !text.starts_with("//!"))
        .map(|(path, _)| relative(&path))
        .collect();
    assert!(silent.is_empty(), "these files do not open with //!: {}", silent.join(", "));
}

/// What is written in the words of a real system, which has its own plurals.
const QUOTED: &[&str] = &[
    "src/host",
    "src/aws",
    "src/wire/aws",
    "src/wire/codec",
    "src/wire/sigv4",
    "src/hadoop",
    "src/command/aws",
    "src/command/docker",
    "src/command/hadoop",
    "src/command/line",
    "src/docker/build",
];

/// What is counted for people: where one of these stands behind a number that may be one, `plural` of
/// `base::text` has to write both.
const COUNTED: &[&str] = &[
    "answers",
    "blocks",
    "buckets",
    "checks",
    "containers",
    "days",
    "entries",
    "errors",
    "files",
    "hits",
    "images",
    "keys",
    "labs",
    "layers",
    "learners",
    "lines",
    "machines",
    "nodes",
    "objects",
    "pages",
    "people",
    "questions",
    "requests",
    "seconds",
    "steps",
    "submissions",
    "tables",
    "tasks",
    "versions",
    "volumes",
];

/// The word behind a placeholder for a number, when it is the plural of something counted. Constants
/// are known not to be one.
fn plural_of_one(line: &str) -> Option<&str> {
    let mut rest = line;
    while let Some(open) = rest.find('{') {
        let inside = &rest[open + 1..];
        let close = inside.find('}')?;
        let (name, behind) = (&inside[..close], &inside[close + 1..]);
        rest = behind;
        let constant = name.len() > 1 && !name.contains(|c: char| c.is_lowercase());
        let is_name = name.chars().all(|c| c.is_alphanumeric() || "_.:".contains(c));
        let Some(behind) = behind.strip_prefix(' ').filter(|_| is_name && !constant) else {
            continue;
        };
        let word = behind.strip_prefix("more ").unwrap_or(behind);
        let end = word.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(word.len());
        if COUNTED.contains(&&word[..end]) {
            return Some(&word[..end]);
        }
    }
    None
}

#[test]
fn what_is_counted_may_be_one() {
    assert_eq!(plural_of_one(r#"format!("has {} versions")"#), Some("versions"));
    assert_eq!(plural_of_one(r#"format!("{more} more keys")"#), Some("keys"));
    for fine in [r#"("at most {LINES_MAX} lines")"#, r#"("{n} keyset")"#, r"Some { lines }"] {
        assert_eq!(plural_of_one(fine), None, "{fine}");
    }
    let mut found = Vec::new();
    for (path, text) in sources("src") {
        let place = relative(&path);
        let quoted = QUOTED.iter().any(|folder| place.starts_with(folder));
        if quoted || place.contains("test") {
            continue;
        }
        let own = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        for (number, line) in
            own.lines().enumerate().filter(|(_, l)| !l.trim_start().starts_with("//"))
        {
            if let Some(word) = plural_of_one(line) {
                found.push(format!("{place}:{}: {word}", number + 1));
            }
        }
    }
    assert!(found.is_empty(), "use base::text::plural:\n{}", found.join("\n"));
}

#[test]
fn files_stay_short() {
    let long: Vec<String> = sources("src")
        .into_iter()
        .filter(|(path, _)| !path.iter().any(|word| word == "tests" || word == "tests.rs"))
        .filter(|(_, text)| text.lines().count() > FILE_LINES_MAX)
        .map(|(path, text)| format!("{} has {} lines", relative(&path), text.lines().count()))
        .collect();
    assert!(long.is_empty(), "longer than {FILE_LINES_MAX} lines: {}", long.join(", "));
}

#[test]
fn no_test_file_is_forgotten() {
    let main = fs::read_to_string(root().join("tests/it/main.rs")).expect("readable");
    let forgotten: Vec<String> = sources("tests/it")
        .into_iter()
        .filter_map(|(path, _)| {
            let name = path.strip_prefix(root().join("tests/it")).ok()?.components().next()?;
            let name = name.as_os_str().to_str()?.trim_end_matches(".rs").to_owned();
            (name != "main" && !main.contains(&format!("mod {name};"))).then_some(name)
        })
        .collect();
    assert!(forgotten.is_empty(), "not in tests/it/main.rs: {}", forgotten.join(", "));
}
