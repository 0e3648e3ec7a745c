//! The live views: one entry each in [`VIEWS`]. A view is a function that makes a picture, plain
//! data, of one part of the world or of the real engine; it is called when somebody looks.
//!
//! How a picture is drawn is the screen's to say. [`Picture::Sections`] needs no drawing code of its
//! own: a system that describes itself with [`sim::view`] is one line here and none there.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use aws::s3::view::s3_view;
use docker::view::Part;
use hadoop::hdfs::view::hdfs_view;
use sim::World;
use systems::SYSTEMS;

use course::Lab;

/// One live view.
#[derive(Clone, Copy, Debug)]
pub struct LiveView {
    /// Its name for programs, unique in the list.
    pub name: &'static str,
    pub title: &'static str,
    pub source: Source,
}

/// Where its picture comes from.
#[derive(Clone, Copy, Debug)]
pub enum Source {
    /// That part of the real engine, in labs that need one.
    Engine(Part),
    World(fn(&World) -> Picture),
    /// What a system shows of itself in general parts.
    System(fn(&World) -> sim::view::View),
}

/// What a live view shows at one moment.
#[derive(Clone, PartialEq, Debug)]
pub enum Picture {
    Docker(docker::view::View),
    S3(aws::s3::view::View),
    Hdfs(hadoop::hdfs::view::View),
    /// What is made of general parts.
    Sections(sim::view::View),
}

/// Every view, in the order of the key: those with drawing code of their own, then those that
/// systems make of general parts.
pub static VIEWS: LazyLock<Vec<LiveView>> = LazyLock::new(|| {
    let general = SYSTEMS.iter().filter_map(|system| {
        let title = system.services.first()?.title;
        Some(LiveView { name: system.name, title, source: Source::System(system.view?) })
    });
    DRAWN.iter().copied().chain(general).collect()
});

#[rustfmt::skip]
static DRAWN: &[LiveView] = &[
    LiveView { name: "docker", title: "Docker", source: Source::Engine(Part::Containers) },
    LiveView { name: "layers", title: "Image layers", source: Source::Engine(Part::Layers) },
    LiveView { name: "networks", title: "Networks", source: Source::Engine(Part::Networks) },
    LiveView { name: "swarm", title: "Swarm", source: Source::Engine(Part::Swarm) },
    LiveView { name: "s3", title: "S3", source: Source::World(|w| Picture::S3(s3_view(w))) },
    LiveView { name: "hdfs", title: "HDFS", source: Source::World(|w| Picture::Hdfs(hdfs_view(w))) },
];

impl Source {
    /// Whether the real engine is looked at.
    #[must_use]
    pub fn is_engine(self) -> bool {
        matches!(self, Self::Engine(_))
    }
}

impl PartialEq for LiveView {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for LiveView {}

impl LiveView {
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        VIEWS.iter().find(|view| view.name == name)
    }

    /// The views of a lab, what its commands are about first.
    #[must_use]
    pub fn of(lab: &Lab) -> Vec<&'static Self> {
        // A lab without the real engine has nothing of it to show.
        let shown = |v: &&Self| !v.source.is_engine() || !lab.needs.is_empty();
        let mut views: Vec<&Self> = VIEWS.iter().filter(shown).collect();
        let counts = counts(lab);
        // Equals keep their order.
        views.sort_by_key(|view| Reverse(counts.get(view.name).copied().unwrap_or(0)));
        views
    }
}

/// How often the commands of a lab are about what each view shows.
fn counts(lab: &Lab) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    let runs = lab.steps.iter().flat_map(|step| &step.expects).map(|expect| expect.run.as_str());
    let scripts = lab.steps.iter().flat_map(|step| &step.solve).map(|script| script.text.as_str());
    for line in runs.chain(scripts.flat_map(str::lines)) {
        if let Some(name) = shows(line) {
            *counts.entry(name).or_default() += 1;
        }
    }
    counts
}

/// The view that shows what a command does.
fn shows(line: &str) -> Option<&'static str> {
    let mut words = line.split_whitespace();
    let program = words.next()?;
    let mut word = words.next();
    // `docker -c node1 service ls` is about services.
    while let Some(flag) = word.filter(|word| word.starts_with('-')) {
        if matches!(flag, "-c" | "--context") {
            words.next();
        }
        word = words.next();
    }
    let name = match (program, word) {
        ("docker", Some("node" | "service" | "stack" | "swarm")) => "swarm",
        ("docker", Some("network")) => "networks",
        ("docker", Some("image" | "images" | "build" | "history" | "pull" | "push")) => "layers",
        ("docker", _) => "docker",
        ("hdfs" | "hadoop", _) => "hdfs",
        ("aws", Some("s3" | "s3api")) => "s3",
        ("aws", Some(service)) => service,
        _ => return None,
    };
    LiveView::named(name).map(|view| view.name)
}

impl Picture {
    /// About how many lines it has, and not fewer: how far it can be scrolled.
    #[must_use]
    pub fn lines_about(&self) -> usize {
        match self {
            Self::Docker(view) => docker_lines(view),
            Self::S3(view) => {
                let keys = view.buckets.iter().flat_map(|b| &b.keys);
                let versions: usize = keys.map(|k| k.versions.len() + 1).sum();
                versions + 4 * view.buckets.len() + 1
            }
            Self::Hdfs(view) => {
                let nodes: usize = view.racks.iter().map(|r| r.nodes.len() + 1).sum();
                nodes + view.transfers.len() + view.blocks.len() + 9
            }
            Self::Sections(view) => view.lines_about(),
        }
    }
}

fn docker_lines(view: &docker::view::View) -> usize {
    match view.part {
        Some(Part::Layers) => view.images.iter().map(|i| i.layers.len() + 2).sum::<usize>() + 5,
        Some(Part::Networks) => {
            view.networks.iter().map(|n| 4 * n.members.len() + 4).sum::<usize>() + 4
        }
        Some(Part::Swarm) => view.swarm.as_ref().map_or(4, |swarm| {
            let tasks: usize = swarm.nodes.iter().map(|n| 3 * n.tasks.len() + 3).sum();
            tasks + 3 * swarm.waiting.len() + 8
        }),
        Some(Part::Containers) | None => 3 * view.containers.len() + view.images.len() + 6,
    }
}

#[cfg(test)]
mod tests {
    use super::{LiveView, VIEWS};
    use course::{Expect, Lab, Need, Step};

    fn lab(needs: &[Need], runs: &[&str]) -> Lab {
        let expect = |run: &&str| Expect { run: (*run).to_owned(), ..Expect::default() };
        let step = Step { expects: runs.iter().map(expect).collect(), ..Step::default() };
        Lab { needs: needs.to_vec(), steps: vec![step], ..Lab::default() }
    }

    #[test]
    fn what_a_lab_is_about_is_shown_first() {
        let check = |needs: &[Need], runs: &[&str], want: &str| {
            let views = LiveView::of(&lab(needs, runs));
            assert_eq!(views[0].name, want, "{runs:?}");
            let all = VIEWS.iter().filter(|v| !needs.is_empty() || !v.source.is_engine());
            assert_eq!(views.len(), all.count(), "each is there, once");
        };
        check(&[], &[], "s3");
        check(&[Need::Docker], &[], "docker");
        check(&[], &["hdfs dfs -ls /", "aws s3 ls", "hdfs fsck /"], "hdfs");
        check(&[], &["aws s3api list-buckets"], "s3");
        check(&[], &["aws dynamodb list-tables"], "dynamodb");
        check(&[Need::Swarm], &["docker -c node1 node ls"], "swarm");
        check(&[Need::Swarm], &["docker ps", "docker service ls", "docker node ls"], "swarm");
        check(&[Need::Docker], &["docker network inspect n"], "networks");
        check(&[Need::Docker], &["docker image ls", "echo docker"], "layers");
    }

    #[test]
    fn each_view_has_a_name_of_its_own() {
        for view in VIEWS.iter() {
            assert!(std::ptr::eq(LiveView::named(view.name).unwrap(), view), "{}", view.name);
        }
    }
}
