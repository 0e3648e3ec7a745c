//! `docker images`: the images of the engine.

use serde_json::{Value, json};

use crate::cx::{Cx, Fail};
use crate::filters;
use crate::format::{self, Listing, Row};
use crate::verb::{Args, Verb, always};
use command_line::flags::{Flag, Parsed, flag, switch};
use command_line::size;
use docker::models::ImageSummary;
use docker::text;

static FLAGS: &[Flag] = &[
    switch("all", "Show intermediate images too").short('a'),
    switch("digests", "Show digests"),
    flag("filter", "filter", "Only what matches (dangling=true, label=…, reference=…)")
        .short('f')
        .check(filters::check),
    flag("format", "string", "'table', 'table TEMPLATE', 'json', or a Go template"),
    switch("no-trunc", "Show everything in full"),
    switch("quiet", "Show ids alone").short('q'),
];

pub(crate) static VERB: Verb = Verb {
    group: "image",
    name: "ls",
    aliases: &["list"],
    top: Some("images"),
    usage: "[OPTIONS] [REPOSITORY[:TAG]]",
    about: "List images",
    flags: &[FLAGS],
    args: Args::AtMost(1),
    interspersed: true,
    looks: always,
    run: ls,
};

static HEADINGS: &[(&str, &str)] = &[
    ("ID", "IMAGE ID"),
    ("Repository", "REPOSITORY"),
    ("Tag", "TAG"),
    ("Digest", "DIGEST"),
    ("CreatedSince", "CREATED"),
    ("CreatedAt", "CREATED AT"),
    ("Size", "SIZE"),
    ("Containers", "CONTAINERS"),
    ("VirtualSize", "SIZE"),
    ("SharedSize", "SHARED SIZE"),
    ("UniqueSize", "UNIQUE SIZE"),
];

fn ls(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let digests = given.is("digests");
    let mut listing = Listing {
        type_name: "*formatter.imageContext",
        headings: HEADINGS,
        columns: vec!["Repository", "Tag", "ID", "CreatedSince", "Size"],
        unreadable: "template parsing error",
    };
    if digests {
        listing.columns.insert(2, "Digest");
    }
    let mut filters = filters::given(given);
    if let Some(wanted) = given.args.first() {
        filters.entry("reference".to_owned()).or_default().push(wanted.clone());
    }
    let engine = cx.engine()?;
    let found = cx.wait(engine.images(given.is("all"), &filters))?;
    let full = given.is("no-trunc");
    let format = format::wanted(given.get("format"), given.is("quiet"), listing.type_name);
    let format = format.as_deref();
    let rows: Vec<Row> = found.iter().flat_map(|image| rows(image, full, digests)).collect();
    if given.is("quiet") && format.is_none_or(|f| f == "table") {
        for row in rows {
            cx.out(format!("{}\n", row.fields.get("ID").and_then(Value::as_str).unwrap_or("")));
        }
        return Ok(0);
    }
    format::print(cx, format, &listing, &rows)?;
    Ok(0)
}

/// One row for each name; one without a name when it has none.
fn rows(image: &ImageSummary, full: bool, digests: bool) -> Vec<Row> {
    let mut names: Vec<(String, String, String)> = Vec::new();
    let none = || "<none>".to_owned();
    let mut with_digest: Vec<&str> = image.repo_digests.iter().map(String::as_str).collect();
    for tagged in image.repo_tags.iter().filter(|t| *t != "<none>:<none>") {
        let (repository, tag) = tagged.rsplit_once(':').unwrap_or((tagged, "latest"));
        let digest = with_digest.iter().position(|d| d.split('@').next() == Some(repository));
        let digest = match digest {
            Some(at) if digests => with_digest[at].split('@').nth(1).unwrap_or_default().to_owned(),
            _ => none(),
        };
        names.push((repository.to_owned(), tag.to_owned(), digest));
    }
    with_digest.retain(|d| !d.starts_with("<none>@"));
    if names.is_empty() {
        match with_digest.first() {
            Some(digested) => {
                let (repository, digest) = digested.split_once('@').unwrap_or((digested, ""));
                let shown = if digests { digest.to_owned() } else { none() };
                names.push((repository.to_owned(), none(), shown));
            }
            None => names.push((none(), none(), none())),
        }
    }
    names
        .into_iter()
        .map(|(repository, tag, digest)| row(image, full, &repository, &tag, &digest))
        .collect()
}

fn row(image: &ImageSummary, full: bool, repository: &str, tag: &str, digest: &str) -> Row {
    let counted = |n: i64| u64::try_from(n).ok().map(|n| size::decimal(n, 3));
    let size = u64::try_from(image.size).unwrap_or_default();
    let unknown = || "N/A".to_owned();
    let fields = json!({
        "Containers": if image.containers < 0 { unknown() } else { image.containers.to_string() },
        "CreatedAt": format::created_at(image.created),
        "CreatedSince": format::ago(image.created),
        "Digest": digest,
        "ID": if full { image.id.as_str() } else { text::short_id(&image.id) },
        "Repository": repository,
        "SharedSize": counted(image.shared_size).unwrap_or_else(unknown),
        "Size": size::decimal(size, 3),
        "Tag": tag,
        "UniqueSize": unknown(),
        "VirtualSize": size::decimal(size, 4),
    });
    let Value::Object(fields) = fields else { unreachable!("an object was just made") };
    Row { fields, labels: image.labels.clone().into_iter().collect() }
}
