//! `docker volume prune`: removes the volumes that no container uses.

use std::collections::BTreeMap;

use crate::cx::{Cx, Fail};
use crate::filters;
use crate::prune;
use crate::verb::{Args, Verb, never};
use command_line::flags::{Flag, Parsed, flag, switch};

static FLAGS: &[Flag] = &[
    switch("all", "Remove volumes with a name too").short('a'),
    flag("filter", "filter", "Only what matches (label=<name>)").check(filters::check),
    prune::FORCE,
];

pub(crate) static VERB: Verb = Verb {
    group: "volume",
    name: "prune",
    aliases: &[],
    top: None,
    usage: "[OPTIONS]",
    about: "Remove unused local volumes",
    flags: &[FLAGS],
    args: Args::None,
    interspersed: true,
    looks: never,
    run: prune,
};

/// Since this version the engine spares volumes with a name unless told not to.
const SPARING: (u32, u32) = (1, 42);

fn prune(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let engine = cx.engine()?;
    let sparing = cx.wait(engine.api_version())? >= SPARING;
    if given.get("all").is_some() {
        cx.needs_api("\"--all\"", SPARING)?;
    }
    if !given.is("force") && !prune::agreed(cx, &warning(sparing, given.is("all"))) {
        return Ok(0);
    }
    let filters = filters(given)?;
    let freed = prune::remove(cx, &prune::VOLUMES, &filters, &[])?;
    prune::tell_freed(cx, freed);
    Ok(0)
}

/// What is asked before; an engine that spares volumes with a name takes the others alone.
fn warning(sparing: bool, all: bool) -> String {
    let kind = if sparing && !all { "anonymous local" } else { "local" };
    format!("WARNING! This will remove all {kind} volumes not used by at least one container.")
}

/// Which volumes the engine is to take.
///
/// # Errors
/// `--all` said twice, and perhaps differently.
fn filters(given: &Parsed) -> Result<BTreeMap<String, Vec<String>>, Fail> {
    let mut filters = filters::given(given);
    if given.is("all") {
        if filters.contains_key("all") {
            let why = "conflicting options: cannot specify both --all and --filter all=1";
            return Err(Fail::new(1, why));
        }
        filters.insert("all".to_owned(), vec!["true".to_owned()]);
    }
    Ok(filters)
}

#[cfg(test)]
mod tests {
    use super::*;
    use command_line::flags;

    #[test]
    fn the_question_says_what_goes() {
        let check = |sparing, all, want: &str| {
            let found = warning(sparing, all);
            assert!(found.contains(&format!("all {want} volumes")), "{sparing} {all}: {found}");
        };
        check(true, false, "anonymous local");
        check(true, true, "local");
        check(false, false, "local");
    }

    #[test]
    fn flags_become_filters() {
        let check = |line: &str, want: Option<&[(&str, &[&str])]>| {
            let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
            let given = flags::parse(&words, &[FLAGS], true).expect("flags");
            let found = filters(&given).ok();
            let want = want.map(|all| {
                let texts = |v: &[&str]| v.iter().map(|v| (*v).to_owned()).collect::<Vec<_>>();
                all.iter().map(|(n, v)| ((*n).to_owned(), texts(v))).collect()
            });
            assert_eq!(found, want, "{line}");
        };
        check("", Some(&[]));
        check("-a", Some(&[("all", &["true"])]));
        check("--filter label=a --filter label=b", Some(&[("label", &["a", "b"])]));
        check("--filter all=1", Some(&[("all", &["1"])]));
        check("-a --filter all=1", None);
    }
}
