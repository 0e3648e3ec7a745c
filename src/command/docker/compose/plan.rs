//! How a project is made, as the flags of `up`, `create` and `scale` say it.

use std::collections::BTreeMap;

use crate::cx::Fail;
use command_line::flags::{Flag, Parsed, flag, switch};

/// What `up` and `create` have in common.
pub(super) static MAKING: &[Flag] = &[
    switch("build", "Build images before"),
    switch("force-recreate", "Make all containers anew"),
    switch("no-build", "Build nothing"),
    switch("no-recreate", "Make no container anew"),
    flag("pull", "string", "When to pull: always, missing or never"),
    switch("quiet-pull", "Pull without progress"),
    switch("remove-orphans", "Remove containers of services that the file does not have"),
    flag("scale", "scale", "How many containers a service has: web=3"),
];

/// How a project is made.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag by that name")]
pub(super) struct Plan<'a> {
    pub(super) build: bool,
    pub(super) no_build: bool,
    pub(super) force: bool,
    pub(super) keep: bool,
    pub(super) renew: bool,
    pub(super) pull: Option<String>,
    pub(super) scale: BTreeMap<String, u64>,
    pub(super) timeout: Option<i32>,
    pub(super) remove_orphans: bool,
    /// A service whose image and networks are needed, and no container of its own.
    pub(super) also: Option<&'a str>,
}

/// Refuses flags that exclude each other; that is said before the files are read.
///
/// # Errors
/// The first of them.
pub(super) fn check(given: &Parsed) -> Result<(), Fail> {
    if given.is("force-recreate") && given.is("no-recreate") {
        return Err(Fail::new(1, "--force-recreate and --no-recreate are incompatible"));
    }
    if given.is("build") && given.is("no-build") {
        return Err(Fail::new(1, "--build and --no-build are incompatible"));
    }
    if let Some(other) = pull(given).filter(|p| !["always", "missing", "never"].contains(p)) {
        return Err(Fail::new(1, format!("invalid --pull option {other:?}")));
    }
    Ok(())
}

/// When images are pulled; the word that stands for the flag's value in its help says nothing.
fn pull(given: &Parsed) -> Option<&str> {
    given.text("pull").filter(|p| *p != "policy")
}

impl Plan<'_> {
    /// The plan that the flags of `up` and `create` make.
    ///
    /// # Errors
    /// A scale that cannot be read.
    pub(super) fn read(given: &Parsed) -> Result<Self, Fail> {
        Ok(Self {
            build: given.is("build"),
            no_build: given.is("no-build"),
            force: given.is("force-recreate"),
            keep: given.is("no-recreate"),
            renew: given.is("renew-anon-volumes"),
            pull: pull(given).map(str::to_owned),
            scale: scale(given)?,
            timeout: given.number("timeout").and_then(|n| i32::try_from(n).ok()),
            remove_orphans: given.is("remove-orphans"),
            also: None,
        })
    }
}

fn scale(given: &Parsed) -> Result<BTreeMap<String, u64>, Fail> {
    let mut found = BTreeMap::new();
    for text in given.all("scale") {
        let (name, count) = text.split_once('=').ok_or_else(|| {
            Fail::new(1, format!("invalid --scale option {text:?}. Should be SERVICE=NUM"))
        })?;
        let count = count.parse().map_err(|_| {
            Fail::new(1, format!("strconv.Atoi: parsing {count:?}: invalid syntax"))
        })?;
        found.insert(name.to_owned(), count);
    }
    Ok(found)
}
