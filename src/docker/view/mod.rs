//! The engine as the screen shows it: one part at a time, since each costs the engine requests.

mod layers;
mod networks;
mod swarm;

use std::collections::BTreeMap;

use super::meter::{MEASURED_MAX, Meter};
use super::{Engine, EngineError, LABEL, STAND_IN_LABEL, Sample, block_on, text};

pub use networks::{Member, NetworkView};
pub use swarm::{NodeView, SwarmView, TaskView};

/// What of the engine is looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// Containers and what they use, and images.
    Containers,
    /// Images as trees of the layers they share.
    Layers,
    Networks,
    Swarm,
}

/// One part of the engine; the learner's own things are shown too, and told apart.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct View {
    /// Which part was read; none when no part was asked for.
    pub part: Option<Part>,
    /// One sentence when the engine cannot be reached; the rest is empty then.
    pub problem: Option<String>,
    pub containers: Vec<ContainerView>,
    pub images: Vec<ImageView>,
    pub networks: Vec<NetworkView>,
    /// None where there is no swarm, or only a worker of one.
    pub swarm: Option<SwarmView>,
}

/// One container.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ContainerView {
    /// 12 hex digits.
    pub id: String,
    pub name: String,
    pub image: String,
    pub command: String,
    /// `running`, `exited`, `created`, `paused`, …
    pub state: String,
    /// `Up 3 seconds`, `Exited (0) 2 minutes ago`
    pub status: String,
    pub ports: String,
    /// The lab that made it; empty when it is none of ours.
    pub lab: String,
    /// None while it is not measured.
    pub usage: Option<Usage>,
}

/// What a container uses. Oldest first.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Usage {
    /// Hundredths of a percent; 10 000 is one processor.
    pub cpu: Vec<u64>,
    /// Bytes.
    pub memory: Vec<u64>,
    /// Bytes it may have.
    pub memory_limit: u64,
}

impl Usage {
    fn of(samples: &[Sample]) -> Option<Self> {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of some processors is small and never below nothing"
        )]
        let hundredths = |s: &Sample| (s.cpu_percent * 100.0).round() as u64;
        let last = samples.last()?;
        Some(Self {
            cpu: samples.iter().map(hundredths).collect(),
            memory: samples.iter().map(|s| s.memory).collect(),
            memory_limit: last.memory_limit,
        })
    }
}

/// One image.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ImageView {
    /// `alpine:latest`
    pub name: String,
    pub id: String,
    /// Bytes.
    pub size: u64,
    /// Whether it is a stand-in that `distlab images` built.
    pub stand_in: bool,
    /// From the bottom up; only in [`Part::Layers`].
    pub layers: Vec<LayerView>,
}

impl ImageView {
    /// Whether its name has gone to another image.
    #[must_use]
    pub fn is_nameless(&self) -> bool {
        self.name == NAMELESS
    }
}

/// How an image without a name is listed.
const NAMELESS: &str = "<none>:<none>";

/// One layer of an image.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct LayerView {
    /// 12 hex digits of what it holds.
    pub digest: String,
    /// Bytes; none where the image's history does not tell.
    pub size: Option<u64>,
}

/// A part of the engine now, for a lab. It never fails: what is wrong stands in [`View::problem`].
#[must_use]
pub fn view_now(part: Part, lab: &str, meter: &Meter) -> View {
    let view = block_on(async { Engine::connect(None).await?.view(part, lab, meter).await });
    view.unwrap_or_else(|error| View {
        part: Some(part),
        problem: Some(error.to_string()),
        ..View::default()
    })
}

impl Engine {
    /// A part of the engine now.
    ///
    /// # Errors
    /// The engine's refusal, or that it cannot be reached.
    pub async fn view(&self, part: Part, lab: &str, meter: &Meter) -> Result<View, EngineError> {
        let mut view = View { part: Some(part), ..View::default() };
        match part {
            Part::Containers => {
                view.containers = self.containers_view(lab, meter).await?;
                view.images = self.images_view().await?;
            }
            Part::Layers => {
                view.images = self.images_view().await?;
                self.add_layers(&mut view.images).await?;
            }
            Part::Networks => view.networks = self.networks_view().await?,
            Part::Swarm => view.swarm = swarm::view(self, lab).await?,
        }
        Ok(view)
    }

    async fn containers_view(
        &self,
        lab: &str,
        meter: &Meter,
    ) -> Result<Vec<ContainerView>, EngineError> {
        let mut views = Vec::new();
        let mut running = Vec::new();
        for c in self.containers(true, None, false, &BTreeMap::new()).await? {
            let labels = c.labels.unwrap_or_default();
            let id = c.id.unwrap_or_default();
            let state = c.state.map(|s| s.to_string()).unwrap_or_default();
            let of = labels.get(LABEL).cloned().unwrap_or_default();
            if state == "running" {
                running.push((of != lab, id.clone()));
            }
            views.push(ContainerView {
                id: text::short_id(&id).to_owned(),
                name: text::own_name(&c.names.unwrap_or_default()),
                image: c.image.unwrap_or_default(),
                command: c.command.unwrap_or_default(),
                state,
                status: c.status.unwrap_or_default(),
                ports: text::ports(&c.ports.unwrap_or_default()),
                lab: of,
                usage: None,
            });
        }
        // The lab's own come first where not all can be measured.
        running.sort_by_key(|(foreign, _)| *foreign);
        let ids: Vec<String> = running.into_iter().take(MEASURED_MAX).map(|(_, id)| id).collect();
        for (id, samples) in meter.read(&ids) {
            if let Some(view) = views.iter_mut().find(|v| v.id == text::short_id(&id)) {
                view.usage = Usage::of(&samples);
            }
        }
        Ok(views)
    }

    async fn images_view(&self) -> Result<Vec<ImageView>, EngineError> {
        let mut views = Vec::new();
        for image in self.images(false, &BTreeMap::new()).await? {
            let stand_in = image.labels.get(STAND_IN_LABEL);
            let id = text::short_id(&image.id).to_owned();
            let size = u64::try_from(image.size).unwrap_or_default();
            let mut names = image.repo_tags;
            if names.is_empty() {
                names.push(NAMELESS.to_owned());
            }
            for name in names {
                // An image built upon a stand-in inherits its label, not its name.
                let stand_in = stand_in.is_some_and(|s| *s == name);
                views.push(ImageView { name, id: id.clone(), size, stand_in, layers: Vec::new() });
            }
        }
        // Each rebuild leaves one without a name; there may be many, and they are not what is looked for.
        views.sort_by_key(ImageView::is_nameless);
        Ok(views)
    }
}
