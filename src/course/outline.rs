//! What a list shows of a lab, by its headings and fences alone: a list of many labs must not cost
//! reading them. Judges nothing; `parse` does.

use std::collections::BTreeMap;

/// What a list shows of a lab: steps and points.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Outline {
    pub(super) steps: usize,
    pub(super) points: u32,
    /// What each step is worth, by its id.
    pub(super) step_points: BTreeMap<String, u32>,
    /// Id and title of each step, in their order.
    pub(super) step_titles: Vec<(String, String)>,
}

/// A step's heading, and whether anything proves the step.
#[derive(Default)]
struct Heading {
    id: String,
    title: String,
    /// What was said; without, a step that is proved is worth 1.
    points: Option<u32>,
    proved: bool,
}

impl Heading {
    fn read(line: &str) -> Self {
        let (title, braces) = line.rsplit_once('{').unwrap_or((line, ""));
        let words = || braces.trim_end().trim_end_matches('}').split_whitespace();
        let id = words().find_map(|w| w.strip_prefix('#')).unwrap_or_default().to_owned();
        let points = words().filter_map(|w| w.strip_prefix("points=")).find_map(|n| n.parse().ok());
        let title = title.trim_start_matches(['#', ' ']).trim_end().to_owned();
        Self { id, title, points, proved: false }
    }
}

/// Walks the lines of a lab's body once.
pub(super) fn outline(body: &str) -> Outline {
    let mut sum = Outline::default();
    let mut step: Option<Heading> = None;
    let mut fence: Option<(char, usize)> = None;
    let mut comment = false;
    let mut add = |step: Option<Heading>| {
        if let Some(step) = step {
            let points = step.points.unwrap_or(u32::from(step.proved));
            sum.steps += 1;
            sum.points = sum.points.saturating_add(points);
            sum.step_points.insert(step.id.clone(), points);
            sum.step_titles.push((step.id, step.title));
        }
    };
    for line in body.lines() {
        let text = line.trim_start();
        if fence.is_none() {
            comment |= text.starts_with("<!--");
            if comment || line.len() - text.len() > 3 {
                comment &= !line.contains("-->");
                continue;
            }
        }
        let mark = text.chars().next().filter(|c| matches!(c, '`' | '~')).unwrap_or(' ');
        let width = text.chars().take_while(|c| *c == mark && mark != ' ').count();
        match fence {
            Some((open, least))
                if mark == open && width >= least && text.trim_end().len() == width =>
            {
                fence = None;
            }
            None if width >= 3 => {
                fence = Some((mark, width));
                let role = text[width..].split_whitespace().nth(1);
                if let (Some("check" | "ask"), Some(step)) = (role, &mut step) {
                    step.proved = true;
                }
            }
            None if text.starts_with("## ") => {
                add(step.take());
                step = Some(Heading::read(line));
            }
            _ => {}
        }
    }
    add(step);
    sum
}
