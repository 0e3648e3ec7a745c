//! The home screen's state: the labs, the filter, and which lab is chosen.

use super::input::Input;
use super::overlay::fuzzy;
use super::ports::{Catalog, LabCard};

/// The list of labs.
#[derive(Clone, Debug, Default)]
pub struct Home {
    /// `None` until it was loaded.
    pub catalog: Option<Catalog>,
    /// Why the Docker Engine cannot be used, with what mends it.
    pub engine_problem: Option<String>,
    pub filter: Input,
    /// Whether the filter is being typed.
    pub filtering: bool,
    /// Counted in the labs that are shown.
    pub selected: usize,
}

impl Home {
    /// The labs that the filter lets through, in the order of the catalogue.
    #[must_use]
    pub fn shown(&self) -> Vec<&LabCard> {
        let Some(catalog) = &self.catalog else { return Vec::new() };
        let query = self.filter.text();
        if query.trim().is_empty() {
            return catalog.labs.iter().collect();
        }
        let texts: Vec<String> =
            catalog.labs.iter().map(|l| format!("{} {} {}", l.title, l.id, l.track)).collect();
        let mut found = fuzzy(&query, &texts);
        found.sort_unstable();
        found.into_iter().map(|i| &catalog.labs[i]).collect()
    }

    #[must_use]
    pub fn chosen(&self) -> Option<&LabCard> {
        self.shown().get(self.selected).copied()
    }

    /// Takes a new catalogue over; the choice stays on its lab, or goes to the one that was open
    /// last.
    pub fn take(&mut self, catalog: Catalog) {
        let first = self.catalog.is_none();
        let wanted = match self.chosen() {
            Some(card) if !first => Some(card.id.clone()),
            _ => catalog.last.clone(),
        };
        self.catalog = Some(catalog);
        let place = self.shown().iter().position(|l| Some(&l.id) == wanted.as_ref());
        self.selected = place.unwrap_or(0);
    }

    pub fn move_by(&mut self, by: isize) {
        let last = self.shown().len().saturating_sub(1);
        self.selected = self.selected.saturating_add_signed(by).min(last);
    }
}

/// A track's name for people.
#[must_use]
pub fn track_title(track: &str) -> &str {
    match track {
        "containers" => "Containers and Docker",
        "bigdata" => "Big data",
        "cloud" => "Cloud",
        "ideas" => "Ideas",
        "glossary" => "Glossary",
        other => other,
    }
}
