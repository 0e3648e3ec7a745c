//! Patterns of tags and names in which `*` stands for any number of characters, none included.

/// Whether a pattern stands for a text.
pub(super) fn fits(pattern: &str, text: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(head) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let tail = parts.pop().unwrap_or_default();
    for part in parts {
        // The first place is as good as any later one: what follows has the most room then.
        let Some((_, behind)) = text.split_once(part) else { return false };
        text = behind;
    }
    text.ends_with(tail)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::fits;

    #[test]
    fn a_star_stands_for_anything() {
        let check = |pattern: &str, text: &str, want: bool| {
            assert_eq!(fits(pattern, text), want, "{pattern} {text}");
        };
        check("prod", "prod", true);
        check("prod", "prod1", false);
        check("prod*", "prod1", true);
        check("prod*", "prod", true);
        check("*prod", "my-prod", true);
        check("*prod*", "a-prod-b", true);
        check("*", "", true);
        check("a*b*c", "abc", true);
        check("a*b*c", "a-b-b-c", true);
        check("a*b*c", "acb", false);
        check("a*a", "a", false);
        check("ab*ba", "aba", false);
    }

    proptest! {
        #[test]
        fn what_is_put_in_the_place_of_stars_fits(
            parts in proptest::collection::vec("[ab]{0,2}", 1..5),
            fillers in proptest::collection::vec("[abc]{0,3}", 4),
        ) {
            let mut text = String::new();
            for (part, filler) in parts.iter().zip(std::iter::once("").chain(fillers.iter().map(String::as_str))) {
                text += filler;
                text += part;
            }
            prop_assert!(fits(&parts.join("*"), &text));
        }
    }
}
