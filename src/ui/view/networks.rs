//! Networks and the containers on them; a container on two networks joins them.

use std::collections::BTreeMap;

use super::branch;
use app::flow::{Line, Piece, Tone, wrap_text};
use base::text::plural;
use docker::view::{Member, NetworkView, View};

pub(super) fn lines(view: &View, width: usize) -> Vec<Line> {
    if let Some(problem) = &view.problem {
        return wrap_text(Tone::Bad, &format!("! {problem}"), width);
    }
    let mut on: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for network in &view.networks {
        for member in &network.members {
            on.entry(&member.name).or_default().push(&network.name);
        }
    }
    let title = format!(
        "{}, {} on them",
        plural(view.networks.len(), "network"),
        plural(on.len(), "container")
    );
    let mut lines = vec![Line::of(Tone::Heading, title)];
    for network in &view.networks {
        lines.push(Line::default());
        one(network, width, &mut lines);
    }
    let joining: Vec<_> = on.into_iter().filter(|(_, networks)| networks.len() > 1).collect();
    if !joining.is_empty() {
        lines.push(Line::default());
        lines.push(Line::of(Tone::Heading, "Networks joined by a container on both"));
        for (container, networks) in joining {
            let (first, others) = networks.split_first().map_or(("", &[][..]), |(f, o)| (*f, o));
            let pieces = [
                piece(Tone::Plain, format!("{first} ══ ")),
                piece(Tone::Bold, container),
                piece(Tone::Plain, format!(" ══ {}", others.join(" ══ "))),
            ];
            branch("  ", "    ", &pieces, width, &mut lines);
        }
    }
    lines
}

fn piece(tone: Tone, text: impl Into<String>) -> Piece {
    Piece { tone, text: text.into() }
}

fn one(network: &NetworkView, width: usize, lines: &mut Vec<Line>) {
    let mut facts = vec![network.driver.clone()];
    if !network.subnet.is_empty() {
        facts.push(network.subnet.clone());
    }
    if !network.gateway.is_empty() {
        facts.push(format!("gateway {}", network.gateway));
    }
    if network.internal {
        facts.push("no way out".to_owned());
    }
    // These are there on every engine, or since it is in a swarm.
    let built_in = ["bridge", "host", "none", "docker_gwbridge", "ingress"];
    facts.push(match network.lab.as_str() {
        "" if built_in.contains(&network.name.as_str()) => "the engine's".to_owned(),
        "" => "your own".to_owned(),
        lab => lab.to_owned(),
    });
    let pieces = [
        piece(Tone::Bold, network.name.clone()),
        piece(Tone::Dim, format!("  {}", facts.join(" · "))),
    ];
    branch("◆ ", "│   ", &pieces, width, lines);
    if network.members.is_empty() {
        lines.push(Line::of(Tone::Dim, "└─ nobody is on it"));
    }
    for (i, member) in network.members.iter().enumerate() {
        let last = i + 1 == network.members.len();
        let (turn, on) = if last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
        one_member(member, turn, on, width, lines);
    }
}

fn one_member(member: &Member, turn: &str, on: &str, width: usize, lines: &mut Vec<Line>) {
    let mut pieces = vec![piece(Tone::Good, "● "), piece(Tone::Bold, member.name.clone())];
    if !member.address.is_empty() {
        pieces.push(piece(Tone::Plain, format!("  {}", member.address)));
    }
    if !member.aliases.is_empty() {
        pieces.push(piece(Tone::Dim, format!("  also called {}", member.aliases.join(", "))));
    }
    branch(turn, &format!("{on}    "), &pieces, width, lines);
    let below = format!("{on}  ");
    // Several bindings of one port (IPv4, IPv6) are told by one line.
    let published: Vec<&str> = member.ports.split(", ").filter(|p| p.contains("->")).collect();
    if !published.is_empty() {
        let text = format!("this machine {}", published.join(", ").replace("->", " ──▶ "));
        branch(&below, &format!("{below}  "), &[piece(Tone::Link, text)], width, lines);
    }
    if !member.also_on.is_empty() {
        let text = format!("══ also on {}", member.also_on.join(", "));
        branch(&below, &format!("{below}  "), &[piece(Tone::Ask, text)], width, lines);
    }
}
