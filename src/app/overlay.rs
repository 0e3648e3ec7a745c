//! What lies over a screen: lists that are searched and run from (help, palette, find, links,
//! steps), questions before something is lost, and prompts.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use super::act::Act;
use super::draft::Draft;
use super::flow::Line;
use super::input::Input;
use super::lay::lay;
use course::Block;

/// One layer.
#[derive(Clone, Debug)]
pub enum Overlay {
    List(List),
    Confirm(Confirm),
    Prompt(Prompt),
    Draft(Draft),
}

/// What a list is for; its title and what Enter does follow from it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ListKind {
    Help,
    Palette,
    Find,
    Links,
    Examples,
    Steps,
}

/// A list with a line to search it by.
#[derive(Clone, Debug)]
pub struct List {
    pub kind: ListKind,
    pub query: Input,
    pub items: Vec<Item>,
    /// Indices of the items that match, in the order they are shown.
    pub shown: Vec<usize>,
    /// Counted in `shown`.
    pub selected: usize,
}

/// One row of a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Item {
    /// A word before the title: the keys of an action, where a line was found.
    pub label: String,
    pub title: String,
    pub detail: String,
    /// What Enter on it does.
    pub act: Act,
    /// Whether it can be run now.
    pub valid: bool,
}

/// A question before something is lost, or runs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Confirm {
    pub title: String,
    /// All that who answers should know.
    pub blocks: Vec<Block>,
    /// The first line that is shown.
    pub scroll: usize,
    /// What a yes does.
    pub act: Act,
}

/// A line to type.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Prompt {
    pub title: String,
    pub help: String,
    pub input: Input,
    pub error: Option<String>,
}

impl Confirm {
    /// Cells beside the text, and lines above and below it: a frame, and the line with the keys.
    const BESIDE: u16 = 4;
    const AROUND: u16 = 4;

    /// The width of the box in a window of so many columns: as narrow as reads well, wide enough for
    /// scripts.
    #[must_use]
    pub fn width(&self, cols: u16) -> u16 {
        let code = self.blocks.iter().any(|block| matches!(block, Block::Code { .. }));
        let width = if code { 96 } else { 64 };
        if width + 12 > cols { cols } else { width }
    }

    /// Its lines in such a window.
    #[must_use]
    pub fn lines(&self, cols: u16) -> Vec<Line> {
        lay(&self.blocks, usize::from(self.width(cols).saturating_sub(Self::BESIDE)))
    }

    /// The height of the box that shows all of it, if there is room.
    #[must_use]
    pub fn height(&self, cols: u16) -> u16 {
        u16::try_from(self.lines(cols).len()).unwrap_or(u16::MAX).saturating_add(Self::AROUND)
    }

    /// How many of its lines a window shows.
    fn shown(&self, cols: u16, rows: u16) -> usize {
        // Some of what lies below it stays in sight.
        let room = rows.saturating_sub(3);
        usize::from(self.height(cols).min(room).saturating_sub(Self::AROUND))
    }

    pub fn scroll_by(&mut self, lines: isize, (cols, rows): (u16, u16)) {
        let last = self.lines(cols).len().saturating_sub(self.shown(cols, rows));
        self.scroll = self.scroll.saturating_add_signed(lines).min(last);
    }
}

impl List {
    #[must_use]
    pub fn new(kind: ListKind, items: Vec<Item>) -> Self {
        let mut list =
            Self { kind, query: Input::default(), items, shown: Vec::new(), selected: 0 };
        list.filter();
        list
    }

    #[must_use]
    pub fn title(&self) -> &'static str {
        match self.kind {
            ListKind::Help => "Help: what you can do, Enter does it",
            ListKind::Palette => "Go to or do",
            ListKind::Find => "Find in lesson, shell and notes",
            ListKind::Links => "Links on this page",
            ListKind::Examples => "Put a command of this step into the shell",
            ListKind::Steps => "Steps",
        }
    }

    #[must_use]
    pub fn chosen(&self) -> Option<&Item> {
        self.shown.get(self.selected).and_then(|i| self.items.get(*i))
    }

    /// Matches the items anew, best first. A search for text takes words as they stand; it shows
    /// nothing before something is typed.
    pub fn filter(&mut self) {
        let query = self.query.text();
        let query = query.trim();
        self.selected = 0;
        self.shown = match self.kind {
            ListKind::Find if query.is_empty() => Vec::new(),
            ListKind::Find => {
                let needle = query.to_lowercase();
                let holds = |i: &Item| {
                    matches!(i.act, Act::OpenNote(_)) || i.title.to_lowercase().contains(&needle)
                };
                (0..self.items.len()).filter(|i| holds(&self.items[*i])).collect()
            }
            _ if query.is_empty() => (0..self.items.len()).collect(),
            _ => {
                // What has it in its title stands before what has it in its description.
                let titles: Vec<String> = self.items.iter().map(|i| i.title.clone()).collect();
                let rest: Vec<String> = self
                    .items
                    .iter()
                    .map(|i| format!("{} {} {}", i.title, i.detail, i.label))
                    .collect();
                let mut shown = fuzzy(query, &titles);
                let more = fuzzy(query, &rest);
                shown.extend(more.into_iter().filter(|i| !shown.contains(i)).collect::<Vec<_>>());
                shown
            }
        };
    }

    pub fn move_by(&mut self, by: isize) {
        let last = self.shown.len().saturating_sub(1);
        self.selected = self.selected.saturating_add_signed(by).min(last);
    }
}

/// Indices of the texts that match, best first; equals in their order.
#[must_use]
pub fn fuzzy(query: &str, texts: &[String]) -> Vec<usize> {
    let pattern = Pattern::parse(query, CaseMatching::Ignore, Normalization::Smart);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut buffer = Vec::new();
    let mut scored: Vec<(u32, usize)> = texts
        .iter()
        .enumerate()
        .filter_map(|(i, text)| {
            let score = pattern.score(Utf32Str::new(text, &mut buffer), &mut matcher)?;
            Some((score, i))
        })
        .collect();
    scored.sort_by_key(|(score, i)| (std::cmp::Reverse(*score), *i));
    scored.into_iter().map(|(_, i)| i).collect()
}
