//! Made-up views, labs and notes.

use super::NOW;
use super::lesson::{paragraph, plain};
use crate::ports::{Note, NoteCard};
use aws::s3::view as s3;
use base::Time;
use course::Block;
use session::views::Source;
use session::{LiveView, Picture};

use hadoop::hdfs::view as hdfs;

/// The made-up machine has no engine.
pub(super) const ENGINE_PROBLEM: &str =
    "The Docker Engine does not answer; start it with: sudo systemctl start docker";

pub fn picture(view: &LiveView) -> Picture {
    match view.source {
        Source::Engine(part) => Picture::Docker(super::engine::view(part)),
        Source::World(_) if view.name == "s3" => Picture::S3(s3_view()),
        Source::World(_) => Picture::Hdfs(hdfs_view()),
        Source::System(_) => Picture::Sections(sim::view::View::default()),
    }
}

fn s3_view() -> s3::View {
    let version = |id: &str, size, delete_marker, minutes: i64| s3::VersionView {
        id: id.into(),
        size,
        delete_marker,
        modified: Time(NOW.0 - minutes * 60_000),
    };
    let key = |key: &str, public, versions| s3::KeyView { key: key.into(), public, versions };
    s3::View {
        buckets: vec![
            s3::BucketView {
                name: "notes-ada-x7k2p9".into(),
                versioning: "Enabled".into(),
                public: true,
                has_policy: true,
                key_count: 702,
                keys: vec![
                    key(
                        "eiffel.jpg",
                        true,
                        vec![
                            version("3sL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY", 1_536, false, 1),
                            version("null", 1_200_000, false, 12),
                        ],
                    ),
                    key(
                        "louvre.jpg",
                        false,
                        vec![
                            version("UIORUnfndfhnw89493jJFJ.n0FLAkSk8", 0, true, 2),
                            version("QUpfdndhfd8438MNFDN93jdnJFkdmqnh893", 52_428_800, false, 30),
                        ],
                    ),
                    key(
                        "archive/2026/11/a-rather-long-key-that-needs-more-room-than-there-is.tar.gz",
                        false,
                        vec![version("null", 734_003_200, false, 40)],
                    ),
                ],
            },
            s3::BucketView { name: "empty-one".into(), ..s3::BucketView::default() },
        ],
    }
}

fn hdfs_view() -> hdfs::View {
    let node = |name: &str, believed: &str, running, last_contact_s, used, blocks| hdfs::NodeView {
        name: name.into(),
        believed: believed.into(),
        running,
        last_contact_s,
        used,
        capacity: 10 << 30,
        blocks,
    };
    let block = |n: u32, path: &str, len, replicas: &[&str]| hdfs::BlockView {
        id: format!("blk_{}", 1_073_741_824 + n),
        path: path.into(),
        len,
        target: 3,
        replicas: replicas.iter().map(|r| (*r).to_owned()).collect(),
    };
    hdfs::View {
        racks: vec![
            hdfs::RackView {
                name: "/rack1".into(),
                nodes: vec![
                    node("dn1", "live", true, 1, 3 << 30, 24),
                    node("dn2", "dead", false, 641, 2 << 30, 0),
                    node("dn3", "live", true, 2, 4 << 30, 31),
                ],
            },
            hdfs::RackView {
                name: "/rack2".into(),
                nodes: vec![
                    node("dn4", "stale", false, 45, 5 << 30, 40),
                    node("dn5", "live", true, 0, 1 << 30, 9),
                    node("dn6", "live", true, 2, 9 << 30, 72),
                ],
            },
        ],
        blocks: vec![
            block(1, "/data/taxi.csv", 128 << 20, &["dn1", "dn4", "dn5"]),
            block(2, "/data/taxi.csv", 128 << 20, &["dn3", "dn6"]),
            block(3, "/data/taxi.csv", 52_345_678, &["dn1", "dn3", "dn5", "dn6"]),
            block(4, "/user/ada/words.txt", 1_234, &[]),
        ],
        block_count: 176,
        under_replicated: 2,
        safe_mode: true,
        transfers: vec![
            hdfs::TransferView {
                block: "blk_1073741826".into(),
                from: "dn3".into(),
                to: "dn1".into(),
                percent: 35,
            },
            hdfs::TransferView {
                block: "blk_1073741826".into(),
                from: "dn6".into(),
                to: "dn5".into(),
                percent: 100,
            },
        ],
    }
}

pub fn note(id: &str) -> Note {
    let blocks = vec![
        Block::Heading { level: 1, text: vec![plain("Object storage")] },
        paragraph(
            "An object is bytes with a name. There are no folders; a slash in a key is a letter like any other, and listing with a delimiter only makes it look like a tree.",
        ),
        Block::Heading { level: 2, text: vec![plain("Durability")] },
        paragraph(
            "A copy in each of three zones survives the loss of one. What it does not survive is you: a delete is copied just as faithfully. That is what versions are for.",
        ),
        Block::Rule,
        Block::Code { lang: "sh".into(), text: "aws s3 ls s3://bucket/prefix/".into() },
    ];
    let (page, section) = id.split_once('#').unwrap_or((id, ""));
    let section = if section == "durability" { 2..blocks.len() } else { 0..blocks.len() };
    Note { id: page.into(), title: "Object storage".into(), blocks, section }
}

pub fn note_cards() -> Vec<NoteCard> {
    let card = |id: &str, title: &str, track: &str| NoteCard {
        id: id.into(),
        title: title.into(),
        track: track.into(),
    };
    vec![
        card("containers/namespaces", "Namespaces and control groups", "containers"),
        card("containers/images", "Images and layers", "containers"),
        card("bigdata/hdfs", "HDFS: one namespace over many disks", "bigdata"),
        card("cloud/object-storage", "Object storage", "cloud"),
    ]
}
