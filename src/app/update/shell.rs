//! The learner's shells: what is typed into them, and the tabs of their pane: the lab's own shell, and one for each live node. A node's shell is
//! started when its tab is first shown, keeps what it printed, and ends with its node.

use crossterm::event::KeyEvent;

use crate::encode::encode;
use crate::flow::Tone;
use crate::lab::{Focus, LabState};
use crate::shell::Shell;
use crate::{App, Effect};

/// The shell of that number, shown or not.
pub(super) fn find(lab: &mut LabState, id: u64) -> Option<&mut Shell> {
    lab.parked.iter_mut().chain([&mut lab.shell]).find(|shell| shell.id == id)
}

/// Shows the tab so many places on; behind the last comes the first.
pub(super) fn turn(app: &mut App, places: isize, effects: &mut Vec<Effect>) {
    let Some(lab) = app.lab.as_ref() else { return };
    let tabs: Vec<Option<&String>> =
        std::iter::once(None).chain(lab.nodes.iter().map(Some)).collect();
    let here = tabs.iter().position(|tab| *tab == lab.shell.node.as_ref()).unwrap_or(0);
    let length = isize::try_from(tabs.len()).unwrap_or(1);
    let there = (isize::try_from(here).unwrap_or(0) + places).rem_euclid(length);
    let node = tabs.get(usize::try_from(there).unwrap_or(0)).copied().flatten().cloned();
    switch(app, node, effects);
    if let Some(lab) = app.lab.as_mut() {
        lab.set_focus(Focus::Shell);
    }
}

/// Shows the shell of a node, or the lab's own; starts it if it has none yet.
fn switch(app: &mut App, node: Option<String>, effects: &mut Vec<Effect>) {
    let window = app.window();
    let Some(lab) = app.lab.as_mut() else { return };
    if lab.shell.node == node {
        return;
    }
    let parked = lab.parked.iter().position(|shell| shell.node == node);
    let shell = if let Some(place) = parked {
        lab.parked.swap_remove(place)
    } else {
        app.next_shell += 1;
        let pane = window.shell_pane(lab.view.is_some()).inner;
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
        switch(app, None, effects);
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

/// Sends a key to the shell that is shown.
pub(super) fn key(app: &mut App, key: KeyEvent, effects: &mut Vec<Effect>) {
    let Some(lab) = app.lab.as_mut().filter(|lab| lab.shell.ended.is_none()) else { return };
    let bytes = encode(key, lab.shell.screen().application_cursor());
    if !bytes.is_empty() {
        lab.shell.scroll_to(0);
        effects.push(Effect::ShellInput { shell: lab.shell.id, bytes });
    }
}

/// Sends text to the shell, in brackets if it asked for that.
pub(super) fn paste(app: &mut App, text: &str, effects: &mut Vec<Effect>) {
    let Some(lab) = app.lab.as_mut().filter(|lab| lab.shell.ended.is_none()) else { return };
    lab.shell.scroll_to(0);
    let bytes = paste_bytes(text, lab.shell.screen().bracketed_paste());
    effects.push(Effect::ShellInput { shell: lab.shell.id, bytes });
}

/// Line ends become carriage returns, as a terminal sends them; an escape inside the text could
/// close the bracket, so it is left out.
fn paste_bytes(text: &str, bracketed: bool) -> Vec<u8> {
    let text = text.replace("\r\n", "\r").replace('\n', "\r").replace('\x1b', "");
    if bracketed { format!("\x1b[200~{text}\x1b[201~").into_bytes() } else { text.into_bytes() }
}

/// Goes to the shell and types a command there; the learner completes and runs it.
pub(super) fn type_command(app: &mut App, command: &str, effects: &mut Vec<Effect>) {
    if let Some(lab) = app.lab.as_mut() {
        lab.set_focus(Focus::Shell);
    }
    paste(app, command, effects);
}

/// Ends the shell if it runs and starts another.
pub(super) fn renew(app: &mut App, effects: &mut Vec<Effect>) {
    let window = app.window();
    let Some(lab) = app.lab.as_mut() else { return };
    let pane = window.shell_pane(lab.view.is_some()).inner;
    if lab.shell.ended.is_none() {
        effects.push(Effect::ShellStop { shell: lab.shell.id });
    }
    app.next_shell += 1;
    let node = lab.shell.node.take();
    lab.shell = Shell::new(app.next_shell, node, (pane.width, pane.height));
    effects.push(lab.shell.start());
    lab.set_focus(Focus::Shell);
}

/// Scrolls back by so many pages.
pub(super) fn page(app: &mut App, pages: isize) {
    let Some(lab) = app.lab.as_mut() else { return };
    let page = isize::try_from(lab.shell.screen().size().0.saturating_sub(1).max(1)).unwrap_or(1);
    lab.shell.scroll(page * pages);
}

/// Goes to the shell, scrolled so that this many lines lie below.
pub(super) fn show(app: &mut App, back: usize) {
    if let Some(lab) = app.lab.as_mut() {
        lab.set_focus(Focus::Shell);
        lab.shell.scroll_to(back);
    }
}
