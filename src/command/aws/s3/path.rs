//! Paths on both sides: `s3://bucket/key` and files, and how they are shown.

use std::path::{Component, Path, PathBuf};

/// Bucket and key of `bucket/key`; a bucket alone has an empty key.
pub(super) fn split(path: &str) -> (&str, &str) {
    path.split_once('/').unwrap_or((path, ""))
}

/// One end of a transfer, as a full path: `/home/lea/a.txt`, or `bucket/key`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum End {
    Local(String),
    S3(String),
    /// Standard input or output.
    Stream,
}

impl End {
    /// How the real client shows it, seen from a folder.
    pub(super) fn show(&self, cwd: &Path) -> String {
        match self {
            Self::Stream => "-".into(),
            Self::S3(path) => format!("s3://{path}"),
            Self::Local(path) => relative(path, cwd),
        }
    }
}

/// Where a command reads from or writes to, and how names are made below it.
#[derive(Clone, Debug)]
pub(super) struct Root {
    pub(super) is_s3: bool,
    /// Full; ends with a slash when names go below it.
    pub(super) path: String,
    /// Whether what goes here keeps its own name.
    pub(super) keeps_name: bool,
}

impl Root {
    /// From an argument; `recursive` makes it a folder or prefix.
    pub(super) fn new(argument: &str, recursive: bool, cwd: &Path) -> Self {
        if let Some(path) = argument.strip_prefix("s3://") {
            let mut path = path.to_owned();
            if !path.ends_with('/') && (recursive || !path.contains('/')) {
                path.push('/');
            }
            let keeps_name = path.ends_with('/');
            return Self { is_s3: true, path, keeps_name };
        }
        let full = absolute(argument, cwd);
        let folder = recursive || argument.ends_with('/') || Path::new(&full).is_dir();
        let slash = if folder && !full.ends_with('/') { "/" } else { "" };
        Self { is_s3: false, path: format!("{full}{slash}"), keeps_name: folder }
    }

    /// An end with this full path.
    pub(super) fn end(&self, path: String) -> End {
        if self.is_s3 { End::S3(path) } else { End::Local(path) }
    }

    /// The name, below this root, of something found in it.
    pub(super) fn name_of<'a>(&self, path: &'a str, recursive: bool) -> &'a str {
        if recursive {
            path.get(self.path.len()..).unwrap_or_default()
        } else {
            path.rsplit('/').next().unwrap_or_default()
        }
    }

    /// Where something of that name goes.
    pub(super) fn place(&self, name: &str) -> String {
        if self.keeps_name { format!("{}{name}", self.path) } else { self.path.clone() }
    }
}

/// A path without `.` and `..`, from the root of the file system; symbolic links stay.
pub(super) fn absolute(path: &str, cwd: &Path) -> String {
    clean(&cwd.join(path)).to_string_lossy().into_owned()
}

fn clean(path: &Path) -> PathBuf {
    let mut cleaned = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                cleaned.pop();
            }
            part => cleaned.push(part),
        }
    }
    cleaned
}

/// `./a.txt`, `d/a.txt`, `../a.txt`: the folder seen from the present one, then the name.
fn relative(path: &str, cwd: &Path) -> String {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let folder = clean(Path::new(if folder.is_empty() { "/" } else { folder }));
    let cwd = clean(cwd);
    let mut here = cwd.components().peekable();
    let mut there = folder.components().peekable();
    while here.peek().is_some() && here.peek() == there.peek() {
        here.next();
        there.next();
    }
    let mut shown: Vec<String> = here.map(|_| "..".to_owned()).collect();
    shown.extend(there.map(|c| c.as_os_str().to_string_lossy().into_owned()));
    if shown.is_empty() {
        shown.push(".".into());
    }
    format!("{}/{name}", shown.join("/"))
}
