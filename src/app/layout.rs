//! Where the panes are. Kept out of the drawing because the shell's size, paging and the mouse
//! depend on it too.

use ratatui::layout::Rect;
use ratatui::widgets::Borders;

use super::lab::Focus;

/// Below this the screen is not drawn.
pub const COLS_MIN: u16 = 60;
pub const ROWS_MIN: u16 = 16;
/// Below this many columns panes become tabs.
pub const PANES_COLS_MIN: u16 = 100;
/// From this many rows on a view stands above the shell; below, it takes the shell's place.
const STACK_ROWS_MIN: u16 = 30;

/// The least columns that the lesson, and what stands beside it, keep when their border is moved.
const LESSON_COLS_MIN: u16 = 30;
const SHELL_COLS_MIN: u16 = 40;

/// A pane: its outside, and what is inside its borders. Neighbours have the line between them in
/// common: it belongs to the outside of both.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Pane {
    pub frame: Rect,
    pub inner: Rect,
    pub borders: Borders,
}

impl Pane {
    /// With lines at these sides.
    #[must_use]
    pub fn new(frame: Rect, borders: Borders) -> Self {
        let at = |side| u16::from(borders.contains(side));
        let inner = Rect {
            x: frame.x + at(Borders::LEFT),
            y: frame.y + at(Borders::TOP),
            width: frame.width.saturating_sub(at(Borders::LEFT) + at(Borders::RIGHT)),
            height: frame.height.saturating_sub(at(Borders::TOP) + at(Borders::BOTTOM)),
        };
        Self { frame, inner, borders }
    }

    /// With so many empty columns at the left.
    fn padded(self, cols: u16) -> Self {
        let cols = cols.min(self.inner.width);
        let inner = Rect { x: self.inner.x + cols, width: self.inner.width - cols, ..self.inner };
        Self { inner, ..self }
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

/// What the panes of a lab are laid out in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Window {
    pub cols: u16,
    pub rows: u16,
    /// The lesson's part of the columns in thousandths, where the learner has chosen one.
    pub share: Option<u16>,
    /// Whether the lesson is folded away.
    pub folded: bool,
}

impl Window {
    /// Whether the lesson stands beside what else there is.
    #[must_use]
    pub fn beside(self) -> bool {
        self.wide() && !self.folded
    }

    /// Whether there is room for both.
    #[must_use]
    pub fn wide(self) -> bool {
        self.cols >= PANES_COLS_MIN
    }

    /// The column of the border between them, where there is one.
    #[must_use]
    pub fn border(self) -> Option<u16> {
        self.beside().then(|| self.lesson_cols())
    }

    fn lesson_cols(self) -> u16 {
        let part = |share: u16| {
            let cols = (u32::from(self.cols) * u32::from(share) + 500) / 1000;
            u16::try_from(cols).unwrap_or(self.cols)
        };
        match self.share {
            None => part(450).clamp(46, 90),
            Some(share) => part(share).clamp(LESSON_COLS_MIN, self.cols - SHELL_COLS_MIN),
        }
    }

    /// The part of the columns that the lesson has when the border stands there.
    #[must_use]
    pub fn share_at(self, column: u16) -> u16 {
        let most = self.cols.saturating_sub(SHELL_COLS_MIN).max(LESSON_COLS_MIN);
        let column = u32::from(column.clamp(LESSON_COLS_MIN, most));
        u16::try_from(column * 1000 / u32::from(self.cols.max(1))).unwrap_or(1000)
    }

    /// `view`: whether there is a live view.
    #[must_use]
    pub fn lab_panes(self, focus: Focus, view: bool) -> LabPanes {
        let body = frame(self.cols, self.rows).body;
        if !self.wide() {
            return tabbed(body, focus);
        }
        if self.folded {
            return folded(body, focus, view);
        }
        let cols = self.lesson_cols();
        // The column of the border is in both.
        let left = Rect { width: cols + 1, ..body };
        let right = Rect { x: cols, width: self.cols - cols, ..body };
        let checks_rows = (body.height * 2 / 5).clamp(6, 18);
        let (lesson, checks) = split(left, body.height.saturating_sub(checks_rows));
        let side = Borders::TOP | Borders::RIGHT;
        LabPanes {
            lesson: Some(Pane::new(lesson, side)),
            checks: Some(Pane::new(checks, side).padded(2)),
            ..stacked(right, focus, view, Borders::TOP | Borders::LEFT)
        }
    }

    /// The pane the shell has, or would have if it were shown: what its terminal is sized by.
    #[must_use]
    pub fn shell_pane(self, view: bool) -> Pane {
        self.lab_panes(Focus::Shell, view).shell.unwrap_or_default()
    }
}

/// The view above the shell; where there is no room for both, one of them.
fn stacked(area: Rect, focus: Focus, view: bool, borders: Borders) -> LabPanes {
    let pane = |area| Some(Pane::new(area, borders));
    let mut panes = LabPanes::default();
    if !view {
        panes.shell = pane(area);
    } else if area.height >= STACK_ROWS_MIN {
        let (above, below) = split(area, area.height * 3 / 5);
        panes.view = pane(above).map(|pane| pane.padded(1));
        panes.shell = pane(below);
    } else if focus == Focus::Shell {
        panes.shell = pane(area);
    } else {
        panes.view = pane(area).map(|pane| pane.padded(1));
    }
    panes
}

/// With the lesson folded away the shell has the whole width, and the view above it; what is folded is
/// behind a tab.
fn folded(body: Rect, focus: Focus, view: bool) -> LabPanes {
    let (tabs, inside) = split(body, 1);
    let reading = matches!(focus, Focus::Lesson | Focus::Checks);
    if reading || !view || inside.height < STACK_ROWS_MIN {
        return tabbed(body, focus);
    }
    LabPanes { tabs: Some(tabs), ..stacked(inside, focus, view, Borders::TOP) }
}

fn tabbed(body: Rect, focus: Focus) -> LabPanes {
    let (tabs, inside) = split(body, 1);
    let pane = Pane::new(inside, Borders::NONE);
    let shown = |which: Focus| (focus == which).then_some(pane);
    LabPanes {
        tabs: Some(tabs),
        lesson: shown(Focus::Lesson),
        checks: shown(Focus::Checks),
        view: shown(Focus::View),
        shell: shown(Focus::Shell),
    }
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
        let pane = Pane::new(body, Borders::TOP).padded(1);
        return if reading { (None, Some(pane)) } else { (Some(pane), None) };
    }
    let width = (cols / 3).clamp(34, 48);
    let list = Rect { width: width + 1, ..body };
    let page = Rect { x: width, width: cols - width, ..body };
    let list = Pane::new(list, Borders::TOP | Borders::RIGHT).padded(1);
    (Some(list), Some(Pane::new(page, Borders::TOP | Borders::LEFT).padded(1)))
}

fn split(area: Rect, above: u16) -> (Rect, Rect) {
    let above = above.min(area.height);
    let top = Rect { height: above, ..area };
    let low = Rect { y: area.y + above, height: area.height - above, ..area };
    (top, low)
}
