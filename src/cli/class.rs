//! `distlab class`: a teacher opens a class and hands out one file.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use super::args::{Class as Command, NewClass};
use super::lab_session::wall;
use super::submit::lab_digest;
use super::{Args, DONE, Stop, say, say_json};
use base::Time;
use base::time::parse_span;
use grade::roster;
use session::class::{Assignment, Class, LateRule, Person, TeacherKey, Terms};
use session::profile::Profile;

/// A larger class file or roster is none.
const FILE_BYTES_MAX: u64 = 4 << 20;

pub(super) fn run(args: &Args, command: &Command) -> anyhow::Result<u8> {
    match command {
        Command::New(what) => new(args, what),
        Command::Show { file, json } => show(file, *json),
    }
}

fn new(args: &Args, what: &NewClass) -> anyhow::Result<u8> {
    let made = wall();
    let mut terms = Terms::new(&what.name, made)?;
    for text in &what.assignments {
        let one = assignment(args, text)?;
        if terms.labs.iter().any(|other| other.lab == one.lab) {
            return Err(Stop::usage(format!("the lab {} is named twice", one.lab)));
        }
        terms.labs.push(one);
    }
    let grace = parse_span(&what.grace).ok_or_else(|| {
        Stop::usage(format!("{:?} is not a span of time: write 2h, or 1d", what.grace))
    })?;
    terms.late = LateRule {
        grace_ms: i64::try_from(grace.as_millis()).unwrap_or(i64::MAX),
        percent_a_day: what.late,
        cutoff_days: what.cutoff,
    };
    let people = what.roster.as_deref().map(read_roster).transpose()?.unwrap_or_default();
    terms.roster = people.iter().map(|person| terms.on_roster(&person.number)).collect();
    // In order of their digests, so that the file does not say who stands where on the list.
    terms.roster.sort_by_key(ToString::to_string);
    let key = teacher_key(&args.profile()?)?;
    let path = what.out.clone().unwrap_or_else(|| PathBuf::from(file_name(&what.name) + ".class"));
    let class = terms.sign(&key)?;
    let mut file = File::create_new(&path).with_context(|| {
        format!("{} cannot be made; an existing file is not overwritten, since learners may have joined it", path.display())
    })?;
    file.write_all(class.text()?.as_bytes())?;
    say(format!("Wrote {}, signed by {}.", path.display(), class.teacher()))?;
    for line in self::terms(&class) {
        say(line)?;
    }
    say(format!("Hand it out: distlab join {}", path.display()))?;
    say(format!("Grade with it: distlab grade --class {} *.dlab", path.display()))?;
    Ok(DONE)
}

/// `LAB`, `LAB=POINTS`, `LAB@DATE` or `LAB=POINTS@DATE`.
fn assignment(args: &Args, text: &str) -> anyhow::Result<Assignment> {
    let (front, due) = match text.split_once('@') {
        Some((front, date)) => (front, Some(date_of(date)?)),
        None => (text, None),
    };
    let (lab, points) = match front.split_once('=') {
        Some((lab, points)) => {
            let known = points.parse::<u32>().ok().filter(|points| *points <= 100_000);
            let known = known.ok_or_else(|| {
                Stop::usage(format!("{points:?} is not a number of points, in {text:?}"))
            })?;
            (lab, Some(known))
        }
        None => (front, None),
    };
    let lab = args.same_place().lab_named(lab)?;
    let catalog = args.catalog();
    catalog.get(&lab).map_err(|unknown| Stop::usage(unknown.to_string()))?;
    Ok(Assignment { digest: lab_digest(args, &lab)?, lab, points, due })
}

/// A date, or the end of a day in UTC.
fn date_of(text: &str) -> anyhow::Result<Time> {
    let day = || Time::parse_iso(&format!("{text}T23:59:59Z"));
    Time::parse_iso(text).or_else(day).ok_or_else(|| {
        Stop::usage(format!(
            "{text:?} is not a date: write 2026-12-01, or 2026-12-01T18:00:00Z (with Z, or +01:00)"
        ))
    })
}

/// A name for a file, of a name for people.
fn file_name(name: &str) -> String {
    let letters = name.chars().map(|c| if c.is_alphanumeric() { c } else { '-' });
    let name: String = letters.collect();
    let name = name.trim_matches('-').to_owned();
    if name.is_empty() { "class".into() } else { name }
}

/// The key of the teacher whose profile this is, made when there is none.
fn teacher_key(profile: &Profile) -> anyhow::Result<TeacherKey> {
    let path = key_path(profile);
    if !path.exists() {
        let fresh = path.with_extension(format!("new-{}", store::unguessable()));
        let mut file = File::options().write(true).create_new(true).mode(0o600).open(&fresh)?;
        file.write_all(&TeacherKey::generate()?)?;
        file.sync_all()?;
        // Should another program be faster, its key stands.
        let _ = fs::hard_link(&fresh, &path);
        fs::remove_file(&fresh)?;
    }
    let document = fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?;
    TeacherKey::read(&document)
}

fn key_path(profile: &Profile) -> PathBuf {
    profile.home.join("teacher.pk8")
}

/// The key by which this profile signs, if it ever did.
fn own_key(profile: &Profile) -> anyhow::Result<Option<String>> {
    if !key_path(profile).exists() {
        return Ok(None);
    }
    Ok(Some(teacher_key(profile)?.public()))
}

/// Reads a class file for grading: it counts only if this teacher signed it, or the one that is named.
pub(super) fn trusted(args: &Args, file: &Path, teacher: Option<&str>) -> anyhow::Result<Class> {
    let class = read(file)?;
    let own = own_key(&args.profile()?)?;
    let trusted = teacher.map(str::to_lowercase).or(own);
    if trusted.as_deref() != Some(class.teacher()) {
        bail!(
            "{} was signed by the key {}, which is not this profile's. If you know that it is the teacher's \
             (distlab class show prints it there), grade with --teacher {0}",
            file.display(),
            class.teacher()
        );
    }
    Ok(class)
}

pub(super) fn read(file: &Path) -> anyhow::Result<Class> {
    Class::read(&text(file)?).with_context(|| format!("{} cannot be taken", file.display()))
}

pub(super) fn read_roster(file: &Path) -> anyhow::Result<Vec<Person>> {
    roster::read(&text(file)?).with_context(|| format!("{} cannot be taken", file.display()))
}

fn text(file: &Path) -> anyhow::Result<String> {
    let mut text = String::new();
    let cannot = || format!("{} cannot be read", file.display());
    let open = File::open(file).with_context(cannot)?;
    open.take(FILE_BYTES_MAX + 1).read_to_string(&mut text).with_context(cannot)?;
    if text.len() as u64 > FILE_BYTES_MAX {
        bail!("{} is larger than {} MiB", file.display(), FILE_BYTES_MAX >> 20);
    }
    Ok(text)
}

/// What a class says, in lines.
pub(super) fn terms(class: &Class) -> Vec<String> {
    let terms = &class.terms;
    let mut lines: Vec<String> = terms
        .labs
        .iter()
        .map(|one| {
            let points = one.points.map_or_else(String::new, |points| {
                format!(", {}", base::text::plural(points as usize, "point"))
            });
            let due = one.due.map_or_else(String::new, |due| format!(", due {}", due.iso_secs()));
            format!("  {}{points}{due}", one.lab)
        })
        .collect();
    let rule = &terms.late;
    if rule.percent_a_day > 0 || rule.cutoff_days.is_some() {
        let mut text = format!("  late: {} % for each day begun", rule.percent_a_day);
        if rule.grace_ms > 0 {
            let grace = u64::try_from(rule.grace_ms).unwrap_or_default();
            let grace = base::text::span(std::time::Duration::from_millis(grace));
            text = format!("{text}, after {grace} of grace");
        }
        if let Some(days) = rule.cutoff_days {
            let days = base::text::plural(days as usize, "day");
            text = format!("{text}, nothing after {days}");
        }
        lines.push(text);
    }
    lines
}

fn show(file: &Path, json: bool) -> anyhow::Result<u8> {
    let class = read(file)?;
    if json {
        say_json(&serde_json::json!({
            "id": class.id(), "teacher": class.teacher(), "terms": class.terms,
        }))?;
        return Ok(DONE);
    }
    say(&class.terms.name)?;
    for line in terms(&class) {
        say(line)?;
    }
    say(match class.terms.roster.len() {
        0 => "  open to everybody who has the file".into(),
        people => format!("  {people} on the roster"),
    })?;
    say(format!("signed by {}", class.teacher()))?;
    Ok(DONE)
}
