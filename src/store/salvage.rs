//! What can still be read of a damaged database, in a new one.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::{Store, StoreError};

/// What became of a damaged database.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Salvaged {
    /// What was wrong with it.
    pub what: String,
    /// The file that has it as it was.
    pub kept_in: PathBuf,
    /// The worlds that the new one has still, in order.
    pub worlds: Vec<String>,
}

/// Why nothing was salvaged; the damaged database is where it was then.
#[derive(Debug, thiserror::Error)]
pub enum SalvageError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{path} cannot be written: {source}")]
    Io { path: String, source: io::Error },
}

/// The tables whose rows are taken over, each with how many columns are its own. The notes' index is made
/// anew, and entries of a journal stand behind one another, so that those before the damage are read.
const TABLES: &[(&str, &str)] = &[
    ("meta", "key, value"),
    ("world", "id, manifest, lab_time"),
    ("journal", "number, world"),
    ("progress", "world, key, value"),
    ("entry", "id, at, grp, kind, body, hash"),
];

/// What is wrong with a database, in words; nothing is, when every table can be read and says what it
/// should be.
pub fn trouble(path: &Path) -> Result<Option<String>, StoreError> {
    let look = || {
        let store = Store::open(path)?;
        for (table, columns) in TABLES {
            store.db.prepare(&format!("SELECT {columns} FROM {table}"))?;
        }
        let sql = "PRAGMA integrity_check(1)";
        Ok::<String, StoreError>(store.db.query_row(sql, [], |row| row.get(0))?)
    };
    match look() {
        Ok(found) if found == "ok" => Ok(None),
        Ok(found) => Ok(Some(format!("the profile's database is damaged: {found}"))),
        Err(StoreError::Damaged { what }) => Ok(Some(what)),
        Err(error) => Err(error),
    }
}

/// Puts a damaged database aside, and what can be read of it in its place. Nobody else may have it open.
pub fn salvage(path: &Path, what: String) -> Result<Salvaged, SalvageError> {
    let io = |at: &Path| {
        let path = at.display().to_string();
        move |source| SalvageError::Io { path, source }
    };
    let kept_in = put_aside(path).map_err(io(path))?;
    // Read from a copy: SQLite writes to what it opens.
    let (old, new) = (beside(path, "old"), beside(path, "new"));
    let copied = copy(&kept_in, &old).map_err(io(&old));
    let taken = copied.and_then(|()| {
        let store = Store::open(&new)?;
        // Nothing at all can be read where even this fails.
        if let Ok(damaged) = Connection::open(&old) {
            for (table, columns) in TABLES {
                take_over(&damaged, &store.db, table, columns)?;
            }
        }
        let worlds = store.worlds()?;
        store.db.close().map_err(|(_, error)| StoreError::from(error))?;
        Ok(worlds)
    });
    forget(&old);
    let worlds = taken.inspect_err(|_| forget(&new))?;
    for log in ["-wal", "-shm"] {
        let _ = fs::remove_file(log_of(path, log));
    }
    fs::rename(&new, path).map_err(io(path))?;
    Ok(Salvaged { what, kept_in, worlds })
}

/// Takes over rows as far as they can be read; one that the new table does not take is left out.
fn take_over(
    from: &Connection,
    to: &Connection,
    table: &str,
    columns: &str,
) -> Result<(), StoreError> {
    let Ok(mut read) = from.prepare(&format!("SELECT {columns} FROM {table}")) else {
        return Ok(());
    };
    let count = read.column_count();
    let places = vec!["?"; count].join(", ");
    let step = to.unchecked_transaction()?;
    {
        let mut insert =
            step.prepare(&format!("INSERT OR IGNORE INTO {table} ({columns}) VALUES ({places})"))?;
        let Ok(mut rows) = read.query([]) else { return Ok(()) };
        while let Ok(Some(row)) = rows.next() {
            let values: Result<Vec<Value>, _> = (0..count).map(|at| row.get(at)).collect();
            if let Ok(values) = values {
                let _ = insert.execute(params_from_iter(values));
            }
        }
    }
    step.commit()?;
    Ok(())
}

/// Copies a database with its log to a file that is not there yet, and waits for the disk.
fn put_aside(path: &Path) -> io::Result<PathBuf> {
    let mut number = 1;
    let kept = loop {
        let kept = path.with_file_name(format!("distlab-before-repair-{number}.db"));
        match File::create_new(&kept) {
            Ok(_) => break kept,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
            Err(error) => return Err(error),
        }
    };
    copy(path, &kept)?;
    File::open(&kept)?.sync_all()?;
    Ok(kept)
}

/// Copies a database with the log that belongs to it.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::copy(from, to)?;
    match fs::copy(log_of(from, "-wal"), log_of(to, "-wal")) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn beside(path: &Path, what: &str) -> PathBuf {
    path.with_file_name(format!(".distlab-{what}-{}", super::unguessable()))
}

/// The path of what SQLite keeps beside a database.
fn log_of(path: &Path, what: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(what);
    name.into()
}

fn forget(path: &Path) {
    for log in ["", "-wal", "-shm"] {
        // Best effort: nobody looks them up.
        let _ = fs::remove_file(log_of(path, log));
    }
}
