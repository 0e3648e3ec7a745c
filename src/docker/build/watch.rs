//! An archive that goes by, watched for its Dockerfile.

const BLOCK: usize = 512;

/// The longest Dockerfile that is kept.
const KEPT_MAX: u64 = 1 << 20;

/// Follows the entries of an archive as its bytes go by; a packed archive is not looked into.
pub struct Watch {
    name: String,
    head: Vec<u8>,
    /// Bytes of the current entry that are still to come, with what fills its last block.
    left: u64,
    /// The content that is being kept, and how much of what is left belongs to it.
    kept: Option<(Vec<u8>, u64)>,
    done: bool,
}

impl Watch {
    /// Watches for the entry of this name.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let name = name.trim_start_matches("./").to_owned();
        Self { name, head: Vec::new(), left: 0, kept: None, done: false }
    }

    /// The Dockerfile, when its last byte is among these.
    pub fn pass(&mut self, mut bytes: &[u8]) -> Option<String> {
        while !self.done && !bytes.is_empty() {
            if self.left > 0 {
                let count = usize::try_from(self.left).unwrap_or(usize::MAX).min(bytes.len());
                let (now, later) = bytes.split_at(count);
                bytes = later;
                self.left -= count as u64;
                if let Some((kept, more)) = &mut self.kept {
                    let part = usize::try_from(*more).unwrap_or(usize::MAX).min(now.len());
                    kept.extend_from_slice(&now[..part]);
                    *more -= part as u64;
                    if *more == 0 {
                        self.done = true;
                        return Some(String::from_utf8_lossy(kept).into_owned());
                    }
                }
                continue;
            }
            let count = (BLOCK - self.head.len()).min(bytes.len());
            self.head.extend_from_slice(&bytes[..count]);
            bytes = &bytes[count..];
            if self.head.len() == BLOCK {
                self.enter();
                self.head.clear();
            }
        }
        None
    }

    /// Reads the head of an entry.
    fn enter(&mut self) {
        let header = tar::Header::from_byte_slice(&self.head);
        let Ok(size) = header.entry_size() else {
            self.done = true;
            return;
        };
        self.left = size.next_multiple_of(BLOCK as u64);
        let path = header.path_bytes();
        let path = path.strip_prefix(b"./").unwrap_or(&path);
        if path == self.name.as_bytes() && (1..=KEPT_MAX).contains(&size) {
            self.kept = Some((Vec::new(), size));
        }
    }
}
