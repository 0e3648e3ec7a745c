//! The live views: one entry each in [`VIEWS`]. A view is a function that makes a picture, plain
//! data, of one part of the world or of the real engine; it is called when somebody looks.
//!
//! How a picture is drawn is the screen's to say. [`Picture::Sections`] needs no drawing code of its
//! own: a system that describes itself with [`sim::view`] is one line here and none there.

use std::sync::LazyLock;

use aws::s3::view::s3_view;
use docker::view::Part;
use hadoop::hdfs::view::hdfs_view;
use sim::World;
use systems::SYSTEMS;

use course::Need;

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

    /// The view behind this one (or the first) in a lab with these needs; none behind the last.
    #[must_use]
    pub fn behind(view: Option<&Self>, needs: &[Need]) -> Option<&'static Self> {
        let at = view.and_then(|view| VIEWS.iter().position(|v| v == view)).map_or(0, |at| at + 1);
        // A lab without the real engine has nothing of it to show.
        let shown = |v: &&Self| !matches!(v.source, Source::Engine(_)) || !needs.is_empty();
        VIEWS.iter().skip(at).find(shown)
    }
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
    use course::Need;

    #[test]
    fn the_views_follow_one_another() {
        let check = |needs: &[Need], want: Vec<&str>| {
            let mut seen = Vec::new();
            let mut view = LiveView::behind(None, needs);
            while let Some(shown) = view {
                seen.push(shown.name);
                view = LiveView::behind(view, needs);
            }
            assert_eq!(seen, want);
        };
        // Behind those with drawing code of their own come those that systems bring.
        let all: Vec<&str> = VIEWS.iter().map(|view| view.name).collect();
        assert_eq!(all[..6], ["docker", "layers", "networks", "swarm", "s3", "hdfs"]);
        check(&[], all[4..].to_vec());
        check(&[Need::Docker], all);
    }

    #[test]
    fn each_view_has_a_name_of_its_own() {
        for view in VIEWS.iter() {
            assert!(std::ptr::eq(LiveView::named(view.name).unwrap(), view), "{}", view.name);
        }
    }
}
