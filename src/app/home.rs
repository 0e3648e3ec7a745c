//! The home screen's state: the course, the filter, and what is chosen of it; and where a learner stands
//! in a course.

use super::input::Input;
use super::overlay::fuzzy;
use super::ports::{Catalog, LabCard, PageCard, Place};

/// The course on the screen.
#[derive(Clone, Debug, Default)]
pub struct Home {
    /// `None` until it was loaded.
    pub catalog: Option<Catalog>,
    /// Why the Docker Engine cannot be used, with what mends it.
    pub engine_problem: Option<String>,
    pub filter: Input,
    /// Whether the filter is being typed.
    pub filtering: bool,
    /// Counted in what is shown.
    pub selected: usize,
}

/// A row that can be chosen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Row<'c> {
    /// Counted in [`Catalog::parts`].
    pub part: usize,
    pub what: What<'c>,
}

/// What a row is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum What<'c> {
    Lab(&'c LabCard),
    Page(&'c PageCard),
}

impl<'c> What<'c> {
    /// Its name, where no two things have the same.
    #[must_use]
    pub fn id(self) -> &'c str {
        match self {
            Self::Lab(card) => &card.id,
            Self::Page(page) => &page.id,
        }
    }
}

impl LabCard {
    #[must_use]
    pub fn done(&self) -> bool {
        self.steps > 0 && self.steps_done >= self.steps
    }

    /// The step to go on with: its number from 1, and its title.
    #[must_use]
    pub fn at(&self) -> Option<(usize, &str)> {
        let place = self.outline.iter().position(|(_, done)| !done)?;
        Some((place + 1, self.outline[place].0.as_str()))
    }
}

impl Catalog {
    /// Everything in the order of the course.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        let what = |place: &Place| match *place {
            Place::Lab(at) => self.labs.get(at).map(What::Lab),
            Place::Page(at) => self.pages.get(at).map(What::Page),
        };
        self.parts.iter().enumerate().flat_map(move |(part, card)| {
            card.items.iter().filter_map(what).map(move |what| Row { part, what })
        })
    }

    /// The labs of a part.
    pub fn labs_of(&self, part: usize) -> impl Iterator<Item = &LabCard> {
        let items = self.parts.get(part).map_or(&[][..], |part| &part.items);
        items.iter().filter_map(|place| match *place {
            Place::Lab(at) => self.labs.get(at),
            Place::Page(_) => None,
        })
    }

    /// The lab that the learner stopped in.
    #[must_use]
    pub fn stopped(&self) -> Option<&LabCard> {
        let last = self.last.as_ref()?;
        self.labs.iter().find(|lab| lab.id == *last && !lab.done() && lab.problem.is_none())
    }

    /// The lab to do next, apart from the one that the learner stopped in: the first for which all is
    /// done that is better done before, or else the first at all.
    #[must_use]
    pub fn next(&self) -> Option<&LabCard> {
        let stopped = self.stopped().map(|lab| lab.id.as_str());
        let open = || {
            let labs = self.labs.iter().filter(|lab| !lab.done() && lab.problem.is_none());
            labs.filter(move |lab| Some(lab.id.as_str()) != stopped)
        };
        open().find(|lab| self.lacking(lab).next().is_none()).or_else(|| open().next())
    }

    /// What is better done before a lab, and is not done.
    pub fn lacking<'c>(&'c self, lab: &'c LabCard) -> impl Iterator<Item = &'c LabCard> {
        let known = |id: &String| self.labs.iter().find(|other| other.id == *id);
        lab.after.iter().filter_map(known).filter(|other| !other.done())
    }
}

impl Home {
    /// What the filter lets through, in the order of the course.
    #[must_use]
    pub fn shown(&self) -> Vec<Row<'_>> {
        let Some(catalog) = &self.catalog else { return Vec::new() };
        let rows = catalog.rows().collect::<Vec<_>>();
        let query = self.filter.text();
        if query.trim().is_empty() {
            return rows;
        }
        let text = |row: &Row<'_>| {
            let part = &catalog.parts[row.part];
            let round = catalog.rounds.get(part.round).map_or("", |round| round.title.as_str());
            let title = match row.what {
                What::Lab(card) => &card.title,
                What::Page(page) => &page.title,
            };
            format!("{title} {} {} {} {round}", row.what.id(), part.topic, part.title)
        };
        let texts: Vec<String> = rows.iter().map(text).collect();
        // Letters that are merely somewhere in a long text are a last resort.
        let words: Vec<String> = query.split_whitespace().map(str::to_lowercase).collect();
        let holds = |text: &String| {
            let text = text.to_lowercase();
            words.iter().all(|word| text.contains(word))
        };
        let mut found: Vec<usize> = (0..texts.len()).filter(|i| holds(&texts[*i])).collect();
        if found.is_empty() {
            found = fuzzy(&query, &texts);
        }
        found.sort_unstable();
        found.into_iter().map(|i| rows[i]).collect()
    }

    #[must_use]
    pub fn chosen(&self) -> Option<What<'_>> {
        self.shown().get(self.selected).map(|row| row.what)
    }

    /// Chooses what the filter names: by its id, then by the beginning of its id or title, else the first.
    pub fn choose_by_filter(&mut self) {
        let query = self.filter.text().trim().to_lowercase();
        let rows = self.shown();
        let title = |row: &Row<'_>| match row.what {
            What::Lab(card) => card.title.to_lowercase(),
            What::Page(page) => page.title.to_lowercase(),
        };
        // A page's id begins with its topic.
        let id = |row: &Row<'_>| row.what.id().rsplit('/').next().unwrap_or_default().to_owned();
        let is_lab = |row: &Row<'_>| matches!(row.what, What::Lab(_));
        let at = |test: &dyn Fn(&Row<'_>) -> bool| rows.iter().position(test);
        let place = at(&|row| is_lab(row) && id(row) == query)
            .or_else(|| at(&|row| id(row) == query))
            .or_else(|| at(&|row| is_lab(row) && id(row).starts_with(&query)))
            .or_else(|| at(&|row| id(row).starts_with(&query) || title(row).starts_with(&query)));
        self.selected = place.filter(|_| !query.is_empty()).unwrap_or(0);
    }

    /// Takes a new catalogue over; the choice stays where it is, or goes to where the learner stopped, or
    /// to what comes next.
    pub fn take(&mut self, catalog: Catalog) {
        let first = self.catalog.is_none();
        let goal = || catalog.stopped().or_else(|| catalog.next()).map(|lab| lab.id.clone());
        let wanted = match self.chosen() {
            Some(what) if !first => Some(what.id().to_owned()),
            _ => goal(),
        };
        self.catalog = Some(catalog);
        let place = self.shown().iter().position(|row| Some(row.what.id()) == wanted.as_deref());
        self.selected = place.unwrap_or(0);
    }

    /// Remembers that a page was opened.
    pub fn read(&mut self, page: &str) {
        let pages = self.catalog.iter_mut().flat_map(|catalog| &mut catalog.pages);
        pages.filter(|card| card.id == page).for_each(|card| card.read = true);
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

#[cfg(test)]
mod tests {
    use super::{Home, What};
    use crate::Screen;
    use crate::Start;
    use crate::testing::{Stage, catalog};

    #[test]
    fn home_begins_where_the_learner_stopped() {
        let check = |change: fn(&mut super::Catalog), stopped: Option<&str>, next: Option<&str>| {
            let mut course = catalog();
            change(&mut course);
            let id = |lab: Option<&super::LabCard>| lab.map(|lab| lab.id.clone());
            assert_eq!(id(course.stopped()).as_deref(), stopped);
            assert_eq!(id(course.next()).as_deref(), next);
            let mut home = Home::default();
            home.take(course);
            let chosen = home.chosen().map(|what| what.id().to_owned());
            let begin = || home.catalog.as_ref().and_then(|c| c.rows().next().map(|r| r.what.id()));
            assert_eq!(chosen.as_deref(), stopped.or(next).or_else(begin));
        };
        check(|_| {}, Some("s3-versions"), Some("first-containers"));
        check(|c| c.last = None, None, Some("first-containers"));
        // What is done is not stopped in.
        check(|c| c.last = Some("vms-and-containers".into()), None, Some("first-containers"));
        // What lacks something comes after what lacks nothing.
        check(|c| c.labs[0].steps_done = 3, Some("s3-versions"), Some("vms-and-containers"));
        check(
            |c| {
                c.labs[0].steps_done = 0;
                c.last = Some("vms-and-containers".into());
            },
            Some("vms-and-containers"),
            Some("hdfs-internals"),
        );
        let all = |c: &mut super::Catalog| c.labs.iter_mut().for_each(|l| l.steps_done = l.steps);
        check(all, None, None);
    }

    #[test]
    fn a_page_of_the_course_is_read_from_home() {
        let mut stage = Stage::new(120, 40, Start::Home);
        stage.keys(&["/", "hdfs", "Up", "Up", "Up"]);
        assert!(matches!(stage.app.home.chosen(), Some(What::Page(page)) if !page.read));
        stage.keys(&["Enter"]);
        assert_eq!(stage.app.screen, Screen::Notes);
        assert_eq!(
            stage.app.notes.page.as_ref().map(|page| page.id.as_str()),
            Some("bigdata/hdfs")
        );
        stage.keys(&["F10"]);
        assert_eq!(stage.app.screen, Screen::Home);
        assert!(matches!(stage.app.home.chosen(), Some(What::Page(page)) if page.read));
    }
}
