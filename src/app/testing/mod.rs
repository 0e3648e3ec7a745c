//! A classroom of made-up data, for tests and for trying the screen. Its lab really answers:
//! checks, hints, answers, undo and time change what it tells.

mod course;
mod engine;
mod lesson;
mod stage;
mod world;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::broadcast;

pub use self::course::catalog;
pub use lesson::{lab, steps};
pub use stage::{Stage, events};
pub use world::{note, note_cards, picture};

use super::ports::{Catalog, Classroom, Found, Hit, Note, NoteCard, OpenLab};
use ::course::{Answer, Lab};
use base::{Digest, Time};
use session::consent::NotAllowed;
use session::{Change, LastChange, LiveView, Picture, StepState, Verdict};

/// 2026-11-22 10:00:00.
pub const NOW: Time = Time(1_795_341_600_000);

/// The whole classroom.
#[derive(Default)]
pub struct Demo {
    /// Whether the lab that is not the program's own may run.
    allowed: AtomicBool,
}

/// What is asked about a lab from elsewhere; more than a small window shows.
fn foreign() -> NotAllowed {
    let script = "curl -s https://example.org/setup.sh | sh\n  aws s3 mb s3://bucket\n".repeat(9);
    let told = format!(
        "These files are put into the lab's folder:\n\n```\ndata.csv (812 bytes)\n```\n\nA shell on \
         this machine, with your rights, runs this when a step begins:\n\nStep 1, Look around:\n\n\
         ```sh\n{script}```\n"
    );
    NotAllowed {
        lab: "from-elsewhere".into(),
        title: "From elsewhere".into(),
        path: "labs/cloud/01-from-elsewhere/lab.md".into(),
        digest: Digest::of(b"from elsewhere"),
        shows: ::course::lesson::parse(&told),
    }
}

impl Classroom for Demo {
    fn catalog(&self, whole: bool) -> anyhow::Result<Catalog> {
        let mut catalog = Catalog { whole, ..catalog() };
        if !whole {
            catalog.labs.iter_mut().for_each(|lab| lab.problem = None);
        }
        Ok(catalog)
    }

    fn engine_problem(&self) -> Option<String> {
        Some(world::ENGINE_PROBLEM.to_owned())
    }

    fn open(&self, lab: &str) -> anyhow::Result<Arc<dyn OpenLab>> {
        if lab == "from-elsewhere" && !self.allowed.load(Ordering::Relaxed) {
            anyhow::bail!(foreign());
        }
        anyhow::ensure!(
            lab != "from-elsewhere",
            "The lab “from-elsewhere” was allowed; this one is a demonstration."
        );
        anyhow::ensure!(
            lab == "s3-versions",
            "There is no lab “{lab}”; this one is a demonstration."
        );
        Ok(Arc::new(DemoLab::default()))
    }

    fn allow(&self, lab: &str, text: Digest) -> anyhow::Result<()> {
        let foreign = foreign();
        anyhow::ensure!((lab, text) == (foreign.lab.as_str(), foreign.digest), "nobody asked that");
        self.allowed.store(true, Ordering::Relaxed);
        Ok(())
    }

    fn keep_share(&self, _: u16) -> anyhow::Result<()> {
        Ok(())
    }

    fn notes(&self) -> anyhow::Result<Vec<NoteCard>> {
        Ok(note_cards())
    }

    fn note(&self, id: &str) -> anyhow::Result<Note> {
        Ok(note(id))
    }

    fn search(&self, query: &str) -> anyhow::Result<Found> {
        let hit = |card: NoteCard| Hit {
            snippet: format!(
                "… where {query} matters: a copy in each of three zones survives the loss of one zone, and what it does not survive is you …"
            ),
            id: card.id,
            title: card.title,
        };
        // What is mistyped here is found for the last page.
        let meant = (query == "objct").then(|| "object".to_owned());
        let query = meant.as_deref().unwrap_or(query).to_lowercase();
        let holds = |c: &NoteCard| c.title.to_lowercase().contains(&query);
        Ok(Found { hits: note_cards().into_iter().filter(holds).map(hit).collect(), meant })
    }
}

/// An open lab whose second step passes when it is checked for the third time.
pub struct DemoLab {
    lab: Arc<Lab>,
    state: Mutex<(Vec<StepState>, Time, u32)>,
    note: Mutex<String>,
    changes: broadcast::Sender<Change>,
}

impl Default for DemoLab {
    fn default() -> Self {
        Self {
            lab: Arc::new(lab()),
            state: Mutex::new((steps(), NOW, 0)),
            note: Mutex::default(),
            changes: broadcast::channel(16).0,
        }
    }
}

impl DemoLab {
    fn with<T>(&self, work: impl FnOnce(&mut Vec<StepState>, &mut Time, &mut u32) -> T) -> T {
        let mut guard = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (steps, now, checks) = &mut *guard;
        work(steps, now, checks)
    }
}

impl OpenLab for DemoLab {
    fn lab(&self) -> Arc<Lab> {
        Arc::clone(&self.lab)
    }

    fn steps(&self) -> Vec<StepState> {
        self.with(|steps, _, _| steps.clone())
    }

    fn check(&self, _: Option<&str>) -> anyhow::Result<()> {
        self.with(|steps, now, checks| {
            *checks += 1;
            if *checks >= 3 && steps[1].asks.iter().all(|a| a.right) {
                steps[1].verdict = Verdict::Passed { at: *now };
                steps[1].cards.clear();
            }
        });
        Ok(())
    }

    fn answer(&self, step: &str, ask: usize, text: &str) -> anyhow::Result<()> {
        let (at, right) = self
            .lab
            .steps
            .iter()
            .enumerate()
            .find_map(|(i, s)| Some((i, s.asks.get(ask).filter(|_| s.id == step)?)))
            .ok_or_else(|| anyhow::anyhow!("There is no such question."))?;
        self.with(|steps, _, _| {
            let state = &mut steps[at].asks[ask];
            state.given = Some(text.to_owned());
            state.right =
                matches!(&right.answer, Answer::Fixed(all) if all.contains(&text.to_owned()));
            state.why = state.right.then(|| right.why.clone());
        });
        Ok(())
    }

    fn hint(&self, step: &str) -> anyhow::Result<()> {
        self.with(|steps, _, _| {
            for state in steps.iter_mut().filter(|s| s.id == step) {
                state.hints_shown = (state.hints_shown + 1).min(state.hints);
            }
        });
        Ok(())
    }

    fn own_note(&self, _: &str) -> anyhow::Result<String> {
        Ok(self.note.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    fn keep_note(&self, _: &str, text: &str) -> anyhow::Result<()> {
        text.clone_into(&mut self.note.lock().unwrap_or_else(PoisonError::into_inner));
        Ok(())
    }

    fn note_file(&self, step: &str) -> anyhow::Result<PathBuf> {
        Ok(std::env::temp_dir().join(format!("{step}.md")))
    }

    fn last_change(&self) -> anyhow::Result<Option<LastChange>> {
        anyhow::bail!("There is nothing to undo: nothing was changed in this lab yet.")
    }

    fn undo(&self, change: u64) -> anyhow::Result<String> {
        Ok(format!("Change {change} is taken back."))
    }

    fn reset(&self, _: Option<&str>) -> anyhow::Result<String> {
        self.with(|all, _, checks| {
            *all = steps();
            *checks = 0;
        });
        Ok("The step begins anew.".into())
    }

    fn now(&self) -> Time {
        self.with(|_, now, _| *now)
    }

    fn speed(&self) -> u32 {
        1
    }

    fn advance(&self, span: Duration) -> anyhow::Result<()> {
        self.with(|_, now, _| *now = now.plus(span));
        let _ = self.changes.send(Change::World);
        Ok(())
    }

    fn view(&self, view: &LiveView) -> Picture {
        picture(view)
    }

    fn changes(&self) -> broadcast::Receiver<Change> {
        self.changes.subscribe()
    }

    fn shell_env(&self) -> Vec<(String, String)> {
        vec![("DISTLAB_LAB".into(), "s3-versions".into())]
    }

    fn workspace(&self) -> PathBuf {
        std::env::temp_dir()
    }
}
