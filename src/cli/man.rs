//! `distlab man`: the manual pages, made of the same words as `--help`.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;
use clap::Command;
use clap_mangen::Man;
use clap_mangen::roff::{Inline, Roff, bold, italic, roman};

use super::config::SETTINGS;
use super::facts::{self, EXITS, FILES, Facts, VARIABLES};
use super::{Args, DONE, Stop, say};
use base::text::{nearest, plural};

pub(super) fn run(verb: Option<&str>, dir: Option<&Path>) -> anyhow::Result<u8> {
    let mut root = Args::described();
    root.build();
    if let Some(dir) = dir {
        fs::create_dir_all(dir).with_context(|| format!("{} cannot be made", dir.display()))?;
        let mut written = 1;
        write(&dir.join("distlab.1"), &page(&root, None)?)?;
        for verb in root.get_subcommands().filter(|verb| !verb.is_hide_set()) {
            let file = dir.join(format!("distlab-{}.1", verb.get_name()));
            write(&file, &page(verb, facts::of(verb.get_name()))?)?;
            written += 1;
        }
        say(format!("Wrote {} into {}.", plural(written, "page"), dir.display()))?;
        return Ok(DONE);
    }
    let text = match verb {
        None => page(&root, None)?,
        Some(name) => {
            let shown: Vec<&Command> =
                root.get_subcommands().filter(|verb| !verb.is_hide_set()).collect();
            let found = shown.iter().find(|verb| verb.get_name() == name).ok_or_else(|| {
                let near = nearest(name, shown.iter().map(|verb| verb.get_name()));
                let near = near.map_or_else(String::new, |near| format!("; did you mean {near}?"));
                Stop::usage(format!("there is no verb {name:?}{near}"))
            })?;
            page(found, facts::of(name))?
        }
    };
    std::io::stdout().write_all(&text)?;
    Ok(DONE)
}

/// When the pages were last gone through as a whole. The day of a build would make each build another.
const DATE: &str = "2026-11-29";

fn write(file: &Path, text: &[u8]) -> anyhow::Result<()> {
    fs::write(file, text).with_context(|| format!("{} cannot be written", file.display()))
}

/// One page: of a verb with what is known of it, or of the program.
fn page(command: &Command, facts: Option<&Facts>) -> anyhow::Result<Vec<u8>> {
    let mut text = Vec::new();
    let man = Man::new(command.clone())
        .date(DATE)
        .source(concat!("distlab ", env!("CARGO_PKG_VERSION")))
        .manual("distlab");
    man.render_title(&mut text)?;
    man.render_name_section(&mut text)?;
    man.render_synopsis_section(&mut text)?;
    man.render_description_section(&mut text)?;
    man.render_options_section(&mut text)?;
    if facts.is_none() {
        man.render_subcommands_section(&mut text)?;
    }
    for (heading, entries) in sections(command, facts) {
        let mut roff = Roff::new();
        roff.control("SH", [heading]);
        for (term, what) in entries {
            roff.control("TP", []);
            roff.text([term]);
            roff.text([roman(what)]);
        }
        roff.to_writer(&mut text)?;
    }
    let mut roff = Roff::new();
    roff.control("SH", ["SEE ALSO"]);
    roff.text(others(command));
    roff.to_writer(&mut text)?;
    Ok(text)
}

type Section = (&'static str, Vec<(Inline, String)>);

/// What stands below the options.
fn sections(command: &Command, facts: Option<&Facts>) -> Vec<Section> {
    let mut all: Vec<Section> = Vec::new();
    let inner: Vec<_> = command.get_subcommands().flat_map(inside).collect();
    if facts.is_some() && !inner.is_empty() {
        all.push(("COMMANDS", inner));
    }
    let told = |what: &str| format!("{what}.");
    let exits = facts.map_or_else(|| EXITS.to_vec(), Facts::exits);
    let exits = exits.into_iter().map(|(code, what)| (bold(code.to_string()), told(what)));
    if let Some(facts) = facts.filter(|facts| !facts.json.is_empty()) {
        all.push(("JSON", vec![(bold("--json"), told(facts.json))]));
    }
    if command.get_name() == "config" {
        let setting = |s: &super::config::Setting| {
            let ways: Vec<&str> =
                [s.option, s.variable].into_iter().filter(|way| !way.is_empty()).collect();
            let wins = if ways.is_empty() {
                String::new()
            } else {
                format!(" {} wins over it.", ways.join(", then "))
            };
            (bold(s.name), format!("{}. Unless set: {}.{wins}", s.about, s.default))
        };
        all.push(("SETTINGS", SETTINGS.iter().map(setting).collect()));
    }
    all.push(("EXIT STATUS", exits.collect()));
    let entry = |(name, what): &(&str, &str)| (bold((*name).to_owned()), told(what));
    let variables = match facts {
        Some(facts) => facts.variables().map(entry).collect(),
        None => VARIABLES.iter().map(entry).collect(),
    };
    all.push(("ENVIRONMENT", variables));
    let used = |name: &str| facts.is_none_or(|facts| facts.files.contains(&name));
    let files = FILES.iter().filter(|(name, _)| used(name));
    let file = |(name, what): &(&str, &str)| (italic((*name).to_owned()), told(what));
    let files: Vec<_> = files.map(file).collect();
    if !files.is_empty() {
        all.push(("FILES", files));
    }
    let examples = facts.map_or(&[][..], |facts| facts.examples);
    if !examples.is_empty() {
        all.push(("EXAMPLES", examples.iter().map(entry).collect()));
    }
    all
}

/// A command inside of a verb, which has no page of its own: how it is called, and what it takes beside
/// the options of every verb.
fn inside(command: &Command) -> Vec<(Inline, String)> {
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage:").trim().to_owned();
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    let mut all = vec![(bold(usage), format!("{about}."))];
    for arg in command.get_arguments().filter(|arg| !arg.is_global_set() && !arg.is_hide_set()) {
        let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
        if arg.get_id() != "help" {
            all.push((italic(arg.to_string()), format!("{help}.")));
        }
    }
    all
}

/// The pages that go with this one.
fn others(command: &Command) -> Vec<Inline> {
    let link = |name: &str| vec![bold(name.to_owned()), roman("(1)")];
    if command.get_name() != "distlab" {
        return link("distlab");
    }
    let shown = command.get_subcommands().filter(|verb| !verb.is_hide_set());
    let mut all = Vec::new();
    for verb in shown {
        if !all.is_empty() {
            all.push(roman(", "));
        }
        all.extend(link(&format!("distlab-{}", verb.get_name())));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_verb_has_its_facts_and_they_are_of_what_it_takes() {
        let mut root = Args::described();
        root.build();
        let shown: Vec<&Command> = root.get_subcommands().filter(|v| !v.is_hide_set()).collect();
        let json = |verb: &Command| verb.get_arguments().any(|arg| arg.get_id() == "json");
        for verb in &shown {
            let name = verb.get_name();
            let facts = facts::of(name).unwrap_or_else(|| panic!("{name} has no facts"));
            let takes = json(verb) || verb.get_subcommands().any(json);
            assert_eq!(takes, !facts.json.is_empty(), "{name}: --json and the shape it prints");
            for named in facts.variables {
                assert!(VARIABLES.iter().any(|(known, _)| known == named), "{name}: {named}");
            }
            for named in facts.files {
                assert!(FILES.iter().any(|(known, _)| known == named), "{name}: {named}");
            }
            for arg in verb.get_arguments().filter(|arg| !arg.is_hide_set()) {
                assert!(arg.get_help().is_some(), "{name}: nothing is said of {}", arg.get_id());
            }
        }
        for facts in facts::FACTS {
            let known = shown.iter().any(|verb| verb.get_name() == facts.verb);
            assert!(known, "there is no verb {}", facts.verb);
        }
        assert!(facts::FACTS.is_sorted_by_key(|facts| facts.verb), "by name");
    }

    #[test]
    fn an_example_is_a_line_that_the_program_takes() {
        for (line, _) in facts::FACTS.iter().flat_map(|facts| facts.examples) {
            let line = line.split('|').next().unwrap_or_default();
            let line = line.trim_start_matches("source <(").trim_start_matches("eval \"$(");
            let line = line.trim_end_matches(")\"").trim_end_matches(')');
            let words = session::run::split(line).unwrap();
            if let Err(error) = Args::described().try_get_matches_from(&words) {
                panic!("{line}: {error}");
            }
        }
    }

    #[test]
    fn a_page_has_what_a_reader_looks_for() {
        let mut root = Args::described();
        root.build();
        let of = |name: &str| {
            let verb = root.find_subcommand(name).unwrap();
            String::from_utf8(page(verb, facts::of(name)).unwrap()).unwrap()
        };
        let reset = of("reset");
        for wanted in [
            ".TH distlab-reset 1",
            ".SH SYNOPSIS",
            ".SH \"EXIT STATUS\"",
            "nobody can be asked",
            "DISTLAB_HOME",
            "before\\-reset",
            ".SH EXAMPLES",
        ] {
            assert!(reset.contains(wanted), "{wanted}: {reset}");
        }
        assert!(of("config").contains("serve.registry\\-port"));
    }
}
