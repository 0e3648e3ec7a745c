//! A lab as it is written, before anything in it is understood.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use include_dir::{Dir, include_dir};

use super::lab::{Lab, Learner, NamedDoors};
use super::parse;
use super::problem::Problem;
use base::Digest;

/// The labs that are embedded in the program.
pub(super) static LABS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../labs");

/// Bytes a lab file may have, and all the files given with it.
const LAB_MAX: u64 = 1 << 20;
const FILES_MAX: u64 = 64 << 20;

pub(super) fn slashes(path: &Path) -> String {
    path.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// Every file below a folder, in order. Symbolic links are not followed.
pub(super) fn walk(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut waiting = vec![root.to_owned()];
    while let Some(dir) = waiting.pop() {
        let Ok(list) = fs::read_dir(&dir) else { continue };
        for entry in list.flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => waiting.push(entry.path()),
                Ok(kind) if kind.is_file() => found.push(entry.path()),
                _ => {}
            }
        }
    }
    found.sort();
    found
}

fn problem(path: &Path, what: String, remedy: &str) -> Problem {
    let path = path.display().to_string();
    Problem { path, line: 1, column: None, what, remedy: remedy.into() }
}

/// A lab file's text.
pub(super) fn read_text(file: &Path) -> Result<String, Problem> {
    let size = fs::metadata(file).map(|m| m.len());
    if size.is_ok_and(|len| len > LAB_MAX) {
        return Err(problem(file, "the lab is larger than 1 MiB".into(), "cut it in two"));
    }
    let bytes = fs::read(file).map_err(|e| {
        problem(file, format!("cannot be read: {e}"), "a lab is a folder with a lab.md")
    })?;
    String::from_utf8(bytes)
        .map_err(|_| problem(file, "the lab is not UTF-8".into(), "save it as UTF-8"))
}

/// A lab as it is written: its file and those given with it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Source {
    /// For messages.
    pub path: String,
    pub text: String,
    /// Relative path below `files/`, and bytes.
    pub files: Vec<(String, Vec<u8>)>,
    /// The lab in whose world it goes on, as far as a catalog has found one.
    pub began: Option<String>,
}

impl Source {
    /// Reads a lab from its folder, or by its `lab.md`.
    ///
    /// # Errors
    /// When it cannot be read, is not text, or is too large.
    pub fn read(path: &Path) -> Result<Self, Problem> {
        let file = if path.is_dir() { path.join("lab.md") } else { path.to_owned() };
        let text = read_text(&file)?;
        let root = file.parent().unwrap_or(Path::new(".")).join("files");
        let (mut files, mut total) = (Vec::new(), 0);
        for path in walk(&root) {
            total += fs::metadata(&path).map_or(0, |m| m.len());
            if total > FILES_MAX {
                return Err(problem(
                    &path,
                    "the lab's files are larger than 64 MiB".into(),
                    "let `setup` make them",
                ));
            }
            let bytes = fs::read(&path)
                .map_err(|e| problem(&path, format!("cannot be read: {e}"), "make it readable"))?;
            files.push((slashes(path.strip_prefix(&root).unwrap_or(&path)), bytes));
        }
        Ok(Self { path: file.display().to_string(), text, files, began: None })
    }

    /// An embedded lab by the path of its entry.
    pub(super) fn embedded(path: &str) -> Self {
        let inside = path.strip_prefix("labs/").unwrap_or(path);
        let file =
            LABS.get_file(inside).map(|f| String::from_utf8_lossy(f.contents()).into_owned());
        let folder = inside.strip_suffix("/lab.md").unwrap_or_default();
        let mut files = Vec::new();
        let mut waiting: Vec<_> = LABS.get_dir(format!("{folder}/files")).into_iter().collect();
        while let Some(dir) = waiting.pop() {
            waiting.extend(dir.dirs());
            for file in dir.files() {
                let path = slashes(file.path());
                let name = path.strip_prefix(&format!("{folder}/files/")).unwrap_or(&path);
                files.push((name.to_owned(), file.contents().to_vec()));
            }
        }
        files.sort();
        Self { path: path.to_owned(), text: file.unwrap_or_default(), files, began: None }
    }

    pub(super) fn digest(&self) -> Digest {
        parse::digest(&self.text, &self.files)
    }

    /// Reads it for one learner.
    ///
    /// # Errors
    /// All that is wrong in it.
    pub fn parse(self, who: &Learner) -> Result<Lab, Vec<Problem>> {
        let named = self.text.contains("{{door:").then(|| {
            let (text, files, began) = (self.text.clone(), self.files.clone(), self.began.clone());
            Arc::new(NamedDoors { text, files, who: who.clone(), began, known: BTreeMap::new() })
        });
        let began = self.began.as_deref();
        let lab = Lab::parse_begun(&self.path, &self.text, self.files, who, began)?;
        Ok(Lab { named_doors: named, ..lab })
    }
}
