//! `distlab picture`: a frame of a lab's screen as SVG, for documents. The frame is a real one: a
//! real session in a profile of its own, the real state, and the drawing code of the screen.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::{Args, DONE, Stop, say};
use crate::app::msg::{Reply, Request, Snapshot};
use crate::app::update::begin;
use crate::app::{App, Effect, Msg, Options, Start, update};
use crate::base::Time;
use crate::course::Learner;
use crate::session::profile::Profile;
use crate::session::{Mode, Session};
use crate::ui;

/// When the picture was taken, so that it is the same each time.
const MOMENT: Time = Time(1_772_438_400_000);
/// How many of the first steps are solved in it.
const STEPS_SOLVED: usize = 2;

pub fn run(args: &Args, lab: &str, size: &str, out: Option<&Path>) -> anyhow::Result<u8> {
    let (cols, rows) = size
        .split_once('x')
        .and_then(|(c, r)| Some((c.parse::<u16>().ok()?, r.parse::<u16>().ok()?)))
        .filter(|(c, r)| (20..=400).contains(c) && (8..=200).contains(r))
        .ok_or_else(|| Stop::usage(format!("{size:?} is no size: COLUMNSxROWS, such as 120x40")))?;
    let scratch = std::env::temp_dir().join(format!("distlab-picture-{}", std::process::id()));
    let drawn = draw(args, lab, cols, rows, &scratch);
    let _ = std::fs::remove_dir_all(&scratch);
    let svg = drawn?;
    match out {
        Some(path) => std::fs::write(path, svg)
            .with_context(|| format!("{} cannot be written", path.display()))?,
        None => say(svg.trim_end())?,
    }
    Ok(DONE)
}

fn draw(args: &Args, lab: &str, cols: u16, rows: u16, home: &Path) -> anyhow::Result<String> {
    let mut profile = Profile::open(home)?;
    profile.rename(Learner { name: "ada".into(), seed: 7 })?;
    let session = Session::open(&profile, args.lab(lab, &profile)?, Mode::Once, MOMENT)?;
    let transcript = play(&session)?;
    let mut app = App::new(Options::default(), cols, rows);
    let mut waiting: VecDeque<Effect> = begin(&mut app, Start::Lab(lab.to_owned())).into();
    // Each effect is answered once; a frame needs a handful.
    for _ in 0..100 {
        let Some(effect) = waiting.pop_front() else { break };
        if let Some(msg) = answer(&session, effect, &transcript)? {
            waiting.extend(update(&mut app, msg));
        }
    }
    let mut terminal = Terminal::new(TestBackend::new(cols, rows)).context("no room to draw in")?;
    terminal.draw(|frame| ui::draw(&app, frame)).context("the frame cannot be drawn")?;
    Ok(ui::svg::render(terminal.backend().buffer()))
}

/// Solves the first steps, and gives what a learner's terminal would show of it.
fn play(session: &Session) -> anyhow::Result<String> {
    let mut shown = String::from("$ ");
    let steps = session.lab().steps.clone();
    for step in steps.iter().take(STEPS_SOLVED) {
        session.begin_step()?;
        for line in step.solve.iter().flat_map(|s| s.text.lines()) {
            let seen = session.capture(line)?;
            let output = format!("{}{}", seen.stdout, seen.stderr).replace('\n', "\r\n");
            shown.push_str(&format!("{line}\r\n{output}$ "));
        }
        for (i, ask) in step.asks.iter().enumerate() {
            if let crate::course::Answer::Fixed(right) = &ask.answer {
                session.answer(&step.id, i, right.first().map_or("", String::as_str))?;
            }
        }
        session.check(None)?;
    }
    Ok(shown)
}

fn answer(session: &Arc<Session>, effect: Effect, transcript: &str) -> anyhow::Result<Option<Msg>> {
    Ok(match effect {
        Effect::ShellStart { shell, .. } => {
            Some(Msg::ShellOutput { shell, bytes: transcript.as_bytes().to_vec() })
        }
        Effect::Request { job, request } => {
            let reply = match request {
                Request::Views => Reply::Views(Box::new(session.views())),
                Request::Open(_) | Request::Refresh | Request::Check { .. } => {
                    Reply::Desk(Box::new(Snapshot {
                        lab: session.lab(),
                        steps: session.steps(),
                        now: session.engine().lab_time(),
                        speed: 1,
                        notice: None,
                    }))
                }
                _ => return Ok(None),
            };
            Some(Msg::Reply { job, reply: Ok(reply) })
        }
        _ => None,
    })
}
