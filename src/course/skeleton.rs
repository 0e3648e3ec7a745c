//! The lab that `distlab new` writes: small, whole, and commented for who has never written one.

/// A lab file to begin with. It reads and lints without a finding, and teaches its author by comments.
///
/// `id` and `track` must be ids (lower-case words joined by hyphens); any `title` will do.
#[must_use]
pub fn skeleton(id: &str, title: &str, track: &str) -> String {
    let title: String = title.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let title = match title.trim() {
        "" => id,
        text => text,
    };
    // The heading is Markdown: what has a meaning there is taken out of the way.
    let heading: String = title
        .chars()
        .flat_map(|c| {
            let special =
                matches!(c, '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '&' | '#' | '!');
            special.then_some('\\').into_iter().chain([c])
        })
        .collect();
    let quoted = serde_json::Value::from(title).to_string();
    TEMPLATE
        .replace("@id@", id)
        .replace("@track@", track)
        .replace("@heading@", &heading)
        .replace("@title@", &quoted)
}

const TEMPLATE: &str = include_str!("skeleton.md");
