//! Rules that the compiler does not know: layers, banned names, sizes, forgotten files.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// From the bottom up. A module imports only what stands below it.
const LAYERS: &[&str] = &[
    "base", "sim", "store", "course", "docker", "wire", "command", "session", "grade", "app", "ui",
    "cli",
];

/// Pairs that must not import each other although the order would let them: `course` and `store`
/// know no engine and no world.
const FORBIDDEN: &[(&str, &str)] = &[
    ("store", "sim"),
    ("course", "sim"),
    ("docker", "sim"),
    ("docker", "store"),
    ("docker", "course"),
];

/// Words that may not stand in `sim`: each would let the outside in or the order out.
const BANNED_IN_SIM: &[&str] = &[
    "HashMap",
    "HashSet",
    "tokio",
    "std::fs",
    "std::net",
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

/// The layer a source file belongs to.
fn layer(path: &Path) -> Option<String> {
    let inside = path.strip_prefix(root().join("src")).ok()?;
    let first = inside.components().next()?.as_os_str().to_str()?;
    Some(first.trim_end_matches(".rs").to_owned())
}

/// The modules that a text names as `crate::NAME`, with the line of each.
fn imports(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("//") {
            continue;
        }
        for part in line.split("crate::").skip(1) {
            let groups = part
                .strip_prefix('{')
                .map_or_else(|| vec![part], |inside| inside.split(',').map(str::trim).collect());
            for name in groups {
                let end = name.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(name.len());
                found.push((number + 1, name[..end].to_owned()));
            }
        }
    }
    found
}

#[test]
fn imports_run_downwards_only() {
    let rank: BTreeMap<&str, usize> = LAYERS.iter().enumerate().map(|(i, n)| (*n, i)).collect();
    let mut wrong = Vec::new();
    for (path, text) in sources("src") {
        let Some(here) = layer(&path) else { continue };
        if ["lib", "main"].contains(&here.as_str()) {
            continue;
        }
        let Some(&mine) = rank.get(here.as_str()) else {
            wrong.push(format!("{}: the layer {here} is not in the list", relative(&path)));
            continue;
        };
        for (line, name) in imports(&text) {
            let Some(&other) = rank.get(name.as_str()) else { continue };
            let forbidden = FORBIDDEN.contains(&(here.as_str(), name.as_str()));
            if other > mine || forbidden {
                wrong.push(format!("{}:{line}: {here} must not import {name}", relative(&path)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_world_has_no_door_to_the_outside() {
    let mut wrong = Vec::new();
    for (path, text) in sources("src/sim") {
        for (number, line) in text.lines().enumerate() {
            if line.trim_start().starts_with("//") {
                continue;
            }
            for word in BANNED_IN_SIM.iter().filter(|w| line.contains(**w)) {
                wrong.push(format!("{}:{}: {word} is banned in sim", relative(&path), number + 1));
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

#[test]
fn files_stay_short() {
    let long: Vec<String> = sources("src")
        .into_iter()
        .filter(|(path, _)| path.file_name().is_none_or(|n| n != "tests.rs"))
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
