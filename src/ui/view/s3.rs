//! Buckets, their keys, and the versions of each key.

use super::{bytes, columns};
use app::flow::{Line, Tone};
use aws::s3::view::{BucketView, KeyView, VersionView, View};
use base::text::plural;

pub(super) fn lines(view: &View, width: usize) -> Vec<Line> {
    let mut lines = vec![Line::of(Tone::Heading, plural(view.buckets.len(), "bucket"))];
    if view.buckets.is_empty() {
        lines.push(Line::of(Tone::Dim, "None yet. `aws s3 mb s3://NAME` makes one."));
    }
    for bucket in &view.buckets {
        lines.push(Line::default());
        lay_bucket(bucket, width, &mut lines);
    }
    lines
}

fn lay_bucket(bucket: &BucketView, width: usize, lines: &mut Vec<Line>) {
    let mut line = Line::of(Tone::Bold, format!("▣ {}", bucket.name));
    let versioning = match bucket.versioning.as_str() {
        "Enabled" => "  versioning on",
        "Suspended" => "  versioning suspended",
        _ => "  no versioning",
    };
    line.push(Tone::Dim, versioning);
    if bucket.has_policy {
        line.push(Tone::Dim, "  has a policy");
    }
    if bucket.public {
        line.push(Tone::Bad, "  ! public");
    }
    lines.push(line);
    if bucket.keys.is_empty() {
        lines.push(Line::of(Tone::Dim, "  empty"));
    }
    let mut rows = Vec::new();
    for key in &bucket.keys {
        key_rows(key, &mut rows);
    }
    lines.extend(columns(&rows, 0, width));
    let more = bucket.key_count.saturating_sub(bucket.keys.len());
    if more > 0 {
        lines.push(Line::of(Tone::Dim, format!("  … and {}", plural(more, "more key"))));
    }
}

fn key_rows(key: &KeyView, rows: &mut Vec<Vec<(Tone, String)>>) {
    let newest = key.versions.first();
    let gone = newest.is_some_and(|v| v.delete_marker);
    let tone = if gone { Tone::Dim } else { Tone::Plain };
    let state = match (gone, key.public) {
        (true, _) => (Tone::Bad, "deleted".to_owned()),
        (false, true) => (Tone::Bad, "! public".to_owned()),
        (false, false) => (Tone::Dim, "private".to_owned()),
    };
    let size =
        newest.map_or_else(String::new, |v| if gone { String::new() } else { bytes(v.size) });
    let when = newest.map_or_else(String::new, |v| v.modified.format("%H:%M:%S"));
    rows.push(vec![
        (tone, format!("  {}", key.key)),
        (Tone::Plain, size),
        (Tone::Dim, when),
        state,
    ]);
    let versioned = key.versions.len() > 1 || newest.is_some_and(|v| v.id != "null");
    if versioned {
        let last = key.versions.len() - 1;
        rows.extend(key.versions.iter().enumerate().map(|(i, v)| version(v, i, last)));
    }
}

fn version(v: &VersionView, index: usize, last: usize) -> Vec<(Tone, String)> {
    let branch = if index == last { "└" } else { "├" };
    let (tone, what) = if v.delete_marker {
        (Tone::Bad, "delete marker")
    } else if index == 0 {
        (Tone::Good, "newest")
    } else {
        (Tone::Dim, "older")
    };
    let size = if v.delete_marker { String::new() } else { bytes(v.size) };
    vec![
        (Tone::Dim, format!("  {branch} {}", v.id)),
        (Tone::Dim, size),
        (Tone::Dim, v.modified.format("%H:%M:%S")),
        (tone, what.into()),
    ]
}
