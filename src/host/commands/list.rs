//! `ls` and `stat`.

use base::Time;

use super::text::human;
use super::{Call, Options, Ran, options, quoted};
use crate::files::{Called, Kind, Node, SET_GROUP, SET_USER, STICKY, path};

/// After so long `ls -l` shows the year in the place of the hour: half a Gregorian year.
const RECENT_S: i64 = 15_778_476;

/// `drwxr-xr-x`
pub(super) fn mode_text(node: &Node) -> String {
    let mut text = String::from(node.letter());
    for (shift, special, letter) in [(6, SET_USER, 's'), (3, SET_GROUP, 's'), (0, STICKY, 't')] {
        let bits = node.mode >> shift;
        text.push(if bits & 4 != 0 { 'r' } else { '-' });
        text.push(if bits & 2 != 0 { 'w' } else { '-' });
        text.push(match (bits & 1 != 0, node.mode & special != 0) {
            (true, true) => letter,
            (false, true) => letter.to_ascii_uppercase(),
            (true, false) => 'x',
            (false, false) => '-',
        });
    }
    text
}

fn date(time: Time, now: Time) -> String {
    let age = now.secs() - time.secs();
    if (0..RECENT_S).contains(&age) { time.format("%b %e %H:%M") } else { time.format("%b %e  %Y") }
}

struct Shown {
    name: String,
    node: Node,
}

#[allow(clippy::too_many_lines, reason = "a table in all but form")]
pub(super) fn ls(call: &mut Call<'_>) -> Ran {
    let flags = "l a A d h t r S R 1 F i n g o p s all almost-all directory human-readable reverse recursive color?";
    let o = match options(call, flags, "", 2) {
        Ok(o) => o,
        Err(status) => return Ok(status),
    };
    let named = if o.rest.is_empty() { vec![".".to_owned()] } else { o.rest.clone() };
    let (mut files, mut folders, mut status) = (Vec::new(), Vec::new(), 0);
    for name in &named {
        let (path, who) = (call.path(name), call.who());
        let follow = !o.has("l|d|directory|F");
        let looked: Called<Node> = call.host.files.look(&who, &path, follow).cloned();
        let looked =
            looked.or_else(|e| call.host.files.look(&who, &path, false).cloned().map_err(|_| e));
        match looked {
            Ok(node) => {
                // A link named on the line leads to its folder, unless the line is long.
                let folder = matches!(node.kind, Kind::Folder(_));
                let shown = Shown { name: name.clone(), node };
                if folder && !o.has("d|directory") {
                    folders.push(shown);
                } else {
                    files.push(shown);
                }
            }
            Err(e) => {
                call.complain(format!("cannot access {}: {e}", quoted(name)));
                status = 2;
            }
        }
    }
    arrange(&mut files, &o);
    arrange(&mut folders, &o);
    let any = !files.is_empty();
    print(call, &files, &o, "");
    let titled = named.len() > 1 || o.has("R|recursive");
    let mut first = !any;
    let mut waiting: Vec<String> = folders.into_iter().rev().map(|shown| shown.name).collect();
    while let Some(name) = waiting.pop() {
        let (path, who) = (call.path(&name), call.who());
        let names = match call.host.files.list(&who, &path) {
            Ok(names) => names,
            Err(e) => {
                call.complain(format!("cannot open directory {}: {e}", quoted(&name)));
                status = status.max(if named.contains(&name) { 2 } else { 1 });
                continue;
            }
        };
        if titled {
            call.out(format!("{}{name}:\n", if first { "" } else { "\n" }));
        }
        first = false;
        let mut all = Vec::new();
        let dots = if o.has("a|all") { vec![".".to_owned(), "..".to_owned()] } else { Vec::new() };
        for inner in dots.into_iter().chain(names) {
            if inner.starts_with('.') && !o.has("a|all|A|almost-all") {
                continue;
            }
            if let Ok(node) = call.host.files.look(&who, &path::child(&path, &inner), false) {
                all.push(Shown { name: inner, node: node.clone() });
            }
        }
        arrange(&mut all, &o);
        if o.has("l|n|g|o|s") {
            let blocks: u64 = all.iter().map(|shown| blocks(&shown.node)).sum();
            let total =
                if o.has("h|human-readable") { human(blocks * 1024) } else { blocks.to_string() };
            call.line(format!("total {total}"));
        }
        print(call, &all, &o, &path);
        if o.has("R|recursive") {
            for shown in all.iter().rev() {
                if matches!(shown.node.kind, Kind::Folder(_))
                    && !matches!(shown.name.as_str(), "." | "..")
                {
                    waiting.push(path::child(&name, &shown.name));
                }
            }
        }
    }
    Ok(status)
}

/// Kibibytes on the disk.
fn blocks(node: &Node) -> u64 {
    match node.kind {
        Kind::Folder(_) | Kind::Link(_) | Kind::Device(_) | Kind::Generated(_) => 0,
        _ => node.size().div_ceil(4096) * 4,
    }
}

fn arrange(all: &mut [Shown], o: &Options) {
    all.sort_by(|a, b| a.name.cmp(&b.name));
    if o.has("t") {
        all.sort_by_key(|shown| std::cmp::Reverse(shown.node.modified));
    }
    if o.has("S") {
        all.sort_by_key(|shown| std::cmp::Reverse(shown.node.size()));
    }
    if o.has("r|reverse") {
        all.reverse();
    }
}

fn mark(node: &Node, o: &Options) -> &'static str {
    match node.kind {
        Kind::Folder(_) if o.has("F|p") => "/",
        Kind::Link(_) if o.has("F") && !o.has("l") => "@",
        Kind::File(_) | Kind::Program(..) if o.has("F") && node.mode & 0o111 != 0 => "*",
        _ => "",
    }
}

fn print(call: &mut Call<'_>, all: &[Shown], o: &Options, folder: &str) {
    if !o.has("l|n|g|o") {
        let names: Vec<String> = all
            .iter()
            .map(|shown| {
                let number = if o.has("i") { "1 " } else { "" };
                format!("{number}{}{}", shown.name, mark(&shown.node, o))
            })
            .collect();
        if call.host.is_terminal(call.pid, 1) && !o.has("1") {
            columns(call, &names);
        } else {
            for name in names {
                call.line(name);
            }
        }
        return;
    }
    let now = call.host.now;
    let mut rows = Vec::new();
    for Shown { name, node } in all {
        let user = if o.has("n") { node.uid.to_string() } else { call.host.user_name(node.uid) };
        let group = if o.has("n") { node.gid.to_string() } else { call.host.group_name(node.gid) };
        let size =
            if o.has("h|human-readable") { human(node.size()) } else { node.size().to_string() };
        let arrow = match &node.kind {
            Kind::Link(target) => format!(" -> {target}"),
            _ => String::new(),
        };
        let line = format!("{}{}{arrow}", name, mark(node, o));
        rows.push([
            mode_text(node),
            node.links.to_string(),
            user,
            group,
            size,
            date(node.modified, now),
            line,
        ]);
    }
    let _ = folder;
    let width = |n: usize| rows.iter().map(|row| row[n].chars().count()).max().unwrap_or(0);
    let widths = [0, width(1), width(2), width(3), width(4)];
    for [mode, links, user, group, size, date, line] in &rows {
        let mut text = format!("{mode} {links:>0$}", widths[1]);
        if !o.has("g") {
            text.push_str(&format!(" {user:<0$}", widths[2]));
        }
        if !o.has("o") {
            text.push_str(&format!(" {group:<0$}", widths[3]));
        }
        call.line(format!("{text} {size:>0$} {date} {line}", widths[4]));
    }
}

/// Columns of a terminal that is eighty wide.
fn columns(call: &mut Call<'_>, names: &[String]) {
    const WIDTH: usize = 80;
    if names.is_empty() {
        return;
    }
    let length = |name: &String| name.chars().count();
    let mut rows = 1;
    loop {
        let count = names.len().div_ceil(rows);
        let widths: Vec<usize> = (0..count)
            .map(|column| {
                names.iter().skip(column * rows).take(rows).map(length).max().unwrap_or(0) + 2
            })
            .collect();
        if widths.iter().sum::<usize>() <= WIDTH + 2 || count <= 1 {
            for row in 0..rows {
                let mut line = String::new();
                for (column, width) in widths.iter().enumerate() {
                    let Some(name) = names.get(column * rows + row) else { continue };
                    let last = names.get((column + 1) * rows + row).is_none();
                    line.push_str(name);
                    if !last {
                        line.push_str(&" ".repeat(width - length(name)));
                    }
                }
                call.line(line);
            }
            return;
        }
        rows += 1;
    }
}

#[allow(clippy::too_many_lines, reason = "a table in all but form")]
pub(super) fn stat(call: &mut Call<'_>) -> Ran {
    let o = match options(call, "L t", "c format printf", 1) {
        Ok(o) => o,
        Err(status) => return Ok(status),
    };
    if o.rest.is_empty() {
        return Ok(call.missing(1));
    }
    let mut status = 0;
    for file in &o.rest {
        let (path, who) = (call.path(file), call.who());
        let (ino, node) = match call.host.files.find(&who, &path, o.has("L")) {
            Ok(ino) => (ino, call.host.files.node(ino).cloned()),
            Err(e) => {
                call.complain(format!("cannot statx {}: {e}", quoted(file)));
                status = 1;
                continue;
            }
        };
        let Some(node) = node else { continue };
        let pattern = o.value("c|format").map(str::to_owned);
        let kind = match node.kind {
            Kind::Folder(_) => "directory",
            Kind::Link(_) => "symbolic link",
            Kind::Device(_) => "character special file",
            _ if node.size() == 0 => "regular empty file",
            _ => "regular file",
        };
        let (user, group) = (call.host.user_name(node.uid), call.host.group_name(node.gid));
        let time = node.modified.format("%Y-%m-%d %H:%M:%S.%f000000 +0000");
        if let Some(pattern) = pattern {
            let mut text = String::new();
            let mut chars = pattern.chars();
            while let Some(c) = chars.next() {
                if c != '%' {
                    text.push(c);
                    continue;
                }
                match chars.next() {
                    Some('a') => text.push_str(&format!("{:o}", node.mode)),
                    Some('A') => text.push_str(&mode_text(&node)),
                    Some('s') => text.push_str(&node.size().to_string()),
                    Some('n') => text.push_str(file),
                    Some('U') => text.push_str(&user),
                    Some('G') => text.push_str(&group),
                    Some('u') => text.push_str(&node.uid.to_string()),
                    Some('g') => text.push_str(&node.gid.to_string()),
                    Some('F') => text.push_str(kind),
                    Some('h') => text.push_str(&node.links.to_string()),
                    Some('i') => text.push_str(&ino.to_string()),
                    Some('Y') => text.push_str(&node.modified.secs().to_string()),
                    Some('y') => text.push_str(&time),
                    Some(other) => text.push(other),
                    None => text.push('%'),
                }
            }
            call.line(text);
            continue;
        }
        call.line(format!("  File: {file}"));
        call.line(format!(
            "  Size: {:<10}\tBlocks: {:<10} IO Block: 4096   {kind}",
            node.size(),
            blocks(&node) * 2
        ));
        call.line(format!("Device: ca01h/51713d\tInode: {ino:<11} Links: {}", node.links));
        call.line(format!(
            "Access: ({:04o}/{})  Uid: ({:>5}/{user:>8})   Gid: ({:>5}/{group:>8})",
            node.mode,
            mode_text(&node),
            node.uid,
            node.gid
        ));
        for name in ["Access", "Modify", "Change"] {
            call.line(format!("{name}: {time}"));
        }
        call.line(" Birth: -");
    }
    Ok(status)
}
