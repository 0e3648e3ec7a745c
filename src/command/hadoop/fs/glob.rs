//! Patterns in paths: `*`, `?`, `[a-c]`, `[^x]`, `{a,b}` and `\` before any of them.

use super::{Item, Shell, Trouble, join};
use crate::hadoop::client::split_scheme;

/// Whether an argument is a pattern.
pub(super) fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?', '[', '{', '\\'])
}

impl Shell<'_, '_> {
    /// Everything that a pattern matches, in order of the paths; each once.
    pub(super) fn matches(&self, given: &str) -> Result<Vec<Item>, Trouble> {
        let mut found: Vec<Item> = Vec::new();
        for pattern in braces(given) {
            let (scheme, rest) = split_scheme(&pattern).map_err(Trouble::Said)?;
            let rooted = rest.starts_with('/');
            let base = if rooted { "/" } else { "." };
            let mut items = vec![self.item(base)?];
            items[0].shown = match (rooted, scheme) {
                (true, "") => "/".into(),
                (true, scheme) => format!("{scheme}/"),
                (false, _) => ".".into(),
            };
            for part in rest.split('/').filter(|p| !p.is_empty() && *p != ".") {
                items = self.step(&items, part)?;
            }
            found.extend(items.into_iter().filter(|i| i.status.is_some()));
        }
        found.sort_by(|a, b| a.path.cmp(&b.path));
        found.dedup_by(|a, b| a.path == b.path);
        Ok(found)
    }

    fn step(&self, items: &[Item], part: &str) -> Result<Vec<Item>, Trouble> {
        let mut next = Vec::new();
        for item in items.iter().filter(|i| i.is_directory()) {
            if is_pattern(part) {
                let entries = self.children(item)?;
                next.extend(entries.into_iter().filter(|c| {
                    let name = c.status.as_ref().map_or("", |s| s.path_suffix.as_str());
                    matches(part, name)
                }));
            } else if part == ".." {
                let mut up = self.item(crate::hadoop::client::parent(&item.path))?;
                up.shown = item.child_name("..");
                next.push(up);
            } else {
                let path = join(&item.path, part);
                let status = self.client.status(&path)?;
                next.push(Item { shown: item.child_name(part), path, status });
            }
        }
        Ok(next)
    }
}

/// All texts that the outermost braces of a pattern stand for.
fn braces(pattern: &str) -> Vec<String> {
    let Some(open) = pattern.find('{') else { return vec![pattern.to_owned()] };
    let mut depth = 0;
    let (mut start, mut parts) = (open + 1, Vec::new());
    for (at, c) in pattern.char_indices().skip_while(|(at, _)| *at < open) {
        match c {
            '{' => depth += 1,
            ',' if depth == 1 => {
                parts.push(&pattern[start..at]);
                start = at + 1;
            }
            '}' => {
                depth -= 1;
                if depth == 0 {
                    parts.push(&pattern[start..at]);
                    let (head, tail) = (&pattern[..open], &pattern[at + 1..]);
                    return parts
                        .iter()
                        .flat_map(|part| braces(&format!("{head}{part}{tail}")))
                        .collect();
                }
            }
            _ => {}
        }
    }
    // An open brace that is never closed stands for itself.
    vec![pattern.to_owned()]
}

/// Whether one name matches a pattern without braces.
pub(super) fn matches(pattern: &str, name: &str) -> bool {
    let (p, n): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    let (mut i, mut j) = (0, 0);
    // Where to go on when a `*` must take one more character.
    let mut star: Option<(usize, usize)> = None;
    while j < n.len() {
        let step = match p.get(i) {
            Some('*') => {
                star = Some((i + 1, j));
                i += 1;
                continue;
            }
            Some(_) => one(&p, i, n[j]),
            None => None,
        };
        match (step, star) {
            (Some(after), _) => {
                i = after;
                j += 1;
            }
            (None, Some((after, taken))) => {
                i = after;
                j = taken + 1;
                star = Some((after, taken + 1));
            }
            (None, None) => return false,
        }
    }
    p[i..].iter().all(|c| *c == '*')
}

/// Where the pattern goes on when its element at `i` matches `c`.
fn one(p: &[char], i: usize, c: char) -> Option<usize> {
    match p[i] {
        '?' => Some(i + 1),
        '\\' if i + 1 < p.len() => (p[i + 1] == c).then_some(i + 2),
        '[' => {
            let end = (i + 2..p.len()).find(|e| p[*e] == ']')?;
            let negated = matches!(p[i + 1], '^' | '!');
            let set = &p[i + 1 + usize::from(negated)..end];
            let mut hit = false;
            let mut at = 0;
            while at < set.len() {
                if at + 2 < set.len() && set[at + 1] == '-' {
                    hit |= set[at] <= c && c <= set[at + 2];
                    at += 3;
                } else {
                    hit |= set[at] == c;
                    at += 1;
                }
            }
            (hit != negated).then_some(end + 1)
        }
        literal => (literal == c).then_some(i + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_in_hadoop() {
        let check = |p: &str, n: &str, want: bool| assert_eq!(matches(p, n), want, "{p} {n}");
        check("*", "", true);
        check("a*c", "abbc", true);
        check("a?c", "ac", false);
        check("part-[0-2]*", "part-1", true);
        check("part-[^0-2]", "part-1", false);
        check("[a", "[a", false);
        check("\\*", "*", true);
        check("\\*", "x", false);
    }

    #[test]
    fn braces_stand_for_each_of_their_parts() {
        assert_eq!(braces("/a/{b,c{1,2}}/d"), ["/a/b/d", "/a/c1/d", "/a/c2/d"]);
        assert_eq!(braces("x{y"), ["x{y"]);
    }
}
