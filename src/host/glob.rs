//! Patterns of the shell: `*`, `?`, `[…]`.

/// A character, and whether it stands for itself.
pub type Ch = (char, bool);

/// What one element of a pattern takes.
enum One {
    Any,
    Star,
    Char(char),
    Set { not: bool, ranges: Vec<(char, char)>, classes: Vec<fn(&char) -> bool> },
}

/// A named class such as `alpha`.
#[must_use]
pub fn class(name: &str) -> Option<fn(&char) -> bool> {
    Some(match name {
        "alpha" => |c: &char| c.is_alphabetic(),
        "digit" => char::is_ascii_digit,
        "alnum" => |c: &char| c.is_alphanumeric(),
        "upper" => |c: &char| c.is_uppercase(),
        "lower" => |c: &char| c.is_lowercase(),
        "space" => |c: &char| matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{b}' | '\u{c}'),
        "blank" => |c: &char| matches!(c, ' ' | '\t'),
        "punct" => char::is_ascii_punctuation,
        "xdigit" => char::is_ascii_hexdigit,
        "cntrl" => |c: &char| c.is_control(),
        "print" => |c: &char| !c.is_control(),
        "graph" => |c: &char| !c.is_control() && !c.is_whitespace(),
        _ => return None,
    })
}

fn compile(pattern: &[Ch]) -> Vec<One> {
    let mut all = Vec::new();
    let mut at = 0;
    while at < pattern.len() {
        let (c, quoted) = pattern[at];
        at += 1;
        all.push(match c {
            _ if quoted => One::Char(c),
            '*' => One::Star,
            '?' => One::Any,
            '[' => match set(pattern, at) {
                Some((set, next)) => {
                    at = next;
                    set
                }
                None => One::Char('['),
            },
            '\\' if at < pattern.len() => {
                at += 1;
                One::Char(pattern[at - 1].0)
            }
            c => One::Char(c),
        });
    }
    all
}

fn set(pattern: &[Ch], start: usize) -> Option<(One, usize)> {
    let mut at = start;
    let not = matches!(pattern.get(at), Some(('!' | '^', false)));
    at += usize::from(not);
    let (mut ranges, mut classes) = (Vec::new(), Vec::new());
    let first = at;
    loop {
        let (c, quoted) = *pattern.get(at)?;
        if c == ']' && !quoted && at > first {
            return Some((One::Set { not, ranges, classes }, at + 1));
        }
        if c == '[' && !quoted && pattern.get(at + 1).is_some_and(|p| p.0 == ':') {
            let rest: String = pattern[at + 2..].iter().map(|p| p.0).collect();
            if let Some((name, _)) = rest.split_once(":]")
                && let Some(class) = class(name)
            {
                classes.push(class);
                at += 4 + name.chars().count();
                continue;
            }
        }
        let range = pattern.get(at + 1).is_some_and(|p| *p == ('-', false))
            && pattern.get(at + 2).is_some_and(|p| p.0 != ']' || p.1);
        if range {
            ranges.push((c, pattern[at + 2].0));
            at += 3;
        } else {
            ranges.push((c, c));
            at += 1;
        }
    }
}

fn takes(one: &One, c: char) -> bool {
    match one {
        One::Any | One::Star => true,
        One::Char(wanted) => *wanted == c,
        One::Set { not, ranges, classes } => {
            let inside =
                ranges.iter().any(|(a, b)| *a <= c && c <= *b) || classes.iter().any(|f| f(&c));
            inside != *not
        }
    }
}

/// Whether all of the text matches.
#[must_use]
pub fn matches(pattern: &[Ch], text: &str) -> bool {
    let pattern = compile(pattern);
    let text: Vec<char> = text.chars().collect();
    run(&pattern, &text)
}

fn run(pattern: &[One], text: &[char]) -> bool {
    let (mut p, mut t, mut star) = (0, 0, None);
    while t < text.len() {
        if matches!(pattern.get(p), Some(One::Star)) {
            star = Some((p, t));
            p += 1;
        } else if pattern.get(p).is_some_and(|one| takes(one, text[t])) {
            p += 1;
            t += 1;
        } else if let Some((at, from)) = star {
            p = at + 1;
            t = from + 1;
            star = Some((at, t));
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|one| matches!(one, One::Star))
}

/// Whether there is anything in it that does not stand for itself.
#[must_use]
pub fn is_pattern(pattern: &[Ch]) -> bool {
    pattern.iter().any(|(c, quoted)| !quoted && matches!(c, '*' | '?' | '['))
}

/// A pattern from plain text, in which a backslash quotes.
#[must_use]
pub fn parse(text: &str) -> Vec<Ch> {
    let mut all = Vec::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c == '\\' {
            all.push((chars.next().unwrap_or('\\'), true));
        } else {
            all.push((c, false));
        }
    }
    all
}

/// The part at the text's start (or end) that matches, the longest or the shortest: how many
/// characters.
#[must_use]
pub fn part(pattern: &[Ch], text: &[char], suffix: bool, longest: bool) -> Option<usize> {
    let pattern = compile(pattern);
    let mut lengths: Vec<usize> = (0..=text.len()).collect();
    if longest {
        lengths.reverse();
    }
    lengths
        .into_iter()
        .find(|n| run(&pattern, if suffix { &text[text.len() - n..] } else { &text[..*n] }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        let check = |pattern: &str, text: &str, want: bool| {
            assert_eq!(matches(&parse(pattern), text), want, "{pattern} {text}");
        };
        check("*.txt", "a.txt", true);
        check("*.txt", "a.txt~", false);
        check("[a-c]?", "bx", true);
        check("[!a-c]?", "bx", false);
        check("[[:digit:]]*", "7up", true);
        check("[]x]", "]", true);
        check("a[", "a[", true);
        check(r"\*", "*", true);
        check(r"\*", "a", false);
        check("*a*b*c", "xaybzc", true);
    }
}
