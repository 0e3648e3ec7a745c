//! `--exclude` and `--include`: patterns over the full path, the last that matches wins.

/// Filters in the order they were given.
#[derive(Debug, Default)]
pub(super) struct Filter {
    /// Whether it includes, and the pattern seen from the source and from the destination.
    rules: Vec<(bool, String, String)>,
}

impl Filter {
    /// Rules from the options in order; patterns are relative to the roots.
    pub(super) fn new(ordered: &[(String, Vec<String>)], src_root: &str, dest_root: &str) -> Self {
        let rules = ordered.iter().filter_map(|(name, values)| {
            let include = match name.as_str() {
                "--include" => true,
                "--exclude" => false,
                _ => return None,
            };
            let pattern = values.first()?;
            Some((include, below(src_root, pattern), below(dest_root, pattern)))
        });
        Self { rules: rules.collect() }
    }

    /// Whether this path takes part.
    pub(super) fn takes(&self, path: &str) -> bool {
        let mut taken = true;
        for (include, source, destination) in &self.rules {
            if matches(source, path) || matches(destination, path) {
                taken = *include;
            }
        }
        taken
    }
}

fn below(root: &str, pattern: &str) -> String {
    if pattern.starts_with('/') {
        pattern.into()
    } else if root.ends_with('/') {
        format!("{root}{pattern}")
    } else {
        format!("{root}/{pattern}")
    }
}

/// Shell patterns in which `*` also runs over slashes: `*`, `?`, `[abc]`, `[!a-c]`.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let (p, t): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut i, mut j) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while j < t.len() {
        if p.get(i) == Some(&'*') {
            star = Some((i + 1, j));
            i += 1;
        } else if let Some(width) = one(&p[i..], t[j]) {
            i += width;
            j += 1;
        } else if let Some((after, mark)) = star {
            i = after;
            j = mark + 1;
            star = Some((after, mark + 1));
        } else {
            return false;
        }
    }
    p[i..].iter().all(|c| *c == '*')
}

/// How many characters of the pattern match this one character.
fn one(pattern: &[char], c: char) -> Option<usize> {
    match pattern.first()? {
        '?' => Some(1),
        '[' => match set(pattern) {
            Some((body, width)) => {
                let (negated, body) = match body.split_first() {
                    Some(('!', rest)) => (true, rest),
                    _ => (false, body),
                };
                (in_set(body, c) != negated).then_some(width)
            }
            None => (c == '[').then_some(1),
        },
        literal => (*literal == c).then_some(1),
    }
}

/// What stands between the brackets, and how long the whole is.
fn set(pattern: &[char]) -> Option<(&[char], usize)> {
    let first = if pattern.get(1) == Some(&'!') { 3 } else { 2 };
    let close = pattern.iter().skip(first).position(|c| *c == ']')? + first;
    Some((&pattern[1..close], close + 1))
}

fn in_set(body: &[char], c: char) -> bool {
    let mut i = 0;
    while i < body.len() {
        if i + 2 < body.len() && body[i + 1] == '-' {
            if (body[i]..=body[i + 2]).contains(&c) {
                return true;
            }
            i += 3;
        } else {
            if body[i] == c {
                return true;
            }
            i += 1;
        }
    }
    false
}
