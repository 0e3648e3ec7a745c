//! What a lab's front matter, or a file for `distlab serve --world`, says of its world.
//!
//! Which parts there are, and what may stand in them, the systems say; that everything which is to
//! exist at the beginning can exist is tried on a world of its own before anything starts.

mod input;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;
use toml::de::DeTable;

use super::keys::{EXISTS, Key, WORLD, WORLD_FILE};
use super::lab::WorldSpec;
use super::problem::{Problem, Report, remedy};
use super::table::{self, Reader, Text};
use super::vars;
use base::Time;
use base::text::nearest;
use sim::Beginning;
use sim::api::Service;

/// More is not done before the first input: every undo does it again.
const EXISTS_MAX: usize = 1_000;
/// When a world begins that is only tried, unless it says so itself.
const TRIAL: Time = Time(1_772_438_400_000);

/// A world as it was read, with the lines of what is tried later.
#[derive(Clone, Debug, Default)]
pub(super) struct Declared {
    pub(super) spec: WorldSpec,
    /// The line of each thing that is to exist.
    exists: Vec<usize>,
    /// Whether something was wrong in it.
    wrong: bool,
}

impl WorldSpec {
    /// Reads a file for `distlab serve --world`.
    ///
    /// # Errors
    /// Everything that is wrong in it, in its order.
    pub fn read(path: &Path) -> Result<Self, Vec<Problem>> {
        let source = table::read_file(path, "a world is a few lines", "world.toml")?;
        Self::parse(&path.display().to_string(), &source)
    }

    /// As [`Self::read`]; `path` names the file in messages.
    ///
    /// # Errors
    /// Everything that is wrong in it, in its order.
    pub fn parse(path: &str, source: &str) -> Result<Self, Vec<Problem>> {
        let source = table::normal(source);
        let mut report = Report::new(path);
        let text = Text::new(&source, 1, true);
        if let Some(table) = text.parse(&mut report) {
            let at = ("the world file", 1);
            let mut declared = read(&text, &table, at, WORLD_FILE, &mut report);
            declared.prove(&mut report);
            if report.is_empty() {
                return Ok(declared.spec);
            }
        }
        Err(report.finish())
    }
}

/// Reads `[world]` of a lab's front matter.
pub(super) fn of_lab(
    text: &Text<'_>,
    table: &DeTable<'_>,
    line: usize,
    report: &mut Report,
) -> Declared {
    read(text, table, ("`[world]`", line), WORLD, report)
}

fn read(
    text: &Text<'_>,
    table: &DeTable<'_>,
    at: (&str, usize),
    keys: &'static [Key],
    report: &mut Report,
) -> Declared {
    let parts = systems::parts();
    let names: Vec<&'static str> = parts.iter().map(|part| part.name).collect();
    let before = report.len();
    let reader = Reader::new(text, table, at, keys, &names, report);
    let mut declared = Declared::default();
    let spec = &mut declared.spec;
    spec.seed = reader.integer("seed");
    spec.account = reader.text("account");
    spec.region = reader.text("region");
    if let Some(account) = spec.account.as_deref().filter(|account| !is_account(account)) {
        let line = reader.line_of("account");
        report.add(line, format!("{account:?} is not an account"), "write its twelve digits");
    }
    if let Some(value) = reader.value("start") {
        spec.start = input::instant(value);
        if spec.start.is_none() {
            let what = "`start` is not an instant".to_owned();
            report.add(
                reader.line_of("start"),
                what,
                "write it like `start = 2026-03-02T08:00:00Z`",
            );
        }
    }
    let listed = reader.texts("regions");
    let own = spec.region.iter().map(|region| (region.clone(), reader.line_of("region")));
    for (region, line) in own.chain(listed.iter().cloned()) {
        if !systems::REGIONS.contains(&region.as_str()) {
            let meant = match nearest(&region, systems::REGIONS.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "regions are called like `eu-west-1`".into(),
            };
            report.add(line, format!("{region:?} is not a region of AWS"), meant);
        }
    }
    spec.shape.regions = listed.into_iter().map(|(region, _)| region).collect();
    for part in parts.iter().filter(|part| reader.has(part.name)) {
        let line = reader.line_of(part.name);
        let Some(value) = reader.json(part.name) else {
            let what = format!("`{}` has a number that is none", part.name);
            report.add(line, what, "write one with digits");
            continue;
        };
        for wrong in part.wrong(&value) {
            let path = std::iter::once(part.name).chain(wrong.path.iter().map(String::as_str));
            report.add(text.line_of_path(table, path).unwrap_or(line), wrong.what, wrong.meant);
        }
        spec.shape.parts.insert(part.name.to_owned(), value);
    }
    let list = reader.tables("exists");
    if list.len() > EXISTS_MAX {
        let what = format!("{} things are to exist, and {EXISTS_MAX} may", list.len());
        report.add(list[EXISTS_MAX].1, what, "let the lab's `setup`, or a client, make the rest");
    }
    for (entry, line) in list.into_iter().take(EXISTS_MAX) {
        declared.exists.push(line);
        declared.spec.shape.exists.extend(beginning(text, entry, line, report));
    }
    declared.wrong = report.len() > before;
    declared
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

/// One entry of `exists`, held to the operation that it names.
fn beginning(
    text: &Text<'_>,
    entry: &DeTable<'_>,
    line: usize,
    report: &mut Report,
) -> Option<Beginning> {
    let reader = Reader::new(text, entry, ("an entry of `exists`", line), EXISTS, &[], report);
    let (name, op) = (reader.text("service")?, reader.text("op")?);
    let Some(service) = systems::service(&name) else {
        let what = format!("there is no service `{name}`");
        report.add(reader.line_of("service"), what, remedy(&name, services()));
        return None;
    };
    let Some(def) = service.operation(&op) else {
        let what = format!("`{name}` has no operation `{op}`");
        let known = service.operations.iter().filter(|op| !op.read_only()).map(|op| op.name);
        report.add(reader.line_of("op"), what, remedy(&op, known));
        return None;
    };
    if def.read_only() {
        let what = format!("`{name} {op}` only looks, and nothing exists by it");
        report.add(reader.line_of("op"), what, "name an operation that makes something");
        return None;
    }
    let at = reader.line_of("input");
    let nothing = DeTable::new();
    let given = reader.table("input").unwrap_or(&nothing);
    let what = format!("the input of `{name} {op}`");
    let input = input::structure(text, given, (def.input)(), (&what, at), report)?;
    Some(Beginning {
        service: name,
        op,
        region: reader.text("region").unwrap_or_default(),
        input: Value::Object(input),
    })
}

fn services() -> impl Iterator<Item = &'static str> + Clone {
    let writes = |service: &&Service| service.operations.iter().any(|op| !op.read_only());
    systems::SYSTEMS
        .iter()
        .flat_map(|system| system.services)
        .copied()
        .filter(writes)
        .map(|service| service.name)
}

impl Declared {
    /// Puts a learner's variables into what is to exist.
    pub(super) fn fill(
        &mut self,
        values: &BTreeMap<String, String>,
        used: &mut BTreeSet<String>,
        report: &mut Report,
    ) {
        // What could not be read is not among the beginnings, and was told; their lines do not fit then.
        if self.wrong {
            return;
        }
        for (beginning, line) in self.spec.shape.exists.iter_mut().zip(&self.exists) {
            let mut unknown = Report::new("");
            fill(&mut beginning.input, values, used, &mut unknown);
            for problem in unknown.finish() {
                report.add(*line, problem.what, problem.remedy);
                self.wrong = true;
            }
        }
    }

    /// Tries on a world of its own that everything which is to exist can. Of a secret among it no
    /// more is kept than the journal keeps of one.
    pub(super) fn prove(&mut self, report: &mut Report) {
        if self.wrong || self.spec.shape.exists.is_empty() {
            return;
        }
        for Beginning { service, op, input, .. } in &mut self.spec.shape.exists {
            if let Some(op) = systems::operation(service, op) {
                *input = op.sealed(input.take());
            }
        }
        let shape = &self.spec.shape;
        let Err(refused) = systems::world(self.spec.config(1, TRIAL)) else { return };
        let Beginning { service, op, .. } = &shape.exists[refused.at];
        let what = format!("`{service} {op}` is refused: {}", refused.error);
        let meant = "mend this entry, or one before it: each is carried out in its turn, as the \
                     account's root user where it is an operation of AWS";
        report.add(self.exists[refused.at], what, meant);
    }
}

fn fill(
    value: &mut Value,
    values: &BTreeMap<String, String>,
    used: &mut BTreeSet<String>,
    report: &mut Report,
) {
    match value {
        Value::String(text) if text.contains("{{") => {
            *text = vars::substitute(text, 1, values, used, Some(report));
        }
        Value::Array(list) => list.iter_mut().for_each(|v| fill(v, values, used, report)),
        Value::Object(map) => map.values_mut().for_each(|v| fill(v, values, used, report)),
        _ => {}
    }
}
