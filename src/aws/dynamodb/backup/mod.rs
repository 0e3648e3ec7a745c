//! Backups, and going back to any moment of the last weeks.
//!
//! A backup is the table as it was: its rows are shared with the table's, so it costs nothing until
//! they part. Point-in-time recovery keeps what each change replaced; a restore starts from the
//! table of now and takes the changes back, so it costs what has happened since. What the service
//! does not restore is not restored: tags, streams, time to live, and recovery itself.
//!
//! A table that is deleted while recovery is on leaves a backup of the service's own (`SYSTEM`) for
//! 35 days. Backups of AWS Backup are not made.
//!
//! Source: API reference, `CreateBackup`, `RestoreTableFromBackup`, `UpdateContinuousBackups`,
//! `RestoreTableToPointInTime`; developer guide, "Backup and restore".

mod continuous;
mod manage;
mod restore;

pub use manage::{BACKUP_CREATION, BackupFilter, SYSTEM_BACKUP_LIFE};
pub use restore::{RESTORE, RESTORES_MAX, RestoreOverrides};

use super::error::ApiError;
use super::table::{Table, TableDescription};
use super::time::Time;

/// Who made a backup.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum BackupKind {
    #[default]
    User,
    System,
}

impl BackupKind {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::User => "USER",
            Self::System => "SYSTEM",
        }
    }
}

/// A backup: the table as it was.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Backup {
    pub arn: String,
    pub name: String,
    pub created: Time,
    pub kind: BackupKind,
    /// When the service deletes it, if it is the service's.
    pub expires: Option<Time>,
    pub available: bool,
    table: Table,
}

/// A backup as it is described.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BackupDescription {
    pub arn: String,
    pub name: String,
    pub created: Time,
    pub kind: BackupKind,
    pub expires: Option<Time>,
    pub status: &'static str,
    pub bytes: u64,
    /// The table as it was described then; items and bytes are those of the backup.
    pub source: TableDescription,
}

impl Backup {
    fn describe(&self) -> BackupDescription {
        let mut source = self.table.describe(self.created);
        (source.items, source.bytes) = (self.table.rows.len(), self.table.rows.bytes());
        BackupDescription {
            arn: self.arn.clone(),
            name: self.name.clone(),
            created: self.created,
            kind: self.kind,
            expires: self.expires,
            status: if self.available { "AVAILABLE" } else { "CREATING" },
            bytes: self.table.rows.bytes(),
            source,
        }
    }
}

fn refused(code: &str, message: impl Into<String>) -> ApiError {
    ApiError::new(400, code, message)
}
