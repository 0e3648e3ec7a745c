//! Live views of the world, drawn from a picture of it that arrived earlier. Each view makes lines;
//! scrolling is the same for all.

mod docker;
mod hdfs;
mod layers;
mod networks;
mod s3;
mod sections;
mod swarm;
#[cfg(test)]
mod tests;

use unicode_width::UnicodeWidthStr as _;

use super::Canvas;
use ::docker::view::Part;
use app::LabState;
use app::flow::{Line, Piece, Tone, wrap};
use app::lab::Focus;
use app::layout::Pane;
use session::Picture;

pub(super) fn draw(lab: &LabState, pane: Pane, canvas: &mut Canvas) {
    let title = match lab.view {
        None => "Views".to_owned(),
        Some(view) => format!("{} (F5 shows the next view)", view.title),
    };
    canvas.frame(pane, &title, lab.focus == Focus::View);
    let width = usize::from(pane.inner.width.saturating_sub(1));
    let lines = match (lab.view, lab.shown_picture()) {
        (None, _) => vec![Line::of(Tone::Dim, "F5 shows the live views.")],
        (Some(_), None) => vec![Line::of(Tone::Dim, "The view is being read …")],
        (Some(_), Some(picture)) => lines(picture, width),
    };
    canvas.lines(pane.inner, &lines, lab.view_scroll);
}

fn lines(picture: &Picture, width: usize) -> Vec<Line> {
    match picture {
        Picture::Docker(view) => match view.part {
            Some(Part::Layers) => layers::lines(view, width),
            Some(Part::Networks) => networks::lines(view, width),
            Some(Part::Swarm) => swarm::lines(view, width),
            Some(Part::Containers) | None => docker::lines(view, width),
        },
        Picture::S3(view) => s3::lines(view, width),
        Picture::Hdfs(view) => hdfs::lines(view, width),
        Picture::Sections(view) => sections::lines(view, width),
    }
}

/// A branch of a tree: its first line behind `first`, what does not fit on it behind `rest`.
fn branch(first: &str, rest: &str, pieces: &[Piece], width: usize, lines: &mut Vec<Line>) {
    let room = width.saturating_sub(first.width().max(rest.width()));
    for (i, line) in wrap(pieces, room).into_iter().enumerate() {
        let mut whole = Line::of(Tone::Dim, if i == 0 { first } else { rest });
        whole.0.extend(line.0);
        lines.push(whole);
    }
}

/// A curve of the last `cells` values, each as a part of `top`.
fn curve(values: &[u64], top: u64, cells: usize) -> String {
    const STEPS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let shown = &values[values.len().saturating_sub(cells)..];
    let step = |value: &u64| {
        let part = (value.min(&top) * 7).div_ceil(top.max(1));
        STEPS[usize::try_from(part).unwrap_or(0).min(7)]
    };
    let curve: String = shown.iter().map(step).collect();
    format!("{}{curve}", " ".repeat(cells.saturating_sub(shown.len())))
}

/// A size for people, in powers of 1024 as HDFS and S3 tools print it.
fn bytes(count: u64) -> String {
    const UNITS: [&str; 5] = ["KiB", "MiB", "GiB", "TiB", "PiB"];
    if count < 1024 {
        return format!("{count} B");
    }
    let (mut unit, mut scaled) = (0, count * 10 / 1024);
    while scaled >= 10_240 && unit + 1 < UNITS.len() {
        scaled /= 1024;
        unit += 1;
    }
    if scaled.is_multiple_of(10) || scaled >= 1000 {
        format!("{} {}", scaled / 10, UNITS[unit])
    } else {
        format!("{}.{} {}", scaled / 10, scaled % 10, UNITS[unit])
    }
}

/// A bar of `width` cells, `part` of `whole` of it full.
fn gauge(part: u64, whole: u64, width: usize) -> String {
    let wide = width as u64;
    let filled = if whole == 0 { 0 } else { part.min(whole).saturating_mul(wide).div_ceil(whole) };
    let filled = usize::try_from(filled).unwrap_or(0).min(width);
    format!("{}{}", "█".repeat(filled), "░".repeat(width - filled))
}

/// How wide rows are when nothing is cut.
fn natural_width(rows: &[Vec<(Tone, String)>]) -> usize {
    let widths = widest(rows);
    widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1)
}

fn widest(rows: &[Vec<(Tone, String)>]) -> Vec<usize> {
    let mut widths = vec![0; rows.iter().map(Vec::len).max().unwrap_or(0)];
    for row in rows {
        for (i, (tone, text)) in row.iter().enumerate() {
            widths[i] = widths[i].max(Line::of(*tone, text.as_str()).width());
        }
    }
    widths
}

/// Columns as wide as their widest cell. Where that is too much, the column `soft` is narrowed; a
/// cell that must be cut ends with `…`.
fn columns(rows: &[Vec<(Tone, String)>], soft: usize, width: usize) -> Vec<Line> {
    let mut widths = widest(rows);
    let surplus = natural_width(rows).saturating_sub(width);
    if let Some(soft) = widths.get_mut(soft) {
        *soft = soft.saturating_sub(surplus).max(6.min(*soft));
    }
    let line = |row: &Vec<(Tone, String)>| {
        let mut line = Line::default();
        for (i, (tone, text)) in row.iter().enumerate() {
            let gap = if i + 1 < row.len() { "  " } else { "" };
            line.push(*tone, format!("{}{gap}", app::flow::pad(text, widths[i])));
        }
        line
    };
    rows.iter().map(line).collect()
}
