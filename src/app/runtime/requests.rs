//! Carries requests to the classroom and the open lab, on threads that may block, and brings the
//! answers back to the inbox.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{Mutex, broadcast, mpsc};
use tokio::task::JoinHandle;

use super::Event;
use crate::editor;
use crate::msg::{Job, Msg, OwnNote, Reply, Request, Slot, Snapshot};
use crate::panics::caught;
use crate::ports::{Classroom, OpenLab};
use crate::update::own_note::{GONE, KEPT};
use session::Change;
use session::consent::NotAllowed;

/// How long a burst of changes is waited for before it is checked.
const SETTLE: Duration = Duration::from_millis(150);

pub(super) struct Requests {
    classroom: Arc<dyn Classroom>,
    sender: mpsc::Sender<Event>,
    /// Where requests are answered: not on the thread that draws.
    workers: Handle,
    lab: Option<Arc<dyn OpenLab>>,
    /// The task that hands on the open lab's news.
    news: Option<JoinHandle<()>>,
    /// Held while a check runs: of those that wait only the newest runs.
    checking: Arc<Mutex<()>>,
    newest_check: Arc<AtomicU64>,
}

impl Requests {
    pub(super) fn new(
        classroom: Arc<dyn Classroom>,
        sender: mpsc::Sender<Event>,
        workers: Handle,
    ) -> Self {
        Self {
            classroom,
            sender,
            workers,
            lab: None,
            news: None,
            checking: Arc::default(),
            newest_check: Arc::default(),
        }
    }

    pub(super) fn lab(&self) -> Option<&Arc<dyn OpenLab>> {
        self.lab.as_ref()
    }

    /// From now on requests go to this lab, and its news come.
    pub(super) fn enter(&mut self, lab: Arc<dyn OpenLab>) {
        self.leave();
        self.news = Some(self.workers.spawn(hand_on(lab.changes(), self.sender.clone())));
        self.lab = Some(lab);
    }

    pub(super) fn leave(&mut self) {
        if let Some(task) = self.news.take() {
            task.abort();
        }
        self.lab = None;
    }

    /// Answers the request later, with one event; a check that a newer one overtook is not run.
    pub(super) fn ask(&self, job: Job, request: Request) {
        let classroom = Arc::clone(&self.classroom);
        let (lab, sender) = (self.lab.clone(), self.sender.clone());
        if job.slot != Slot::Check {
            self.workers.spawn(async move { answer(job, request, classroom, lab, sender).await });
            return;
        }
        self.newest_check.store(job.number, Ordering::SeqCst);
        let (newest, checking) = (Arc::clone(&self.newest_check), Arc::clone(&self.checking));
        self.workers.spawn(async move {
            if matches!(request, Request::Check { settle: true, .. }) {
                tokio::time::sleep(SETTLE).await;
            }
            let _alone = checking.lock().await;
            if newest.load(Ordering::SeqCst) == job.number {
                answer(job, request, classroom, lab, sender).await;
            }
        });
    }
}

impl Drop for Requests {
    fn drop(&mut self) {
        self.leave();
    }
}

async fn answer(
    job: Job,
    request: Request,
    classroom: Arc<dyn Classroom>,
    lab: Option<Arc<dyn OpenLab>>,
    sender: mpsc::Sender<Event>,
) {
    let work = move || caught(|| perform(request, classroom.as_ref(), lab));
    let done = match tokio::task::spawn_blocking(work).await {
        Ok(Some(Ok(done))) => done,
        Ok(Some(Err(error))) => Done::Reply(Err(format!("{error:#}"))),
        Ok(None) | Err(_) => {
            let text = "Something broke inside the program while it did that; your work is kept.";
            Done::Reply(Err(text.to_owned()))
        }
    };
    let event = match done {
        Done::Reply(reply) => Event::Msg(Msg::Reply { job, reply }),
        Done::Opened(lab, snapshot) => Event::Opened { job, lab, snapshot },
    };
    let _ = sender.send(event).await;
}

pub(super) enum Done {
    Reply(Result<Reply, String>),
    Opened(Arc<dyn OpenLab>, Box<Snapshot>),
}

pub(super) fn perform(
    request: Request,
    classroom: &dyn Classroom,
    lab: Option<Arc<dyn OpenLab>>,
) -> anyhow::Result<Done> {
    let reply = match request {
        Request::Catalog { whole } => Reply::Catalog(classroom.catalog(whole)?),
        Request::EngineProblem => Reply::EngineProblem(classroom.engine_problem()),
        Request::Notes => Reply::Notes(classroom.notes()?),
        Request::Note(id) => Reply::Note(classroom.note(&id)?),
        Request::KeepShare(share) => {
            classroom.keep_share(share)?;
            Reply::Kept
        }
        Request::Search(query) => Reply::Hits(classroom.search(&query)?),
        Request::Open { lab, allow } => {
            if let Some((about, text)) = allow {
                classroom.allow(&about, text)?;
            }
            let lab = match classroom.open(&lab) {
                Ok(lab) => lab,
                Err(error) => {
                    let asks = NotAllowed::of(&error).cloned().map(Box::new);
                    return Ok(Done::Reply(Ok(Reply::Asks(lab, asks.ok_or(error)?))));
                }
            };
            let snapshot = Box::new(picture(lab.as_ref(), None));
            return Ok(Done::Opened(lab, snapshot));
        }
        request => {
            let lab = lab.ok_or_else(|| anyhow::anyhow!("No lab is open."))?;
            in_lab(request, lab.as_ref())?
        }
    };
    Ok(Done::Reply(Ok(reply)))
}

fn in_lab(request: Request, lab: &dyn OpenLab) -> anyhow::Result<Reply> {
    let mut notice = None;
    match request {
        Request::Check { step, .. } => lab.check(step.as_deref())?,
        Request::Answer { step, ask, text } => lab.answer(&step, ask, &text)?,
        Request::Hint(step) => lab.hint(&step)?,
        Request::LastChange => return Ok(Reply::LastChange(lab.last_change()?)),
        Request::Undo(change) => notice = Some(lab.undo(change)?),
        Request::Reset(step) => notice = Some(lab.reset(step.as_deref())?),
        Request::Advance(span) => {
            lab.advance(span)?;
            notice = Some(format!("Lab time moved on by {}.", base::text::span(span)));
        }
        Request::OwnNote(step) => {
            let (text, file) = (lab.own_note(&step)?, lab.note_file(&step)?);
            let editor = editor::chosen();
            return Ok(Reply::OwnNote(OwnNote { step, text, file, editor }));
        }
        Request::KeepNote { step, text } => {
            lab.keep_note(&step, &text)?;
            notice = Some(if text.trim().is_empty() { GONE } else { KEPT }.to_owned());
        }
        Request::View(view) => return Ok(Reply::View(view, Box::new(lab.view(view)))),
        // The others are the classroom's; a picture of the open lab is all that is left to give.
        _ => {}
    }
    Ok(Reply::Lab(Box::new(picture(lab, notice))))
}

fn picture(lab: &dyn OpenLab, notice: Option<String>) -> Snapshot {
    Snapshot {
        lab: lab.lab(),
        steps: lab.steps(),
        now: lab.now(),
        speed: lab.speed(),
        doors: lab.doors(),
        nodes: lab.nodes(),
        notice,
    }
}

/// Hands the open lab's news to the inbox. News that were lost on the way mean that anything may have
/// changed.
async fn hand_on(mut changes: broadcast::Receiver<Change>, sender: mpsc::Sender<Event>) {
    loop {
        let change = match changes.recv().await {
            Ok(change) => change,
            Err(RecvError::Lagged(_)) => Change::World,
            Err(RecvError::Closed) => return,
        };
        if sender.send(Event::Msg(Msg::Change(change))).await.is_err() {
            return;
        }
    }
}
