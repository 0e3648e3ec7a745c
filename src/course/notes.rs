//! The course notes: pages to read and to search, embedded in the program.
//!
//! A page is `assets/notes/<track>/<nn-slug>.md`; its first heading is its title, its id is
//! `<track>/<slug>`. The last page is the glossary. Pages are read when they are asked for. The index
//! itself is the store's.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::OnceLock;

use include_dir::{Dir, include_dir};

use super::glossary::{self, Term};
use super::lesson::{self, Block, ItemKind};
use super::search::{Lexicon, Wanted};
use base::Digest;

static NOTES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../assets/notes");

/// The order of the tracks; others come behind them by name.
const TRACKS: &[&str] = &["containers", "bigdata", "cloud"];
/// The page that the glossary is.
pub const GLOSSARY: &str = "glossary";
const GLOSSARY_TITLE: &str = "Glossary";

/// What is read in a minute, with thought: about 180 words.
const BYTES_A_MINUTE: usize = 1_100;

/// A page of the notes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Page {
    /// `containers/images`
    pub id: String,
    pub title: String,
    pub track: String,
    pub blocks: Vec<Block>,
    /// The words alone, for `--plain` and for searching within the page.
    pub text: String,
    /// The anchor of each heading, and which of the blocks it is.
    pub anchors: Vec<(String, usize)>,
}

impl Page {
    /// The blocks from a heading up to the next one that is not below it; the whole page for its
    /// title. Nothing when there is no such anchor.
    #[must_use]
    pub fn section(&self, anchor: &str) -> Option<Range<usize>> {
        let start = self.anchors.iter().find(|(a, _)| a == anchor)?.1;
        let rank = |block: &Block| match block {
            Block::Heading { level, .. } => Some(*level),
            _ => None,
        };
        let own = rank(self.blocks.get(start)?)?;
        let behind = self.blocks.iter().skip(start + 1);
        let length = behind.take_while(|block| rank(block).is_none_or(|level| level > own)).count();
        Some(start..start + 1 + length)
    }
}

/// One section of a page, as the index wants it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NoteIndexRow {
    /// The page's id.
    pub page: String,
    /// The anchor of the section's heading; empty for what stands before the first one.
    pub anchor: String,
    /// The page's title.
    pub title: String,
    /// The headings that lead here, below the title: `Layers › Cache`. Empty at the top.
    pub heading: String,
    /// The section's words.
    pub text: String,
    /// The line of the heading in the page's file, from 1.
    pub line: usize,
}

/// A page's place in the list.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Entry {
    id: String,
    title: String,
    track: String,
    markdown: String,
}

impl Entry {
    /// It, read.
    fn page(&self) -> Page {
        let blocks = lesson::parse(&self.markdown);
        let mut anchors = Anchors::default();
        let anchors = blocks
            .iter()
            .enumerate()
            .filter_map(|(at, block)| match block {
                Block::Heading { text, .. } => Some((anchors.next(&lesson::plain(text)), at)),
                _ => None,
            })
            .collect();
        Page {
            id: self.id.clone(),
            title: self.title.clone(),
            track: self.track.clone(),
            text: lesson::text_of(&blocks),
            blocks,
            anchors,
        }
    }
}

/// All pages, in the order of the course.
#[derive(Clone, Debug, Default)]
pub struct Notes {
    files: Vec<Entry>,
    terms: Vec<Term>,
    /// Made when it is asked for.
    glossary: OnceLock<Entry>,
    /// Made for the first search.
    lexicon: OnceLock<Lexicon>,
}

impl Notes {
    /// The embedded pages.
    #[must_use]
    pub fn load() -> Self {
        let files = NOTES.dirs().flat_map(Dir::files).filter_map(|file| {
            let path =
                file.path().iter().map(|p| p.to_string_lossy()).collect::<Vec<_>>().join("/");
            Some((path, file.contents_utf8()?.to_owned()))
        });
        Self::with_glossary(files, glossary::embedded().unwrap_or_default())
    }

    /// Pages as [`Notes::of`] takes them, and the page that the glossary's terms make.
    pub(super) fn with_glossary(
        files: impl IntoIterator<Item = (String, String)>,
        terms: Vec<Term>,
    ) -> Self {
        Self { terms, ..Self::of(files) }
    }

    /// The page that the terms make, if there are any. It is put together when it is asked for, since
    /// the titles of its links are read in all pages that they lead to.
    fn glossary(&self) -> Option<&Entry> {
        let make = || {
            // Many terms lead to one page, which is read once.
            let pages = RefCell::new(BTreeMap::new());
            let markdown = glossary::markdown(&self.terms, |to| self.title_of(to, &pages));
            let (id, title) = (GLOSSARY.to_owned(), GLOSSARY_TITLE.to_owned());
            Entry { track: id.clone(), id, title, markdown }
        };
        (!self.terms.is_empty()).then(|| self.glossary.get_or_init(make))
    }

    /// What a section is called: its page's title and its heading.
    fn title_of(&self, to: &str, pages: &RefCell<BTreeMap<String, Option<Page>>>) -> String {
        let (id, anchor) = to.split_once('#').unwrap_or((to, ""));
        let mut pages = pages.borrow_mut();
        let read = || self.files.iter().find(|entry| entry.id == id).map(Entry::page);
        let page = pages.entry(id.to_owned()).or_insert_with(read);
        let Some(page) = page else { return to.to_owned() };
        let block = page.anchors.iter().find(|(a, _)| a == anchor).map(|(_, at)| &page.blocks[*at]);
        match block {
            Some(Block::Heading { text, level: 2.. }) => {
                format!("{}, {}", page.title, lesson::plain(text))
            }
            _ => page.title.clone(),
        }
    }

    /// The pages that are files, and the glossary.
    fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.files.iter().chain(self.glossary())
    }

    fn entry(&self, id: &str) -> Option<&Entry> {
        let own = || if id == GLOSSARY { self.glossary() } else { None };
        self.files.iter().find(|entry| entry.id == id).or_else(own)
    }

    /// The words of the glossary, in order of the alphabet.
    #[must_use]
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// The term that is called so, under one name or another.
    #[must_use]
    pub fn term(&self, said: &str) -> Option<&Term> {
        self.lexicon().term(said).and_then(|at| self.terms.get(at))
    }

    /// What a query means.
    #[must_use]
    pub fn understand(&self, query: &str) -> Wanted {
        self.lexicon().read(query, &self.terms)
    }

    fn lexicon(&self) -> &Lexicon {
        let texts = || self.entries().map(|entry| entry.markdown.as_str());
        self.lexicon.get_or_init(|| Lexicon::new(texts(), &self.terms))
    }

    /// Pages from their paths (`containers/03-images.md`) and texts.
    #[must_use]
    pub fn of(files: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut found: Vec<(usize, String, Entry)> = Vec::new();
        for (path, markdown) in files {
            let Some((track, slug)) = path
                .strip_suffix(".md")
                .and_then(|p| p.split_once('/'))
                .map(|(t, f)| (t, unnumbered(f)))
            else {
                continue;
            };
            let heading = markdown.lines().find_map(|l| l.strip_prefix("# "));
            let title = heading.unwrap_or(slug).trim().to_owned();
            let rank = TRACKS.iter().position(|t| *t == track).unwrap_or(TRACKS.len());
            let entry =
                Entry { id: format!("{track}/{slug}"), title, track: track.into(), markdown };
            found.push((rank, path, entry));
        }
        found.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
        Self { files: found.into_iter().map(|(.., entry)| entry).collect(), ..Self::default() }
    }

    /// Id, title and track of every page.
    pub fn list(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        let glossary = (GLOSSARY, GLOSSARY_TITLE, GLOSSARY);
        let files = self.files.iter();
        let files = files.map(|e| (e.id.as_str(), e.title.as_str(), e.track.as_str()));
        files.chain((!self.terms.is_empty()).then_some(glossary))
    }

    /// The title of a page, and the minutes that reading it takes.
    #[must_use]
    pub fn glance(&self, id: &str) -> Option<(&str, u32)> {
        let entry = self.entry(id)?;
        let minutes = entry.markdown.len().div_ceil(BYTES_A_MINUTE);
        Some((&entry.title, u32::try_from(minutes).unwrap_or(u32::MAX)))
    }

    /// The text of a page as it was written.
    #[must_use]
    pub fn markdown(&self, id: &str) -> Option<&str> {
        self.entry(id).map(|e| e.markdown.as_str())
    }

    /// The page of that id.
    #[must_use]
    pub fn page(&self, id: &str) -> Option<Page> {
        self.entry(id).map(Entry::page)
    }

    /// The page and the block that `notes:TRACK/PAGE#ANCHOR` leads to; without an anchor, or with one
    /// that is not there, the page's first.
    #[must_use]
    pub fn follow(&self, link: &str) -> Option<(Page, usize)> {
        let target = link.strip_prefix("notes:")?;
        let (id, anchor) = target.split_once('#').unwrap_or((target, ""));
        let page = self.page(id)?;
        let block = page.anchors.iter().find(|(a, _)| a == anchor).map_or(0, |(_, at)| *at);
        Some((page, block))
    }

    /// Every section of every page, for the index.
    #[must_use]
    pub fn sections(&self) -> Vec<NoteIndexRow> {
        self.entries().flat_map(sections).collect()
    }

    /// Every section of one page.
    #[must_use]
    pub fn sections_of(&self, id: &str) -> Vec<NoteIndexRow> {
        self.entry(id).map_or_else(Vec::new, sections)
    }

    /// Changes when any page does: an index with another digest is out of date.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let mut all = String::new();
        for entry in self.entries() {
            all.push_str(&entry.id);
            all.push('\0');
            all.push_str(&entry.markdown);
            all.push('\0');
        }
        Digest::of(all.as_bytes())
    }
}

/// The name of a file without the number that orders it.
fn unnumbered(name: &str) -> &str {
    match name.split_once('-') {
        Some((number, rest))
            if !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) =>
        {
            rest
        }
        _ => name,
    }
}

/// Makes the anchors of a page; a heading that stands twice gets a number.
#[derive(Default)]
struct Anchors(std::collections::BTreeMap<String, usize>);

impl Anchors {
    fn next(&mut self, heading: &str) -> String {
        let slug = lesson::slug(heading);
        let count = self.0.entry(slug.clone()).or_default();
        *count += 1;
        if *count == 1 { slug } else { format!("{slug}-{}", *count - 1) }
    }
}

fn sections(entry: &Entry) -> Vec<NoteIndexRow> {
    let mut rows: Vec<NoteIndexRow> = Vec::new();
    let mut anchors = Anchors::default();
    let mut path: Vec<(u8, String)> = Vec::new();
    let row = |anchor: String, heading: String, line: usize| NoteIndexRow {
        page: entry.id.clone(),
        anchor,
        title: entry.title.clone(),
        heading,
        text: String::new(),
        line,
    };
    let (mut line, mut counted) = (1, 0);
    for item in lesson::items(&entry.markdown).0 {
        let passed = &entry.markdown[counted..item.range.start.max(counted)];
        line += passed.matches('\n').count();
        counted = item.range.start.max(counted);
        let text = match item.kind {
            ItemKind::Heading { level, text } => {
                let words = lesson::plain(&text);
                path.retain(|(above, _)| *above < level);
                path.push((level, words.clone()));
                let names =
                    path.iter().filter(|(level, _)| *level > 1).map(|(_, name)| name.as_str());
                let heading = names.collect::<Vec<_>>().join(" › ");
                rows.push(row(anchors.next(&words), heading, line));
                continue;
            }
            ItemKind::Fence { text, .. } => text,
            ItemKind::Other(blocks) => lesson::text_of(&blocks),
        };
        if rows.is_empty() {
            rows.push(row(String::new(), String::new(), line));
        }
        if let Some(last) = rows.last_mut() {
            last.text.push_str(&text);
        }
    }
    rows
}
