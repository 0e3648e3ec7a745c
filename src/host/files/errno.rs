//! Why the kernel refuses a call.

use std::fmt;

/// An error of a system call, spelled as `strerror` does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Errno {
    Access,
    Exists,
    Invalid,
    IsFolder,
    Loop,
    NameTooLong,
    NoEntry,
    NoSpace,
    NotEmpty,
    NotFolder,
    NotPermitted,
    NotOpen,
    NoProcess,
    NoExec,
    BadDescriptor,
    BrokenPipe,
}

impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Access => "Permission denied",
            Self::Exists => "File exists",
            Self::Invalid => "Invalid argument",
            Self::IsFolder => "Is a directory",
            Self::Loop => "Too many levels of symbolic links",
            Self::NameTooLong => "File name too long",
            Self::NoEntry => "No such file or directory",
            Self::NoSpace => "No space left on device",
            Self::NotEmpty => "Directory not empty",
            Self::NotFolder => "Not a directory",
            Self::NotPermitted => "Operation not permitted",
            Self::NotOpen => "No such device or address",
            Self::NoProcess => "No such process",
            Self::NoExec => "cannot execute binary file: Exec format error",
            Self::BadDescriptor => "Bad file descriptor",
            Self::BrokenPipe => "Broken pipe",
        })
    }
}

/// What a call of the kernel comes to.
pub type Called<T> = Result<T, Errno>;
