//! A context folder as an archive, written piece by piece in the order of names.
//!
//! Source: POSIX pax interchange format; what the reference client puts in: owner root, times in
//! whole seconds, hard links kept, sockets left out.

use std::collections::HashMap;
use std::fs::{self, File, Metadata};
use std::io::{self, Read, Write};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

use super::Ignore;
use super::ignore::Inherited;

const BLOCK: usize = 512;

/// The blocks that end an archive.
const END: u64 = 2 * BLOCK as u64;

/// The longest name that the head of an entry holds.
const NAME_MAX: usize = 100;

/// A Dockerfile that does not lie in the folder.
pub struct Added<'a> {
    /// What it is called in the archive. It takes the place of what has that name.
    pub name: &'a str,
    pub content: &'a [u8],
    /// Whether rules of the folder keep that name out already, and the archive's length is to be told
    /// as if it were not there.
    pub silent: bool,
}

/// Makes sure that everything that is to be sent can be read.
///
/// # Errors
/// The client's words for the first file that cannot.
pub fn check(folder: &Path, ignore: &Ignore) -> Result<(), String> {
    walk(folder, ignore, &mut |_, path, metadata| {
        let kind = metadata.file_type();
        if kind.is_file() {
            File::open(path)?;
        }
        Ok(())
    })
    .map_err(|(path, error)| match error.kind() {
        io::ErrorKind::PermissionDenied if path.is_dir() => {
            format!("can't stat '{}'", path.display())
        }
        io::ErrorKind::PermissionDenied => {
            format!("no permission to read from '{}'", path.display())
        }
        io::ErrorKind::NotFound => {
            format!("file ('{}') not found or excluded by .dockerignore", path.display())
        }
        _ => error.to_string(),
    })
}

/// Writes the folder. With a Dockerfile from elsewhere that comes last, and `.dockerignore` keeps it
/// out of what `COPY` sees. How long the archive is said to be.
///
/// # Errors
/// When a file cannot be read, or `to` takes no more.
pub fn pack(
    folder: &Path,
    ignore: &Ignore,
    added: Option<&Added<'_>>,
    to: &mut dyn Write,
) -> io::Result<u64> {
    let mut archive = Archive::new(to, false);
    let mut ruled = false;
    let mut replaced = None;
    let done = walk(folder, ignore, &mut |name, path, metadata| {
        let Some(added) = added else { return archive.entry(name, path, metadata) };
        if name == added.name {
            replaced = Some(metadata.len());
            return archive.content(name, metadata.mode(), added.content, true);
        }
        if name == ".dockerignore" {
            ruled = true;
            if !added.silent {
                let text = fs::read_to_string(path)? + "\n" + added.name + "\n";
                return archive.content(name, metadata.mode(), text.as_bytes(), true);
            }
        }
        archive.entry(name, path, metadata)
    });
    done.map_err(|(_, error)| error)?;
    let Some(added) = added else {
        archive.end()?;
        return Ok(archive.length);
    };
    let mut length = archive.length + END;
    if let Some(own) = replaced {
        archive.end()?;
        length += own.next_multiple_of(BLOCK as u64);
        length -= (added.content.len() as u64).next_multiple_of(BLOCK as u64);
    } else {
        // As the reference client does it: the last entry's block is not filled, and no end is
        // written.
        archive.content(added.name, 0o600, added.content, !ruled)?;
        if !ruled {
            let text = format!(".dockerignore\n{}\n", added.name);
            archive.content(".dockerignore", 0o600, text.as_bytes(), false)?;
        }
    }
    Ok(if added.silent { length } else { archive.length })
}

/// Writes a file, or a folder with all that is in it, under that name and with its owners.
///
/// # Errors
/// When something cannot be read, or `to` takes no more.
pub fn pack_tree(path: &Path, name: &str, to: &mut dyn Write) -> io::Result<()> {
    let mut archive = Archive::new(to, true);
    let metadata = fs::symlink_metadata(path)?;
    archive.entry(name, path, &metadata)?;
    if metadata.is_dir() {
        let everything = Ignore::default();
        descend(path, name, None, &everything, &mut |name, path, metadata| {
            archive.entry(name, path, metadata)
        })
        .map_err(|(_, error)| error)?;
    }
    archive.end()
}

/// Writes an archive of one file.
///
/// # Errors
/// When `to` takes no more.
pub fn wrap(name: &str, content: &[u8], to: &mut dyn Write) -> io::Result<()> {
    let mut archive = Archive::new(to, false);
    archive.content(name, 0o644, content, true)?;
    archive.end()
}

type Visit<'v> = &'v mut dyn FnMut(&str, &Path, &Metadata) -> io::Result<()>;

/// Calls `visit` for everything that is not ignored, in the order of names, folders before what is
/// in them. An error comes with the path it is about.
fn walk(folder: &Path, ignore: &Ignore, visit: Visit<'_>) -> Result<(), (PathBuf, io::Error)> {
    descend(folder, "", None, ignore, visit)
}

fn descend(
    folder: &Path,
    name: &str,
    above: Option<&Inherited>,
    ignore: &Ignore,
    visit: Visit<'_>,
) -> Result<(), (PathBuf, io::Error)> {
    let at = |path: &Path| {
        let path = path.to_path_buf();
        move |error| (path, error)
    };
    let entries = fs::read_dir(folder).map_err(at(folder))?;
    let entries: io::Result<Vec<_>> = entries.map(|e| e.map(|e| e.file_name())).collect();
    let mut entries = entries.map_err(at(folder))?;
    entries.sort();
    for entry in entries {
        let path = folder.join(&entry);
        let entry = entry.to_string_lossy();
        let name = if name.is_empty() { entry.into_owned() } else { format!("{name}/{entry}") };
        let metadata = fs::symlink_metadata(&path).map_err(at(&path))?;
        let (out, matched) = ignore.excludes(&name, above);
        if out && !(metadata.is_dir() && ignore.reaches_below(&name)) {
            continue;
        }
        if !out {
            visit(&name, &path, &metadata).map_err(at(&path))?;
        }
        if metadata.is_dir() {
            descend(&path, &name, Some(&matched), ignore, visit)?;
        }
    }
    Ok(())
}

/// An archive being written.
struct Archive<'a> {
    to: &'a mut dyn Write,
    /// Bytes written so far.
    length: u64,
    /// The first name of each file that has several.
    links: HashMap<(u64, u64), String>,
    /// Whether entries belong to whom they belong here, and not to root.
    owners: bool,
}

impl<'a> Archive<'a> {
    fn new(to: &'a mut dyn Write, owners: bool) -> Self {
        Self { to, length: 0, links: HashMap::new(), owners }
    }

    fn entry(&mut self, name: &str, path: &Path, metadata: &Metadata) -> io::Result<()> {
        let kind = metadata.file_type();
        if kind.is_socket() {
            return Ok(());
        }
        let mut header = tar::Header::new_ustar();
        header.set_mode(metadata.mode() & 0o7777);
        let owner = if self.owners { metadata.uid() } else { 0 };
        let group = if self.owners { metadata.gid() } else { 0 };
        header.set_uid(owner.into());
        header.set_gid(group.into());
        header.set_mtime(u64::try_from(metadata.mtime()).unwrap_or_default());
        header.set_size(0);
        if kind.is_dir() {
            header.set_entry_type(tar::EntryType::Directory);
            return self.head(&mut header, &format!("{name}/"), None);
        }
        if kind.is_symlink() {
            header.set_entry_type(tar::EntryType::Symlink);
            let target = fs::read_link(path)?;
            return self.head(&mut header, name, Some(&target.to_string_lossy()));
        }
        if kind.is_fifo() || kind.is_char_device() || kind.is_block_device() {
            header.set_entry_type(match () {
                () if kind.is_fifo() => tar::EntryType::Fifo,
                () if kind.is_char_device() => tar::EntryType::Char,
                () => tar::EntryType::Block,
            });
            let device = metadata.rdev();
            header.set_device_major(u32::try_from(device >> 8 & 0xfff).unwrap_or_default())?;
            header.set_device_minor(u32::try_from(device & 0xff).unwrap_or_default())?;
            return self.head(&mut header, name, None);
        }
        if metadata.nlink() > 1 {
            let file = (metadata.dev(), metadata.ino());
            if let Some(first) = self.links.get(&file).cloned() {
                header.set_entry_type(tar::EntryType::Link);
                return self.head(&mut header, name, Some(&first));
            }
            self.links.insert(file, name.to_owned());
        }
        header.set_entry_type(tar::EntryType::Regular);
        header.set_size(metadata.len());
        self.head(&mut header, name, None)?;
        // Not more than was announced, although the file may grow meanwhile.
        let copied = io::copy(&mut File::open(path)?.take(metadata.len()), self.to)?;
        self.length += copied;
        if copied < metadata.len() {
            let why = format!("{} became shorter while it was read", path.display());
            return Err(io::Error::other(why));
        }
        self.pad(copied)
    }

    /// A file whose content is at hand.
    fn content(&mut self, name: &str, mode: u32, content: &[u8], pad: bool) -> io::Result<()> {
        let mut header = tar::Header::new_ustar();
        header.set_entry_type(tar::EntryType::Regular);
        header.set_mode(mode & 0o7777);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(0);
        header.set_size(content.len() as u64);
        self.head(&mut header, name, None)?;
        self.write(content)?;
        if pad { self.pad(content.len() as u64) } else { Ok(()) }
    }

    /// Writes the head of an entry; a name or target that does not fit stands in a head of its own.
    fn head(
        &mut self,
        header: &mut tar::Header,
        name: &str,
        target: Option<&str>,
    ) -> io::Result<()> {
        let fits = |text: &str| text.len() <= NAME_MAX && text.is_ascii();
        let mut records = String::new();
        for (key, text) in [("linkpath", target), ("path", Some(name))] {
            if let Some(text) = text.filter(|t| !fits(t)) {
                records.push_str(&record(key, text));
            }
        }
        if !records.is_empty() {
            let mut extended = tar::Header::new_ustar();
            extended.set_entry_type(tar::EntryType::XHeader);
            extended.set_mode(0o644);
            extended.set_mtime(0);
            extended.set_size(records.len() as u64);
            put(&mut extended.as_mut_bytes()[..NAME_MAX], "PaxHeaders.0/entry");
            extended.set_cksum();
            self.write(extended.as_bytes())?;
            self.write(records.as_bytes())?;
            self.pad(records.len() as u64)?;
        }
        put(&mut header.as_mut_bytes()[..NAME_MAX], name);
        if let Some(target) = target {
            put(&mut header.as_mut_bytes()[157..157 + NAME_MAX], target);
        }
        header.set_cksum();
        self.write(header.as_bytes())
    }

    /// Fills the last block of so many bytes.
    fn pad(&mut self, length: u64) -> io::Result<()> {
        let over = usize::try_from(length % BLOCK as u64).unwrap_or_default();
        self.write(&[0; BLOCK][..(BLOCK - over) % BLOCK])
    }

    fn end(&mut self) -> io::Result<()> {
        self.write(&[0; 2 * BLOCK])
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.length += bytes.len() as u64;
        self.to.write_all(bytes)
    }
}

/// As much of a text as fits, in ASCII.
fn put(field: &mut [u8], text: &str) {
    let ascii = text.bytes().map(|b| if b.is_ascii() { b } else { b'_' });
    for (place, byte) in field.iter_mut().zip(ascii) {
        *place = byte;
    }
}

/// `27 path=…` with a line end; the length counts itself.
fn record(key: &str, value: &str) -> String {
    let rest = format!(" {key}={value}\n");
    let mut length = rest.len() + 1;
    while length != rest.len() + length.to_string().len() {
        length = rest.len() + length.to_string().len();
    }
    format!("{length}{rest}")
}
