//! The way on from a journal that does not hold: all of it is kept in a file, and the lab goes on from
//! the sound part.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::PathBuf;

use anyhow::{Context as _, anyhow};

use super::bodies::Bodies;
use super::journal::{self, Disk};
use super::manifest::Manifest;
use super::profile::Profile;
use super::{OpenError, linger};
use store::{BlobStore, Store, origin};

/// What a repair found and did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Repaired {
    /// There was nothing to do: so many entries, all sound.
    Sound { entries: u64 },
    /// The journal was cut.
    Cut {
        /// What did not hold.
        what: String,
        /// How many entries count still.
        good: u64,
        /// How many do not count any more.
        cut: usize,
        /// The file that has all of them.
        kept_in: PathBuf,
    },
}

/// Goes on from the sound part of a world's journal. Nothing is lost: what does not count any more is
/// in a file in the world's folder before it is taken out of the database.
pub fn repair(profile: &Profile, world: &str) -> Result<Repaired, OpenError> {
    let _alone = linger::lock(profile, world)?;
    let mut store = profile.store()?;
    let row = store.world(world).map_err(anyhow::Error::from)?;
    let row =
        row.ok_or_else(|| anyhow!("nothing has been done in {world} yet: it has no journal"))?;
    let blobs = profile.blobs()?;
    // All bodies are read: whoever asks for a repair has a reason to.
    let disk = Disk { blobs: &blobs, read_after: 0 };
    let found = journal::survey(&store, world, origin(&row.manifest), Some(&disk))?;
    let manifest: Manifest = serde_json::from_str(&row.manifest).map_err(anyhow::Error::from)?;
    if let Some(what) = manifest.strange() {
        let kept_in = put_away(profile, &store, world)?;
        let cut = usize::try_from(found.chain.good).unwrap_or(usize::MAX);
        // The next opening makes the world anew.
        store.remove_world(world).map_err(anyhow::Error::from)?;
        return Ok(Repaired::Cut { what, good: 0, cut, kept_in });
    }
    let good = found.chain.good;
    let Some(broken) = found.broken else { return Ok(Repaired::Sound { entries: good }) };
    let kept_in = put_away(profile, &store, world)?;
    discard_spoiled(&store, &blobs, world, good)?;
    let cut = store.cut(world, good).map_err(anyhow::Error::from)?;
    store.forget_progress(world, journal::READ_UP_TO).map_err(anyhow::Error::from)?;
    Ok(Repaired::Cut { what: broken.to_string(), good, cut, kept_in })
}

/// Writes the whole journal to a file that is not there yet, and waits for the disk.
fn put_away(profile: &Profile, store: &Store, world: &str) -> anyhow::Result<PathBuf> {
    let dir = profile.world_dir(world);
    let mut number = 1;
    let (path, file) = loop {
        let path = dir.join(format!("journal-before-repair-{number}.jsonl"));
        match File::options().write(true).create_new(true).open(&path) {
            Ok(file) => break (path, file),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => number += 1,
            Err(error) => {
                return Err(error).with_context(|| format!("{} cannot be made", path.display()));
            }
        }
    };
    let mut to = BufWriter::new(file);
    let written = store.dump(world, &mut to).map_err(anyhow::Error::from);
    let synced =
        written.and_then(|_| Ok(to.flush()?)).and_then(|()| Ok(to.get_ref().sync_all()?));
    if synced.is_err() {
        let _ = fs::remove_file(&path);
    }
    synced.with_context(|| format!("{} cannot be written", path.display()))?;
    Ok(path)
}

/// Takes away the files behind the sound part that are not what their names say, so that their bodies
/// can be stored again.
fn discard_spoiled(store: &Store, blobs: &BlobStore, world: &str, good: u64) -> anyhow::Result<()> {
    store.read::<anyhow::Error>(world, (good + 1, u64::MAX), &mut |_, entry| {
        let input = serde_json::from_str::<Bodies>(entry.body).unwrap_or_default();
        for (digest, len) in input.0 {
            if blobs.trouble(&digest, len, true).is_some() {
                blobs.discard(&digest)?;
            }
        }
        Ok(true)
    })
}
