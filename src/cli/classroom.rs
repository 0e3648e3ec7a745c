//! The screen's two doors to the rest of the program: all labs and notes, and one open lab.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;
use std::time::{Duration, SystemTime};

use anyhow::{Context, bail};
use tokio::sync::broadcast;

use super::course::{LAST, note_read};
use super::lab_session::{self, wall};
use super::steps::capital;
use super::{lacks, notes, steps};
use app::ports::{Catalog, Classroom, Found, Hit, Note, NoteCard, OpenLab};
use base::{Digest, Time};
use course::{Lab, Notes};
use session::profile::Profile;
use session::{Change, LastChange, LiveView, Mode, Picture, Session, StepState, consent, shell};
use wire::aws::Options;

/// All labs and notes of one profile.
pub(super) struct LocalClassroom {
    pub profile: Profile,
    /// The folder of labs given with `--labs`.
    pub labs: Option<PathBuf>,
    /// The file of the course, where one was named.
    pub course: Option<PathBuf>,
    /// How labs are opened.
    pub mode: Mode,
    pub notes: Notes,
}

/// The profile's record of how much of a lab's columns its lesson has, in thousandths.
const SHARE: &str = "lesson-share";
/// More hits than a screen lists.
const HITS_MAX: usize = 50;

impl LocalClassroom {
    /// How much of a lab's columns its lesson has, where the learner moved their border.
    pub(super) fn share(&self) -> Option<u16> {
        let kept = self.profile.store().ok()?.meta(SHARE).ok()??;
        kept.parse().ok().filter(|share| *share <= 1000)
    }

    fn listing(&self) -> course::Catalog {
        course::Catalog::list(self.labs.as_deref())
    }
}

impl Classroom for LocalClassroom {
    fn catalog(&self, whole: bool) -> anyhow::Result<Catalog> {
        // Embedded labs have no errors.
        let whole = whole || self.labs.is_none();
        let labs = self.labs.as_deref();
        let catalog = if whole { course::Catalog::load(labs) } else { course::Catalog::list(labs) };
        let file = self.course.as_deref();
        let shown = super::course::catalog(&self.profile, &catalog, file, labs, &self.notes)?;
        Ok(Catalog { whole, ..shown })
    }

    fn engine_problem(&self) -> Option<String> {
        docker::problem()
    }

    fn open(&self, id: &str) -> anyhow::Result<Arc<dyn OpenLab>> {
        let catalog = self.listing();
        // Asked before the text is read: a save while the lab opens is a save still to be seen.
        let seen = catalog.modified(id);
        let lab = catalog
            .open(id, &lab_session::learner(&catalog, &self.profile, id)?)
            .map_err(|problems| anyhow::anyhow!(lab_session::list(&problems)))?;
        if self.mode == Mode::Live {
            lab_session::go_on(&catalog, &self.profile, &lab)?;
        }
        let session = Session::open(&self.profile, lab, self.mode, wall())?;
        if self.mode != Mode::ReadOnly {
            self.profile.store()?.set_meta(LAST, id)?;
        }
        let (sender, _) = broadcast::channel(256);
        forward(&session, sender.clone())?;
        if self.mode == Mode::Live {
            session.open_doors(Options::default())?;
            session.begin_step()?;
            session.watch(false)?;
            tell_lacks(&session, &self.profile, catalog.get(id).ok())?;
            reload_on_save(&session, catalog, id.to_owned(), seen)?;
        }
        let damaged = session.engine().damaged();
        let otherwise = session.began_otherwise();
        let troubles = session.door_troubles().into_iter().chain(session.left_behind());
        let untold = troubles.chain(damaged).chain(otherwise).collect();
        let rc = shell::rc_file(&self.profile, id).ok();
        Ok(Arc::new(LocalLab {
            session,
            sender,
            labs: lab_session::labs_variable(self.labs.as_deref()),
            rc,
            untold: Mutex::new(untold),
            nodes: Mutex::default(),
        }))
    }

    fn allow(&self, lab: &str, text: Digest) -> anyhow::Result<()> {
        consent::allow(&self.profile, lab, text)
    }

    fn keep_share(&self, share: u16) -> anyhow::Result<()> {
        // Who only looks leaves the profile as it is.
        if self.mode == Mode::Live {
            self.profile.store()?.set_meta(SHARE, &share.to_string())?;
        }
        Ok(())
    }

    fn notes(&self) -> anyhow::Result<Vec<NoteCard>> {
        let card = |(id, title, track): (&str, &str, &str)| NoteCard {
            id: id.into(),
            title: title.into(),
            track: track.into(),
        };
        Ok(self.notes.list().map(card).collect())
    }

    fn note(&self, id: &str) -> anyhow::Result<Note> {
        let (id, anchor) = id.split_once('#').unwrap_or((id, ""));
        let page = self.notes.page(id).with_context(|| format!("the notes have no page {id:?}"))?;
        if self.mode == Mode::Live {
            note_read(&self.profile.store()?, id)?;
        }
        // A link to a section that a newer text no longer has still leads to its page.
        let section = page.section(anchor).unwrap_or(0..page.blocks.len());
        Ok(Note { id: page.id, title: page.title, blocks: page.blocks, section })
    }

    fn search(&self, query: &str) -> anyhow::Result<Found> {
        let found = notes::search(&self.profile, &self.notes, query, HITS_MAX)?;
        let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let hits = found
            .hits
            .into_iter()
            .map(|hit| Hit {
                id: notes::place_of(&hit),
                title: if hit.heading.is_empty() {
                    hit.title
                } else {
                    format!("{} › {}", hit.title, hit.heading)
                },
                snippet: line(&hit.snippet),
            })
            .collect();
        Ok(Found { hits, meant: found.meant })
    }
}

/// Hands the session's news on to the screen.
fn forward(session: &Arc<Session>, sender: broadcast::Sender<Change>) -> anyhow::Result<()> {
    let news = session.engine().listen();
    thread::Builder::new().name("news".into()).spawn(move || {
        while let Ok(change) = news.recv() {
            // Nobody may be listening at the moment; the next one reads the state anyway.
            let _ = sender.send(change);
        }
    })?;
    Ok(())
}

/// Says what a lab will lack here, as long as nothing of it is done. The engine is asked beside the
/// screen, which waits for nobody; a lab that needs none costs no thread.
fn tell_lacks(
    session: &Arc<Session>,
    profile: &Profile,
    entry: Option<&course::Entry>,
) -> anyhow::Result<()> {
    let Some(entry) = entry.filter(|entry| !entry.needs.is_empty()).cloned() else { return Ok(()) };
    if session.points().0 > 0 {
        return Ok(());
    }
    let (weak, home) = (Arc::downgrade(session), profile.home.clone());
    thread::Builder::new().name("lacks".into()).spawn(move || {
        for lack in lacks::of(&home, &entry) {
            let Some(session) = weak.upgrade() else { return };
            session.engine().tell(&Change::Notice(capital(&lack.says)));
        }
    })?;
    Ok(())
}

/// Puts an author's newer text in the place of the open one. A built-in lab never changes, and costs
/// no thread.
fn reload_on_save(
    session: &Arc<Session>,
    catalog: course::Catalog,
    id: String,
    seen: Option<SystemTime>,
) -> anyhow::Result<()> {
    let Some(mut seen) = seen else { return Ok(()) };
    let mut told = None;
    let weak: Weak<Session> = Arc::downgrade(session);
    thread::Builder::new().name("author".into()).spawn(move || {
        loop {
            thread::sleep(Duration::from_millis(500));
            let Some(session) = weak.upgrade() else { return };
            let Some(now) = catalog.modified(&id).filter(|now| *now != seen) else { continue };
            match catalog.open(&id, &session.profile.learner) {
                Ok(lab) => {
                    let before = session.lab().world.clone();
                    if let Err(error) = session.replace_lab(lab) {
                        // Once for each save; it is taken as soon as it may be.
                        if told.replace(now) != Some(now) {
                            let why = format!("The saved text cannot be taken yet: {error}");
                            session.engine().tell(&Change::Notice(why));
                        }
                        continue;
                    }
                    seen = now;
                    session.engine().tell(&Change::Notice("The lab's text was reloaded.".into()));
                    if session.lab().world != before
                        && let Some(text) = session.began_otherwise()
                    {
                        session.engine().tell(&Change::Notice(text));
                    }
                    session.engine().tell(&Change::World);
                }
                Err(problems) => {
                    seen = now;
                    session.engine().tell(&Change::Notice(lab_session::list(&problems)));
                }
            }
        }
    })?;
    Ok(())
}

/// One learner in one lab.
struct LocalLab {
    session: Arc<Session>,
    sender: broadcast::Sender<Change>,
    /// The folder of labs that was named, for the shell.
    labs: Option<(String, String)>,
    rc: Option<PathBuf>,
    /// What there was to say before anyone listened.
    untold: Mutex<Vec<String>>,
    /// The live nodes and where each listens, as they were last asked for.
    nodes: Mutex<Vec<(String, String)>>,
}

impl LocalLab {
    fn writable(&self) -> anyhow::Result<()> {
        if self.session.read_only() {
            bail!("the lab was opened with --read-only: nothing can be changed");
        }
        Ok(())
    }
}

impl Drop for LocalLab {
    fn drop(&mut self) {
        self.session.take_leave();
    }
}

impl OpenLab for LocalLab {
    fn lab(&self) -> Arc<Lab> {
        self.session.lab()
    }

    fn steps(&self) -> Vec<StepState> {
        self.session.steps()
    }

    fn check(&self, step: Option<&str>) -> anyhow::Result<()> {
        if self.session.read_only() {
            // The screen checks by itself when a lab is opened; looking is no fault.
            return Ok(());
        }
        self.session.check(step)?;
        Ok(())
    }

    fn answer(&self, step: &str, ask: usize, text: &str) -> anyhow::Result<()> {
        self.writable()?;
        self.session.answer(step, ask, text)?;
        // The step may be complete with this.
        self.check(None)
    }

    fn hint(&self, step: &str) -> anyhow::Result<()> {
        self.writable()?;
        self.session.hint(Some(step))?;
        Ok(())
    }

    fn own_note(&self, step: &str) -> anyhow::Result<String> {
        self.session.profile.note(&self.session.world, step)
    }

    fn keep_note(&self, step: &str, text: &str) -> anyhow::Result<()> {
        self.writable()?;
        self.session.profile.keep_note(&self.session.world, step, text)
    }

    fn note_file(&self, step: &str) -> anyhow::Result<PathBuf> {
        self.writable()?;
        self.session.profile.note_file(&self.session.world, step)
    }

    fn last_change(&self) -> anyhow::Result<Option<LastChange>> {
        self.writable()?;
        self.session.engine().last_change()
    }

    fn undo(&self, change: u64) -> anyhow::Result<String> {
        self.writable()?;
        let Some(what) = self.session.undo_only(Some(change))? else {
            bail!(
                "Nothing was taken back: another change has followed the one that you were shown"
            );
        };
        let engine = !self.lab().needs.is_empty();
        Ok(steps::undo_words(Some(&what), engine))
    }

    fn reset(&self, step: Option<&str>) -> anyhow::Result<String> {
        self.writable()?;
        let done = self.session.reset(step)?;
        let lab = self.lab();
        let what = step
            .and_then(|step| lab.step(step))
            .map_or_else(|| "The lab".to_owned(), |step| format!("The step “{}”", step.title));
        Ok(format!("{what} is back at its beginning. {}", done.told()).trim_end().to_owned())
    }

    fn now(&self) -> Time {
        self.session.engine().lab_time()
    }

    fn speed(&self) -> u32 {
        self.session.engine().speed()
    }

    fn doors(&self) -> Vec<(String, String)> {
        let doors = self.session.engine().doors().into_iter();
        // The proxy is for programs, which find it in their environment, and the account's registry for
        // an engine, which `docker` leads there.
        let own = [wire::proxy::DOOR, wire::registry::ACCOUNT_DOOR];
        // A learner of containers has no use for the cloud's address.
        let cloud = self.session.lab().types("aws");
        let told = doors.filter(|door| match door.name.as_str() {
            wire::aws::DOOR => cloud,
            wire::cloudfront::DOOR => self.session.lab().types("edge"),
            name => !own.contains(&name),
        });
        told.map(|door| (door.name, door.address)).collect()
    }

    fn advance(&self, span: Duration) -> anyhow::Result<()> {
        self.writable()?;
        self.session.engine().advance(span)?;
        Ok(())
    }

    fn view(&self, view: &LiveView) -> Picture {
        self.session.view(view)
    }

    fn changes(&self) -> broadcast::Receiver<Change> {
        let receiver = self.sender.subscribe();
        let mut untold = self.untold.lock().unwrap_or_else(PoisonError::into_inner);
        for text in untold.drain(..) {
            let _ = self.sender.send(Change::Notice(text));
        }
        receiver
    }

    fn shell_env(&self) -> Vec<(String, String)> {
        let env = self.session.shell_env().unwrap_or_default();
        env.into_iter().chain(self.labs.clone()).collect()
    }

    fn nodes(&self) -> Vec<String> {
        let found = self.session.nodes();
        let names = found.iter().map(|(name, _)| name.clone()).collect();
        *self.nodes.lock().unwrap_or_else(PoisonError::into_inner) = found;
        names
    }

    fn node_env(&self, node: &str) -> Vec<(String, String)> {
        let nodes = self.nodes.lock().unwrap_or_else(PoisonError::into_inner);
        let found = nodes.iter().find(|(name, _)| name == node);
        found.map(|(_, host)| shell::node_environment(node, host)).unwrap_or_default()
    }

    fn shell_rc(&self) -> Option<PathBuf> {
        self.rc.clone()
    }

    fn workspace(&self) -> PathBuf {
        self.session.workspace()
    }
}
