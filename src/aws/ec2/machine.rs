//! Instances as a region keeps them.

use super::durations::STATUS_CHECKS;
use super::shapes::instance::InstanceState;
use base::Time;

/// Where an instance stands in its life (EC2 User Guide, "Instance lifecycle").
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Phase {
    Pending,
    Running,
    Stopping,
    Stopped,
    ShuttingDown,
    Terminated,
}

impl Phase {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Stopping => "stopping",
            Self::Stopped => "stopped",
            Self::ShuttingDown => "shutting-down",
            Self::Terminated => "terminated",
        }
    }

    /// The lower byte of the state's number; the higher is AWS's own.
    pub(crate) fn code(self) -> i64 {
        match self {
            Self::Pending => 0,
            Self::Running => 16,
            Self::ShuttingDown => 32,
            Self::Terminated => 48,
            Self::Stopping => 64,
            Self::Stopped => 80,
        }
    }

    pub(crate) fn shown(self) -> InstanceState {
        InstanceState { code: self.code(), name: self.name().to_owned() }
    }
}

/// How its metadata service may be asked.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct MetadataAccess {
    pub(crate) enabled: bool,
    /// Whether a token must come with each request.
    pub(crate) token_required: bool,
    pub(crate) hop_limit: i64,
    /// Whether the instance's tags can be read there.
    pub(crate) tags: bool,
}

/// An instance.
#[allow(clippy::struct_excessive_bools, reason = "they are the API's own switches")]
#[derive(Clone, Hash, Debug)]
pub(crate) struct Machine {
    pub(crate) id: String,
    pub(crate) reservation: String,
    pub(crate) index: i64,
    pub(crate) image: String,
    /// The image of the catalogue that its root disk goes back to, by name.
    pub(crate) base: Option<&'static str>,
    pub(crate) kind: String,
    pub(crate) architecture: String,
    pub(crate) key: Option<String>,
    pub(crate) token: String,
    pub(crate) launched: Time,
    pub(crate) made: Time,
    pub(crate) phase: Phase,
    /// Counts its changes of phase, so that an event of an earlier one is known.
    pub(crate) life: u32,
    /// Since when it runs, when it does.
    pub(crate) running_since: Option<Time>,
    pub(crate) reason: Option<(String, String)>,
    pub(crate) transition: String,
    pub(crate) zone: String,
    pub(crate) vpc: String,
    pub(crate) subnet: String,
    /// By id, the one of device index 0 first.
    pub(crate) interfaces: Vec<String>,
    /// By id.
    pub(crate) volumes: Vec<String>,
    pub(crate) root_device: String,
    pub(crate) profile: Option<(String, String)>,
    /// Base64.
    pub(crate) user_data: Option<String>,
    pub(crate) terminates_on_shutdown: bool,
    pub(crate) termination_protected: bool,
    pub(crate) stop_protected: bool,
    pub(crate) ebs_optimized: bool,
    pub(crate) monitored: bool,
    /// Whether it wants a public address whenever it starts.
    pub(crate) wants_public: bool,
    pub(crate) boot_mode: Option<String>,
    /// What it has printed since it began to run, and when that was kept.
    pub(crate) console: Option<(Time, String)>,
    /// What its system has printed since then beside the lines that every start has.
    pub(crate) printed: String,
    pub(crate) metadata: MetadataAccess,
}

impl Machine {
    /// Whether it has come to its end, or is about to.
    pub(crate) fn is_over(&self) -> bool {
        matches!(self.phase, Phase::ShuttingDown | Phase::Terminated)
    }

    /// Whether it has passed its status checks.
    pub(crate) fn is_checked(&self, now: Time) -> bool {
        self.running_since.is_some_and(|since| since.plus(STATUS_CHECKS) <= now)
    }
}
