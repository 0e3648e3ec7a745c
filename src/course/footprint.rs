//! What a lab does on the learner's machine: the files it gives, and what is run of it and when.

use super::lab::{Answer, Lab, Need, Script, Step, WorldSpec};
use super::lesson::{Block, Span};
use base::text::{plural, unseemly};

/// Everything of a lab that reaches the learner's machine. Two texts of a lab with equal footprints
/// differ in what they tell alone.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Footprint {
    pub files: Vec<(String, Vec<u8>)>,
    pub runs: Vec<Run>,
    /// What the rest of the program does for the lab hangs on these.
    needs: Vec<Need>,
    continues: Option<String>,
    images: Vec<String>,
    world: WorldSpec,
}

/// Something that is run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Run {
    pub when: When,
    /// The step's number, from 1.
    pub step: usize,
    pub text: String,
}

/// When something is run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum When {
    /// A script, as soon as the step before is passed.
    Begun,
    /// A command of the lab, each time the step is checked.
    Checked,
    /// A script, when the lab is proved, or when another goes on from it.
    Proved,
}

impl Footprint {
    /// What a lab does here, for its learner.
    #[must_use]
    pub fn of(lab: &Lab) -> Self {
        // Named one by one, so that whoever adds something to a lab decides whether it belongs here.
        #[rustfmt::skip]
        let Lab {
            needs, continues, world, images, steps, files,
            id: _, title: _, track: _, minutes: _, after: _, speed: _, vars: _, intro: _, path: _,
            own: _, digest: _, named_doors: _,
        } = lab;
        Self {
            files: files.clone(),
            runs: steps.iter().enumerate().flat_map(|(i, step)| runs(i + 1, step)).collect(),
            needs: needs.clone(),
            continues: continues.clone(),
            images: images.clone(),
            world: world.clone(),
        }
    }

    /// Whether there is nothing that anybody would have to allow.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.runs.is_empty()
    }

    /// All of it, for the learner to read; the lab has the names of its steps.
    #[must_use]
    pub fn blocks(&self, lab: &Lab) -> Vec<Block> {
        let mut blocks = Vec::new();
        if !self.files.is_empty() {
            blocks.push(paragraph("These files are put into the lab's folder:"));
            let line = |(name, bytes): &(String, Vec<u8>)| {
                format!("{} ({})\n", visible(name), plural(bytes.len(), "byte"))
            };
            blocks.push(code("", &self.files.iter().map(line).collect::<String>()));
        }
        let told = [
            (
                When::Begun,
                "A shell on this machine, with your rights, runs this when a step begins:",
            ),
            (When::Checked, "These commands of the lab look at what you did, again and again:"),
            (
                When::Proved,
                "A shell runs this only when the lab is proved (distlab test), or when another lab \
                 goes on from it:",
            ),
        ];
        for (when, intro) in told {
            let mut runs = self.runs.iter().filter(|run| run.when == when).peekable();
            if runs.peek().is_none() {
                continue;
            }
            blocks.push(paragraph(intro));
            let mut last = None;
            for run in runs {
                if last.replace(run.step) != Some(run.step) {
                    let title = lab.steps.get(run.step - 1).map_or("", |step| &step.title);
                    blocks.push(paragraph(&format!("Step {}, {}:", run.step, visible(title))));
                }
                blocks.push(code("sh", &visible(&run.text)));
            }
        }
        blocks
    }
}

fn runs(number: usize, step: &Step) -> Vec<Run> {
    #[rustfmt::skip]
    let Step {
        expects, asks, setup, solve, accept, reject,
        id: _, title: _, points: _, minutes: _, blocks: _, hints: _, line: _,
    } = step;
    let run = |when, text: &str| Run { when, step: number, text: text.trim_end().to_owned() };
    let scripts = |when, all: &[Script]| all.iter().map(|s| run(when, &s.text)).collect::<Vec<_>>();
    let mut looked: Vec<&str> = expects.iter().map(|expect| expect.run.as_str()).collect();
    looked.extend(asks.iter().filter_map(|ask| match &ask.answer {
        Answer::Live { run, .. } => Some(run.as_str()),
        Answer::Fixed(_) => None,
    }));
    let mut all = scripts(When::Begun, setup);
    if !looked.is_empty() {
        let mut once: Vec<&str> = Vec::new();
        for line in looked {
            if !once.contains(&line) {
                once.push(line);
            }
        }
        all.push(run(When::Checked, &once.join("\n")));
    }
    for proof in [solve, accept, reject] {
        all.extend(scripts(When::Proved, proof));
    }
    all
}

fn paragraph(text: &str) -> Block {
    Block::Paragraph(vec![Span { text: text.to_owned(), ..Span::default() }])
}

fn code(lang: &str, text: &str) -> Block {
    Block::Code { lang: lang.into(), text: text.into() }
}

/// The text with everything written out that a terminal would obey instead of showing it: who is asked
/// whether a script may run has to see all of it.
fn visible(text: &str) -> String {
    let hides = |c: char| {
        let unseen = matches!(c,
            '\u{ad}' | '\u{180e}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e0fff}');
        unseen || unseemly(c) && c != '\n' && c != '\t'
    };
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if hides(c) {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Footprint, When, visible};
    use crate::lab::{Lab, Learner};
    use crate::lesson::text_of;

    const LAB: &str = "+++\nformat = 1\nid = \"x\"\ntitle = \"X\"\ntrack = \"cloud\"\nminutes = 1\n[vars]\n\
                       word = \"w\"\n+++\n# X\n\nWhy?\n\n## One {#one points=1 minutes=1}\n\nDo it.\n\n\
                       ```sh setup\necho begun {{word}}\n```\n```toml check\n[[expect]]\nrun = \"aws s3 ls\"\n\
                       matches = \"b\"\nelse = \"no {got}\"\n```\n```sh solve\naws s3 mb s3://b\n```\n\
                       ```md hint\nA hint.\n```\n";

    fn lab(text: &str, files: &[(&str, &str)]) -> Lab {
        let files = files.iter().map(|(n, t)| ((*n).to_owned(), t.as_bytes().to_vec())).collect();
        let who = Learner { name: "ada".into(), seed: 7 };
        Lab::parse("lab.md", text, files, &who).unwrap_or_else(|problems| panic!("{problems:?}"))
    }

    #[test]
    fn everything_that_runs_is_in_it_and_nothing_else() {
        let lab = lab(LAB, &[("a.txt", "hello")]);
        let all = Footprint::of(&lab);
        let runs: Vec<(When, &str)> = all.runs.iter().map(|r| (r.when, r.text.as_str())).collect();
        let want = [
            (When::Begun, "echo begun w"),
            (When::Checked, "aws s3 ls"),
            (When::Proved, "aws s3 mb s3://b"),
        ];
        assert_eq!(runs, want);
        let said = text_of(&all.blocks(&lab));
        for part in ["a.txt (5 bytes)", "echo begun w", "aws s3 ls", "aws s3 mb", "Step 1, One:"] {
            assert!(said.contains(part), "{part}: {said}");
        }
        let same = |other: &str| Footprint::of(&self::lab(other, &[("a.txt", "hello")])) == all;
        assert!(same(&LAB.replace("Do it.", "Do that.")), "prose runs nothing");
        assert!(same(&LAB.replace("## One", "## Two")), "nor does a title");
        assert!(!same(&LAB.replace("echo begun", "echo other")));
        assert!(!same(&LAB.replace("aws s3 ls", "aws s3 ls --human-readable")));
        assert!(!same(&LAB.replace("mb s3://b", "mb s3://c")));
        assert!(!same(&LAB.replace("word = \"w\"", "word = \"v\"")));
        assert!(Footprint::of(&self::lab(LAB, &[("a.txt", "other")])) != all);
    }

    #[test]
    fn a_digest_is_of_the_text_and_of_each_file_with_its_name() {
        let of = |text: &str, files: &[(&str, &str)]| lab(text, files).digest.expect("it was read");
        let one = of(LAB, &[("a", "bc"), ("d", "")]);
        assert_eq!(one, of(LAB, &[("a", "bc"), ("d", "")]));
        assert_ne!(one, of(LAB, &[("a", "b"), ("d", "c")]));
        assert_ne!(one, of(LAB, &[("ab", "c"), ("d", "")]));
        assert_ne!(one, of(LAB, &[("a", "bc")]));
        assert_ne!(one, of(&LAB.replace("Do it.", "Do that."), &[("a", "bc"), ("d", "")]));
    }

    #[test]
    fn what_a_terminal_would_obey_is_written_out() {
        assert_eq!(visible("rm -rf ~\u{1b}[2K\recho hi"), "rm -rf ~\\u{1b}[2K\\u{d}echo hi");
        assert_eq!(visible("a\u{202e}b\u{200b}"), "a\\u{202e}b\\u{200b}");
        assert_eq!(visible("grün\n\tB"), "grün\n\tB");
    }
}
