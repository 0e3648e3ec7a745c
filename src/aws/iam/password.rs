//! Passwords and what the account asks of them (IAM User Guide, "Set an account password policy for
//! IAM users"). Nobody logs in to a console here; a password only is kept, and changed.

use std::collections::BTreeSet;

use base::Time;
use sha2::{Digest as _, Sha256};

/// What counts as a symbol.
const SYMBOLS: &str = "!@#$%^&*()_+-=[]{}|'";
/// The least characters where the account has no policy of its own.
const DEFAULT_LEN_MIN: usize = 8;
/// Of how many kinds a password's characters must be where the account has no policy of its own.
const DEFAULT_KINDS_MIN: usize = 3;

/// The kinds of characters that a policy can ask for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) enum CharKind {
    Lowercase,
    Uppercase,
    Number,
    Symbol,
}

impl CharKind {
    fn of(c: char) -> Option<Self> {
        match c {
            'a'..='z' => Some(Self::Lowercase),
            'A'..='Z' => Some(Self::Uppercase),
            '0'..='9' => Some(Self::Number),
            _ => SYMBOLS.contains(c).then_some(Self::Symbol),
        }
    }
}

/// The account's own policy.
#[derive(Clone, Hash, Debug)]
pub(crate) struct PasswordPolicy {
    pub(crate) len_min: usize,
    /// Of each of these kinds a password must have a character.
    pub(crate) kinds: BTreeSet<CharKind>,
    /// Whether users may change their own without a policy that says so.
    pub(crate) users_change: bool,
    /// Days until a password expires.
    pub(crate) age_max: Option<i64>,
    /// How many earlier passwords must not come back.
    pub(crate) reuse_prevention: Option<usize>,
    pub(crate) hard_expiry: Option<bool>,
}

/// A user's password.
#[derive(Clone, Hash, Debug)]
pub(crate) struct Login {
    pub(crate) created: Time,
    pub(crate) reset_required: bool,
    /// Digests of its passwords, the newest last.
    past: Vec<[u8; 32]>,
}

/// How many passwords are remembered: as many as a policy can ask for.
const PAST_MAX: usize = 24;

impl Login {
    pub(crate) fn new(password: &str, created: Time, reset_required: bool) -> Self {
        Self { created, reset_required, past: vec![digest(password)] }
    }

    pub(crate) fn holds(&self, password: &str) -> bool {
        self.past.last() == Some(&digest(password))
    }

    pub(crate) fn set(&mut self, password: &str) {
        self.past.push(digest(password));
        let forgotten = self.past.len().saturating_sub(PAST_MAX);
        self.past.drain(..forgotten);
    }

    /// Whether it is one of the last so many.
    pub(crate) fn had(&self, password: &str, count: usize) -> bool {
        self.past.iter().rev().take(count).any(|d| *d == digest(password))
    }
}

fn digest(password: &str) -> [u8; 32] {
    Sha256::digest(password).into()
}

/// Whether a password is what the account asks for.
pub(crate) fn conforms(policy: Option<&PasswordPolicy>, password: &str) -> bool {
    let found: BTreeSet<CharKind> = password.chars().filter_map(CharKind::of).collect();
    let len = password.chars().count();
    match policy {
        None => len >= DEFAULT_LEN_MIN && found.len() >= DEFAULT_KINDS_MIN,
        Some(policy) => len >= policy.len_min && policy.kinds.is_subset(&found),
    }
}
