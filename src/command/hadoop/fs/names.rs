//! Commands that change names: `-mkdir`, `-rm`, `-rmdir`, `-mv`, `-touch`, `-touchz`.

use super::options::{ANY, Illegal, read};
use super::{Item, Outcome, Shell, Trouble, no_such, trouble};
use crate::hadoop::client::{base_name, parent};
use base::Time;
use hadoop::hdfs::ops::attributes::{SetTimes, SetTimesOutput};
use hadoop::hdfs::ops::write::{
    Create, CreateOutput, Delete, DeleteOutput, Mkdirs, MkdirsOutput, Rename, RenameOutput,
};

/// `-mkdir [-p] <path> ...`
pub(super) fn mkdir(shell: &mut Shell<'_, '_>, args: &[String]) -> Result<(), Illegal> {
    let options = read(args, 1, ANY, &["p"])?;
    let parents = options.has("p");
    shell.each_name(options.rest, |shell, item| {
        if item.is_directory() {
            return if parents { Ok(()) } else { trouble(&item.shown, "File exists") };
        }
        if item.status.is_some() {
            return trouble(&item.shown, "Is not a directory");
        }
        if !parents {
            let above = parent(&item.path);
            if shell.client.status(above)?.is_none() {
                return no_such(&format!("{}{above}", crate::hadoop::client::DEFAULT_FS));
            }
        }
        let permission = Some(format!("{:o}", 0o777 & !shell.settings.umask));
        let input = Mkdirs { path: item.path.clone(), permission };
        shell.call::<MkdirsOutput>(&Mkdirs::DEF, &input)?;
        Ok(())
    })
}

/// `-rm [-f] [-r|-R] [-skipTrash] [-safely] <src> ...`
pub(super) fn rm(shell: &mut Shell<'_, '_>, args: &[String]) -> Result<(), Illegal> {
    let options = read(args, 0, ANY, &["f", "r", "R", "skipTrash", "safely"])?;
    let (force, recursive) = (options.has("f"), options.has("r") || options.has("R"));
    if options.rest.is_empty() && !force {
        return Err(Illegal("Not enough arguments: expected 1 but got 0".into()));
    }
    if force {
        for given in options.rest {
            // What is not there is what was wanted.
            let items = shell.expand(given).unwrap_or_default();
            for item in items.into_iter().filter(|i| i.status.is_some()) {
                if let Err(trouble) = remove(shell, &item, recursive) {
                    shell.complain(&trouble);
                }
            }
        }
        return Ok(());
    }
    shell.each(options.rest, |shell, item| remove(shell, item, recursive))
}

fn remove(shell: &mut Shell<'_, '_>, item: &Item, recursive: bool) -> Outcome {
    if item.is_directory() && !recursive {
        return trouble(&item.shown, "Is a directory");
    }
    let input = Delete { path: item.path.clone(), recursive: Some(recursive) };
    let output: DeleteOutput = shell.call(&Delete::DEF, &input)?;
    if !output.done {
        return trouble(&item.shown, "Input/output error");
    }
    shell.print(&format!("Deleted {}\n", item.shown));
    Ok(())
}

/// `-rmdir [--ignore-fail-on-non-empty] <dir> ...`
pub(super) fn rmdir(shell: &mut Shell<'_, '_>, args: &[String]) -> Result<(), Illegal> {
    let options = read(args, 1, ANY, &["-ignore-fail-on-non-empty"])?;
    let lenient = options.has("-ignore-fail-on-non-empty");
    shell.each(options.rest, |shell, item| {
        if !item.is_directory() {
            return trouble(&item.shown, "Is not a directory");
        }
        if item.status.as_ref().is_some_and(|s| s.children_num > 0) {
            return if lenient { Ok(()) } else { trouble(&item.shown, "Directory is not empty") };
        }
        let input = Delete { path: item.path.clone(), recursive: Some(false) };
        shell.call::<DeleteOutput>(&Delete::DEF, &input)?;
        Ok(())
    })
}

/// `-mv <src> ... <dst>`
pub(super) fn mv(shell: &mut Shell<'_, '_>, args: &[String]) -> Result<(), Illegal> {
    let options = read(args, 2, ANY, &[])?;
    let Some((last, sources)) = options.rest.split_last() else { return Ok(()) };
    let target = match shell.target(last, sources.len()) {
        Ok(target) => target,
        Err(trouble) => {
            shell.complain(&trouble);
            return Ok(());
        }
    };
    shell.each(sources, |shell, item| {
        let to = shell.destination(&target, base_name(&item.path))?;
        if to.status.is_some() && to.path != item.path {
            return trouble(&to.shown, "File exists");
        }
        let input = Rename { path: item.path.clone(), destination: to.path };
        let output: RenameOutput = shell.call(&Rename::DEF, &input)?;
        if output.done { Ok(()) } else { trouble(&item.shown, "Input/output error") }
    })
}

impl Shell<'_, '_> {
    /// The last argument of a command that moves or copies: for more than one source it must be a
    /// directory.
    pub(super) fn target(&self, given: &str, sources: usize) -> Result<Item, Trouble> {
        let target = self.item(given)?;
        if sources > 1 {
            if target.status.is_none() {
                return no_such(given);
            }
            if !target.is_directory() {
                return trouble(given, "Is not a directory");
            }
        }
        Ok(target)
    }

    /// Where one source goes: into the target when that is a directory, else it is the target.
    pub(super) fn destination(&self, target: &Item, name: &str) -> Result<Item, Trouble> {
        if target.is_directory() {
            return self.item_at(target, name);
        }
        if target.status.is_none() {
            self.parent_exists(target)?;
        }
        Ok(target.clone())
    }

    /// The item of that name in a directory.
    pub(super) fn item_at(&self, directory: &Item, name: &str) -> Result<Item, Trouble> {
        let path = super::join(&directory.path, name);
        let status = self.client.status(&path)?;
        Ok(Item { shown: directory.child_name(name), path, status })
    }

    fn create_empty(&self, item: &Item) -> Outcome {
        let input = Create {
            path: item.path.clone(),
            replication: self.settings.replication,
            blocksize: self.settings.block_size,
            permission: Some(format!("{:o}", 0o666 & !self.settings.umask)),
            overwrite: Some(true),
            ..Create::default()
        };
        self.call::<CreateOutput>(&Create::DEF, &input)?;
        Ok(())
    }
}

/// `-touchz <path> ...`
pub(super) fn touchz(shell: &mut Shell<'_, '_>, args: &[String]) -> Result<(), Illegal> {
    let options = read(args, 1, ANY, &[])?;
    shell.each_name(options.rest, |shell, item| {
        match &item.status {
            Some(_) if item.is_directory() => return trouble(&item.shown, "Is a directory"),
            Some(status) if status.length > 0 => {
                return trouble(&item.shown, "Not a zero-length file");
            }
            Some(_) => {}
            None => shell.parent_exists(item)?,
        }
        shell.create_empty(item)
    })
}

/// `-touch [-a] [-m] [-t TIMESTAMP (yyyyMMdd:HHmmss) ] [-c] <path> ...`
pub(super) fn touch(shell: &mut Shell<'_, '_>, args: &[String]) -> Result<(), Illegal> {
    let mut words = args.to_vec();
    let mut stamp = None;
    if let Some(at) = words.iter().position(|w| w == "-t") {
        words.remove(at);
        let text = if at < words.len() { words.remove(at) } else { String::new() };
        let time = parse_stamp(&text).ok_or_else(|| {
            Illegal(format!("Unable to parse the specified timestamp \"{text}\". The expected format is \"yyyyMMdd:HHmmss\""))
        })?;
        stamp = Some(time);
    }
    let options = read(&words, 1, ANY, &["a", "m", "c"])?;
    let (access, modification) = (options.has("a"), options.has("m"));
    let keep = options.has("c");
    shell.each_name(options.rest, |shell, item| {
        if item.status.is_none() {
            if keep {
                return Ok(());
            }
            shell.parent_exists(item)?;
            shell.create_empty(item)?;
        }
        let now = shell.host.gateway.now();
        let now = now.map_err(|e| crate::hadoop::client::Failure::Broken(e.to_string()))?;
        let time = stamp.unwrap_or(now);
        let input = SetTimes {
            path: item.path.clone(),
            modification_time: (modification || !access).then_some(time),
            access_time: (access || !modification).then_some(time),
        };
        shell.call::<SetTimesOutput>(&SetTimes::DEF, &input)?;
        Ok(())
    })
}

fn parse_stamp(text: &str) -> Option<Time> {
    let part = |range| text.get(range).filter(|p: &&str| p.bytes().all(|b| b.is_ascii_digit()));
    if text.len() != 15 || text.as_bytes()[8] != b':' {
        return None;
    }
    let (year, month, day) = (part(0..4)?, part(4..6)?, part(6..8)?);
    let (hour, minute, second) = (part(9..11)?, part(11..13)?, part(13..15)?);
    Time::parse_iso(&format!("{year}-{month}-{day}T{hour}:{minute}:{second}Z"))
}

/// `-expunge [-immediate] [-fs <path>]`: the trash is off (`fs.trash.interval` is 0).
pub(super) fn expunge(_: &mut Shell<'_, '_>, args: &[String]) -> Result<(), Illegal> {
    read(args, 0, 1, &["immediate", "fs"]).map(|_| ())
}
