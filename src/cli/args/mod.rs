//! The words of the command line; their documentation is the program's help.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

mod class;

pub(crate) use class::{Class, Grade, Me, NewClass, Submit, Take};

/// Learn distributed systems by doing: real containers, a simulated cloud, every step checked.
#[derive(Parser, Debug)]
#[command(name = "distlab", version, disable_help_subcommand = true)]
pub struct Args {
    /// The profile's folder (otherwise DISTLAB_HOME, or the platform's data folder)
    #[arg(long, global = true, value_name = "DIR")]
    pub home: Option<PathBuf>,
    /// A folder of labs that stand beside, or in place of, the built-in ones (or DISTLAB_LABS)
    #[arg(long = "labs", id = "labs-folder", global = true, value_name = "DIR")]
    pub labs: Option<PathBuf>,
    /// A course file instead of the built-in one (or DISTLAB_COURSE, or course.toml among the labs)
    #[arg(long, global = true, value_name = "FILE")]
    pub course: Option<PathBuf>,
    /// Line by line instead of a full screen (for screen readers and dumb terminals)
    #[arg(long, global = true)]
    pub plain: bool,
    #[command(subcommand)]
    pub verb: Option<Verb>,
}

#[derive(Subcommand, Debug)]
pub enum Verb {
    /// Open a lab: the lesson beside a real shell
    Open {
        lab: String,
        /// Only look: nothing is written, and another distlab may have the lab open
        #[arg(long)]
        read_only: bool,
    },
    /// Open the lab's shell alone, or run a command in it: both in the lab's folder
    Shell {
        lab: String,
        /// The shell of this node: docker speaks to its engine
        #[arg(long)]
        node: Option<String>,
        /// A command to run instead of an interactive shell
        #[arg(last = true)]
        command: Vec<String>,
    },
    /// Run one of the lab's commands from where you are: distlab exec LAB -- aws s3 ls
    Exec {
        lab: String,
        /// As in the shell of this node: docker speaks to its engine
        #[arg(long)]
        node: Option<String>,
        /// The command and its words
        #[arg(last = true, required = true)]
        command: Vec<String>,
    },
    /// List the labs with your progress
    Labs {
        /// Print JSON instead of text
        #[arg(long)]
        json: bool,
    },
    /// Show the course: rounds, topics, pages and labs in their order, with your progress and what is next
    Course {
        /// Print JSON instead of text
        #[arg(long)]
        json: bool,
    },
    /// Show what a lab that does not come with distlab runs on this machine, and allow it
    Allow {
        lab: Option<String>,
        /// Do not ask first
        #[arg(long, short)]
        yes: bool,
        /// Only show it, as JSON: nothing is asked and nothing allowed
        #[arg(long, conflicts_with = "yes")]
        json: bool,
    },
    /// Check a lab: the step you are at, and those after it as long as each holds
    Check {
        /// The lab; in a lab's own shell it may be left out, here and below
        lab: Option<String>,
        /// Check this step only, by its id or number
        #[arg(long)]
        step: Option<String>,
        /// Print JSON instead of text
        #[arg(long)]
        json: bool,
    },
    /// Show how the steps of a lab stood when they were last checked; nothing is checked anew
    Status {
        lab: Option<String>,
        /// Print JSON instead of text
        #[arg(long)]
        json: bool,
    },
    /// Answer a question of a step
    #[command(override_usage = "distlab answer [LAB] <STEP> <TEXT>")]
    Answer {
        /// The lab, the step's id or number, and the answer; one that begins with a hyphen behind --
        #[arg(num_args = 1.., required = true)]
        words: Vec<String>,
        /// Which of the step's questions, from 1; the first open one unless given
        #[arg(long)]
        number: Option<usize>,
    },
    /// Show the next hint of the step you are at
    Hint {
        lab: Option<String>,
        /// A hint for this step instead, by its id or number
        #[arg(long)]
        step: Option<String>,
        /// Print JSON instead of text
        #[arg(long)]
        json: bool,
    },
    /// Take back the last command that changed the lab's world
    Undo { lab: Option<String> },
    /// Take a step, or the whole lab, back to its beginning, after asking
    Reset {
        lab: Option<String>,
        /// Take back this step and those behind it, by its id or number; the whole lab without it
        #[arg(long)]
        step: Option<String>,
        /// Do not ask first; needed where nobody can be asked
        #[arg(long, short)]
        yes: bool,
    },
    /// Go on from the sound part of a damaged journal; all of it is kept in a file
    Repair { lab: Option<String> },
    /// Hold a lab's world ready for commands that come one after the other
    #[command(hide = true)]
    Linger { lab: String },
    /// Show lab time, or move it on: distlab time +11m
    #[command(allow_hyphen_values = true)]
    Time {
        /// How far: +11m, +90s, +2h
        span: Option<String>,
        /// The lab; in a lab's own shell it may be left out
        #[arg(long)]
        lab: Option<String>,
        /// Print JSON instead of text
        #[arg(long)]
        json: bool,
    },
    /// The machines of a lab: ls, kill NAME, start NAME; of a swarm's lab also up N, down,
    /// partition NAME, heal, load IMAGE
    Nodes {
        /// The lab; in a lab's own shell it may be left out
        #[arg(long)]
        lab: Option<String>,
        /// What to do, and to which machines; ls unless given
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        command: Vec<String>,
    },
    /// Print the environment of a lab, or of distlab serve, as export lines: eval "$(distlab env)"
    Env {
        /// The lab; serve is the world of distlab serve
        #[arg(default_value = "serve")]
        lab: String,
        /// Print JSON instead of export lines
        #[arg(long)]
        json: bool,
    },
    /// Read a page of the course notes, or search them
    Notes {
        /// A page (containers/images), a section (containers/images#layers) or words to look for;
        /// nothing lists the pages
        query: Vec<String>,
        /// Print JSON instead of text
        #[arg(long)]
        json: bool,
    },
    /// Write down something of your own on a step, or read what you wrote: distlab note LAB STEP "…"
    #[command(override_usage = "distlab note [LAB] [STEP] [TEXT]")]
    Note(Note),
    /// Write your own work down as one Markdown report: labs, minutes, answers, what was seen, your notes
    Log {
        /// These labs only; all that you have begun without it
        labs: Vec<String>,
        /// Write the report to this file
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
        /// Print JSON instead of text
        #[arg(long)]
        json: bool,
    },
    /// Say what a word means, and where the notes are about it; without a word, list them all
    Glossary {
        /// The word, under any name: quorum, k8s, "split brain"
        term: Vec<String>,
        /// Print JSON instead of text
        #[arg(long)]
        json: bool,
    },
    /// Say who you are, before a lab begins: it stands in what you hand in. Without words: show it
    Me(Me),
    /// Join the class of a file that your teacher gave out: labs you begin from now on belong to it
    Join {
        /// The class file
        file: PathBuf,
    },
    /// Open a class and make the file to hand out, or look at one
    Class {
        #[command(subcommand)]
        command: Class,
    },
    /// Write your work in a lab to a file for your teacher
    Submit(Submit),
    /// Grade submissions: replay each in a fresh world
    Grade(Grade),
    /// Grade one submission within the limits of a process of its own
    #[command(hide = true)]
    GradeOne,
    /// Grade a shard of a class in a container of a cluster
    #[command(hide = true)]
    GradeShard { folder: PathBuf },
    /// Prove labs on the real engines: fresh fails, solve passes, near misses fail
    Test(Test),
    /// Read lab files for mistakes; needs no engine
    Lint {
        /// A lab file, a folder of labs, a lab's name, a course or a world (.toml); all that is built in
        /// without it
        path: Option<PathBuf>,
        /// Print JSON instead of text
        #[arg(long)]
        json: bool,
    },
    /// Begin a new lab from a worked skeleton
    New {
        /// The lab's name: small letters, digits and hyphens
        id: String,
        /// The topic it belongs to, which is the folder it is put into
        #[arg(long, default_value = "cloud")]
        track: String,
        /// Its heading; made of the name unless given
        #[arg(long)]
        title: Option<String>,
        /// The folder of labs to put it into
        #[arg(long, default_value = "labs")]
        dir: PathBuf,
    },
    /// Run the simulated cloud as a server for your own clients
    Serve(Serve),
    /// The images that labs need: list them, get them, remove stand-ins
    Images {
        #[command(subcommand)]
        command: Option<Images>,
        /// Print JSON instead of text
        #[arg(long, global = true)]
        json: bool,
    },
    /// Remove what labs left on the Docker engine, and say what stays; touches nothing else
    Clean {
        /// Only what this lab left; test-LAB for what a proof of it left that was stopped
        lab: Option<String>,
        /// Do not ask, where no lab is named
        #[arg(long, short)]
        yes: bool,
        /// Print JSON instead of text
        #[arg(long)]
        json: bool,
    },
    /// Say what works here, what is missing, and how to get it
    Doctor {
        /// Say instead what this lab will lack here
        lab: Option<String>,
        /// Print JSON instead of text
        #[arg(long)]
        json: bool,
    },
    /// Show the settings that are in force and where each comes from
    Config {
        #[command(subcommand)]
        command: Option<Config>,
        /// Print JSON instead of text
        #[arg(long, global = true)]
        json: bool,
    },
    /// Draw a frame of a lab's screen as SVG
    #[command(hide = true)]
    Picture {
        lab: String,
        /// COLUMNSxROWS
        #[arg(long, default_value = "120x40")]
        size: String,
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// Print the description of a simulated service as JSON
    #[command(hide = true)]
    Model { service: Option<String> },
    /// Print a completion script: source <(distlab completions bash)
    Completions {
        /// The shell it is for
        shell: clap_complete::Shell,
    },
    /// Say how the last of these words may go on, a line for each way
    #[command(hide = true)]
    Complete {
        /// The words of the command line, the program's name first
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        words: Vec<String>,
    },
    /// Print the manual page of the program, or of a verb: distlab man check | man -l -
    Man {
        /// The verb whose page it is
        verb: Option<String>,
        /// Write all pages into this folder instead
        #[arg(long, value_name = "DIR", conflicts_with = "verb")]
        dir: Option<PathBuf>,
    },
}

#[derive(Subcommand, Debug)]
pub enum Config {
    /// Read the configuration file, and say what is wrong in it
    Check {
        /// Another file than the one in force
        file: Option<PathBuf>,
    },
    /// Print where the configuration file is, or would be
    Path,
}

#[derive(clap::Args, Debug)]
pub struct Note {
    /// The lab (in its own shell it may be left out), the step's id or number (the one you are at without
    /// it), and the text, which is put behind what you wrote before; - reads it from standard input
    #[arg(value_name = "LAB STEP TEXT", num_args = 0..)]
    pub words: Vec<String>,
    /// Write in your editor (VISUAL or EDITOR)
    #[arg(long, short)]
    pub edit: bool,
    /// Print JSON instead of text
    #[arg(long)]
    pub json: bool,
}

#[derive(clap::Args, Debug)]
pub struct Test {
    /// The labs to prove
    pub labs: Vec<String>,
    /// Every lab
    #[arg(long, conflicts_with = "labs")]
    pub all: bool,
    /// How many learners' variables to try
    #[arg(long, default_value_t = 1)]
    pub seeds: u64,
    /// Print JSON instead of text
    #[arg(long)]
    pub json: bool,
}

#[derive(clap::Args, Debug)]
pub struct Serve {
    /// The port on 127.0.0.1; 0 takes a free one. 4566 unless said here or in the configuration
    #[arg(long)]
    pub port: Option<u16>,
    /// The port of the registry of images; 0 takes a free one. By default 5000, or a free one when
    /// that is taken
    #[arg(long)]
    pub registry_port: Option<u16>,
    /// Take any key as the account's root, verify no signatures, and let everybody push images (for
    /// test suites)
    #[arg(long)]
    pub no_auth: bool,
    /// Serve a fresh world; what the last one held is gone
    #[arg(long)]
    pub fresh: bool,
    /// The file that says what the world is at its beginning: racks, properties, regions, what exists
    /// (labs/README.md, "The world"). A world that was made otherwise is served anew with --fresh only
    #[arg(long, value_name = "FILE")]
    pub world: Option<PathBuf>,
    /// Print the endpoint and the keys as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Subcommand, Debug)]
pub enum Images {
    /// What labs need, and what is here
    Ls,
    /// Pull images, or build stand-ins where no registry answers
    Get {
        /// The images; all that any lab needs unless named
        names: Vec<String>,
    },
    /// Remove stand-ins; genuine images stay
    Rm {
        /// The stand-ins; all of them unless named
        names: Vec<String>,
    },
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::Args;

    #[test]
    fn the_words_fit_together() {
        Args::command().debug_assert();
    }
}
