//! Reading a command's options, by the rules of Hadoop's `CommandFormat`.

use std::collections::BTreeSet;

/// Arguments that make no sense.
#[derive(Debug)]
pub(super) struct Illegal(pub String);

/// The options that were given, and what follows them.
#[derive(Debug)]
pub(super) struct Options<'a> {
    given: BTreeSet<&'a str>,
    pub rest: &'a [String],
}

impl Options<'_> {
    /// Whether this option was given.
    pub(super) fn has(&self, name: &str) -> bool {
        self.given.contains(name)
    }
}

/// Reads options (known ones, without their dash) until the first word without a dash, `-` or `--`;
/// then at least `min` and at most `max` words must follow.
pub(super) fn read<'a>(
    args: &'a [String],
    min: usize,
    max: usize,
    known: &[&str],
) -> Result<Options<'a>, Illegal> {
    let mut given = BTreeSet::new();
    let mut at = 0;
    while let Some(word) = args.get(at) {
        if word == "--" {
            at += 1;
            break;
        }
        let Some(name) = word.strip_prefix('-').filter(|n| !n.is_empty()) else { break };
        if !known.contains(&name) {
            return Err(Illegal(format!("Illegal option {word}")));
        }
        given.insert(name);
        at += 1;
    }
    let rest = &args[at..];
    if rest.len() < min {
        return Err(Illegal(format!(
            "Not enough arguments: expected {min} but got {}",
            rest.len()
        )));
    }
    if rest.len() > max {
        return Err(Illegal(format!("Too many arguments: expected {max} but got {}", rest.len())));
    }
    Ok(Options { given, rest })
}

/// As many words as one likes.
pub(super) const ANY: usize = usize::MAX;
