//! Machines that stop and start, and what the NameNode makes of their silence and their return.

use std::fmt::Write as _;

use super::node::{Node, NodeId};
use super::safe_mode::SafeMode;
use super::{Act, Event, State, config};
use base::text::span;
use machines::{Change, Host};

impl State {
    /// A node's machine lost its power or its network. Its disk keeps what is on it.
    fn fall_silent(&mut self, id: NodeId, act: &mut Act<'_>) {
        let dead_after = self.settings.dead_after;
        let node = self.node_mut(id);
        let (last, report) = (node.last_contact(act.now), node.last_report(act.now));
        node.heard = last;
        node.reported = report;
        node.connected = false;
        node.purging = false;
        node.epoch += 1;
        if node.believed() {
            let epoch = node.epoch;
            let mut later = |after, event| {
                // It may have been silent before, and what followed then does not follow again.
                let at = last.plus(after);
                if at > act.now {
                    act.schedule(at, event);
                }
            };
            later(node.pace.stale_after, Event::Stale { node: id, epoch });
            later(dead_after, Event::Dead { node: id, epoch });
        }
        self.break_copies(id, act);
    }

    /// A node's process finds the NameNode: when it has started, else with its next heartbeat.
    fn find_back(&mut self, id: NodeId, host: &Host, act: &mut Act<'_>) {
        let node = self.node_mut(id);
        let ready = host.since.plus(config::NODE_START);
        let at = if ready > act.now { ready } else { node.beat_after(act.now) };
        node.epoch += 1;
        let epoch = node.epoch;
        act.schedule(at, Event::Register { node: id, epoch });
    }

    /// What becomes of a node whose machine changed.
    pub(super) fn machine_changed(
        &mut self,
        id: NodeId,
        change: Change,
        host: &Host,
        act: &mut Act<'_>,
    ) {
        if change == Change::On {
            self.node_mut(id).fresh = true;
        }
        match change {
            Change::Off | Change::Cut => self.fall_silent(id, act),
            Change::On | Change::Healed if host.answers() => self.find_back(id, host, act),
            // It has power and no network, or the other way round.
            Change::On | Change::Healed => {}
            // The NameNode hears of it with the next heartbeat, at most three seconds later; here at once.
            Change::Filled => self.node_mut(id).share(host),
        }
    }

    /// The silence of a node has lasted 30 s.
    pub(super) fn stale(&mut self, id: NodeId, epoch: u32, act: &mut Act<'_>) {
        let node = self.node(id);
        if node.epoch == epoch && node.believed() {
            let silence = span(node.pace.stale_after);
            act.notice(format!("{} has been silent for {silence}: stale.", place(node)));
        }
    }

    /// The silence of a node has lasted 10 min 30 s: its replicas do not count any more.
    pub(super) fn give_up(&mut self, id: NodeId, epoch: u32, act: &mut Act<'_>) {
        let node = self.node_mut(id);
        if node.epoch != epoch || !node.believed() {
            return;
        }
        let held: Vec<u64> = node.disk.keys().copied().collect();
        let name = place(node);
        let racks = self.live_racks();
        self.node_mut(id).dead = true;
        let mut touched = self.drop_copies_to(id);
        let mut lost = 0_usize;
        for block in held {
            if self.blocks.get_mut(&block).is_some_and(|b| b.forget(id)) {
                lost += 1;
                touched.push(block);
            }
        }
        self.redundancy.doomed.remove(&id);
        let before = self.missing();
        for block in &touched {
            self.evaluate(*block, act);
        }
        let gone = self.missing() - before;
        let mut text = format!(
            "{name} has been silent for {}: dead. {} one replica less.",
            span(self.settings.dead_after),
            have(lost, "block")
        );
        if gone > 0 {
            let _ = write!(text, " {} no replica left.", have(gone, "block"));
        }
        act.notice(text);
        self.racks_changed(racks, act);
        self.reconsider(act);
    }

    /// Whether replicas can be spread over racks has changed: every block is looked at anew.
    fn racks_changed(&mut self, before: usize, act: &mut Act<'_>) {
        if (before < 2) != (self.live_racks() < 2) {
            let all: Vec<u64> = self.blocks.keys().copied().collect();
            for id in all {
                self.evaluate(id, act);
            }
        }
    }

    /// A node connects and reports what is on its disk.
    pub(super) fn register(&mut self, id: NodeId, epoch: u32, act: &mut Act<'_>) {
        let racks = self.live_racks();
        let node = self.node_mut(id);
        if node.epoch != epoch || node.connected {
            return;
        }
        node.connected = true;
        node.heard = act.now;
        if std::mem::take(&mut node.fresh) || node.dead || !node.registered {
            node.reported = act.now;
        }
        let was_known = node.registered;
        let was_dead = std::mem::take(&mut node.dead);
        node.registered = true;
        let name = place(node);
        let before = self.missing();
        let back = self.block_report(id, act);
        let found = before - self.missing().min(before);
        if was_known {
            let mut text = format!("{name} is back");
            if was_dead {
                let _ = write!(text, " and reports {}", plural(back, "block"));
            }
            text.push('.');
            if found > 0 {
                let _ = write!(text, " {} found again.", was(found));
            }
            act.notice(text);
        }
        self.check_safe_mode(act);
        self.racks_changed(racks, act);
        self.reconsider(act);
    }

    /// Compares a node's disk with the block map; how many of its replicas are of use.
    fn block_report(&mut self, id: NodeId, act: &mut Act<'_>) -> usize {
        let held: Vec<(u64, u64)> =
            self.node(id).disk.iter().map(|(block, r)| (*block, r.stamp)).collect();
        let mut of_use = 0;
        for (number, stamp) in held {
            match self.blocks.get_mut(&number).filter(|b| b.stamp == stamp) {
                Some(block) => {
                    of_use += 1;
                    let known = block.excess.contains(&id) || block.corrupt.contains(&id);
                    if !known && block.live.insert(id) {
                        self.evaluate(number, act);
                    }
                }
                None => {
                    self.redundancy.doomed.entry(id).or_default().insert(number);
                }
            }
        }
        of_use
    }

    /// Blocks without a single good replica.
    pub(super) fn missing(&self) -> usize {
        self.redundancy.missing()
    }

    /// Starts the NameNode anew: it knows the name space and which blocks there are, but not where.
    pub(super) fn restart_namenode(&mut self, act: &mut Act<'_>) {
        self.life += 1;
        self.started = act.now;
        self.forget_redundancy();
        for block in self.blocks.values_mut() {
            block.live.clear();
            block.excess.clear();
            block.corrupt.clear();
        }
        let ids: Vec<NodeId> = self.ids().collect();
        for id in ids {
            let node = self.node_mut(id);
            node.registered = false;
            node.dead = false;
            if node.connected {
                let at = node.next_heartbeat(act.now);
                node.heard = node.last_contact(act.now);
                node.connected = false;
                node.epoch += 1;
                let epoch = node.epoch;
                act.schedule(at, Event::Register { node: id, epoch });
            }
        }
        self.safe_mode = if self.blocks.is_empty() {
            SafeMode::Off
        } else {
            SafeMode::Starting { reached: None }
        };
        self.check_safe_mode(act);
        act.notice("The NameNode has restarted.".into());
    }
}

fn place(node: &Node) -> String {
    format!("{} on {}", node.name, node.rack)
}

fn plural(count: usize, noun: &str) -> String {
    base::text::plural(count, noun)
}

fn have(count: usize, noun: &str) -> String {
    format!("{} {}", plural(count, noun), if count == 1 { "has" } else { "have" })
}

fn was(count: usize) -> String {
    format!("{} {}", plural(count, "missing block"), if count == 1 { "was" } else { "were" })
}
