//! Passwords and what the account asks of them (IAM User Guide, "Set an account password policy for
//! IAM users"). Nobody logs in to a console here; a password only is kept, and changed.
//!
//! It is sealed before its request is written down: length, kinds of characters and a digest remain,
//! which is all that policies and [`Login`] ask for.

use std::collections::BTreeSet;

use base::{Digest, Time};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::Value;
use sha2::Sha256;
use sim::api::{Seal, Shape, Shaped, Wrong, sealed, unsealed};

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
    const ALL: [Self; 4] = [Self::Lowercase, Self::Uppercase, Self::Number, Self::Symbol];

    /// Its letter in a seal.
    fn letter(self) -> char {
        match self {
            Self::Lowercase => 'l',
            Self::Uppercase => 'u',
            Self::Number => 'n',
            Self::Symbol => 's',
        }
    }

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
    /// By these its passwords are known again, the newest last.
    past: Vec<Digest>,
}

/// How many passwords are remembered: as many as a policy can ask for.
const PAST_MAX: usize = 24;

impl Login {
    pub(crate) fn new(password: &Password, created: Time, reset_required: bool) -> Self {
        Self { created, reset_required, past: vec![password.digest] }
    }

    pub(crate) fn holds(&self, password: &Password) -> bool {
        self.past.last() == Some(&password.digest)
    }

    pub(crate) fn set(&mut self, password: &Password) {
        self.past.push(password.digest);
        let forgotten = self.past.len().saturating_sub(PAST_MAX);
        self.past.drain(..forgotten);
    }

    /// Whether it is one of the last so many.
    pub(crate) fn had(&self, password: &Password, count: usize) -> bool {
        self.past.iter().rev().take(count).any(|d| *d == password.digest)
    }
}

/// What is known of a password.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Password {
    /// Its characters.
    pub(crate) len: usize,
    /// Whether the service takes all of its characters.
    pub(crate) legal: bool,
    kinds: BTreeSet<CharKind>,
    digest: Digest,
}

impl Password {
    /// What is kept of a password.
    pub(crate) fn of(text: &str) -> Self {
        let legal = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{ff}');
        Self {
            len: text.chars().count(),
            legal: text.chars().all(legal),
            kinds: text.chars().filter_map(CharKind::of).collect(),
            digest: stretched(text.as_bytes()),
        }
    }

    fn sealed(&self) -> String {
        let kinds: String = self.kinds.iter().map(|kind| kind.letter()).collect();
        let legal = if self.legal { "" } else { ILLEGAL };
        sealed(&format!("{}:{kinds}{legal}", self.len), &self.digest)
    }

    fn unsealed(text: &str) -> Option<Self> {
        let (told, digest) = unsealed(text)?;
        let (len, kinds) = told.split_once(':')?;
        let legal = !kinds.ends_with(ILLEGAL);
        let has = |kind: &CharKind| kinds.contains(kind.letter());
        let kinds = CharKind::ALL.into_iter().filter(has).collect();
        Some(Self { len: len.parse().ok()?, legal, kinds, digest })
    }

    /// Whether it is what the account asks for.
    pub(crate) fn conforms(&self, policy: Option<&PasswordPolicy>) -> bool {
        match policy {
            None => self.len >= DEFAULT_LEN_MIN && self.kinds.len() >= DEFAULT_KINDS_MIN,
            Some(policy) => self.len >= policy.len_min && policy.kinds.is_subset(&self.kinds),
        }
    }
}

impl Shaped for Password {
    const SEAL: Option<Seal> = Some(|text| Self::of(text).sealed());
    fn shape() -> Shape {
        Shape::String
    }
    fn from_value(value: Value) -> Result<Self, Wrong> {
        let text = value.as_str().ok_or_else(|| Wrong::new("a password", &value))?;
        Ok(Self::unsealed(text).unwrap_or_else(|| Self::of(text)))
    }
    fn into_value(self) -> Value {
        self.sealed().into()
    }
}

/// Stands in a seal for characters that the service does not take.
const ILLEGAL: &str = "-";
/// What is put before a password, so that its digest is nobody else's.
const SALT: &[u8] = b"distlab password";
/// Who has a journal and guesses at a password pays for this many rounds at each guess; a password that
/// is set pays once, as replays read the seal.
const ROUNDS: u32 = 10_000;

/// PBKDF2 with HMAC-SHA-256 (RFC 8018, section 5.2), of one block.
fn stretched(password: &[u8]) -> Digest {
    // A key of any length is one.
    let Ok(key) = Hmac::<Sha256>::new_from_slice(password) else { return Digest::default() };
    let keyed = |bytes: &[u8]| -> [u8; 32] {
        key.clone().chain_update(bytes).finalize().into_bytes().into()
    };
    let mut round = keyed(&[SALT, &1_u32.to_be_bytes()].concat());
    let mut sum = round;
    for _ in 1..ROUNDS {
        round = keyed(&round);
        for (all, one) in sum.iter_mut().zip(round) {
            *all ^= one;
        }
    }
    Digest(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_password_is_judged_as_the_password_and_tells_little() {
        for text in ["Secret12", "", "\u{20ac}uro!", "sealed:8:lun:00", "a"] {
            let password = Password::of(text);
            let seal = password.sealed();
            assert!(text.len() < 2 || !seal.contains(text), "{seal}");
            assert_eq!(Password::from_value(seal.into()), Ok(password.clone()), "{text}");
            assert_eq!(Password::from_value(text.into()), Ok(password), "{text}");
        }
        assert_ne!(Password::of("Secret12"), Password::of("Secret13"));
        // Whoever sends what is a seal has another password than the one that was sealed.
        let seal = Password::of("Secret12").sealed();
        assert_ne!(Password::of(&seal), Password::of("Secret12"));
    }

    #[test]
    fn a_password_is_stretched_as_the_standard_says() {
        // Python: hashlib.pbkdf2_hmac("sha256", b"Secret12", b"distlab password", 10000).hex()
        let want = "066ea1d82eabc8b77524d225db2707b32175471b3fcda43b7c92f9c8531d784d";
        assert_eq!(stretched(b"Secret12").to_string(), want);
    }
}
