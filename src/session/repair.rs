//! The way on from what does not hold. Of a journal all is kept in a file, and the lab goes on from the
//! sound part; of a database all is kept in a file, and the profile goes on from what can be read of it.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use serde_json::json;

use super::bodies::Bodies;
use super::journal::{self, Disk};
use super::manifest::Manifest;
use super::profile::{self, DATABASE, Lock, Profile};
use super::{OpenError, linger};
use store::{BlobStore, Salvaged, Store, WorldRow, origin};

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

/// Something of a profile that was damaged and is in a file now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mended {
    /// What was wrong.
    pub what: String,
    /// The file that has it as it was.
    pub kept_in: PathBuf,
}

/// Goes on from what can be read of a profile that does not open. Nothing is done to a sound one.
pub fn repair_profile(home: &Path) -> Result<Vec<Mended>, OpenError> {
    let path = home.join(DATABASE);
    let mut mended = Vec::new();
    if !path.exists() {
        return Ok(mended);
    }
    if let Some(what) = store::trouble(&path).map_err(anyhow::Error::from)? {
        let _alone = lock_all(home)?;
        let Salvaged { what, kept_in, .. } =
            store::salvage(&path, what).map_err(anyhow::Error::from)?;
        mended.push(Mended { what, kept_in });
    }
    mended.extend(mend_owner(home)?);
    Ok(mended)
}

/// Takes every lab of a profile whose database cannot tell which there are.
fn lock_all(home: &Path) -> Result<Vec<Lock>, OpenError> {
    let profile = Profile::closed(home);
    let mut locks = Vec::new();
    for entry in fs::read_dir(home.join("labs")).into_iter().flatten().flatten() {
        if let Some(world) = entry.file_name().to_str() {
            locks.push(linger::lock(&profile, world)?);
        }
    }
    Ok(locks)
}

/// Puts away what a profile says of its learner and cannot be read.
fn mend_owner(home: &Path) -> anyhow::Result<Option<Mended>> {
    let store = Store::open(&home.join(DATABASE))?;
    let unreadable = profile::unreadable(&store)?;
    let Some(first) = unreadable.first() else { return Ok(None) };
    let what = format!("the profile's {} is damaged", first.0);
    let (kept_in, mut file) = fresh(home, "profile-before-repair", "txt")?;
    for (key, text) in &unreadable {
        writeln!(file, "{key}: {text}").map_err(anyhow::Error::from)?;
    }
    file.sync_all()?;
    for (key, _) in &unreadable {
        store.forget_meta(key)?;
    }
    Ok(Some(Mended { what, kept_in }))
}

/// Goes on from the sound part of a world's journal. Nothing is lost: what does not count any more is
/// in a file in the world's folder before it is taken out of the database.
pub fn repair(profile: &Profile, world: &str) -> Result<Repaired, OpenError> {
    let _alone = linger::lock(profile, world)?;
    let mut store = profile.store()?;
    let row = store.world(world).map_err(anyhow::Error::from)?;
    let entries = store.last_entry(world).map_err(anyhow::Error::from)?;
    let Some(row) = row else {
        if entries.is_none() {
            return Err(anyhow!("nothing has been done in {world} yet: it has no journal").into());
        }
        return begin_anew(profile, &mut store, world, None, "has no record of its world".into());
    };
    let manifest = match Manifest::of(&row) {
        Ok(manifest) => manifest,
        Err(error) => {
            let what = format!("{:#}", error.root_cause());
            let what = format!("hangs from a record that cannot be read ({what})");
            return begin_anew(profile, &mut store, world, Some(&row), what);
        }
    };
    if let Some(what) = manifest.strange() {
        return begin_anew(profile, &mut store, world, Some(&row), what);
    }
    let blobs = profile.blobs()?;
    // All bodies are read: whoever asks for a repair has a reason to.
    let disk = Disk { blobs: &blobs, read_after: 0 };
    let fresh = || manifest.world();
    let origin = origin(&row.manifest);
    let (found, _) = journal::survey_and_play(&fresh, &mut store, world, origin, &disk)?;
    let good = found.chain.good;
    let Some(broken) = found.broken else {
        store.forget_progress(world, journal::DAMAGED).map_err(anyhow::Error::from)?;
        return Ok(Repaired::Sound { entries: good });
    };
    if good == 0 {
        // Either the first entry is damaged or the record that all of them hang from.
        return begin_anew(profile, &mut store, world, Some(&row), broken.to_string());
    }
    let kept_in = put_away(profile, &store, world, Some(&row))?;
    discard_spoiled(&store, &blobs, world, good)?;
    let cut = store.cut(world, good).map_err(anyhow::Error::from)?;
    for key in [journal::READ_UP_TO, journal::DAMAGED] {
        store.forget_progress(world, key).map_err(anyhow::Error::from)?;
    }
    Ok(Repaired::Cut { what: broken.to_string(), good, cut, kept_in })
}

/// Puts all of a world away; the next opening makes it anew.
fn begin_anew(
    profile: &Profile,
    store: &mut Store,
    world: &str,
    row: Option<&WorldRow>,
    what: String,
) -> Result<Repaired, OpenError> {
    let entries = store.last_entry(world).map_err(anyhow::Error::from)?;
    let cut = entries.map_or(0, |(last, _)| usize::try_from(last).unwrap_or(usize::MAX));
    let kept_in = put_away(profile, store, world, row)?;
    store.remove_world(world).map_err(anyhow::Error::from)?;
    Ok(Repaired::Cut { what, good: 0, cut, kept_in })
}

/// A new file of a name that is not taken.
fn fresh(dir: &Path, stem: &str, ending: &str) -> anyhow::Result<(PathBuf, File)> {
    fs::create_dir_all(dir).with_context(|| format!("{} cannot be made", dir.display()))?;
    let mut number = 1;
    loop {
        let path = dir.join(format!("{stem}-{number}.{ending}"));
        match File::create_new(&path) {
            Ok(file) => return Ok((path, file)),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => number += 1,
            Err(error) => {
                return Err(error).with_context(|| format!("{} cannot be made", path.display()));
            }
        }
    }
}

/// Writes the whole journal to a file that is not there yet, and waits for the disk.
fn put_away(
    profile: &Profile,
    store: &Store,
    world: &str,
    row: Option<&WorldRow>,
) -> anyhow::Result<PathBuf> {
    let (path, file) = fresh(&profile.world_dir(world), "journal-before-repair", "jsonl")?;
    let mut to = BufWriter::new(file);
    let mut write = || {
        if let Some(row) = row {
            serde_json::to_writer(&mut to, &json!({"manifest": row.manifest}))?;
            to.write_all(b"\n")?;
        }
        store.dump(world, &mut to)?;
        to.flush()?;
        Ok(to.get_ref().sync_all()?)
    };
    let written: anyhow::Result<()> = write();
    if written.is_err() {
        let _ = fs::remove_file(&path);
    }
    written.with_context(|| format!("{} cannot be written", path.display()))?;
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
