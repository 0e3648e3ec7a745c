//! A log event, and the number that it is known by.

use base::Time;

/// What an event counts beyond its message (API reference, `PutLogEvents`).
pub(crate) const OVERHEAD_BYTES: usize = 26;

/// How many digits an identifier has.
const DIGITS: usize = 56;

/// Where an event stands in its group: its timestamp, and its number among all of the group.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub(crate) struct Place {
    /// Milliseconds since 1970.
    pub(crate) at: i64,
    pub(crate) number: u64,
}

impl Place {
    /// Before everything of this instant.
    pub(crate) fn from(at: i64) -> Self {
        Self { at, number: 0 }
    }

    /// The place directly behind this one.
    pub(crate) fn next(self) -> Self {
        match self.number.checked_add(1) {
            Some(number) => Self { number, ..self },
            None => Self::from(self.at.saturating_add(1)),
        }
    }

    /// As identifiers have it: 56 digits, of which the first tell the time, so that they are in the
    /// order of the events.
    pub(crate) fn id(self, mark: u64) -> String {
        let at = u64::try_from(self.at).unwrap_or(0);
        // at · 2^144 + number · 2^80 + mark · 2^16, in limbs of 32 bits, the lowest first.
        let low = u128::from(self.number) << 64 | u128::from(mark);
        let mut limbs = [0_u32; 7];
        let halves = |value: u128, shift: u32| u32::try_from(value >> shift & 0xffff_ffff);
        for (limb, shift) in limbs.iter_mut().zip([0, 32, 64, 96]) {
            *limb = halves(low, shift).unwrap_or(0);
        }
        limbs[4] = halves(u128::from(at), 0).unwrap_or(0);
        limbs[5] = halves(u128::from(at), 32).unwrap_or(0);
        let mut shifted = [0_u32; 7];
        for i in 0..limbs.len() {
            let below = if i == 0 { 0 } else { limbs[i - 1] };
            shifted[i] = limbs[i] << 16 | below >> 16;
        }
        decimal(shifted)
    }

    /// The place that an identifier tells.
    pub(crate) fn of_id(id: &str) -> Option<Self> {
        if id.len() != DIGITS {
            return None;
        }
        let mut limbs = [0_u32; 7];
        for digit in id.bytes() {
            let mut carry = u64::from(digit.is_ascii_digit().then(|| digit - b'0')?);
            for limb in &mut limbs {
                carry += u64::from(*limb) * 10;
                *limb = u32::try_from(carry & 0xffff_ffff).ok()?;
                carry >>= 32;
            }
            if carry > 0 {
                return None;
            }
        }
        let bits = |from: usize| {
            let wide = u128::from(limbs[from])
                | u128::from(limbs[from + 1]) << 32
                | u128::from(limbs.get(from + 2).copied().unwrap_or(0)) << 64;
            u64::try_from(wide >> 16 & u128::from(u64::MAX)).ok()
        };
        Some(Self { at: i64::try_from(bits(4)?).ok()?, number: bits(2)? })
    }
}

fn decimal(mut limbs: [u32; 7]) -> String {
    let mut digits = vec![b'0'; DIGITS];
    for digit in digits.iter_mut().rev() {
        let mut rest = 0_u64;
        for limb in limbs.iter_mut().rev() {
            let value = rest << 32 | u64::from(*limb);
            *limb = u32::try_from(value / 10).unwrap_or(0);
            rest = value % 10;
        }
        *digit = b'0' + u8::try_from(rest).unwrap_or(0);
    }
    String::from_utf8(digits).unwrap_or_default()
}

/// What is kept of an event beside its [`Place`].
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct LogEvent {
    pub(crate) message: String,
    pub(crate) ingested: Time,
    /// What makes its identifier its own.
    pub(crate) mark: u64,
}

impl LogEvent {
    /// What it counts, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.message.len() + OVERHEAD_BYTES
    }
}
