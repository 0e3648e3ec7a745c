//! The jobs that a stack's change is made of, as they are kept.

use crate::kinds::Properties;
use crate::shapes::ResourceStatus;

/// What a stack is about.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) enum Phase {
    #[default]
    Idle,
    Create,
    /// The way back from a failed making.
    Undo,
    Update,
    /// The way back from a failed update.
    Revert,
    /// What an update leaves is taken away.
    Clean,
    /// What the way back leaves is taken away.
    CleanReverted,
    Delete,
}

/// One resource's part in a phase.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Job {
    pub(crate) logical: String,
    pub(crate) task: Task,
    /// How many jobs it waits for, and which wait for it.
    pub(crate) waits: usize,
    pub(crate) followers: Vec<usize>,
    pub(crate) state: JobState,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Task {
    /// As the template says; how is known once it starts.
    Make,
    /// With these properties, which are known.
    Put(Properties),
    Remove(Leftover),
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum JobState {
    Waiting,
    /// On its way, with the properties that it is to have.
    Running(Step, Properties),
    Done,
}

/// How what was done to a resource in an update is undone.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Undo {
    Created,
    /// With these properties before.
    Updated(Properties),
    Replaced(Leftover),
}

/// What a job does to its resource.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Step {
    Create,
    Update,
    Replace,
    Remove,
}

impl Step {
    fn statuses(self) -> [ResourceStatus; 3] {
        use ResourceStatus as S;
        match self {
            Self::Create => [S::CreateInProgress, S::CreateComplete, S::CreateFailed],
            Self::Update | Self::Replace => {
                [S::UpdateInProgress, S::UpdateComplete, S::UpdateFailed]
            }
            Self::Remove => [S::DeleteInProgress, S::DeleteComplete, S::DeleteFailed],
        }
    }

    pub(crate) fn under_way(self) -> ResourceStatus {
        self.statuses()[0]
    }

    pub(crate) fn complete(self) -> ResourceStatus {
        self.statuses()[1]
    }

    pub(crate) fn failed(self) -> ResourceStatus {
        self.statuses()[2]
    }
}

/// Something that a stack no longer has and that is still there.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Leftover {
    pub(crate) logical: String,
    pub(crate) kind: String,
    pub(crate) physical: String,
    pub(crate) properties: Properties,
    pub(crate) keep: bool,
}
