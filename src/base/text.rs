//! Small helpers for text that more than one layer prints.

use std::time::Duration;

/// `1 bucket`, `2 buckets`: a count with its noun.
#[must_use]
pub fn plural(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// Whether a letter moves or hides its neighbours when it is shown.
#[must_use]
pub fn unseemly(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}')
}

/// The known word nearest to a mistyped one, when it is near enough to be what was meant.
#[must_use]
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (word.chars().count() / 3).max(1);
    known
        .into_iter()
        .map(|k| (distance(word, k), k))
        .filter(|(d, _)| *d <= limit)
        .min_by_key(|(d, _)| *d)
        .map(|(_, k)| k)
}

/// Edits (insert, delete, replace, swap of neighbours) that turn `a` into `b`.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let width = b.len() + 1;
    let mut grid = vec![0; (a.len() + 1) * width];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            grid[i * width + j] = if i == 0 || j == 0 {
                i + j
            } else {
                let change = usize::from(a[i - 1] != b[j - 1]);
                let mut best = (grid[(i - 1) * width + j] + 1)
                    .min(grid[i * width + j - 1] + 1)
                    .min(grid[(i - 1) * width + j - 1] + change);
                if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    best = best.min(grid[(i - 2) * width + j - 2] + 1);
                }
                best
            };
        }
    }
    grid[a.len() * width + b.len()]
}

/// A span for people: `10 min 30 s`, `2 h`, `45 s`.
#[must_use]
pub fn span(span: Duration) -> String {
    let secs = span.as_secs();
    let parts =
        [(secs / 86_400, "d"), (secs / 3600 % 24, "h"), (secs / 60 % 60, "min"), (secs % 60, "s")];
    let shown: Vec<String> =
        parts.iter().filter(|(n, _)| *n > 0).take(2).map(|(n, u)| format!("{n} {u}")).collect();
    if shown.is_empty() { "0 s".into() } else { shown.join(" ") }
}

/// Whether `text` matches a pattern of `*` (any run) and `?` (any one character).
#[must_use]
pub fn wildcard(pattern: &str, text: &str) -> bool {
    let (p, t): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut i, mut j, mut star, mut mark) = (0, 0, None, 0);
    while j < t.len() {
        if i < p.len() && (p[i] == '?' || p[i] == t[j]) && p[i] != '*' {
            i += 1;
            j += 1;
        } else if i < p.len() && p[i] == '*' {
            star = Some(i);
            mark = j;
            i += 1;
        } else if let Some(s) = star {
            i = s + 1;
            mark += 1;
            j = mark;
        } else {
            return false;
        }
    }
    p[i..].iter().all(|c| *c == '*')
}

/// A count of bytes as Hadoop's `StringUtils.TraditionalBinaryPrefix` spells it: `300 M`, `1.5 K`
/// with an empty unit, `50 GB`, `48.83 GB` with the unit `B`. Exact multiples have no decimals.
#[must_use]
pub fn binary_prefix(bytes: u64, unit: &str, decimals: u32) -> String {
    const SYMBOLS: [&str; 6] = ["K", "M", "G", "T", "P", "E"];
    if bytes < 1024 {
        return if unit.is_empty() { bytes.to_string() } else { format!("{bytes} {unit}") };
    }
    let mut power = (bytes.ilog2() / 10) as usize;
    let scale = 10_u128.pow(decimals);
    let rounded = |power: usize| {
        let size = 1_u128 << (10 * power);
        (u128::from(bytes) * scale * 2 + size) / (2 * size)
    };
    if rounded(power) >= 1024 * scale && power < SYMBOLS.len() {
        power += 1;
    }
    let symbol = SYMBOLS[power - 1];
    if bytes.trailing_zeros() as usize >= 10 * power {
        return format!("{} {symbol}{unit}", bytes >> (10 * power));
    }
    let (whole, part) = (rounded(power) / scale, rounded(power) % scale);
    let point = if decimals == 0 {
        String::new()
    } else {
        format!(".{part:0>width$}", width = decimals as usize)
    };
    format!("{whole}{point} {symbol}{unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_meant() {
        let verbs = ["describe", "delete", "list"];
        assert_eq!(nearest("decsribe", verbs), Some("describe"));
        assert_eq!(nearest("lst", verbs), Some("list"));
        assert_eq!(nearest("frobnicate", verbs), None);
    }

    #[test]
    fn wildcards_match_runs_and_single_characters() {
        let check = |p: &str, t: &str, want: bool| assert_eq!(wildcard(p, t), want, "{p} {t}");
        check("s3:Get*", "s3:GetObject", true);
        check("s3:Get*", "s3:PutObject", false);
        check("*", "", true);
        check("a?c", "abc", true);
        check("a?c", "ac", false);
        check("a*b*c", "a-b-b-c", true);
        check("", "x", false);
    }

    #[test]
    fn sizes_are_spelled_as_hadoop_does() {
        let check = |n: u64, unit: &str, decimals: u32, want: &str| {
            assert_eq!(binary_prefix(n, unit, decimals), want);
        };
        check(0, "", 1, "0");
        check(0, "B", 2, "0 B");
        check(1023, "", 1, "1023");
        check(1024, "", 1, "1 K");
        check(1536, "", 1, "1.5 K");
        check(314_572_800, "", 1, "300 M");
        check(1_048_575, "", 1, "1.0 M");
        check(53_687_091_200, "B", 2, "50 GB");
        check(52_428_800_001, "B", 2, "48.83 GB");
        check(u64::MAX, "B", 2, "16.00 EB");
    }
}
