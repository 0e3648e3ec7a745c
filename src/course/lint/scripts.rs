//! What can be said of shell text without running it: images and files it names.
//!
//! Not a shell: it looks for the few spellings that labs use, and is silent about the others.

use std::collections::BTreeSet;

use super::super::lab::{Lab, Script};
use super::super::parse::Draft;
use super::super::problem::Report;

/// Options of `docker run` and `docker service create` that stand alone. Every other long option
/// without `=` takes the next word.
const FLAGS: &[&str] = &[
    "--detach",
    "--interactive",
    "--tty",
    "--rm",
    "--init",
    "--privileged",
    "--publish-all",
    "--read-only",
    "--quiet",
    "--no-healthcheck",
    "--oom-kill-disable",
    "--sig-proxy",
    "--all-tags",
    "--with-registry-auth",
    "--disable-content-trust",
    "--no-resolve-image",
];
/// The short ones that stand alone, also in a bundle (`-dit`).
const SHORT_FLAGS: &str = "ditPq";

/// Judges every script of a lab.
pub(super) fn lint(draft: &Draft, errors: &mut Report, warnings: &mut Report) {
    let lab = &draft.lab;
    images(draft, warnings);
    let mut named = String::new();
    for script in all(draft) {
        named.push_str(&script.text);
        for (name, line) in file_urls(script) {
            let given = lab.files.iter().any(|(file, _)| *file == name);
            if !given && !makes(draft, &name) {
                let what = format!("`file://{name}` is neither in `files/` nor made by the lab");
                errors.add(line, what, "give the file, or write it in the step");
            }
        }
    }
    named.push_str(&words(lab));
    for (file, _) in &lab.files {
        // A folder's name stands for all that is in it.
        let mention = file.split('/').next().unwrap_or(file);
        if !named.contains(mention) {
            warnings.add(
                1,
                format!("the file `{file}` is named nowhere in the lab"),
                "use it or take it out",
            );
        }
    }
}

/// Every script and every example, in the order of the steps.
fn all(draft: &Draft) -> impl Iterator<Item = &Script> {
    let of_steps = draft
        .lab
        .steps
        .iter()
        .flat_map(|s| s.setup.iter().chain(&s.solve).chain(&s.accept).chain(&s.reject));
    draft.examples.iter().chain(of_steps)
}

/// The lesson's words and the commands of its checks.
fn words(lab: &Lab) -> String {
    let mut out = super::super::lesson::text_of(&lab.intro);
    for step in &lab.steps {
        out.push_str(&super::super::lesson::text_of(&step.blocks));
        for expect in &step.expects {
            out.push_str(&expect.run);
        }
    }
    out
}

/// The images that containers are made from and the front matter does not name.
fn images(draft: &Draft, warnings: &mut Report) {
    let scripts = || all(draft).filter(|s| matches!(s.lang.as_str(), "sh" | "bash" | "console"));
    let built: BTreeSet<String> =
        scripts().flat_map(commands).filter_map(|(c, _)| makes_image(&c)).collect();
    let named: BTreeSet<&str> = draft.lab.images.iter().map(|i| plain_name(i)).collect();
    let mut said = BTreeSet::new();
    for (command, line) in scripts().flat_map(commands) {
        let Some(image) = image_of(&command) else { continue };
        let image = plain_name(&image).to_owned();
        if image.contains('$') || built.contains(&image) || named.contains(image.as_str()) {
            continue;
        }
        if said.insert(image.clone()) {
            warnings.add(
                line,
                format!("the image `{image}` is not among the lab's `images`"),
                format!("write `images = [\"{image}\"]` in the front matter"),
            );
        }
    }
}

fn plain_name(image: &str) -> &str {
    let image = image.strip_prefix("docker.io/").unwrap_or(image);
    let image = image.strip_prefix("library/").unwrap_or(image);
    image.strip_suffix(":latest").unwrap_or(image)
}

/// The simple commands of a script with their lines.
fn commands(script: &Script) -> Vec<(Vec<String>, usize)> {
    let mut found = Vec::new();
    let (mut pending, mut begun) = (String::new(), 0);
    for (number, line) in script.text.lines().enumerate() {
        if pending.is_empty() {
            begun = script.line + 1 + number;
        }
        let text = line.trim_start().strip_prefix("$ ").unwrap_or(line);
        if let Some(more) = text.strip_suffix('\\') {
            pending.push_str(more);
            continue;
        }
        pending.push_str(text);
        let words = shlex::split(&std::mem::take(&mut pending)).unwrap_or_default();
        let parts = words.split(|w| matches!(w.as_str(), "&&" | "||" | "|" | ";"));
        found.extend(parts.filter(|p| !p.is_empty()).map(|p| (p.to_vec(), begun)));
    }
    found
}

/// The words behind `docker` with its management word taken off, if the verb is one of these.
fn docker<'w>(command: &'w [String], groups: &[&str], verbs: &[&str]) -> Option<&'w [String]> {
    let rest = command.strip_prefix(&["docker".to_owned()])?;
    let (first, behind) = rest.split_first()?;
    let rest = if groups.contains(&first.as_str()) { behind } else { rest };
    let (verb, args) = rest.split_first()?;
    verbs.contains(&verb.as_str()).then_some(args)
}

/// The image that `docker run` and its like make a container from.
fn image_of(command: &[String]) -> Option<String> {
    let args = docker(command, &["container", "image", "service"], &["run", "create", "pull"])?;
    let mut args = args.iter();
    while let Some(word) = args.next() {
        if let Some(short) = word.strip_prefix('-').filter(|w| !w.starts_with('-')) {
            // One letter behind those that stand alone takes the next word; more are its value.
            if short.trim_start_matches(|c| SHORT_FLAGS.contains(c)).len() == 1 {
                args.next();
            }
        } else if word.starts_with("--") {
            if !word.contains('=') && !FLAGS.contains(&word.as_str()) {
                args.next();
            }
        } else {
            return Some(word.clone());
        }
    }
    None
}

/// The image that `docker build`, `commit` or `tag` makes.
fn makes_image(command: &[String]) -> Option<String> {
    if let Some(args) = docker(command, &["image", "buildx"], &["build"]) {
        let at = args.iter().position(|w| w == "-t" || w == "--tag");
        let name = at.and_then(|at| args.get(at + 1)).map(String::as_str);
        let name = name.or_else(|| args.iter().find_map(|w| w.strip_prefix("--tag=")));
        return name.map(|n| plain_name(n).to_owned());
    }
    let args = docker(command, &["image", "container"], &["commit", "tag"])?;
    args.last().map(|n| plain_name(n).to_owned())
}

/// The relative names behind `file://` and `fileb://`, with their lines.
fn file_urls(script: &Script) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    for (number, line) in script.text.lines().enumerate() {
        for part in line.split("file://").chain(line.split("fileb://")).skip(1) {
            let end = part.find([' ', '"', '\'', ')', ';', '\\']).unwrap_or(part.len());
            let name = part[..end].strip_prefix("./").unwrap_or(&part[..end]);
            let fits = name.chars().all(|c| c.is_alphanumeric() || "._-/".contains(c));
            if fits
                && !name.is_empty()
                && !name.starts_with('/')
                && line.contains(&format!("://{name}"))
            {
                found.push((name.to_owned(), script.line + 1 + number));
            }
        }
    }
    found.sort();
    found.dedup();
    found
}

/// Whether some script names a file otherwise than as a URL: it is taken to make it.
fn makes(draft: &Draft, name: &str) -> bool {
    all(draft).any(|s| s.text.match_indices(name).any(|(at, _)| !s.text[..at].ends_with("://")))
}

/// The first character of a command line that only a shell would understand.
pub(super) fn shell_mark(run: &str) -> Option<&'static str> {
    let (mut single, mut double) = (false, false);
    let mut chars = run.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' if !single => drop(chars.next()),
            '\'' if !double => single = !single,
            '"' if !single => double = !double,
            _ if single => {}
            '`' => return Some("`"),
            '$' if chars.peek().is_some_and(|n| n.is_ascii_alphabetic() || "({_".contains(*n)) => {
                return Some("$");
            }
            _ if double => {}
            '|' => return Some("|"),
            ';' => return Some(";"),
            '&' => return Some("&"),
            '<' => return Some("<"),
            '>' => return Some(">"),
            '\n' => return Some("line break"),
            _ => {}
        }
    }
    None
}

/// Whether a command lists or reports, and so succeeds of an empty world too.
pub(super) fn always_succeeds(run: &str) -> bool {
    let words = shlex::split(run).unwrap_or_default();
    let mut plain = words.iter().skip(1).map(String::as_str);
    plain.any(|w| {
        matches!(w, "ls" | "ps" | "images" | "info" | "version" | "-report" | "-printTopology")
            || w.starts_with("list-buckets")
            || w.starts_with("get-caller-identity")
    }) && !words.iter().skip(1).any(|w| w.contains("://") || w.starts_with('/'))
}
