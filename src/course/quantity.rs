//! Numbers with a unit behind them, as people type them: `346 bytes`, `44 MB`, `5 min 28 s`.

use super::observe::{Num, number_in};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Size,
    Time,
}

/// A unit: its names in small letters, and how many bytes or seconds it is. What a megabyte is hangs
/// on whom one asks: for disks and networks it is decimal, for Hadoop and memory binary.
struct Unit {
    names: &'static [&'static str],
    kind: Kind,
    decimal: f64,
    binary: f64,
}

impl Unit {
    fn factor(&self, binary: bool) -> f64 {
        if binary { self.binary } else { self.decimal }
    }
}

const fn unit(kind: Kind, factor: f64, names: &'static [&'static str]) -> Unit {
    Unit { names, kind, decimal: factor, binary: factor }
}

const fn either(decimal: f64, binary: f64, names: &'static [&'static str]) -> Unit {
    Unit { names, kind: Kind::Size, decimal, binary }
}

const KIB: f64 = 1024.0;
const MIB: f64 = 1024.0 * KIB;
const GIB: f64 = 1024.0 * MIB;
const TIB: f64 = 1024.0 * GIB;

static UNITS: &[Unit] = &[
    unit(Kind::Size, 1.0, &["bytes", "byte", "b"]),
    either(1e3, KIB, &["kb", "kilobytes", "kilobyte", "k"]),
    either(1e6, MIB, &["mb", "megabytes", "megabyte", "m"]),
    either(1e9, GIB, &["gb", "gigabytes", "gigabyte", "g"]),
    either(1e12, TIB, &["tb", "terabytes", "terabyte", "t"]),
    unit(Kind::Size, KIB, &["kib", "ki"]),
    unit(Kind::Size, MIB, &["mib", "mi"]),
    unit(Kind::Size, GIB, &["gib", "gi"]),
    unit(Kind::Size, TIB, &["tib", "ti"]),
    unit(Kind::Time, 0.001, &["ms", "msec", "milliseconds", "millisecond"]),
    unit(Kind::Time, 1.0, &["s", "sec", "secs", "seconds", "second"]),
    unit(Kind::Time, 60.0, &["min", "mins", "minutes", "minute", "m"]),
    unit(Kind::Time, 3600.0, &["h", "hours", "hour", "hr"]),
    unit(Kind::Time, 86_400.0, &["d", "days", "day"]),
];

/// Whether `given` is the number `right`, with its unit or with a word of the question behind it.
/// `unit` is that of the answer; unless said, it is one that the question names. Another unit of the
/// same kind is converted: `5 min 28 s` are 328 seconds.
pub(super) fn equal(given: &str, right: &str, question: &str, unit: Option<&str>) -> bool {
    let Some(parts) = parts(given) else { return false };
    let Some(right) = number_in(right).map(real) else {
        // The right answer may be written with units itself.
        return self::parts(right).is_some_and(|right| same_quantity(&parts, &right));
    };
    // A single letter of a question is hardly a unit (`the container's`).
    let asked: Vec<String> = question
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| w.len() > 1)
        .map(str::to_lowercase)
        .collect();
    let home = match unit {
        Some(unit) => named(&unit.to_lowercase()).next(),
        None => asked.iter().find_map(|word| named(word).next()),
    };
    if let Some(home) = home
        && parts.iter().all(|(_, word)| named(word).any(|unit| unit.kind == home.kind))
    {
        let meant = |binary| {
            let given = sum(&parts, home.kind, binary);
            given.is_some_and(|given| near(given, right * home.factor(binary)))
        };
        return meant(false) || meant(true);
    }
    // `3 containers`, where the question speaks of containers.
    match &parts[..] {
        [(number, word)] => near(*number, right) && asked.iter().any(|w| stem(w) == stem(word)),
        _ => false,
    }
}

/// Both have units of one kind, and are the same amount.
fn same_quantity(a: &[(f64, String)], b: &[(f64, String)]) -> bool {
    [(Kind::Size, false), (Kind::Size, true), (Kind::Time, false)].into_iter().any(
        |(kind, binary)| {
            let amounts = sum(a, kind, binary).zip(sum(b, kind, binary));
            amounts.is_some_and(|(a, b)| near(a, b))
        },
    )
}

fn named(word: &str) -> impl Iterator<Item = &'static Unit> {
    UNITS.iter().filter(move |unit| unit.names.contains(&word))
}

/// The whole amount, if all units are of this kind.
fn sum(parts: &[(f64, String)], kind: Kind, binary: bool) -> Option<f64> {
    let of = |(number, word): &(f64, String)| {
        named(word).find(|unit| unit.kind == kind).map(|unit| number * unit.factor(binary))
    };
    parts.iter().map(of).sum()
}

/// Numbers, each with the word behind it in small letters; `None` where anything else stands there.
fn parts(text: &str) -> Option<Vec<(f64, String)>> {
    let mut found = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let number;
        (number, rest) = number_at(rest)?;
        let end = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
        let word = rest[..end].to_lowercase();
        if word.is_empty() {
            return None;
        }
        found.push((real(number), word));
        rest = rest[end..].trim_start_matches(|c: char| c.is_whitespace() || ",.".contains(c));
        rest = rest.strip_prefix("and ").unwrap_or(rest);
    }
    (!found.is_empty()).then_some(found)
}

/// The number in front, in figures or, when it is small, in words, and what stands behind it.
fn number_at(text: &str) -> Option<(Num, &str)> {
    let end = text.find(|c: char| !(c.is_ascii_digit() || ".,+-".contains(c)))?;
    if end > 0 {
        return Some((number_in(text[..end].trim_end_matches(','))?, text[end..].trim_start()));
    }
    let (word, behind) = text.split_once(' ')?;
    let number = match word.to_lowercase().as_str() {
        "no" => Num::Whole(0),
        word => in_words(word)?,
    };
    Some((number, behind.trim_start()))
}

/// A small number in words.
pub(super) fn in_words(text: &str) -> Option<Num> {
    const WORDS: [&str; 13] = [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
        "eleven", "twelve",
    ];
    let at = WORDS.iter().position(|w| *w == text)?;
    i128::try_from(at).ok().map(Num::Whole)
}

/// A word without the end of its plural.
fn stem(word: &str) -> &str {
    word.strip_suffix('s').unwrap_or(word)
}

fn near(a: f64, b: f64) -> bool {
    // Fractions of a unit are not exact in binary.
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs())
}

#[expect(clippy::cast_precision_loss, reason = "no answer comes near 2^53")]
fn real(number: Num) -> f64 {
    match number {
        Num::Whole(n) => n as f64,
        Num::Real(f) => f,
    }
}
