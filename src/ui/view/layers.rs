//! Images as trees of the layers they share: what stands on one trunk is kept once.

use std::collections::{BTreeMap, BTreeSet};

use super::{branch, bytes};
use app::flow::{Line, Piece, Tone, wrap_text};
use base::text::plural;
use docker::view::{ImageView, LayerView, View};

/// A layer, what ends at it, and what stands upon it.
#[derive(Default)]
struct Node<'v> {
    layer: Option<&'v LayerView>,
    images: Vec<&'v ImageView>,
    /// In the order of the images.
    above: Vec<Node<'v>>,
}

impl<'v> Node<'v> {
    fn put(&mut self, image: &'v ImageView, layers: &'v [LayerView]) {
        let Some((layer, rest)) = layers.split_first() else {
            self.images.push(image);
            return;
        };
        let known =
            self.above.iter().position(|n| n.layer.map(|l| &l.digest) == Some(&layer.digest));
        let at = known.unwrap_or_else(|| {
            self.above.push(Node { layer: Some(layer), ..Node::default() });
            self.above.len() - 1
        });
        self.above[at].put(image, rest);
    }

    fn size(&self) -> u64 {
        self.layer.and_then(|l| l.size).unwrap_or(0)
    }

    /// Bytes of it and of everything upon it.
    fn whole(&self) -> u64 {
        self.size() + self.above.iter().map(Node::whole).sum::<u64>()
    }

    fn count(&self) -> usize {
        usize::from(self.layer.is_some()) + self.above.iter().map(Node::count).sum::<usize>()
    }

    /// The images that hold it.
    fn holders(&self) -> BTreeSet<&'v str> {
        let own = self.images.iter().map(|i| i.id.as_str());
        own.chain(self.above.iter().flat_map(Node::holders)).collect()
    }
}

pub(super) fn lines(view: &View, width: usize) -> Vec<Line> {
    if let Some(problem) = &view.problem {
        return wrap_text(Tone::Bad, &format!("! {problem}"), width);
    }
    if view.images.is_empty() {
        let text = "No images yet. `docker pull` or `docker build` gets one.";
        return wrap_text(Tone::Dim, text, width);
    }
    let mut root = Node::default();
    for image in &view.images {
        root.put(image, &image.layers);
    }
    let mut lines = head(&root, view, width);
    for image in &root.images {
        lines.extend(wrap_text(Tone::Dim, &format!("{}: no layers", image.name), width));
    }
    for node in &root.above {
        lines.push(Line::default());
        grow(node, "", "", width, &mut lines);
    }
    lines
}

/// How much there is, and what sharing saves.
fn head(root: &Node<'_>, view: &View, width: usize) -> Vec<Line> {
    let ids: BTreeMap<&str, u64> = view
        .images
        .iter()
        .map(|i| (i.id.as_str(), i.layers.iter().filter_map(|l| l.size).sum()))
        .collect();
    let apart: u64 = ids.values().sum();
    let kept = root.whole();
    let title = format!("{} of {}", plural(root.count(), "layer"), plural(ids.len(), "image"));
    let mut lines = wrap_text(Tone::Heading, &format!("{title}, {}", bytes(kept)), width);
    let saved = apart.saturating_sub(kept);
    let text = if saved > 0 {
        format!("Without sharing they would take {}: it saves {}.", bytes(apart), bytes(saved))
    } else {
        "No layer is shared by two images.".to_owned()
    };
    lines.extend(wrap_text(Tone::Plain, &text, width));
    lines
}

/// Layers without a fork are one line; forks and images begin new ones.
fn grow(node: &Node<'_>, first: &str, rest: &str, width: usize, lines: &mut Vec<Line>) {
    let (mut top, mut count, mut size) = (node, 1, node.size());
    let mut unknown = node.layer.is_some_and(|l| l.size.is_none());
    while let ([next], true) = (top.above.as_slice(), top.images.is_empty()) {
        (top, count, size) = (next, count + 1, size + next.size());
        unknown |= next.layer.is_some_and(|l| l.size.is_none());
    }
    let digest = |n: &Node<'_>| n.layer.map(|l| l.digest.clone()).unwrap_or_default();
    let name = match count {
        1 => digest(node),
        _ => format!("{} … {}", digest(node), digest(top)),
    };
    let piece = |tone, text: String| Piece { text, tone };
    let mut pieces = vec![piece(Tone::Code, name)];
    if count > 1 {
        pieces.push(piece(Tone::Dim, format!(", {}", plural(count, "layer"))));
    }
    let size = if unknown { "size unknown".to_owned() } else { bytes(size) };
    pieces.push(piece(Tone::Plain, format!(", {size}")));
    let holders = node.holders().len();
    if holders > 1 {
        pieces.push(piece(Tone::Good, format!(", shared by {}", plural(holders, "image"))));
    }
    let stem = if top.above.is_empty() { "  " } else { "│ " };
    branch(first, &format!("{rest}{stem}"), &pieces, width, lines);
    for image in &top.images {
        let mut pieces = vec![piece(Tone::Bold, image.name.clone())];
        pieces.push(piece(Tone::Dim, format!(" {}, {} in all", image.id, bytes(image.size))));
        let lead = format!("{rest}{stem}■ ");
        branch(&lead, &format!("{rest}{stem}  "), &pieces, width, lines);
    }
    for (i, next) in top.above.iter().enumerate() {
        let last = i + 1 == top.above.len();
        let (turn, on) = if last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
        grow(next, &format!("{rest}{turn}"), &format!("{rest}{on}"), width, lines);
    }
}
