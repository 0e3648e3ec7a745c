//! The Compose files that a command was given.

use std::fs;
use std::path::{Path, PathBuf};

use crate::composefile::{self, How, Loaded, Wrong};
use crate::cx::{Cx, Fail};
use command_line::flags::Parsed;

/// Go's words for a file that cannot be read.
pub(super) fn unreadable(path: &str, error: &std::io::Error) -> Fail {
    let why = match error.kind() {
        std::io::ErrorKind::NotFound => format!("open {path}: no such file or directory"),
        std::io::ErrorKind::PermissionDenied => format!("open {path}: permission denied"),
        std::io::ErrorKind::IsADirectory => format!("read {path}: is a directory"),
        _ => format!("open {path}: {error}"),
    };
    Fail::new(1, why)
}

/// Reads the files of `--compose-file`, and says what the reference warns of.
///
/// # Errors
/// What is wrong with them; what to do about options that are gone only where `explain` says so.
pub(super) fn load(
    cx: &mut Cx<'_, '_>,
    given: &Parsed,
    interpolate: bool,
    explain: bool,
) -> Result<Loaded, Fail> {
    // The flag takes several in one word.
    let names: Vec<String> =
        given.all("compose-file").iter().flat_map(|n| n.split(',')).map(str::to_owned).collect();
    if names.is_empty() {
        return Err(Fail::new(1, "Specify a Compose file (with --compose-file)"));
    }
    let mut texts = Vec::new();
    for name in &names {
        texts.push(if name == "-" {
            let mut text = String::new();
            cx.host.stdin.read_to_string(&mut text).map_err(|e| unreadable("-", &e))?;
            text
        } else {
            fs::read_to_string(cx.host.cwd.join(name)).map_err(|e| unreadable(name, &e))?
        });
    }
    let dir = folder(&cx.host.cwd, &names[0]);
    let env = cx.host.env.clone();
    let lookup = |name: &str| env.get(name).cloned();
    let how = How { dir: &dir, lookup: &lookup, interpolate, compose: false };
    let loaded = composefile::load(&texts, &how).map_err(|wrong| match wrong {
        Wrong::Text(text) | Wrong::Invalid(_, text) | Wrong::Missing(text) => Fail::new(1, text),
        Wrong::Forbidden(options) if explain => {
            let lines: Vec<String> =
                options.iter().map(|(name, why)| format!("{name}: {why}")).collect();
            let text =
                format!("Compose file contains unsupported options:\n\n{}\n", lines.join("\n\n"));
            Fail::new(1, text)
        }
        Wrong::Forbidden(_) => Fail::new(1, "Configuration contains forbidden properties"),
    })?;
    for warning in &loaded.warnings {
        cx.complain(composefile::log_line(warning));
    }
    Ok(loaded)
}

/// Where relative paths of a file begin.
pub(super) fn folder(cwd: &Path, name: &str) -> PathBuf {
    if name == "-" {
        return cwd.to_owned();
    }
    let path = composefile::clean(&cwd.join(name));
    path.parent().map_or_else(|| cwd.to_owned(), Path::to_owned)
}
