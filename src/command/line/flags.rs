//! Flags and arguments: the rules and words of pflag, which clients written in Go have in common.
//!
//! It knows no command; each command states its flags in a table.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// One flag of a command.
pub struct Flag {
    pub long: &'static str,
    pub short: Option<char>,
    /// What its value is called in the help page; empty for a switch.
    pub value: &'static str,
    pub help: &'static str,
    /// Says what is wrong with a value.
    pub check: fn(&str) -> Result<(), String>,
}

/// A flag with a value.
pub const fn flag(long: &'static str, value: &'static str, help: &'static str) -> Flag {
    Flag { long, short: None, value, help, check: anything }
}

/// A flag without.
pub const fn switch(long: &'static str, help: &'static str) -> Flag {
    Flag { long, short: None, value: "", help, check: boolean }
}

impl Flag {
    #[must_use]
    pub const fn short(mut self, letter: char) -> Self {
        self.short = Some(letter);
        self
    }

    #[must_use]
    pub const fn check(mut self, check: fn(&str) -> Result<(), String>) -> Self {
        self.check = check;
        self
    }

    /// `-a, --all`, as messages name it.
    fn spelled(&self) -> String {
        match self.short {
            Some(letter) => format!("-{letter}, --{}", self.long),
            None => format!("--{}", self.long),
        }
    }
}

/// What a command was given.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Parsed {
    values: BTreeMap<&'static str, Vec<String>>,
    pub args: Vec<String>,
    /// `--help` was among the flags; `-h` is its deprecated short form.
    pub help: Option<Help>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Help {
    Asked,
    Deprecated,
}

impl Parsed {
    /// Whether a switch is on.
    pub fn is(&self, long: &str) -> bool {
        self.get(long).is_some_and(|v| parse_bool(v) == Some(true))
    }

    /// A switch that is on unless turned off.
    pub fn is_unless_off(&self, long: &str) -> bool {
        self.get(long).is_none_or(|v| parse_bool(v) == Some(true))
    }

    /// The last value given for a flag.
    pub fn get(&self, long: &str) -> Option<&str> {
        self.values.get(long).and_then(|v| v.last()).map(String::as_str)
    }

    /// The last value that is not empty.
    pub fn text(&self, long: &str) -> Option<&str> {
        self.get(long).filter(|v| !v.is_empty())
    }

    /// Every value given for a flag, in order.
    pub fn all(&self, long: &str) -> &[String] {
        self.values.get(long).map_or(&[], Vec::as_slice)
    }

    /// The flags that were given, each once.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.values.keys().copied()
    }

    /// A value that its check has found to be a number.
    pub fn number(&self, long: &str) -> Option<i64> {
        self.get(long).and_then(|v| parse_int(v).ok())
    }

    /// Every value of a flag that takes several at once, between commas.
    pub fn list(&self, long: &str) -> Vec<String> {
        let each = self.all(long).iter().flat_map(|value| value.split(','));
        each.filter(|part| !part.is_empty()).map(str::to_owned).collect()
    }

    /// The `name=value` pairs of a flag; a name alone has an empty value.
    pub fn pairs(&self, long: &str) -> Map<String, Value> {
        let pair = |text: &String| {
            let (name, value) = text.split_once('=').unwrap_or((text, ""));
            (name.to_owned(), Value::from(value))
        };
        self.all(long).iter().map(pair).collect()
    }
}

/// Reads a command's words. `interspersed` allows flags after arguments.
///
/// # Errors
/// The first thing that is wrong, in pflag's words.
pub fn parse(
    words: &[String],
    tables: &[&'static [Flag]],
    interspersed: bool,
) -> Result<Parsed, String> {
    let mut parsed = Parsed::default();
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        if word == "--" {
            parsed.args.extend(rest.cloned());
            break;
        }
        if let Some(long) = word.strip_prefix("--") {
            long_flag(&mut parsed, long, &mut rest, tables)?;
        } else if word.len() > 1 && word.starts_with('-') {
            short_flags(&mut parsed, &word[1..], &mut rest, tables)?;
        } else {
            parsed.args.push(word.clone());
            if !interspersed {
                parsed.args.extend(rest.cloned());
                break;
            }
        }
    }
    Ok(parsed)
}

fn find(tables: &[&'static [Flag]], wanted: impl Fn(&Flag) -> bool) -> Option<&'static Flag> {
    tables.iter().flat_map(|table| table.iter()).find(|flag| wanted(flag))
}

fn long_flag(
    parsed: &mut Parsed,
    text: &str,
    rest: &mut std::slice::Iter<'_, String>,
    tables: &[&'static [Flag]],
) -> Result<(), String> {
    if text.starts_with('-') || text.starts_with('=') {
        return Err(format!("bad flag syntax: --{text}"));
    }
    let (name, value) = match text.split_once('=') {
        Some((name, value)) => (name, Some(value.to_owned())),
        None => (text, None),
    };
    let Some(flag) = find(tables, |f| f.long == name) else {
        if name == "help" {
            let value = value.as_deref().unwrap_or("true");
            boolean(value)
                .map_err(|why| format!("invalid argument {value:?} for \"--help\" flag: {why}"))?;
            parsed.help = (parse_bool(value) == Some(true)).then_some(Help::Asked);
            return Ok(());
        }
        return Err(format!("unknown flag: --{name}"));
    };
    let value = match value {
        Some(value) => value,
        None if flag.value.is_empty() => "true".to_owned(),
        None => rest.next().cloned().ok_or_else(|| format!("flag needs an argument: --{name}"))?,
    };
    store(parsed, flag, value)
}

fn short_flags(
    parsed: &mut Parsed,
    mut cluster: &str,
    rest: &mut std::slice::Iter<'_, String>,
    tables: &[&'static [Flag]],
) -> Result<(), String> {
    while let Some(letter) = cluster.chars().next() {
        let after = &cluster[letter.len_utf8()..];
        let Some(flag) = find(tables, |f| f.short == Some(letter)) else {
            if letter == 'h' {
                parsed.help = Some(Help::Deprecated);
                cluster = after;
                continue;
            }
            return Err(format!("unknown shorthand flag: '{letter}' in -{cluster}"));
        };
        if let Some(value) = after.strip_prefix('=') {
            return store(parsed, flag, value.to_owned());
        }
        if flag.value.is_empty() {
            store(parsed, flag, "true".to_owned())?;
            cluster = after;
            continue;
        }
        let value = match after {
            "" => rest
                .next()
                .cloned()
                .ok_or_else(|| format!("flag needs an argument: '{letter}' in -{cluster}"))?,
            joined => joined.to_owned(),
        };
        return store(parsed, flag, value);
    }
    Ok(())
}

fn store(parsed: &mut Parsed, flag: &'static Flag, value: String) -> Result<(), String> {
    (flag.check)(&value).map_err(|why| {
        format!("invalid argument {value:?} for \"{}\" flag: {why}", flag.spelled())
    })?;
    parsed.values.entry(flag.long).or_default().push(value);
    Ok(())
}

#[expect(clippy::unnecessary_wraps, reason = "it stands among checks that do fail")]
fn anything(_: &str) -> Result<(), String> {
    Ok(())
}

/// The words Go takes for a truth value.
fn parse_bool(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

fn boolean(text: &str) -> Result<(), String> {
    let why = || format!("strconv.ParseBool: parsing {text:?}: invalid syntax");
    parse_bool(text).map(drop).ok_or_else(why)
}

fn parse_int(text: &str) -> Result<i64, String> {
    use std::num::IntErrorKind;
    text.parse::<i64>().map_err(|e| {
        let why = match e.kind() {
            IntErrorKind::PosOverflow | IntErrorKind::NegOverflow => "value out of range",
            _ => "invalid syntax",
        };
        format!("strconv.ParseInt: parsing {text:?}: {why}")
    })
}

/// A whole number.
pub fn int(text: &str) -> Result<(), String> {
    parse_int(text).map(drop)
}

/// A whole number that is not negative.
pub fn uint(text: &str) -> Result<(), String> {
    parse_uint(text).map(drop)
}

/// One that has 32 bits.
pub fn uint32(text: &str) -> Result<(), String> {
    match parse_uint(text)? {
        number if u32::try_from(number).is_ok() => Ok(()),
        _ => Err(format!("strconv.ParseUint: parsing {text:?}: value out of range")),
    }
}

fn parse_uint(text: &str) -> Result<u64, String> {
    use std::num::IntErrorKind;
    let digits = !text.starts_with('+');
    text.parse::<u64>().ok().filter(|_| digits).ok_or_else(|| {
        let why = match text.parse::<u64>().map_err(|e| *e.kind()) {
            Err(IntErrorKind::PosOverflow) => "value out of range",
            _ => "invalid syntax",
        };
        format!("strconv.ParseUint: parsing {text:?}: {why}")
    })
}

/// A number with a point.
pub fn float(text: &str) -> Result<(), String> {
    let why = || format!("strconv.ParseFloat: parsing {text:?}: invalid syntax");
    text.parse::<f32>().map(drop).map_err(|_| why())
}
