//! Patterns that stand for files.

use crate::Host;
use crate::files::{Who, path};
use crate::glob::{self, Ch};

impl Host {
    /// The paths that match a pattern, in their order.
    pub(super) fn matching(&self, who: &Who, cwd: &str, pattern: &[Ch]) -> Vec<String> {
        let absolute = pattern.first().is_some_and(|(c, _)| *c == '/');
        let mut found = vec![if absolute { "/".to_owned() } else { String::new() }];
        let parts: Vec<&[Ch]> =
            pattern.split(|(c, _)| *c == '/').filter(|part| !part.is_empty()).collect();
        let only_folders = pattern.last().is_some_and(|(c, _)| *c == '/');
        for (n, part) in parts.iter().enumerate() {
            let last = n + 1 == parts.len();
            let mut next = Vec::new();
            for folder in &found {
                let here = path::absolute(cwd, if folder.is_empty() { "." } else { folder });
                let names = if glob::is_pattern(part) {
                    let hidden = part.first().is_some_and(|(c, _)| *c == '.');
                    let mut names = self.files.list(who, &here).unwrap_or_default();
                    names.retain(|name| {
                        (hidden || !name.starts_with('.')) && glob::matches(part, name)
                    });
                    names
                } else {
                    vec![part.iter().map(|(c, _)| *c).collect()]
                };
                for name in names {
                    let path = if folder.is_empty() { name } else { path::child(folder, &name) };
                    let full = path::absolute(cwd, &path);
                    if !last || only_folders {
                        if self.files.list(who, &full).is_ok() {
                            next.push(if last { format!("{path}/") } else { path });
                        }
                    } else if self.files.look(who, &full, false).is_ok() {
                        next.push(path);
                    }
                }
            }
            found = next;
        }
        found.sort();
        found
    }
}
