//! What `${NAME:1:2}` and `${NAME/a/b}` make of a value.

use super::ast::Replace;
use crate::glob::{self, Ch};

pub(super) fn slice(value: &str, offset: i64, length: Option<i64>) -> Result<String, String> {
    let chars: Vec<char> = value.chars().collect();
    let count = i64::try_from(chars.len()).unwrap_or(i64::MAX);
    let start = if offset < 0 { count + offset } else { offset };
    if start < 0 || start > count {
        return Ok(String::new());
    }
    let end = match length {
        None => count,
        Some(n) if n < 0 && count + n < start => {
            return Err(format!("{n}: substring expression < 0"));
        }
        Some(n) if n < 0 => count + n,
        Some(n) => start.saturating_add(n).min(count),
    };
    let (start, end) = (usize::try_from(start).unwrap_or(0), usize::try_from(end).unwrap_or(0));
    Ok(chars[start..end].iter().collect())
}

pub(super) fn replace(value: &str, how: Replace, pattern: &[Ch], with: &str) -> String {
    let chars: Vec<char> = value.chars().collect();
    match how {
        Replace::Start => match glob::part(pattern, &chars, false, true) {
            Some(n) => format!("{with}{}", chars[n..].iter().collect::<String>()),
            None => value.to_owned(),
        },
        Replace::End => match glob::part(pattern, &chars, true, true) {
            Some(n) => format!("{}{with}", chars[..chars.len() - n].iter().collect::<String>()),
            None => value.to_owned(),
        },
        Replace::First | Replace::All => {
            let mut out = String::new();
            let mut at = 0;
            while at < chars.len() {
                match glob::part(pattern, &chars[at..], false, true) {
                    Some(n) if n > 0 => {
                        out.push_str(with);
                        at += n;
                        if how == Replace::First {
                            break;
                        }
                    }
                    _ => {
                        out.push(chars[at]);
                        at += 1;
                    }
                }
            }
            out.extend(&chars[at..]);
            out
        }
    }
}
