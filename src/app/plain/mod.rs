//! Line mode: the same labs, checks and notes without a screen, for dumb terminals and screen
//! readers. Reads a command a line and writes plain text without a single escape code; signs are
//! words.

#[cfg(test)]
mod tests;
mod work;

use std::io::{BufRead, Write};
use std::sync::Arc;

use anyhow::Context as _;
use unicode_width::UnicodeWidthStr as _;

use super::Start;
use super::flow::{Line, Piece, Tone, wrap_words};
use super::home::What;
use super::lay::lay_for_speech;
use super::ports::{Classroom, LabCard, NoteCard, OpenLab};
use base::text::{nearest, plural};
use course::{Block, Unnamed, named};
use session::consent::NotAllowed;
use session::{Change, StepState, Verdict};

/// Where no terminal says how wide it is, lines are broken here: what a braille display and an old
/// terminal can show.
pub const WIDTH: usize = 78;

const COMMANDS: &[(&str, &str)] = &[
    ("labs", "list the labs"),
    ("open LAB", "open a lab, by its number or name"),
    ("read", "read the step again; intro reads what comes before the first"),
    ("next", "go to the next step"),
    ("back", "go to the previous step"),
    ("steps", "list the steps and their state"),
    ("step N", "go to step N"),
    ("check", "check this step"),
    ("hint", "show the next hint"),
    ("answer TEXT", "answer the first open question; answer 2 TEXT answers the second"),
    ("shell", "start your shell in the lab's folder; exit leaves it"),
    ("run COMMAND", "run one command in the lab's folder"),
    ("undo", "take back the last change"),
    ("reset", "start this step over; reset lab starts the whole lab over"),
    ("time +11m", "move lab time on; time alone tells it"),
    ("notes QUERY", "search the notes; notes alone lists the pages"),
    ("page N", "read page N of the last list"),
    ("help", "this list"),
    ("quit", "leave; your work is kept"),
];

/// Runs until `quit` or the end of the input. Lines are as wide as `width` says each time.
///
/// # Errors
/// When the output cannot be written or the first lab cannot be opened.
pub fn run(
    classroom: &dyn Classroom,
    start: Start,
    input: &mut dyn BufRead,
    output: &mut dyn Write,
    width: fn() -> usize,
) -> anyhow::Result<()> {
    let mut mode =
        Plain { classroom, output, width, opened: None, labs: Vec::new(), pages: Vec::new() };
    mode.say("distlab, line by line. Type help for the commands.")?;
    match start {
        Start::Home => mode.labs()?,
        Start::Lab(id) => mode.open(&id, input)?,
        Start::Notes(query) => mode.notes(query.as_deref().unwrap_or_default())?,
    }
    let mut line = String::new();
    loop {
        mode.news()?;
        mode.prompt()?;
        line.clear();
        if input.read_line(&mut line).context("the input cannot be read")? == 0 {
            return Ok(());
        }
        let (word, rest) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
        if matches!(word, "quit" | "q" | "exit") {
            return Ok(());
        }
        if let Err(error) = mode.command(word, rest.trim(), input) {
            mode.say(&format!("Problem: {error:#}"))?;
        }
    }
}

struct Plain<'a> {
    classroom: &'a dyn Classroom,
    output: &'a mut dyn Write,
    /// How wide the terminal is now.
    width: fn() -> usize,
    opened: Option<Opened>,
    labs: Vec<LabCard>,
    /// The last list of pages that was printed.
    pages: Vec<NoteCard>,
}

/// An open lab.
struct Opened {
    lab: Arc<dyn OpenLab>,
    changes: tokio::sync::broadcast::Receiver<Change>,
    step: usize,
}

impl Plain<'_> {
    fn say(&mut self, text: &str) -> anyhow::Result<()> {
        self.item("", text)
    }

    /// A text behind a label, which goes on below itself. No word is broken.
    fn item(&mut self, label: &str, text: &str) -> anyhow::Result<()> {
        let indent = label.width();
        let piece = Piece { text: text.to_owned(), tone: Tone::Plain };
        let width = (self.width)().saturating_sub(indent);
        for (i, line) in wrap_words(&[piece], width).iter().enumerate() {
            let before = if i == 0 { label.to_owned() } else { " ".repeat(indent) };
            writeln!(self.output, "{}", format!("{before}{}", line.text()).trim_end())?;
        }
        Ok(())
    }

    fn lines(&mut self, lines: &[Line]) -> anyhow::Result<()> {
        for line in lines {
            writeln!(self.output, "{}", line.text().trim_end())?;
        }
        Ok(())
    }

    fn blocks(&mut self, blocks: &[Block]) -> anyhow::Result<()> {
        self.lines(&lay_for_speech(blocks, (self.width)()))
    }

    fn prompt(&mut self) -> anyhow::Result<()> {
        match &self.opened {
            Some(opened) => write!(self.output, "step {}> ", opened.step + 1)?,
            None => write!(self.output, "> ")?,
        }
        Ok(self.output.flush()?)
    }

    fn command(&mut self, word: &str, rest: &str, input: &mut dyn BufRead) -> anyhow::Result<()> {
        match word {
            "" => Ok(()),
            "help" | "?" => self.help(),
            "labs" => self.labs(),
            "open" => self.open(rest, input),
            "notes" => self.notes(rest),
            "page" => self.page(rest),
            "read" => self.read(),
            "intro" => {
                let lab = self.opened()?.lab.lab();
                self.blocks(&lab.intro)
            }
            "next" => self.go(1),
            "back" => self.go(-1),
            "step" => self.go_to(rest),
            "steps" => self.steps(),
            "check" => self.check(),
            "hint" => self.hint(),
            "answer" => self.answer(rest, input),
            "undo" => self.undo(input),
            "reset" => self.reset(rest, input),
            "time" => self.time(rest),
            "shell" => self.shell(None),
            "run" if !rest.is_empty() => self.shell(Some(rest)),
            word => self.unknown(word),
        }
    }

    fn unknown(&mut self, word: &str) -> anyhow::Result<()> {
        let known = COMMANDS.iter().filter_map(|(c, _)| c.split(' ').next());
        let meant = nearest(word, known).map_or(String::new(), |w| format!(" Did you mean {w}?"));
        self.say(&format!("“{word}” is not a command here.{meant} Type help for the list."))
    }

    fn help(&mut self) -> anyhow::Result<()> {
        for (command, what) in COMMANDS {
            self.item(&format!("{command:<14}"), what)?;
        }
        Ok(())
    }

    fn opened(&self) -> anyhow::Result<&Opened> {
        self.opened
            .as_ref()
            .context("No lab is open. Type labs for the list, then open and a number")
    }

    fn labs(&mut self) -> anyhow::Result<()> {
        let catalog = self.classroom.catalog(true)?;
        let mut part = None;
        let labs = catalog.rows().filter_map(|row| match row.what {
            What::Lab(lab) => Some((row.part, lab)),
            What::Page(_) => None,
        });
        let mut listed = Vec::new();
        for (at, lab) in labs {
            if part.replace(at) != Some(at) {
                let card = &catalog.parts[at];
                let round = catalog.rounds.get(card.round).map_or("", |r| r.title.as_str());
                self.say(&format!("{round}, {}:", card.title))?;
            }
            listed.push(lab.clone());
            let state = match &lab.problem {
                Some(problem) => format!("has an error: {problem}"),
                None => format!(
                    "{} of {} done, {} of {}, {} min",
                    lab.steps_done,
                    plural(lab.steps, "step"),
                    lab.points_earned,
                    plural(lab.points as usize, "point"),
                    lab.minutes
                ),
            };
            let needs = if lab.needs.is_empty() { "" } else { ", needs Docker" };
            let text = format!("{} ({}): {state}{needs}", lab.title, lab.id);
            self.item(&format!("{:>3}. ", listed.len()), &text)?;
        }
        if let Some(problem) = &catalog.problem {
            self.say(problem)?;
        }
        if let Some(lab) = catalog.stopped().or_else(|| catalog.next()) {
            let word = if catalog.stopped().is_some() { "You stopped in" } else { "Next comes" };
            self.say(&format!("{word} {} ({}).", lab.title, lab.id))?;
        }
        if let Some(problem) = self.classroom.engine_problem() {
            self.say(&problem)?;
        }
        self.labs = listed;
        self.say("Type open and the number of a lab.")
    }

    fn open(&mut self, which: &str, input: &mut dyn BufRead) -> anyhow::Result<()> {
        if self.labs.is_empty() {
            self.labs = self.classroom.catalog(false)?.labs;
        }
        let names: Vec<_> = self.labs.iter().map(|l| (l.id.as_str(), l.title.as_str())).collect();
        let id = match named(&names, which) {
            Ok(place) => self.labs[place].id.clone(),
            // One that is on no list may be there all the same, and otherwise the answer is the same.
            Err(Unnamed::Unknown { word, .. }) => word,
            Err(why) => return Err(why.into()),
        };
        let Some(open) = self.ask_for(&id, input)? else {
            return self.say("It was not opened, and nothing in it was run.");
        };
        // As on the screen: what is there before anything is done is what the learner finds.
        open.check(None)?;
        let steps = open.steps();
        let step = steps.iter().position(|s| !passed(s)).unwrap_or(0);
        let changes = open.changes();
        let lab = open.lab();
        self.opened = Some(Opened { lab: open, changes, step });
        self.say(&format!("{}, {}", lab.title, plural(lab.steps.len(), "step")))?;
        writeln!(self.output)?;
        if step == 0 {
            self.blocks(&lab.intro)?;
            writeln!(self.output)?;
        }
        self.read()
    }

    /// Opens a lab; what it does here is shown and asked about where nobody has allowed it.
    fn ask_for(
        &mut self,
        id: &str,
        input: &mut dyn BufRead,
    ) -> anyhow::Result<Option<Arc<dyn OpenLab>>> {
        loop {
            let error = match self.classroom.open(id) {
                Ok(lab) => return Ok(Some(lab)),
                Err(error) => error,
            };
            let Some(found) = NotAllowed::of(&error) else { return Err(error) };
            self.say(&format!("May “{}” run here?", found.title))?;
            self.blocks(&found.told())?;
            if !self.confirmed("Type yes to allow it> ", input)? {
                return Ok(None);
            }
            self.classroom.allow(&found.lab, found.digest)?;
        }
    }

    fn confirmed(&mut self, question: &str, input: &mut dyn BufRead) -> anyhow::Result<bool> {
        write!(self.output, "{question}")?;
        self.output.flush()?;
        let mut line = String::new();
        input.read_line(&mut line)?;
        Ok(line.trim() == "yes")
    }

    fn read(&mut self) -> anyhow::Result<()> {
        let opened = self.opened()?;
        let (lab, states, at) = (opened.lab.lab(), opened.lab.steps(), opened.step);
        let step = lab.steps.get(at).context("The lab has no steps")?;
        let verdict = states.get(at).map_or("to do", |s| word(s.verdict));
        let worth = plural(step.points as usize, "point");
        let head =
            format!("Step {} of {}: {} ({worth}, {verdict})", at + 1, lab.steps.len(), step.title);
        self.say(&head)?;
        writeln!(self.output)?;
        self.blocks(&step.blocks)?;
        if let Some(state) = states.get(at) {
            for (i, hint) in step.hints.iter().take(state.hints_shown).enumerate() {
                writeln!(self.output, "\nHint {}:", i + 1)?;
                self.blocks(hint)?;
            }
            self.asks(state)?;
        }
        Ok(())
    }

    fn asks(&mut self, state: &StepState) -> anyhow::Result<()> {
        for (i, ask) in state.asks.iter().enumerate() {
            let how = match (&ask.given, ask.right) {
                (_, true) => "answered",
                (Some(_), false) => "not right yet",
                (None, false) => "open",
            };
            self.say(&format!("Question {} ({how}): {}", i + 1, ask.question))?;
            for (n, choice) in ask.choices.iter().enumerate() {
                self.say(&format!("  {}. {choice}", n + 1))?;
            }
            if let Some(why) = ask.why.as_ref().filter(|_| ask.right) {
                self.say(why)?;
            }
        }
        Ok(())
    }

    fn go(&mut self, by: isize) -> anyhow::Result<()> {
        let opened = self.opened()?;
        let last = opened.lab.lab().steps.len().saturating_sub(1);
        let to = opened.step.saturating_add_signed(by).min(last);
        if to == opened.step {
            return self.say(if by > 0 {
                "This is the last step."
            } else {
                "This is the first step."
            });
        }
        self.move_to(to)
    }

    fn go_to(&mut self, number: &str) -> anyhow::Result<()> {
        let count = self.opened()?.lab.lab().steps.len();
        let number = number.parse::<usize>().ok().filter(|n| (1..=count).contains(n));
        match number {
            Some(n) => self.move_to(n - 1),
            None => self.say(&format!("Give a number from 1 to {count}.")),
        }
    }

    fn move_to(&mut self, step: usize) -> anyhow::Result<()> {
        if let Some(opened) = &mut self.opened {
            opened.step = step;
        }
        self.read()
    }

    fn steps(&mut self) -> anyhow::Result<()> {
        for (i, step) in self.opened()?.lab.steps().iter().enumerate() {
            let worth = plural(step.points as usize, "point");
            let text = format!("{}: {}, {worth}", step.title, word(step.verdict));
            self.item(&format!("{:>3}. ", i + 1), &text)?;
        }
        Ok(())
    }

    fn notes(&mut self, query: &str) -> anyhow::Result<()> {
        if query.is_empty() {
            self.pages = self.classroom.notes()?;
            let titles: Vec<String> = self.pages.iter().map(|p| p.title.clone()).collect();
            for (i, title) in titles.iter().enumerate() {
                self.item(&format!("{:>3}. ", i + 1), title)?;
            }
        } else {
            let super::ports::Found { hits, meant } = self.classroom.search(query)?;
            if let Some(meant) = meant {
                self.say(&format!("Did you mean {meant:?}? Here is what there is on that:"))?;
            }
            for (i, hit) in hits.iter().enumerate() {
                let text = format!("{}: {}", hit.title, hit.snippet);
                self.item(&format!("{:>3}. ", i + 1), &text)?;
            }
            let card =
                |h: super::ports::Hit| NoteCard { id: h.id, title: h.title, track: String::new() };
            self.pages = hits.into_iter().map(card).collect();
        }
        self.say(if self.pages.is_empty() {
            "Nothing found."
        } else {
            "Type page and a number to read."
        })
    }

    fn page(&mut self, which: &str) -> anyhow::Result<()> {
        let number = which.parse::<usize>().ok().and_then(|n| n.checked_sub(1));
        let id = number.and_then(|n| self.pages.get(n)).map_or(which, |p| p.id.as_str());
        let note = self.classroom.note(id)?;
        self.say(&note.title)?;
        writeln!(self.output)?;
        let section = note.blocks.get(note.section).unwrap_or(&note.blocks);
        self.blocks(section)?;
        if section.len() < note.blocks.len() {
            self.say(&format!("This is a section. page {} reads all of it.", note.id))?;
        }
        Ok(())
    }

    /// What happened since the last command.
    fn news(&mut self) -> anyhow::Result<()> {
        let mut notices = Vec::new();
        if let Some(opened) = &mut self.opened {
            use tokio::sync::broadcast::error::TryRecvError;
            loop {
                match opened.changes.try_recv() {
                    Ok(Change::Notice(text)) => notices.push(text),
                    Ok(_) | Err(TryRecvError::Lagged(_)) => {}
                    Err(TryRecvError::Empty | TryRecvError::Closed) => break,
                }
            }
        }
        notices.iter().try_for_each(|text| self.say(text))
    }
}

fn passed(step: &StepState) -> bool {
    matches!(step.verdict, Verdict::Passed { .. })
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Open => "to do",
        Verdict::Failing => "not yet",
        Verdict::Passed { .. } => "done",
        Verdict::Blocked => "cannot be checked now",
    }
}
