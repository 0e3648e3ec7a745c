//! `distlab new`: a lab to begin from, which already parses and lints clean.

use std::fs;
use std::path::Path;

use anyhow::{Context, bail};

use super::{Args, DONE, Stop, say};
use course::{Source, skeleton};
use session::consent;

pub(super) fn run(
    args: &Args,
    id: &str,
    track: &str,
    title: Option<&str>,
    dir: &Path,
) -> anyhow::Result<u8> {
    let kebab = |text: &str| {
        !text.is_empty()
            && text.split('-').all(|part| {
                !part.is_empty()
                    && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
            })
    };
    if !kebab(id) || !kebab(track) {
        return Err(Stop::usage(format!(
            "{:?} is not a name for a folder: use small letters, digits and single hyphens",
            if kebab(id) { track } else { id }
        )));
    }
    let folder = dir.join(track).join(format!("{:02}-{id}", next_number(&dir.join(track))));
    let file = folder.join("lab.md");
    if file.exists() {
        bail!("{} exists already", file.display());
    }
    fs::create_dir_all(folder.join("files"))
        .with_context(|| format!("{} cannot be made", folder.display()))?;
    let title = title.map_or_else(|| heading(id), str::to_owned);
    fs::write(&file, skeleton(id, &title, track))?;
    // As this program wrote it, it may run; what its author makes of it is asked about.
    let profile = args.profile()?;
    let lab = Source::read(&folder)?.parse(&profile.learner);
    if let Ok(Some(text)) = lab.map(|lab| lab.digest) {
        consent::allow(&profile, id, text)?;
    }
    say(format!("Wrote {}.", file.display()))?;
    say("Next:")?;
    say(format!("  distlab lint {}", file.display()))?;
    say(format!("  distlab --labs {} test {id}", dir.display()))?;
    say(format!("  distlab --labs {} open {id}     (reloads whenever you save)", dir.display()))?;
    Ok(DONE)
}

/// One more than the highest number in the track's folder.
fn next_number(track: &Path) -> u32 {
    let numbers = fs::read_dir(track).into_iter().flatten().filter_map(|entry| {
        let name = entry.ok()?.file_name();
        name.to_str()?.split('-').next()?.parse::<u32>().ok()
    });
    numbers.max().unwrap_or(0) + 1
}

/// `s3-versions` → `S3 versions`
fn heading(id: &str) -> String {
    let words = id.replace('-', " ");
    let mut chars = words.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}
