//! What is on the machine of a world's runs, in a file for each: written before anything runs, and
//! removed when nothing of it is left. It is not part of the journal, which says what should be there.

use std::fs;
use std::path::PathBuf;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use sim::RunId;

/// What stands behind a run.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Thing {
    /// A process that leads a group of its own, and when it was started by the kernel's count: the
    /// number of a process is given again some day.
    Process {
        pid: i32,
        started: u64,
    },
    Container,
}

/// One beginning of a run.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub(super) struct Begun {
    pub run: RunId,
    /// The number of the entry that says so.
    pub entry: u64,
}

impl Begun {
    /// Its name in a world: `12-lambda-1-14`.
    pub(super) fn name(&self) -> String {
        let RunId { cause, system, n } = &self.run;
        format!("{cause}-{system}-{n}-{}", self.entry)
    }
}

#[derive(Serialize, Deserialize)]
struct Trace {
    begun: Begun,
    thing: Thing,
}

/// The folder of a world's traces.
#[derive(Clone, Debug)]
pub(super) struct Traces(pub PathBuf);

impl Traces {
    /// Everything that may be there still.
    pub(super) fn all(&self) -> Vec<(Begun, Thing)> {
        let files = fs::read_dir(&self.0).into_iter().flatten().flatten();
        let mut found: Vec<(Begun, Thing)> = files
            .filter_map(|file| {
                let trace: Trace = serde_json::from_slice(&fs::read(file.path()).ok()?).ok()?;
                Some((trace.begun, trace.thing))
            })
            .collect();
        found.sort_by(|a, b| a.0.cmp(&b.0));
        found
    }

    /// Writes one down.
    pub(super) fn note(&self, begun: &Begun, thing: &Thing) -> anyhow::Result<()> {
        let path = self.path(begun);
        let text = serde_json::to_vec(&Trace { begun: begun.clone(), thing: thing.clone() })?;
        let fresh = path.with_extension("new");
        fs::create_dir_all(&self.0)
            .and_then(|()| fs::write(&fresh, text))
            .and_then(|()| fs::rename(&fresh, &path))
            .with_context(|| format!("{} cannot be written", path.display()))
    }

    /// Nothing of it is there any more.
    pub(super) fn forget(&self, begun: &Begun) {
        let _ = fs::remove_file(self.path(begun));
    }

    fn path(&self, begun: &Begun) -> PathBuf {
        self.0.join(begun.name())
    }

    /// A file beside the traces, for what a run reads.
    pub(super) fn input(&self, begun: &Begun) -> PathBuf {
        self.0.join(format!("{}.input", begun.name()))
    }
}
