//! A class in shards: a folder with all files and what to do with them, of which each container of a
//! cluster grades its part and prints the records.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use serde::{Deserialize, Serialize};

use super::queue::On;
use super::record::{Record, ended};
use base::Digest;
use session::scratch::Scratch;

/// Where the folder is in a container.
pub const FOLDER: &str = "/batch";
/// Files of one shard, where there are enough: a container costs as much as a few of them.
const FILES_A_SHARD: usize = 50;
/// More shards are of no use, and a strain for a cluster's managers.
const SHARDS_MAX: usize = 1_000;

/// What stands beside the files.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Plan {
    terms: Digest,
    nonce: Option<String>,
    class: Option<String>,
    /// Whether the folder of labs came along.
    labs: bool,
    pub shards: usize,
    /// Each file by its digest.
    files: Vec<Digest>,
}

/// One file of the folder: where it is in it, and where it comes from.
pub enum Part {
    Text(Vec<u8>),
    Copy(PathBuf),
}

impl Plan {
    /// Shares files out, for a cluster that grades so many at once.
    #[must_use]
    pub fn new(on: &On, files: Vec<Digest>, at_once: usize) -> Self {
        let few = files.len().div_ceil(FILES_A_SHARD);
        let shards = few.max(at_once.min(files.len())).clamp(1, SHARDS_MAX);
        Self {
            terms: on.terms,
            nonce: on.nonce.clone(),
            class: on.class.clone(),
            labs: on.labs.is_some(),
            shards,
            files,
        }
    }

    /// What the folder holds, by names within it. `paths` are where the files are here.
    pub fn folder(
        &self,
        paths: &[PathBuf],
        labs: Option<&Path>,
    ) -> anyhow::Result<BTreeMap<String, Part>> {
        let mut parts = BTreeMap::new();
        parts.insert("plan.json".to_owned(), Part::Text(serde_json::to_vec(self)?));
        for (digest, path) in self.files.iter().zip(paths) {
            parts.insert(name(digest), Part::Copy(path.clone()));
        }
        let mut folders: Vec<PathBuf> = labs.map(Path::to_owned).into_iter().collect();
        while let Some(folder) = folders.pop() {
            let cannot = || format!("the folder {} cannot be read", folder.display());
            for entry in std::fs::read_dir(&folder).with_context(cannot)? {
                let path = entry.with_context(cannot)?.path();
                if path.is_dir() {
                    folders.push(path);
                } else if let Some(below) = labs.and_then(|labs| path.strip_prefix(labs).ok()) {
                    let below = below.to_str().context("a lab's file has no name in Unicode")?;
                    parts.insert(format!("labs/{below}"), Part::Copy(path.clone()));
                }
            }
        }
        Ok(parts)
    }

    /// The plan of a folder.
    pub fn read(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join("plan.json");
        let text = std::fs::read(&path);
        let text = text.with_context(|| format!("{} cannot be read", path.display()))?;
        let plan: Self = serde_json::from_slice(&text)
            .with_context(|| format!("{} says nothing known", path.display()))?;
        if plan.shards == 0 {
            bail!("{} shares nothing out", path.display());
        }
        Ok(plan)
    }

    /// The files of a shard. Every shard has some of each region of a class, so that one learner's
    /// heavy files do not meet in one.
    pub fn shard(&self, shard: usize) -> impl Iterator<Item = &Digest> {
        self.files.iter().skip(shard).step_by(self.shards)
    }

    /// Grades a shard of a folder, and prints each record as soon as it is known. A process that ended
    /// without an answer leaves none: whoever asked grades that file at home, where its end says why.
    pub fn grade(
        &self,
        folder: &Path,
        program: PathBuf,
        shard: usize,
        out: &mut dyn Write,
    ) -> anyhow::Result<()> {
        let labs = self.labs.then(|| folder.join("labs"));
        let on = On::new(program, self.nonce.clone(), self.class.clone(), labs)?;
        if on.terms != self.terms {
            bail!("this distlab grades on other terms than the one that shared the class out");
        }
        let scratch = Scratch::private("grade")?;
        for (place, file) in self.shard(shard).enumerate() {
            let Ok(answer) = on.ask(&folder.join(name(file)), scratch.path(), place) else {
                continue;
            };
            let record = Record { terms: on.terms, file: *file, answer };
            out.write_all(record.lines()?.as_bytes())?;
            out.flush()?;
        }
        out.write_all(ended(shard).as_bytes())?;
        Ok(out.flush()?)
    }
}

fn name(file: &Digest) -> String {
    format!("files/{file}.dlab")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_is_in_one_shard() {
        let on = On::new("distlab".into(), None, None, None).unwrap();
        let check = |files: usize, at_once: usize, shards: usize| {
            let digests: Vec<Digest> = (0..files).map(|n| Digest::of(&n.to_le_bytes())).collect();
            let plan = Plan::new(&on, digests.clone(), at_once);
            assert_eq!(plan.shards, shards, "{files} files, {at_once} at once");
            let mut shared: Vec<Digest> =
                (0..shards).flat_map(|shard| plan.shard(shard).copied()).collect();
            shared.sort();
            let mut digests = digests;
            digests.sort();
            assert_eq!(shared, digests);
        };
        check(1, 6, 1);
        check(5, 6, 5);
        check(300, 6, 6);
        check(301, 6, 7);
        check(10_000, 6, 200);
        check(90_000, 6, 1_000);
    }
}
