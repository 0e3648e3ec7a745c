//! The words of verbs about learners, classes and grades.

use std::path::PathBuf;

use clap::Subcommand;

#[derive(clap::Args, Debug)]
pub struct Me {
    /// Your name, in whatever letters it has
    #[arg(long)]
    pub name: Option<String>,
    /// Your student number, as your teacher has it
    #[arg(long)]
    pub number: Option<String>,
    /// Your address
    #[arg(long)]
    pub mail: Option<String>,
    /// Print JSON instead of text
    #[arg(long, conflicts_with_all = ["name", "number", "mail"])]
    pub json: bool,
}

#[derive(Subcommand, Debug)]
pub enum Class {
    /// Make a class file, signed with your key, and beside it the roster that stays with you
    New(NewClass),
    /// Show what a class file says, and who signed it
    Show {
        /// The class file
        file: PathBuf,
        /// Print JSON instead of text
        #[arg(long)]
        json: bool,
    },
}

#[derive(clap::Args, Debug)]
pub struct NewClass {
    /// What the class is called
    pub name: String,
    /// A lab of the class: LAB, LAB=POINTS, LAB@DATE or LAB=POINTS@DATE, with the date by which it is
    /// due (2026-12-01T23:59:00Z, or 2026-12-01 for the end of that day in UTC)
    #[arg(long = "lab", required = true, value_name = "LAB")]
    pub assignments: Vec<String>,
    /// How long after its date nothing counts as late: 2h
    #[arg(long, default_value = "0s", value_name = "SPAN")]
    pub grace: String,
    /// What each day begun after the date costs, in percent of the points
    #[arg(long, default_value_t = 0, value_name = "PERCENT", value_parser = clap::value_parser!(u32).range(0..=100))]
    pub late: u32,
    /// Days after the date from which nothing counts
    #[arg(long, value_name = "DAYS")]
    pub cutoff: Option<u32>,
    /// Who is in the class: a CSV file with headings (name, number, mail). Only they can join: leave
    /// it out where people may still come, and give it to distlab grade
    #[arg(long, value_name = "FILE")]
    pub roster: Option<PathBuf>,
    /// The file to write (NAME.class in this folder otherwise)
    #[arg(long, short)]
    pub out: Option<PathBuf>,
}

#[derive(clap::Args, Debug)]
pub struct Submit {
    pub lab: Option<String>,
    /// The file to write (LAB-LEARNER.dlab in this folder otherwise)
    #[arg(long, short)]
    pub out: Option<PathBuf>,
    /// The word your teacher gave out for this assignment
    #[arg(long)]
    pub nonce: Option<String>,
}

#[derive(clap::Args, Debug)]
pub struct Grade {
    /// Submissions, and folders in which they are (every *.dlab below)
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// text, json, csv, junit, gradescope, moodle or html
    #[arg(long, default_value = "text")]
    pub format: String,
    /// Write the report to this file
    #[arg(long, short)]
    pub out: Option<PathBuf>,
    /// Take only submissions that carry this word
    #[arg(long)]
    pub nonce: Option<String>,
    /// The class they are from: its file is verified, and each must be from it
    #[arg(long, value_name = "FILE")]
    pub class: Option<PathBuf>,
    /// Trust class files that were signed by this key (distlab class show prints it) instead of yours
    #[arg(long, value_name = "KEY", requires = "class")]
    pub teacher: Option<String>,
    /// Who is in the class, as CSV with headings: names, totals, and who is missing
    #[arg(long, value_name = "FILE")]
    pub roster: Option<PathBuf>,
    /// Which of a learner's files for one lab counts
    #[arg(long, value_enum, default_value_t = Take::Best)]
    pub take: Take,
    /// Let attested points count in scores and totals as replayed ones do
    #[arg(long)]
    pub attested: bool,
    /// Keep what was graded in this file, and grade nothing again that it has: go on after a break,
    /// add late files, or read the logs of the Kubernetes job
    #[arg(long, value_name = "FILE")]
    pub results: Option<PathBuf>,
    /// Grade on a Docker Swarm: that of DOCKER_HOST, of a manager's socket (unix://…), or of a lab's
    /// node (node1). What a broken machine loses is graded again
    #[arg(long, value_name = "MANAGER", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    pub swarm: Option<String>,
    /// What the image for a cluster is called where its nodes pull it: REGISTRY/NAME:TAG
    #[arg(long, value_name = "NAME")]
    pub image: Option<String>,
    /// Make that image, and print the manifest of a Kubernetes job that grades with it
    #[arg(long, requires = "image", conflicts_with_all = ["swarm", "results", "out"])]
    pub kubernetes: bool,
}

#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Take {
    /// The one with the most points
    Best,
    /// The one that was written down last
    Last,
}
