//! The engine as the screen shows it.

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
