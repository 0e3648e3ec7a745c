//! Cutting nodes off: their containers run on and their sockets answer, only nothing gets through
//! between them and the other nodes. The addresses stay, so a swarm heals as after a cable was put
//! back.

use serde_json::Value;

use super::up::Changed;
use super::{Machine, Nodes};
use crate::{EngineError, ExecSpec};

/// The chain of the node's packet filter that holds the rules; the cut is that it is there.
const CHAIN: &str = "DISTLAB-CUT";

impl Nodes {
    /// Cuts these nodes off from all others of the lab; those named still reach each other.
    pub async fn partition(&self, names: &[String]) -> Result<Changed, EngineError> {
        let wanted = self.named(names).await?;
        let mut changed = Changed::default();
        for machine in &wanted {
            if !machine.running {
                return Err(EngineError::Nodes(format!(
                    "{} is down; only a running node can be cut off",
                    machine.name
                )));
            }
        }
        for machine in &wanted {
            let already = self.is_cut(machine).await?;
            self.script(machine, &cut_script(machine, &wanted)).await?;
            let list = if already { &mut changed.already } else { &mut changed.done };
            list.push(machine.name.clone());
        }
        Ok(changed)
    }

    /// Connects these nodes, or all, again. A node that is down has forgotten that it was cut off.
    pub async fn heal(&self, names: &[String]) -> Result<Changed, EngineError> {
        let mut changed = Changed::default();
        for machine in self.named(names).await? {
            if self.is_cut(&machine).await? {
                self.script(&machine, &heal_script()).await?;
                changed.done.push(machine.name);
            } else if !names.is_empty() {
                changed.already.push(machine.name);
            }
        }
        Ok(changed)
    }

    /// Whether a node is cut off now.
    pub(super) async fn is_cut(&self, machine: &Machine) -> Result<bool, EngineError> {
        if !machine.running {
            return Ok(false);
        }
        let script = format!("iptables -w -n -L {CHAIN} >/dev/null 2>&1");
        Ok(self.run_in(&machine.container, &script).await?.0 == 0)
    }

    async fn script(&self, machine: &Machine, script: &str) -> Result<(), EngineError> {
        let (code, said) = self.run_in(&machine.container, script).await?;
        if code == 0 {
            return Ok(());
        }
        Err(EngineError::Nodes(format!("{}: {}", machine.name, said.trim_end())))
    }

    /// Runs a script in a container; its exit code and what it printed.
    pub(super) async fn run_in(
        &self,
        container: &str,
        script: &str,
    ) -> Result<(i64, String), EngineError> {
        let command = ["sh", "-c", script].map(str::to_owned).to_vec();
        let spec = ExecSpec { command, ..ExecSpec::default() };
        let exec = self.engine.exec_create(container, &spec).await?;
        let mut attached = self.engine.exec_attach(&exec, false).await?;
        let mut text = Vec::new();
        while let Some((_, piece)) = attached.output.next().await? {
            text.extend_from_slice(&piece);
        }
        // The streams end a moment before the engine knows the code.
        loop {
            let state = self.engine.get_json(&format!("/exec/{exec}/json")).await?;
            if state.get("Running").and_then(Value::as_bool) != Some(true) {
                let code = state.get("ExitCode").and_then(Value::as_i64).unwrap_or(-1);
                return Ok((code, String::from_utf8_lossy(&text).into_owned()));
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }
}

/// Where the chain is hung into the packet filter.
const HOOKS: [&str; 3] = ["INPUT", "OUTPUT", "FORWARD"];

/// Takes the rules away, whether or not they are there.
fn heal_script() -> String {
    let mut lines: Vec<String> =
        HOOKS.iter().map(|hook| format!("iptables -w -D {hook} -j {CHAIN} 2>/dev/null")).collect();
    lines.push(format!("iptables -w -F {CHAIN} 2>/dev/null"));
    lines.push(format!("iptables -w -X {CHAIN} 2>/dev/null"));
    lines.push("true".into());
    lines.join("\n")
}

/// Drops what comes from, or goes to, other nodes. The network's gateway is the learner's machine,
/// which may look at published ports; the nodes on this side of the cut are left in peace.
fn cut_script(machine: &Machine, side: &[Machine]) -> String {
    let network = machine.address.rsplit_once('.').map_or("", |(network, _)| network);
    let (all, gateway, own) = (format!("{network}.0/24"), format!("{network}.1"), &machine.address);
    let mut rules = vec!["-i lo -j RETURN".to_owned(), "-o lo -j RETURN".to_owned()];
    let friends = side.iter().map(|m| &m.address).filter(|address| *address != own);
    for friend in friends.chain([&gateway]) {
        rules.push(format!("-s {friend} -j RETURN"));
        rules.push(format!("-d {friend} -j RETURN"));
    }
    rules.push(format!("-i eth0 -s {all} -j DROP"));
    rules.push(format!("-s {own} -d {all} -j DROP"));
    // Containers speak for themselves until their address is translated on the way out.
    rules.push(format!("! -i eth0 -d {all} -j DROP"));
    let mut lines = vec![heal_script(), "set -e".into(), format!("iptables -w -N {CHAIN}")];
    lines.extend(rules.iter().map(|rule| format!("iptables -w -A {CHAIN} {rule}")));
    lines.extend(HOOKS.iter().map(|hook| format!("iptables -w -I {hook} -j {CHAIN}")));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine(number: u8) -> Machine {
        Machine {
            name: format!("node{number}"),
            container: String::new(),
            running: true,
            address: format!("10.213.0.{}", 10 + number),
            socket: "/x/s".into(),
        }
    }

    #[test]
    fn those_on_one_side_are_left_in_peace() {
        let side = [machine(2), machine(3)];
        let script = cut_script(&side[0], &side);
        let has = |text: &str| script.contains(text);
        assert!(has("-s 10.213.0.13 -j RETURN") && has("-d 10.213.0.1 -j RETURN"), "{script}");
        assert!(!has("-s 10.213.0.12 -j RETURN"), "{script}");
        let (returns, drops) = (script.rfind("RETURN"), script.find("DROP"));
        assert!(returns < drops, "friends come first: {script}");
    }
}
