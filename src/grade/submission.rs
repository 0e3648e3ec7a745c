//! The `.dlab` file: a tar with `manifest.json`, `journal.jsonl` and `blobs/DIGEST`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

use base::{Digest, Slice};
use session::{Bodies, Manifest, Session};
use store::{BlobStore, Entry, origin, verify};

/// A larger file is not read.
pub const FILE_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// A journal with more entries is not replayed.
pub const ENTRIES_MAX: usize = 500_000;
/// Blobs larger than this stay behind; checks that read them are inconclusive then.
const BLOB_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// All blobs of a submission together.
const BLOBS_BYTES_MAX: u64 = 128 * 1024 * 1024;

/// What a submission says of itself.
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
    /// Bodies that came along.
    pub blobs: Vec<Digest>,
}

/// Writes the submission of an open lab. Returns its head and how many bodies were too large to go.
pub fn write(
    session: &Session,
    lab_digest: Digest,
    nonce: Option<String>,
    wall_ms: i64,
    path: &Path,
) -> anyhow::Result<(Head, usize)> {
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

/// Adds the bodies that the journal's inputs name; returns how many had to stay behind.
fn add_blobs(
    tar: &mut tar::Builder<File>,
    store: &BlobStore,
    entries: &[Entry],
) -> anyhow::Result<usize> {
    let (mut left, mut total) = (0, 0);
    for (digest, len) in named_blobs(entries) {
        if len > BLOB_BYTES_MAX || total + len > BLOBS_BYTES_MAX || !store.has(&digest) {
            left += 1;
            continue;
        }
        total += len;
        let bytes = store.collect(&[Slice { digest, offset: 0, len }])?;
        add(tar, &format!("blobs/{digest}"), &bytes)?;
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

/// Reads and verifies a submission; its bodies go into `blobs`.
pub fn read(path: &Path, blobs: &BlobStore) -> anyhow::Result<Submission> {
    let file = File::open(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let len = file.metadata()?.len();
    if len > FILE_BYTES_MAX {
        bail!("the file has {len} bytes; a submission has at most {FILE_BYTES_MAX}");
    }
    let mut head: Option<Head> = None;
    let mut entries = Vec::new();
    let mut seen = BTreeSet::new();
    let mut tar = tar::Archive::new(BufReader::new(file).take(FILE_BYTES_MAX));
    for part in tar.entries().context("it is not a submission (no tar)")? {
        let mut part = part.context("the file is cut short or is no submission")?;
        let name = part.path()?.display().to_string();
        match name.as_str() {
            "manifest.json" => {
                let mut text = String::new();
                part.take(1024 * 1024).read_to_string(&mut text)?;
                head =
                    Some(serde_json::from_str(&text).context("manifest.json says nothing known")?);
            }
            "journal.jsonl" => entries = read_journal(&mut part)?,
            other => {
                if let Some(digest) = other.strip_prefix("blobs/") {
                    seen.insert(read_blob(digest, &mut part, blobs)?);
                }
            }
        }
    }
    let head = head.context("it has no manifest.json")?;
    if head.format != 1 {
        bail!("it has format {}, and this distlab reads format 1", head.format);
    }
    match verify(origin(&head.world.text()?), &entries) {
        Ok(found) if found == head.head => {}
        Ok(_) => bail!("its journal does not end where its manifest says: entries are missing"),
        Err(broken) => bail!("its journal was altered: {broken}"),
    }
    Ok(Submission { head, entries, blobs: seen.into_iter().collect() })
}

fn read_journal(part: &mut dyn Read) -> anyhow::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for line in BufReader::new(part).lines() {
        let line = line.context("journal.jsonl is not text")?;
        if entries.len() >= ENTRIES_MAX {
            bail!("its journal has more than {ENTRIES_MAX} entries");
        }
        let number = entries.len() + 1;
        entries.push(
            serde_json::from_str(&line)
                .with_context(|| format!("line {number} of its journal says nothing known"))?,
        );
    }
    Ok(entries)
}

fn read_blob(name: &str, part: &mut dyn Read, blobs: &BlobStore) -> anyhow::Result<Digest> {
    let claimed: Digest = name.parse().map_err(|e| anyhow::anyhow!("a body is misnamed: {e}"))?;
    let mut writer = blobs.writer()?;
    let copied = std::io::copy(&mut part.take(BLOB_BYTES_MAX + 1), &mut writer)?;
    writer.flush()?;
    if copied > BLOB_BYTES_MAX {
        bail!("the body {claimed} is larger than a submission may carry");
    }
    let blob = writer.finish()?;
    if blob.digest != claimed {
        bail!("the body {claimed} was altered: its bytes have the digest {}", blob.digest);
    }
    Ok(claimed)
}
