//! The part of Python's `argparse` that learners meet: options with one, several or no values,
//! `--name=value`, unambiguous abbreviations, positional arguments and what is left over.
//!
//! It knows no service; tables say what there is.

use std::collections::BTreeMap;

use super::fail::{Failure, invalid_choice};

/// How many values an option takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Takes {
    Nothing,
    One,
    Two,
    /// One or none.
    Maybe,
    /// All up to the next option.
    Many,
}

/// An option.
#[derive(Clone, Debug)]
pub(super) struct Opt {
    /// With its dashes: `--max-keys`.
    pub(super) name: String,
    pub(super) takes: Takes,
    pub(super) choices: &'static [&'static str],
}

impl Opt {
    pub(super) fn new(name: impl Into<String>, takes: Takes) -> Self {
        Self { name: name.into(), takes, choices: &[] }
    }
}

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Parsed {
    /// The values of each option that was given; those of the last one when it was given twice.
    pub(super) options: BTreeMap<String, Vec<String>>,
    /// Options in the order they were given, for those whose order matters.
    pub(super) ordered: Vec<(String, Vec<String>)>,
    pub(super) positional: Vec<String>,
    /// What no option and no position takes, in order.
    pub(super) rest: Vec<String>,
}

impl Parsed {
    pub(super) fn has(&self, name: &str) -> bool {
        self.options.contains_key(name)
    }

    /// The first value of an option.
    pub(super) fn one(&self, name: &str) -> Option<&str> {
        self.options.get(name)?.first().map(String::as_str)
    }

    /// A whole number.
    pub(super) fn number(&self, name: &str) -> Result<Option<i64>, Failure> {
        let Some(text) = self.one(name) else { return Ok(None) };
        match text.trim().parse() {
            Ok(number) => Ok(Some(number)),
            Err(_) => Err(Failure::Usage(format!("argument {name}: invalid int value: '{text}'"))),
        }
    }
}

/// Whether an argument reads as an option: it begins with a dash, is no number and has no blank.
pub(super) fn is_option(arg: &str) -> bool {
    let Some(body) = arg.strip_prefix('-') else { return false };
    if body.is_empty() || arg.contains(' ') {
        return false;
    }
    body.parse::<f64>().is_err()
}

/// Reads arguments by a table of options and a number of positions.
pub(super) fn parse(args: &[String], table: &[Opt], positions: usize) -> Result<Parsed, Failure> {
    let mut parsed = Parsed::default();
    let mut i = 0;
    while i < args.len() {
        let arg = &args[i];
        i += 1;
        if arg == "--" {
            for arg in &args[i..] {
                place(&mut parsed, arg, positions);
            }
            break;
        }
        if !is_option(arg) {
            place(&mut parsed, arg, positions);
            continue;
        }
        let (name, attached) = match arg.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (arg.as_str(), None),
        };
        let Some(option) = lookup(name, table)? else {
            parsed.rest.push(arg.clone());
            continue;
        };
        let values = take(option, attached, args, &mut i)?;
        if let (false, Some(value)) = (option.choices.is_empty(), values.first())
            && !option.choices.contains(&value.as_str())
        {
            return Err(invalid_choice(&option.name, value, option.choices));
        }
        parsed.ordered.push((option.name.clone(), values.clone()));
        parsed.options.insert(option.name.clone(), values);
    }
    Ok(parsed)
}

fn place(parsed: &mut Parsed, arg: &str, positions: usize) {
    let list =
        if parsed.positional.len() < positions { &mut parsed.positional } else { &mut parsed.rest };
    list.push(arg.to_owned());
}

/// The option of that name, or the only one that begins with it.
fn lookup<'a>(name: &str, table: &'a [Opt]) -> Result<Option<&'a Opt>, Failure> {
    if let Some(option) = table.iter().find(|o| o.name == name) {
        return Ok(Some(option));
    }
    if !name.starts_with("--") || name.len() < 3 {
        return Ok(None);
    }
    let close: Vec<&Opt> = table.iter().filter(|o| o.name.starts_with(name)).collect();
    if close.len() > 1 {
        let names: Vec<&str> = close.iter().map(|o| o.name.as_str()).collect();
        let names = names.join(", ");
        return Err(Failure::Usage(format!("ambiguous option: {name} could match {names}")));
    }
    Ok(close.first().copied())
}

fn take(
    option: &Opt,
    attached: Option<String>,
    args: &[String],
    i: &mut usize,
) -> Result<Vec<String>, Failure> {
    let fail = |what: &str| Err(Failure::Usage(format!("argument {}: {what}", option.name)));
    if let Some(value) = attached {
        return match option.takes {
            Takes::Nothing => fail(&format!("ignored explicit argument '{value}'")),
            Takes::Two => fail("expected 2 arguments"),
            _ => Ok(vec![value]),
        };
    }
    let most = match option.takes {
        Takes::Nothing => 0,
        Takes::One | Takes::Maybe => 1,
        Takes::Two => 2,
        Takes::Many => usize::MAX,
    };
    let mut values = Vec::new();
    while values.len() < most && *i < args.len() && !is_option(&args[*i]) {
        values.push(args[*i].clone());
        *i += 1;
    }
    match (option.takes, values.len()) {
        (Takes::One, 0) => fail("expected one argument"),
        (Takes::Two, 0 | 1) => fail("expected 2 arguments"),
        _ => Ok(values),
    }
}

/// Fails with what is missing, or with what is too much.
pub(super) fn finish(parsed: &Parsed, missing: &[String]) -> Result<(), Failure> {
    if !missing.is_empty() {
        let names = missing.join(", ");
        return Err(Failure::Usage(format!("the following arguments are required: {names}")));
    }
    if !parsed.rest.is_empty() {
        return Err(Failure::Unknown(parsed.rest.clone()));
    }
    Ok(())
}
