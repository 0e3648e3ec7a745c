//! What a fence of a lab may be for, each role said once.

/// What a fence is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Role {
    Check,
    Ask,
    Hint,
    Setup,
    Solve,
    Accept,
    Reject,
}

/// A role, as it is written behind the language of a fence.
#[derive(Debug)]
pub(super) struct RoleWord {
    pub(super) role: Role,
    pub(super) name: &'static str,
    /// The languages it may be written in; the first is the usual one.
    pub(super) langs: &'static [&'static str],
    pub(super) about: &'static str,
}

const SHELL: &[&str] = &["sh", "bash"];

/// Every role.
pub(super) static ROLES: &[RoleWord] = &[
    RoleWord {
        role: Role::Check,
        name: "check",
        langs: &["toml"],
        about: "What must be true for the step to pass. Several expectations may share a fence.",
    },
    RoleWord {
        role: Role::Ask,
        name: "ask",
        langs: &["toml"],
        about: "A question. Each has a fence of its own; a step passes when all are answered rightly.",
    },
    RoleWord {
        role: Role::Hint,
        name: "hint",
        langs: &["md"],
        about: "Shown when asked for, one after the other.",
    },
    RoleWord {
        role: Role::Setup,
        name: "setup",
        langs: SHELL,
        about: "Run by the program when the step begins: puts something in place, or breaks it.",
    },
    RoleWord {
        role: Role::Solve,
        name: "solve",
        langs: SHELL,
        about: "The reference solution. Several are run in order, as one. A step with a check has one.",
    },
    RoleWord {
        role: Role::Accept,
        name: "accept",
        langs: SHELL,
        about: "A second right way, run in place of `solve`; each fence is a case of its own, and the step \
                must pass.",
    },
    RoleWord {
        role: Role::Reject,
        name: "reject",
        langs: SHELL,
        about: "A near miss, run in place of `solve`; each fence is a case of its own, and the step \
                must fail.",
    },
];

/// The role of that name.
pub(super) fn role(name: &str) -> Option<&'static RoleWord> {
    ROLES.iter().find(|r| r.name == name)
}
