//! `docker system prune`: removes everything that nothing uses.

use crate::cx::{Cx, Fail};
use crate::filters;
use crate::prune;
use crate::verb::{Args, Verb, never};
use command_line::flags::{Flag, Parsed, flag, switch};

static FLAGS: &[Flag] = &[
    switch("all", "Remove named images too that no container uses").short('a'),
    flag("filter", "filter", "Only what matches (label=<key>=<value>)").check(filters::check),
    prune::FORCE,
    switch("volumes", "Remove volumes without a name too"),
];

pub(crate) static VERB: Verb = Verb {
    group: "system",
    name: "prune",
    aliases: &[],
    top: None,
    usage: "[OPTIONS]",
    about: "Remove unused data",
    flags: &[FLAGS],
    args: Args::None,
    interspersed: true,
    looks: never,
    run: prune,
};

fn prune(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let volumes = given.is("volumes");
    if volumes && filters::given(given).contains_key("until") {
        let why = "ERROR: The \"until\" filter is not supported with \"--volumes\"";
        return Err(Fail::new(1, why));
    }
    if !given.is("force") && !prune::agreed(cx, &warning(given)) {
        return Ok(0);
    }
    let all = given.is("all");
    let filters = filters::given(given);
    let mut freed = prune::remove(cx, &prune::CONTAINERS, &filters, &[])?;
    freed += prune::remove(cx, &prune::NETWORKS, &filters, &[])?;
    if volumes {
        freed += prune::remove(cx, &prune::VOLUMES, &filters, &[])?;
    }
    let mut of_images = filters.clone();
    of_images.insert("dangling".to_owned(), vec![(!all).to_string()]);
    freed += prune::remove(cx, &prune::IMAGES, &of_images, &[])?;
    freed += prune::remove(cx, &prune::CACHE, &filters, &[("all", all.to_string())])?;
    prune::tell_freed(cx, freed);
    Ok(0)
}

fn warning(given: &Parsed) -> String {
    let all = given.is("all");
    let mut lines = vec![
        "WARNING! This will remove:",
        "  - all stopped containers",
        "  - all networks not used by at least one container",
    ];
    if given.is("volumes") {
        lines.push("  - all anonymous volumes not used by at least one container");
    }
    lines.extend(if all {
        ["  - all images without at least one container associated to them", "  - all build cache"]
    } else {
        ["  - all dangling images", "  - unused build cache"]
    });
    let mut text = lines.join("\n") + "\n";
    let mut filters: Vec<String> = filters::given(given)
        .into_iter()
        .flat_map(|(name, values)| values.into_iter().map(move |v| format!("  - {name}={v}\n")))
        .collect();
    filters.sort();
    if !filters.is_empty() {
        text += "\n  Items to be pruned will be filtered with:\n";
        text += &filters.concat();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use command_line::flags;

    #[test]
    fn the_warning_lists_what_goes() {
        let check = |line: &str, want: &[&str], none: &[&str]| {
            let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
            let text = warning(&flags::parse(&words, &[FLAGS], true).expect("flags"));
            for part in want {
                assert!(text.contains(part), "{line}: {part:?} is not in:\n{text}");
            }
            for part in none {
                assert!(!text.contains(part), "{line}: {part:?} is in:\n{text}");
            }
        };
        check("", &["all dangling images", "unused build cache"], &["volumes", "filtered"]);
        check("-a", &["without at least one container", "all build cache"], &["dangling"]);
        check("--volumes", &["all anonymous volumes"], &[]);
        check(
            "--filter until=1h --filter label=b --filter label=a",
            &["filtered with:\n  - label=a\n  - label=b\n  - until=1h\n"],
            &[],
        );
    }
}
