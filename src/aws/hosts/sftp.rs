//! The SSH file transfer protocol, version 3 (draft-ietf-secsh-filexfer-02), which OpenSSH's `sftp` and
//! `scp` speak: packets in, packets out, over a host's files.

use std::collections::BTreeMap;

use base::Time;
use host::Host;
use host::files::{self, Errno, Ino, Node, Who};

/// Somebody who transfers files.
#[derive(Hash, Debug)]
pub(crate) struct Sftp {
    who: Who,
    home: String,
    handles: BTreeMap<u32, Handle>,
    next: u32,
}

#[derive(Hash, Debug)]
enum Handle {
    File {
        path: String,
        ino: Ino,
        writes: bool,
    },
    /// Names that were not told yet.
    Folder {
        path: String,
        names: Vec<String>,
    },
}

/// Files that may be open at once.
const HANDLES_MAX: usize = 64;
/// Bytes of a file that one answer carries.
const READ_MAX: usize = 64 * 1024;
/// Names that one answer carries.
const NAMES_MAX: usize = 64;
/// The largest file that is taken: the world's journal keeps every byte.
const FILE_BYTES_MAX: u64 = 32 * 1024 * 1024;

/// Requests that change nothing, so that they need not be remembered: `READ`, `LSTAT`, `FSTAT`,
/// `REALPATH`, `STAT`, `READLINK`.
#[must_use]
pub fn only_looks(packet: &[u8]) -> bool {
    matches!(packet.first(), Some(5 | 7 | 8 | 16 | 17 | 19))
}

/// Codes of `STATUS`.
mod code {
    pub(super) const OK: u32 = 0;
    pub(super) const EOF: u32 = 1;
    pub(super) const NO_SUCH_FILE: u32 = 2;
    pub(super) const PERMISSION_DENIED: u32 = 3;
    pub(super) const FAILURE: u32 = 4;
    pub(super) const BAD_MESSAGE: u32 = 5;
    pub(super) const UNSUPPORTED: u32 = 8;
}

/// What a request comes to when it is no answer of its own.
enum Fault {
    Code(u32, &'static str),
    Errno(Errno),
}

impl From<Errno> for Fault {
    fn from(error: Errno) -> Self {
        Self::Errno(error)
    }
}

impl Fault {
    fn told(&self) -> (u32, String) {
        match self {
            Self::Code(code, text) => (*code, (*text).to_owned()),
            Self::Errno(Errno::NoEntry | Errno::NotFolder) => {
                (code::NO_SUCH_FILE, "No such file".to_owned())
            }
            Self::Errno(Errno::Access | Errno::NotPermitted) => {
                (code::PERMISSION_DENIED, "Permission denied".to_owned())
            }
            Self::Errno(_) => (code::FAILURE, "Failure".to_owned()),
        }
    }
}

const BAD: Fault = Fault::Code(code::BAD_MESSAGE, "Bad message");

/// What is taken out of a packet, from its beginning on.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn bytes(&mut self, count: usize) -> Result<&'a [u8], Fault> {
        if self.0.len() < count {
            return Err(BAD);
        }
        let (taken, rest) = self.0.split_at(count);
        self.0 = rest;
        Ok(taken)
    }

    fn number(&mut self) -> Result<u32, Fault> {
        let bytes = self.bytes(4)?;
        Ok(bytes.iter().fold(0, |sum, byte| (sum << 8) | u32::from(*byte)))
    }

    fn long(&mut self) -> Result<u64, Fault> {
        Ok((u64::from(self.number()?) << 32) | u64::from(self.number()?))
    }

    fn string(&mut self) -> Result<&'a [u8], Fault> {
        let len = self.number()?;
        self.bytes(usize::try_from(len).unwrap_or(usize::MAX))
    }

    fn text(&mut self) -> Result<String, Fault> {
        Ok(String::from_utf8_lossy(self.string()?).into_owned())
    }

    fn attributes(&mut self) -> Result<Attributes, Fault> {
        let flags = self.number()?;
        let mut given = Attributes::default();
        if flags & 1 != 0 {
            given.size = Some(self.long()?);
        }
        if flags & 2 != 0 {
            given.owner = Some((self.number()?, self.number()?));
        }
        if flags & 4 != 0 {
            given.mode = Some(u16::try_from(self.number()? & 0o7777).unwrap_or_default());
        }
        if flags & 8 != 0 {
            let _accessed = self.number()?;
            given.modified = Some(self.number()?);
        }
        Ok(given)
    }
}

#[derive(Default)]
struct Attributes {
    size: Option<u64>,
    owner: Option<(u32, u32)>,
    mode: Option<u16>,
    /// Seconds since 1970.
    modified: Option<u32>,
}

fn string(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend(u32::try_from(bytes.len()).unwrap_or_default().to_be_bytes());
    out.extend_from_slice(bytes);
}

fn begin(kind: u8, id: u32) -> Vec<u8> {
    let mut out = vec![kind];
    out.extend(id.to_be_bytes());
    out
}

fn status(id: u32, code: u32, text: &str) -> Vec<u8> {
    let mut out = begin(101, id);
    out.extend(code.to_be_bytes());
    string(&mut out, text.as_bytes());
    string(&mut out, b"");
    out
}

fn put_attributes(out: &mut Vec<u8>, node: &Node) {
    const SIZE_OWNER_MODE_TIMES: u32 = 1 | 2 | 4 | 8;
    out.extend(SIZE_OWNER_MODE_TIMES.to_be_bytes());
    out.extend(node.size().to_be_bytes());
    out.extend(node.uid.to_be_bytes());
    out.extend(node.gid.to_be_bytes());
    let kind: u32 = match node.letter() {
        'd' => 0o040_000,
        'l' => 0o120_000,
        'c' => 0o020_000,
        _ => 0o100_000,
    };
    out.extend((kind | u32::from(node.mode)).to_be_bytes());
    let secs = u32::try_from(node.modified.secs()).unwrap_or_default();
    out.extend(secs.to_be_bytes());
    out.extend(secs.to_be_bytes());
}

impl Sftp {
    pub(crate) fn new(who: Who, home: String) -> Self {
        Self { who, home, handles: BTreeMap::new(), next: 1 }
    }

    /// An answer to one packet, both without their lengths. One that only looks changes nothing.
    pub(crate) fn answer(&mut self, host: &mut Host, packet: &[u8]) -> Vec<u8> {
        let mut reader = Reader(packet);
        let Ok(&[kind]) = reader.bytes(1) else {
            return status(0, code::BAD_MESSAGE, "Bad message");
        };
        if kind == 1 {
            let mut out = vec![2];
            out.extend(3_u32.to_be_bytes());
            string(&mut out, b"posix-rename@openssh.com");
            string(&mut out, b"1");
            return out;
        }
        let Ok(id) = reader.number() else { return status(0, code::BAD_MESSAGE, "Bad message") };
        let done = if only_looks(packet) {
            self.look(host, kind, id, &mut reader)
        } else {
            self.change(host, kind, id, &mut reader)
        };
        match done {
            Ok(answer) => answer,
            Err(fault) => {
                let (code, text) = fault.told();
                status(id, code, &text)
            }
        }
    }

    /// An answer to a packet that only looks.
    pub(crate) fn look_at(&self, host: &Host, packet: &[u8]) -> Vec<u8> {
        let mut reader = Reader(packet);
        let Ok(&[kind]) = reader.bytes(1) else {
            return status(0, code::BAD_MESSAGE, "Bad message");
        };
        let Ok(id) = reader.number() else { return status(0, code::BAD_MESSAGE, "Bad message") };
        self.look(host, kind, id, &mut reader).unwrap_or_else(|fault| {
            let (code, text) = fault.told();
            status(id, code, &text)
        })
    }

    fn path(&self, text: &str) -> String {
        if text.is_empty() || text == "." {
            return self.home.clone();
        }
        files::path::join("/", &files::path::absolute(&self.home, text))
    }

    fn handle(&self, reader: &mut Reader<'_>) -> Result<(u32, &Handle), Fault> {
        let number = Reader(reader.string()?).number()?;
        let handle = self.handles.get(&number);
        Ok((number, handle.ok_or(Fault::Code(code::FAILURE, "Failure"))?))
    }

    fn look(
        &self,
        host: &Host,
        kind: u8,
        id: u32,
        reader: &mut Reader<'_>,
    ) -> Result<Vec<u8>, Fault> {
        match kind {
            5 => {
                let (_, Handle::File { ino, .. }) = self.handle(reader)? else { return Err(BAD) };
                let ino = *ino;
                let (place, count) = (reader.long()?, reader.number()?);
                let node = host.files.node(ino).ok_or(Errno::NoEntry)?;
                let bytes = files::contents(node);
                let start = usize::try_from(place).unwrap_or(usize::MAX).min(bytes.len());
                let count = usize::try_from(count).unwrap_or(READ_MAX).min(READ_MAX);
                let end = start.saturating_add(count).min(bytes.len());
                if start == end {
                    return Err(Fault::Code(code::EOF, "End of file"));
                }
                let mut out = begin(103, id);
                string(&mut out, &bytes[start..end]);
                Ok(out)
            }
            7 | 8 | 17 => {
                let path = if kind == 8 {
                    match self.handle(reader)?.1 {
                        Handle::File { path, .. } | Handle::Folder { path, .. } => path.clone(),
                    }
                } else {
                    self.path(&reader.text()?)
                };
                let node = host.files.look(&self.who, &path, kind != 7)?;
                let mut out = begin(105, id);
                put_attributes(&mut out, node);
                Ok(out)
            }
            16 => {
                let wanted = self.path(&reader.text()?);
                let path = host.files.real_path(&self.who, &wanted).unwrap_or(wanted);
                let mut out = begin(104, id);
                out.extend(1_u32.to_be_bytes());
                string(&mut out, path.as_bytes());
                string(&mut out, path.as_bytes());
                out.extend(0_u32.to_be_bytes());
                Ok(out)
            }
            _ => {
                let path = self.path(&reader.text()?);
                let files::Kind::Link(target) = &host.files.look(&self.who, &path, false)?.kind
                else {
                    return Err(Fault::Code(code::FAILURE, "Failure"));
                };
                let mut out = begin(104, id);
                out.extend(1_u32.to_be_bytes());
                string(&mut out, target.as_bytes());
                string(&mut out, target.as_bytes());
                out.extend(0_u32.to_be_bytes());
                Ok(out)
            }
        }
    }

    fn change(
        &mut self,
        host: &mut Host,
        kind: u8,
        id: u32,
        reader: &mut Reader<'_>,
    ) -> Result<Vec<u8>, Fault> {
        let now = host.now;
        let who = self.who.clone();
        match kind {
            3 => return self.open(host, id, reader),
            4 => {
                let (number, _) = self.handle(reader)?;
                self.handles.remove(&number);
            }
            6 => {
                let (_, Handle::File { ino, writes: true, .. }) = self.handle(reader)? else {
                    return Err(Errno::Access.into());
                };
                let ino = *ino;
                let (place, bytes) = (reader.long()?, reader.string()?);
                if place.saturating_add(bytes.len() as u64) > FILE_BYTES_MAX {
                    return Err(Fault::Code(code::FAILURE, "No space left on device"));
                }
                host.files.write_at(ino, Some(place), bytes, now);
            }
            9 | 10 => {
                let path = if kind == 10 {
                    match self.handle(reader)?.1 {
                        Handle::File { path, .. } | Handle::Folder { path, .. } => path.clone(),
                    }
                } else {
                    self.path(&reader.text()?)
                };
                set(host, &who, &path, &reader.attributes()?)?;
            }
            11 => {
                let path = self.path(&reader.text()?);
                let mut names = vec![".".to_owned(), "..".to_owned()];
                names.extend(host.files.list(&who, &path)?);
                return self.opened(id, Handle::Folder { path, names });
            }
            12 => return self.names(host, id, reader),
            13 => host.files.unlink(&who, &self.path(&reader.text()?), now)?,
            14 => {
                let path = self.path(&reader.text()?);
                if host.files.find(&who, &path, true).is_ok() {
                    return Err(Fault::Code(code::FAILURE, "Failure"));
                }
                let mode = reader.attributes()?.mode.unwrap_or(0o755) & 0o7755;
                host.files.make(&who, &path, files::Kind::Folder(BTreeMap::new()), mode, now)?;
            }
            15 => host.files.remove_folder(&who, &self.path(&reader.text()?), now)?,
            18 => {
                let (from, to) = (self.path(&reader.text()?), self.path(&reader.text()?));
                if host.files.find(&who, &to, false).is_ok() {
                    return Err(Fault::Code(code::FAILURE, "Failure"));
                }
                host.files.rename(&who, &from, &to, now)?;
            }
            20 => {
                // OpenSSH sends the target first.
                let (target, path) = (reader.text()?, self.path(&reader.text()?));
                host.files.make(&who, &path, files::Kind::Link(target), 0o777, now)?;
            }
            200 if reader.text()? == "posix-rename@openssh.com" => {
                let (from, to) = (self.path(&reader.text()?), self.path(&reader.text()?));
                host.files.rename(&who, &from, &to, now)?;
            }
            _ => return Err(Fault::Code(code::UNSUPPORTED, "Operation unsupported")),
        }
        Ok(status(id, code::OK, "Success"))
    }

    fn open(
        &mut self,
        host: &mut Host,
        id: u32,
        reader: &mut Reader<'_>,
    ) -> Result<Vec<u8>, Fault> {
        const WRITE: u32 = 2;
        const CREATE: u32 = 8;
        const TRUNCATE: u32 = 16;
        const EXCLUSIVE: u32 = 32;
        let path = self.path(&reader.text()?);
        let (flags, given) = (reader.number()?, reader.attributes()?);
        let there = host.files.find(&self.who, &path, true);
        let writes = flags & WRITE != 0;
        let ino = if writes {
            if there.is_err() && flags & CREATE == 0 {
                return Err(Errno::NoEntry.into());
            }
            if there.is_ok() && flags & EXCLUSIVE != 0 {
                return Err(Fault::Code(code::FAILURE, "Failure"));
            }
            let mode = given.mode.unwrap_or(0o644) & !0o022;
            let now = host.now;
            host.files.open_to_write(&self.who, &path, mode, flags & TRUNCATE != 0, now)?
        } else {
            host.files.read(&self.who, &path)?;
            there?
        };
        self.opened(id, Handle::File { path, ino, writes })
    }

    fn opened(&mut self, id: u32, handle: Handle) -> Result<Vec<u8>, Fault> {
        if self.handles.len() >= HANDLES_MAX {
            return Err(Fault::Code(code::FAILURE, "Too many open files"));
        }
        let number = self.next;
        self.next += 1;
        self.handles.insert(number, handle);
        let mut out = begin(102, id);
        string(&mut out, &number.to_be_bytes());
        Ok(out)
    }

    fn names(&mut self, host: &Host, id: u32, reader: &mut Reader<'_>) -> Result<Vec<u8>, Fault> {
        let number = Reader(reader.string()?).number()?;
        let Some(Handle::Folder { path, names }) = self.handles.get_mut(&number) else {
            return Err(BAD);
        };
        if names.is_empty() {
            return Err(Fault::Code(code::EOF, "End of file"));
        }
        let count = names.len().min(NAMES_MAX);
        let told: Vec<String> = names.drain(..count).collect();
        let mut out = begin(104, id);
        let mut entries = Vec::new();
        let mut many: u32 = 0;
        for name in told {
            let file = files::path::join(path, &name);
            let Ok(node) = host.files.look(&self.who, &file, false) else { continue };
            many += 1;
            string(&mut entries, name.as_bytes());
            string(&mut entries, long_name(host, node, &name).as_bytes());
            put_attributes(&mut entries, node);
        }
        out.extend(many.to_be_bytes());
        out.extend(entries);
        Ok(out)
    }
}

/// A line as `ls -l` has it.
fn long_name(host: &Host, node: &Node, name: &str) -> String {
    let bits: String = (0..9)
        .rev()
        .map(|bit| if node.mode & (1 << bit) == 0 { '-' } else { ['x', 'w', 'r'][bit % 3] })
        .collect();
    format!(
        "{}{bits} {:>4} {:<8} {:<8} {:>8} {} {name}",
        node.letter(),
        node.links,
        host.user_name(node.uid),
        host.group_name(node.gid),
        node.size(),
        node.modified.format("%b %d %H:%M")
    )
}

/// Changes what stands beside a file's bytes.
fn set(host: &mut Host, who: &Who, path: &str, given: &Attributes) -> Result<(), Fault> {
    let now = host.now;
    if let Some(size) = given.size {
        let mut bytes = host.files.read(who, path)?.to_vec();
        let size = usize::try_from(size.min(FILE_BYTES_MAX)).unwrap_or_default();
        bytes.resize(size, 0);
        let ino = host.files.open_to_write(who, path, 0o644, true, now)?;
        host.files.write_at(ino, Some(0), &bytes, now);
    }
    if let Some((uid, gid)) = given.owner {
        host.files.set_owner(who, path, Some(uid), Some(gid), true)?;
    }
    if let Some(mode) = given.mode {
        host.files.set_mode(who, path, mode)?;
    }
    if let Some(secs) = given.modified {
        host.files.set_time(who, path, Time(i64::from(secs) * 1000))?;
    }
    Ok(())
}
