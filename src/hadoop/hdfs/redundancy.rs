//! The redundancy monitor: every block is to have as many replicas as its file asks for.
//!
//! What lacks replicas waits in order of urgency; each round (every 3 s, and only while there is
//! something to do) asks for copies within the limits per round and per node; a copy takes time by
//! its length; one that never arrives is asked for anew after 5 minutes. Surplus replicas are
//! marked at once and deleted with the node's next heartbeat. A block that nothing can be done for
//! now is parked until a node comes, goes or gets space.

use std::collections::{BTreeMap, BTreeSet};

use super::node::NodeId;
use super::placement::Wanted;
use super::{Act, Event, State, config};
use base::Time;

/// Urgencies, as `LowRedundancyBlocks` numbers them.
const ONE_LEFT: u8 = 0;
const VERY_LOW: u8 = 1;
const LOW: u8 = 2;
const BADLY_PLACED: u8 = 3;
const NONE_LEFT: u8 = 4;

/// A copy that was asked for.
#[derive(Hash, Debug)]
pub(super) struct Pending {
    pub from: NodeId,
    pub to: NodeId,
    pub token: u64,
    pub asked: Time,
    /// Whether it occupies a stream of the sender.
    streaming: bool,
    /// When it is under way: from when until when.
    pub moving: Option<(Time, Time)>,
}

/// The monitor's memory.
#[derive(Hash, Debug, Default)]
pub(super) struct Redundancy {
    /// What lacks something, with its urgency.
    pub low: BTreeMap<u64, u8>,
    ready: BTreeSet<(u8, u64)>,
    parked: BTreeSet<(u8, u64)>,
    /// Copies asked for, by block.
    pub pending: BTreeMap<u64, Vec<Pending>>,
    /// Replicas that nodes are to delete.
    pub doomed: BTreeMap<NodeId, BTreeSet<u64>>,
    /// Whether a round is scheduled.
    ticking: bool,
    next_token: u64,
    /// Copies made since all was well.
    copied: u64,
}

impl Redundancy {
    /// Replicas that wait to be deleted.
    pub(super) fn doomed_count(&self) -> usize {
        self.doomed.values().map(BTreeSet::len).sum()
    }

    /// Blocks without a single good replica.
    pub(super) fn missing(&self) -> usize {
        self.parked.range((NONE_LEFT, 0)..).count()
    }

    fn lift(&mut self, block: u64) -> Option<u8> {
        let level = self.low.remove(&block)?;
        self.ready.remove(&(level, block));
        self.parked.remove(&(level, block));
        Some(level)
    }

    /// Nothing can be done for a block without any replica; the others are worth another look.
    fn unpark(&mut self) {
        let hopeless = self.parked.split_off(&(NONE_LEFT, 0));
        self.ready.append(&mut self.parked);
        self.parked = hopeless;
    }
}

impl State {
    fn waiting_targets(&self, block: u64) -> Vec<NodeId> {
        let pending = self.redundancy.pending.get(&block);
        pending.map(|list| list.iter().map(|p| p.to).collect()).unwrap_or_default()
    }

    /// Looks at one block anew after anything about it changed: queues it, takes it off the queue,
    /// or marks surplus replicas.
    pub(super) fn evaluate(&mut self, id: u64, act: &mut Act<'_>) {
        if self.safe_mode.starting() {
            return;
        }
        let was_low = self.redundancy.lift(id).is_some();
        let coming = self.waiting_targets(id).len();
        let Some(block) = self.blocks.get(&id) else { return };
        let (live, want) = (block.live.len(), usize::from(block.target));
        let level = if live == 0 {
            Some(NONE_LEFT)
        } else if live + coming < want {
            Some(match live {
                1 => ONE_LEFT,
                n if n * 3 < want => VERY_LOW,
                _ => LOW,
            })
        } else if coming == 0 && !self.well_placed(&block.live, want) {
            Some(BADLY_PLACED)
        } else {
            None
        };
        if let Some(level) = level {
            self.redundancy.low.insert(id, level);
            let queue = if level == NONE_LEFT {
                &mut self.redundancy.parked
            } else {
                &mut self.redundancy.ready
            };
            queue.insert((level, id));
            self.wake(act);
        } else {
            self.mark_surplus(id, act);
            if was_low {
                self.announce_healed(act);
            }
        }
    }

    fn announce_healed(&mut self, act: &mut Act<'_>) {
        let idle = self.redundancy.low.is_empty() && self.redundancy.pending.is_empty();
        if idle && self.redundancy.copied > 0 {
            let copied = std::mem::take(&mut self.redundancy.copied);
            let noun = if copied == 1 { "copy" } else { "copies" };
            act.notice(format!(
                "HDFS is healed: {copied} {noun} made, every block has its replicas."
            ));
        }
    }

    fn mark_surplus(&mut self, id: u64, act: &mut Act<'_>) {
        loop {
            let Some(block) = self.blocks.get(&id) else { return };
            let enough = block.live.len() >= usize::from(block.target);
            let spoiled: Vec<NodeId> =
                if enough { block.corrupt.iter().copied().collect() } else { Vec::new() };
            let surplus = (block.live.len() > usize::from(block.target))
                .then(|| self.choose_surplus(&block.live))
                .flatten();
            let Some(block) = self.blocks.get_mut(&id) else { return };
            for node in spoiled {
                block.corrupt.remove(&node);
                block.excess.insert(node);
                self.redundancy.doomed.entry(node).or_default().insert(id);
            }
            let Some(node) = surplus else { break };
            block.live.remove(&node);
            block.excess.insert(node);
            self.redundancy.doomed.entry(node).or_default().insert(id);
        }
        self.wake(act);
    }

    /// Schedules the next round when there is something to do.
    pub(super) fn wake(&mut self, act: &mut Act<'_>) {
        if self.redundancy.ticking || self.safe_mode.on() {
            return;
        }
        let deletions = self
            .redundancy
            .doomed
            .keys()
            .any(|n| self.node(*n).connected && !self.node(*n).purging);
        if self.redundancy.ready.is_empty() && !deletions {
            return;
        }
        self.redundancy.ticking = true;
        let since = (act.now.0 - self.started.0).rem_euclid(self.settings.redundancy_ms);
        let at = Time(act.now.0 - since + self.settings.redundancy_ms);
        act.schedule(at, Event::Monitor { life: self.life });
    }

    /// One round of the monitor.
    pub(super) fn monitor(&mut self, act: &mut Act<'_>) {
        self.redundancy.ticking = false;
        if self.safe_mode.on() {
            return;
        }
        self.send_deletions(act);
        let live = self.nodes.iter().filter(|n| n.believed()).count();
        let mut budget = live * self.settings.work_per_node;
        // An urgent block may use streams that others may not, so each urgency is walked by itself
        // until no sender is free for it.
        for level in [ONE_LEFT, VERY_LOW, LOW, BADLY_PLACED] {
            let settings = &self.settings;
            let limit =
                if level == ONE_LEFT { settings.max_streams_hard } else { settings.max_streams };
            let mut from = (level, 0);
            while budget > 0 && self.any_sender(limit) {
                let next = self.redundancy.ready.range(from..(level + 1, 0)).next();
                let Some((_, id)) = next.copied() else { break };
                from = (level, id + 1);
                if self.reconstruct(id, level, limit, act) {
                    budget -= 1;
                }
            }
        }
        self.wake(act);
    }

    fn any_sender(&self, limit: u32) -> bool {
        self.nodes.iter().any(|n| n.believed() && n.sending < limit)
    }

    fn send_deletions(&mut self, act: &mut Act<'_>) {
        let nodes: Vec<NodeId> = self.redundancy.doomed.keys().copied().collect();
        for id in nodes {
            let node = self.node_mut(id);
            if node.connected && !node.purging {
                node.purging = true;
                let at = node.next_heartbeat(act.now);
                let epoch = node.epoch;
                act.schedule(at, Event::Purge { node: id, epoch });
            }
        }
    }

    /// Asks for the copies that one block lacks; whether any was asked for.
    fn reconstruct(&mut self, id: u64, level: u8, limit: u32, act: &mut Act<'_>) -> bool {
        let coming = self.waiting_targets(id);
        let Some(block) = self.blocks.get(&id) else {
            self.redundancy.lift(id);
            return false;
        };
        let senders: Vec<NodeId> =
            block.live.iter().copied().filter(|n| self.node(*n).believed()).collect();
        let chosen: Vec<NodeId> = block.live.iter().copied().chain(coming).collect();
        let mut excluded: BTreeSet<NodeId> = block.excess.union(&block.corrupt).copied().collect();
        // A node that is about to delete an outdated replica would delete the new one.
        excluded.extend(
            self.redundancy.doomed.iter().filter(|(_, d)| d.contains(&id)).map(|(n, _)| *n),
        );
        let target = usize::from(block.target);
        let wanted = Wanted {
            // A badly placed block gets one more replica; the surplus one goes afterwards.
            replicas: if level == BADLY_PLACED { target.max(chosen.len()) + 1 } else { target },
            chosen: &chosen,
            excluded: &excluded,
            space: block.len,
            new: false,
        };
        if !senders.iter().any(|n| self.node(*n).sending < limit) {
            return false;
        }
        let mut targets = self.choose_targets(act.rng, &wanted);
        if level == BADLY_PLACED {
            let here = &self.node(chosen[0]).rack;
            targets.retain(|n| self.node(*n).rack != *here);
        }
        if targets.is_empty() {
            self.redundancy.ready.remove(&(level, id));
            self.redundancy.parked.insert((level, id));
            return false;
        }
        let mut asked = false;
        for to in targets {
            let free: Vec<NodeId> =
                senders.iter().copied().filter(|n| self.node(*n).sending < limit).collect();
            let Some(from) = act.rng.pick(&free).copied() else { break };
            self.ask_copy(id, from, to, act);
            asked = true;
        }
        self.evaluate(id, act);
        asked
    }

    fn ask_copy(&mut self, id: u64, from: NodeId, to: NodeId, act: &mut Act<'_>) {
        self.redundancy.next_token += 1;
        let token = self.redundancy.next_token;
        let len = self.blocks.get(&id).map_or(0, |b| b.len);
        let sender = self.node(from);
        // A node that is silent never hears of it; a target that is silent never takes it.
        let (heard, works) = (sender.connected, sender.connected && self.node(to).connected);
        let moving = works.then(|| {
            let start = sender.next_heartbeat(act.now);
            let ms = len.saturating_mul(1000).div_ceil(config::BYTES_PER_SECOND);
            (start, Time(start.0 + i64::try_from(ms).unwrap_or(i64::MAX / 4)))
        });
        let streaming = works || !heard;
        if streaming {
            self.node_mut(from).sending += 1;
        }
        if let Some((_, end)) = moving {
            self.node_mut(to).incoming += len;
            act.schedule(end, Event::Copied { block: id, token });
        } else {
            let at = act.now.plus(self.settings.pending_timeout);
            act.schedule(at, Event::CopyTimeout { block: id, token });
        }
        let entry = Pending { from, to, token, asked: act.now, streaming, moving };
        self.redundancy.pending.entry(id).or_default().push(entry);
    }

    /// Takes a pending copy out, with what it occupied.
    fn take_pending(&mut self, id: u64, token: u64) -> Option<Pending> {
        let list = self.redundancy.pending.get_mut(&id)?;
        let at = list.iter().position(|p| p.token == token)?;
        let entry = list.remove(at);
        if list.is_empty() {
            self.redundancy.pending.remove(&id);
        }
        self.release(id, &entry);
        Some(entry)
    }

    fn release(&mut self, id: u64, entry: &Pending) {
        let len = self.blocks.get(&id).map_or(0, |b| b.len);
        if entry.streaming {
            self.node_mut(entry.from).sending -= 1;
        }
        if entry.moving.is_some() {
            self.node_mut(entry.to).incoming -= len;
        }
    }

    /// A copy has arrived.
    pub(super) fn copied(&mut self, id: u64, token: u64, act: &mut Act<'_>) {
        let Some(entry) = self.take_pending(id, token) else { return };
        let Some(block) = self.blocks.get_mut(&id) else { return };
        let rotten = self.nodes[usize::from(entry.from.0)].disk.get(&id).is_none_or(|r| r.rotten);
        if rotten {
            // The receiver checks what it gets, refuses it and tells the NameNode.
            block.live.remove(&entry.from);
            block.corrupt.insert(entry.from);
        } else {
            block.live.insert(entry.to);
            let (stamp, len) = (block.stamp, block.len);
            self.node_mut(entry.to).store(id, stamp, len);
            self.redundancy.copied += 1;
        }
        self.evaluate(id, act);
        self.announce_healed(act);
    }

    /// A copy that was asked for did not arrive in time.
    pub(super) fn copy_timeout(&mut self, id: u64, token: u64, act: &mut Act<'_>) {
        if self.take_pending(id, token).is_some() {
            self.evaluate(id, act);
        }
    }

    /// A node fell silent: what it was sending or receiving stops, though the NameNode does not know yet.
    pub(super) fn break_copies(&mut self, node: NodeId, act: &mut Act<'_>) {
        let mut broken = Vec::new();
        for (id, list) in &mut self.redundancy.pending {
            for entry in list.iter_mut().filter(|p| p.moving.is_some()) {
                if entry.from == node || entry.to == node {
                    broken.push((*id, entry.from, entry.to));
                    entry.moving = None;
                    entry.streaming = false;
                    let at = entry.asked.plus(self.settings.pending_timeout);
                    act.schedule(at, Event::CopyTimeout { block: *id, token: entry.token });
                }
            }
        }
        for (id, from, to) in broken {
            let len = self.blocks.get(&id).map_or(0, |b| b.len);
            self.node_mut(from).sending -= 1;
            self.node_mut(to).incoming -= len;
        }
    }

    /// Drops every copy of a block that was asked for.
    pub(super) fn cancel_copies(&mut self, id: u64) {
        for entry in self.redundancy.pending.remove(&id).unwrap_or_default() {
            self.release(id, &entry);
        }
    }

    /// Drops the copies to a node that the NameNode has given up; the blocks they were for.
    pub(super) fn drop_copies_to(&mut self, node: NodeId) -> Vec<u64> {
        let mut found = Vec::new();
        for (id, list) in &self.redundancy.pending {
            found.extend(list.iter().filter(|p| p.to == node).map(|p| (*id, p.token)));
        }
        for (id, token) in &found {
            self.take_pending(*id, *token);
        }
        found.into_iter().map(|(id, _)| id).collect()
    }

    /// A node deletes what it was told to.
    pub(super) fn purge(&mut self, id: NodeId, epoch: u32, act: &mut Act<'_>) {
        let node = self.node_mut(id);
        if node.epoch != epoch || !node.connected {
            return;
        }
        node.purging = false;
        let Some(doomed) = self.redundancy.doomed.get_mut(&id) else { return };
        let mut round = std::mem::take(doomed);
        if let Some(rest) = round.iter().nth(self.settings.invalidate_limit).copied() {
            *doomed = round.split_off(&rest);
        } else {
            self.redundancy.doomed.remove(&id);
        }
        for block in round {
            self.nodes[usize::from(id.0)].erase(block);
            if let Some(block) = self.blocks.get_mut(&block) {
                block.excess.remove(&id);
            }
        }
        self.redundancy.unpark();
        self.wake(act);
    }

    /// Removes blocks that no file has any more.
    pub(super) fn drop_blocks(&mut self, blocks: &[u64], act: &mut Act<'_>) {
        for id in blocks {
            self.cancel_copies(*id);
            self.redundancy.lift(*id);
            let Some(block) = self.blocks.remove(id) else { continue };
            for node in block.holders() {
                self.redundancy.doomed.entry(node).or_default().insert(*id);
            }
        }
        self.wake(act);
    }

    /// The set of usable nodes changed: what could not be helped may be helped now.
    pub(super) fn reconsider(&mut self, act: &mut Act<'_>) {
        self.redundancy.unpark();
        self.wake(act);
    }

    /// Everything is forgotten: the NameNode starts anew.
    pub(super) fn forget_redundancy(&mut self) {
        self.redundancy =
            Redundancy { next_token: self.redundancy.next_token, ..Redundancy::default() };
        for node in &mut self.nodes {
            node.sending = 0;
            node.incoming = 0;
            node.purging = false;
        }
    }
}
