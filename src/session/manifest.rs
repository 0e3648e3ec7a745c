//! What a world is made from, once and for ever.

use anyhow::{Context as _, bail};
use serde::{Deserialize, Serialize};

use super::class::Person;
use base::{Digest, Rng, Time};
use course::{Learner, WorldSpec};
use sim::{Config, Shape, World};
use store::WorldRow;
use systems::{SYSTEMS, Systems};

/// What a world is made from; its JSON text is the origin of the hash chain.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Manifest {
    pub lab: String,
    pub seed: u64,
    pub account: String,
    pub region: String,
    /// Lab time of the beginning, in milliseconds.
    pub start: i64,
    pub learner: String,
    pub learner_seed: u64,
    /// Who the learner is, if that was said before the world was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<Person>,
    /// The class that it was made for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<Digest>,
    /// The rules by which the world goes ([`sim::MODEL`]). Before there was such a number they were 1,
    /// and the text of such a manifest stays as it was: a chain hangs from it.
    #[serde(default = "first_model", skip_serializing_if = "is_first_model")]
    pub model: u32,
    /// What its systems find otherwise than by default. It stands here as the lab or file had it when
    /// the world was made, and stays, whatever becomes of those.
    #[serde(default, skip_serializing_if = "Shape::is_default")]
    pub shape: Shape,
}

fn first_model() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_first_model(model: &u32) -> bool {
    *model == first_model()
}

/// The last version of distlab whose worlds went by these rules, as far as this one knows.
fn version_of(model: u32) -> &'static str {
    if model <= 1 { "0.1" } else { "a newer version" }
}

/// The seed of a world of that name, where nobody says another.
fn drawn(lab: &str, learner_seed: u64) -> u64 {
    Rng::labelled(learner_seed, lab).next_u64() >> 12
}

impl Manifest {
    /// What a world's row says.
    ///
    /// # Errors
    /// When it is damaged.
    pub fn of(row: &WorldRow) -> anyhow::Result<Self> {
        let read = || {
            let manifest: Self = serde_json::from_str(&row.manifest)?;
            // The chain hangs from the text, so another text of the same meaning is another manifest.
            if manifest.model == sim::MODEL && manifest.text()? != row.manifest {
                bail!("it says something that this program never wrote");
            }
            anyhow::Ok(manifest)
        };
        read().with_context(|| {
            format!(
                "the record of {} is damaged, so its journal cannot be played. distlab repair {} keeps \
                 all of it in a file, and the lab begins anew",
                row.id, row.id
            )
        })
    }

    /// A new world of that name for this learner, as `spec` says; what is not said is drawn from the
    /// learner's seed and the world's name.
    #[must_use]
    pub fn new(lab: &str, spec: &WorldSpec, learner: &Learner, wall: Time) -> Self {
        let drawn = drawn(lab, learner.seed);
        let Config { seed, account, region, start, shape } = spec.config(drawn, wall);
        Self {
            lab: lab.to_owned(),
            seed,
            account,
            region,
            start: start.0,
            learner: learner.name.clone(),
            learner_seed: learner.seed,
            person: None,
            class: None,
            model: sim::MODEL,
            shape,
        }
    }

    /// Whether a world that is made as `spec` says is like this one.
    #[must_use]
    pub fn fits(&self, spec: &WorldSpec) -> bool {
        self.config() == spec.config(self.seed, Time(self.start))
    }

    /// The seed that distlab gives the world of this learner, which began in the lab of that name as
    /// `spec` says.
    #[must_use]
    pub fn seed_given(&self, lab: &str, spec: &WorldSpec) -> u64 {
        spec.seed.unwrap_or_else(|| drawn(lab, self.learner_seed))
    }

    pub(super) fn config(&self) -> Config {
        Config {
            seed: self.seed,
            account: self.account.clone(),
            region: self.region.clone(),
            start: Time(self.start),
            shape: self.shape.clone(),
        }
    }

    /// A fresh world as the manifest says.
    ///
    /// # Errors
    /// When something that is to exist at its beginning is refused.
    pub fn world(&self) -> anyhow::Result<World> {
        self.world_of(SYSTEMS)
    }

    /// The same of these systems.
    pub fn world_of(&self, systems: Systems) -> anyhow::Result<World> {
        Ok(systems::world_of(systems, self.config())?)
    }

    /// The same with nothing in it, for a world whose rules this program does not have.
    #[must_use]
    pub(super) fn empty(&self) -> World {
        systems::empty(self.config())
    }

    /// Why this program cannot play the world's journal, when it has other rules.
    #[must_use]
    pub fn strange(&self) -> Option<String> {
        (self.model != sim::MODEL).then(|| {
            let (lab, version) = (&self.lab, version_of(self.model));
            format!(
                "{lab} was begun with a distlab whose simulation went by other rules (model {}; this \
                 one has model {}), so what was done in it cannot be played here. Nothing is lost: \
                 go on, or hand in, with distlab {version}; or begin anew with distlab repair \
                 {lab}, which keeps all of it in a file",
                self.model,
                sim::MODEL
            )
        })
    }

    /// The text that the chain hangs from.
    pub fn text(&self) -> anyhow::Result<String> {
        Ok(serde_json::to_string(self)?)
    }
}
