//! What lint says of a course file: that what it names exists, and that its order can be followed.

use std::collections::BTreeMap;

use super::{Context, Finding, Severity, circles};
use crate::catalog::Catalog;
use crate::problem::{Problem, Report, remedy};
use crate::syllabus::{Item, Syllabus, What};

/// Everything that is to be said of a course, in the order of its file.
#[must_use]
pub fn syllabus(course: &Syllabus, cx: &Context<'_>) -> Vec<Finding> {
    let (mut errors, mut warnings) = (Report::new(&course.path), Report::new(&course.path));
    for item in course.items() {
        exists(item, cx, &mut errors);
    }
    for (lab, (before, line)) in &course.after {
        for id in std::iter::once(lab).chain(before) {
            if !known(cx.catalog, id) {
                let what = format!("`after` names `{id}`, and there is no such lab");
                errors.add_at(*line, Some(1), what, remedy(id, ids(cx.catalog)));
            }
        }
    }
    order(course, cx.catalog, &mut warnings);
    let with = |severity| move |problem| Finding { severity, problem };
    let mut found: Vec<Finding> = errors.finish().into_iter().map(with(Severity::Error)).collect();
    found.extend(cycles(course, cx.catalog).into_iter().map(with(Severity::Error)));
    found.extend(warnings.finish().into_iter().map(with(Severity::Warning)));
    found.sort_by_key(|f| (f.problem.line, f.problem.column, f.severity));
    found
}

fn ids(catalog: &Catalog) -> impl Iterator<Item = &str> + Clone {
    catalog.entries().iter().map(|entry| entry.id.as_str())
}

/// Whether there is such a lab; one with an error is there.
fn known(catalog: &Catalog, id: &str) -> bool {
    catalog.get(id).is_ok() || catalog.broken().iter().any(|broken| broken.id_or_path == id)
}

fn exists(item: &Item, cx: &Context<'_>, errors: &mut Report) {
    let (what, mend) = match &item.what {
        What::Lab(id) if known(cx.catalog, id) => return,
        What::Lab(id) => (format!("there is no lab `{id}`"), remedy(id, ids(cx.catalog))),
        What::Page(id) => {
            let pages: Vec<&str> = cx.notes.list().map(|(page, ..)| page).collect();
            if pages.contains(&id.as_str()) {
                return;
            }
            let near = base::text::nearest(id, pages.iter().copied());
            let mend = near.map_or_else(
                || "`distlab notes` lists the pages".to_owned(),
                |near| format!("did you mean `notes:{near}`?"),
            );
            (format!("the notes have no page `{id}`"), mend)
        }
    };
    errors.add_at(item.line, item.column, what, mend);
}

/// Labs that stand before what is better done before them.
fn order(course: &Syllabus, catalog: &Catalog, warnings: &mut Report) {
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let labs = || {
        course.items().filter_map(|item| match &item.what {
            What::Lab(id) => Some((id.as_str(), item)),
            What::Page(_) => None,
        })
    };
    for (place, (id, _)) in labs().enumerate() {
        places.insert(id, place);
    }
    for (id, item) in labs() {
        let Ok(entry) = catalog.get(id) else { continue };
        for before in course.before(entry) {
            if places.get(before.as_str()).is_some_and(|place| *place > places[id]) {
                let what = format!("`{id}` is better done after `{before}`, which comes later");
                warnings.add_at(item.line, item.column, what, "let it follow the other");
            }
        }
    }
}

/// Labs that come after themselves once the course has its say. Circles that the labs make among
/// themselves are told of them.
fn cycles(course: &Syllabus, catalog: &Catalog) -> Vec<Problem> {
    let mut before: BTreeMap<&str, Vec<&str>> = super::before(catalog);
    for (lab, (more, _)) in &course.after {
        before.entry(lab).or_default().extend(more.iter().map(String::as_str));
    }
    let mut found = Vec::new();
    for circle in circles(&before) {
        let edge = |pair: &[&str]| {
            let (labs, line) = course.after.get(pair[0])?;
            labs.iter().any(|lab| lab == pair[1]).then_some(*line)
        };
        let Some(line) = circle.windows(2).find_map(edge) else { continue };
        let what = format!("labs come after each other in a circle: {}", circle.join(" after "));
        let remedy = "take one of `after` out".into();
        found.push(Problem { path: course.path.clone(), line, column: Some(1), what, remedy });
    }
    found
}
