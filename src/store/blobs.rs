//! Bodies, as files named by their SHA-256: `blobs/ab/cdef…`.
//!
//! A body is written to a temporary file, flushed and renamed, so a name that exists is whole. The
//! facts that depend on the bytes ([`Blob`]) are computed while they pass.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crc::{CRC_32_ISCSI, CRC_32_ISO_HDLC, CRC_64_NVME, Crc, Table};
use sha2::Digest as _;

use crate::base::blob::hex;
use crate::base::{Blob, Digest, Slice};

type Slice16 = Table<16>;
static CRC32: Crc<u32, Slice16> = Crc::<u32, Slice16>::new(&CRC_32_ISO_HDLC);
static CRC32C: Crc<u32, Slice16> = Crc::<u32, Slice16>::new(&CRC_32_ISCSI);
static CRC64: Crc<u64, Slice16> = Crc::<u64, Slice16>::new(&CRC_64_NVME);

/// Tells temporary files of one process apart.
static NEXT: AtomicU64 = AtomicU64::new(0);

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
        fs::create_dir_all(dir)?;
        Ok(Self { dir: dir.to_path_buf() })
    }

    /// The folder.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Starts a new blob.
    ///
    /// # Errors
    /// When no temporary file can be made.
    pub fn writer(&self) -> io::Result<BlobWriter> {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let temporary = self.dir.join(format!(".tmp-{}-{number}", std::process::id()));
        Ok(BlobWriter {
            store: self.clone(),
            file: File::create(&temporary)?,
            temporary: Some(temporary),
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

    /// A reader of part of a blob.
    ///
    /// # Errors
    /// When the blob is not here or cannot be read.
    pub fn read(&self, slice: &Slice) -> io::Result<io::Take<File>> {
        let mut file = File::open(self.path(&slice.digest))?;
        file.seek(SeekFrom::Start(slice.offset))?;
        Ok(file.take(slice.len))
    }

    /// All the bytes of some slices, one after the other.
    ///
    /// # Errors
    /// When a blob is missing or shorter than its slice.
    pub fn collect(&self, slices: &[Slice]) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        for slice in slices {
            let before = bytes.len() as u64;
            self.read(slice)?.read_to_end(&mut bytes)?;
            if bytes.len() as u64 - before != slice.len {
                return Err(io::Error::new(
                    io::ErrorKind::UnexpectedEof,
                    format!("blob {} is shorter than recorded", slice.digest),
                ));
            }
        }
        Ok(bytes)
    }
}

/// A blob being written. Dropping it unfinished leaves nothing behind.
pub struct BlobWriter {
    store: BlobStore,
    file: File,
    temporary: Option<PathBuf>,
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
        self.file.write_all(bytes)?;
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
        self.file.flush()
    }
}

impl BlobWriter {
    /// Flushes the blob to the disk and gives it its name.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn finish(mut self) -> io::Result<Blob> {
        self.file.sync_data()?;
        let digest = Digest(std::mem::take(&mut self.sha256).finalize().into());
        let target = self.store.path(&digest);
        if let (Some(temporary), false) = (self.temporary.take(), target.is_file()) {
            if let Some(parent) = target.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::rename(temporary, &target)?;
        }
        Ok(Blob {
            digest,
            len: self.len,
            md5: hex(&std::mem::take(&mut self.md5).finalize()),
            crc32: std::mem::replace(&mut self.crc32, CRC32.digest()).finalize(),
            crc32c: std::mem::replace(&mut self.crc32c, CRC32C.digest()).finalize(),
            crc64nvme: std::mem::replace(&mut self.crc64, CRC64.digest()).finalize(),
            sha1: hex(&std::mem::take(&mut self.sha1).finalize()),
        })
    }
}

impl Drop for BlobWriter {
    fn drop(&mut self) {
        if let Some(path) = self.temporary.take() {
            // Best effort: a left-over temporary file has no name anyone looks up.
            let _ = fs::remove_file(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blob_has_the_published_check_values_and_comes_back_in_parts() {
        let dir = tempfile::tempdir().expect("temporary folder");
        let store = BlobStore::open(dir.path()).expect("opens");
        let blob = store.put(&mut &b"123456789"[..]).expect("stored");
        assert_eq!(blob.len, 9);
        assert_eq!(blob.md5, "25f9e794323b453885f5181f1b624d0b");
        assert_eq!(blob.crc32, 0xcbf4_3926);
        assert_eq!(blob.crc32c, 0xe306_9283);
        assert_eq!(blob.crc64nvme, 0xae8b_1486_0a79_9888);
        assert_eq!(blob.sha1, "f7c3bc1d808e04732adf679965ccc34ca7ae3441");
        let slice = Slice { digest: blob.digest, offset: 2, len: 3 };
        assert_eq!(store.collect(&[slice]).expect("read"), b"345");
        drop(store.writer().expect("writer"));
        let left = fs::read_dir(dir.path()).expect("listed").count();
        assert_eq!(left, 1, "only the blob's folder remains");
    }
}
