//! Bodies, as files named by their SHA-256: `blobs/ab/cdef…`.
//!
//! A body is written to a temporary file and renamed, so a name that exists was whole when it was
//! given: `kill -9` at any moment loses nothing that was acknowledged. The facts that depend on the
//! bytes ([`Blob`]) are computed while they pass.
//!
//! A power cut is another matter. A long body is on the disk before it has its name; a short one is
//! left to the system, as the journal's last entries are, since waiting for the disk would cost more
//! than all the rest of the request. So a cut may leave an entry without the body that it names:
//! whoever opens the journal asks ([`BlobStore::trouble`]), and it is sound up to there.
//!
//! Several programs may write here, also such as do not see each other's processes. A temporary file is
//! made new under a name that nobody guesses, and held by its writer as long as it has no other name; it
//! is read back before it gets that. Whoever reads a body whole is told when it is not what its name says,
//! and storing the same body again mends it.

mod gzip;

use std::fs::{self, DirBuilder, File, TryLockError};
use std::hash::{BuildHasher as _, Hasher as _};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crc::{CRC_32_ISCSI, CRC_32_ISO_HDLC, CRC_64_NVME, Crc, Table};
use sha2::Digest as _;

use base::blob::hex;
use base::{Blob, Digest, Slice};

type Slice16 = Table<16>;
static CRC32: Crc<u32, Slice16> = Crc::<u32, Slice16>::new(&CRC_32_ISO_HDLC);
static CRC32C: Crc<u32, Slice16> = Crc::<u32, Slice16>::new(&CRC_32_ISCSI);
static CRC64: Crc<u64, Slice16> = Crc::<u64, Slice16>::new(&CRC_64_NVME);

/// A body up to this length is held in memory until it is whole: one that is stored already costs no
/// file at all.
const HELD_MAX: usize = 64 << 10;
/// A body from this length on is waited for until it is on the disk. Writing it takes longer than
/// that wait.
const SYNCED_MIN: u64 = 1 << 20;

/// How the name of a file without a digest begins.
const TEMPORARY: &str = ".tmp-";
/// Where the file system cannot tell whether a file is held: one that was not written to for so long has
/// no writer any more.
const LEFT_OVER: Duration = Duration::from_hours(24);

/// A folder of blobs. Cheap to clone; several processes may share one.
#[derive(Clone, Debug)]
pub struct BlobStore {
    dir: PathBuf,
}

impl BlobStore {
    /// Opens the folder, making it when it is not there.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn open(dir: &Path) -> io::Result<Self> {
        // Whoever comes first makes the profile's folder as well, which is its owner's alone.
        DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
        Ok(Self { dir: dir.to_path_buf() })
    }

    /// The folder as it stands, to read from.
    #[must_use]
    pub fn look(dir: &Path) -> Self {
        Self { dir: dir.to_path_buf() }
    }

    /// The folder.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Removes what programs that were killed left half written: temporary files that nobody holds.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn sweep(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.dir)? {
            let entry = entry?;
            if !entry.file_name().as_encoded_bytes().starts_with(TEMPORARY.as_bytes()) {
                continue;
            }
            // One that is gone by now was given its name, or another program sweeps as well.
            let Ok(file) = File::open(entry.path()) else { continue };
            let old = || {
                let modified = file.metadata().and_then(|there| there.modified());
                modified.is_ok_and(|at| at.elapsed().unwrap_or_default() > LEFT_OVER)
            };
            let left = match file.try_lock() {
                Ok(()) => true,
                Err(TryLockError::WouldBlock) => false,
                Err(TryLockError::Error(_)) => old(),
            };
            if left {
                let _ = fs::remove_file(entry.path());
            }
        }
        Ok(())
    }

    /// Starts a new blob. Its file is made when it outgrows what is held in memory.
    ///
    /// # Errors
    /// When nothing can be written here.
    pub fn writer(&self) -> io::Result<BlobWriter> {
        Ok(BlobWriter {
            store: self.clone(),
            held: Vec::new(),
            file: None,
            len: 0,
            sha256: sha2::Sha256::new(),
            sha1: sha1::Sha1::new(),
            md5: md5::Md5::new(),
            crc32: CRC32.digest(),
            crc32c: CRC32C.digest(),
            crc64: CRC64.digest(),
        })
    }

    /// Stores everything that `from` gives.
    ///
    /// # Errors
    /// When reading or writing fails.
    pub fn put(&self, from: &mut dyn Read) -> io::Result<Blob> {
        let mut writer = self.writer()?;
        io::copy(from, &mut writer)?;
        writer.finish()
    }

    /// Stores the bytes compressed, as a file of gzip. The same bytes are always the same blob.
    ///
    /// # Errors
    /// When writing fails.
    pub fn put_compressed(&self, bytes: &[u8]) -> io::Result<Blob> {
        self.put(&mut gzip::gzip(bytes).as_slice())
    }

    /// The file that holds a blob, whether or not it exists.
    #[must_use]
    pub fn path(&self, digest: &Digest) -> PathBuf {
        let text = digest.to_string();
        self.dir.join(&text[..2]).join(&text[2..])
    }

    /// Whether the blob is here.
    #[must_use]
    pub fn has(&self, digest: &Digest) -> bool {
        self.path(digest).is_file()
    }

    /// What is wrong with a blob of that length, in words that follow "the body"; nothing is, when it
    /// is here. With `content` its bytes are read as well: a cut can leave a file its length and not
    /// its contents.
    #[must_use]
    pub fn trouble(&self, digest: &Digest, len: u64, content: bool) -> Option<String> {
        let path = self.path(digest);
        let there = match fs::metadata(&path) {
            Ok(there) => there.len(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Some("is not on the disk".into());
            }
            Err(error) => return Some(format!("cannot be read: {error}")),
        };
        if there != len {
            return Some(format!("has {there} of its {len} bytes on the disk"));
        }
        if !content {
            return None;
        }
        match File::open(&path).and_then(|mut file| digest_of(&mut file)) {
            Err(error) => Some(format!("cannot be read: {error}")),
            Ok(found) if found == *digest => None,
            Ok(_) => Some("has other bytes on the disk than it had".into()),
        }
    }

    /// Takes away a file that is not what its name says, so that the same body can be stored again.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn discard(&self, digest: &Digest) -> io::Result<()> {
        match fs::remove_file(self.path(digest)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// A reader of part of a blob.
    ///
    /// # Errors
    /// When the blob is not here, cannot be read or is shorter than that.
    pub fn read(&self, slice: &Slice) -> io::Result<BlobReader> {
        let path = self.path(&slice.digest);
        let cannot = |error: io::Error| {
            io::Error::new(error.kind(), format!("{} cannot be read: {error}", path.display()))
        };
        let mut file = File::open(&path).map_err(cannot)?;
        let there = file.metadata().map_err(cannot)?.len();
        if slice.offset.saturating_add(slice.len) > there {
            return Err(short(&slice.digest, &path));
        }
        file.seek(SeekFrom::Start(slice.offset)).map_err(cannot)?;
        let whole = (slice.offset == 0 && slice.len == there).then(sha2::Sha256::new);
        Ok(BlobReader { rest: file.take(slice.len), whole, digest: slice.digest, path })
    }

    /// All the bytes of some slices, one after the other.
    ///
    /// # Errors
    /// When a blob is missing or shorter than its slice.
    pub fn collect(&self, slices: &[Slice]) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        for slice in slices {
            self.read(slice)?.read_to_end(&mut bytes)?;
        }
        Ok(bytes)
    }
}

/// Part of a blob, as it is read. The reader of a whole one gets an error instead of its last bytes when
/// it is not what its name says.
#[derive(Debug)]
pub struct BlobReader {
    rest: io::Take<File>,
    /// What was read so far of a blob that is read whole.
    whole: Option<sha2::Sha256>,
    digest: Digest,
    path: PathBuf,
}

impl BlobReader {
    /// How many bytes are still to come.
    #[must_use]
    pub fn left(&self) -> u64 {
        self.rest.limit()
    }
}

impl Read for BlobReader {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if to.is_empty() || self.left() == 0 {
            return Ok(0);
        }
        let read = self.rest.read(to)?;
        if read == 0 {
            return Err(short(&self.digest, &self.path));
        }
        if let Some(sha256) = &mut self.whole {
            sha256.update(&to[..read]);
        }
        if self.left() == 0
            && let Some(sha256) = self.whole.take()
            && Digest(sha256.finalize().into()) != self.digest
        {
            let what = format!(
                "the body {} is damaged: {} has other bytes than it had. Storing the same body again \
                 mends it",
                self.digest,
                self.path.display()
            );
            return Err(io::Error::new(io::ErrorKind::InvalidData, what));
        }
        Ok(read)
    }
}

fn short(digest: &Digest, path: &Path) -> io::Error {
    let what = format!(
        "the body {digest} is shorter than recorded: {} was cut. Storing the same body again mends it",
        path.display()
    );
    io::Error::new(io::ErrorKind::UnexpectedEof, what)
}

/// The digest of a file, read a piece at a time.
fn digest_of(file: &mut File) -> io::Result<Digest> {
    let mut sha256 = sha2::Sha256::new();
    let mut piece = vec![0; HELD_MAX];
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(Digest(sha256.finalize().into())),
            read => sha256.update(&piece[..read]),
        }
    }
}

/// A file that has no name of its own yet; removed when dropped.
struct Temporary {
    file: File,
    path: PathBuf,
}

impl Temporary {
    /// Makes a file that was not there, and holds it.
    fn new(dir: &Path) -> io::Result<Self> {
        loop {
            let path = dir.join(format!("{TEMPORARY}{}", unguessable()));
            let file = match File::options().read(true).write(true).create_new(true).open(&path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                made => made.map_err(|error| {
                    io::Error::new(
                        error.kind(),
                        format!("{} cannot be made: {error}", path.display()),
                    )
                })?,
            };
            // Where files cannot be held, sweeping goes by their age. One that was swept between its
            // making and its holding has no name any more.
            let held = !matches!(file.try_lock(), Err(TryLockError::WouldBlock));
            if held && file.metadata()?.nlink() > 0 {
                return Ok(Self { file, path });
            }
        }
    }

    /// Gives it its name, in a folder that may have to be made.
    fn rename(&self, target: &Path) -> io::Result<()> {
        match fs::rename(&self.path, target) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                target.parent().map_or(Ok(()), fs::create_dir_all)?;
                fs::rename(&self.path, target)
            }
            renamed => renamed,
        }
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // Best effort, and without effect on one that was renamed: a left-over temporary file has no
        // name anyone looks up.
        let _ = fs::remove_file(&self.path);
    }
}

/// A number nobody chose: the standard library's hasher keys come from the system's randomness.
#[must_use]
pub fn entropy() -> u64 {
    std::hash::RandomState::new().build_hasher().finish()
}

/// Part of a name that nobody else comes upon, in whatever process.
#[must_use]
pub fn unguessable() -> String {
    format!("{:016x}{:016x}", entropy(), entropy())
}

/// A blob being written. Dropping it unfinished leaves nothing behind.
pub struct BlobWriter {
    store: BlobStore,
    /// The bytes as long as there is no file.
    held: Vec<u8>,
    file: Option<Temporary>,
    len: u64,
    sha256: sha2::Sha256,
    sha1: sha1::Sha1,
    md5: md5::Md5,
    crc32: crc::Digest<'static, u32, Slice16>,
    crc32c: crc::Digest<'static, u32, Slice16>,
    crc64: crc::Digest<'static, u64, Slice16>,
}

impl Write for BlobWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.file.is_none() && self.held.len() + bytes.len() <= HELD_MAX {
            self.held.extend_from_slice(bytes);
        } else {
            self.file()?.write_all(bytes)?;
        }
        self.len += bytes.len() as u64;
        self.sha256.update(bytes);
        self.sha1.update(bytes);
        self.md5.update(bytes);
        self.crc32.update(bytes);
        self.crc32c.update(bytes);
        self.crc64.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl BlobWriter {
    /// The file, made with what was held so far when there is none yet.
    fn file(&mut self) -> io::Result<&mut File> {
        let temporary = if let Some(temporary) = self.file.take() {
            temporary
        } else {
            let mut temporary = Temporary::new(&self.store.dir)?;
            temporary.file.write_all(&std::mem::take(&mut self.held))?;
            temporary
        };
        Ok(&mut self.file.insert(temporary).file)
    }

    /// Bytes written so far.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.len
    }

    /// The SHA-256 of what was written so far.
    #[must_use]
    pub fn sha256(&self) -> Digest {
        Digest(self.sha256.clone().finalize().into())
    }

    /// Gives everything written so far to `to`, for a checksum that is not always computed.
    ///
    /// # Errors
    /// When the file cannot be read, or `to` refuses.
    pub fn read_back(&mut self, to: &mut dyn Write) -> io::Result<()> {
        let Some(temporary) = &mut self.file else { return to.write_all(&self.held) };
        temporary.file.seek(SeekFrom::Start(0))?;
        io::copy(&mut temporary.file, to)?;
        temporary.file.seek(SeekFrom::End(0))?;
        Ok(())
    }

    /// Gives the blob its name, after which it is safe from `kill -9`; a long one is on the disk then.
    ///
    /// # Errors
    /// When the disk refuses, or has other bytes than were written.
    pub fn finish(mut self) -> io::Result<Blob> {
        let digest = Digest(std::mem::take(&mut self.sha256).finalize().into());
        let target = self.store.path(&digest);
        if self.store.trouble(&digest, self.len, true).is_some() {
            let long = self.len >= SYNCED_MIN;
            let file = self.file()?;
            file.seek(SeekFrom::Start(0))?;
            if digest_of(file)? != digest {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    "a body was not stored: the disk has other bytes than were written",
                ));
            }
            if long {
                file.sync_data()?;
            }
            self.file.as_ref().map_or(Ok(()), |file| file.rename(&target))?;
        }
        Ok(Blob {
            digest,
            len: self.len,
            md5: hex(&self.md5.finalize()),
            crc32: self.crc32.finalize(),
            crc32c: self.crc32c.finalize(),
            crc64nvme: self.crc64.finalize(),
            sha1: hex(&self.sha1.finalize()),
        })
    }
}

#[cfg(test)]
mod tests;
