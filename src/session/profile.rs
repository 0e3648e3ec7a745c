//! A learner's profile: a folder with the database, the blobs and a folder for each lab.
//!
//! ```text
//! HOME/distlab.db        journal, progress, notes index
//! HOME/blobs/            bodies, by digest
//! HOME/bin/              the lab's commands: links to this program
//! HOME/authority/        the certificate authority of simulated names, and bundles that name it
//! HOME/labs/ID/          lock, run.json (who has it open), socket, aws/ and docker/ (credentials), work/,
//!                        notes/ (the learner's own, a file for each step)
//! ```

use std::fs::{self, DirBuilder, File, TryLockError};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use etcetera::BaseStrategy as _;
use serde::{Deserialize, Serialize};

use super::class::{Class, Person};
use super::manifest::Manifest;
use super::program;
use base::Rng;
use base::rng::LOWER;
use course::Learner;
use store::{BlobStore, Store, entropy};
use wire::registry::Account;

/// A profile on disk.
#[derive(Clone, Debug)]
pub struct Profile {
    pub home: PathBuf,
    /// Whom new worlds are made for; in a class the seed is the one that the class gives.
    pub learner: Learner,
    /// Who the learner is, as far as that was said.
    pub person: Option<Person>,
    pub class: Option<Class>,
    /// It is only looked at, and need not be writable.
    looks: bool,
}

/// The keys of what a profile knows of its learner.
const PERSON: &str = "person";
const CLASS: &str = "class";
const SEED: &str = "seed";
/// Whether a profile's folder had other things in it before.
const FOLDER: &str = "folder";
const OTHERS: &str = "had other things";
const TOKEN: &str = "endpoint-token";

/// The database's name in a profile's folder.
pub const DATABASE: &str = "distlab.db";

/// The name and seed of a world that `distlab serve` runs.
pub const SERVE: &str = "serve";

impl Profile {
    /// The platform's data folder, or `DISTLAB_HOME`.
    pub fn default_home() -> anyhow::Result<PathBuf> {
        if let Some(home) = std::env::var_os("DISTLAB_HOME").filter(|home| !home.is_empty()) {
            return Ok(PathBuf::from(home));
        }
        let base = etcetera::choose_base_strategy()
            .context("no home folder is known: set DISTLAB_HOME to a folder for the profile")?;
        Ok(base.data_dir().join("distlab"))
    }

    /// Opens a profile, making it when it is not there.
    pub fn open(home: &Path) -> anyhow::Result<Self> {
        Ok(Self::open_with(home)?.0)
    }

    /// As [`Profile::open`], with the connection by which that was done. As long as it is there others
    /// are opened in a third of the time: the last one to be closed takes SQLite's log and its index
    /// away, and the next would have to make them again.
    pub fn open_with(home: &Path) -> anyhow::Result<(Self, Store)> {
        Self::open_for(home, None)
    }

    /// As [`Profile::open_with`]; one that is made now gets this word for its learner's name, where
    /// `DISTLAB_LEARNER` gives none.
    pub fn open_for(home: &Path, learner: Option<&str>) -> anyhow::Result<(Self, Store)> {
        let made = || format!("the profile folder {} cannot be made", home.display());
        let others = make(home).with_context(made)?;
        let home = home.canonicalize().with_context(made)?;
        let store = Store::open(&home.join(DATABASE))?;
        if others {
            store.set_meta_once(FOLDER, OTHERS)?;
        }
        if store.meta(FOLDER)?.is_none() {
            keep_private(&home);
        }
        Ok((Self::read(home, &store, false, learner)?, store))
    }

    /// Opens a profile that is there, to look at it: nothing in its folder is changed, and it may be one
    /// that cannot be.
    pub fn look(home: &Path) -> anyhow::Result<(Self, Store)> {
        let none = || format!("there is no profile in {}", home.display());
        let home = home.canonicalize().with_context(none)?;
        let store = Store::look(&home.join(DATABASE))?;
        Ok((Self::read(home, &store, true, None)?, store))
    }

    fn read(home: PathBuf, store: &Store, looks: bool, word: Option<&str>) -> anyhow::Result<Self> {
        let name = match store.meta("learner")? {
            Some(name) => name,
            None => remember(store, "learner", &learner_name(word))?,
        };
        let seed = match store.meta(SEED)? {
            Some(seed) => seed,
            None => remember(store, SEED, &(entropy() >> 12).to_string())?,
        };
        let seed = seed.parse().with_context(|| damaged(SEED))?;
        let learner = Learner { name, seed };
        let mut profile = Self { home, learner, person: None, class: None, looks };
        if let Some(text) = store.meta(PERSON)? {
            profile.person = Some(serde_json::from_str(&text).with_context(|| damaged(PERSON))?);
        }
        if let Some(text) = store.meta(CLASS)? {
            profile.bind(Class::read(&text).with_context(|| damaged(CLASS))?);
        }
        Ok(profile)
    }

    /// A profile whose database is not looked at.
    pub(super) fn closed(home: &Path) -> Self {
        let learner = Learner { name: String::new(), seed: 0 };
        Self { home: home.to_path_buf(), learner, person: None, class: None, looks: false }
    }

    /// The learner of a class has the seed that it gives.
    fn bind(&mut self, class: Class) {
        if let Some(person) = &self.person {
            self.learner.seed = class.seed(person);
            self.class = Some(class);
        }
    }

    /// Remembers who the learner is.
    ///
    /// # Errors
    /// When worlds were made in the name of somebody else: it stands in the origin of their journals.
    pub fn introduce(&mut self, person: Person) -> anyhow::Result<()> {
        if self.person.as_ref() == Some(&person) {
            return Ok(());
        }
        let begun = self.begun()?;
        if self.person.is_some() && !begun.is_empty() {
            bail!(
                "{} was begun under the name stored here, and its journal depends on that name; it \
                 can only be changed before a lab begins. Take another profile for another name: \
                 distlab --home DIR me --name …",
                begun.join(", ")
            );
        }
        if self.class.is_some() {
            bail!(
                "this profile has joined a class under the name stored here. Take another profile \
                 for another name: distlab --home DIR me --name …, then distlab join"
            );
        }
        self.store()?.set_meta(PERSON, &serde_json::to_string(&person)?)?;
        self.person = Some(person);
        Ok(())
    }

    /// Binds the worlds that are made from now on to a class.
    pub fn join(&mut self, class: Class) -> anyhow::Result<()> {
        let Some(person) = &self.person else {
            bail!(
                "a class needs to know who you are: distlab me --name \"Your Name\" --number N --mail \
                 ADDRESS, then join again"
            );
        };
        if let Some(other) = self.class.as_ref().filter(|other| other.id() != class.id()) {
            bail!(
                "this profile has already joined {}. Take another profile for {}: distlab --home DIR join",
                other.terms.name,
                class.terms.name
            );
        }
        if !class.has(person) {
            bail!(
                "{} has nobody with the number {:?} on its roster. Give your number as your teacher has it \
                 (distlab me --number N), or ask to be put on the roster",
                class.terms.name,
                person.number
            );
        }
        self.store()?.set_meta(CLASS, &class.text()?)?;
        self.bind(class);
        Ok(())
    }

    /// The labs that were begun in this profile.
    pub fn begun(&self) -> anyhow::Result<Vec<String>> {
        let worlds = self.store()?.worlds()?;
        Ok(worlds.into_iter().filter(|world| world != SERVE).collect())
    }

    /// The profile as the learner of that world has it: a world that was made before its learner joined
    /// a class keeps the seed that it was made with.
    #[must_use]
    pub fn as_of(&self, manifest: &Manifest) -> Self {
        let learner = Learner { name: manifest.learner.clone(), seed: manifest.learner_seed };
        Self { learner, ..self.clone() }
    }

    /// The learner of the first of these worlds that there is; of a new one otherwise.
    pub fn learner_of(&self, worlds: &[&str]) -> anyhow::Result<Learner> {
        let store = self.store()?;
        for world in worlds {
            if let Some(row) = store.world(world)? {
                return Ok(self.as_of(&Manifest::of(&row)?).learner);
            }
        }
        Ok(self.learner.clone())
    }

    /// Makes this learner and seed the profile's own (for tests, and for `--learner`).
    pub fn rename(&mut self, learner: Learner) -> anyhow::Result<()> {
        let store = self.store()?;
        store.set_meta("learner", &learner.name)?;
        store.set_meta("seed", &learner.seed.to_string())?;
        self.learner = learner;
        Ok(())
    }

    /// A connection to the database.
    pub fn store(&self) -> anyhow::Result<Store> {
        let path = self.home.join(DATABASE);
        Ok(if self.looks { Store::look(&path)? } else { Store::open(&path)? })
    }

    pub fn blobs(&self) -> anyhow::Result<BlobStore> {
        let dir = self.home.join("blobs");
        if self.looks {
            return Ok(BlobStore::look(&dir));
        }
        BlobStore::open(&dir)
            .with_context(|| format!("the folder {} cannot be made", dir.display()))
    }

    /// Who may push to this profile's registries: the learner, with a password made from the seed.
    #[must_use]
    pub fn registry_account(&self) -> Account {
        let mut rng = Rng::labelled(self.learner.seed, "registry password");
        Account { user: self.learner.name.clone(), password: rng.text(LOWER, 12) }
    }

    /// What opens the actions of this profile's endpoints (`POST /_distlab/reset`) where requests must
    /// be signed.
    pub fn token(&self) -> anyhow::Result<String> {
        let store = self.store()?;
        match store.meta(TOKEN)? {
            Some(token) => Ok(token),
            None => remember(&store, TOKEN, &store::unguessable()),
        }
    }

    /// The folder of one world.
    #[must_use]
    pub fn world_dir(&self, world: &str) -> PathBuf {
        self.home.join("labs").join(world)
    }

    /// Where the certificate authority of simulated names is kept.
    #[must_use]
    pub fn authority(&self) -> PathBuf {
        self.home.join("authority")
    }

    /// The folder the learner works in.
    #[must_use]
    pub fn workspace(&self, world: &str) -> PathBuf {
        self.world_dir(world).join("work")
    }

    /// The folder of links that stands first on the lab shell's PATH.
    #[must_use]
    pub fn bin(&self) -> PathBuf {
        self.home.join("bin")
    }

    /// Makes the links of the lab's commands to this program, anew when the program moved.
    pub fn link_commands(&self, names: &[&str]) -> anyhow::Result<()> {
        let program = program::own()?;
        let bin = self.bin();
        fs::create_dir_all(&bin)?;
        for name in names.iter().copied().chain(["distlab"]) {
            let link = bin.join(name);
            if fs::read_link(&link).is_ok_and(|target| target == program) {
                continue;
            }
            // Renamed into place: another session may be making the same link.
            let fresh = bin.join(format!(".{name}-{}", store::unguessable()));
            std::os::unix::fs::symlink(&program, &fresh)
                .and_then(|()| fs::rename(&fresh, &link))
                .with_context(|| format!("the command {name} cannot be put into {}", bin.display()))?;
        }
        Ok(())
    }

    /// Takes a world for this process.
    pub fn lock(&self, world: &str) -> anyhow::Result<Result<Lock, Holder>> {
        let dir = self.world_dir(world);
        fs::create_dir_all(&dir)?;
        let path = dir.join("lock");
        let file = File::options().create(true).truncate(false).write(true).open(&path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(Err(self.holder(world))),
            Err(TryLockError::Error(e)) => bail!("{} cannot be locked: {e}", path.display()),
        }
        let _ = fs::remove_file(dir.join("run.json"));
        Ok(Ok(Lock { _file: file, run: dir.join("run.json") }))
    }

    /// Who has a world open.
    #[must_use]
    pub fn holder(&self, world: &str) -> Holder {
        fs::read_to_string(self.world_dir(world).join("run.json"))
            .ok()
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default()
    }
}

/// What a running session tells other programs of itself.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Holder {
    pub pid: u32,
    /// Empty while it starts.
    pub socket: String,
    pub endpoint: Option<String>,
    /// It only waits for the next command, and goes when it is asked to.
    #[serde(default)]
    pub lingers: bool,
    /// It goes when its one command has ended.
    #[serde(default)]
    pub passes: bool,
}

/// A world held by this process. Released when dropped, and by the system when the process dies.
#[derive(Debug)]
pub struct Lock {
    _file: File,
    run: PathBuf,
}

impl Lock {
    /// Tells other programs how to reach this session.
    pub fn publish(&self, holder: &Holder) -> anyhow::Result<()> {
        let fresh = self.run.with_extension("new");
        let mut file = File::create(&fresh)?;
        file.write_all(serde_json::to_string(holder)?.as_bytes())?;
        fs::rename(&fresh, &self.run)?;
        Ok(())
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.run);
    }
}

/// What is said where the profile's record of its learner is damaged.
fn damaged(key: &str) -> String {
    let again = match key {
        PERSON => "; say who you are again then, with distlab me",
        CLASS => "; join your class again then, with distlab join",
        _ => "",
    };
    format!(
        "the profile's {key} is damaged: distlab repair puts it away, and everything else goes on{again}"
    )
}

/// What a profile says of its learner and cannot be read, each with its key.
pub(super) fn unreadable(store: &Store) -> anyhow::Result<Vec<(&'static str, String)>> {
    let mut found = Vec::new();
    for key in [SEED, PERSON, CLASS] {
        let Some(text) = store.meta(key)? else { continue };
        let sound = match key {
            SEED => text.parse::<u64>().is_ok(),
            PERSON => serde_json::from_str::<Person>(&text).is_ok(),
            _ => Class::read(&text).is_ok(),
        };
        if !sound {
            found.push((key, text));
        }
    }
    Ok(found)
}

/// What stands in a profile's folder before its database does.
const FIRST: [&str; 2] = ["labs", "blobs"];

/// Makes a profile's folder, which only its owner may look into: it holds keys and answers. Returns
/// whether it is one that had other things in it (somebody's home, say), which keeps its own mode; what
/// is made in it does not show.
fn make(home: &Path) -> std::io::Result<bool> {
    let fresh = !home.join(DATABASE).exists();
    DirBuilder::new().recursive(true).mode(0o700).create(home)?;
    let mut others = false;
    if fresh {
        for entry in fs::read_dir(home)? {
            let name = entry?.file_name();
            others |= !FIRST.iter().any(|first| *first == name);
        }
    }
    for name in FIRST {
        let folder = home.join(name);
        DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
        keep_private(&folder);
    }
    Ok(others)
}

/// Keeps others out of a folder. A folder with the sticky bit is everybody's on purpose.
fn keep_private(folder: &Path) {
    let Ok(mode) = fs::metadata(folder).map(|there| there.mode()) else { return };
    if mode & 0o077 != 0 && mode & 0o1000 == 0 {
        // Best effort: only its owner may.
        let _ = fs::set_permissions(folder, fs::Permissions::from_mode(0o700));
    }
}

/// Sets a value only if no other program was faster; returns the one that stands.
fn remember(store: &Store, key: &str, value: &str) -> anyhow::Result<String> {
    store.set_meta_once(key, value)?;
    Ok(store.meta(key)?.unwrap_or_else(|| value.to_owned()))
}

/// The learner's name: `DISTLAB_LEARNER`, the word given, or the user's name, in letters that a bucket
/// name takes.
fn learner_name(given: Option<&str>) -> String {
    let variable = |name: &str| std::env::var(name).ok();
    let raw = variable("DISTLAB_LEARNER").or_else(|| given.map(str::to_owned));
    let raw = raw.or_else(|| variable("USER")).or_else(|| variable("LOGNAME")).unwrap_or_default();
    let name: String = raw
        .to_lowercase()
        .chars()
        .filter(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        .take(16)
        .collect();
    if name.is_empty() { "learner".into() } else { name }
}

/// A word that tells a profile's things on the machine from those of others.
pub(super) fn token(store: &Store) -> anyhow::Result<String> {
    match store.meta("token")? {
        Some(token) => Ok(token),
        None => remember(store, "token", &format!("{:016x}", entropy())),
    }
}
