//! `aws help` and its pages, written straight to standard output: NAME, DESCRIPTION, SYNOPSIS,
//! OPTIONS, with the operations' own documentation.

use std::fmt::Write as _;

use super::fail::Failure;
use super::{TAIL, command_name, flags, globals, services};
use crate::Host;
use sim::api::{Member, OpDef, Service, Shape, Waiter, kebab};

/// A page being written.
pub(super) struct Page {
    text: String,
    width: usize,
}

impl Page {
    pub(super) fn new(host: &Host<'_>) -> Self {
        let width = host.terminal.map_or(80, |(columns, _)| usize::from(columns)).clamp(40, 100);
        Self { text: String::new(), width }
    }

    pub(super) fn section(&mut self, title: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(title);
        self.text.push('\n');
    }

    /// A paragraph, filled, `depth` steps of seven blanks from the left.
    pub(super) fn paragraph(&mut self, depth: usize, text: &str) {
        let indent = " ".repeat(depth * 7);
        let mut line = String::new();
        for word in text.split_whitespace() {
            if !line.is_empty() && indent.len() + line.len() + 1 + word.len() > self.width {
                self.line(&indent, &line);
                line.clear();
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        if !line.is_empty() {
            self.line(&indent, &line);
        }
    }

    pub(super) fn raw(&mut self, depth: usize, text: &str) {
        for line in text.lines() {
            self.line(&" ".repeat(depth * 7), line);
        }
    }

    fn line(&mut self, indent: &str, text: &str) {
        let _ = writeln!(self.text, "{}", format!("{indent}{text}").trim_end());
    }

    pub(super) fn blank(&mut self) {
        self.text.push('\n');
    }

    /// An option with its description.
    pub(super) fn option(&mut self, heading: &str, text: &str) {
        self.blank();
        self.raw(1, heading);
        if !text.trim().is_empty() {
            self.blank();
            self.paragraph(2, text);
        }
    }

    pub(super) fn print(self, host: &mut Host<'_>) -> Result<u8, Failure> {
        host.stdout.write_all(self.text.as_bytes())?;
        host.stdout.flush()?;
        Ok(0)
    }
}

/// `aws help`
pub(super) fn top(host: &mut Host<'_>) -> Result<u8, Failure> {
    let mut page = Page::new(host);
    page.section("NAME");
    page.raw(1, "aws -");
    page.section("DESCRIPTION");
    page.paragraph(
        1,
        "The AWS Command Line Interface, as distlab simulates it: the same commands, options and \
         answers, against an account that lives inside the lab.",
    );
    page.section("SYNOPSIS");
    page.raw(2, "aws [options] <command> <subcommand> [parameters]");
    page.blank();
    page.paragraph(1, "Use aws command help for information on a specific command.");
    page.section("GLOBAL OPTIONS");
    for (name, takes, choices, text) in globals::TABLE {
        let kind = match (takes, choices.is_empty()) {
            (super::argv::Takes::Nothing, _) => "boolean",
            _ => "string",
        };
        page.option(&format!("{name} ({kind})"), text);
        for choice in *choices {
            page.raw(2, &format!("o {choice}"));
        }
    }
    page.section("SERVICES");
    page.blank();
    page.raw(1, "o configure");
    page.raw(1, "o s3");
    for service in services() {
        page.raw(1, &format!("o {}", command_name(service)));
    }
    page.print(host)
}

/// `aws s3api help`
pub(super) fn service(service: &Service, host: &mut Host<'_>) -> Result<u8, Failure> {
    let mut page = Page::new(host);
    page.section("NAME");
    page.raw(1, &format!("{} -", command_name(service)));
    page.section("DESCRIPTION");
    page.paragraph(1, &format!("{}, API version {}.", service.title, service.api_version));
    page.section("AVAILABLE COMMANDS");
    page.blank();
    let mut names: Vec<String> = service.operations.iter().map(|op| op.kebab()).collect();
    if service.operations.iter().any(|op| !op.waiters.is_empty()) {
        names.push("wait".into());
    }
    if service.name == "logs" {
        names.push(TAIL.into());
    }
    names.sort_unstable();
    for name in names {
        page.raw(1, &format!("o {name}"));
    }
    page.print(host)
}

/// `aws s3api wait help`
pub(super) fn waiters(
    service: &Service,
    all: &[(String, &'static OpDef, &'static Waiter)],
    host: &mut Host<'_>,
) -> Result<u8, Failure> {
    let mut page = Page::new(host);
    page.section("NAME");
    page.raw(1, "wait -");
    page.section("DESCRIPTION");
    page.paragraph(1, &format!("Wait until a particular condition of {} is met.", service.title));
    page.section("AVAILABLE COMMANDS");
    page.blank();
    for (name, ..) in all {
        page.raw(1, &format!("o {name}"));
    }
    page.print(host)
}

/// `aws s3api wait bucket-exists help`
pub(super) fn waiter(op: &OpDef, waiter: &Waiter, host: &mut Host<'_>) -> Result<u8, Failure> {
    let mut page = Page::new(host);
    let name = kebab(waiter.name);
    page.section("NAME");
    page.raw(1, &format!("{name} -"));
    page.section("DESCRIPTION");
    page.paragraph(
        1,
        &format!(
            "Polls {} every {} seconds of lab time until it answers what is waited for. Exits with \
             a return code of 255 after {} failed checks.",
            op.kebab(),
            waiter.delay_s,
            waiter.attempts_max
        ),
    );
    page.section("SYNOPSIS");
    page.raw(2, &name);
    let members = (op.input)().members;
    for member in members {
        page.raw(2, &synopsis(member));
    }
    page.section("OPTIONS");
    for member in members {
        member_option(&mut page, member);
    }
    page.print(host)
}

/// `aws s3api create-bucket help`
pub(super) fn operation(service: &Service, op: &OpDef, host: &mut Host<'_>) -> Result<u8, Failure> {
    let mut page = Page::new(host);
    let name = op.kebab();
    page.section("NAME");
    page.raw(1, &format!("{name} -"));
    page.section("DESCRIPTION");
    for paragraph in op.doc.split("\n\n") {
        page.paragraph(1, paragraph);
    }
    if op.pages.is_some() {
        page.blank();
        page.paragraph(
            1,
            &format!(
                "{name} is a paginated operation. Multiple API calls may be issued in order to \
                 retrieve the entire data set of results. You can disable pagination by providing \
                 the --no-paginate argument."
            ),
        );
    }
    page.section("SYNOPSIS");
    page.raw(2, &name);
    let members = (op.input)().members;
    for member in members {
        page.raw(2, &synopsis(member));
    }
    if flags::streams(op) {
        page.raw(2, "<outfile>");
    }
    if let Some(rule) = &op.pages {
        page.raw(2, "[--starting-token <value>]");
        if rule.limit.is_some() {
            page.raw(2, "[--page-size <value>]");
        }
        page.raw(2, "[--max-items <value>]");
    }
    page.raw(2, "[--cli-input-json | --cli-input-yaml]\n[--generate-cli-skeleton <value>]");
    page.section("OPTIONS");
    for member in members {
        member_option(&mut page, member);
    }
    if flags::streams(op) {
        page.option("outfile (string)", "Filename where the content will be saved");
    }
    page.section("OUTPUT");
    for member in (op.output)().members {
        page.option(&format!("{} -> ({})", member.name, kind((member.shape)())), member.doc);
    }
    if !op.errors.is_empty() {
        page.section("ERRORS");
        page.blank();
        for code in op.errors {
            page.raw(1, &format!("o {code}"));
        }
    }
    let _ = service;
    page.print(host)
}

fn synopsis(member: &Member) -> String {
    let flag = flags::name(member);
    let text = match (member.shape)() {
        Shape::Boolean => format!("{flag} | --no-{}", kebab(member.name)),
        _ => format!("{flag} <value>"),
    };
    if member.required { text } else { format!("[{text}]") }
}

fn member_option(page: &mut Page, member: &Member) {
    let flag = flags::name(member);
    let shape = (member.shape)();
    let heading = match shape {
        Shape::Boolean => format!("{flag} | --no-{} (boolean)", kebab(member.name)),
        _ => format!("{flag} ({})", kind(shape)),
    };
    page.option(&heading, member.doc);
    if let Shape::Enum(choices) = shape {
        page.blank();
        page.raw(2, "Possible values:");
        page.blank();
        for choice in choices {
            page.raw(2, &format!("o {choice}"));
        }
    }
    let shorthand = match shape {
        Shape::Structure(_) | Shape::Union(_) | Shape::Map(_) => Some(syntax(shape, 0)),
        Shape::List(item) if item().members().is_some() => {
            Some(format!("{} ...", syntax(item(), 0)))
        }
        Shape::List(_) => Some("\"string\" \"string\" ...".into()),
        _ => None,
    };
    if let Some(text) = shorthand {
        page.blank();
        page.raw(2, "Shorthand Syntax:");
        page.blank();
        page.raw(3, &text);
    }
}

fn kind(shape: Shape) -> &'static str {
    match shape {
        Shape::String | Shape::Enum(_) => "string",
        Shape::Integer => "integer",
        Shape::Double => "double",
        Shape::Binary => "blob",
        Shape::Document => "document",
        Shape::Boolean => "boolean",
        Shape::Timestamp => "timestamp",
        Shape::BlobIn | Shape::BlobOut => "streaming blob",
        Shape::List(_) => "list",
        Shape::Map(_) => "map",
        Shape::Structure(_) => "structure",
        Shape::Union(_) => "tagged union structure",
    }
}

fn syntax(shape: Shape, depth: usize) -> String {
    match shape {
        Shape::Structure(_) | Shape::Union(_) | Shape::Map(_) | Shape::List(_) if depth > 4 => {
            "{ ... }".into()
        }
        Shape::Structure(of) | Shape::Union(of) => {
            let parts: Vec<String> = of()
                .members
                .iter()
                .map(|m| format!("{}={}", m.name, syntax((m.shape)(), depth + 1)))
                .collect();
            let inner = parts.join(",");
            if depth == 0 { inner } else { format!("{{{inner}}}") }
        }
        Shape::List(item) => {
            let item = syntax(item(), depth + 1);
            if depth > 1 || item.starts_with(['{', '[']) {
                format!("[{item},{item}]")
            } else {
                format!("{item},{item}")
            }
        }
        Shape::Map(of) => {
            let value = syntax(of(), depth + 1);
            let inner = format!("KeyName1={value},KeyName2={value}");
            if depth == 0 { inner } else { format!("{{{inner}}}") }
        }
        shape => kind(shape).into(),
    }
}
