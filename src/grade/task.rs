//! What a swarm is given: the image of a class, the service that grades it, and which shard a task has.

use std::path::PathBuf;

use anyhow::Context as _;
use serde_json::{Value, json};

use super::queue::On;
use super::shards::{FOLDER, Part, Plan};
use base::Digest;
use docker::LABEL;
use docker::images::{Content, Program};

/// The value of the label of all that is made for grading.
pub const GRADE: &str = "grade";
/// The variable that says which shards a job has, by their place.
pub const SHARDS: &str = "DISTLAB_SHARDS";
/// The variable that says which of them a task has.
pub const SLOT: &str = "DISTLAB_SLOT";

/// What a task needs: a process for a file, and what asks it.
const TASK_MEMORY_BYTES: u64 = 320 << 20;
const TASK_NANO_CPUS: u64 = 1_000_000_000;

/// How many tasks a node may have at once.
pub(super) fn room(node: &Value) -> usize {
    let number = |name| {
        let path = format!("/Description/Resources/{name}");
        node.pointer(&path).and_then(Value::as_u64).unwrap_or_default()
    };
    let (cpus, memory) = (number("NanoCPUs"), number("MemoryBytes"));
    usize::try_from((cpus / TASK_NANO_CPUS).min(memory / TASK_MEMORY_BYTES)).unwrap_or(1)
}

/// The image of a class: this program, and the folder that [`Plan`] describes.
pub fn image(
    name: &str,
    on: &On,
    files: &[(PathBuf, Digest)],
    plan: &Plan,
) -> anyhow::Result<Program> {
    let paths: Vec<PathBuf> = files.iter().map(|(path, _)| path.clone()).collect();
    let folder = plan.folder(&paths, on.labs.as_deref())?;
    let files = folder.into_iter().map(|(path, part)| {
        let content = match part {
            Part::Text(text) => Content::Text(text),
            Part::Copy(from) => Content::Copy(from),
        };
        (format!("{}/{path}", FOLDER.trim_start_matches('/')), content)
    });
    Ok(Program {
        name: name.to_owned(),
        program: on.program.clone(),
        words: &["grade-shard", FOLDER],
        files: files.collect(),
        label: GRADE,
    })
}

/// The service, as the engine takes it.
pub(super) fn spec(name: &str, image: &str, shards: &[usize], at_once: usize) -> Value {
    let list: Vec<String> = shards.iter().map(ToString::to_string).collect();
    let labels = json!({ LABEL: GRADE });
    json!({
        "Name": name,
        "Labels": labels,
        "TaskTemplate": {
            "ContainerSpec": {
                "Image": image,
                "Labels": labels,
                "User": "65534:65534",
                "Env": [format!("{SHARDS}={}", list.join(",")), format!("{SLOT}={{{{.Task.Slot}}}}")],
            },
            "Resources": {
                "Reservations": { "NanoCPUs": TASK_NANO_CPUS, "MemoryBytes": TASK_MEMORY_BYTES },
            },
            "RestartPolicy": { "Condition": "on-failure", "MaxAttempts": 2 },
            // The records are read from it, whatever the engine logs by otherwise.
            "LogDriver": { "Name": "json-file" },
        },
        "Mode": {
            "ReplicatedJob": { "MaxConcurrent": at_once, "TotalCompletions": shards.len() },
        },
    })
}

/// The shard of a task: of those that a job has, the one at the place of the task's slot. Slots are
/// counted from 0 or from 1, and the template of slot 0 is filled with another word: all three give
/// each shard to one slot.
pub fn shard_of(shards: &str, slot: &str) -> anyhow::Result<usize> {
    let list: Result<Vec<usize>, _> = shards.split(',').map(str::parse).collect();
    let list = list.with_context(|| format!("{SHARDS} is no list of numbers: {shards:?}"))?;
    let slot: usize = slot.parse().unwrap_or(0);
    list.get(slot % list.len().max(1)).copied().context("the list of shards is empty")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_slot_has_a_shard_of_its_own() {
        let check = |slots: &[&str]| {
            let mut found: Vec<usize> =
                slots.iter().map(|slot| shard_of("4,7,9", slot).unwrap()).collect();
            found.sort_unstable();
            assert_eq!(found, [4, 7, 9], "{slots:?}");
        };
        check(&["1", "2", "3"]);
        check(&["0", "1", "2"]);
        check(&["1", "2", "x7zkq"]);
        assert!(shard_of("", "1").is_err() && shard_of("1,x", "1").is_err());
    }

    #[test]
    fn a_job_runs_as_nobody_and_is_known_by_its_label() {
        let spec = spec("distlab-grade-1", "i:1", &[3, 5], 4);
        let env = &spec["TaskTemplate"]["ContainerSpec"]["Env"];
        assert_eq!(env, &json!(["DISTLAB_SHARDS=3,5", "DISTLAB_SLOT={{.Task.Slot}}"]));
        assert_eq!(spec["Mode"]["ReplicatedJob"]["TotalCompletions"], 2);
        assert_eq!(spec["Labels"]["distlab"], "grade");
    }
}
