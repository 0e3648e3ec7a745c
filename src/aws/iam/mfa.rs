//! Virtual MFA devices: time-based one-time passwords (RFC 6238 over RFC 4226's HMAC-SHA1).
//!
//! Time is lab time: an authenticator that runs by the wall clock fits as long as nobody has moved
//! the lab's clock. Hardware keys and text messages are deliberately absent.

use base::Time;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;

/// Seconds that a code holds.
const STEP_SECS: i64 = 30;
/// Digits of a code.
const DIGITS: usize = 6;
/// How many steps a device's clock may be off when it is enabled.
const ENABLE_REACH: i64 = 2;
/// The same when it is synchronized: an hour.
const RESYNC_REACH: i64 = 120;

/// A device, assigned to a user or to nobody yet.
#[derive(Clone, Hash, Debug)]
pub(crate) struct Device {
    /// Base32: what an authenticator is told.
    pub(crate) seed: String,
    pub(crate) tags: Vec<(String, String)>,
    /// The user's name, once it is enabled.
    pub(crate) user: Option<String>,
    pub(crate) enabled: Option<Time>,
    /// How many steps the device's clock is ahead of the lab's.
    drift: i64,
    /// The step of the last code that was taken: no code is taken twice.
    taken: i64,
}

impl Device {
    pub(crate) fn new(seed: String, tags: Vec<(String, String)>) -> Self {
        Self { seed, tags, user: None, enabled: None, drift: 0, taken: i64::MIN }
    }

    /// Hands it to a user, when the codes are two that follow each other about now.
    pub(crate) fn enable(&mut self, user: &str, at: Time, codes: (&str, &str)) -> bool {
        let fits = self.synchronize(at, codes, ENABLE_REACH);
        if fits {
            self.user = Some(user.to_owned());
            self.enabled = Some(at);
        }
        fits
    }

    /// Takes it from its user.
    pub(crate) fn deactivate(&mut self) {
        *self = Self::new(std::mem::take(&mut self.seed), std::mem::take(&mut self.tags));
    }

    /// Learns how far its clock is off, from two codes that follow each other.
    pub(crate) fn resync(&mut self, at: Time, codes: (&str, &str)) -> bool {
        self.synchronize(at, codes, RESYNC_REACH)
    }

    fn synchronize(&mut self, at: Time, codes: (&str, &str), reach: i64) -> bool {
        let now = step(at);
        let fits = |second: &i64| {
            *second > self.taken
                && code(&self.seed, *second) == codes.1
                && code(&self.seed, *second - 1) == codes.0
        };
        let Some(second) = (now - reach..=now + reach).find(fits) else { return false };
        self.drift = second - now;
        self.taken = second;
        true
    }

    /// The step whose code this is, when it is one of about now that was not taken yet.
    pub(crate) fn step_of(&self, at: Time, given: &str) -> Option<i64> {
        let now = step(at) + self.drift;
        (now - 1..=now + 1).find(|s| *s > self.taken && code(&self.seed, *s) == given)
    }

    /// Takes the code of that step: it opens nothing again.
    pub(crate) fn take(&mut self, step: i64) {
        self.taken = step;
    }
}

pub(crate) fn step(at: Time) -> i64 {
    at.secs().div_euclid(STEP_SECS)
}

/// The code of a step.
pub(crate) fn code(seed: &str, step: i64) -> String {
    // Keys of every length are taken.
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(&unbase32(seed)) else { return String::new() };
    mac.update(&step.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let at = usize::from(digest[19] & 0xf);
    let word = digest[at..at + 4].iter().fold(0_u32, |sum, b| sum << 8 | u32::from(*b));
    format!("{:0DIGITS$}", (word & 0x7fff_ffff) % 1_000_000)
}

fn unbase32(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() * 5 / 8);
    let (mut held, mut bits) = (0_u32, 0);
    for b in text.bytes() {
        let five = match b {
            b'A'..=b'Z' => b - b'A',
            b'2'..=b'7' => b - b'2' + 26,
            _ => continue,
        };
        held = held << 5 | u32::from(five);
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits & 0xff) as u8);
        }
    }
    bytes
}
