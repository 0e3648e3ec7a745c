//! `{a,b}` and `{1..5}`.

use super::ast::{Part, Word};

/// `a{b,c}d` and `{1..5}`: the words that a word stands for.
pub(super) fn braces(word: &Word) -> Vec<Word> {
    for (n, part) in word.0.iter().enumerate() {
        let Part::Plain(text) = part else { continue };
        let Some(open) = text.find('{') else { continue };
        let Some((inside, rest)) = closing(&text[open + 1..]) else { continue };
        let Some(choices) = choices(inside) else { continue };
        let mut all = Vec::new();
        for choice in choices {
            let mut parts = word.0[..n].to_vec();
            let text = format!("{}{choice}{rest}", &text[..open]);
            parts.push(Part::Plain(text));
            parts.extend(word.0[n + 1..].iter().cloned());
            if all.len() > 10_000 {
                break;
            }
            all.extend(braces(&Word(parts)));
        }
        return all;
    }
    vec![word.clone()]
}

fn closing(text: &str) -> Option<(&str, &str)> {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => return Some((&text[..at], &text[at + 1..])),
            '}' => depth -= 1,
            _ => {}
        }
    }
    None
}

fn choices(inside: &str) -> Option<Vec<String>> {
    if let Some((from, to)) = inside.split_once("..") {
        let (to, step) =
            to.split_once("..").map_or((to, 1), |(to, step)| (to, step.parse().unwrap_or(1)));
        return range(from, to, step);
    }
    let mut depth = 0;
    let mut all = vec![String::new()];
    for c in inside.chars() {
        match c {
            ',' if depth == 0 => all.push(String::new()),
            c => {
                depth += i32::from(c == '{') - i32::from(c == '}');
                if let Some(last) = all.last_mut() {
                    last.push(c);
                }
            }
        }
    }
    (all.len() > 1).then_some(all)
}

fn range(from: &str, to: &str, step: i64) -> Option<Vec<String>> {
    let step = step.abs().max(1);
    let run = |a: i64, b: i64| -> Vec<i64> {
        let count = ((a - b).abs() / step).min(100_000);
        (0..=count).map(|n| if a <= b { a + n * step } else { a - n * step }).collect()
    };
    if let (Ok(a), Ok(b)) = (from.parse::<i64>(), to.parse::<i64>()) {
        let padded = |text: &str| text.trim_start_matches('-').starts_with('0') && text.len() > 1;
        let width = if padded(from) || padded(to) { from.len().max(to.len()) } else { 0 };
        return Some(run(a, b).into_iter().map(|n| format!("{n:0width$}")).collect());
    }
    let (mut a, mut b) = (from.chars(), to.chars());
    let (Some(first), None, Some(last), None) = (a.next(), a.next(), b.next(), b.next()) else {
        return None;
    };
    if !first.is_ascii_alphabetic() || !last.is_ascii_alphabetic() {
        return None;
    }
    let code = |c: char| i64::from(u32::from(c));
    run(code(first), code(last))
        .into_iter()
        .map(|n| u32::try_from(n).ok().and_then(char::from_u32).map(String::from))
        .collect()
}
