//! `printf`: formats with their flags, for the builtin, the command and awk.

use base::Time;

use crate::escape::{self, Style};

/// What a format made.
#[derive(Default)]
pub struct Made {
    pub bytes: Vec<u8>,
    pub complaints: Vec<String>,
}

/// Bytes that one conversion may be padded to.
const WIDTH_MAX: usize = 1_000_000;

/// One `%…` of a format.
#[derive(Clone, Debug, Default)]
#[allow(clippy::struct_excessive_bools, reason = "they are flags of the format")]
pub struct Spec {
    pub left: bool,
    pub zero: bool,
    pub plus: bool,
    pub space: bool,
    pub alternate: bool,
    pub width: usize,
    pub precision: Option<usize>,
}

impl Spec {
    /// Fills up to the width.
    #[must_use]
    pub fn pad(&self, text: &str, zero: bool) -> String {
        let count = text.chars().count();
        let fill = self.width.min(WIDTH_MAX).saturating_sub(count);
        if self.left {
            return format!("{text}{}", " ".repeat(fill));
        }
        if zero && self.zero {
            let digits = text.find(|c: char| c.is_ascii_alphanumeric()).unwrap_or(0);
            let (sign, rest) = text.split_at(digits);
            return format!("{sign}{}{rest}", "0".repeat(fill));
        }
        format!("{}{text}", " ".repeat(fill))
    }

    /// A text, cut to the precision.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        let cut: String = text.chars().take(self.precision.unwrap_or(usize::MAX)).collect();
        self.pad(&cut, false)
    }

    /// A whole number.
    #[must_use]
    pub fn integer(&self, value: i64, kind: char) -> String {
        let mut digits = match kind {
            'x' => format!("{value:x}"),
            'X' => format!("{value:X}"),
            'o' => format!("{value:o}"),
            'u' => value.cast_unsigned().to_string(),
            _ => value.unsigned_abs().to_string(),
        };
        if let Some(precision) = self.precision {
            digits = format!(
                "{}{digits}",
                "0".repeat(precision.min(WIDTH_MAX).saturating_sub(digits.len()))
            );
        }
        let signed = matches!(kind, 'd' | 'i');
        let sign = match kind {
            _ if signed && value < 0 => "-",
            _ if signed && self.plus => "+",
            _ if signed && self.space => " ",
            'x' if self.alternate && value != 0 => "0x",
            'X' if self.alternate && value != 0 => "0X",
            'o' if self.alternate => "0",
            _ => "",
        };
        self.pad(&format!("{sign}{digits}"), self.precision.is_none())
    }

    /// A number with a fraction.
    #[must_use]
    pub fn float(&self, value: f64, kind: char) -> String {
        let precision = self.precision.unwrap_or(6).min(300);
        let number = value.abs();
        let text = if value.is_nan() {
            "nan".to_owned()
        } else if value.is_infinite() {
            "inf".to_owned()
        } else {
            match kind {
                'e' | 'E' => exponent(number, precision),
                'g' | 'G' => general(number, precision.max(1), self.alternate),
                _ => format!("{number:.precision$}"),
            }
        };
        let text = if kind.is_ascii_uppercase() { text.to_uppercase() } else { text };
        let sign = if value.is_sign_negative() && !value.is_nan() {
            "-"
        } else if self.plus {
            "+"
        } else if self.space {
            " "
        } else {
            ""
        };
        self.pad(&format!("{sign}{text}"), value.is_finite())
    }
}

fn exponent(number: f64, precision: usize) -> String {
    let text = format!("{number:.precision$e}");
    let (digits, power) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, power) = match power.strip_prefix('-') {
        Some(power) => ('-', power),
        None => ('+', power),
    };
    format!("{digits}e{sign}{power:0>2}")
}

/// `%g`: the shorter of both, without zeros at the end.
#[must_use]
pub fn general(number: f64, precision: usize, keep: bool) -> String {
    if number == 0.0 {
        return "0".into();
    }
    let text = exponent(number, precision - 1);
    let power: i32 = text.split_once('e').and_then(|(_, p)| p.parse().ok()).unwrap_or(0);
    let trim = |text: &str| {
        if keep || !text.contains('.') {
            text.to_owned()
        } else {
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
    };
    if power < -4 || power >= i32::try_from(precision).unwrap_or(i32::MAX) {
        let (digits, power) = text.split_once('e').unwrap_or((&text, "+00"));
        return format!("{}e{power}", trim(digits));
    }
    let decimals = usize::try_from(i32::try_from(precision).unwrap_or(0) - 1 - power).unwrap_or(0);
    trim(&format!("{number:.decimals$}"))
}

/// Reads a specification behind `%`; answers it, the letter, and how many characters it took. A star
/// takes its number from `star`.
pub fn spec(chars: &[char], star: &mut dyn FnMut() -> i64) -> Option<(Spec, char, usize)> {
    let mut spec = Spec::default();
    let mut at = 0;
    while let Some(c) = chars.get(at) {
        match c {
            '-' => spec.left = true,
            '0' => spec.zero = true,
            '+' => spec.plus = true,
            ' ' => spec.space = true,
            '#' => spec.alternate = true,
            '\'' => {}
            _ => break,
        }
        at += 1;
    }
    let number = |at: &mut usize, star: &mut dyn FnMut() -> i64| -> i64 {
        if chars.get(*at) == Some(&'*') {
            *at += 1;
            return star();
        }
        let mut value = 0_i64;
        while let Some(digit) = chars.get(*at).and_then(|c| c.to_digit(10)) {
            value = (value * 10 + i64::from(digit)).min(i64::from(i32::MAX));
            *at += 1;
        }
        value
    };
    let width = number(&mut at, star);
    spec.left |= width < 0;
    spec.width = usize::try_from(width.unsigned_abs()).unwrap_or(0).min(WIDTH_MAX);
    if chars.get(at) == Some(&'.') {
        at += 1;
        spec.precision = usize::try_from(number(&mut at, star)).ok();
    }
    while chars.get(at).is_some_and(|c| matches!(c, 'l' | 'h' | 'L' | 'q' | 'j' | 'z' | 't')) {
        // `%q` is a conversion, not a size.
        if chars[at] == 'q' {
            break;
        }
        at += 1;
    }
    let kind = *chars.get(at)?;
    Some((spec, kind, at + 1))
}

/// `printf` as the shell has it: the format is used again while there are arguments.
#[must_use]
pub fn printf(pattern: &str, args: &[String], now: Time) -> Made {
    let mut made = Made::default();
    let mut next = 0;
    loop {
        let before = next;
        let ended = once(pattern, args, &mut next, &mut made, now);
        if ended || next >= args.len() || next == before || made.bytes.len() > 8 << 20 {
            return made;
        }
    }
}

#[allow(clippy::too_many_lines, reason = "a table in all but form")]
fn once(pattern: &str, args: &[String], next: &mut usize, made: &mut Made, now: Time) -> bool {
    let chars: Vec<char> = pattern.chars().collect();
    let mut plain = String::new();
    let mut at = 0;
    while at < chars.len() {
        if chars[at] != '%' {
            plain.push(chars[at]);
            // A backslash takes the next along, so that `\%` does not begin a conversion.
            if chars[at] == '\\' && at + 1 < chars.len() {
                at += 1;
                plain.push(chars[at]);
            }
            at += 1;
            continue;
        }
        if chars.get(at + 1) == Some(&'%') {
            plain.push('%');
            at += 2;
            continue;
        }
        made.bytes.extend(escape::unescape(&std::mem::take(&mut plain), Style::Format).0);
        let mut taken = *next;
        let found = spec(&chars[at + 1..], &mut || {
            taken += 1;
            args.get(taken - 1).and_then(|arg| arg.parse().ok()).unwrap_or(0)
        });
        let Some((spec, kind, length)) = found else {
            made.complaints.push(format!(
                "`{}': missing format character",
                chars[at..].iter().collect::<String>()
            ));
            return true;
        };
        *next = taken;
        at += 1 + length;
        let arg = args.get(*next).cloned();
        *next += 1;
        let text = arg.clone().unwrap_or_default();
        match kind {
            's' => made.bytes.extend(spec.text(&text).into_bytes()),
            'b' => {
                let (bytes, ended) = escape::unescape(&text, Style::Echo);
                made.bytes.extend(spec.text(&String::from_utf8_lossy(&bytes)).into_bytes());
                if ended {
                    return true;
                }
            }
            'q' => {
                let quoted = if text.is_empty() { "''".into() } else { slashed(&text) };
                made.bytes.extend(spec.text(&quoted).into_bytes());
            }
            'c' => made
                .bytes
                .extend(spec.pad(&text.chars().take(1).collect::<String>(), false).into_bytes()),
            'd' | 'i' | 'u' | 'x' | 'X' | 'o' => {
                let value = integer(&text, made);
                made.bytes.extend(spec.integer(value, kind).into_bytes());
            }
            'e' | 'E' | 'f' | 'F' | 'g' | 'G' => {
                let value = text.trim().parse().unwrap_or_else(|_| {
                    if !text.is_empty() {
                        made.complaints.push(format!("{text}: invalid number"));
                    }
                    0.0
                });
                made.bytes.extend(spec.float(value, kind).into_bytes());
            }
            '(' => {
                let rest: String = chars[at..].iter().collect();
                let Some((pattern, _)) = rest.split_once(")T") else { return true };
                at += pattern.chars().count() + 2;
                let time = match text.parse::<i64>() {
                    Ok(secs) if secs >= 0 => Time(secs.saturating_mul(1000)),
                    _ => now,
                };
                made.bytes.extend(time.format(pattern).into_bytes());
            }
            other => {
                made.complaints.push(format!("`{other}': invalid format character"));
                return true;
            }
        }
    }
    made.bytes.extend(escape::unescape(&plain, Style::Format).0);
    false
}

/// `%q`
fn slashed(text: &str) -> String {
    if text.chars().any(char::is_control) {
        return escape::single(text);
    }
    let mut out = String::new();
    for c in text.chars() {
        if !c.is_alphanumeric() && !"_-./:=%+@".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

fn integer(text: &str, made: &mut Made) -> i64 {
    if let Some(quoted) = text.strip_prefix(['\'', '"']) {
        return quoted.chars().next().map_or(0, |c| i64::from(u32::from(c)));
    }
    let trimmed = text.trim();
    let (sign, digits) = match trimmed.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, trimmed.strip_prefix('+').unwrap_or(trimmed)),
    };
    let value = if let Some(hex) = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        i64::from_str_radix(hex, 16).ok()
    } else if digits.len() > 1 && digits.starts_with('0') {
        i64::from_str_radix(digits, 8).ok()
    } else {
        digits.parse().ok()
    };
    if let Some(value) = value {
        return sign * value;
    }
    if !text.is_empty() {
        made.complaints.push(format!("{text}: invalid number"));
    }
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    sign * digits[..end].parse().unwrap_or(0)
}
