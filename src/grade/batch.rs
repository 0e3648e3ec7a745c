//! A class as it was graded: which of a learner's files counts, what was late, who is missing.

use std::collections::BTreeMap;

use serde::Serialize;

use super::copies;
use super::graded::{Graded, Verdict};
use super::points::Points;
use base::Time;
use session::class::{Class, LateRule, Person};

/// One file of the batch: graded, or why not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    pub file: String,
    pub outcome: Result<Graded, String>,
    /// Whether it is the one that counts of its learner's files for the lab.
    pub counts: bool,
}

/// Which of several files of one learner counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Take {
    /// The one with the most points; of equal ones the first.
    #[default]
    Best,
    /// The one that was written down last.
    Last,
}

/// A class as it was graded.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    pub lines: Vec<Line>,
    pub class: Option<Class>,
    /// Nobody's names where there is none.
    pub roster: Vec<Person>,
    /// Whether attested points count as others do.
    pub with_attested: bool,
}

/// One learner with all labs.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Total {
    pub name: String,
    pub number: String,
    pub mail: String,
    /// By the lab's id: earned, and of how many. One that was not handed in earned nothing.
    pub labs: BTreeMap<String, (Points, u32)>,
    pub earned: Points,
    pub attested: Points,
    pub possible: u32,
    /// On the roster, and nothing came.
    pub missing: bool,
    /// Something came of which the roster says nothing.
    pub stranger: bool,
}

impl Batch {
    /// Puts graded files together: late days, copies, and which file counts.
    #[must_use]
    pub fn new(
        files: Vec<(String, Result<Graded, String>)>,
        class: Option<Class>,
        roster: Vec<Person>,
        take: Take,
        with_attested: bool,
    ) -> Self {
        let mut lines: Vec<Line> = files
            .into_iter()
            .map(|(file, outcome)| Line { file, outcome, counts: false })
            .collect();
        let mut graded: Vec<(String, &mut Graded)> = Vec::new();
        for line in &mut lines {
            if let Ok(one) = &mut line.outcome {
                if let Some(class) = &class {
                    judge_dates(one, class);
                }
                graded.push((line.file.clone(), one));
            }
        }
        copies::mark(&mut graded);
        choose(&mut lines, take, with_attested);
        Self { lines, class, roster, with_attested }
    }

    /// Every file that was graded and counts.
    pub fn counting(&self) -> impl Iterator<Item = (&Line, &Graded)> {
        let lines = self.lines.iter().filter(|line| line.counts);
        lines.filter_map(|line| Some((line, line.outcome.as_ref().ok()?)))
    }

    /// What a graded lab earns in the class, and of how many points.
    #[must_use]
    pub fn worth(&self, graded: &Graded) -> (Points, u32) {
        let earned = graded.earned(self.with_attested);
        let points = self.class.as_ref().and_then(|c| c.assignment(&graded.lab)?.points);
        match points {
            Some(points) => {
                (Points::whole(points).share(earned.0, graded.possible.saturating_mul(100)), points)
            }
            None => (earned, graded.possible),
        }
    }

    /// The labs of the class, or those that came.
    #[must_use]
    pub fn labs(&self) -> Vec<String> {
        let mut labs: Vec<String> = match &self.class {
            Some(class) => class.terms.labs.iter().map(|a| a.lab.clone()).collect(),
            None => Vec::new(),
        };
        for (_, graded) in self.counting() {
            if !labs.contains(&graded.lab) {
                labs.push(graded.lab.clone());
            }
        }
        labs
    }

    /// What a lab is worth, as far as anything says so.
    fn possible(&self, lab: &str) -> u32 {
        let said = self.class.as_ref().and_then(|c| c.assignment(lab)?.points);
        let came = || self.counting().find(|(_, g)| g.lab == lab).map(|(_, g)| g.possible);
        said.or_else(came).unwrap_or(0)
    }

    /// Everybody of the roster in its order, then who came beside them.
    #[must_use]
    pub fn totals(&self) -> Vec<Total> {
        let mut work: BTreeMap<(String, u64), Vec<&Graded>> = BTreeMap::new();
        let mut order = Vec::new();
        for (_, graded) in self.counting() {
            let whose = graded.identity();
            let files = work.entry(whose.clone()).or_default();
            if files.is_empty() {
                order.push(whose);
            }
            files.push(graded);
        }
        let labs: Vec<(String, u32)> =
            self.labs().into_iter().map(|lab| (lab.clone(), self.possible(&lab))).collect();
        let mut totals = Vec::new();
        for person in &self.roster {
            let files = work.remove(&(person.number.to_lowercase(), 0)).unwrap_or_default();
            totals.push(self.total(person, &files, &labs, false));
        }
        for whose in order {
            let Some(files) = work.remove(&whose) else { continue };
            let person = files[0]
                .person
                .clone()
                .unwrap_or_else(|| Person { name: files[0].learner.clone(), ..Person::default() });
            totals.push(self.total(&person, &files, &labs, !self.roster.is_empty()));
        }
        totals
    }

    fn total(
        &self,
        person: &Person,
        files: &[&Graded],
        labs: &[(String, u32)],
        stranger: bool,
    ) -> Total {
        let mut total = Total {
            name: person.name.clone(),
            number: person.number.clone(),
            mail: person.mail.clone(),
            labs: labs.iter().map(|(lab, most)| (lab.clone(), (Points(0), *most))).collect(),
            earned: Points(0),
            attested: files.iter().map(|g| g.attested).sum(),
            possible: labs.iter().map(|(_, most)| most).sum(),
            missing: files.is_empty(),
            stranger,
        };
        for graded in files {
            let worth = self.worth(graded);
            total.earned = total.earned + worth.0;
            total.labs.insert(graded.lab.clone(), worth);
        }
        total
    }
}

/// Takes from each step what its class takes for days behind the date. The dates are the journal's own.
fn judge_dates(graded: &mut Graded, class: &Class) {
    let Some(assignment) = class.assignment(&graded.lab) else {
        graded.notes.push(format!("the class {:?} does not ask for this lab", class.terms.name));
        return;
    };
    let Some(due) = assignment.due else { return };
    let rule: LateRule = class.terms.late;
    let written = graded.written;
    let mut undated = 0;
    for step in graded.steps.iter_mut().filter(|s| s.earned > Points(0)) {
        undated += usize::from(step.passed.is_none());
        step.late_days = rule.days(due, step.passed.unwrap_or(written));
        if step.late_days > 0 {
            step.earned = step.earned.share(rule.percent_left(step.late_days), 100);
        }
    }
    if undated > 0 {
        graded.notes.push(format!(
            "{} no date of their own and go by that of the hand-in, {}",
            base::text::plural(undated, "earned step")
                + if undated == 1 { " has" } else { " have" },
            written.iso_secs()
        ));
    }
    graded.add_up();
    if graded.late_days > 0 {
        graded.notes.push(format!(
            "{} late (due {})",
            base::text::plural(graded.late_days as usize, "day"),
            due.iso_secs()
        ));
    }
    let latest = graded.steps.iter().filter_map(|s| s.passed).max();
    if latest > Some(Time(written.0.saturating_add(60_000))) {
        graded.notes.push("steps were passed behind the date at which it was handed in".into());
    }
}

/// Marks, of each learner's files for a lab, the one that counts.
fn choose(lines: &mut [Line], take: Take, with_attested: bool) {
    let mut chosen: BTreeMap<(String, (String, u64)), usize> = BTreeMap::new();
    for (place, line) in lines.iter().enumerate() {
        let Ok(graded) = &line.outcome else { continue };
        let key = (graded.lab.clone(), graded.identity());
        let rank = |g: &Graded| match take {
            Take::Best => i64::from(g.earned(with_attested).0),
            Take::Last => g.written.0,
        };
        let better = match chosen.get(&key).map(|before| &lines[*before].outcome) {
            Some(Ok(before)) => rank(graded) > rank(before),
            _ => true,
        };
        if better {
            chosen.insert(key, place);
        }
    }
    for place in chosen.into_values() {
        lines[place].counts = true;
    }
}

/// How many steps have a verdict.
#[must_use]
pub fn count(graded: &Graded, verdict: Verdict) -> usize {
    graded.steps.iter().filter(|s| s.verdict == verdict).count()
}
