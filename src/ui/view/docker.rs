//! The engine's containers and images; those of a lab are told apart from the learner's own.

use super::{bytes, columns, curve, natural_width};
use app::flow::{Line, Tone, wrap_text};
use base::text::plural;
use docker::view::{ContainerView, ImageView, Usage, View};

/// More images without a name than this are counted, and only the newest few shown.
const NAMELESS_MAX: usize = 5;
const NAMELESS_SHOWN: usize = 3;

pub(super) fn lines(view: &View, width: usize) -> Vec<Line> {
    if let Some(problem) = &view.problem {
        return wrap_text(Tone::Bad, &format!("! {problem}"), width);
    }
    let running = view.containers.iter().filter(|c| c.state == "running").count();
    let title = format!("{}, {running} running", plural(view.containers.len(), "container"));
    let mut lines = vec![Line::of(Tone::Heading, title)];
    if view.containers.is_empty() {
        lines.push(Line::of(Tone::Dim, "None yet. `docker run` makes one."));
    } else {
        let head = ["", "NAME", "IMAGE", "STATUS", "PORTS", "LAB"];
        let mut rows = vec![head.map(|h| (Tone::Dim, h.to_owned())).to_vec()];
        rows.extend(view.containers.iter().map(container));
        let uses = view.containers.iter().map(|c| c.usage.as_ref().map(|u| usage(u, width)));
        if natural_width(&rows) <= width {
            let mut table = columns(&rows, 1, width).into_iter();
            lines.extend(table.next());
            lines.extend(table.zip(uses).flat_map(|(line, used)| [Some(line), used]).flatten());
        } else {
            let pairs = in_pairs(&rows[1..], width);
            for (pair, used) in pairs.chunks(2).zip(uses) {
                lines.extend_from_slice(pair);
                lines.extend(used);
            }
        }
    }
    lines.push(Line::default());
    lines.push(Line::of(Tone::Heading, plural(view.images.len(), "image")));
    if !view.images.is_empty() {
        let mut rows = vec![["NAME", "ID", "SIZE", ""].map(|h| (Tone::Dim, h.to_owned())).to_vec()];
        let (named, nameless): (Vec<_>, Vec<_>) =
            view.images.iter().partition(|i| !i.is_nameless());
        let shown = if nameless.len() > NAMELESS_MAX { NAMELESS_SHOWN } else { nameless.len() };
        rows.extend(named.into_iter().chain(nameless[..shown].iter().copied()).map(image));
        lines.extend(columns(&rows, 0, width));
        if shown < nameless.len() {
            let text = format!(
                "and {} more without a name; `docker image prune` removes those that nothing uses.",
                nameless.len() - shown
            );
            lines.extend(wrap_text(Tone::Dim, &text, width));
        }
    }
    lines
}

/// Two lines for each container, where one is too narrow: name, image and status above, the rest
/// below.
fn in_pairs(rows: &[Vec<(Tone, String)>], width: usize) -> Vec<Line> {
    let above: Vec<_> = rows.iter().map(|row| row[..4].to_vec()).collect();
    let mut lines = Vec::new();
    for (line, row) in columns(&above, 2, width).into_iter().zip(rows) {
        lines.push(line);
        let below: Vec<&str> =
            row[4..].iter().map(|(_, t)| t.as_str()).filter(|t| !t.is_empty()).collect();
        lines.push(Line::of(Tone::Dim, format!("   {}", below.join(" · "))));
    }
    lines
}

/// What a container uses: the last half minute as curves, and the newest figures in words.
fn usage(usage: &Usage, width: usize) -> Line {
    // The words beside the curves take this much.
    let cells = width.saturating_sub(49).div_euclid(2).clamp(4, 30);
    let cpu = usage.cpu.last().copied().unwrap_or_default();
    let memory = usage.memory.last().copied().unwrap_or_default();
    let percent = (memory * 100).checked_div(usage.memory_limit).unwrap_or_default();
    // A curve reaches its top at one processor, or at the highest value where that is more; memory
    // at its highest value, so that a change shows however large the limit is.
    let top = usage.cpu.iter().copied().max().unwrap_or_default().max(10_000);
    let most = usage.memory.iter().copied().max().unwrap_or_default();
    let mut line = Line::of(Tone::Dim, "   CPU ");
    line.push(Tone::Good, curve(&usage.cpu, top, cells));
    line.push(Tone::Plain, format!(" {:>3}.{} %", cpu / 100, cpu % 100 / 10));
    line.push(Tone::Dim, "  MEM ");
    line.push(Tone::Link, curve(&usage.memory, most, cells));
    let text = format!(" {} of {} ({percent} %)", bytes(memory), bytes(usage.memory_limit));
    line.push(Tone::Plain, text);
    line
}

fn container(c: &ContainerView) -> Vec<(Tone, String)> {
    let (tone, sign) = match c.state.as_str() {
        "running" => (Tone::Good, "●"),
        "paused" | "restarting" => (Tone::Ask, "◐"),
        "dead" => (Tone::Bad, "✘"),
        _ => (Tone::Dim, "○"),
    };
    let lab = if c.lab.is_empty() { "your own" } else { c.lab.as_str() };
    vec![
        (tone, sign.into()),
        (Tone::Bold, c.name.clone()),
        (Tone::Plain, c.image.clone()),
        (Tone::Plain, c.status.clone()),
        (Tone::Plain, c.ports.clone()),
        (Tone::Dim, lab.into()),
    ]
}

fn image(i: &ImageView) -> Vec<(Tone, String)> {
    vec![
        (Tone::Bold, i.name.clone()),
        (Tone::Dim, i.id.clone()),
        (Tone::Plain, bytes(i.size)),
        (Tone::Dim, if i.stand_in { "stand-in" } else { "" }.into()),
    ]
}
