//! The engine as the screen shows it.

use std::collections::BTreeMap;

use super::{Engine, EngineError, LABEL, STAND_IN_LABEL, text};

/// Containers of the engine; the learner's own are shown too, and told apart.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct View {
    /// One sentence when the engine cannot be reached; the rest is empty then.
    pub problem: Option<String>,
    pub containers: Vec<ContainerView>,
    pub images: Vec<ImageView>,
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
}

impl Engine {
    /// The engine now. It never fails: what is wrong stands in [`View::problem`].
    pub async fn view(&self) -> View {
        match self.look().await {
            Ok(view) => view,
            Err(error) => View { problem: Some(error.to_string()), ..View::default() },
        }
    }

    async fn look(&self) -> Result<View, EngineError> {
        let none = BTreeMap::new();
        let mut view = View::default();
        for c in self.containers(true, None, false, &none).await? {
            let labels = c.labels.unwrap_or_default();
            view.containers.push(ContainerView {
                id: text::short_id(&c.id.unwrap_or_default()).to_owned(),
                name: text::own_name(&c.names.unwrap_or_default()),
                image: c.image.unwrap_or_default(),
                command: c.command.unwrap_or_default(),
                state: c.state.map(|s| s.to_string()).unwrap_or_default(),
                status: c.status.unwrap_or_default(),
                ports: text::ports(&c.ports.unwrap_or_default()),
                lab: labels.get(LABEL).cloned().unwrap_or_default(),
            });
        }
        for image in self.images(false, &none).await? {
            let stand_in = image.labels.get(STAND_IN_LABEL);
            let id = text::short_id(&image.id).to_owned();
            let size = u64::try_from(image.size).unwrap_or_default();
            let mut names = image.repo_tags;
            if names.is_empty() {
                names.push("<none>:<none>".to_owned());
            }
            for name in names {
                // An image built upon a stand-in inherits its label, not its name.
                let stand_in = stand_in.is_some_and(|s| *s == name);
                view.images.push(ImageView { name, id: id.clone(), size, stand_in });
            }
        }
        Ok(view)
    }
}
