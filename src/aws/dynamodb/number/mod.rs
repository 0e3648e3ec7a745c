//! DynamoDB's numbers: exact decimals of up to 38 significant digits with a
//! magnitude between 1E-130 and 9.9999999999999999999999999999999999999E+125.
//!
//! A number is kept normalised (no trailing zeros, one zero), so that equal
//! numbers are equal as values, and is given back in plain notation as the
//! service does: `1.0` is `1`, `1E2` is `100`. There is no multiplication and
//! no division, as the service has none.
//!
//! Source: the developer guide, "Supported data types: Number".

use std::cmp::Ordering;
use std::fmt;

use super::error::{ApiError, validation};

#[cfg(test)]
mod tests;

const DIGITS_MAX: u32 = 38;
/// The place of the first significant digit, as a power of ten.
const PLACE_MAX: i64 = 125;
const PLACE_MIN: i64 = -130;

/// An exact decimal: sign, whole number, power of ten.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Number {
    negative: bool,
    /// Not divisible by ten, or zero; below 10^38.
    coefficient: u128,
    exponent: i16,
}

impl Number {
    pub const ZERO: Self = Self { negative: false, coefficient: 0, exponent: 0 };

    /// Reads a number as the service does: sign, digits, point, exponent.
    ///
    /// # Errors
    /// The text is no number, or needs more digits or a larger or smaller
    /// magnitude than a DynamoDB number has.
    pub fn parse(text: &str) -> Result<Self, ApiError> {
        let parts = Parts::split(text).ok_or_else(|| not_a_number(text))?;
        let digits = parts.whole.bytes().chain(parts.fraction.bytes());
        let significant: Vec<u8> = digits.skip_while(|digit| *digit == b'0').collect();
        let trailing_zeros = significant.iter().rev().take_while(|digit| **digit == b'0').count();
        let significant = &significant[..significant.len() - trailing_zeros];
        if significant.is_empty() {
            return Ok(Self::ZERO);
        }
        let exponent = parts.exponent - length(parts.fraction.len()) + length(trailing_zeros);
        // The magnitude is judged before the digits, as a number may fail both.
        check_place(exponent + length(significant.len()) - 1)?;
        if significant.len() > DIGITS_MAX as usize {
            return Err(too_many_digits());
        }
        let coefficient =
            significant.iter().fold(0_u128, |sum, digit| sum * 10 + u128::from(digit - b'0'));
        Self::normalised(parts.negative, coefficient, exponent)
    }

    /// The sum, exactly.
    ///
    /// # Errors
    /// The sum needs more than 38 digits or is out of range.
    pub fn checked_add(self, other: Self) -> Result<Self, ApiError> {
        if self.coefficient == 0 {
            return Ok(other);
        }
        if other.coefficient == 0 {
            return Ok(self);
        }
        // Neither ends in a zero: where the two are so far apart that one does
        // not fit 128 bits at the other's scale, no sum of 38 digits exists.
        let exponent = self.exponent.min(other.exponent);
        let scaled = self.scaled_to(exponent).zip(other.scaled_to(exponent));
        let (left, right) = scaled.ok_or_else(too_many_digits)?;
        let (negative, coefficient) = if self.negative == other.negative {
            let sum = left.checked_add(right).ok_or_else(too_many_digits)?;
            (self.negative, sum)
        } else if left >= right {
            (self.negative, left - right)
        } else {
            (other.negative, right - left)
        };
        Self::normalised(negative, coefficient, i64::from(exponent))
    }

    /// The difference, exactly.
    ///
    /// # Errors
    /// The difference needs more than 38 digits or is out of range.
    pub fn checked_sub(self, other: Self) -> Result<Self, ApiError> {
        self.checked_add(other.negated())
    }

    /// The bytes the number counts for in an item: one for two significant
    /// digits, one for the magnitude, one more for a negative number.
    pub fn size_bytes(self) -> usize {
        if self.coefficient == 0 {
            return 1;
        }
        let digits = self.coefficient.ilog10() as usize + 1;
        digits.div_ceil(2) + 1 + usize::from(self.negative)
    }

    fn normalised(
        negative: bool,
        mut coefficient: u128,
        mut exponent: i64,
    ) -> Result<Self, ApiError> {
        if coefficient == 0 {
            return Ok(Self::ZERO);
        }
        while coefficient.is_multiple_of(10) {
            coefficient /= 10;
            exponent += 1;
        }
        let digits = coefficient.ilog10() + 1;
        check_place(exponent + i64::from(digits) - 1)?;
        if digits > DIGITS_MAX {
            return Err(too_many_digits());
        }
        let exponent = i16::try_from(exponent).map_err(|_| overflow())?;
        Ok(Self { negative, coefficient, exponent })
    }

    fn negated(self) -> Self {
        Self { negative: !self.negative && self.coefficient != 0, ..self }
    }

    fn scaled_to(self, exponent: i16) -> Option<u128> {
        let shift = u32::try_from(self.exponent - exponent).ok()?;
        self.coefficient.checked_mul(10_u128.checked_pow(shift)?)
    }

    /// Compares without regard to the sign; neither is zero.
    fn compare_magnitude(self, other: Self) -> Ordering {
        let place = |number: Self| {
            let digits = number.coefficient.ilog10();
            i64::from(number.exponent) + i64::from(digits)
        };
        let aligned = |number: Self| {
            let digits = number.coefficient.ilog10() + 1;
            number.coefficient * 10_u128.pow(DIGITS_MAX - digits)
        };
        let by_place = place(self).cmp(&place(other));
        by_place.then_with(|| aligned(self).cmp(&aligned(other)))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        let sign = |number: &Self| match (number.coefficient, number.negative) {
            (0, _) => 0,
            (_, true) => -1,
            (_, false) => 1,
        };
        sign(self).cmp(&sign(other)).then_with(|| match sign(self) {
            0 => Ordering::Equal,
            1 => self.compare_magnitude(*other),
            _ => other.compare_magnitude(*self),
        })
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl From<u64> for Number {
    fn from(value: u64) -> Self {
        let (mut coefficient, mut exponent) = (u128::from(value), 0);
        while coefficient != 0 && coefficient.is_multiple_of(10) {
            coefficient /= 10;
            exponent += 1;
        }
        Self { negative: false, coefficient, exponent }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.negative {
            f.write_str("-")?;
        }
        let digits = self.coefficient.to_string();
        let Some(places) = self.exponent.checked_neg().filter(|places| *places > 0) else {
            let zeros = usize::from(self.exponent.unsigned_abs());
            return write!(f, "{digits}{:0<zeros$}", "");
        };
        let places = usize::from(places.unsigned_abs());
        if digits.len() > places {
            let (whole, fraction) = digits.split_at(digits.len() - places);
            write!(f, "{whole}.{fraction}")
        } else {
            write!(f, "0.{digits:0>places$}")
        }
    }
}

/// A number's text taken apart, its shape checked.
struct Parts<'a> {
    negative: bool,
    whole: &'a str,
    fraction: &'a str,
    exponent: i64,
}

impl<'a> Parts<'a> {
    fn split(text: &'a str) -> Option<Self> {
        let (negative, unsigned) = split_sign(text);
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, read_exponent(exponent)?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let some = !(whole.is_empty() && fraction.is_empty());
        (some && all_digits(whole) && all_digits(fraction)).then_some(Self {
            negative,
            whole,
            fraction,
            exponent,
        })
    }
}

fn split_sign(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

/// An exponent of 32 bits, as the service's decimals have it.
fn read_exponent(text: &str) -> Option<i64> {
    let (negative, digits) = split_sign(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let value = i64::from(digits.parse::<i32>().ok()?);
    Some(if negative { -value } else { value })
}

fn length(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX / 4)
}

fn check_place(place: i64) -> Result<(), ApiError> {
    if place > PLACE_MAX {
        return Err(overflow());
    }
    if place < PLACE_MIN {
        return Err(validation(
            "Number underflow. Attempting to store a number with magnitude smaller than \
             supported range",
        ));
    }
    Ok(())
}

fn overflow() -> ApiError {
    validation(
        "Number overflow. Attempting to store a number with magnitude larger than supported range",
    )
}

fn too_many_digits() -> ApiError {
    validation("Attempting to store more than 38 significant digits in a Number")
}

fn not_a_number(text: &str) -> ApiError {
    if text.is_empty() {
        return validation("The parameter cannot be converted to a numeric value");
    }
    validation(format!("The parameter cannot be converted to a numeric value: {text}"))
}
