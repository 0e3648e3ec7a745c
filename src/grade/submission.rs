//! The `.dlab` file: a tar with `manifest.json`, `journal.jsonl` and `blobs/DIGEST`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

use base::{Digest, Slice};
use session::history::{self, Act};
use session::seen::FileSeen;
use session::{Bodies, Manifest, Session};
use store::{BlobStore, Entry, origin, verify};

/// A larger file is not read.
pub const FILE_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// A journal with more entries is not replayed.
pub const ENTRIES_MAX: usize = 500_000;
/// A larger journal is not read.
const JOURNAL_BYTES_MAX: u64 = 96 * 1024 * 1024;
/// A journal's longest line: an input of 4 MiB of text, each letter escaped.
const LINE_BYTES_MAX: u64 = 32 * 1024 * 1024;
const HEAD_BYTES_MAX: u64 = 1024 * 1024;
/// Blobs larger than this stay behind; checks that read them are inconclusive then.
const BLOB_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// All blobs of a submission together.
const BLOBS_BYTES_MAX: u64 = 128 * 1024 * 1024;
/// Of these the files that checks looked at.
const FILES_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// What a submission says of itself.
///
/// The chain of the journal covers `world`, and through an entry of its own the `nonce`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Head {
    /// 1.
    pub format: u32,
    /// The version of distlab that wrote it.
    pub program: String,
    /// SHA-256 of the lab's text as the learner had it.
    pub lab_digest: Digest,
    pub world: Manifest,
    /// What the teacher gave out, so that an old submission cannot be handed in again.
    pub nonce: Option<String>,
    /// The last hash of the journal's chain.
    pub head: Digest,
    /// The world's digest after the last entry.
    pub state: Digest,
    /// Milliseconds since the epoch on the learner's machine.
    pub written: i64,
}

/// A submission as it was read.
#[derive(Clone, Debug)]
pub struct Submission {
    pub head: Head,
    pub entries: Vec<Entry>,
}

/// What had to stay behind.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Left {
    /// Bodies that were too large.
    pub bodies: usize,
    /// Files that checks looked at, by name, each with why: words that follow the name.
    pub files: BTreeMap<String, String>,
}

/// Writes the submission of an open lab. Returns its head and what had to stay behind.
pub fn write(
    session: &Session,
    lab_digest: Digest,
    nonce: Option<String>,
    wall_ms: i64,
    path: &Path,
) -> anyhow::Result<(Head, Left)> {
    session.note_submitted(nonce.clone())?;
    let (state, journal) = session.engine().sealed()?;
    if let Some(broken) = journal.broken {
        bail!("the journal is damaged and cannot be handed in: {broken}");
    }
    let world = session.engine().manifest().clone();
    let last = journal.entries.last();
    let head = Head {
        format: 1,
        program: env!("CARGO_PKG_VERSION").into(),
        lab_digest,
        nonce,
        head: last.map_or(origin(&world.text()?), |e| e.hash),
        world,
        state,
        written: wall_ms,
    };
    let fresh = path.with_extension("dlab.new");
    let file =
        File::create(&fresh).with_context(|| format!("{} cannot be written", fresh.display()))?;
    let mut tar = tar::Builder::new(file);
    add(&mut tar, "manifest.json", &serde_json::to_vec_pretty(&head)?)?;
    let mut lines = Vec::new();
    for entry in &journal.entries {
        serde_json::to_writer(&mut lines, entry)?;
        lines.push(b'\n');
    }
    add(&mut tar, "journal.jsonl", &lines)?;
    let left = add_blobs(&mut tar, session.engine().blob_store(), &journal.entries)?;
    tar.into_inner()?.sync_all()?;
    std::fs::rename(&fresh, path)
        .with_context(|| format!("{} cannot be written", path.display()))?;
    Ok((head, left))
}

fn add(tar: &mut tar::Builder<File>, name: &str, bytes: &[u8]) -> anyhow::Result<()> {
    let mut header = tar::Header::new_ustar();
    header.set_size(bytes.len() as u64);
    header.set_mode(0o644);
    header.set_cksum();
    Ok(tar.append_data(&mut header, name, bytes)?)
}

/// Adds the bodies that the journal's inputs name, and the files that its checks looked at; returns
/// what had to stay behind.
fn add_blobs(
    tar: &mut tar::Builder<File>,
    store: &BlobStore,
    entries: &[Entry],
) -> anyhow::Result<Left> {
    let bodies = named_blobs(entries);
    let (mut left, mut total) = (Left::default(), 0);
    // One that is gone or damaged stays behind: the work can be handed in without it.
    let mut put = |digest: Digest, len: u64| -> anyhow::Result<bool> {
        let Ok(bytes) = store.collect(&[Slice { digest, offset: 0, len }]) else {
            return Ok(false);
        };
        add(tar, &format!("blobs/{digest}"), &bytes)?;
        Ok(true)
    };
    for (digest, len) in &bodies {
        let fits = *len <= BLOB_BYTES_MAX && total + len <= BLOBS_BYTES_MAX;
        if fits && put(*digest, *len)? {
            total += len;
        } else {
            left.bodies += 1;
        }
    }
    let (mut gone, mut files_total) = (BTreeSet::new(), 0);
    for (path, kept) in named_files(entries)? {
        let why = match kept {
            FileSeen::Absent => continue,
            FileSeen::Left(why) => why,
            FileSeen::Bytes(blob) => {
                if bodies.contains_key(&blob.digest) || !gone.insert(blob.digest) {
                    continue;
                }
                let room = FILES_BYTES_MAX.min(BLOBS_BYTES_MAX - total).saturating_sub(files_total);
                if blob.len > room {
                    format!("has {} bytes, and there is no room for them", blob.len)
                } else if put(blob.digest, blob.len)? {
                    files_total += blob.len;
                    continue;
                } else {
                    "is damaged on this disk".into()
                }
            }
        };
        left.files.insert(path, why);
    }
    Ok(left)
}

/// The blobs that inputs and observations mention, with their lengths, in order.
fn named_blobs(entries: &[Entry]) -> BTreeMap<Digest, u64> {
    let mut found = BTreeMap::new();
    for entry in entries.iter().filter(|e| matches!(e.kind.as_str(), "call" | "observed")) {
        if let Ok(bodies) = serde_json::from_str::<Bodies>(&entry.body) {
            found.extend(bodies.0);
        }
    }
    found
}

/// The files that checks looked at, the last first: what counts in the end finds room first.
fn named_files(entries: &[Entry]) -> anyhow::Result<Vec<(String, FileSeen)>> {
    let mut found = Vec::new();
    let looked = entries.iter().rev();
    for entry in looked.filter(|e| matches!(e.kind.as_str(), "answer" | "pass" | "submit")) {
        match history::decode(entry)?.act {
            Act::Answer { files, .. } | Act::Pass { files, .. } | Act::Submit { files, .. } => {
                found.extend(files);
            }
            _ => {}
        }
    }
    Ok(found)
}

/// Reads and verifies a submission; its bodies go into `blobs`.
///
/// What is read is bounded before it is read: each member by what [`write`] may put there, all of them
/// by the size of a submission, and members that it never writes (sparse files, links, long names) are
/// refused, whatever they claim.
pub fn read(path: &Path, blobs: &BlobStore) -> anyhow::Result<Submission> {
    // Reports say which file it is; where it lies is another place on another machine.
    let cannot = || "it cannot be read";
    // Asked first: to open a pipe is to wait for somebody who writes into it.
    if !std::fs::metadata(path).with_context(cannot)?.is_file() {
        bail!("it is not a file");
    }
    let file = File::open(path).with_context(cannot)?;
    let len = file.metadata()?.len();
    if len > FILE_BYTES_MAX {
        bail!("the file has {len} bytes; a submission has at most {FILE_BYTES_MAX}");
    }
    let mut head: Option<Head> = None;
    let mut entries: Option<Vec<Entry>> = None;
    let mut seen = BTreeSet::new();
    let mut stored = 0;
    let mut tar = tar::Archive::new(BufReader::new(file).take(FILE_BYTES_MAX));
    // As they stand: nothing of what extensions promise is believed.
    for part in tar.entries().context("it is not a submission (no tar)")?.raw(true) {
        let mut part = part.context("the file is cut short or is not a submission")?;
        let name = String::from_utf8_lossy(&part.path_bytes()).into_owned();
        let size = part.header().entry_size().context("a member gives no size")?;
        if part.header().entry_type() != tar::EntryType::Regular {
            bail!("the member {name:?} is of a kind that no submission has");
        }
        match name.as_str() {
            "manifest.json" if head.is_none() => {
                let text = bounded(&mut part, size, &name, HEAD_BYTES_MAX)?;
                head = Some(
                    serde_json::from_slice(&text).context("manifest.json cannot be understood")?,
                );
            }
            "journal.jsonl" if entries.is_none() => {
                at_most(size, &name, JOURNAL_BYTES_MAX)?;
                entries = Some(read_journal(&mut part, size)?);
            }
            other => {
                let digest = other.strip_prefix("blobs/").filter(|d| !seen.contains(*d));
                let Some(digest) = digest else {
                    bail!("it has a member {name:?}, or has it twice, and no submission does");
                };
                at_most(size, &name, BLOB_BYTES_MAX)?;
                stored += size;
                if stored > BLOBS_BYTES_MAX {
                    bail!("its bodies have more than {BLOBS_BYTES_MAX} bytes together");
                }
                read_blob(digest, &mut part, size, blobs)?;
                seen.insert(digest.to_owned());
            }
        }
    }
    let head = head.context("it has no manifest.json")?;
    let entries = entries.context("it has no journal.jsonl")?;
    if head.format != 1 {
        bail!("it has format {}, and this distlab reads format 1", head.format);
    }
    match verify(origin(&head.world.text()?), &entries) {
        Ok(found) if found == head.head => {}
        Ok(_) => bail!("its journal does not end where its manifest says: entries are missing"),
        Err(broken) => bail!("its journal was altered: {broken}"),
    }
    same_word(&head, &entries)?;
    Ok(Submission { head, entries })
}

/// The word in the manifest is the one that the journal's chain covers. (A journal of an older distlab
/// says none.)
fn same_word(head: &Head, entries: &[Entry]) -> anyhow::Result<()> {
    let Some(last) = entries.iter().rev().find(|entry| entry.kind == "submit") else {
        return Ok(());
    };
    let act = history::decode(last)?.act;
    if let Act::Submit { nonce, .. } = act
        && nonce != head.nonce
    {
        bail!("its manifest carries a different word from its journal: it was altered");
    }
    Ok(())
}

fn at_most(size: u64, name: &str, most: u64) -> anyhow::Result<()> {
    if size > most {
        bail!("its {name} claims {size} bytes; a submission's has at most {most}");
    }
    Ok(())
}

fn bounded(part: &mut dyn Read, size: u64, name: &str, most: u64) -> anyhow::Result<Vec<u8>> {
    at_most(size, name, most)?;
    let mut bytes = Vec::new();
    part.take(size).read_to_end(&mut bytes)?;
    whole(bytes.len() as u64, size, name)?;
    Ok(bytes)
}

fn whole(read: u64, size: u64, name: &str) -> anyhow::Result<()> {
    if read != size {
        bail!("its {name} has {read} of {size} bytes: the file is cut short");
    }
    Ok(())
}

fn read_journal(part: &mut dyn Read, size: u64) -> anyhow::Result<Vec<Entry>> {
    let mut lines = BufReader::new(part.take(size));
    let (mut entries, mut read) = (Vec::new(), 0);
    loop {
        let number = entries.len() + 1;
        let mut line = Vec::new();
        let took = (&mut lines).take(LINE_BYTES_MAX + 1).read_until(b'\n', &mut line)? as u64;
        read += took;
        if took == 0 {
            whole(read, size, "journal.jsonl")?;
            return Ok(entries);
        }
        if took > LINE_BYTES_MAX {
            bail!("line {number} of its journal has more than {LINE_BYTES_MAX} bytes");
        }
        if number > ENTRIES_MAX {
            bail!("its journal has more than {ENTRIES_MAX} entries");
        }
        entries.push(
            serde_json::from_slice(&line)
                .with_context(|| format!("line {number} of its journal cannot be understood"))?,
        );
    }
}

fn read_blob(name: &str, part: &mut dyn Read, size: u64, blobs: &BlobStore) -> anyhow::Result<()> {
    let claimed: Digest = name.parse().map_err(|e| anyhow::anyhow!("a body is misnamed: {e}"))?;
    let mut writer = blobs.writer()?;
    let copied = std::io::copy(&mut part.take(size), &mut writer)?;
    whole(copied, size, &format!("body {claimed}"))?;
    writer.flush()?;
    let blob = writer.finish()?;
    if blob.digest != claimed {
        bail!("the body {claimed} was altered: its bytes have the digest {}", blob.digest);
    }
    Ok(())
}
