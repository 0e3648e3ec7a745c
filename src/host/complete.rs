//! What a word that is being typed may become.

use crate::Host;
use crate::files::{EXECUTE, Kind, path};
use crate::process::{Kind as Runs, Pid};

/// Names that are offered at most.
const NAMES_MAX: usize = 200;

impl Host {
    /// What the last word of a line may be, in the shell of a process: commands where one stands, files
    /// elsewhere. Folders end with a slash.
    pub fn complete(&self, pid: Pid, line: &str) -> Vec<String> {
        let Some(process) = self.processes.get(&pid) else { return Vec::new() };
        let start = line.rfind([' ', '\t', ';', '|', '&', '<', '>', '(']).map_or(0, |at| at + 1);
        let (before, word) = line.split_at(start);
        let before = before.trim_end_matches([' ', '\t']);
        let first = before.is_empty()
            || before.ends_with([';', '|', '&', '('])
            || matches!(before.rsplit([' ', ';', '|']).next(), Some("sudo" | "which"));
        let mut found = if first && !word.contains('/') {
            self.commands_named(pid, word)
        } else {
            let (folder, name) = match word.rfind('/') {
                Some(at) => (&word[..=at], &word[at + 1..]),
                None => ("", word),
            };
            let home = self.user(&self.user_name(process.who.uid)).map(|user| user.home);
            let place = match (folder.strip_prefix("~/"), home) {
                (Some(rest), Some(home)) => format!("{home}/{rest}"),
                _ => folder.to_owned(),
            };
            let place = if place.is_empty() { ".".to_owned() } else { place };
            let place = path::absolute(&process.cwd, &place);
            let names = self.files.list(&process.who, &place).unwrap_or_default();
            let fitting = names.into_iter().filter(|known| {
                known.starts_with(name) && (!known.starts_with('.') || name.starts_with('.'))
            });
            fitting
                .map(|known| {
                    let node = self.files.look(&process.who, &path::child(&place, &known), true);
                    let folder_sign = if node.is_ok_and(|n| matches!(n.kind, Kind::Folder(_))) {
                        "/"
                    } else {
                        ""
                    };
                    format!("{folder}{known}{folder_sign}")
                })
                .collect()
        };
        found.sort();
        found.dedup();
        found.truncate(NAMES_MAX);
        found
    }

    fn commands_named(&self, pid: Pid, word: &str) -> Vec<String> {
        const BUILTINS: [&str; 12] = [
            "alias", "cd", "echo", "exit", "export", "history", "kill", "printf", "pwd", "source",
            "test", "type",
        ];
        let Some(process) = self.processes.get(&pid) else { return Vec::new() };
        let search = match &process.kind {
            Runs::Shell(shell) => shell.get("PATH").unwrap_or_default().to_owned(),
            _ => String::new(),
        };
        let mut found: Vec<String> = BUILTINS
            .iter()
            .filter(|name| name.starts_with(word))
            .map(|name| (*name).to_owned())
            .collect();
        for folder in search.split(':') {
            for name in self.files.list(&process.who, folder).unwrap_or_default() {
                if name.starts_with(word)
                    && self.files.allows(&process.who, &path::child(folder, &name), EXECUTE)
                {
                    found.push(name);
                }
            }
        }
        found
    }
}
