//! `.dockerignore`: which files of a context folder stay at home.
//!
//! Source: the reference documentation of `.dockerignore` and, where that is silent, the answers of
//! the reference client: Go's `filepath.Match` with `**` for any number of folders; a later line
//! wins; `!` takes files back in.

use regex_lite::Regex;

/// The patterns of a `.dockerignore` file, in order.
#[derive(Clone, Debug, Default)]
pub struct Ignore {
    patterns: Vec<Pattern>,
}

#[derive(Clone, Debug)]
struct Pattern {
    /// Cleaned, without the `!`.
    text: String,
    /// Whether it takes files back in.
    exception: bool,
    matches: Matches,
}

#[derive(Clone, Debug)]
enum Matches {
    Exactly,
    /// `**` in front of plain text.
    End(String),
    /// Plain text in front of `**`.
    Start(String),
    Like(Regex),
}

/// Which patterns a folder's path matched; its files inherit that.
pub(super) type Inherited = Vec<bool>;

impl Ignore {
    /// Reads the file's text.
    ///
    /// # Errors
    /// The client's words for a pattern that cannot be read.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut ignore = Self::default();
        for line in text.trim_start_matches('\u{feff}').lines() {
            // Only a `#` in the first column makes a comment.
            if !line.starts_with('#') {
                ignore.add(line)?;
            }
        }
        Ok(ignore)
    }

    /// Adds one line at the end.
    ///
    /// # Errors
    /// As [`Ignore::parse`].
    pub fn add(&mut self, line: &str) -> Result<(), String> {
        let line = line.trim();
        let (exception, path) = match line.strip_prefix('!') {
            Some(rest) => (true, rest.trim()),
            None => (false, line),
        };
        if path.is_empty() {
            let wrong = Err("illegal exclusion pattern: \"!\"".to_owned());
            return if exception { wrong } else { Ok(()) };
        }
        let clean = clean(path);
        let text = match clean.strip_prefix('/') {
            Some(below) if !below.is_empty() => below.to_owned(),
            _ => clean,
        };
        let matches = matches(&text)?;
        self.patterns.push(Pattern { text, exception, matches });
        Ok(())
    }

    /// Whether this path (with `/` between, relative to the context) stays out, and which patterns
    /// it matched, for what lies below it. `above` is the answer for its folder.
    #[must_use]
    pub fn excludes(&self, path: &str, above: Option<&Inherited>) -> (bool, Inherited) {
        let mut out = false;
        let mut matched = vec![false; self.patterns.len()];
        for (at, pattern) in self.patterns.iter().enumerate() {
            let inherited = above.is_some_and(|a| a[at]);
            if !inherited && pattern.exception != out {
                continue;
            }
            matched[at] = inherited || pattern.matches(path);
            if matched[at] {
                out = !pattern.exception;
            }
        }
        (out, matched)
    }

    /// [`Ignore::excludes`] for a path whose folders have not been asked about.
    #[must_use]
    pub fn excludes_deep(&self, path: &str) -> bool {
        let mut above = None;
        for (end, _) in path.match_indices('/') {
            above = Some(self.excludes(&path[..end], above.as_ref()).1);
        }
        self.excludes(path, above.as_ref()).0
    }

    /// A name in the folder itself that stays out, and everything below it; none of those `taken`,
    /// which are sent in any case.
    #[must_use]
    pub fn unseen(&self, taken: &[&str]) -> Option<String> {
        let names = self.patterns.iter().filter(|p| !p.exception).map(|p| {
            let text = p.text.trim_start_matches("**/");
            text.replace(['*', '?'], "x")
        });
        let mut fit = names.filter(|name| {
            !name.contains(['/', '[', '\\'])
                && !taken.contains(&name.as_str())
                && self.excludes_deep(name)
                && !self.reaches_below(name)
        });
        fit.next()
    }

    /// Whether a pattern may take something below this excluded folder back in.
    #[must_use]
    pub fn reaches_below(&self, folder: &str) -> bool {
        let below = format!("{folder}/");
        let reaches = |p: &Pattern| p.exception && format!("{}/", p.text).starts_with(&below);
        self.patterns.iter().any(reaches)
    }
}

impl Pattern {
    fn matches(&self, path: &str) -> bool {
        match &self.matches {
            Matches::Exactly => path == self.text,
            Matches::Start(start) => path.starts_with(start),
            Matches::End(end) => path.ends_with(end) || end.strip_prefix('/') == Some(path),
            Matches::Like(regex) => regex.is_match(path),
        }
    }
}

/// The shortest path of the same meaning: no `.`, `..` only in front, single slashes.
///
/// Source: Go's `path.Clean`.
#[must_use]
pub fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            ".." if rooted => {}
            part => parts.push(part),
        }
    }
    match (rooted, parts.is_empty()) {
        (true, _) => format!("/{}", parts.join("/")),
        (false, true) => ".".to_owned(),
        (false, false) => parts.join("/"),
    }
}

fn matches(pattern: &str) -> Result<Matches, String> {
    let special = |text: &str| text.contains(['*', '?', '[', ']', '\\']);
    if let Some(end) = pattern.strip_prefix("**")
        && !special(end)
    {
        return Ok(Matches::End(end.to_owned()));
    }
    if let Some(start) = pattern.strip_suffix("**")
        && !special(start)
    {
        return Ok(Matches::Start(start.to_owned()));
    }
    if !special(pattern) {
        return Ok(Matches::Exactly);
    }
    let regex = expression(pattern).and_then(|text| Regex::new(&text).ok());
    regex.map(Matches::Like).ok_or_else(|| "syntax error in pattern".to_owned())
}

/// The pattern as a regular expression; nothing for one that ends in the middle of something.
fn expression(pattern: &str) -> Option<String> {
    let mut out = String::from("^");
    let mut rest = pattern.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '*' if rest.next_if_eq(&'*').is_some() => {
                let _ = rest.next_if_eq(&'/');
                // At the end it takes everything; in the middle, any folders or none.
                out.push_str(if rest.peek().is_none() { ".*" } else { "(.*/)?" });
            }
            '*' => out.push_str("[^/]*"),
            '?' => out.push_str("[^/]"),
            '\\' => out.push_str(&regex_lite::escape(&rest.next()?.to_string())),
            '[' => class(&mut out, &mut rest)?,
            c => out.push_str(&regex_lite::escape(&c.to_string())),
        }
    }
    out.push('$');
    Some(out)
}

/// `[a-z]`, `[^a-z]`; the `[` is read already.
fn class(out: &mut String, rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<()> {
    out.push('[');
    if rest.next_if_eq(&'^').is_some() {
        out.push('^');
    }
    let mut empty = true;
    loop {
        match rest.next()? {
            ']' if empty => return None,
            ']' => break,
            '-' if !empty => out.push('-'),
            c => {
                let c = if c == '\\' { rest.next()? } else { c };
                if !c.is_alphanumeric() {
                    out.push('\\');
                }
                out.push(c);
            }
        }
        empty = false;
    }
    out.push(']');
    Some(())
}
