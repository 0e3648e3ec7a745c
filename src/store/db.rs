//! The profile's database: SQLite in WAL mode.
//!
//! A committed row survives `kill -9`: it is in the write-ahead log, which the operating system
//! holds. `synchronous=NORMAL` does not wait for the disk at each commit, so a power cut may cost
//! the last entries, never the order or the soundness of those before. (Whether the bodies that
//! entries name are there is not asked here: the store reads no entry.)

use std::fs::{self, DirBuilder, File};
use std::os::unix::fs::{
    DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _,
};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, Row, params};

/// The schema this program writes.
const VERSION: i64 = 2;

/// Each brings the schema from its index to the next version.
///
/// In the second an entry's place is one number, the journal's and its own (`super::journal`): rows
/// of half a kilobyte are appended to a table with such a key in two thirds of the time that a key of
/// two columns takes, and read in a third of it.
pub(super) const MIGRATIONS: &[&str] = &[
    "
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE world (
        id TEXT PRIMARY KEY, manifest TEXT NOT NULL, lab_time INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE entry (
        world TEXT NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL, grp INTEGER NOT NULL,
        kind TEXT NOT NULL, body TEXT NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (world, seq)
    ) WITHOUT ROWID;
    CREATE TABLE progress (
        world TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (world, key)
    ) WITHOUT ROWID;
    CREATE VIRTUAL TABLE note USING fts5 (
        page UNINDEXED, anchor UNINDEXED, title, heading, text, tokenize = 'porter unicode61'
    );
",
    "
    CREATE TABLE journal (number INTEGER PRIMARY KEY, world TEXT NOT NULL UNIQUE);
    INSERT INTO journal (world) SELECT id FROM world;
    CREATE TABLE line (
        id INTEGER PRIMARY KEY, at INTEGER NOT NULL, grp INTEGER NOT NULL, kind TEXT NOT NULL,
        body TEXT NOT NULL, hash BLOB NOT NULL,
        seq INTEGER GENERATED ALWAYS AS (id & 0xFFFFFFFFFF) VIRTUAL
    );
    INSERT INTO line SELECT number << 40 | seq, at, grp, kind, body, hash
        FROM entry JOIN journal USING (world) ORDER BY world, seq;
    DROP TABLE entry;
    ALTER TABLE line RENAME TO entry;
",
];

/// What can go wrong with the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the profile's database {path} cannot be opened: {source}")]
    Open { path: String, source: rusqlite::Error },
    #[error(
        "the profile's database {path} cannot be written to ({why}). Look at its labs with distlab open LAB \
         --read-only, or use another profile with --home DIR"
    )]
    ReadOnly { path: String, why: String },
    #[error(
        "the profile was written by a newer distlab (schema {found}, this program knows {VERSION}): \
         use that program, or another profile with DISTLAB_HOME"
    )]
    Newer { found: i64 },
    #[error(
        "{what}. distlab repair keeps the damaged database in a file and goes on from what can be read of it"
    )]
    Damaged { what: String },
    #[error("the profile's database does not answer: {0}")]
    Sql(rusqlite::Error),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        if damaged(&error) {
            Self::Damaged { what: format!("the profile's database is damaged: {error}") }
        } else {
            Self::Sql(error)
        }
    }
}

/// Whether an error means that the database is not what this program wrote. One whose tables or columns
/// have gone is as damaged as one that SQLite cannot read.
pub(super) fn damaged(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
    matches!(error.sqlite_error_code(), Some(DatabaseCorrupt | NotADatabase))
        || ["no such table", "no such column", "no such module", "malformed", "vtable constructor"]
            .iter()
            .any(|words| error.to_string().contains(words))
}

/// Whether an error means that nothing can be written here.
fn unwritable(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{CannotOpen, PermissionDenied, ReadOnly, SystemIoFailure};
    matches!(
        error.sqlite_error_code(),
        Some(CannotOpen | PermissionDenied | ReadOnly | SystemIoFailure)
    )
}

/// Makes a database that only its owner can read, and one that others can read private: SQLite gives the
/// files beside it the same mode.
fn private(path: &Path) -> Result<(), StoreError> {
    let why = |error: std::io::Error| StoreError::ReadOnly {
        path: path.display().to_string(),
        why: error.to_string(),
    };
    match File::options().write(true).create_new(true).mode(0o600).open(path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(why(error)),
        Ok(_) => Ok(()),
        Err(_) => {
            for file in ["", "-wal", "-shm"] {
                let mut name = path.as_os_str().to_owned();
                name.push(file);
                let Ok(there) = fs::metadata(&name) else { continue };
                if there.mode() & 0o077 != 0 {
                    // Best effort: only its owner may, and whoever is not does not own the secrets.
                    let _ = fs::set_permissions(&name, fs::Permissions::from_mode(0o600));
                }
            }
            Ok(())
        }
    }
}

/// A folder with a copy of a database, removed when dropped.
struct Twin(PathBuf);

const COPIED: &str = "distlab.db";

impl Twin {
    fn of(path: &Path) -> std::io::Result<Self> {
        let dir = std::env::temp_dir().join(format!("distlab-look-{}", super::unguessable()));
        DirBuilder::new().mode(0o700).create(&dir)?;
        let copy = Self(dir);
        for file in ["", "-wal"] {
            let mut from = path.as_os_str().to_owned();
            from.push(file);
            let to = copy.0.join(format!("{COPIED}{file}"));
            match File::open(&from) {
                Err(error) if file == "-wal" && error.kind() == std::io::ErrorKind::NotFound => {}
                from => {
                    // Not `fs::copy`: that takes over a mode by which nobody may write.
                    std::io::copy(&mut from?, &mut File::create_new(to)?)?;
                }
            }
        }
        Ok(copy)
    }
}

impl Drop for Twin {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A text as it stands; what is no text any more is shown as such and fits nothing.
pub(super) fn text(row: &Row<'_>, column: usize) -> rusqlite::Result<String> {
    Ok(match row.get_ref(column)? {
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            String::from_utf8_lossy(bytes).into_owned()
        }
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Null => String::new(),
    })
}

/// A world's row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WorldRow {
    pub id: String,
    /// JSON that the session wrote when the world was made.
    pub manifest: String,
    /// Lab time when it was last saved, in milliseconds.
    pub lab_time: i64,
}

/// The open database. One per thread that writes; SQLite orders the writers.
pub struct Store {
    pub(super) db: Connection,
    path: PathBuf,
    /// The folder of the copy that is read in the place of a database that cannot be written to.
    _twin: Option<Twin>,
}

/// The notes' index, which can be made anew from the notes.
const NOTES: &str = "
    DROP TABLE IF EXISTS note;
    CREATE VIRTUAL TABLE note USING fts5 (
        page UNINDEXED, anchor UNINDEXED, title, heading, text, tokenize = 'porter unicode61'
    );
    DELETE FROM meta WHERE key = 'notes';
";

impl Store {
    /// Opens the database, making or migrating it as needed.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        private(path)?;
        Self::open_at(path, None)
    }

    /// Opens a database to look at it. Where it cannot be written to (SQLite writes beside it even to
    /// read), a copy is looked at that is gone when this is dropped.
    pub fn look(path: &Path) -> Result<Self, StoreError> {
        let there = || StoreError::ReadOnly {
            path: path.display().to_string(),
            why: "and there is none to look at".into(),
        };
        if !path.exists() {
            return Err(there());
        }
        match Self::open(path) {
            Err(StoreError::ReadOnly { .. }) => {}
            opened => return opened,
        }
        let cannot = |error: std::io::Error| StoreError::ReadOnly {
            path: path.display().to_string(),
            why: format!("nor copied: {error}"),
        };
        let copy = Twin::of(path).map_err(cannot)?;
        Self::open_at(&copy.0.join(COPIED), Some(copy))
    }

    fn open_at(path: &Path, copy: Option<Twin>) -> Result<Self, StoreError> {
        let open = |source: rusqlite::Error| {
            let path = path.display().to_string();
            if damaged(&source) {
                let what = format!("the profile's database {path} is damaged: {source}");
                StoreError::Damaged { what }
            } else if unwritable(&source) {
                StoreError::ReadOnly { path, why: source.to_string() }
            } else {
                StoreError::Open { path, source }
            }
        };
        let db = Connection::open(path).map_err(open)?;
        db.busy_timeout(Duration::from_secs(5))?;
        db.pragma_update(None, "journal_mode", "WAL").map_err(open)?;
        db.pragma_update(None, "synchronous", "NORMAL")?;
        if db.is_readonly("main").map_err(open)? {
            let why = "it is read-only".into();
            return Err(StoreError::ReadOnly { path: path.display().to_string(), why });
        }
        let mut store = Self { db, path: path.to_path_buf(), _twin: copy };
        store.migrate().map_err(|error| match error {
            StoreError::Sql(source) if unwritable(&source) => open(source),
            error => error,
        })?;
        Ok(store)
    }

    /// Another connection to the same database, which waits for nothing that is done on this one.
    pub fn again(&self) -> Result<Self, StoreError> {
        Self::open_at(&self.path, None)
    }

    fn migrate(&mut self) -> Result<(), StoreError> {
        let version = |db: &Connection| db.query_row("PRAGMA user_version", [], |row| row.get(0));
        // The usual case takes no lock: another program may be writing.
        if version(&self.db)? == VERSION {
            return Ok(());
        }
        let step = self.db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let found = version(&step)?;
        if found > VERSION {
            return Err(StoreError::Newer { found });
        }
        for sql in MIGRATIONS.iter().skip(usize::try_from(found).unwrap_or(0)) {
            // A database that has the tables already does not say the truth of its version.
            step.execute_batch(sql).map_err(|error| match error.sqlite_error_code() {
                Some(rusqlite::ErrorCode::Unknown) => StoreError::Damaged {
                    what: format!("the profile's database is not what its version says: {error}"),
                },
                _ => error.into(),
            })?;
        }
        if found < VERSION {
            step.pragma_update(None, "user_version", VERSION)?;
        }
        step.commit()?;
        Ok(())
    }

    /// Throws the notes' index away, whatever state it is in: it is filled anew when it is asked next.
    pub fn forget_notes(&mut self) -> Result<(), StoreError> {
        let step = self.db.transaction()?;
        step.execute_batch(NOTES)?;
        step.commit()?;
        Ok(())
    }

    /// A value of the profile itself (`learner`, `seed`).
    pub fn meta(&self, key: &str) -> Result<Option<String>, StoreError> {
        read_meta(&self.db, key)
    }

    /// Sets a value of the profile.
    pub fn set_meta(&self, key: &str, value: &str) -> Result<(), StoreError> {
        self.db.execute("INSERT OR REPLACE INTO meta VALUES (?1, ?2)", [key, value])?;
        Ok(())
    }

    /// Sets a value of the profile if it has none.
    pub fn set_meta_once(&self, key: &str, value: &str) -> Result<(), StoreError> {
        self.db.execute("INSERT OR IGNORE INTO meta VALUES (?1, ?2)", [key, value])?;
        Ok(())
    }

    /// A world's row, if the world exists.
    pub fn world(&self, id: &str) -> Result<Option<WorldRow>, StoreError> {
        let sql = "SELECT id, manifest, lab_time FROM world WHERE id = ?1";
        let row = |row: &rusqlite::Row<'_>| {
            // A time that is none is as good as one that was not remembered.
            let lab_time = row.get_ref(2)?.as_i64().unwrap_or_default();
            Ok(WorldRow { id: text(row, 0)?, manifest: text(row, 1)?, lab_time })
        };
        Ok(self.db.query_row(sql, [id], row).optional()?)
    }

    /// The names of all worlds, in order.
    pub fn worlds(&self) -> Result<Vec<String>, StoreError> {
        let mut statement = self.db.prepare_cached("SELECT id FROM world ORDER BY id")?;
        let rows = statement.query_map([], |row| text(row, 0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Makes a world, or replaces it: its journal and progress are gone then.
    pub fn create_world(&mut self, row: &WorldRow) -> Result<(), StoreError> {
        let step = self.db.transaction()?;
        super::journal::forget(&step, &row.id)?;
        step.execute("DELETE FROM progress WHERE world = ?1", [&row.id])?;
        step.execute(
            "INSERT OR REPLACE INTO world VALUES (?1, ?2, ?3)",
            params![row.id, row.manifest, row.lab_time],
        )?;
        step.commit()?;
        Ok(())
    }

    /// Forgets a world with its journal and progress.
    pub fn remove_world(&mut self, id: &str) -> Result<(), StoreError> {
        let step = self.db.transaction()?;
        super::journal::forget(&step, id)?;
        step.execute("DELETE FROM progress WHERE world = ?1", [id])?;
        step.execute("DELETE FROM world WHERE id = ?1", [id])?;
        step.commit()?;
        Ok(())
    }

    /// Forgets a value of the profile.
    pub fn forget_meta(&self, key: &str) -> Result<(), StoreError> {
        self.db.execute("DELETE FROM meta WHERE key = ?1", [key])?;
        Ok(())
    }

    /// Remembers the lab time for the next start.
    pub fn save_time(&self, world: &str, lab_time: i64) -> Result<(), StoreError> {
        let sql = "UPDATE world SET lab_time = ?2 WHERE id = ?1";
        self.db.prepare_cached(sql)?.execute(params![world, lab_time])?;
        Ok(())
    }

    /// A remembered value of a world that is not part of its history (hints shown, where the
    /// reader stood).
    pub fn progress(&self, world: &str, key: &str) -> Result<Option<String>, StoreError> {
        let sql = "SELECT value FROM progress WHERE world = ?1 AND key = ?2";
        Ok(self.db.query_row(sql, [world, key], |row| text(row, 0)).optional()?)
    }

    /// Remembers a value of a world.
    pub fn set_progress(&self, world: &str, key: &str, value: &str) -> Result<(), StoreError> {
        let sql = "INSERT OR REPLACE INTO progress VALUES (?1, ?2, ?3)";
        self.db.execute(sql, [world, key, value])?;
        Ok(())
    }

    /// All remembered values of a world whose keys begin with `prefix`, in order.
    pub fn progress_under(
        &self,
        world: &str,
        prefix: &str,
    ) -> Result<Vec<(String, String)>, StoreError> {
        let sql = "SELECT key, value FROM progress WHERE world = ?1 AND substr(key, 1, ?3) = ?2 ORDER BY key";
        let mut statement = self.db.prepare_cached(sql)?;
        let width = i64::try_from(prefix.chars().count()).unwrap_or(i64::MAX);
        let rows = statement
            .query_map(params![world, prefix, width], |r| Ok((text(r, 0)?, text(r, 1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Forgets the values of a world whose keys begin with `prefix`.
    pub fn forget_progress(&self, world: &str, prefix: &str) -> Result<(), StoreError> {
        let width = i64::try_from(prefix.chars().count()).unwrap_or(i64::MAX);
        let sql = "DELETE FROM progress WHERE world = ?1 AND substr(key, 1, ?3) = ?2";
        self.db.execute(sql, params![world, prefix, width])?;
        Ok(())
    }
}

/// As [`Store::meta`], inside a transaction too.
pub(super) fn read_meta(db: &Connection, key: &str) -> Result<Option<String>, StoreError> {
    let sql = "SELECT value FROM meta WHERE key = ?1";
    Ok(db.query_row(sql, [key], |row| text(row, 0)).optional()?)
}
