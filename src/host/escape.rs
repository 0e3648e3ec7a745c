//! Backslash escapes, as `$'…'`, `echo -e` and `printf` know them, and quoting.

/// Where escapes stand: they differ in how octal numbers are written and what `\c` does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// `$'…'` and a format of `printf`: `\nnn`.
    Format,
    /// `echo -e` and `%b`: `\0nnn`, and `\c` ends all output.
    Echo,
}

/// The text of `$'…'`.
#[must_use]
pub fn ansi(text: &str) -> String {
    String::from_utf8_lossy(&unescape(text, Style::Format).0).into_owned()
}

fn number(chars: &[char], at: &mut usize, radix: u32, digits_max: usize) -> Option<u32> {
    let start = *at;
    let mut value = 0;
    while *at < chars.len() && *at - start < digits_max {
        let Some(digit) = chars[*at].to_digit(radix) else { break };
        value = value * radix + digit;
        *at += 1;
    }
    (*at > start).then_some(value)
}

/// The bytes that a text with escapes means, and whether `\c` ended it.
#[must_use]
pub fn unescape(text: &str, style: Style) -> (Vec<u8>, bool) {
    let chars: Vec<char> = text.chars().collect();
    let mut out = Vec::new();
    let put = |out: &mut Vec<u8>, c: char| {
        out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    };
    let mut at = 0;
    while at < chars.len() {
        let c = chars[at];
        at += 1;
        if c != '\\' || at == chars.len() {
            put(&mut out, c);
            continue;
        }
        let e = chars[at];
        at += 1;
        match e {
            'a' => out.push(7),
            'b' => out.push(8),
            'e' | 'E' => out.push(27),
            'f' => out.push(12),
            'n' => out.push(b'\n'),
            'r' => out.push(b'\r'),
            't' => out.push(b'\t'),
            'v' => out.push(11),
            '\\' => out.push(b'\\'),
            '\'' | '"' | '?' if style == Style::Format => put(&mut out, e),
            'c' if style == Style::Echo => return (out, true),
            '0' if style == Style::Echo => {
                let value = number(&chars, &mut at, 8, 3).unwrap_or(0);
                out.push(u8::try_from(value & 255).unwrap_or(0));
            }
            '0'..='7' if style == Style::Format => {
                at -= 1;
                let value = number(&chars, &mut at, 8, 3).unwrap_or(0);
                out.push(u8::try_from(value & 255).unwrap_or(0));
            }
            'x' => match number(&chars, &mut at, 16, 2) {
                Some(value) => out.push(u8::try_from(value).unwrap_or(0)),
                None => out.extend_from_slice(b"\\x"),
            },
            'u' | 'U' => {
                let digits = if e == 'u' { 4 } else { 8 };
                match number(&chars, &mut at, 16, digits).and_then(char::from_u32) {
                    Some(c) => put(&mut out, c),
                    None => put(&mut out, e),
                }
            }
            _ => {
                out.push(b'\\');
                put(&mut out, e);
            }
        }
    }
    (out, false)
}

/// A word as `set -x` and `printf %q`'s neighbours show it: quoted only where it has to be.
#[must_use]
pub fn shown(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "_-./:=,%+@^".contains(c);
    if !word.is_empty() && word.chars().all(plain) { word.to_owned() } else { single(word) }
}

/// Between single quotes.
#[must_use]
pub fn single(word: &str) -> String {
    if word.chars().any(char::is_control) {
        let mut text = String::from("$'");
        for c in word.chars() {
            match c {
                '\n' => text.push_str("\\n"),
                '\t' => text.push_str("\\t"),
                '\r' => text.push_str("\\r"),
                '\'' => text.push_str("\\'"),
                '\\' => text.push_str("\\\\"),
                '\u{1b}' => text.push_str("\\E"),
                c if c.is_control() => text.push_str(&format!("\\{:03o}", u32::from(c))),
                c => text.push(c),
            }
        }
        text.push('\'');
        return text;
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}
