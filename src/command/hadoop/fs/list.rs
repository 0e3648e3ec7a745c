//! `-ls`, `-du`, `-df`, `-count`.

use std::fmt::Write as _;

use super::options::{ANY, Illegal, read};
use super::{Item, Outcome, Shell, Trouble, size};
use crate::hadoop::client::DEFAULT_FS;
use base::Time;
use command_line::table::columns;
use hadoop::hdfs::ops::admin::{DatanodeReport, DatanodeReportOutput};
use hadoop::hdfs::ops::read::{ContentSummary, GetContentSummary, GetContentSummaryOutput};

/// How `-ls` lists, and how wide its columns have become.
// Each is a flag of the real command, and each is independent of the others.
#[expect(clippy::struct_excessive_bools)]
struct Listing {
    only_paths: bool,
    plain: bool,
    human: bool,
    printable: bool,
    recursive: bool,
    by_time: bool,
    by_size: bool,
    reverse: bool,
    access_time: bool,
    coding: bool,
    widths: [usize; 4],
}

/// `-ls [-C] [-d] [-h] [-q] [-R] [-t] [-S] [-r] [-u] [-e] [<path> ...]`
pub(super) fn ls(shell: &mut Shell<'_, '_>, args: &[String]) -> Result<(), Illegal> {
    let options = read(args, 0, ANY, &["C", "d", "h", "q", "R", "t", "S", "r", "u", "e"])?;
    let mut listing = Listing {
        only_paths: options.has("C"),
        plain: options.has("d"),
        human: options.has("h"),
        printable: options.has("q"),
        recursive: options.has("R") && !options.has("d"),
        by_time: options.has("t"),
        by_size: options.has("S") && !options.has("t"),
        reverse: options.has("r"),
        access_time: options.has("u"),
        coding: options.has("e"),
        widths: [3, 10, 0, 0],
    };
    let here = [".".to_owned()];
    let paths = if options.rest.is_empty() { &here[..] } else { options.rest };
    shell.each(paths, |shell, item| {
        if item.is_directory() && !listing.plain {
            listing.directory(shell, item)
        } else {
            listing.print(shell, std::slice::from_ref(item));
            Ok(())
        }
    })
}

impl Listing {
    fn directory(&mut self, shell: &mut Shell<'_, '_>, directory: &Item) -> Outcome {
        let mut items = shell.children(directory)?;
        self.sort(&mut items);
        if !self.recursive {
            if !self.only_paths && !items.is_empty() {
                shell.print(&format!("Found {} items\n", items.len()));
            }
            self.print(shell, &items);
            return Ok(());
        }
        self.widen(&items);
        for item in &items {
            self.print(shell, std::slice::from_ref(item));
            if item.is_directory()
                && let Err(trouble) = self.directory(shell, item)
            {
                shell.complain(&trouble);
            }
        }
        Ok(())
    }

    fn time(&self, item: &Item) -> Time {
        item.status
            .as_ref()
            .map_or(Time(0), |s| if self.access_time { s.access_time } else { s.modification_time })
    }

    fn sort(&self, items: &mut [Item]) {
        if self.by_time {
            items.sort_by_key(|i| std::cmp::Reverse(self.time(i)));
        } else if self.by_size {
            let len = |i: &Item| i.status.as_ref().map_or(0, |s| s.length);
            items.sort_by_key(|i| std::cmp::Reverse(len(i)));
        }
        if self.reverse {
            items.reverse();
        }
    }

    fn widen(&mut self, items: &[Item]) {
        for status in items.iter().filter_map(|i| i.status.as_ref()) {
            let cells = [
                status.replication.to_string().len(),
                size::format(status.length, self.human).len(),
                status.owner.chars().count(),
                status.group.chars().count(),
            ];
            for (width, cell) in self.widths.iter_mut().zip(cells) {
                *width = (*width).max(cell);
            }
        }
    }

    fn print(&mut self, shell: &mut Shell<'_, '_>, items: &[Item]) {
        if !self.only_paths {
            self.widen(items);
        }
        let mut out = String::new();
        for item in items {
            let shown = if self.printable {
                item.shown.chars().map(|c| if c.is_control() { '?' } else { c }).collect()
            } else {
                item.shown.clone()
            };
            if self.only_paths {
                let _ = writeln!(out, "{shown}");
                continue;
            }
            let Some(status) = &item.status else { continue };
            let directory = item.is_directory();
            let kind = if directory { 'd' } else { '-' };
            let replication = if directory { "-".into() } else { status.replication.to_string() };
            let [wide_rep, wide_len, wide_owner, wide_group] = self.widths;
            let coding = match (self.coding, directory) {
                (false, _) => "",
                (true, false) => "Replicated ",
                (true, true) => "           ",
            };
            let _ = writeln!(
                out,
                "{kind}{} {replication:>wide_rep$} {:<wide_owner$} {:<wide_group$} {coding}{:>wide_len$} {} {shown}",
                bits(&status.permission),
                status.owner,
                status.group,
                size::format(status.length, self.human),
                self.time(item).format("%Y-%m-%d %H:%M"),
            );
        }
        shell.print(&out);
    }
}

/// `644` as `rw-r--r--`.
pub(super) fn bits(octal: &str) -> String {
    let mode = u16::from_str_radix(octal, 8).unwrap_or(0);
    let mut text = String::with_capacity(9);
    for shift in [6, 3, 0] {
        let three = mode >> shift;
        text.push(if three & 4 == 0 { '-' } else { 'r' });
        text.push(if three & 2 == 0 { '-' } else { 'w' });
        let sticky = shift == 0 && mode & 0o1000 != 0;
        text.push(match (three & 1 != 0, sticky) {
            (true, false) => 'x',
            (true, true) => 't',
            (false, true) => 'T',
            (false, false) => '-',
        });
    }
    text
}

impl Shell<'_, '_> {
    fn summary(&self, path: &str) -> Result<ContentSummary, Trouble> {
        let input = GetContentSummary { path: path.to_owned() };
        let output: GetContentSummaryOutput = self.call(&GetContentSummary::DEF, &input)?;
        Ok(output.content_summary)
    }
}

/// `-du [-s] [-h] [-v] [-x] <path> ...`
pub(super) fn du(shell: &mut Shell<'_, '_>, args: &[String]) -> Result<(), Illegal> {
    let options = read(args, 0, ANY, &["s", "h", "v", "x"])?;
    let (summarize, human) = (options.has("s"), options.has("h"));
    let mut rows = Vec::new();
    if options.has("v") {
        rows.push(vec![
            "SIZE".into(),
            "DISK_SPACE_CONSUMED_WITH_ALL_REPLICAS".into(),
            "FULL_PATH_NAME".into(),
        ]);
    }
    let here = [".".to_owned()];
    let paths = if options.rest.is_empty() { &here[..] } else { options.rest };
    let mut add = |shell: &mut Shell<'_, '_>, item: &Item| -> Outcome {
        let summary = shell.summary(&item.path)?;
        rows.push(vec![
            size::format(summary.length, human),
            size::format(summary.space_consumed, human),
            item.shown.clone(),
        ]);
        Ok(())
    };
    shell.each(paths, |shell, item| {
        if summarize || !item.is_directory() {
            return add(shell, item);
        }
        for child in shell.children(item)? {
            add(shell, &child)?;
        }
        Ok(())
    })?;
    shell.print(&columns(&rows, &[]));
    Ok(())
}

/// `-df [-h] [<path> ...]`
pub(super) fn df(shell: &mut Shell<'_, '_>, args: &[String]) -> Result<(), Illegal> {
    let options = read(args, 0, ANY, &["h"])?;
    let human = options.has("h");
    let root = ["/".to_owned()];
    let paths = if options.rest.is_empty() { &root[..] } else { options.rest };
    let head = ["Filesystem", "Size", "Used", "Available", "Use%"];
    let mut rows = vec![head.map(String::from).to_vec()];
    shell.each(paths, |shell, _| {
        let report: DatanodeReportOutput = shell.call(&DatanodeReport::DEF, &DatanodeReport {})?;
        let c = report.cluster;
        let percent =
            if c.capacity == 0 { 0 } else { (c.used * 200 + c.capacity) / (2 * c.capacity) };
        rows.push(vec![
            DEFAULT_FS.into(),
            size::format(c.capacity, human),
            size::format(c.used, human),
            size::format(c.remaining, human),
            format!("{percent}%"),
        ]);
        Ok(())
    })?;
    if rows.len() > 1 {
        shell.print(&columns(&rows, &[1, 2, 3, 4]));
    }
    Ok(())
}

/// `-count [-q] [-h] [-v] [-t [<storage type>]] [-u] [-x] [-e] [-s] <path> ...`
pub(super) fn count(shell: &mut Shell<'_, '_>, args: &[String]) -> Result<(), Illegal> {
    let options = read(args, 1, ANY, &["q", "h", "v", "u", "x", "e", "s"])?;
    let (quotas, human) = (options.has("q") || options.has("u"), options.has("h"));
    let contents = !options.has("u");
    if options.has("v") {
        let mut head = String::new();
        if quotas {
            head.push_str(&quota_columns("QUOTA", "REM_QUOTA", "SPACE_QUOTA", "REM_SPACE_QUOTA"));
        }
        if contents {
            head.push_str(&content_columns("DIR_COUNT", "FILE_COUNT", "CONTENT_SIZE"));
        }
        shell.print(&format!("{head}PATHNAME\n"));
    }
    shell.each(options.rest, |shell, item| {
        let s = shell.summary(&item.path)?;
        let number = |n: u64| size::format(n, human);
        let quota = |quota: i64, used: u64| match u64::try_from(quota) {
            Ok(quota) if quota >= used => (number(quota), number(quota - used)),
            Ok(quota) => (number(quota), format!("-{}", number(used - quota))),
            Err(_) => ("none".into(), "inf".into()),
        };
        let mut line = String::new();
        if quotas {
            let (names, names_left) = quota(s.quota, s.directory_count + s.file_count);
            let (space, space_left) = quota(s.space_quota, s.space_consumed);
            line.push_str(&quota_columns(&names, &names_left, &space, &space_left));
        }
        if contents {
            let (dirs, files) = (number(s.directory_count), number(s.file_count));
            line.push_str(&content_columns(&dirs, &files, &number(s.length)));
        }
        shell.print(&format!("{line}{}\n", item.shown));
        Ok(())
    })
}

fn quota_columns(names: &str, names_left: &str, space: &str, space_left: &str) -> String {
    format!("{names:>12} {names_left:>15} {space:>15} {space_left:>15} ")
}

fn content_columns(dirs: &str, files: &str, bytes: &str) -> String {
    format!("{dirs:>12} {files:>12} {bytes:>18} ")
}
