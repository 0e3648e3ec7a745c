//! Paths as text.

/// `path` as it is seen from `folder`: absolute, without `.`, with `..` taken away by its words.
#[must_use]
pub fn join(folder: &str, path: &str) -> String {
    let mut words: Vec<&str> = Vec::new();
    let before = if path.starts_with('/') { "" } else { folder };
    for word in before.split('/').chain(path.split('/')) {
        match word {
            "" | "." => {}
            ".." => {
                words.pop();
            }
            word => words.push(word),
        }
    }
    format!("/{}", words.join("/"))
}

/// `path` made absolute, with everything in it as it stands: `..` behind a link is the kernel's to
/// follow.
#[must_use]
pub fn absolute(folder: &str, path: &str) -> String {
    if path.starts_with('/') || path.is_empty() {
        path.to_owned()
    } else {
        format!("{}/{path}", folder.trim_end_matches('/'))
    }
}

/// The last name of a path.
#[must_use]
pub fn base(path: &str) -> &str {
    let trimmed = path.trim_end_matches('/');
    if trimmed.is_empty() {
        return if path.is_empty() { "" } else { "/" };
    }
    trimmed.rsplit('/').next().unwrap_or(trimmed)
}

/// All but the last name, as `dirname` says it.
#[must_use]
pub fn folder(path: &str) -> String {
    let trimmed = path.trim_end_matches('/');
    if trimmed.is_empty() {
        return if path.is_empty() { ".".into() } else { "/".into() };
    }
    match trimmed.rfind('/') {
        None => ".".into(),
        Some(at) => {
            let folder = trimmed[..at].trim_end_matches('/');
            if folder.is_empty() { "/".into() } else { folder.to_owned() }
        }
    }
}

/// A name in a folder, as tools put them together.
#[must_use]
pub fn child(folder: &str, name: &str) -> String {
    if folder.ends_with('/') { format!("{folder}{name}") } else { format!("{folder}/{name}") }
}
