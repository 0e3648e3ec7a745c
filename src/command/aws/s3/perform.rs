//! Doing one item: upload, download, copy or delete, in parts of 8 MiB above 8 MiB.

use std::fs::{self, File};
use std::hash::{BuildHasher as _, Hasher as _};
use std::io::{Read, Write as _};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::local::Clock;
use super::path::{End, split};
use super::plan::{Action, Item};
use super::progress::Printer;
use super::{Parsed, S3, list, mime};
use crate::aws::client::Client;
use crate::aws::fail::{Failure, os_error};
use crate::aws::operation::{copy_body, quote};
use crate::aws::value;
use base::{Blob, Slice};
use sim::api::Shape;

const MIB: u64 = 1024 * 1024;
/// Objects of this size and more go in parts …
const THRESHOLD: u64 = 8 * MIB;
/// … of this size, or so much larger that there are no more than this many.
const PART: u64 = 8 * MIB;
const PARTS_MAX: u64 = 10_000;

/// From texts to texts.
const TEXTS: Shape = Shape::Map(|| Shape::String);

/// Options that become members of a request as they are.
const MEMBERS: &[(&str, &str)] = &[
    ("--acl", "ACL"),
    ("--storage-class", "StorageClass"),
    ("--content-type", "ContentType"),
    ("--cache-control", "CacheControl"),
    ("--content-disposition", "ContentDisposition"),
    ("--content-encoding", "ContentEncoding"),
    ("--content-language", "ContentLanguage"),
    ("--website-redirect", "WebsiteRedirectLocation"),
    ("--sse-kms-key-id", "SSEKMSKeyId"),
    ("--checksum-algorithm", "ChecksumAlgorithm"),
];

/// What a copy in parts takes over from its source.
const COPIED: &[&str] = &[
    "CacheControl",
    "ContentDisposition",
    "ContentEncoding",
    "ContentLanguage",
    "ContentType",
    "Expires",
    "Metadata",
];

/// Does items, all with the same options.
pub(super) struct Performer<'a> {
    client: &'a Client<'a>,
    cwd: PathBuf,
    pub(super) clock: Clock,
    moves: bool,
    guesses: bool,
    keeps: Keeps,
    /// Members of every request that makes an object.
    members: Map<String, Value>,
    directive: Option<String>,
}

/// What a copy in parts keeps of its source.
struct Keeps {
    properties: bool,
    tags: bool,
}

type Done = Result<(), Failure>;
/// Transfers the parts of an upload, given what every request about it says, and names them.
type Parts<'p> = dyn FnMut(&Map<String, Value>) -> Result<Vec<Value>, Failure> + 'p;

impl<'a> Performer<'a> {
    pub(super) fn new(
        client: &'a Client<'a>,
        cwd: &Path,
        parsed: &Parsed,
        action: Action,
        moves: bool,
    ) -> Result<Self, Failure> {
        let members = if action == Action::Delete { Map::new() } else { members(parsed, cwd)? };
        let mut directive = parsed.one("--metadata-directive").map(str::to_owned);
        if directive.is_none() && members.contains_key("Metadata") {
            directive = Some("REPLACE".into());
        }
        let props = parsed.one("--copy-props").unwrap_or("default");
        Ok(Self {
            client,
            cwd: cwd.to_path_buf(),
            clock: Clock::new(client.now()?),
            moves,
            guesses: !parsed.has("--no-guess-mime-type"),
            keeps: Keeps {
                properties: props != "none" && directive.as_deref() != Some("REPLACE"),
                tags: props == "default",
            },
            members,
            directive,
        })
    }

    /// What is being done, in a word.
    pub(super) fn verb(&self, action: Action) -> &'static str {
        if self.moves { "move" } else { action.name() }
    }

    /// `./a.txt to s3://b/a.txt`
    pub(super) fn describe(&self, item: &Item) -> String {
        let src = item.src.show(&self.cwd);
        match &item.dest {
            Some(dest) => format!("{src} to {}", dest.show(&self.cwd)),
            None => src,
        }
    }

    /// Does it, and takes the source away when it is a move.
    pub(super) fn perform(&self, item: &Item, printer: &mut Printer<'_>) -> Done {
        match (&item.src, &item.dest) {
            (End::Local(file), Some(End::S3(object))) => self.upload(file, object, printer)?,
            (End::S3(object), Some(End::Local(file))) => {
                self.download(object, file, item, printer)?;
            }
            (End::S3(object), Some(End::Stream)) => {
                self.head(object)?;
                let body = self.body(object)?;
                copy_body(&body, self.client.gateway, printer.out())?;
            }
            (End::S3(from), Some(End::S3(to))) => self.copy(from, to, item, printer)?,
            _ => return self.delete(&item.src),
        }
        if self.moves { self.delete(&item.src) } else { Ok(()) }
    }

    /// Standard input to an object.
    pub(super) fn upload_stream(
        &self,
        item: &Item,
        input: &mut dyn Read,
        printer: &mut Printer<'_>,
    ) -> Done {
        let Some(End::S3(object)) = &item.dest else { return Ok(()) };
        self.store(input, PART, object, &self.members, printer)
    }

    fn upload(&self, file: &str, object: &str, printer: &mut Printer<'_>) -> Done {
        if split(object).1.is_empty() {
            return Err(empty_key());
        }
        let fail = |e: std::io::Error| Failure::General(os_error(&e, Some(file)));
        let mut opened = File::open(file).map_err(fail)?;
        let meta = opened.metadata().map_err(fail)?;
        if meta.is_dir() {
            return Err(Failure::General(format!("[Errno 21] Is a directory: '{file}'")));
        }
        let mut members = self.members.clone();
        if let (true, false, Some(kind)) =
            (self.guesses, members.contains_key("ContentType"), mime::guess(file))
        {
            members.insert("ContentType".into(), kind.into());
        }
        self.store(&mut opened, part_size(meta.len()), object, &members, printer)
    }

    /// All that a reader gives, at once or in parts.
    fn store(
        &self,
        from: &mut dyn Read,
        part: u64,
        object: &str,
        members: &Map<String, Value>,
        printer: &mut Printer<'_>,
    ) -> Done {
        let blobs = self.client.gateway.blobs();
        let first = blobs.put(&mut Read::take(&mut *from, part))?;
        let len = first.len;
        if len < THRESHOLD {
            let mut input = request(object, members);
            input.insert("Body".into(), body(&first)?);
            self.client.ask(S3, "PutObject", Value::Object(input))?;
            return printer.moved(len);
        }
        self.in_parts(object, members, &mut |upload| {
            let mut parts = Vec::new();
            let mut blob = first.clone();
            while blob.len > 0 {
                let number = parts.len() + 1;
                let mut input = upload.clone();
                input.insert("PartNumber".into(), number.into());
                input.insert("Body".into(), body(&blob)?);
                let answer = self.client.ask(S3, "UploadPart", Value::Object(input))?;
                parts.push(finished(&answer, number));
                printer.moved(blob.len)?;
                blob = blobs.put(&mut Read::take(&mut *from, part))?;
            }
            Ok(parts)
        })
    }

    /// Begins an upload in parts, completes it, and aborts it when a part fails.
    fn in_parts(
        &self,
        object: &str,
        members: &Map<String, Value>,
        transfer: &mut Parts<'_>,
    ) -> Done {
        let begun = request(object, members);
        let begun = self.client.ask(S3, "CreateMultipartUpload", Value::Object(begun))?;
        let mut upload = request(object, &Map::new());
        upload.insert("UploadId".into(), list::text(&begun, "UploadId").into());
        let done = transfer(&upload).and_then(|parts| {
            let mut input = upload.clone();
            input.insert("MultipartUpload".into(), json!({ "Parts": parts }));
            self.client.ask(S3, "CompleteMultipartUpload", Value::Object(input))
        });
        if done.is_err() {
            // What failed is told; that the parts could not be taken away adds nothing.
            let _ = self.client.ask(S3, "AbortMultipartUpload", Value::Object(upload));
        }
        done.map(|_| ())
    }

    fn head(&self, object: &str) -> Result<Value, Failure> {
        self.client.ask(S3, "HeadObject", Value::Object(request(object, &Map::new())))
    }

    fn body(&self, object: &str) -> Result<Vec<Slice>, Failure> {
        let mut answer =
            self.client.ask(S3, "GetObject", Value::Object(request(object, &Map::new())))?;
        let slices = answer.get_mut("Body").map(Value::take).unwrap_or_default();
        if slices.is_null() {
            return Ok(Vec::new());
        }
        serde_json::from_value(slices).map_err(|e| Failure::General(e.to_string()))
    }

    /// Into a file beside the wanted one, which takes its place when it is whole.
    fn download(&self, object: &str, file: &str, item: &Item, printer: &mut Printer<'_>) -> Done {
        let path = Path::new(file);
        let slices = self.body(object)?;
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)
                .map_err(|e| Failure::General(os_error(&e, folder.to_str())))?;
        }
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        // Not the number of this process: another one may have it, elsewhere.
        let number = std::hash::RandomState::new().build_hasher().finish() & 0xffff_ffff;
        let partial = path.with_file_name(format!("{name}.{number:08x}"));
        let write = || -> Done {
            let mut to = File::create_new(&partial)
                .map_err(|e| Failure::General(os_error(&e, partial.to_str())))?;
            copy_body(&slices, self.client.gateway, &mut to)?;
            to.flush()?;
            to.set_modified(self.clock.to_machine(item.modified))?;
            fs::rename(&partial, path).map_err(|e| Failure::General(os_error(&e, Some(file))))
        };
        let done = write();
        if done.is_err() {
            // Best effort: nobody asked for a part of a file.
            let _ = fs::remove_file(&partial);
        }
        done?;
        printer.moved(slices.iter().map(|s| s.len).sum())
    }

    fn copy(&self, from: &str, to: &str, item: &Item, printer: &mut Printer<'_>) -> Done {
        if split(to).1.is_empty() {
            return Err(empty_key());
        }
        let size = item.size.unwrap_or_default();
        if size >= THRESHOLD {
            return self.copy_in_parts(from, to, size, printer);
        }
        let mut input = request(to, &self.members);
        input.insert("CopySource".into(), quote(from).into());
        if let Some(directive) = &self.directive {
            input.insert("MetadataDirective".into(), directive.clone().into());
        }
        self.client.ask(S3, "CopyObject", Value::Object(input))?;
        printer.moved(size)
    }

    fn copy_in_parts(&self, from: &str, to: &str, size: u64, printer: &mut Printer<'_>) -> Done {
        let mut members = self.members.clone();
        if self.keeps.properties {
            let head = self.head(from)?;
            for name in COPIED {
                if let (Some(value), false) = (head.get(*name), members.contains_key(*name)) {
                    members.insert((*name).into(), value.clone());
                }
            }
        }
        if self.keeps.tags
            && let Some(tags) = self.tags(from)?
        {
            members.insert("Tagging".into(), tags.into());
        }
        let part = part_size(size);
        self.in_parts(to, &members, &mut |upload| {
            let mut parts = Vec::new();
            let mut offset = 0;
            while offset < size {
                let end = (offset + part).min(size);
                let number = parts.len() + 1;
                let mut input = upload.clone();
                input.insert("PartNumber".into(), number.into());
                input.insert("CopySource".into(), quote(from).into());
                let range = format!("bytes={offset}-{}", end - 1);
                input.insert("CopySourceRange".into(), range.into());
                let answer = self.client.ask(S3, "UploadPartCopy", Value::Object(input))?;
                parts.push(finished(answer.get("CopyPartResult").unwrap_or(&answer), number));
                printer.moved(end - offset)?;
                offset = end;
            }
            Ok(parts)
        })
    }

    /// The tags of an object as a header spells them.
    fn tags(&self, object: &str) -> Result<Option<String>, Failure> {
        let input = Value::Object(request(object, &Map::new()));
        let answer = self.client.ask(S3, "GetObjectTagging", input)?;
        let encode = |text: &str| {
            percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC)
                .to_string()
        };
        let pairs: Vec<String> = list::items(&answer, "TagSet")
            .iter()
            .map(|tag| {
                format!("{}={}", encode(list::text(tag, "Key")), encode(list::text(tag, "Value")))
            })
            .collect();
        Ok((!pairs.is_empty()).then(|| pairs.join("&")))
    }

    fn delete(&self, end: &End) -> Done {
        match end {
            End::Stream => Ok(()),
            End::Local(file) => {
                fs::remove_file(file).map_err(|e| Failure::General(os_error(&e, Some(file))))
            }
            End::S3(object) => {
                if split(object).1.is_empty() {
                    return Err(empty_key());
                }
                let input = Value::Object(request(object, &Map::new()));
                self.client.ask(S3, "DeleteObject", input).map(|_| ())
            }
        }
    }
}

/// What the options say of every new object.
fn members(parsed: &Parsed, cwd: &Path) -> Result<Map<String, Value>, Failure> {
    let mut members = Map::new();
    for (flag, member) in MEMBERS {
        if let Some(text) = parsed.one(flag) {
            members.insert((*member).into(), text.into());
        }
    }
    if parsed.has("--sse") {
        let kind = parsed.one("--sse").unwrap_or("AES256");
        members.insert("ServerSideEncryption".into(), kind.into());
    }
    if let Some(text) = parsed.one("--expires") {
        let time = value::validate(text.into(), Shape::Timestamp)?;
        members.insert("Expires".into(), time);
    }
    if let Some(values) = parsed.options.get("--metadata") {
        let map = value::read("--metadata", TEXTS, values, cwd)?;
        members.insert("Metadata".into(), value::validate(map, TEXTS)?);
    }
    for grant in parsed.options.get("--grants").into_iter().flatten() {
        let (permission, grantee) = grant.split_once('=').ok_or_else(bad_grant)?;
        let member = match permission {
            "read" => "GrantRead",
            "full" => "GrantFullControl",
            "readacl" => "GrantReadACP",
            "writeacl" => "GrantWriteACP",
            _ => {
                return Err(Failure::Invalid(
                    "permission must be one of: read|readacl|writeacl|full".into(),
                ));
            }
        };
        let before = members.get(member).and_then(Value::as_str).map(|g| format!("{g},"));
        members.insert(member.into(), format!("{}{grantee}", before.unwrap_or_default()).into());
    }
    Ok(members)
}

fn bad_grant() -> Failure {
    Failure::Invalid("grants should be of the form permission=principal".into())
}

/// A request about an object.
fn request(object: &str, members: &Map<String, Value>) -> Map<String, Value> {
    let (bucket, key) = split(object);
    let mut input = members.clone();
    input.insert("Bucket".into(), bucket.into());
    input.insert("Key".into(), key.into());
    input
}

fn body(blob: &Blob) -> Result<Value, Failure> {
    serde_json::to_value(blob).map_err(|e| Failure::General(e.to_string()))
}

/// A part as the completion names it.
fn finished(answer: &Value, number: usize) -> Value {
    let mut part = Map::new();
    part.insert("PartNumber".into(), number.into());
    let told = [
        "ETag",
        "ChecksumCRC32",
        "ChecksumCRC32C",
        "ChecksumCRC64NVME",
        "ChecksumSHA1",
        "ChecksumSHA256",
    ];
    for name in told {
        if let Some(value) = answer.get(name).filter(|v| !v.is_null()) {
            part.insert(name.into(), value.clone());
        }
    }
    Value::Object(part)
}

fn part_size(total: u64) -> u64 {
    let mut part = PART;
    while total.div_ceil(part) > PARTS_MAX {
        part *= 2;
    }
    part
}

fn empty_key() -> Failure {
    Failure::Invalid(
        "Parameter validation failed:\nInvalid length for parameter Key, value: 0, valid min \
         length: 1"
            .into(),
    )
}
