//! Files and folders of the learner's machine: the client's words for what is wrong with one.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Component, Path, PathBuf};

use bytes::{Buf as _, Bytes};
use tempfile::NamedTempFile;
use tokio::runtime::Runtime;

use super::cx::{Cx, Fail};
use command_line::text::io_error;
use docker::{Answer, Body, Method};

/// `open x: no such file or directory`, as Go words it.
pub(super) fn wrong(action: &str, path: impl AsRef<Path>, error: &io::Error) -> String {
    format!("{action} {}: {}", path.as_ref().display(), io_error(error))
}

/// What resolving this path fails at: the first part of it, or of where a link in it leads to, that is
/// not there.
pub(super) fn missing(path: &Path, error: &io::Error) -> String {
    // Go sees for itself that a file stands where a folder should, and names no path then.
    if error.kind() == io::ErrorKind::NotADirectory {
        return io_error(error);
    }
    let mut waiting: Vec<PathBuf> = parts(path);
    let (mut walked, mut links) = (PathBuf::new(), 0);
    while let Some(part) = waiting.pop() {
        if part == Path::new("..") {
            walked.pop();
            continue;
        }
        walked.push(part);
        let Ok(found) = walked.symlink_metadata() else { return wrong("lstat", &walked, error) };
        if found.is_symlink() {
            links += 1;
            if links > LINKS_MAX {
                return "EvalSymlinks: too many links".to_owned();
            }
            let link = fs::read_link(&walked).unwrap_or_default();
            walked.pop();
            waiting.extend(parts(&link));
        }
    }
    wrong("lstat", path, error)
}

/// As many links may be on the way to a file.
const LINKS_MAX: u32 = 255;

/// The parts of a path, the first one last.
fn parts(path: &Path) -> Vec<PathBuf> {
    let parts = path.components().filter(|part| *part != Component::CurDir);
    parts.rev().map(|part| PathBuf::from(part.as_os_str())).collect()
}

/// A file that appears under its name only when it is complete.
pub(super) struct NewFile {
    path: PathBuf,
    waiting: NamedTempFile,
}

impl NewFile {
    /// Begins a file that only its owner may read.
    ///
    /// # Errors
    /// The client's words for a place where no file can be.
    pub(super) fn begin(cwd: &Path, name: &str) -> Result<Self, String> {
        let path = cwd.join(name);
        let parent = Path::new(name).parent().filter(|p| !p.as_os_str().is_empty());
        if let Some(parent) = parent
            && let Err(e) = fs::metadata(cwd.join(parent))
        {
            return Err(format!("invalid output path: {}", wrong("stat", parent, &e)));
        }
        if let Ok(there) = fs::symlink_metadata(&path) {
            let kind = there.file_type();
            if kind.is_dir() {
                return Err("cannot write to a directory".to_owned());
            }
            if kind.is_symlink() {
                return Err("cannot write to a symbolic link directly".to_owned());
            }
            if !kind.is_file() {
                return Err("cannot write to a device file".to_owned());
            }
        }
        let folder = path.parent().unwrap_or(Path::new("/"));
        let waiting = NamedTempFile::new_in(folder).map_err(|e| wrong("open", name, cause(&e)))?;
        Ok(Self { path, waiting })
    }

    /// Gives the file its name.
    ///
    /// # Errors
    /// The client's words when it cannot be had.
    pub(super) fn finish(self) -> Result<(), String> {
        let kept = self.waiting.persist(&self.path);
        kept.map(drop).map_err(|e| wrong("rename", &self.path, &e.error))
    }
}

/// What the system said, without the name of a file that nobody named.
pub(super) fn cause(error: &io::Error) -> &io::Error {
    let named = error.get_ref().and_then(|named| named.source());
    named.and_then(|cause| cause.downcast_ref()).unwrap_or(error)
}

impl io::Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.waiting.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.waiting.flush()
    }
}

/// Writes an archive of the engine to a file, or to standard output when no file is named.
///
/// # Errors
/// The client's words for a terminal, a wrong file, and the engine's for what it does not have.
pub(super) fn download(
    cx: &mut Cx<'_, '_>,
    file: Option<&str>,
    failed: &str,
    path: &str,
) -> Result<u8, Fail> {
    let mut to = None;
    match file {
        Some(name) => {
            let file = NewFile::begin(&cx.host.cwd, name);
            to = Some(file.map_err(|why| Fail::new(1, format!("{failed}: {why}")))?);
        }
        None if cx.host.terminal.is_some() => {
            return Err(Fail::new(
                1,
                "cowardly refusing to save to a terminal. Use the -o flag or redirect",
            ));
        }
        None => {}
    }
    let engine = cx.engine()?;
    let mut answer = cx.wait(engine.stream(Method::GET, path, &[], Body::Empty))?;
    while let Some(piece) = cx.wait(answer.bytes())? {
        let written = match &mut to {
            Some(file) => file.write_all(&piece),
            None => cx.host.stdout.write_all(&piece),
        };
        written.map_err(|e| Fail::new(1, io_error(&e)))?;
    }
    if let Some(file) = to {
        file.finish().map_err(|why| Fail::new(1, why))?;
    }
    Ok(0)
}

/// An answer of the engine, read by plain code.
pub(super) struct Download<'r> {
    pub(super) runtime: &'r Runtime,
    pub(super) answer: Answer,
    pub(super) piece: Bytes,
    /// Bytes read so far.
    pub(super) count: u64,
}

impl io::Read for Download<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() {
            match self.runtime.block_on(self.answer.bytes()).map_err(io::Error::other)? {
                Some(piece) => self.piece = piece,
                None => return Ok(0),
            }
        }
        let count = to.len().min(self.piece.len());
        self.piece.split_to(count).copy_to_slice(&mut to[..count]);
        self.count += count as u64;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_worded_as_in_go() {
        let path = Path::new("/nosuch/file");
        let error = std::fs::File::open(path).unwrap_err();
        assert_eq!(wrong("open", path, &error), "open /nosuch/file: no such file or directory");
        assert_eq!(missing(path, &error), "lstat /nosuch: no such file or directory");
        assert_eq!(io_error(&io::Error::other("Odd")), "odd");
    }

    #[test]
    fn what_is_missing_is_where_links_lead() {
        use std::os::unix::fs::symlink;
        let root = tempfile::tempdir().unwrap();
        let root = root.path().canonicalize().unwrap();
        fs::create_dir(root.join("d")).unwrap();
        for (link, target) in
            [("dangling", "nowhere"), ("d/up", "../gone"), ("two", "d/up"), ("a", "b"), ("b", "a")]
        {
            symlink(target, root.join(link)).unwrap();
        }
        symlink(root.join("lost"), root.join("d/far")).unwrap();
        let check = |path: &str, want: &str| {
            let path = root.join(path);
            let error = path.canonicalize().unwrap_err();
            assert_eq!(missing(&path, &error), want.replace('@', &root.to_string_lossy()));
        };
        check("dangling", "lstat @/nowhere: no such file or directory");
        check("dangling/x", "lstat @/nowhere: no such file or directory");
        check("two", "lstat @/gone: no such file or directory");
        check("d/far/x", "lstat @/lost: no such file or directory");
        check("d/x", "lstat @/d/x: no such file or directory");
        check("a", "EvalSymlinks: too many links");
        fs::write(root.join("file"), "").unwrap();
        check("file/x", "not a directory");
    }
}
