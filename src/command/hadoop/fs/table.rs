//! Every command of the file system shell, with its usage as the real one prints it.

use std::fmt::Write as _;

use super::options::{ANY, Illegal, read};
use super::{GENERIC, Shell, attributes, copy, find as search, list, names, show};

/// How a command runs.
type Run = fn(&mut Shell<'_, '_>, &[String]) -> Result<(), Illegal>;

/// One command.
pub(super) struct Sub {
    /// Without its dash.
    pub name: &'static str,
    /// What may follow the name.
    pub takes: &'static str,
    /// What it does.
    pub about: &'static str,
    /// Whether it only looks.
    pub read_only: bool,
    pub run: Run,
}

impl Sub {
    /// `Usage: hadoop fs [generic options] -ls …`
    pub(super) fn usage_line(&self) -> String {
        format!("Usage: hadoop fs [generic options] -{} {}", self.name, self.takes)
            .trim_end()
            .to_owned()
    }
}

const fn sub(name: &'static str, takes: &'static str, about: &'static str, run: Run) -> Sub {
    Sub { name, takes, about, read_only: false, run }
}

const fn look(name: &'static str, takes: &'static str, about: &'static str, run: Run) -> Sub {
    Sub { name, takes, about, read_only: true, run }
}

/// In alphabetical order.
pub(super) static COMMANDS: &[Sub] = &[
    sub(
        "appendToFile",
        "<localsrc> ... <dst>",
        "Adds local files, or standard input for -, to the end of a file.",
        copy::append,
    ),
    look("cat", "[-ignoreCrc] <src> ...", "Prints files.", show::cat),
    look(
        "checksum",
        "[-v] <src> ...",
        "Prints the checksum of files, which depends on content and block size.",
        show::checksum,
    ),
    sub("chgrp", "[-R] GROUP PATH...", "Gives files to another group.", attributes::chgrp),
    sub(
        "chmod",
        "[-R] <MODE[,MODE]... | OCTALMODE> PATH...",
        "Changes permissions, in octal or by letters (u+w,o=).",
        attributes::chmod,
    ),
    sub(
        "chown",
        "[-R] [OWNER][:[GROUP]] PATH...",
        "Gives files to another owner, another group or both.",
        attributes::chown,
    ),
    sub(
        "concat",
        "<target path> <src path> <src path> ...",
        "Joins files of one directory.",
        later,
    ),
    sub(
        "copyFromLocal",
        "[-f] [-p] [-l] [-d] [-t <thread count>] [-q <thread pool queue size>] <localsrc> ... <dst>",
        "The same as -put.",
        copy::put,
    ),
    sub(
        "copyToLocal",
        "[-f] [-p] [-crc] [-ignoreCrc] [-t <thread count>] [-q <thread pool queue size>] <src> ... <localdst>",
        "The same as -get.",
        copy::get,
    ),
    look(
        "count",
        "[-q] [-h] [-v] [-t [<storage type>]] [-u] [-x] [-e] [-s] <path> ...",
        "Counts directories, files and bytes; -q adds quotas, -v a header.",
        list::count,
    ),
    sub(
        "cp",
        "[-f] [-p | -p[topax]] [-d] [-t <thread count>] [-q <thread pool queue size>] <src> ... <dst>",
        "Copies files within the file system.",
        copy::cp,
    ),
    sub(
        "createSnapshot",
        "<snapshotDir> [<snapshotName>]",
        "Keeps a directory as it is now.",
        later,
    ),
    sub("deleteSnapshot", "<snapshotDir> <snapshotName>", "Lets a kept state go.", later),
    look("df", "[-h] [<path> ...]", "Tells how large the file system is and how full.", list::df),
    look(
        "du",
        "[-s] [-h] [-v] [-x] <path> ...",
        "Tells how many bytes files have, and how many with all replicas.",
        list::du,
    ),
    sub(
        "expunge",
        "[-immediate] [-fs <path>]",
        "Empties the trash, which is off here.",
        names::expunge,
    ),
    look(
        "find",
        "<path> ... <expression> ...",
        "Prints the paths for which an expression (-name, -iname, -print) holds.",
        search::find,
    ),
    sub(
        "get",
        "[-f] [-p] [-crc] [-ignoreCrc] [-t <thread count>] [-q <thread pool queue size>] <src> ... <localdst>",
        "Copies files to the local machine.",
        copy::get,
    ),
    sub("getfacl", "[-R] <path>", "Tells access control lists.", later),
    sub("getfattr", "[-R] {-n name | -d} [-e en] <path>", "Tells extended attributes.", later),
    sub(
        "getmerge",
        "[-nl] [-skip-empty-file] <src> <localdst>",
        "Joins the files of directories into one local file.",
        copy::getmerge,
    ),
    look("head", "<file>", "Prints the first 1024 bytes.", show::head),
    look("help", "[cmd ...]", "Tells about one command or all.", help),
    look(
        "ls",
        "[-C] [-d] [-h] [-q] [-R] [-t] [-S] [-r] [-u] [-e] [<path> ...]",
        "Lists files and directories: permission, replication, owner, group, bytes, time, path.",
        list::ls,
    ),
    sub(
        "mkdir",
        "[-p] <path> ...",
        "Makes directories; -p with all above them, and without a word when they exist.",
        names::mkdir,
    ),
    sub(
        "moveFromLocal",
        "[-f] [-p] [-l] [-d] <localsrc> ... <dst>",
        "As -put, and removes the local files.",
        copy::move_from_local,
    ),
    sub("moveToLocal", "<src> <localdst>", "Not implemented in Hadoop either.", move_to_local),
    sub("mv", "<src> ... <dst>", "Moves or renames.", names::mv),
    sub(
        "put",
        "[-f] [-p] [-l] [-d] [-t <thread count>] [-q <thread pool queue size>] <localsrc> ... <dst>",
        "Copies local files, or standard input for -, into the file system.",
        copy::put,
    ),
    sub("renameSnapshot", "<snapshotDir> <oldName> <newName>", "Renames a kept state.", later),
    sub(
        "rm",
        "[-f] [-r|-R] [-skipTrash] [-safely] <src> ...",
        "Deletes files; -r directories with all that is in them.",
        names::rm,
    ),
    sub(
        "rmdir",
        "[--ignore-fail-on-non-empty] <dir> ...",
        "Deletes empty directories.",
        names::rmdir,
    ),
    sub(
        "setfacl",
        "[-R] [{-b|-k} {-m|-x <acl_spec>} <path>]|[--set <acl_spec> <path>]",
        "Sets access control lists.",
        later,
    ),
    sub("setfattr", "{-n name [-v value] | -x name} <path>", "Sets extended attributes.", later),
    sub(
        "setrep",
        "[-R] [-w] <rep> <path> ...",
        "Sets how many replicas files are to have; -w waits until they have them.",
        attributes::setrep,
    ),
    look(
        "stat",
        "[format] <path> ...",
        "Prints what is known of a path, by a format of %a %A %b %F %g %n %o %r %u %x %X %y %Y.",
        show::stat,
    ),
    look("tail", "[-f] [-s <sleep interval>] <file>", "Prints the last 1024 bytes.", show::tail),
    look(
        "test",
        "-[defswrz] <path>",
        "Answers by its exit code: -d a directory, -e exists, -f a file, -s not empty, -w may write, -r may read, -z empty.",
        show::test,
    ),
    look("text", "[-ignoreCrc] <src> ...", "Prints files as text.", show::cat),
    sub(
        "touch",
        "[-a] [-m] [-t TIMESTAMP (yyyyMMdd:HHmmss) ] [-c] <path> ...",
        "Sets times to now, and makes files that do not exist.",
        names::touch,
    ),
    sub("touchz", "<path> ...", "Makes empty files.", names::touchz),
    sub("truncate", "[-w] <length> <path> ...", "Cuts files short.", later),
    look("usage", "[cmd ...]", "Prints the usage of one command or all.", usage_of),
];

/// The command of that name.
pub(super) fn find(name: &str) -> Option<&'static Sub> {
    COMMANDS.iter().find(|s| s.name == name)
}

/// The usage of all commands.
pub(super) fn usage() -> String {
    format!("{}\n{GENERIC}", summary())
}

fn summary() -> String {
    let mut text = String::from("Usage: hadoop fs [generic options]\n");
    for sub in COMMANDS {
        let _ = writeln!(text, "\t[-{}]", format!("{} {}", sub.name, sub.takes).trim_end());
    }
    text
}

fn usage_of(shell: &mut Shell<'_, '_>, args: &[String]) -> Result<(), Illegal> {
    let options = read(args, 0, ANY, &[])?;
    if options.rest.is_empty() {
        shell.print(&format!("{}\n", summary()));
        shell.print(GENERIC);
    }
    for name in options.rest {
        let line = known(name)?.usage_line();
        shell.print(&format!("{line}\n"));
    }
    Ok(())
}

fn help(shell: &mut Shell<'_, '_>, args: &[String]) -> Result<(), Illegal> {
    let options = read(args, 0, ANY, &[])?;
    let describe = |sub: &Sub| {
        format!("{} :\n  {}\n", format!("-{} {}", sub.name, sub.takes).trim_end(), sub.about)
    };
    if options.rest.is_empty() {
        shell.print(&format!("{}\n", summary()));
        for sub in COMMANDS {
            shell.print(&format!("{}\n", describe(sub)));
        }
        shell.print(GENERIC);
    }
    for name in options.rest {
        let text = describe(known(name)?);
        shell.print(&text);
    }
    Ok(())
}

fn known(name: &str) -> Result<&'static Sub, Illegal> {
    find(name.trim_start_matches('-')).ok_or_else(|| Illegal(format!("`{name}': Unknown command")))
}

// It stands in the table, so it has the signature of all the others.
#[expect(clippy::unnecessary_wraps)]
fn later(shell: &mut Shell<'_, '_>, _: &[String]) -> Result<(), Illegal> {
    let name = shell.name;
    shell.warn(&format!("{name}: this is not part of this lab's cluster yet\n"));
    shell.exit = 1;
    Ok(())
}

// As above.
#[expect(clippy::unnecessary_wraps)]
fn move_to_local(shell: &mut Shell<'_, '_>, _: &[String]) -> Result<(), Illegal> {
    shell.warn("moveToLocal: Option '-moveToLocal' is not implemented yet.\n");
    shell.exit = 1;
    Ok(())
}
