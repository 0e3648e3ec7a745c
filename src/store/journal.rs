//! The journal's rows: written in groups, walked one after the other, put away when they are broken.
//!
//! An entry's key is one number: that of its journal, and below it 40 bits for its place there.

use std::io::Write;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::chain::{Break, Chain, Entry, NewEntry, link};
use super::{Store, StoreError};
use base::Digest;
use base::blob::hex;

/// A journal as it was read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Loaded {
    /// The sound prefix.
    pub entries: Vec<Entry>,
    /// What follows it, if something does not fit.
    pub broken: Option<Break>,
}

/// How far a journal is sound.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Walked {
    /// The end of the sound prefix.
    pub chain: Chain,
    /// What follows it, if something does not fit.
    pub broken: Option<Break>,
}

/// An entry in its place, for [`Store::append`]: without the hash, which the store computes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fresh {
    pub at: i64,
    pub group: u64,
    pub kind: String,
    pub body: String,
}

impl Fresh {
    fn new_entry(&self) -> NewEntry<'_> {
        NewEntry { at: self.at, group: self.group, kind: &self.kind, body: &self.body }
    }
}

/// Gets an entry with its number and its hash; what it says against the entry, if anything, ends the
/// sound prefix before it.
pub type Visit<'a, E> = dyn FnMut(u64, &NewEntry<'_>, Digest) -> Result<Option<String>, E> + 'a;

/// The entries of a journal between two keys, in order.
const ENTRIES: &str =
    "SELECT id, at, grp, kind, body, hash FROM entry WHERE id BETWEEN ?1 AND ?2 ORDER BY id";

/// The bits of a key that say an entry's place.
const PLACE_BITS: u32 = 40;
const PLACE_MAX: u64 = (1 << PLACE_BITS) - 1;

/// The keys of some places of a journal.
fn keys(number: i64, first: u64, last: u64) -> (i64, i64) {
    let key = |place: u64| number << PLACE_BITS | place.min(PLACE_MAX).cast_signed();
    (key(first), key(last))
}

/// The place in a row's key.
fn place(row: &Row<'_>) -> Result<u64, StoreError> {
    Ok(row.get::<_, i64>(0)?.cast_unsigned() & PLACE_MAX)
}

/// The number of a world's journal, once it has one.
fn number(db: &Connection, world: &str) -> Result<Option<i64>, StoreError> {
    let mut find = db.prepare_cached("SELECT number FROM journal WHERE world = ?1")?;
    Ok(find.query_row([world], |row| row.get(0)).optional()?)
}

/// Removes a world's journal.
pub(super) fn forget(db: &Connection, world: &str) -> Result<(), StoreError> {
    let Some(number) = number(db, world)? else { return Ok(()) };
    let (first, last) = keys(number, 0, PLACE_MAX);
    db.execute("DELETE FROM entry WHERE id BETWEEN ?1 AND ?2", [first, last])?;
    Ok(())
}

/// A row's entry and hash; `None` where a column holds what no program of ours wrote.
fn columns<'a>(row: &'a Row<'_>) -> rusqlite::Result<Option<(NewEntry<'a>, &'a [u8])>> {
    let (kind, body, hash) = (row.get_ref(3)?, row.get_ref(4)?, row.get_ref(5)?);
    let (ValueRef::Integer(at), ValueRef::Integer(group)) = (row.get_ref(1)?, row.get_ref(2)?)
    else {
        return Ok(None);
    };
    let (Ok(kind), Ok(body), Ok(hash)) = (kind.as_str(), body.as_str(), hash.as_blob()) else {
        return Ok(None);
    };
    Ok(Some((NewEntry { at, group: group.cast_unsigned(), kind, body }, hash)))
}

impl Store {
    /// Adds entries behind the chain's end, all or none, and moves the end on. They are safe from
    /// `kill -9` when this returns.
    pub fn append(
        &mut self,
        world: &str,
        chain: &mut Chain,
        entries: &[Fresh],
    ) -> Result<(), StoreError> {
        let number = self.number_for(world)?;
        let mut end = chain.clone();
        // One statement is a transaction of its own, and spares two more.
        let step = if entries.len() > 1 { Some(self.db.unchecked_transaction()?) } else { None };
        {
            let sql = "INSERT INTO entry VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
            let mut insert = self.db.prepare_cached(sql)?;
            for fresh in entries {
                let seq = end.good + 1;
                end = Chain { head: link(&end.head, seq, &fresh.new_entry()), good: seq };
                insert.execute(params![
                    keys(number, seq, seq).0,
                    fresh.at,
                    fresh.group.cast_signed(),
                    fresh.kind,
                    fresh.body,
                    end.head.0.as_slice()
                ])?;
            }
        }
        if let Some(step) = step {
            step.commit()?;
        }
        *chain = end;
        Ok(())
    }

    /// The number of a world's journal, given now if it has none.
    fn number_for(&self, world: &str) -> Result<i64, StoreError> {
        if let Some(number) = number(&self.db, world)? {
            return Ok(number);
        }
        self.db.execute("INSERT OR IGNORE INTO journal (world) VALUES (?1)", [world])?;
        Ok(number(&self.db, world)?.unwrap_or(self.db.last_insert_rowid()))
    }

    /// Walks a world's journal and its chain, entry by entry, as far as both hold; nothing is kept.
    /// `visit` gets each entry that fits.
    pub fn walk<E: From<StoreError>>(
        &self,
        world: &str,
        origin: Digest,
        visit: &mut Visit<'_, E>,
    ) -> Result<Walked, E> {
        let mut chain = Chain::at(origin);
        let number = number(&self.db, world)?.unwrap_or(-1);
        let mut statement = self.db.prepare_cached(ENTRIES).map_err(StoreError::from)?;
        let mut rows = statement.query(keys(number, 0, PLACE_MAX)).map_err(StoreError::from)?;
        loop {
            let row = match rows.next().map_err(StoreError::from) {
                Ok(Some(row)) => row,
                Ok(None) => return Ok(Walked { chain, broken: None }),
                // What stands before the damage is as sound as it was.
                Err(StoreError::Damaged { what }) => {
                    let broken = chain.broken(chain.good + 1, format!("cannot be read: {what}"));
                    return Ok(Walked { chain, broken: Some(broken) });
                }
                Err(error) => return Err(error.into()),
            };
            let seq = place(row)?;
            let broken = match columns(row).map_err(StoreError::from)? {
                None => Some(chain.broken(seq, "was altered: it is no longer an entry")),
                Some((entry, hash)) => {
                    let before = chain.clone();
                    match chain.take(seq, &entry, hash) {
                        Err(broken) => Some(broken),
                        Ok(()) => visit(seq, &entry, chain.head)?.map(|what| {
                            chain = before;
                            chain.broken(seq, what)
                        }),
                    }
                }
            };
            if broken.is_some() {
                return Ok(Walked { chain, broken });
            }
        }
    }

    /// Reads a world's journal whole. Nothing is changed when it does not hold: the sound prefix is
    /// given, and what does not fit is named.
    pub fn load(&self, world: &str, origin: Digest) -> Result<Loaded, StoreError> {
        let mut entries = Vec::new();
        let walked = self.walk::<StoreError>(world, origin, &mut |seq, entry, hash| {
            let NewEntry { at, group, kind, body } = *entry;
            entries.push(Entry { seq, at, group, kind: kind.into(), body: body.into(), hash });
            Ok(None)
        })?;
        Ok(Loaded { entries, broken: walked.broken })
    }

    /// Reads entries from `first` to `last` in order, without walking the chain again, until `visit`
    /// says false.
    pub fn read<E: From<StoreError>>(
        &self,
        world: &str,
        (first, last): (u64, u64),
        visit: &mut dyn FnMut(u64, &NewEntry<'_>) -> Result<bool, E>,
    ) -> Result<(), E> {
        let Some(number) = number(&self.db, world)? else { return Ok(()) };
        let mut statement = self.db.prepare_cached(ENTRIES).map_err(StoreError::from)?;
        let mut rows = statement.query(keys(number, first, last)).map_err(StoreError::from)?;
        while let Some(row) = rows.next().map_err(StoreError::from)? {
            let seq = place(row)?;
            let Some((entry, _)) = columns(row).map_err(StoreError::from)? else { break };
            if !visit(seq, &entry)? {
                break;
            }
        }
        Ok(())
    }

    /// The number and the hash of a world's last entry, sound or not.
    pub fn last_entry(&self, world: &str) -> Result<Option<(u64, Digest)>, StoreError> {
        let Some(number) = number(&self.db, world)? else { return Ok(None) };
        let (first, last) = keys(number, 0, PLACE_MAX);
        let sql = "SELECT id, hash FROM entry WHERE id BETWEEN ?1 AND ?2 ORDER BY id DESC LIMIT 1";
        let mut find = self.db.prepare_cached(sql)?;
        let row = |row: &Row<'_>| {
            // What is no hash fits nothing.
            let hash = row.get_ref(1)?.as_blob().unwrap_or_default().try_into().unwrap_or_default();
            Ok((row.get::<_, i64>(0)?.cast_unsigned() & PLACE_MAX, Digest(hash)))
        };
        Ok(find.query_row([first, last], row).optional()?)
    }

    /// Whether a world's journal has an entry of one of these kinds. Looks at rows without reading them.
    pub fn has_kind(&self, world: &str, [one, other]: [&str; 2]) -> Result<bool, StoreError> {
        let Some(number) = number(&self.db, world)? else { return Ok(false) };
        let (first, last) = keys(number, 0, PLACE_MAX);
        let sql = "SELECT EXISTS \
                   (SELECT 1 FROM entry WHERE id BETWEEN ?1 AND ?2 AND kind IN (?3, ?4))";
        let mut find = self.db.prepare_cached(sql)?;
        Ok(find.query_row(params![first, last, one, other], |row| row.get(0))?)
    }

    /// Writes every row of a journal as it stands, fitting or not, a line of JSON for each. Returns
    /// how many there are.
    pub fn dump(&self, world: &str, to: &mut dyn Write) -> Result<u64, DumpError> {
        let Some(number) = number(&self.db, world)? else { return Ok(0) };
        let mut statement = self.db.prepare_cached(ENTRIES).map_err(StoreError::from)?;
        let mut rows = statement.query(keys(number, 0, PLACE_MAX)).map_err(StoreError::from)?;
        let mut count = 0;
        while let Some(row) = rows.next().map_err(StoreError::from)? {
            let mut line = serde_json::Map::new();
            line.insert("seq".into(), place(row)?.into());
            for (name, at) in [("at", 1), ("group", 2), ("kind", 3), ("body", 4), ("hash", 5)] {
                let value = row.get_ref(at).map_err(StoreError::from)?;
                line.insert(name.into(), plain(value));
            }
            serde_json::to_writer(&mut *to, &line).map_err(std::io::Error::from)?;
            to.write_all(b"\n")?;
            count += 1;
        }
        Ok(count)
    }

    /// Takes out of a journal what is not among its first `keep` entries. Returns how many rows
    /// that were.
    pub fn cut(&mut self, world: &str, keep: u64) -> Result<usize, StoreError> {
        let Some(number) = number(&self.db, world)? else { return Ok(0) };
        let (first, last) = keys(number, 0, PLACE_MAX);
        let (one, kept) = keys(number, 1, keep);
        let sql = "DELETE FROM entry WHERE id BETWEEN ?1 AND ?2 AND id NOT BETWEEN ?3 AND ?4";
        let cut = self.db.execute(sql, [first, last, one, kept])?;
        // What was put away before must not be on the disk while this is not, nor the other way.
        self.db.query_row("PRAGMA wal_checkpoint(FULL)", [], |_| Ok(()))?;
        Ok(cut)
    }
}

/// A column as JSON; bytes in hex.
fn plain(value: ValueRef<'_>) -> serde_json::Value {
    match value {
        ValueRef::Null => serde_json::Value::Null,
        ValueRef::Integer(number) => number.into(),
        ValueRef::Real(number) => number.into(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned().into(),
        ValueRef::Blob(bytes) => hex(bytes).into(),
    }
}

/// Why a journal was not put away.
#[derive(Debug, thiserror::Error)]
pub enum DumpError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the file cannot be written: {0}")]
    Io(#[from] std::io::Error),
}
