//! The tabs of the shell's pane: the lab's own shell, and one for each live node. A node's shell is
//! started when its tab is first shown, keeps what it printed, and ends with its node.

use crate::flow::Tone;
use crate::lab::{Focus, LabState};
use crate::shell::Shell;
use crate::{App, Effect, layout};

/// The shell of that number, shown or not.
pub(super) fn find(lab: &mut LabState, id: u64) -> Option<&mut Shell> {
    lab.parked.iter_mut().chain([&mut lab.shell]).find(|shell| shell.id == id)
}

pub fn next(app: &mut App, effects: &mut Vec<Effect>) {
    turn(app, 1, effects);
}

pub fn back(app: &mut App, effects: &mut Vec<Effect>) {
    turn(app, -1, effects);
}

/// Shows the tab so many places on; behind the last comes the first.
fn turn(app: &mut App, places: isize, effects: &mut Vec<Effect>) {
    let Some(lab) = app.lab.as_ref() else { return };
    let tabs: Vec<Option<&String>> =
        std::iter::once(None).chain(lab.nodes.iter().map(Some)).collect();
    let here = tabs.iter().position(|tab| *tab == lab.shell.node.as_ref()).unwrap_or(0);
    let length = isize::try_from(tabs.len()).unwrap_or(1);
    let there = (isize::try_from(here).unwrap_or(0) + places).rem_euclid(length);
    let node = tabs.get(usize::try_from(there).unwrap_or(0)).copied().flatten().cloned();
    show(app, node, effects);
    if let Some(lab) = app.lab.as_mut() {
        lab.focus = Focus::Shell;
    }
}

/// Shows the shell of a node, or the lab's own; starts it if it has none yet.
fn show(app: &mut App, node: Option<String>, effects: &mut Vec<Effect>) {
    let Some(lab) = app.lab.as_mut() else { return };
    if lab.shell.node == node {
        return;
    }
    let parked = lab.parked.iter().position(|shell| shell.node == node);
    let shell = if let Some(place) = parked {
        lab.parked.swap_remove(place)
    } else {
        app.next_shell += 1;
        let pane = layout::shell_pane(app.cols, app.rows, lab.view).inner;
        let shell = Shell::new(app.next_shell, node, (pane.width, pane.height));
        effects.push(shell.start());
        shell
    };
    lab.parked.push(std::mem::replace(&mut lab.shell, shell));
}

/// Takes over which nodes live. The tab of one that is gone goes too, and its shell ends.
pub(crate) fn take_nodes(app: &mut App, nodes: Vec<String>, effects: &mut Vec<Effect>) {
    let Some(lab) = app.lab.as_mut() else { return };
    let fresh: Vec<&String> = nodes.iter().filter(|node| !lab.nodes.contains(node)).collect();
    let news = (!fresh.is_empty()).then(|| {
        let names: Vec<&str> = fresh.iter().map(|name| name.as_str()).collect();
        format!("New in the shell's pane (Alt-Right goes there): {}.", names.join(", "))
    });
    lab.nodes = nodes;
    let gone = |lab: &LabState, shell: &Shell| {
        shell.node.as_ref().is_some_and(|node| !lab.nodes.contains(node))
    };
    if gone(lab, &lab.shell) {
        show(app, None, effects);
    }
    let Some(lab) = app.lab.as_mut() else { return };
    let (left, kept): (Vec<Shell>, Vec<Shell>) =
        std::mem::take(&mut lab.parked).into_iter().partition(|shell| gone(lab, shell));
    lab.parked = kept;
    effects.extend(left.iter().map(|shell| Effect::ShellStop { shell: shell.id }));
    if let Some(text) = news {
        app.tell(Tone::Plain, text);
    }
}
