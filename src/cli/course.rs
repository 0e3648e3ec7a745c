//! `distlab course`: the course with how far the learner is. Home shows the same.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::config::config;
use super::{Args, DONE, Stop, lab_session, labs, say, say_json};
use app::home::{Row, What, track_title};
use app::ports::{Catalog, LabCard, PageCard, PartCard, Place, RoundCard};
use base::text::plural;
use course::syllabus::What as Named;
use course::{Entry, Notes, Syllabus};
use session::profile::Profile;
use store::Store;

/// The profile's record of the lab that was open last.
pub(super) const LAST: &str = "last-lab";
/// Where the profile keeps which pages were read. No lab has such a name.
const READ: &str = "@notes";
/// Where what the course does not name is listed.
const ELSEWHERE: &str = "Not in the course";

impl Args {
    /// The file of the course that was named: by `--course`, by `DISTLAB_COURSE`, or in the
    /// configuration.
    pub(crate) fn course_file(&self) -> Option<PathBuf> {
        let set = || std::env::var_os("DISTLAB_COURSE").filter(|file| !file.is_empty());
        let named = self.course.clone().or_else(|| set().map(PathBuf::from));
        named.or_else(|| config().get("course").map(PathBuf::from))
    }

    /// Says what is wrong with the course file that was named, before anything is opened.
    pub(crate) fn course_is_sound(&self) -> anyhow::Result<()> {
        let Some(file) = self.course_file() else { return Ok(()) };
        Syllabus::read(&file).map_err(|problems| Stop::usage(lab_session::list(&problems)))?;
        Ok(())
    }
}

/// Remembers that a page was opened.
pub(super) fn note_read(store: &Store, page: &str) -> anyhow::Result<()> {
    Ok(store.set_progress(READ, page, "read")?)
}

/// The course with the learner's progress. Where its file is not sound, the program's own course is
/// shown, and what is wrong.
pub(super) fn catalog(
    profile: &Profile,
    labs: &course::Catalog,
    file: Option<&Path>,
    folder: Option<&Path>,
    notes: &Notes,
) -> anyhow::Result<Catalog> {
    let store = profile.store()?;
    let (course, problem) = match Syllabus::find(file, folder) {
        Ok(course) => (course, None),
        Err(problems) => (Syllabus::embedded(), Some(lab_session::list(&problems))),
    };
    let read = store.progress_under(READ, "")?.into_iter().map(|(page, _)| page).collect();
    let mut found = Catalog { last: store.meta(LAST)?, problem, ..Catalog::default() };
    found.title.clone_from(&course.title);
    let mut builder = Builder { labs, course: &course, notes, store: &store, read, found };
    builder.course();
    builder.rest();
    Ok(builder.found)
}

struct Builder<'a> {
    labs: &'a course::Catalog,
    course: &'a Syllabus,
    notes: &'a Notes,
    store: &'a Store,
    read: BTreeSet<String>,
    found: Catalog,
}

impl Builder<'_> {
    /// What the course names, in its order.
    fn course(&mut self) {
        for (at, round) in self.course.rounds.iter().enumerate() {
            let card = RoundCard { title: round.title.clone(), about: round.about.clone() };
            self.found.rounds.push(card);
            for part in &round.parts {
                let items = part.items.iter().map(|item| self.item(&item.what)).collect();
                let title = self.course.topic_title(&part.topic).to_owned();
                let topic = part.topic.clone();
                self.found.parts.push(PartCard { round: at, topic, title, items });
            }
        }
    }

    fn item(&mut self, what: &Named) -> Place {
        match what {
            Named::Lab(id) => {
                let card = match self.labs.get(id) {
                    Ok(entry) => self.lab(entry),
                    Err(unknown) => self.broken(id, unknown.to_string()),
                };
                self.found.labs.push(card);
                Place::Lab(self.found.labs.len() - 1)
            }
            Named::Page(id) => {
                let (title, minutes) = self.notes.glance(id).unwrap_or((id, 0));
                let read = self.read.contains(id);
                self.found.pages.push(PageCard {
                    id: id.clone(),
                    title: title.to_owned(),
                    minutes,
                    read,
                });
                Place::Page(self.found.pages.len() - 1)
            }
        }
    }

    fn lab(&self, entry: &Entry) -> LabCard {
        let done: BTreeSet<String> = labs::steps_done(self.store, &entry.id).into_iter().collect();
        let steps = entry.step_titles.iter();
        let outline: Vec<(String, bool)> =
            steps.map(|(id, title)| (title.clone(), done.contains(id))).collect();
        LabCard {
            id: entry.id.clone(),
            title: entry.title.clone(),
            track: entry.track.clone(),
            minutes: entry.minutes,
            steps: entry.steps,
            steps_done: done.len().min(entry.steps),
            outline,
            points: entry.points,
            points_earned: done.iter().filter_map(|step| entry.step_points.get(step)).sum(),
            needs: entry.needs.clone(),
            after: self.course.before(entry),
            problem: None,
        }
    }

    /// A lab that cannot be opened: it has errors, or there is none.
    fn broken(&self, id: &str, otherwise: String) -> LabCard {
        let found = self.labs.broken().iter().find(|broken| broken.id_or_path == id);
        let problem = found.map_or(otherwise, |broken| lab_session::list(&broken.problems));
        LabCard {
            id: id.to_owned(),
            title: id.to_owned(),
            problem: Some(problem),
            ..LabCard::default()
        }
    }

    /// Labs that the course does not name, by their tracks; what cannot be opened comes last.
    fn rest(&mut self) {
        let named: BTreeSet<String> = self.found.labs.iter().map(|lab| lab.id.clone()).collect();
        let entries = self.labs.entries().iter().filter(|entry| !named.contains(&entry.id));
        let mut cards: Vec<LabCard> = entries.map(|entry| self.lab(entry)).collect();
        let broken = self.labs.broken().iter().filter(|lab| !named.contains(&lab.id_or_path));
        cards.extend(broken.map(|lab| self.broken(&lab.id_or_path, String::new())));
        if cards.is_empty() {
            return;
        }
        let round = self.found.rounds.len();
        self.found.rounds.push(RoundCard { title: ELSEWHERE.into(), about: String::new() });
        for card in cards {
            let topic = card.track.clone();
            self.found.labs.push(card);
            let place = Place::Lab(self.found.labs.len() - 1);
            match self.found.parts.last_mut() {
                Some(part) if part.round == round && part.topic == topic => part.items.push(place),
                _ => {
                    let title = if topic.is_empty() { "With errors" } else { track_title(&topic) };
                    let title = title.to_owned();
                    self.found.parts.push(PartCard { round, topic, title, items: vec![place] });
                }
            }
        }
    }
}

/// Prints it.
pub(super) fn run(args: &Args, as_json: bool) -> anyhow::Result<u8> {
    args.course_is_sound()?;
    let (profile, folder) = (args.profile()?, args.labs_folder());
    let notes = Notes::load();
    let file = args.course_file();
    let catalog = catalog(&profile, &args.catalog(), file.as_deref(), folder.as_deref(), &notes)?;
    if let Some(problem) = &catalog.problem {
        return Err(Stop::usage(problem.clone()));
    }
    if as_json {
        say_json(&whole(&catalog))?;
    } else {
        print(&catalog)?;
    }
    Ok(DONE)
}

fn whole(catalog: &Catalog) -> Value {
    let mut items: BTreeMap<usize, Vec<Value>> = BTreeMap::new();
    for row in catalog.rows() {
        items.entry(row.part).or_default().push(match row.what {
            What::Lab(lab) => lab_value(lab),
            What::Page(page) => json!({
                "kind": "page", "id": page.id, "title": page.title, "minutes": page.minutes,
                "read": page.read,
            }),
        });
    }
    let rounds: Vec<Value> = catalog
        .rounds
        .iter()
        .enumerate()
        .map(|(at, round)| {
            let parts = catalog.parts.iter().enumerate().filter(|(_, part)| part.round == at);
            let parts: Vec<Value> = parts
                .map(|(at, part)| {
                    let items = items.remove(&at).unwrap_or_default();
                    json!({"topic": part.topic, "title": part.title, "items": items})
                })
                .collect();
            json!({"title": round.title, "about": round.about, "parts": parts})
        })
        .collect();
    let stopped = catalog.stopped().map(|lab| {
        let at = lab.at();
        json!({"lab": lab.id, "step": at.map(|(n, _)| n), "title": at.map(|(_, title)| title)})
    });
    json!({
        "title": catalog.title, "rounds": rounds, "stopped": stopped,
        "next": catalog.next().map(|lab| &lab.id),
    })
}

fn lab_value(lab: &LabCard) -> Value {
    let needs: Vec<&str> = lab.needs.iter().map(|need| need.name()).collect();
    json!({
        "kind": "lab", "id": lab.id, "title": lab.title, "minutes": lab.minutes,
        "steps": lab.steps, "steps_done": lab.steps_done, "done": lab.done(),
        "points": lab.points, "points_earned": lab.points_earned,
        "needs": needs, "after": lab.after, "problem": lab.problem,
    })
}

fn print(catalog: &Catalog) -> anyhow::Result<()> {
    say(&catalog.title)?;
    let width = catalog.rows().map(|row| row.what.id().chars().count()).max().unwrap_or(0);
    let mut part = None;
    let mut round = None;
    for row in catalog.rows() {
        if part.replace(row.part) != Some(row.part) {
            let card = &catalog.parts[row.part];
            if round.replace(card.round) != Some(card.round) {
                let round = &catalog.rounds[card.round];
                say(format!("\n{}", round.title))?;
                if !round.about.is_empty() {
                    say(&round.about)?;
                }
            }
            say(format!("\n  {}", card.title))?;
        }
        say(line(&row, width))?;
    }
    say("")?;
    where_to(catalog)
}

/// One line: how it stands, what it is, how long it takes.
fn line(row: &Row<'_>, width: usize) -> String {
    let (state, kind, title, facts) = match row.what {
        What::Page(page) => {
            let state = if page.read { "read" } else { "" };
            (state.to_owned(), "notes", &page.title, format!("{} min", page.minutes))
        }
        What::Lab(lab) if lab.problem.is_some() => {
            let problem = lab.problem.clone().unwrap_or_default();
            ("error".to_owned(), "lab", &lab.title, problem)
        }
        What::Lab(lab) => {
            let state = match lab.steps_done {
                0 => String::new(),
                _ if lab.done() => "done".into(),
                done => format!("{done} of {}", lab.steps),
            };
            let mut facts = format!(
                "{} min, {} of {}",
                lab.minutes,
                lab.points_earned,
                plural(lab.points as usize, "point")
            );
            let needs: Vec<&str> = lab.needs.iter().map(|need| need.name()).collect();
            let after = &lab.after;
            for (word, list) in [("needs", needs.join(", ")), ("after", after.join(", "))] {
                if !list.is_empty() {
                    facts.extend(["; ", word, " ", &list]);
                }
            }
            (state, "lab", &lab.title, facts)
        }
    };
    format!("    {state:<8} {kind:<5} {:<width$}  {title} ({facts})", row.what.id())
}

fn where_to(catalog: &Catalog) -> anyhow::Result<()> {
    let done = catalog.labs.iter().filter(|lab| lab.done()).count();
    let earned: u32 = catalog.labs.iter().map(|lab| lab.points_earned).sum();
    let points: u32 = catalog.labs.iter().map(|lab| lab.points).sum();
    say(format!(
        "{done} of {} done, {earned} of {}.",
        plural(catalog.labs.len(), "lab"),
        plural(points as usize, "point")
    ))?;
    if let Some(lab) = catalog.stopped() {
        let at = lab.at().map_or_else(String::new, |(step, title)| {
            format!(" at step {step} of {}, {title}", lab.steps)
        });
        say(format!("You stopped in {}{at}: distlab open {}", lab.title, lab.id))?;
    }
    if let Some(lab) = catalog.next() {
        say(format!("Next: {}: distlab open {}", lab.title, lab.id))?;
    }
    Ok(())
}
