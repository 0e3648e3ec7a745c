//! The notes reader's state: the pages, the page that is open, and what was searched for.

use super::Screen;
use super::flow::Line;
use super::input::Input;
use super::lay::lay;
use super::ports::{Hit, Note, NoteCard};

/// How the page was come by, and so where Esc leads from it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Opened {
    /// From the list, so back to it.
    #[default]
    FromList,
    /// By a link from elsewhere, so back there.
    ByLink,
}

/// The reader.
#[derive(Clone, Debug, Default)]
pub struct Notes {
    pub pages: Vec<NoteCard>,
    pub loaded: bool,
    /// Counted in the pages, or in the hits while there is a query.
    pub selected: usize,
    pub page: Option<Note>,
    /// The page laid out for `width`.
    pub lines: Vec<Line>,
    pub width: usize,
    pub scroll: usize,
    pub query: Input,
    /// Whether the query is being typed.
    pub searching: bool,
    /// What was found; `None` when nothing is searched for.
    pub hits: Option<Vec<Hit>>,
    /// What it was found for, when that is not the query.
    pub meant: Option<String>,
    /// Whether keys go to the page and not to the list.
    pub reading: bool,
    /// Where Esc leads.
    pub back: Screen,
    pub opened: Opened,
}

impl Notes {
    /// Ids of the rows of the list.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.hits.as_ref().map_or(self.pages.len(), Vec::len)
    }

    /// The id of the chosen row.
    #[must_use]
    pub fn chosen(&self) -> Option<String> {
        match &self.hits {
            Some(hits) => hits.get(self.selected).map(|h| h.id.clone()),
            None => self.pages.get(self.selected).map(|p| p.id.clone()),
        }
    }

    /// Shows a page, from the section that was asked for.
    pub fn show(&mut self, note: Note, width: usize) {
        if self.hits.is_none()
            && let Some(place) = self.pages.iter().position(|p| p.id == note.id)
        {
            self.selected = place;
        }
        let before = note.blocks[..note.section.start.min(note.blocks.len())].to_vec();
        self.page = Some(note);
        self.width = 0;
        self.reflow(width);
        // An empty line stands between what is before and the section.
        self.scroll = if before.is_empty() { 0 } else { lay(&before, width).len() + 1 };
    }

    /// Lays the page out anew when the width is another.
    pub fn reflow(&mut self, width: usize) {
        if self.width == width {
            return;
        }
        let old = self.lines.len().max(1);
        self.width = width;
        self.lines = self.page.as_ref().map_or_else(Vec::new, |page| lay(&page.blocks, width));
        self.scroll = self.scroll * self.lines.len() / old;
    }

    pub fn move_by(&mut self, by: isize) {
        let last = self.rows().saturating_sub(1);
        self.selected = self.selected.saturating_add_signed(by).min(last);
    }
}
