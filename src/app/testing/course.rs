//! A made-up course.

use crate::ports::{Catalog, LabCard, PageCard, PartCard, Place, RoundCard};
use ::course::Need;

/// A lab with so many steps, of which so many are done.
fn card(
    id: &str,
    title: &str,
    track: &str,
    minutes: u32,
    (done, steps): (usize, usize),
) -> LabCard {
    let titles = ["Look around", "Make it", "Break it", "Mend it", "Why it happened"];
    let outline = (0..steps).map(|i| (titles[i % titles.len()].to_owned(), i < done)).collect();
    let points = |steps: usize| u32::try_from(steps * 2).unwrap_or(0);
    LabCard {
        id: id.into(),
        title: title.into(),
        track: track.into(),
        minutes,
        steps,
        steps_done: done,
        outline,
        points: points(steps),
        points_earned: points(done),
        ..LabCard::default()
    }
}

fn page(id: &str, title: &str, read: bool) -> PageCard {
    PageCard { id: id.into(), title: title.into(), minutes: 5, read }
}

/// Two rounds, three topics, a lab that stands in none, and one with an error.
pub fn catalog() -> Catalog {
    let mut broken = card("mine", "My own lab", "drafts", 0, (0, 0));
    broken.problem =
        Some("drafts/01-mine/lab.md:14: “exspect” is no key of a check; “expect” was meant".into());
    let mut s3 = card("s3-versions", "Buckets, policies and versions", "cloud", 45, (1, 3));
    s3.after = vec!["vms-and-containers".into(), "ec2-launch".into()];
    let mut first = card("first-containers", "First containers", "containers", 60, (0, 9));
    first.needs = vec![Need::Docker];
    first.after = vec!["vms-and-containers".into()];
    let part = |round, topic: &str, title: &str, items: &[Place]| PartCard {
        round,
        topic: topic.into(),
        title: title.into(),
        items: items.to_vec(),
    };
    let round = |title: &str, about: &str| RoundCard { title: title.into(), about: about.into() };
    let hdfs = "HDFS: where the blocks are and what happens when a machine dies";
    Catalog {
        title: "Distributed systems".into(),
        rounds: vec![
            round("Beginner", "A first evening with each topic: run it once, and see what it is."),
            round("Intermediate", "How it works inside, and what it does when something breaks."),
            round("Not in the course", ""),
        ],
        parts: vec![
            part(
                0,
                "containers",
                "Containers and Docker",
                &[Place::Page(0), Place::Lab(0), Place::Lab(1)],
            ),
            part(0, "cloud", "Cloud web applications", &[Place::Page(1), Place::Lab(2)]),
            part(1, "bigdata", "Big data and machine learning", &[Place::Page(2), Place::Lab(3)]),
            part(2, "drafts", "drafts", &[Place::Lab(4)]),
        ],
        labs: vec![
            card("vms-and-containers", "Virtual machines and containers", "containers", 30, (4, 4)),
            first,
            s3,
            card("hdfs-internals", hdfs, "bigdata", 50, (0, 6)),
            broken,
        ],
        pages: vec![
            page("containers/why-docker", "Why Docker", true),
            page("cloud/s3", "S3: objects, policies, versions", false),
            page("bigdata/hdfs", "HDFS", false),
        ],
        whole: true,
        last: Some("s3-versions".into()),
        problem: None,
    }
}
