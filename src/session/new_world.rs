//! The beginning of a world: fresh from the learner's seed, or where another lab ended.
//!
//! A lab that continues another begins where the learner left that one. When that one was never
//! begun, its reference solution is played in a profile of its own, and this lab begins where that ends.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail};

use super::class::Class;
use super::engine::Engine;
use super::history::{self, Act, Kept};
use super::manifest::Manifest;
use super::profile::Profile;
use super::scratch::Scratch;
use super::{Mode, OpenError, Session, consent, linger};
use base::Time;
use course::Lab;
use store::{Chain, Fresh, Store, WorldRow, origin};
use systems::{SYSTEMS, Systems};

/// Remembers how many entries came from the lab before: a reset goes back to there.
pub(super) const INHERITED: &str = "inherited";

/// The world's row in the store; a new world is drawn from the learner's seed and the lab's name, or
/// begins where the lab before was left.
pub(super) fn world_row(
    profile: &Profile,
    lab: &Lab,
    wall: Time,
    systems: Systems,
) -> anyhow::Result<WorldRow> {
    let mut store = profile.store()?;
    if let Some(row) = store.world(&lab.id)? {
        return Ok(row);
    }
    if store.last_entry(&lab.id)?.is_some() {
        bail!(
            "the record of {} is gone, and its journal is still there. distlab repair {} keeps that in a \
             file, and the lab begins anew",
            lab.id,
            lab.id
        );
    }
    if let Some(before) = &lab.continues {
        let old = store.world(before)?.with_context(|| {
            format!("{} continues {before}: do that lab first (distlab open {before})", lab.id)
        })?;
        let loaded = store.load(before, origin(&old.manifest))?;
        let manifest = Manifest::of(&old)?;
        if let Some(why) = manifest.strange() {
            bail!("{} goes on from {before}, and {why}", lab.id);
        }
        let kept = history::fold(&loaded.entries).with_context(|| {
            format!("{} goes on from {before}, which distlab repair {before} mends", lab.id)
        })?;
        return inherit(&mut store, &lab.id, manifest, &kept);
    }
    fresh(&mut store, profile, lab, wall, systems)
}

/// A world's row in which nothing was done yet, in the place of whatever was there.
fn fresh(
    store: &mut Store,
    profile: &Profile,
    lab: &Lab,
    wall: Time,
    systems: Systems,
) -> anyhow::Result<WorldRow> {
    let manifest = Manifest {
        person: profile.person.clone(),
        class: profile.class.as_ref().map(Class::id),
        ..Manifest::new(&lab.id, &lab.world, &profile.learner, wall)
    };
    // A world that cannot begin leaves no trace.
    let lab_time = manifest.world_of(systems)?.now().0;
    let row = WorldRow { id: lab.id.clone(), manifest: manifest.text()?, lab_time };
    store.create_world(&row)?;
    Ok(row)
}

/// Makes a world anew as the lab says now; what was done in it is forgotten. For a server, whose
/// history nobody grades.
pub fn begin_anew(profile: &Profile, lab: &Lab, wall: Time) -> Result<(), OpenError> {
    let _alone = linger::lock(profile, &lab.id)?;
    let mut store = profile.store().map_err(OpenError::Other)?;
    fresh(&mut store, profile, lab, wall, SYSTEMS)?;
    Ok(())
}

/// Makes a world that begins with what counts of another's history.
fn inherit(
    store: &mut Store,
    id: &str,
    manifest: Manifest,
    kept: &[Kept],
) -> anyhow::Result<WorldRow> {
    let manifest = Manifest { lab: id.to_owned(), ..manifest };
    let text = manifest.text()?;
    let lab_time = kept.last().map_or(manifest.start, |k| k.at.0);
    let row = WorldRow { id: id.to_owned(), manifest: text, lab_time };
    store.create_world(&row)?;
    let entries = renumbered(kept)?;
    let mut chain = Chain::at(origin(&row.manifest));
    store.append(id, &mut chain, &entries)?;
    store.set_progress(id, INHERITED, &chain.good.to_string())?;
    Ok(row)
}

/// The entries that made the world what it is, for a journal of their own. What was seen outside names
/// the entry that caused it by its new number.
pub(super) fn renumbered(kept: &[Kept]) -> anyhow::Result<Vec<Fresh>> {
    let mut numbers = BTreeMap::from([(0, 0)]);
    let mut entries = Vec::new();
    for kept in kept {
        let mut act = kept.act.clone();
        match &mut act {
            Act::Call { .. } | Act::Use { .. } | Act::Advance => {}
            Act::Observed { run, .. } => match numbers.get(&run.cause) {
                Some(cause) => run.cause = *cause,
                None => continue,
            },
            _ => continue,
        }
        let (kind, body) = act.encode()?;
        entries.push(Fresh { at: kept.at.0, group: kept.group, kind, body });
        numbers.insert(kept.seq, entries.len() as u64);
    }
    Ok(entries)
}

/// Makes the world of a lab that continues another, which the learner never began, from that lab's
/// reference solution. Does nothing when either world is there already. `before` has the lab that is
/// continued, then the one that this continues in its turn, and so on.
pub fn go_on_from_solution(
    profile: &Profile,
    lab: &str,
    before: &[Lab],
    wall: Time,
) -> anyhow::Result<()> {
    let Some((before, earlier)) = before.split_first() else { return Ok(()) };
    let mut store = profile.store()?;
    if store.world(lab)?.is_some() || store.world(&before.id)?.is_some() {
        return Ok(());
    }
    // Asked before anything is made.
    for one in earlier.iter().chain([before]) {
        consent::check(profile, one)?;
    }
    let scratch = Scratch(profile.world_dir(lab).join("before"));
    let mut other = Profile::open(&scratch.0)?;
    for one in earlier.iter().chain([before]) {
        consent::carry(profile, &other, one, &one.id)?;
    }
    other.rename(profile.learner.clone())?;
    (other.person, other.class) = (profile.person.clone(), profile.class.clone());
    go_on_from_solution(&other, &before.id, earlier, wall)?;
    // It goes after the session, which would bring some of it back.
    let _means;
    let session = Session::open(&other, before.clone(), Mode::Once, wall)?;
    // Scripts go where a learner goes: to machines, load balancers and the account's registry.
    session.open_doors(wire::aws::Options::default())?;
    if let Some(trouble) = session.door_troubles().into_iter().next() {
        bail!("{trouble}");
    }
    // What the solution makes on an engine was a means: the world has what counts. Nobody has begun that
    // lab, so nothing of anybody's carries its label.
    _means = Means::of(before, &session);
    for step in &before.steps {
        for script in step.setup.iter().chain(&step.solve) {
            let ran = session.script(&script.text)?;
            if !ran.ok {
                bail!("the solution of {} does not run:\n{}", before.id, ran.output.trim_end());
            }
        }
    }
    let kept = session.engine().kept()?;
    let manifest = session.engine().manifest().clone();
    drop(session);
    move_files(&other.home.join("blobs"), profile.blobs()?.dir())?;
    inherit(&mut store, lab, manifest, &kept)?;
    Ok(())
}

/// What a lab's solution makes on an engine: it goes when this does, however that comes.
struct Means<'l> {
    lab: &'l Lab,
    engine: Arc<Engine>,
}

impl<'l> Means<'l> {
    fn of(lab: &'l Lab, session: &Session) -> Self {
        let means = Self { lab, engine: Arc::clone(session.engine()) };
        means.clear_away();
        means
    }

    fn clear_away(&self) {
        if !self.lab.needs.is_empty() || self.engine.has_containers() {
            docker::clean_now(&self.lab.id);
        }
    }
}

impl Drop for Means<'_> {
    fn drop(&mut self) {
        self.clear_away();
    }
}

/// Moves a tree of files into another, where those of the same name are the same.
fn move_files(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            move_files(&entry.path(), &target)?;
        } else {
            fs::rename(entry.path(), target)?;
        }
    }
    Ok(())
}
