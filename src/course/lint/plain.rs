//! What a card or a question says is shown as it stands, and not read as Markdown.

/// The first word or words of a text between stars, which somebody meant to stand out. A
/// star of a pattern (`s3:*`, `*.txt`) has no word at its inner side, or no gap at its outer one.
pub(super) fn emphasis(text: &str) -> Option<&str> {
    ["**", "*"].iter().find_map(|mark| between(text, mark))
}

fn between<'t>(text: &'t str, mark: &str) -> Option<&'t str> {
    let mut from = 0;
    while let Some(at) = text[from..].find(mark).map(|at| from + at) {
        let inner = &text[at + mark.len()..];
        let gap =
            |c: Option<char>| c.is_none_or(|c| c.is_whitespace() || "(“\"'.,:;!?)”".contains(c));
        let begins = gap(text[..at].chars().next_back())
            && inner.chars().next().is_some_and(char::is_alphanumeric);
        if let Some(end) = inner.find(mark).filter(|_| begins) {
            let word = inner[..end].chars().next_back().is_some_and(char::is_alphanumeric);
            if word && !inner[..end].contains('`') && gap(inner[end + mark.len()..].chars().next())
            {
                return Some(&text[at..at + end + 2 * mark.len()]);
            }
        }
        from = at + mark.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::emphasis;

    #[test]
    fn stars_around_words_are_found_and_patterns_are_not() {
        let check = |text: &str, want: Option<&str>| assert_eq!(emphasis(text), want, "{text}");
        check("Only the *older* version.", Some("*older*"));
        check("Is it **not** there?", Some("**not**"));
        check("*Two words* of it", Some("*Two words*"));
        for text in [
            "s3:* and iam:* are actions",
            "*.txt and *.csv",
            "a * b * c",
            "arn:aws:s3:::bucket/* or *",
            "The second star is missing: *word",
            "`select * from t where a * b`",
        ] {
            check(text, None);
        }
    }
}
