//! `distlab picture`: a frame of a lab's screen as SVG, for documents. The frame is a real one: a
//! real session in a profile of its own, the real state, and the drawing code of the screen.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use crossterm::event::KeyCode;

use super::classroom::LocalClassroom;
use super::{Args, DONE, Stop, say};
use app::runtime::Scripted;
use app::{Msg, Options, Start};
use base::Time;
use course::{Learner, Notes};
use session::profile::Profile;
use session::scratch::Scratch;
use session::{Mode, Session, VIEWS, consent};

/// When the picture was taken, so that it is the same each time.
const MOMENT: Time = Time(1_772_438_400_000);
/// How many of the first steps are solved in it.
const STEPS_SOLVED: usize = 2;

pub(super) fn run(args: &Args, lab: &str, size: &str, out: Option<&Path>) -> anyhow::Result<u8> {
    let size = size
        .split_once('x')
        .and_then(|(c, r)| Some((c.parse::<u16>().ok()?, r.parse::<u16>().ok()?)))
        .filter(|(c, r)| (20..=400).contains(c) && (8..=200).contains(r))
        .ok_or_else(|| {
            Stop::usage(format!("{size:?} is not a size: write COLUMNSxROWS, such as 120x40"))
        })?;
    let scratch = Scratch::private("picture")?;
    let svg = draw(args, lab, size, scratch.path())?;
    match out {
        Some(path) => std::fs::write(path, svg)
            .with_context(|| format!("{} cannot be written", path.display()))?,
        None => say(svg.trim_end())?,
    }
    Ok(DONE)
}

fn draw(args: &Args, lab: &str, size: (u16, u16), home: &Path) -> anyhow::Result<String> {
    let mut profile = Profile::open(home)?;
    profile.rename(Learner { name: "ada".into(), seed: 7 })?;
    let text = args.lab(lab, &profile)?;
    consent::carry(&args.profile()?, &profile, &text, lab)?;
    let session = Session::open(&profile, text, Mode::Once, MOMENT)?;
    let transcript = play(&session)?;
    let track = session.lab().track.clone();
    drop(session);
    let classroom = LocalClassroom {
        profile,
        labs: args.labs_folder(),
        course: None,
        mode: Mode::ReadOnly,
        notes: Notes::load(),
    };
    let start = Start::Lab(lab.to_owned());
    let mut program = Scripted::new(Arc::new(classroom), start, Options::default(), size);
    program.shell(&transcript);
    show_view(&mut program, &track);
    Ok(ui::svg::picture(&program.app))
}

/// Shows the live view that belongs to the lab's track, as a learner would: by its key.
fn show_view(program: &mut Scripted, track: &str) {
    let wanted = match track {
        "containers" => "docker",
        "bigdata" => "hdfs",
        _ => "s3",
    };
    // The key leads through all views and back to none.
    for _ in VIEWS.iter() {
        if program
            .app
            .lab
            .as_ref()
            .is_some_and(|lab| lab.view.is_some_and(|view| view.name == wanted))
        {
            break;
        }
        program.send(Msg::Key(KeyCode::F(5).into()));
    }
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
            let _ = write!(shown, "{line}\r\n{output}$ ");
        }
        for (i, ask) in step.asks.iter().enumerate() {
            if let course::Answer::Fixed(right) = &ask.answer {
                session.answer(&step.id, i, right.first().map_or("", String::as_str))?;
            }
        }
        session.check(None)?;
    }
    Ok(shown)
}
