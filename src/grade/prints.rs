//! Windows over a journal, as hashes, by which it is compared with others (`copies` says how).

use serde::{Deserialize, Serialize};

use base::{Digest, Time};
use course::Lab;
use session::history::Act;

/// Windows over one journal, each as a hash.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Prints {
    /// Entries with the pauses between them.
    pub stretches: Vec<u64>,
    /// Pauses of lab time, and of the learner's clock.
    pub gaps: Vec<u64>,
    /// Entries without their pauses.
    pub acts: Vec<u64>,
    /// Of these the ones that name what the lab gave to this learner alone.
    pub own: Vec<u64>,
}

/// Entries in a window.
pub(super) const STRETCH: usize = 6;
/// Of its pauses so many must tell people apart.
const STRETCH_GAPS_MIN: usize = 3;
pub(super) const GAPS: usize = 5;
pub(super) const ACTS: usize = 4;
/// A pause that tells people apart is no round number (which a lab, or a person, may have typed), and
/// none that a program makes between two requests.
const GAP_MIN_MS: i64 = 150;
/// More windows of a journal are not compared.
const WINDOWS_MAX: usize = 20_000;
/// Values shorter than this may stand somewhere by chance.
const VALUE_MIN: usize = 6;

/// The last entries of a walk, from which windows are made.
pub(super) struct Tracks {
    /// What the lab gave to this learner alone.
    values: Vec<String>,
    acts: Vec<(Digest, i64, bool)>,
    gaps: Vec<i64>,
    clock: Vec<i64>,
    wall: Option<Time>,
    found: Prints,
}

impl Tracks {
    pub(super) fn of(lab: &Lab) -> Self {
        let own = lab.own.iter().filter_map(|name| lab.vars.get(name));
        let values = own.filter(|value| value.len() >= VALUE_MIN).cloned().collect();
        Self {
            values,
            acts: Vec::new(),
            gaps: Vec::new(),
            clock: Vec::new(),
            wall: None,
            found: Prints::default(),
        }
    }

    pub(super) fn take(&mut self, act: &Act, gap: i64, wall: Option<Time>) {
        let text = match act {
            Act::Call { .. } | Act::Use { .. } | Act::Advance | Act::Undo | Act::Reset { .. } => {
                act.encode().map(|(kind, body)| kind + &body).unwrap_or_default()
            }
            Act::Begin { step, .. } => format!("begin {step}"),
            Act::Answer { step, ask, given, .. } => format!("answer {step} {ask} {given}"),
            Act::Pass { step, .. } => format!("pass {step}"),
            Act::Hint { step, shown, .. } => format!("hint {step} {shown}"),
            Act::Submit { .. } => "submit".into(),
            Act::Observed { run, .. } => format!("observed {} {}", run.system, run.n),
        };
        let own = self.values.iter().any(|value| text.contains(value.as_str()));
        slide(&mut self.acts, (Digest::of(text.as_bytes()), gap, own), STRETCH);
        if telling(gap) {
            slide(&mut self.gaps, gap, GAPS);
            add(&mut self.found.gaps, self.gaps.len() == GAPS, || hash("lab", &self.gaps));
        }
        if let Some(wall) = wall {
            let gap = self.wall.map_or(0, |before| wall.0.saturating_sub(before.0));
            self.wall = Some(wall);
            if telling(gap) {
                slide(&mut self.clock, gap, GAPS);
                add(&mut self.found.gaps, self.clock.len() == GAPS, || hash("wall", &self.clock));
            }
        }
        let pauses: Vec<i64> = self.acts.iter().skip(1).map(|(_, gap, _)| *gap).collect();
        let told = pauses.iter().filter(|gap| telling(**gap)).count();
        let full = self.acts.len() == STRETCH && told >= STRETCH_GAPS_MIN;
        add(&mut self.found.stretches, full, || hash(&names(&self.acts), &pauses));
        if let Some(last) = self.acts.len().checked_sub(ACTS).map(|from| &self.acts[from..]) {
            let window = hash(&names(last), &[]);
            add(&mut self.found.acts, true, || window);
            add(&mut self.found.own, last.iter().any(|(_, _, own)| *own), || window);
        }
    }

    pub(super) fn prints(mut self) -> Prints {
        let found = &mut self.found;
        for windows in [&mut found.stretches, &mut found.gaps, &mut found.acts, &mut found.own] {
            windows.sort_unstable();
            windows.dedup();
        }
        self.found
    }
}

fn telling(gap: i64) -> bool {
    gap >= GAP_MIN_MS && gap % 1000 != 0
}

fn slide<T>(window: &mut Vec<T>, next: T, length: usize) {
    if window.len() == length {
        window.remove(0);
    }
    window.push(next);
}

fn add(to: &mut Vec<u64>, full: bool, window: impl FnOnce() -> u64) {
    if full && to.len() < WINDOWS_MAX {
        to.push(window());
    }
}

fn names(acts: &[(Digest, i64, bool)]) -> String {
    acts.iter().map(|(name, _, _)| name.to_string()).collect()
}

fn hash(label: &str, gaps: &[i64]) -> u64 {
    let Digest(bytes) = Digest::of(format!("{label} {gaps:?}").as_bytes());
    u64::from_le_bytes(*bytes.first_chunk().expect("a digest has more than eight bytes"))
}
