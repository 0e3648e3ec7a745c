//! Matching: all states are tried, each once at each place, and the longest match is kept.

use super::{Found, Regex, Step};

/// Steps of one attempt where back-references forbid to remember states.
const STEPS_MAX: usize = 1_000_000;

pub(super) fn find(regex: &Regex, text: &str, from: usize) -> Option<Found> {
    let first = match regex.steps.get(1) {
        Some(Step::Char(c)) if !regex.fold => Some(*c),
        _ => None,
    };
    let mut start = from;
    while start <= text.len() {
        let here = text[start..].chars().next();
        if (first.is_none() || first == here)
            && let Some(found) = at(regex, text, start)
        {
            return Some(found);
        }
        start += here.map_or(1, char::len_utf8);
    }
    None
}

fn is_word(c: Option<char>) -> bool {
    c.is_some_and(|c| c.is_alphanumeric() || c == '_')
}

fn folded(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

#[allow(clippy::too_many_lines, reason = "a table in all but form")]
fn at(regex: &Regex, text: &str, start: usize) -> Option<Found> {
    let width = text.len() - start + 1;
    let mut seen = if regex.backs {
        Vec::new()
    } else {
        vec![0_u64; (regex.steps.len() * width).div_ceil(64)]
    };
    let mut best: Option<Vec<Option<usize>>> = None;
    let mut waiting = vec![(0, start, vec![None; 2 * regex.groups])];
    let mut count = 0;
    while let Some((mut step, mut place, mut saved)) = waiting.pop() {
        loop {
            count += 1;
            if regex.backs {
                if count > STEPS_MAX {
                    waiting.clear();
                    break;
                }
            } else {
                let bit = step * width + place - start;
                if seen[bit / 64] & (1 << (bit % 64)) != 0 {
                    break;
                }
                seen[bit / 64] |= 1 << (bit % 64);
            }
            let next = text[place..].chars().next();
            let before = || text[..place].chars().next_back();
            let goes = match &regex.steps[step] {
                Step::Char(c) => {
                    let same = |n: char| n == *c || (regex.fold && folded(n) == folded(*c));
                    next.filter(|n| same(*n)).map(char::len_utf8)
                }
                Step::Any => next.map(char::len_utf8),
                Step::Set { not, ranges, classes } => next
                    .filter(|n| {
                        let has = |n: char| {
                            ranges.iter().any(|(a, b)| *a <= n && n <= *b)
                                || classes.iter().any(|f| f(&n))
                        };
                        let other = if n.is_lowercase() {
                            n.to_uppercase().next().unwrap_or(*n)
                        } else {
                            folded(*n)
                        };
                        (has(*n) || (regex.fold && has(other))) != *not
                    })
                    .map(char::len_utf8),
                Step::Split(a, b) => {
                    waiting.push((*b, place, saved.clone()));
                    step = *a;
                    continue;
                }
                Step::Jump(to) => {
                    step = *to;
                    continue;
                }
                Step::Save(slot) => {
                    saved[*slot] = Some(place);
                    Some(0)
                }
                Step::Start => (place == 0).then_some(0),
                Step::End => (place == text.len()).then_some(0),
                Step::Word { at } => ((is_word(before()) != is_word(next)) == *at).then_some(0),
                Step::WordStart => (!is_word(before()) && is_word(next)).then_some(0),
                Step::WordEnd => (is_word(before()) && !is_word(next)).then_some(0),
                Step::Back(n) => match (saved[2 * n], saved[2 * n + 1]) {
                    (Some(a), Some(b)) if text[place..].starts_with(&text[a..b]) => Some(b - a),
                    _ => None,
                },
                Step::Match => {
                    if best.as_ref().is_none_or(|best| best[1] < saved[1]) {
                        best = Some(saved.clone());
                    }
                    None
                }
            };
            let Some(width) = goes else { break };
            place += width;
            step += 1;
        }
    }
    let best = best?;
    Some(best.chunks(2).map(|pair| pair[0].zip(pair[1])).collect())
}
