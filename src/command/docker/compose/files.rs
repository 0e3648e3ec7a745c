//! The files of a project: which they are, what they say, and the words for those that cannot be read.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::composefile::{self, Wrong};
use crate::cx::{Cx, Fail};

/// Names of the file, in the order in which they are looked for.
const NAMES: &[&str] =
    &["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];

/// The files of `-f`, of `COMPOSE_FILE`, or those of the usual names here or above.
pub(super) fn find(cx: &Cx<'_, '_>) -> Result<Vec<PathBuf>, Fail> {
    let mut given: Vec<String> = cx.group.all("file").to_vec();
    if given.is_empty() {
        given.extend(
            cx.env("COMPOSE_FILE").into_iter().flat_map(|f| f.split(':')).map(str::to_owned),
        );
    }
    if !given.is_empty() {
        return Ok(given.iter().map(|f| composefile::clean(&cx.host.cwd.join(f))).collect());
    }
    let start = cx
        .group
        .text("project-directory")
        .map_or_else(|| cx.host.cwd.clone(), |dir| composefile::clean(&cx.host.cwd.join(dir)));
    for dir in start.ancestors() {
        let Some(file) = NAMES.iter().map(|n| dir.join(n)).find(|f| f.is_file()) else { continue };
        let mut files = vec![file.clone()];
        let stem = file.file_stem().and_then(|s| s.to_str()).unwrap_or_default().to_owned();
        let over = ["yml", "yaml"].map(|e| dir.join(format!("{stem}.override.{e}")));
        files.extend(over.into_iter().find(|f| f.is_file()));
        return Ok(files);
    }
    Err(Fail::new(14, "no configuration file provided: not found"))
}

/// What the files say; `-` is standard input.
///
/// # Errors
/// The first that cannot be read.
pub(super) fn read(cx: &mut Cx<'_, '_>, files: &[PathBuf]) -> Result<Vec<String>, Fail> {
    let mut texts = Vec::new();
    for file in files {
        let mut text = String::new();
        let done = if file.ends_with("-") {
            cx.host.stdin.read_to_string(&mut text).map(drop)
        } else {
            fs::read_to_string(file).map(|found| text = found)
        };
        done.map_err(|e| unreadable(file, &e))?;
        texts.push(text);
    }
    Ok(texts)
}

/// The environment, with what `.env` adds to it.
pub(super) fn variables(cx: &Cx<'_, '_>, dir: &Path) -> Result<BTreeMap<String, String>, Fail> {
    let mut all = BTreeMap::new();
    let outside = |name: &str| cx.env(name).map(str::to_owned);
    let given = cx.group.all("env-file");
    if given.is_empty()
        && let Ok(text) = fs::read_to_string(dir.join(".env"))
    {
        all.extend(composefile::dotenv(&text, &outside));
    }
    for file in given {
        let path = cx.host.cwd.join(file);
        let text = fs::read_to_string(&path)
            .map_err(|_| Fail::new(1, format!("Couldn't find env file: {}", path.display())))?;
        all.extend(composefile::dotenv(&text, &outside));
    }
    all.extend(cx.host.env.clone());
    Ok(all)
}

/// The reference's words and exit code for files that cannot be read.
pub(super) fn refused(wrong: Wrong, files: &[PathBuf]) -> Fail {
    match wrong {
        Wrong::Text(text) => Fail::new(15, text),
        Wrong::Invalid(at, text) => {
            Fail::new(15, format!("validating {}: {text}", files[at].display()))
        }
        Wrong::Missing(text) => Fail::new(14, text),
        Wrong::Forbidden(_) => Fail::new(15, "Configuration contains forbidden properties"),
    }
}

/// The words and exit code for a file that cannot be read.
pub(super) fn unreadable(path: &Path, error: &std::io::Error) -> Fail {
    let path = path.display();
    match error.kind() {
        std::io::ErrorKind::NotFound => {
            Fail::new(14, format!("open {path}: no such file or directory"))
        }
        std::io::ErrorKind::IsADirectory => Fail::new(15, format!("read {path}: is a directory")),
        _ => Fail::new(15, format!("open {path}: {error}")),
    }
}
