//! Where the panes are. Kept out of the drawing because the shell's size, paging and the mouse
//! depend on it too.

use ratatui::layout::Rect;

use super::lab::Focus;

/// Below this the screen is not drawn.
pub const COLS_MIN: u16 = 60;
pub const ROWS_MIN: u16 = 16;
/// Below this many columns panes become tabs.
pub const PANES_COLS_MIN: u16 = 100;
/// From this many rows on a view stands above the shell; below, it takes the shell's place.
const STACK_ROWS_MIN: u16 = 30;

/// A pane: its outside, and what is inside its border.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Pane {
    pub frame: Rect,
    pub inner: Rect,
}

impl Pane {
    fn boxed(frame: Rect) -> Self {
        let inner = Rect {
            x: frame.x + 1,
            y: frame.y + 1,
            width: frame.width.saturating_sub(2),
            height: frame.height.saturating_sub(2),
        };
        Self { frame, inner }
    }

    fn bare(frame: Rect) -> Self {
        Self { frame, inner: frame }
    }

    fn holds(self, column: u16, row: u16) -> bool {
        self.frame.contains((column, row).into())
    }
}

/// The lines above and below everything.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Frame {
    pub header: Rect,
    pub body: Rect,
    pub status: Rect,
    pub footer: Rect,
}

/// Whether the screen can be drawn at this size.
#[must_use]
pub fn fits(cols: u16, rows: u16) -> bool {
    cols >= COLS_MIN && rows >= ROWS_MIN
}

#[must_use]
pub fn frame(cols: u16, rows: u16) -> Frame {
    let line = |y: u16| Rect { x: 0, y: y.min(rows), width: cols, height: u16::from(y < rows) };
    Frame {
        header: line(0),
        body: Rect { x: 0, y: 1.min(rows), width: cols, height: rows.saturating_sub(3) },
        status: line(rows.saturating_sub(2).max(1)),
        footer: line(rows.saturating_sub(1).max(2)),
    }
}

/// The panes of the lab screen; one that is not shown is `None`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct LabPanes {
    /// The line of tabs, where panes are tabs.
    pub tabs: Option<Rect>,
    pub lesson: Option<Pane>,
    pub checks: Option<Pane>,
    pub view: Option<Pane>,
    pub shell: Option<Pane>,
}

/// `view`: whether there is a live view.
#[must_use]
pub fn lab_panes(cols: u16, rows: u16, focus: Focus, view: bool) -> LabPanes {
    let body = frame(cols, rows).body;
    if cols < PANES_COLS_MIN {
        return tabbed(body, focus);
    }
    let left = Rect { width: (cols * 45 / 100).clamp(46, 90), ..body };
    let right = Rect { x: left.right(), width: cols - left.width, ..body };
    let checks_rows = (body.height * 2 / 5).clamp(6, 18);
    let (lesson, checks) = split(left, body.height.saturating_sub(checks_rows));
    let mut panes = LabPanes {
        lesson: Some(Pane::boxed(lesson)),
        checks: Some(Pane::boxed(checks)),
        ..LabPanes::default()
    };
    if !view {
        panes.shell = Some(Pane::boxed(right));
    } else if body.height >= STACK_ROWS_MIN {
        let (above, below) = split(right, body.height * 3 / 5);
        panes.view = Some(Pane::boxed(above));
        panes.shell = Some(Pane::boxed(below));
    } else if focus == Focus::Shell {
        panes.shell = Some(Pane::boxed(right));
    } else {
        panes.view = Some(Pane::boxed(right));
    }
    panes
}

fn tabbed(body: Rect, focus: Focus) -> LabPanes {
    let (tabs, inside) = split(body, 1);
    let pane = Pane::bare(inside);
    let shown = |which: Focus| (focus == which).then_some(pane);
    LabPanes {
        tabs: Some(tabs),
        lesson: shown(Focus::Lesson),
        checks: shown(Focus::Checks),
        view: shown(Focus::View),
        shell: shown(Focus::Shell),
    }
}

/// The pane the shell has, or would have if it were shown: what its terminal is sized by.
#[must_use]
pub fn shell_pane(cols: u16, rows: u16, view: bool) -> Pane {
    lab_panes(cols, rows, Focus::Shell, view).shell.unwrap_or_default()
}

/// What lies under the mouse.
#[must_use]
pub fn pane_at(panes: &LabPanes, column: u16, row: u16) -> Option<Focus> {
    let all = [
        (panes.lesson, Focus::Lesson),
        (panes.checks, Focus::Checks),
        (panes.view, Focus::View),
        (panes.shell, Focus::Shell),
    ];
    all.into_iter().find(|(p, _)| p.is_some_and(|p| p.holds(column, row))).map(|(_, f)| f)
}

/// The panes of the notes reader: the list and the page; in a narrow window one of them.
#[must_use]
pub fn notes_panes(cols: u16, rows: u16, reading: bool) -> (Option<Pane>, Option<Pane>) {
    let body = frame(cols, rows).body;
    if cols < PANES_COLS_MIN {
        let pane = Pane::boxed(body);
        return if reading { (None, Some(pane)) } else { (Some(pane), None) };
    }
    let list = Rect { width: (cols / 3).clamp(34, 48), ..body };
    let page = Rect { x: list.right(), width: cols - list.width, ..body };
    (Some(Pane::boxed(list)), Some(Pane::boxed(page)))
}

fn split(area: Rect, above: u16) -> (Rect, Rect) {
    let above = above.min(area.height);
    let top = Rect { height: above, ..area };
    let low = Rect { y: area.y + above, height: area.height - above, ..area };
    (top, low)
}
