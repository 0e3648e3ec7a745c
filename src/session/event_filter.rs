//! Which events of the real engine are worth a check.

use std::collections::VecDeque;

use docker::Change;

/// Commands in containers that have begun and not ended are remembered up to this number.
const RUNNING_MAX: usize = 256;

/// Judges the events of one engine.
///
/// A command in a container may have changed something when it ends. Checks look into containers by
/// such commands themselves; if theirs were worth a check, two open labs would set each other off for
/// ever. So one that only looks, whoever ran it, is not.
#[derive(Default)]
pub(super) struct EventFilter {
    /// The ids of running commands that only look.
    looking: VecDeque<String>,
}

impl EventFilter {
    /// Whether what a check sees may be another now.
    pub(super) fn may_change(&mut self, event: &Change) -> bool {
        let Some(what) = event.action.strip_prefix("exec_") else { return true };
        let id = event.attributes.get("execID").map_or("", String::as_str);
        if let Some(line) = what.strip_prefix("create: ") {
            if command::only_looks_inside(line) {
                self.looking.truncate(RUNNING_MAX - 1);
                self.looking.push_front(id.to_owned());
            }
            return false;
        }
        if !what.starts_with("die") {
            return false;
        }
        let known = self.looking.iter().position(|looking| looking == id);
        known.and_then(|at| self.looking.remove(at)).is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::EventFilter;
    use docker::Change;

    fn event(action: &str, id: &str) -> Change {
        Change {
            kind: "container".into(),
            action: action.into(),
            id: String::new(),
            lab: String::new(),
            attributes: [("execID".to_owned(), id.to_owned())].into(),
            at_ns: 0,
        }
    }

    #[test]
    fn a_command_counts_when_it_ends_and_may_have_changed_something() {
        let mut filter = EventFilter::default();
        let mut hear = |action: &str, id: &str| filter.may_change(&event(action, id));
        assert!(hear("start", ""));
        assert!(!hear("exec_create: sh -c touch /x", "a"));
        assert!(!hear("exec_create: cat /x", "b"));
        assert!(!hear("exec_start: sh -c touch /x", "a"));
        assert!(!hear("exec_start: cat /x", "b"));
        assert!(!hear("exec_die", "b"));
        assert!(hear("exec_die", "a"));
        assert!(hear("exec_die", "began before anybody listened"));
        for n in 0..1000 {
            assert!(!hear("exec_create: cat /x", &n.to_string()));
        }
        assert!(hear("exec_die", "0"));
        assert!(!hear("exec_die", "999"));
    }
}
