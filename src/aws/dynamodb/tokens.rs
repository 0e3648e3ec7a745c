//! Which transactions were done under which token, so that a request that is repeated is done once.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::capacity::Capacity;
use super::time::Time;

/// How long a token stands for the request that it came with.
const TOKEN_LIFE: Duration = Duration::from_mins(10);

/// A request that was done under a token.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Token {
    pub(crate) at: Time,
    pub(crate) digest: [u8; 16],
    /// What reading the same items costs, for each table.
    pub(crate) reads: BTreeMap<String, Capacity>,
}

/// The tokens of the last ten minutes.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Tokens {
    known: BTreeMap<String, Token>,
    /// The same, the oldest one first.
    ages: VecDeque<(Time, String)>,
}

impl Tokens {
    pub(crate) fn get(&self, token: &str, now: Time) -> Option<&Token> {
        self.known.get(token).filter(|token| token.at.plus(TOKEN_LIFE) > now)
    }

    /// Keeps a token, and forgets those that are too old.
    pub(crate) fn insert(&mut self, name: &str, token: Token) {
        while let Some((at, old)) = self.ages.front().filter(|a| a.0.plus(TOKEN_LIFE) <= token.at) {
            // One that was used anew since is kept.
            if self.known.get(old).is_some_and(|known| known.at == *at) {
                self.known.remove(old);
            }
            self.ages.pop_front();
        }
        self.ages.push_back((token.at, name.to_owned()));
        self.known.insert(name.to_owned(), token);
    }
}
