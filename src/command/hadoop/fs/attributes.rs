//! Commands that change what is known of files: `-chmod`, `-chown`, `-chgrp`, `-setrep`.

use super::options::{ANY, Illegal, read};
use super::{Item, Outcome, Shell, Trouble, trouble};
use hadoop::hdfs::ops::attributes::{
    SetOwner, SetOwnerOutput, SetPermission, SetPermissionOutput, SetReplication,
    SetReplicationOutput,
};
use hadoop::hdfs::ops::read::{GetBlockLocations, GetBlockLocationsOutput};

/// Does something with a path and, with `-R`, with everything below it.
fn recurse(
    shell: &mut Shell<'_, '_>,
    item: &Item,
    deep: bool,
    act: &dyn Fn(&mut Shell<'_, '_>, &Item) -> Outcome,
) -> Outcome {
    act(shell, item)?;
    if deep && item.is_directory() {
        for child in shell.children(item)? {
            if let Err(trouble) = recurse(shell, &child, deep, act) {
                shell.complain(&trouble);
            }
        }
    }
    Ok(())
}

/// `-chmod [-R] <MODE[,MODE]... | OCTALMODE> PATH...`
pub(super) fn chmod(shell: &mut Shell<'_, '_>, args: &[String]) -> Result<(), Illegal> {
    let options = read(args, 2, ANY, &["R"])?;
    let change = Mode::parse(&options.rest[0]).ok_or_else(|| {
        let mode = &options.rest[0];
        Illegal(format!("chmod : mode '{mode}' does not match the expected pattern."))
    })?;
    let deep = options.has("R");
    let act = |shell: &mut Shell<'_, '_>, item: &Item| {
        let Some(status) = &item.status else { return Ok(()) };
        let old = u16::from_str_radix(&status.permission, 8).unwrap_or(0);
        let new = change.apply(old, item.is_directory());
        if new != old {
            let input = SetPermission { path: item.path.clone(), permission: format!("{new:o}") };
            shell.call::<SetPermissionOutput>(&SetPermission::DEF, &input)?;
        }
        Ok(())
    };
    shell.each(&options.rest[1..], |shell, item| recurse(shell, item, deep, &act))
}

/// A change of permissions.
enum Mode {
    Octal(u16),
    /// `u+rw,o=`: who (bits of `u`, `g`, `o`), how, and which of `rwxXt`.
    Letters(Vec<(u16, char, String)>),
}

impl Mode {
    fn parse(text: &str) -> Option<Self> {
        if text.bytes().all(|b| (b'0'..=b'7').contains(&b)) && (3..=4).contains(&text.len()) {
            let mode = u16::from_str_radix(text, 8).ok()?;
            return (mode <= 0o1777).then_some(Self::Octal(mode));
        }
        let mut changes = Vec::new();
        for part in text.split(',') {
            let at = part.find(['+', '-', '='])?;
            let mut who = 0;
            for letter in part[..at].chars() {
                who |= match letter {
                    'u' => 0o700,
                    'g' => 0o070,
                    'o' => 0o007,
                    'a' => 0o777,
                    _ => return None,
                };
            }
            let what = &part[at + 1..];
            if !what.chars().all(|c| "rwxXt".contains(c)) {
                return None;
            }
            let how = part[at..].chars().next()?;
            changes.push((if who == 0 { 0o777 } else { who }, how, what.to_owned()));
        }
        Some(Self::Letters(changes))
    }

    fn apply(&self, old: u16, directory: bool) -> u16 {
        let changes = match self {
            Self::Octal(mode) => return *mode,
            Self::Letters(changes) => changes,
        };
        let mut mode = old;
        for (who, how, what) in changes {
            let mut bits = 0;
            for letter in what.chars() {
                bits |= match letter {
                    'r' => 0o444 & who,
                    'w' => 0o222 & who,
                    'x' => 0o111 & who,
                    // Only where something may be entered or run already.
                    'X' if directory || old & 0o111 != 0 => 0o111 & who,
                    't' => 0o1000,
                    _ => 0,
                };
            }
            mode = match how {
                '+' => mode | bits,
                '-' => mode & !bits,
                _ => (mode & !who) | bits,
            };
        }
        mode
    }
}

/// `-chown [-R] [OWNER][:[GROUP]] PATH...`
pub(super) fn chown(shell: &mut Shell<'_, '_>, args: &[String]) -> Result<(), Illegal> {
    let options = read(args, 2, ANY, &["R"])?;
    let spec = &options.rest[0];
    let (owner, group) = spec.split_once(':').unwrap_or((spec, ""));
    if !is_name(owner) || !is_name(group) || (owner.is_empty() && group.is_empty()) {
        return Err(Illegal(format!(
            "'{spec}' does not match expected pattern for [owner][:group]."
        )));
    }
    give(shell, &options.rest[1..], options.has("R"), owner, group)
}

/// `-chgrp [-R] GROUP PATH...`
pub(super) fn chgrp(shell: &mut Shell<'_, '_>, args: &[String]) -> Result<(), Illegal> {
    let options = read(args, 2, ANY, &["R"])?;
    let group = &options.rest[0];
    if !is_name(group) || group.is_empty() {
        return Err(Illegal(format!("'{group}' does not match expected pattern for group")));
    }
    give(shell, &options.rest[1..], options.has("R"), "", group)
}

fn is_name(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || "-_./@".contains(c))
}

fn give(
    shell: &mut Shell<'_, '_>,
    paths: &[String],
    deep: bool,
    owner: &str,
    group: &str,
) -> Result<(), Illegal> {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let act = |shell: &mut Shell<'_, '_>, item: &Item| {
        let input = SetOwner { path: item.path.clone(), owner: some(owner), group: some(group) };
        shell.call::<SetOwnerOutput>(&SetOwner::DEF, &input)?;
        Ok(())
    };
    shell.each(paths, |shell, item| recurse(shell, item, deep, &act))
}

/// Seconds between two looks of `-setrep -w`.
const LOOK_EVERY: u64 = 10;
/// For how long `-setrep -w` waits for one file; the real one waits for ever.
const WAIT_AT_MOST: u64 = 3_600;

/// `-setrep [-R] [-w] <rep> <path> ...`
pub(super) fn setrep(shell: &mut Shell<'_, '_>, args: &[String]) -> Result<(), Illegal> {
    let options = read(args, 2, ANY, &["R", "w"])?;
    let text = &options.rest[0];
    let Ok(replication) = text.parse::<i16>() else {
        shell.warn("setrep: Illegal replication, a positive integer expected\n");
        return Err(Illegal(format!("For input string: \"{text}\"")));
    };
    let Some(replication) = u32::try_from(replication).ok().filter(|r| *r >= 1) else {
        return Err(Illegal("replication must be >= 1".into()));
    };
    let mut changed = Vec::new();
    shell.each(&options.rest[1..], |shell, item| set(shell, item, replication, &mut changed))?;
    if options.has("w") {
        for item in &changed {
            if let Err(trouble) = wait(shell, item, replication as usize) {
                shell.complain(&trouble);
            }
        }
    }
    Ok(())
}

fn set(
    shell: &mut Shell<'_, '_>,
    item: &Item,
    replication: u32,
    changed: &mut Vec<Item>,
) -> Outcome {
    if item.is_directory() {
        for child in shell.children(item)? {
            if let Err(trouble) = set(shell, &child, replication, changed) {
                shell.complain(&trouble);
            }
        }
        return Ok(());
    }
    let input = SetReplication { path: item.path.clone(), replication };
    let output: SetReplicationOutput = shell.call(&SetReplication::DEF, &input)?;
    if !output.done {
        return trouble(&item.shown, "Could not set replication");
    }
    shell.print(&format!("Replication {replication} set: {}\n", item.shown));
    changed.push(item.clone());
    Ok(())
}

fn wait(shell: &mut Shell<'_, '_>, item: &Item, replication: usize) -> Outcome {
    shell.print(&format!("Waiting for {} ...", item.shown));
    let mut warned = false;
    let mut waited = 0;
    loop {
        let input = GetBlockLocations { path: item.path.clone() };
        let output: GetBlockLocationsOutput = shell.call(&GetBlockLocations::DEF, &input)?;
        let blocks = output.block_locations.block_location;
        let Some(off) = blocks.iter().find(|b| b.hosts.len() != replication) else {
            shell.print(" done\n");
            return Ok(());
        };
        if off.hosts.len() > replication && !warned {
            shell.print(
                "\nWARNING: the waiting time may be long for DECREASING the number of replications.\n",
            );
            warned = true;
        }
        if waited >= WAIT_AT_MOST {
            shell.print("\n");
            let have = off.hosts.len();
            return Err(Trouble::Said(format!(
                "`{}': a block still has {have} of {replication} replicas after 1 h of lab time",
                item.shown
            )));
        }
        shell.print(".");
        let _ = shell.host.stdout.flush();
        shell.sleep(LOOK_EVERY)?;
        waited += LOOK_EVERY;
    }
}

#[cfg(test)]
mod tests {
    use super::Mode;

    #[test]
    fn modes_change_as_in_a_shell() {
        let check = |text: &str, old: u16, want: Option<u16>| {
            assert_eq!(Mode::parse(text).map(|m| m.apply(old, false)), want, "{text}");
        };
        check("755", 0o644, Some(0o755));
        check("1777", 0o644, Some(0o1777));
        check("999", 0o644, None);
        check("u+x", 0o644, Some(0o744));
        check("go-r,u=rwx", 0o644, Some(0o700));
        check("+w", 0o444, Some(0o666));
        check("a+X", 0o644, Some(0o644));
        check("o=", 0o777, Some(0o770));
        check("u+q", 0o644, None);
    }
}
