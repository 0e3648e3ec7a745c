//! A lab: metadata, steps, and what proves each step. Plain data; `parse` makes it from a file.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::lesson::Block;
use base::{Digest, Rng, Time};
use sim::{Config, Shape};

/// Whom a lab is opened for: the values of its variables hang on both.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Learner {
    pub name: String,
    pub seed: u64,
}

impl Learner {
    /// The port of this learner's registry of images, the same for ever and in every lab.
    #[must_use]
    pub fn registry_port(&self) -> u16 {
        let mut rng = Rng::labelled(self.seed, "registry port");
        REGISTRY_PORTS.start + u16::try_from(rng.below(REGISTRY_PORTS.len() as u64)).unwrap_or(0)
    }
}

/// Where registries of labs listen.
const REGISTRY_PORTS: std::ops::Range<u16> = 5100..5900;

/// What a lab needs beside the simulators.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Need {
    /// A Docker Engine.
    Docker,
    /// Several engines, each in a container of the learner's own.
    Swarm,
    /// The program's own registry of images, on the machine of the engine.
    Registry,
}

impl Need {
    pub const ALL: [Self; 3] = [Self::Docker, Self::Swarm, Self::Registry];

    /// As the front matter spells it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Docker => "docker",
            Self::Swarm => "swarm",
            Self::Registry => "registry",
        }
    }
}

/// How a variable gets its value. Made from the learner's name and seed, so that neighbours do not have the same.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Var {
    /// Text with `{learner}`, `{rand:N}`, `{pick:a|b|c}` and `{int:LOW-HIGH}`.
    Template(String),
    /// One of these.
    Choice(Vec<String>),
    /// A whole number from the first to the second, both included.
    Int(i64, i64),
}

/// What a world is at its beginning, as far as a lab or a file says so.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct WorldSpec {
    pub seed: Option<u64>,
    /// Twelve digits.
    pub account: Option<String>,
    pub region: Option<String>,
    pub start: Option<Time>,
    pub shape: Shape,
}

impl WorldSpec {
    /// A world as it says, with this seed and start where it does not say them.
    #[must_use]
    pub fn config(&self, seed: u64, start: Time) -> Config {
        let own = Config::new(self.seed.unwrap_or(seed), self.start.unwrap_or(start));
        Config {
            account: self.account.clone().unwrap_or(own.account),
            region: self.region.clone().unwrap_or(own.region),
            shape: self.shape.clone(),
            ..own
        }
    }
}

/// One lab, with its variables already put in (see [`Lab::vars`]).
#[derive(Clone, Debug, Default)]
pub struct Lab {
    pub id: String,
    pub title: String,
    /// `containers`, `bigdata` or `cloud`; others may be added by folders of one's own.
    pub track: String,
    pub minutes: u32,
    pub needs: Vec<Need>,
    /// Labs that are better done before.
    pub after: Vec<String>,
    /// The lab whose world this one goes on from.
    pub continues: Option<String>,
    /// What its world is before the learner does anything.
    pub world: WorldSpec,
    /// Lab seconds per second of the wall clock; 1 unless the manifest says otherwise.
    pub speed: u32,
    /// Offline images that the steps need (`alpine`), for `distlab images`.
    pub images: Vec<String>,
    /// Names and the values they were given for this learner, the built-in ones among them.
    pub vars: BTreeMap<String, String>,
    /// The variables among these whose values no two learners share.
    pub own: Vec<String>,
    /// What stands before the first step.
    pub intro: Vec<Block>,
    pub steps: Vec<Step>,
    /// What stands in `files/`: relative path and bytes, with the variables put into text.
    pub files: Vec<(String, Vec<u8>)>,
    /// The file it was read from, for messages.
    pub path: String,
    /// Of the text and the files that it was read from, before any variable was put in. `None` for one
    /// that this program made itself.
    pub digest: Option<Digest>,
    /// What it is read from anew when a door that it names is opened or closed.
    pub named_doors: Option<Arc<NamedDoors>>,
}

/// The text of a lab that names doors, and the addresses that stand in their places.
#[derive(Clone, Debug)]
pub struct NamedDoors {
    pub(super) text: String,
    pub(super) files: Vec<(String, Vec<u8>)>,
    pub(super) who: Learner,
    pub(super) began: Option<String>,
    pub(super) known: BTreeMap<String, String>,
}

impl Lab {
    /// The lab with these doors' addresses for `{{door:NAME}}`, unless they are what stands there. A
    /// door that is not open leaves its place as it is written.
    #[must_use]
    pub fn at_doors(&self, doors: impl FnOnce() -> BTreeMap<String, String>) -> Option<Self> {
        let named = self.named_doors.as_ref()?;
        let doors = doors();
        if doors == named.known {
            return None;
        }
        let mut text = named.text.clone();
        for (name, address) in &doors {
            text = text.replace(&format!("{{{{door:{name}}}}}"), address);
        }
        let (files, began) = (named.files.clone(), named.began.as_deref());
        let lab = Self::parse_begun(&self.path, &text, files, &named.who, began).ok()?;
        let named = NamedDoors { known: doors, ..NamedDoors::clone(named) };
        // An address is this program's own: it makes no other lab of it.
        Some(Self { named_doors: Some(Arc::new(named)), digest: self.digest, ..lab })
    }

    /// The step of that id.
    #[must_use]
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps.iter().find(|s| s.id == id)
    }

    /// Whether a command of this name is typed on the way through the lab, by its solution or its checks.
    #[must_use]
    pub fn types(&self, command: &str) -> bool {
        let checks = self.steps.iter().flat_map(|step| &step.expects).map(|expect| &expect.run);
        let solved = self.steps.iter().flat_map(|step| &step.solve).map(|script| &script.text);
        let words = |line: &String| line.split_whitespace().any(|word| word == command);
        checks.chain(solved).any(words)
    }

    /// What all steps are worth.
    #[must_use]
    pub fn points(&self) -> u32 {
        self.steps.iter().map(|s| s.points).sum()
    }
}

/// One level-2 heading.
#[derive(Clone, Debug, Default)]
pub struct Step {
    pub id: String,
    pub title: String,
    pub points: u32,
    pub minutes: u32,
    /// The lesson's text, without the fences that have a role.
    pub blocks: Vec<Block>,
    pub expects: Vec<Expect>,
    pub asks: Vec<Ask>,
    /// Each is Markdown; shown one after the other.
    pub hints: Vec<Vec<Block>>,
    /// Run by the program when the step is begun.
    pub setup: Vec<Script>,
    pub solve: Vec<Script>,
    pub accept: Vec<Script>,
    pub reject: Vec<Script>,
    /// 1-based line of the heading.
    pub line: usize,
}

/// A read-only command, a path into its answer, and what is expected there.
#[derive(Clone, Debug, Default)]
pub struct Expect {
    /// A command the learner could type.
    pub run: String,
    /// JMESPath into its JSON output; without it the output's text is looked at.
    pub at: Option<String>,
    /// A name out of `course::matcher::MATCHERS`.
    pub matcher: String,
    pub want: Value,
    /// What to say when it does not hold; `{got}` and `{want}` stand for the values.
    pub or_else: String,
    /// What to say instead when the thing that is looked at does not exist.
    pub missing: Option<String>,
    /// What is wanted, in words.
    pub wanted: Option<String>,
    /// Whether what is wanted is an answer, which no card may show; `None` where the lab says neither.
    pub secret: Option<bool>,
    /// How much of its step it is, when a step that was not passed is graded in parts; 0 is none.
    pub weight: u32,
    pub line: usize,
}

/// A question.
#[derive(Clone, Debug, Default)]
pub struct Ask {
    pub question: String,
    /// Offered answers; empty when the answer is free text.
    pub choices: Vec<String>,
    pub answer: Answer,
    /// The unit of a number that is the answer, where the question does not name it.
    pub unit: Option<String>,
    /// Shown with the right answer.
    pub why: String,
    /// Wrong answers, and what is said to them.
    pub why_not: Vec<(String, String)>,
    /// As of an expectation.
    pub weight: u32,
    pub line: usize,
}

/// Where the right answer comes from.
#[derive(Clone, Debug)]
pub enum Answer {
    /// Any of these; compared without case and outer white space.
    Fixed(Vec<String>),
    /// Computed from the live state.
    Live { run: String, at: Option<String> },
}

impl Default for Answer {
    /// None is right.
    fn default() -> Self {
        Self::Fixed(Vec::new())
    }
}

/// A script for a fence with a role.
#[derive(Clone, Debug)]
pub struct Script {
    /// `sh`
    pub lang: String,
    pub text: String,
    pub line: usize,
}
