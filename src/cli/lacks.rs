//! What a lab will lack on this machine, said before it begins: `distlab doctor LAB`, and whoever
//! opens a lab of which nothing was done yet.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use base::text::{binary_prefix, plural};
use course::{Entry, Need};
use docker::images::{self, Source};
use docker::{Engine, block_on};

/// Something that is not as the lab would have it.
pub(super) struct Lack {
    pub what: &'static str,
    /// Whether steps of the lab will not work.
    pub serious: bool,
    pub says: String,
}

/// Bytes that a lab with real containers wants free: its images unpacked, and what is built of them.
const DISK_CONTAINERS: u64 = 1 << 30;
/// Each node of a swarm keeps images of its own.
const DISK_SWARM: u64 = 3 << 30;
/// A lab without containers writes a journal and a few files.
const DISK_PLAIN: u64 = 50 << 20;
/// A handful of small containers.
const MEMORY_CONTAINERS: u64 = 256 << 20;
/// MySQL takes half of a gigabyte as it comes.
const MEMORY_DATABASE: u64 = 768 << 20;
/// Three engines of about 100 MiB each, and what runs on them.
const MEMORY_SWARM: u64 = 1 << 30;

/// What a lab will lack. Without an engine that is all there is to say of images and memory.
pub(super) fn of(home: &Path, lab: &Entry) -> Vec<Lack> {
    let mut found = Vec::new();
    let real = lab.needs.contains(&Need::Docker) || lab.needs.contains(&Need::Swarm);
    if !real {
        found.extend(room("disk", home, DISK_PLAIN));
        return found;
    }
    if let Some(problem) = docker::problem() {
        let says = format!("the lab {} needs a Docker Engine. {problem}", lab.id);
        return vec![Lack { what: "engine", serious: true, says }];
    }
    found.extend(of_images(lab));
    let swarm = lab.needs.contains(&Need::Swarm);
    let database = lab.images.iter().any(|image| image.starts_with("mysql"));
    let (memory, disk) = match (swarm, database) {
        (true, _) => (MEMORY_SWARM, DISK_SWARM),
        (false, true) => (MEMORY_DATABASE, DISK_CONTAINERS),
        (false, false) => (MEMORY_CONTAINERS, DISK_CONTAINERS),
    };
    let info = block_on(async { Engine::connect(None).await?.get_json("/info").await });
    let info = info.unwrap_or_default();
    let of_engine = info["MemTotal"].as_u64();
    let free = [of_engine, available()].into_iter().flatten().min();
    found.extend(free.filter(|free| *free < memory).map(|free| Lack {
        what: "memory",
        serious: false,
        says: format!(
            "{} of memory are free, and the lab wants about {}: close something, or expect containers \
             that are killed (exit code 137)",
            bytes(free),
            bytes(memory)
        ),
    }));
    let root = info["DockerRootDir"].as_str().map(PathBuf::from).filter(|root| root.exists());
    found.extend(room("disk", root.as_deref().unwrap_or(home), disk));
    found
}

/// The images of a lab: those that cannot be had here in any way, and those that are not the genuine
/// ones.
fn of_images(lab: &Entry) -> Vec<Lack> {
    let status = block_on(async { images::status(&Engine::connect(None).await?).await });
    let status = status.unwrap_or_default();
    let mut found = Vec::new();
    let mut absent = Vec::new();
    let mut stand_ins = Vec::new();
    for name in &lab.images {
        let known = images::find(name).and_then(|n| status.iter().find(|s| s.name == n.name));
        match known.and_then(|known| known.source) {
            Some(Source::Present | Source::Pulled) => {}
            Some(Source::StandIn) => stand_ins.push(name.as_str()),
            None => match images::cannot_stand_in(name) {
                Some(why) => found.push(Lack {
                    what: "image",
                    serious: true,
                    says: format!(
                        "{name} is not here. Where no registry answers, a stand-in is made of this \
                         machine's own files, and that is not possible now: {why}"
                    ),
                }),
                None => absent.push(name.as_str()),
            },
        }
    }
    if !absent.is_empty() {
        found.push(Lack {
            what: "images",
            serious: false,
            says: format!(
                "{} not here yet: {}. distlab images get {} pulls {}, or makes {} where no registry \
                 answers",
                plural(absent.len(), "image") + if absent.len() == 1 { " is" } else { " are" },
                absent.join(", "),
                absent.join(" "),
                if absent.len() == 1 { "it" } else { "them" },
                if absent.len() == 1 { "a stand-in" } else { "stand-ins" },
            ),
        });
    }
    if !stand_ins.is_empty() {
        found.push(Lack {
            what: "images",
            serious: false,
            says: format!(
                "stand-ins from this machine's own files are in use for {}: they may print other things \
                 than the genuine images, and install no packages",
                stand_ins.join(", ")
            ),
        });
    }
    found
}

/// Whether there is so much room where a path leads.
fn room(what: &'static str, path: &Path, wanted: u64) -> Option<Lack> {
    let free = free(path).filter(|free| *free < wanted)?;
    let says = format!(
        "{} are free at {}, and the lab wants about {}",
        bytes(free),
        path.display(),
        bytes(wanted)
    );
    Some(Lack { what, serious: false, says })
}

/// Bytes that are free on the disk of a path, or of the nearest folder above it that is there.
fn free(path: &Path) -> Option<u64> {
    let there = path.ancestors().find(|path| path.is_dir())?;
    let output = Command::new("df").arg("-Pk").arg(there).output().ok()?;
    free_of(&String::from_utf8_lossy(&output.stdout))
}

/// The column of free kilobytes in what `df -Pk` prints.
fn free_of(text: &str) -> Option<u64> {
    let fields: Vec<&str> = text.lines().nth(1)?.split_whitespace().collect();
    // A device's name may have blanks in it; the columns behind it have none.
    let percent = fields.iter().position(|field| field.ends_with('%'))?;
    fields.get(percent.checked_sub(1)?)?.parse::<u64>().ok()?.checked_mul(1024)
}

/// Bytes of memory that programs could have now; `None` where the system does not tell.
fn available() -> Option<u64> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok()?.checked_mul(1024)
}

fn bytes(count: u64) -> String {
    binary_prefix(count, "B", 1)
}

#[cfg(test)]
mod tests {
    use super::free_of;

    #[test]
    fn reads_what_df_prints() {
        let head = "Filesystem 1024-blocks Used Available Capacity Mounted on\n";
        let check =
            |line: &str, want| assert_eq!(free_of(&format!("{head}{line}")), want, "{line}");
        check("/dev/vda1 100 40 60 40% /", Some(60 * 1024));
        check("a disk 100 40 60 40% /media/a b", Some(60 * 1024));
        check("", None);
        check("overlay", None);
    }
}
