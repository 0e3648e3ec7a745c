//! `docker context inspect`.

use std::fs;

use serde_json::{Map, Value, json};

use crate::cx::{Cx, Fail};
use crate::template::data;
use crate::verb::{Args, Verb, always};
use command_line::flags::{Flag, Parsed, flag};
use command_line::json;
use command_line::template::{Member, Shape, Struct, Template};

use super::{DEFAULT, found, kept};

static FLAGS: &[Flag] = &[flag("format", "string", "'json', or a Go template").short('f')];

pub(crate) static VERB: Verb = Verb {
    group: "context",
    name: "inspect",
    aliases: &[],
    top: None,
    usage: "[OPTIONS] [CONTEXT] [CONTEXT...]",
    about: "Display detailed information on one or more contexts",
    flags: &[FLAGS],
    args: Args::AtLeast(0),
    interspersed: true,
    looks: always,
    run: inspect,
};

fn inspect(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let names = match given.args.as_slice() {
        [] => vec![cx.context.clone()],
        names => names.to_vec(),
    };
    let template = match given.text("format") {
        None | Some("json") => None,
        Some(text) => Some(
            Template::parse(text)
                .map_err(|why| Fail::new(64, format!("template parsing error: {why}")))?,
        ),
    };
    let mut all = Vec::new();
    let mut wrong = Vec::new();
    for name in &names {
        match whole(cx, name) {
            Ok(context) => all.push(context),
            Err(fail) => wrong.push(fail.text),
        }
    }
    if let Some(template) = template {
        let shape = shape();
        for context in &all {
            match template.apply(&data(context, &shape)) {
                Ok(line) => cx.out(line + "\n"),
                Err(why) => {
                    cx.out("\n");
                    return Err(Fail::new(1, format!("template parsing error: {why}")));
                }
            }
        }
        if all.is_empty() {
            cx.out("\n");
        }
    } else {
        let text = json::compact(&Value::from(all), given.text("format").is_none());
        let text = if given.text("format").is_none() { json::indent(&text, 0) } else { text };
        cx.out(text + "\n");
    }
    if wrong.is_empty() { Ok(0) } else { Err(Fail::new(1, wrong.join("\n"))) }
}

/// A context with what the client adds to it: the names of its files, and where they are.
fn whole(cx: &Cx<'_, '_>, name: &str) -> Result<Value, Fail> {
    let mut context = found(cx, name)?;
    let kept = kept(cx);
    let mut material = Map::new();
    for endpoint in fs::read_dir(kept.tls_folder(name)).into_iter().flatten().flatten() {
        let files = fs::read_dir(endpoint.path()).into_iter().flatten().flatten();
        let mut files: Vec<String> =
            files.map(|f| f.file_name().to_string_lossy().into_owned()).collect();
        files.sort();
        material.insert(endpoint.file_name().to_string_lossy().into_owned(), files.into());
    }
    context["TLSMaterial"] = material.into();
    let folders = if kept.get(name).is_ok() {
        let text = |path: std::path::PathBuf| path.display().to_string();
        [text(kept.folder(name)), text(kept.tls_folder(name))]
    } else {
        ["<IN MEMORY>".to_owned(), "<IN MEMORY>".to_owned()]
    };
    let [meta, tls] = folders;
    context["Storage"] = json!({ "MetadataPath": meta, "TLSPath": tls });
    if name == DEFAULT {
        context["Metadata"] = json!({});
    }
    Ok(context)
}

fn shape() -> Shape {
    let of = |name: &str, fields: Vec<Member>| {
        Shape::Struct(Struct { name: name.to_owned(), fields }.into())
    };
    let storage =
        vec![Member::plain("MetadataPath", Shape::Text), Member::plain("TLSPath", Shape::Text)];
    of(
        "context.contextWithTLSListing",
        vec![
            Member::plain("Name", Shape::Text),
            Member::plain("Metadata", of("store.Metadata", Vec::new())),
            Member::plain("Endpoints", Shape::Map(Shape::Any.into())),
            Member::plain("TLSMaterial", Shape::Map(Shape::List(Shape::Text.into()).into())),
            Member::plain("Storage", of("store.StorageInfo", storage)),
        ],
    )
}
