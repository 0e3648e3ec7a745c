//! `--filter`.

use std::collections::BTreeMap;

use command_line::flags::Parsed;

/// A filter: `name=value`.
pub(crate) fn check(text: &str) -> Result<(), String> {
    if text.is_empty() || text.contains('=') {
        return Ok(());
    }
    Err("bad format of filter (expected name=value)".to_owned())
}

/// The filters that were given, as the API takes them.
pub(crate) fn given(flags: &Parsed) -> BTreeMap<String, Vec<String>> {
    let mut filters: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for text in flags.all("filter") {
        if let Some((name, value)) = text.split_once('=') {
            let name = name.trim().to_lowercase();
            filters.entry(name).or_default().push(value.trim().to_owned());
        }
    }
    filters
}

#[cfg(test)]
mod tests {
    use super::*;
    use command_line::flags::{Flag, flag, parse};

    static FLAGS: &[Flag] =
        &[flag("filter", "filter", "Only what matches").short('f').check(check)];

    #[test]
    fn filters_are_gathered_by_name() {
        let check = |line: &str, want: &[(&str, &[&str])]| {
            let words: Vec<String> = line.split(';').map(str::to_owned).collect();
            let want: BTreeMap<String, Vec<String>> = want
                .iter()
                .map(|(name, values)| {
                    ((*name).to_owned(), values.iter().map(|v| (*v).to_owned()).collect())
                })
                .collect();
            assert_eq!(given(&parse(&words, &[FLAGS], true).unwrap()), want, "{line}");
        };
        check("x", &[]);
        check(
            "-f;name=a;--filter=Name = b ;-flabel=k=v",
            &[("label", &["k=v"]), ("name", &["a", "b"])],
        );
        check("-f;", &[]);
    }

    #[test]
    fn one_without_a_value_is_wrong() {
        let wrong = parse(&["-f".to_owned(), "name".to_owned()], &[FLAGS], true).unwrap_err();
        assert_eq!(
            wrong,
            "invalid argument \"name\" for \"-f, --filter\" flag: bad format of filter (expected name=value)"
        );
    }
}
