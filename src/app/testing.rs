//! A classroom of made-up data, for tests and for trying the screen. Its desk really answers:
//! checks, hints, answers, undo and time change what it tells.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::broadcast;

use super::msg::{Reply, Request, Snapshot};
use super::ports::{Catalog, Classroom, Desk, Hit, LabCard, Note, NoteCard};
use super::update::{begin, update};
use super::{App, Effect, Msg, Options, Start};
use crate::base::Time;
use crate::course::{Answer, Ask, Block, Expect, Lab, Need, Span, Step};
use crate::docker;
use crate::session::{AskState, Card, Change, StepState, Verdict, Views};
use crate::sim::aws::s3::view as s3;
use crate::sim::hadoop::hdfs::view as hdfs;

/// 2026-11-22 10:00:00.
pub(crate) const NOW: Time = Time(1_795_341_600_000);

fn plain(text: &str) -> Span {
    Span { text: text.into(), ..Span::default() }
}

fn code(text: &str) -> Span {
    Span { text: text.into(), code: true, ..Span::default() }
}

fn link(text: &str, to: &str) -> Span {
    Span { text: text.into(), link: Some(to.into()), ..Span::default() }
}

fn paragraph(text: &str) -> Block {
    Block::Paragraph(vec![plain(text)])
}

fn intro() -> Vec<Block> {
    vec![
        Block::Heading { level: 1, text: vec![plain("Buckets, policies and versions")] },
        Block::Paragraph(vec![
            plain("You overwrite a photo of the Eiffel Tower by mistake. Is the old one gone? "),
            Span { text: "Guess first".into(), bold: true, ..Span::default() },
            plain(", then try it. What a bucket is stands in the "),
            link("notes on object storage", "notes:cloud/object-storage"),
            plain(" and in the "),
            link("S3 user guide", "https://docs.aws.amazon.com/s3/"),
            plain("."),
        ]),
    ]
}

fn versions_blocks() -> Vec<Block> {
    let row = |a: &str, b: &str, c: &str| vec![vec![code(a)], vec![plain(b)], vec![plain(c)]];
    vec![
        paragraph(
            "A bucket forgets the old copy when a key is written again. With versioning it keeps \
             every copy, and a delete only puts a marker on top.",
        ),
        Block::Code {
            lang: "sh".into(),
            text: "aws s3api put-bucket-versioning --bucket notes-ada-x7k2p9 \
                   --versioning-configuration Status=Enabled\naws s3 cp eiffel.jpg \
                   s3://notes-ada-x7k2p9/\n"
                .into(),
        },
        Block::Table {
            header: vec![vec![plain("State")], vec![plain("A write")], vec![plain("A delete")]],
            rows: vec![
                row("(none)", "replaces the object", "removes the object for good"),
                row("Enabled", "adds a version", "adds a delete marker; the versions stay"),
                row("Suspended", "replaces the null version", "adds a marker with the id null"),
            ],
        },
        Block::List {
            first: Some(1),
            items: vec![
                vec![paragraph("Turn versioning on.")],
                vec![Block::Paragraph(vec![
                    plain("Copy the file "),
                    code("eiffel.jpg"),
                    plain(" twice, with another content the second time."),
                ])],
                vec![
                    paragraph("Look at both versions:"),
                    Block::List {
                        first: None,
                        items: vec![vec![paragraph("their ids")], vec![paragraph("their sizes")]],
                    },
                ],
            ],
        },
        Block::Quote(vec![paragraph(
            "日本語のファイル名 works too: keys are UTF-8, up to 1,024 bytes long.",
        )]),
    ]
}

fn expect(run: &str, at: &str, want: &str, or_else: &str) -> Expect {
    Expect {
        run: run.into(),
        at: Some(at.into()),
        matcher: "is".into(),
        want: want.into(),
        or_else: or_else.into(),
        line: 1,
    }
}

fn ask(question: &str, choices: &[&str], right: &str, why: &str) -> Ask {
    Ask {
        question: question.into(),
        choices: choices.iter().map(|c| (*c).to_owned()).collect(),
        answer: Answer::Fixed(vec![right.into()]),
        why: why.into(),
        line: 1,
    }
}

/// A lab of three steps.
pub(crate) fn lab() -> Lab {
    let step = |id: &str, title: &str, points, blocks| Step {
        id: id.into(),
        title: title.into(),
        points,
        minutes: 5,
        blocks,
        ..Step::default()
    };
    let mut first = step(
        "bucket",
        "Make a bucket",
        1,
        vec![paragraph("A bucket has a name that nobody else in the world has. Make one.")],
    );
    first.expects = vec![expect(
        "aws s3api list-buckets",
        "Buckets[0].Name",
        "notes-ada-x7k2p9",
        "There is no bucket {want}.",
    )];
    let mut second = step("versions", "Keep every version", 2, versions_blocks());
    second.expects = vec![
        expect(
            "aws s3api get-bucket-versioning --bucket notes-ada-x7k2p9",
            "Status",
            "Enabled",
            "Versioning is {got}.",
        ),
        expect(
            "aws s3api list-object-versions --bucket notes-ada-x7k2p9",
            "length(Versions)",
            "2",
            "There are {got} versions.",
        ),
    ];
    second.asks = vec![
        ask(
            "How many versions of eiffel.jpg does the bucket hold now?",
            &[],
            "2",
            "An overwrite adds a version; only the newest answers a plain GET.",
        ),
        ask(
            "What does a delete do now?",
            &["It removes all versions", "It adds a delete marker", "It is refused"],
            "It adds a delete marker",
            "The versions below the marker can still be read by their ids.",
        ),
    ];
    second.hints = vec![
        vec![Block::Paragraph(vec![plain("Look for "), code("put-bucket-versioning"), plain(".")])],
        vec![paragraph("Status=Enabled turns it on.")],
    ];
    let third = step(
        "public",
        "Let everyone read one photo",
        3,
        vec![paragraph(
            "Objects are private until you say otherwise. Open one of them, and only that one.",
        )],
    );
    Lab {
        id: "s3-versions".into(),
        title: "Buckets, policies and versions".into(),
        track: "cloud".into(),
        minutes: 45,
        needs: Vec::new(),
        after: vec!["ec2-launch".into()],
        continues: None,
        speed: 1,
        images: Vec::new(),
        vars: std::collections::BTreeMap::new(),
        intro: intro(),
        steps: vec![first, second, third],
        files: Vec::new(),
        path: "labs/cloud/02-s3/lab.md".into(),
    }
}

fn failing() -> Vec<Card> {
    vec![Card {
        message: "Versioning on notes-ada-x7k2p9 is Suspended; this step wants it Enabled.".into(),
        expected: "Enabled".into(),
        observed: "Suspended".into(),
        command: "aws s3api get-bucket-versioning --bucket notes-ada-x7k2p9".into(),
    }]
}

/// How the steps of [`lab`] stand: the first done, the second not yet.
pub(crate) fn steps() -> Vec<StepState> {
    lab()
        .steps
        .iter()
        .enumerate()
        .map(|(i, step)| StepState {
            id: step.id.clone(),
            title: step.title.clone(),
            points: step.points,
            verdict: match i {
                0 => Verdict::Passed { at: Time(NOW.0 - 90_000) },
                1 => Verdict::Failing,
                _ => Verdict::Open,
            },
            cards: if i == 1 { failing() } else { Vec::new() },
            asks: step
                .asks
                .iter()
                .map(|a| AskState {
                    question: a.question.clone(),
                    choices: a.choices.clone(),
                    ..AskState::default()
                })
                .collect(),
            hints_shown: 0,
            hints: step.hints.len(),
        })
        .collect()
}

pub(crate) fn views() -> Views {
    Views { docker: docker_view(), s3: s3_view(), hdfs: hdfs_view() }
}

fn docker_view() -> docker::view::View {
    let container =
        |id: &str, name: &str, image: &str, state: &str, status: &str, ports: &str, lab: &str| {
            docker::view::ContainerView {
                id: id.into(),
                name: name.into(),
                image: image.into(),
                command: "sh".into(),
                state: state.into(),
                status: status.into(),
                ports: ports.into(),
                lab: lab.into(),
            }
        };
    let image = |name: &str, id: &str, size, stand_in| docker::view::ImageView {
        name: name.into(),
        id: id.into(),
        size,
        stand_in,
    };
    docker::view::View {
        problem: None,
        containers: vec![
            container(
                "4c01db0b339c",
                "web",
                "nginx:1.27",
                "running",
                "Up 3 minutes",
                "127.0.0.1:8080->80/tcp",
                "first-containers",
            ),
            container(
                "d7886598dbe2",
                "quizzical_ardinghelli",
                "alpine:latest",
                "exited",
                "Exited (0) 2 minutes ago",
                "",
                "first-containers",
            ),
            container(
                "0f1e2d3c4b5a",
                "postgres",
                "postgres:17-alpine",
                "running",
                "Up 4 days",
                "5432/tcp",
                "",
            ),
        ],
        images: vec![
            image("alpine:latest", "91ef0af61f39", 7_800_000, true),
            image("nginx:1.27", "39286ab8a5e1", 187_654_321, false),
        ],
    }
}

fn s3_view() -> s3::View {
    let version = |id: &str, size, delete_marker, minutes: i64| s3::VersionView {
        id: id.into(),
        size,
        delete_marker,
        modified: Time(NOW.0 - minutes * 60_000),
    };
    let key = |key: &str, public, versions| s3::KeyView { key: key.into(), public, versions };
    s3::View {
        buckets: vec![
            s3::BucketView {
                name: "notes-ada-x7k2p9".into(),
                versioning: "Enabled".into(),
                public: true,
                has_policy: true,
                key_count: 702,
                keys: vec![
                    key(
                        "eiffel.jpg",
                        true,
                        vec![
                            version("3sL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY", 1_536, false, 1),
                            version("null", 1_200_000, false, 12),
                        ],
                    ),
                    key(
                        "louvre.jpg",
                        false,
                        vec![
                            version("UIORUnfndfhnw89493jJFJ.n0FLAkSk8", 0, true, 2),
                            version("QUpfdndhfd8438MNFDN93jdnJFkdmqnh893", 52_428_800, false, 30),
                        ],
                    ),
                    key(
                        "archive/2026/11/a-rather-long-key-that-needs-more-room-than-there-is.tar.gz",
                        false,
                        vec![version("null", 734_003_200, false, 40)],
                    ),
                ],
            },
            s3::BucketView { name: "empty-one".into(), ..s3::BucketView::default() },
        ],
    }
}

fn hdfs_view() -> hdfs::View {
    let node = |name: &str, believed: &str, running, last_contact_s, used, blocks| hdfs::NodeView {
        name: name.into(),
        believed: believed.into(),
        running,
        last_contact_s,
        used,
        capacity: 10 << 30,
        blocks,
    };
    let block = |n: u32, path: &str, len, replicas: &[&str]| hdfs::BlockView {
        id: format!("blk_{}", 1_073_741_824 + n),
        path: path.into(),
        len,
        target: 3,
        replicas: replicas.iter().map(|r| (*r).to_owned()).collect(),
    };
    hdfs::View {
        racks: vec![
            hdfs::RackView {
                name: "/rack1".into(),
                nodes: vec![
                    node("dn1", "live", true, 1, 3 << 30, 24),
                    node("dn2", "dead", false, 641, 2 << 30, 0),
                    node("dn3", "live", true, 2, 4 << 30, 31),
                ],
            },
            hdfs::RackView {
                name: "/rack2".into(),
                nodes: vec![
                    node("dn4", "stale", false, 45, 5 << 30, 40),
                    node("dn5", "live", true, 0, 1 << 30, 9),
                    node("dn6", "live", true, 2, 9 << 30, 72),
                ],
            },
        ],
        blocks: vec![
            block(1, "/data/taxi.csv", 128 << 20, &["dn1", "dn4", "dn5"]),
            block(2, "/data/taxi.csv", 128 << 20, &["dn3", "dn6"]),
            block(3, "/data/taxi.csv", 52_345_678, &["dn1", "dn3", "dn5", "dn6"]),
            block(4, "/user/ada/words.txt", 1_234, &[]),
        ],
        block_count: 176,
        under_replicated: 2,
        safe_mode: true,
        transfers: vec![
            hdfs::TransferView {
                block: "blk_1073741826".into(),
                from: "dn3".into(),
                to: "dn1".into(),
                percent: 35,
            },
            hdfs::TransferView {
                block: "blk_1073741826".into(),
                from: "dn6".into(),
                to: "dn5".into(),
                percent: 100,
            },
        ],
    }
}

pub(crate) fn catalog() -> Catalog {
    let card = |id: &str,
                title: &str,
                track: &str,
                minutes,
                steps,
                steps_done,
                points,
                points_earned,
                needs: &[Need]| LabCard {
        id: id.into(),
        title: title.into(),
        track: track.into(),
        minutes,
        steps,
        steps_done,
        points,
        points_earned,
        needs: needs.to_vec(),
        after: Vec::new(),
        problem: None,
    };
    let mut broken = card("mine", "My own lab", "drafts", 0, 0, 0, 0, 0, &[]);
    broken.problem =
        Some("drafts/01-mine/lab.md:14: “exspect” is no key of a check; “expect” was meant".into());
    let mut s3 =
        card("s3-versions", "Buckets, policies and versions", "cloud", 45, 3, 1, 6, 1, &[]);
    s3.after = vec!["ec2-launch".into()];
    Catalog {
        labs: vec![
            card(
                "vms-and-containers",
                "Virtual machines and containers",
                "containers",
                30,
                4,
                4,
                8,
                8,
                &[],
            ),
            card(
                "first-containers",
                "First containers",
                "containers",
                60,
                9,
                0,
                12,
                0,
                &[Need::Docker],
            ),
            card(
                "hdfs-internals",
                "HDFS: where the blocks are and what happens when a machine dies",
                "bigdata",
                50,
                6,
                0,
                10,
                0,
                &[],
            ),
            s3,
            broken,
        ],
        last: Some("s3-versions".into()),
        docker: Some(
            "The Docker Engine does not answer; start it with: sudo systemctl start docker".into(),
        ),
    }
}

pub(crate) fn note(id: &str) -> Note {
    let blocks = vec![
        Block::Heading { level: 1, text: vec![plain("Object storage")] },
        paragraph(
            "An object is bytes with a name. There are no folders; a slash in a key is a letter like any other, and listing with a delimiter only makes it look like a tree.",
        ),
        Block::Heading { level: 2, text: vec![plain("Durability")] },
        paragraph(
            "A copy in each of three zones survives the loss of one. What it does not survive is you: a delete is copied just as faithfully. That is what versions are for.",
        ),
        Block::Rule,
        Block::Code { lang: "sh".into(), text: "aws s3 ls s3://bucket/prefix/".into() },
    ];
    Note { id: id.into(), title: "Object storage".into(), blocks }
}

pub(crate) fn note_cards() -> Vec<NoteCard> {
    let card = |id: &str, title: &str, track: &str| NoteCard {
        id: id.into(),
        title: title.into(),
        track: track.into(),
    };
    vec![
        card("containers/namespaces", "Namespaces and control groups", "containers"),
        card("containers/images", "Images and layers", "containers"),
        card("bigdata/hdfs", "HDFS: one namespace over many disks", "bigdata"),
        card("cloud/object-storage", "Object storage", "cloud"),
    ]
}

/// The whole classroom.
#[derive(Default)]
pub(crate) struct Demo;

impl Classroom for Demo {
    fn catalog(&self) -> anyhow::Result<Catalog> {
        Ok(catalog())
    }

    fn open(&self, lab: &str) -> anyhow::Result<Arc<dyn Desk>> {
        anyhow::ensure!(
            lab == "s3-versions",
            "There is no lab “{lab}”; this one is a demonstration."
        );
        Ok(Arc::new(DemoDesk::default()))
    }

    fn notes(&self) -> anyhow::Result<Vec<NoteCard>> {
        Ok(note_cards())
    }

    fn note(&self, id: &str) -> anyhow::Result<Note> {
        Ok(note(id))
    }

    fn search(&self, query: &str) -> anyhow::Result<Vec<Hit>> {
        let hit = |card: NoteCard| Hit {
            snippet: format!(
                "… where {query} matters: a copy in each of three zones survives the loss of one zone, and what it does not survive is you …"
            ),
            id: card.id,
            title: card.title,
        };
        Ok(note_cards()
            .into_iter()
            .filter(|c| c.title.to_lowercase().contains(&query.to_lowercase()))
            .map(hit)
            .collect())
    }
}

/// A desk whose second step passes when it is checked for the third time.
pub(crate) struct DemoDesk {
    lab: Arc<Lab>,
    state: Mutex<(Vec<StepState>, Time, u32)>,
    changes: broadcast::Sender<Change>,
}

impl Default for DemoDesk {
    fn default() -> Self {
        Self {
            lab: Arc::new(lab()),
            state: Mutex::new((steps(), NOW, 0)),
            changes: broadcast::channel(16).0,
        }
    }
}

impl DemoDesk {
    fn with<T>(&self, work: impl FnOnce(&mut Vec<StepState>, &mut Time, &mut u32) -> T) -> T {
        let mut guard = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (steps, now, checks) = &mut *guard;
        work(steps, now, checks)
    }
}

impl Desk for DemoDesk {
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

    fn undo(&self) -> anyhow::Result<String> {
        anyhow::bail!("There is nothing to undo: nothing was changed in this lab yet.")
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

    fn views(&self) -> Views {
        views()
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

/// A program of a given size with the effects answered as the runtime would, at once and without a
/// shell.
pub(crate) struct Stage {
    pub(crate) app: App,
    pub(crate) effects: Vec<Effect>,
    desk: Option<Arc<dyn Desk>>,
}

impl Stage {
    pub(crate) fn new(cols: u16, rows: u16, start: Start) -> Self {
        let app = App::new(Options::default(), cols, rows);
        let mut stage = Self { app, effects: Vec::new(), desk: None };
        let effects = begin(&mut stage.app, start);
        stage.perform(effects);
        stage
    }

    pub(crate) fn in_lab(cols: u16, rows: u16) -> Self {
        let mut stage = Self::new(cols, rows, Start::Lab("s3-versions".into()));
        let prompt = "\x1b[32mada@lab\x1b[0m:~/s3$ aws s3 ls\r\n2026-11-22 10:00:00 notes-ada-x7k2p9\r\n\
                      \x1b[32mada@lab\x1b[0m:~/s3$ ";
        stage.shell(prompt);
        stage.app.message = None;
        stage
    }

    pub(crate) fn shell(&mut self, text: &str) {
        let shell = self.app.lab.as_ref().map_or(0, |l| l.shell.id);
        self.send(Msg::ShellOutput { shell, bytes: text.as_bytes().to_vec() });
    }

    pub(crate) fn send(&mut self, msg: Msg) {
        let effects = update(&mut self.app, msg);
        self.perform(effects);
    }

    fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            if let Effect::Request { job, request } = effect.clone() {
                let reply = self.answer(request).map_err(|e| format!("{e:#}"));
                self.send(Msg::Reply { job, reply });
            }
            self.effects.push(effect);
        }
    }

    fn answer(&mut self, request: Request) -> anyhow::Result<Reply> {
        let notice = match (request, self.desk.clone()) {
            (Request::Catalog, _) => return Ok(Reply::Catalog(Demo.catalog()?)),
            (Request::Notes, _) => return Ok(Reply::Notes(Demo.notes()?)),
            (Request::Note(id), _) => return Ok(Reply::Note(Demo.note(&id)?)),
            (Request::Search(query), _) => return Ok(Reply::Hits(Demo.search(&query)?)),
            (Request::Open(id), _) => {
                self.desk = Some(Demo.open(&id)?);
                None
            }
            (Request::Views, Some(desk)) => return Ok(Reply::Views(Box::new(desk.views()))),
            (Request::Check { step, .. }, Some(desk)) => {
                desk.check(step.as_deref()).map(|()| None)?
            }
            (Request::Answer { step, ask, text }, Some(desk)) => {
                desk.answer(&step, ask, &text).map(|()| None)?
            }
            (Request::Hint(step), Some(desk)) => desk.hint(&step).map(|()| None)?,
            (Request::Undo, Some(desk)) => Some(desk.undo()?),
            (Request::Reset(step), Some(desk)) => Some(desk.reset(step.as_deref())?),
            (Request::Advance(span), Some(desk)) => desk.advance(span).map(|()| None)?,
            (_, _) => None,
        };
        let Some(desk) = &self.desk else { anyhow::bail!("No lab is open.") };
        Ok(Reply::Desk(Box::new(Snapshot {
            lab: desk.lab(),
            steps: desk.steps(),
            now: desk.now(),
            speed: desk.speed(),
            notice,
        })))
    }

    /// Types keys, written as `F3`, `Ctrl-P`, `Enter`, `Esc`, `Up`, `Leader`, or a text.
    pub(crate) fn keys(&mut self, keys: &[&str]) {
        for key in keys {
            for event in super::testing::events(key) {
                self.send(Msg::Key(event));
            }
        }
    }
}

/// The key events of a name or a text.
pub(crate) fn events(name: &str) -> Vec<crossterm::event::KeyEvent> {
    use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
    let code = match name {
        "Enter" => KeyCode::Enter,
        "Esc" => KeyCode::Esc,
        "Up" => KeyCode::Up,
        "Down" => KeyCode::Down,
        "PgUp" => KeyCode::PageUp,
        "PgDn" => KeyCode::PageDown,
        "Home" => KeyCode::Home,
        "End" => KeyCode::End,
        "Tab" => KeyCode::Tab,
        "Backspace" => KeyCode::Backspace,
        "Leader" => return vec![KeyEvent::new(KeyCode::Char(']'), KeyModifiers::CONTROL)],
        "Shift-PgUp" => return vec![KeyEvent::new(KeyCode::PageUp, KeyModifiers::SHIFT)],
        name => {
            if let Some(n) = name.strip_prefix('F').and_then(|n| n.parse().ok()) {
                KeyCode::F(n)
            } else if let Some(c) = name.strip_prefix("Ctrl-") {
                let c = c.to_lowercase().chars().next().unwrap_or(' ');
                return vec![KeyEvent::new(KeyCode::Char(c), KeyModifiers::CONTROL)];
            } else {
                return name
                    .chars()
                    .map(|c| KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE))
                    .collect();
            }
        }
    };
    vec![KeyEvent::new(code, KeyModifiers::NONE)]
}
