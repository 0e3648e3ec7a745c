//! The cluster: racks with their nodes as the NameNode sees them, where each block's replicas are,
//! and the copies under way.

use std::collections::BTreeMap;

use unicode_width::UnicodeWidthStr;

use super::{bytes, columns, gauge, natural_width};
use app::flow::{Line, Tone, fit, wrap_text};
use base::text::{plural, span};
use hadoop::hdfs::view::{BlockView, NodeView, TransferView, View};

/// Cells of the bar of used space, and of a copy's progress.
const USED_CELLS: usize = 8;
const COPY_CELLS: usize = 20;

pub(super) fn lines(view: &View, width: usize) -> Vec<Line> {
    let mut lines = Vec::new();
    if view.racks.is_empty() {
        lines.push(Line::of(Tone::Dim, "This lab has no HDFS cluster."));
        return lines;
    }
    if view.safe_mode {
        let text = "! Safe mode is on: the NameNode refuses changes.";
        lines.extend(wrap_text(Tone::Bad, text, width));
    }
    let numbers = nodes(view, width, &mut lines);
    lines.push(Line::default());
    transfers(&view.transfers, width, &mut lines);
    blocks(view, &numbers, width, &mut lines);
    lines
}

/// Below this width sizes are left out or said shorter.
const WIDE: usize = 72;
/// Below this width the bar of used space is left out.
const NARROW: usize = 62;

/// The racks' lines; gives each node its number, which heads its column among the blocks.
fn nodes<'a>(view: &'a View, width: usize, lines: &mut Vec<Line>) -> BTreeMap<&'a str, usize> {
    let mut numbers = BTreeMap::new();
    let head = ["  #", "NODE", "STATE", "LAST SEEN", "", "USED", "BLOCKS"];
    let mut rows = vec![head.map(|h| (Tone::Dim, h.to_owned())).to_vec()];
    let mut heads = Vec::new();
    for rack in &view.racks {
        heads.push((rows.len(), rack.name.as_str()));
        for node in &rack.nodes {
            let number = numbers.len() + 1;
            numbers.insert(node.name.as_str(), number);
            rows.push(node_row(number, node, width >= WIDE));
        }
    }
    if width < NARROW {
        for row in &mut rows {
            row.remove(4);
        }
    }
    for (i, line) in columns(&rows, 1, width).into_iter().enumerate() {
        for (_, name) in heads.iter().filter(|(at, _)| *at == i) {
            lines.push(Line::of(Tone::Heading, *name));
        }
        lines.push(line);
    }
    numbers
}

fn node_row(number: usize, node: &NodeView, wide: bool) -> Vec<(Tone, String)> {
    let (tone, sign) = match node.believed.as_str() {
        "live" => (Tone::Good, "●"),
        "stale" => (Tone::Ask, "◐"),
        _ => (Tone::Bad, "✘"),
    };
    // What the NameNode believes and what is so are two things; where they differ, it is said.
    let truth = match (node.believed.as_str(), node.running) {
        ("dead", true) => " (up)",
        ("live" | "stale", false) => " (down)",
        _ => "",
    };
    let seen = span(std::time::Duration::from_secs(node.last_contact_s));
    let used = bytes(node.used);
    vec![
        (Tone::Dim, format!("{number:>3}")),
        (Tone::Bold, node.name.clone()),
        (tone, format!("{sign} {}{truth}", node.believed)),
        (Tone::Plain, seen),
        (Tone::Plain, gauge(node.used, node.capacity, if wide { USED_CELLS } else { 4 })),
        (Tone::Plain, if wide { format!("{used} of {}", bytes(node.capacity)) } else { used }),
        (Tone::Plain, node.blocks.to_string()),
    ]
}

fn transfers(transfers: &[TransferView], width: usize, lines: &mut Vec<Line>) {
    if transfers.is_empty() {
        return;
    }
    let title = format!("{} under way", plural(transfers.len(), "copy").replace("copys", "copies"));
    lines.push(Line::of(Tone::Heading, title));
    let rows: Vec<_> = transfers.iter().map(transfer_row).collect();
    lines.extend(columns(&rows, 1, width));
    lines.push(Line::default());
}

fn transfer_row(t: &TransferView) -> Vec<(Tone, String)> {
    vec![
        (Tone::Plain, format!("  {}", t.block)),
        (Tone::Plain, format!("{} → {}", t.from, t.to)),
        (Tone::Good, gauge(u64::from(t.percent), 100, COPY_CELLS)),
        (Tone::Plain, format!("{:>3} %", t.percent)),
    ]
}

fn blocks(view: &View, numbers: &BTreeMap<&str, usize>, width: usize, lines: &mut Vec<Line>) {
    let mut title = Line::of(Tone::Heading, plural(view.block_count, "block"));
    if view.under_replicated > 0 {
        title.push(Tone::Bad, format!("  ! {} under-replicated", view.under_replicated));
    }
    lines.push(title);
    if view.blocks.is_empty() {
        return;
    }
    // With many nodes a column for each is too wide: their numbers are listed instead.
    let matrix = 3 * numbers.len() <= width / 2;
    let head = if matrix {
        let numbers: Vec<String> = (1..=numbers.len()).map(|n| format!("{n:>3}")).collect();
        numbers.concat()
    } else {
        "ON NODES".to_owned()
    };
    let head = ["  BLOCK".to_owned(), head, "HAS".into(), "SIZE".into(), "FILE".into()];
    let mut rows = vec![head.map(|h| (Tone::Dim, h)).to_vec()];
    rows.extend(view.blocks.iter().map(|b| block_row(b, numbers, &view.transfers, matrix)));
    if width < WIDE {
        for row in &mut rows {
            row.remove(3);
        }
    }
    let file = rows[0].len() - 1;
    shorten_paths(&mut rows, file, width);
    lines.extend(columns(&rows, file, width));
    let more = view.block_count.saturating_sub(view.blocks.len());
    if more > 0 {
        lines.push(Line::of(Tone::Dim, format!("  … and {}", plural(more, "more block"))));
    }
    let key = "  ■ replica   + being copied   · none   numbers: nodes above";
    lines.push(Line::of(Tone::Dim, fit(key, width)));
}

/// Of a path that does not fit the end is kept: it names the file.
fn shorten_paths(rows: &mut [Vec<(Tone, String)>], file: usize, width: usize) {
    let surplus = natural_width(rows).saturating_sub(width);
    let cells = rows.iter().map(|row| row[file].1.width()).max().unwrap_or(0);
    let room = cells.saturating_sub(surplus).max(6);
    for (_, path) in rows.iter_mut().skip(1).map(|row| &mut row[file]) {
        if path.width() > room {
            let reversed: String = path.chars().rev().collect();
            *path = fit(&reversed, room).chars().rev().collect();
        }
    }
}

fn block_row(
    block: &BlockView,
    numbers: &BTreeMap<&str, usize>,
    transfers: &[TransferView],
    matrix: bool,
) -> Vec<(Tone, String)> {
    let mut signs = vec!['·'; numbers.len()];
    let mut mark = |node: &str, sign: char| {
        if let Some(place) = numbers.get(node).and_then(|n| signs.get_mut(n - 1)) {
            *place = sign;
        }
    };
    for copy in transfers.iter().filter(|t| t.block == block.id) {
        mark(&copy.to, '+');
    }
    for node in &block.replicas {
        mark(node, '■');
    }
    let places = if matrix {
        signs.iter().flat_map(|s| [' ', ' ', *s]).collect()
    } else {
        let at = |(i, s): (usize, &char)| match s {
            '■' => Some((i + 1).to_string()),
            '+' => Some(format!("+{}", i + 1)),
            _ => None,
        };
        signs.iter().enumerate().filter_map(at).collect::<Vec<_>>().join(" ")
    };
    let has = format!("{}/{}", block.replicas.len(), block.target);
    let wanted = usize::try_from(block.target).unwrap_or(usize::MAX);
    let (tone, sign) = match block.replicas.len() {
        0 => (Tone::Bad, " missing"),
        n if n < wanted => (Tone::Bad, " few"),
        n if n > wanted => (Tone::Ask, " many"),
        _ => (Tone::Good, ""),
    };
    vec![
        (Tone::Plain, format!("  {}", block.id)),
        (Tone::Plain, places),
        (tone, format!("{has}{sign}")),
        (Tone::Plain, bytes(block.len)),
        (Tone::Dim, block.path.clone()),
    ]
}
