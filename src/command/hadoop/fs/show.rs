//! Commands that show files: `-cat`, `-text`, `-head`, `-tail`, `-checksum`, `-stat`, `-test`.

use std::fmt::Write as _;
use std::io::Read as _;

use md5::Digest as _;

use super::list::bits;
use super::options::{ANY, Illegal, read};
use super::{Item, Outcome, Shell, Trouble, trouble};
use crate::hadoop::client::base_name;
use base::blob::hex;
use hadoop::hdfs::config;
use hadoop::hdfs::ops::FileType;
use hadoop::hdfs::ops::read::{CheckAccess, CheckAccessOutput, Open, OpenOutput};
use hadoop::hdfs::ops::write::{ReportBadBlocks, ReportBadBlocksOutput};

/// How much `-head` and `-tail` show.
const PART: u64 = 1024;

impl Shell<'_, '_> {
    /// Opens part of a file. Warns of nodes that did not answer, and tells the NameNode of corrupt
    /// replicas.
    pub(super) fn open(
        &mut self,
        path: &str,
        offset: Option<u64>,
        length: Option<u64>,
    ) -> Result<OpenOutput, Trouble> {
        let input = Open { path: path.to_owned(), offset, length };
        let output: OpenOutput = self.call(&Open::DEF, &input)?;
        for node in &output.silent {
            self.warn(&format!(
                "WARN hdfs.DFSClient: Failed to connect to {node} for file {path}, add to \
                 deadNodes and continue.\n"
            ));
        }
        if !output.corrupt.is_empty() {
            for replica in &output.corrupt {
                self.warn(&format!(
                    "WARN hdfs.DFSClient: Found Checksum error for {} from {}\n",
                    replica.block, replica.node
                ));
            }
            let input = ReportBadBlocks { path: path.to_owned(), replicas: output.corrupt.clone() };
            self.call::<ReportBadBlocksOutput>(&ReportBadBlocks::DEF, &input)?;
        }
        Ok(output)
    }

    fn copy_to_stdout(&mut self, path: &str, offset: Option<u64>, length: Option<u64>) -> Outcome {
        let output = self.open(path, offset, length)?;
        self.client.copy_out(&output.body.0, &mut *self.host.stdout)?;
        Ok(())
    }
}

/// That it is a file.
pub(super) fn file_only(item: &Item) -> Outcome {
    if item.is_directory() { trouble(&item.shown, "Is a directory") } else { Ok(()) }
}

/// `-cat [-ignoreCrc] <src> ...` and `-text`
pub(super) fn cat(shell: &mut Shell<'_, '_>, args: &[String]) -> Result<(), Illegal> {
    let options = read(args, 1, ANY, &["ignoreCrc"])?;
    shell.each(options.rest, |shell, item| {
        file_only(item)?;
        shell.copy_to_stdout(&item.path, None, None)
    })
}

/// `-head <file>`
pub(super) fn head(shell: &mut Shell<'_, '_>, args: &[String]) -> Result<(), Illegal> {
    let options = read(args, 1, 1, &[])?;
    shell.each(options.rest, |shell, item| {
        file_only(item)?;
        shell.copy_to_stdout(&item.path, None, Some(PART))
    })
}

/// `-tail [-f] [-s <sleep interval>] <file>`; `-f` shows what is there and ends, since a check or a
/// script must end.
pub(super) fn tail(shell: &mut Shell<'_, '_>, args: &[String]) -> Result<(), Illegal> {
    let mut words = args.to_vec();
    if let Some(at) = words.iter().position(|w| w == "-s") {
        words.drain(at..words.len().min(at + 2));
    }
    let options = read(&words, 1, 1, &["f"])?;
    shell.each(options.rest, |shell, item| {
        file_only(item)?;
        let len = item.status.as_ref().map_or(0, |s| s.length);
        shell.copy_to_stdout(&item.path, Some(len.saturating_sub(PART)), None)
    })
}

/// `-checksum [-v] <src> ...`
pub(super) fn checksum(shell: &mut Shell<'_, '_>, args: &[String]) -> Result<(), Illegal> {
    let options = read(args, 1, ANY, &["v"])?;
    let verbose = options.has("v");
    shell.each(options.rest, |shell, item| {
        file_only(item)?;
        let output = shell.open(&item.path, None, None)?;
        let block_size = item.status.as_ref().map_or(u64::MAX, |s| s.block_size);
        let mut digest = FileChecksum::new(block_size);
        let mut buffer = vec![0; 1 << 16];
        for slice in &output.body.0 {
            let mut reader = shell.host.gateway.blobs().read(slice)?;
            loop {
                let count = reader.read(&mut buffer)?;
                if count == 0 {
                    break;
                }
                digest.update(&buffer[..count]);
            }
        }
        let (name, value) = digest.finish();
        let mut line = format!("{}\t{name}\t{value}", item.shown);
        if verbose {
            let _ = write!(line, "\tBlockSize={block_size}");
        }
        shell.print(&format!("{line}\n"));
        Ok(())
    })
}

/// HDFS's file checksum: the MD5 of the blocks' MD5s, each of which is over the CRC-32Cs of the
/// block's 512-byte chunks.
struct FileChecksum {
    block_size: u64,
    /// Bytes of the present block so far.
    filled: u64,
    chunk: Vec<u8>,
    block: md5::Md5,
    blocks: Vec<u8>,
}

static CRC32C: crc::Crc<u32, crc::Table<16>> =
    crc::Crc::<u32, crc::Table<16>>::new(&crc::CRC_32_ISCSI);

impl FileChecksum {
    fn new(block_size: u64) -> Self {
        let chunk = Vec::with_capacity(512);
        Self { block_size, filled: 0, chunk, block: md5::Md5::new(), blocks: Vec::new() }
    }

    fn update(&mut self, mut bytes: &[u8]) {
        let chunk_len = usize::try_from(config::BYTES_PER_CHECKSUM).unwrap_or(512);
        while !bytes.is_empty() {
            // A block's size is a multiple of a chunk's, so no chunk spans two blocks.
            let take = bytes.len().min(chunk_len - self.chunk.len());
            self.chunk.extend_from_slice(&bytes[..take]);
            self.filled += take as u64;
            bytes = &bytes[take..];
            if self.chunk.len() == chunk_len {
                self.end_chunk();
            }
            if self.filled == self.block_size {
                self.end_block();
            }
        }
    }

    fn end_chunk(&mut self) {
        if !self.chunk.is_empty() {
            self.block.update(CRC32C.checksum(&self.chunk).to_be_bytes());
            self.chunk.clear();
        }
    }

    fn end_block(&mut self) {
        self.end_chunk();
        if self.filled > 0 {
            let done = std::mem::replace(&mut self.block, md5::Md5::new());
            self.blocks.extend_from_slice(&done.finalize());
            self.filled = 0;
        }
    }

    /// The algorithm's name and the value in hex.
    fn finish(mut self) -> (String, String) {
        self.end_block();
        let count = self.blocks.len() / 16;
        let per_block = if count > 1 { self.block_size / config::BYTES_PER_CHECKSUM } else { 0 };
        let chunk = if count == 0 { 0 } else { config::BYTES_PER_CHECKSUM };
        // The real client digests its whole buffer, which doubles from 32 bytes as it fills.
        let mut size = 32;
        while size < self.blocks.len() {
            size = (size * 2).max(16);
        }
        self.blocks.resize(size, 0);
        let whole = md5::Md5::digest(&self.blocks);
        let kind = if count == 0 { "CRC32" } else { "CRC32C" };
        let name = format!("MD5-of-{per_block}MD5-of-{chunk}{kind}");
        (name, format!("{chunk:08x}{per_block:016x}{}", hex(&whole)))
    }
}

/// `-stat [format] <path> ...`
pub(super) fn stat(shell: &mut Shell<'_, '_>, args: &[String]) -> Result<(), Illegal> {
    let options = read(args, 1, ANY, &["R"])?;
    let (format, paths) = match options.rest.split_first() {
        Some((first, rest)) if first.contains('%') => (first.as_str(), rest),
        _ => ("%y", options.rest),
    };
    shell.each(paths, |shell, item| {
        let text = describe(item, format);
        shell.print(&format!("{text}\n"));
        Ok(())
    })
}

fn describe(item: &Item, format: &str) -> String {
    let Some(s) = &item.status else { return String::new() };
    let mut out = String::new();
    let mut letters = format.chars();
    let date = "%Y-%m-%d %H:%M:%S";
    while let Some(c) = letters.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        match letters.next() {
            Some('a') => out.push_str(&s.permission),
            Some('A') => out.push_str(&bits(&s.permission)),
            Some('b') => out.push_str(&s.length.to_string()),
            Some('F') if s.kind == FileType::Directory => out.push_str("directory"),
            Some('F') => out.push_str("regular file"),
            Some('g') => out.push_str(&s.group),
            Some('n') => out.push_str(base_name(&item.path)),
            Some('o') => out.push_str(&s.block_size.to_string()),
            Some('r') => out.push_str(&s.replication.to_string()),
            Some('u') => out.push_str(&s.owner),
            Some('x') => out.push_str(&s.access_time.format(date)),
            Some('X') => out.push_str(&s.access_time.0.to_string()),
            Some('y') => out.push_str(&s.modification_time.format(date)),
            Some('Y') => out.push_str(&s.modification_time.0.to_string()),
            Some(other) => out.push(other),
            None => {}
        }
    }
    out
}

/// `-test -[defswrz] <path>`
pub(super) fn test(shell: &mut Shell<'_, '_>, args: &[String]) -> Result<(), Illegal> {
    let options = read(args, 1, 1, &["d", "e", "f", "s", "w", "r", "z"])?;
    let flags: Vec<&str> =
        ["d", "e", "f", "s", "w", "r", "z"].into_iter().filter(|f| options.has(f)).collect();
    let [flag] = flags.as_slice() else {
        let what =
            if flags.is_empty() { "No test flag given" } else { "Only one test flag is allowed" };
        return Err(Illegal(what.into()));
    };
    let item = match shell.expand(&options.rest[0]) {
        Ok(mut items) => items.pop(),
        Err(Trouble::Said(_)) => None,
        Err(trouble) => {
            shell.complain(&trouble);
            return Ok(());
        }
    };
    let Some(item) = item.filter(|i| i.status.is_some()) else {
        shell.exit = 1;
        return Ok(());
    };
    let length = item.status.as_ref().map_or(0, |s| s.length);
    let may = |fsaction: &str| {
        let input = CheckAccess { path: item.path.clone(), fsaction: fsaction.into() };
        shell.call::<CheckAccessOutput>(&CheckAccess::DEF, &input).is_ok()
    };
    let holds = match *flag {
        "d" => item.is_directory(),
        "f" => item.is_file(),
        "s" => length > 0,
        "z" => length == 0,
        "w" => may("-w-"),
        "r" => may("r--"),
        _ => true,
    };
    shell.exit = u8::from(!holds);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::FileChecksum;

    #[test]
    fn an_empty_file_has_the_published_checksum() {
        let (name, value) = FileChecksum::new(1 << 27).finish();
        assert_eq!(name, "MD5-of-0MD5-of-0CRC32");
        assert_eq!(value, "00000000000000000000000070bc8f4b72a86921468bf8e8441dce51");
    }
}
