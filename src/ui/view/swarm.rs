//! The swarm: its nodes, and the tasks on each as they are and as they are meant to be.

use super::branch;
use app::flow::{Line, Piece, Tone, wrap_text};
use base::text::plural;
use docker::view::{NodeView, TaskView, View};

pub(super) fn lines(view: &View, width: usize) -> Vec<Line> {
    if let Some(problem) = &view.problem {
        return wrap_text(Tone::Bad, &format!("! {problem}"), width);
    }
    let Some(swarm) = &view.swarm else {
        let text = "No swarm manager answers. Either no engine of this lab has founded a swarm yet, \
                    or the managers are slow just now, or too few are up: more than half must be.";
        return wrap_text(Tone::Dim, text, width);
    };
    let tasks = swarm.nodes.iter().flat_map(|n| &n.tasks);
    let running = tasks.filter(|t| t.current == "running" && t.desired == "running").count();
    let ready = swarm.nodes.iter().filter(|n| n.state == "ready").count();
    let title = format!(
        "{}, {ready} ready; {} running",
        plural(swarm.nodes.len(), "node"),
        plural(running, "task")
    );
    let mut lines = wrap_text(Tone::Heading, &title, width);
    for node in &swarm.nodes {
        lines.push(Line::default());
        one(node, width, &mut lines);
    }
    if !swarm.waiting.is_empty() {
        lines.push(Line::default());
        lines.push(Line::of(Tone::Ask, "On no node yet"));
        tasks_of(&swarm.waiting, width, &mut lines);
    }
    lines
}

fn piece(tone: Tone, text: impl Into<String>) -> Piece {
    Piece { tone, text: text.into() }
}

fn one(node: &NodeView, width: usize, lines: &mut Vec<Line>) {
    let (tone, sign) = match (node.state.as_str(), node.availability.as_str()) {
        ("ready", "active") => (Tone::Good, "● "),
        ("ready", _) => (Tone::Ask, "◐ "),
        _ => (Tone::Bad, "✘ "),
    };
    let pieces = [
        piece(tone, sign),
        piece(Tone::Bold, node.name.clone()),
        piece(Tone::Plain, format!("  {} · {} · ", node.role, node.availability)),
        piece(tone, node.state.clone()),
    ];
    branch("", "    ", &pieces, width, lines);
    if node.tasks.is_empty() {
        lines.push(Line::of(Tone::Dim, "└─ no tasks"));
    }
    tasks_of(&node.tasks, width, lines);
}

fn tasks_of(tasks: &[TaskView], width: usize, lines: &mut Vec<Line>) {
    for (i, task) in tasks.iter().enumerate() {
        let last = i + 1 == tasks.len();
        let (turn, on) = if last { ("└─ ", "       ") } else { ("├─ ", "│      ") };
        branch(turn, on, &told(task), width, lines);
    }
}

/// A task's state; where it is not what it is meant to be, both are said.
fn told(task: &TaskView) -> Vec<Piece> {
    let (tone, sign) = match (task.desired.as_str(), task.current.as_str()) {
        ("running", "running") | (_, "complete") => (Tone::Good, "● "),
        ("shutdown" | "remove", _) => (Tone::Dim, "○ "),
        (_, "failed" | "rejected" | "orphaned") => (Tone::Bad, "✘ "),
        _ => (Tone::Ask, "◐ "),
    };
    let state = if task.desired == task.current {
        task.current.clone()
    } else {
        format!("{}, meant to be {}", task.current, task.desired)
    };
    let mut pieces = vec![
        piece(tone, sign),
        piece(Tone::Bold, task.name.clone()),
        piece(Tone::Dim, format!("  {}  ", task.image)),
        piece(tone, state),
    ];
    if !task.moved_from.is_empty() {
        pieces.push(piece(Tone::Ask, format!("  ◀ replaces one on {}", task.moved_from)));
    }
    if !task.error.is_empty() {
        pieces.push(piece(Tone::Bad, format!("  ! {}", task.error)));
    }
    pieces
}
