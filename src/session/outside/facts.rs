//! What was seen outside, on its way into the journal.

use crate::engine::Engine;
use crate::history::Act;
use crate::request::guarded;
use sim::outside::Run;
use sim::{Observation, RunId, Wanted};

impl Engine {
    /// What the world wants outside now, in the order of what caused it.
    pub(super) fn runs(&self) -> Vec<(RunId, Run)> {
        self.look(|world| world.runs().map(|(id, run)| (id.clone(), run.clone())).collect())
    }

    /// Whether the world wants containers on the engine.
    pub(crate) fn has_containers(&self) -> bool {
        let container = |(_, run): (&RunId, &Run)| matches!(run.wanted, Wanted::Container(_));
        self.look(|world| world.runs().any(container))
    }

    /// Puts what was seen of a run into the journal, beside what caused it, and tells the world. `began`
    /// is the number of the entry by which the run had begun, if it had.
    ///
    /// Returns the entry's number; `None` when the world does not want to know: what caused the run was
    /// taken back, or the run is another by now.
    pub(super) fn observe(
        &self,
        id: &RunId,
        began: Option<u64>,
        seen: &Observation,
    ) -> anyhow::Result<Option<u64>> {
        let mut core = self.changing();
        core.writable()?;
        let at = core.clock.now();
        core.world.advance(at);
        let stands = core.world.run(id).is_some_and(|run| run.began == began);
        // Nothing takes back the world's beginning.
        let group = if id.cause == 0 { Some(0) } else { core.fold.group_of(id.cause) };
        let Some(group) = group.filter(|_| stands) else { return Ok(None) };
        let next = core.seq + 1;
        core.world.entry(next);
        let told = guarded(|| Ok(core.world.observe(at, id, seen)));
        let written = match told {
            Ok(false) => return Ok(None),
            Ok(true) => {
                core.write(at, group, &Act::Observed { run: id.clone(), seen: seen.clone() })
            }
            Err(broken) => Err(broken.into()),
        };
        let ticket = match written {
            Ok(ticket) => ticket,
            Err(error) => {
                core.torn = true;
                drop(core);
                self.mend();
                return Err(error);
            }
        };
        core.announce(true);
        drop(core);
        self.settle(ticket)?;
        Ok(Some(next))
    }
}
