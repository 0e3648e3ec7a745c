//! What a listing is asked for: filters, ids and pages.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::error::{combination, invalid, refuse};
use super::region::{Region, Resource};
use sim::api::ApiError;

sim::argument! {
    /// A filter name and value pair that is used to return a more specific list of results from a
    /// describe operation.
    pub struct Filter {
        /// The name of the filter.
        pub(crate) name: Option<String> => "Name",
        /// The filter values.
        pub(crate) values: Vec<String> => "Values" Xml("Value"),
    }
}

sim::group! {
    /// Whether only to look whether the request would be granted.
    pub struct Dry {
        /// Checks whether you have the required permissions, without actually making the request.
        pub(super) dry_run: Option<bool> => "DryRun",
    }
}

impl Dry {
    /// Ends a request that was only to be tried.
    pub(super) fn stop(&self) -> Result<(), ApiError> {
        if self.dry_run != Some(true) {
            return Ok(());
        }
        let message = "Request would have succeeded, but DryRun flag is set.";
        Err(ApiError::new(412, "DryRunOperation", message))
    }
}

sim::group! {
    /// What every listing can be asked for.
    pub struct Listing {
        ..pub(super) dry: Dry,
        /// The filters: all of them must fit, by one of their values.
        pub(super) filters: Vec<Filter> => "Filters" Xml("Filter"),
        /// The maximum number of results to return.
        pub(super) max_results: Option<i64> => "MaxResults",
        /// The token of the page before.
        pub(super) next_token: Option<String> => "NextToken",
    }
}

/// What can be listed and filtered.
pub(super) trait Listed: Resource + Clone {
    /// The filters that it knows, beside those of tags.
    const FILTERS: &'static [&'static str];
    /// How long a page may be.
    const PAGE: (i64, i64) = (5, 1000);
    /// How long a page is when nobody says it.
    const PAGE_DEFAULT: usize = 1000;

    /// What it has for one of these filters.
    fn values(&self, region: &Region, filter: &str) -> Vec<String>;

    /// It as it is shown: with its tags, and what else is known of it elsewhere.
    fn shown(&self, region: &Region) -> Self;
}

/// A page of things, and the token of the next.
pub(super) type Page<T> = (Vec<T>, Option<String>);

impl Listing {
    /// Those that are asked for by id and fit the filters.
    pub(super) fn page<T: Listed>(
        &self,
        region: &Region,
        ids: &[String],
    ) -> Result<Page<T>, ApiError> {
        self.dry.stop()?;
        self.check::<T>(!ids.is_empty())?;
        let found: Vec<&T> = if ids.is_empty() {
            T::all(region).values().collect()
        } else {
            let mut ids: Vec<&String> = ids.iter().collect();
            ids.sort();
            ids.dedup();
            ids.into_iter().map(|id| region.find::<T>(id)).collect::<Result<_, _>>()?
        };
        let fit = found.into_iter().filter(|item| self.fits(region, *item));
        let after = self.after()?;
        let mut rest = fit.filter(|item| after.as_deref().is_none_or(|after| item.id() > after));
        let max = match self.max_results {
            Some(max) => usize::try_from(max).unwrap_or(usize::MAX),
            None if ids.is_empty() => T::PAGE_DEFAULT,
            None => usize::MAX,
        };
        let page: Vec<&T> = rest.by_ref().take(max).collect();
        let more = rest.next().is_some();
        let next = page.last().filter(|_| more).map(|last| token(last.id()));
        Ok((page.into_iter().map(|item| item.shown(region)).collect(), next))
    }

    fn check<T: Listed>(&self, by_id: bool) -> Result<(), ApiError> {
        self.known(T::FILTERS)?;
        if let Some(max) = self.max_results {
            if by_id {
                return Err(combination(
                    "The parameter MaxResults cannot be used with a list of ids.",
                ));
            }
            page_size(max, T::PAGE)?;
        }
        Ok(())
    }

    /// Refuses filters that are none of these and none of tags.
    pub(super) fn known(&self, names: &[&str]) -> Result<(), ApiError> {
        for filter in &self.filters {
            let name = filter.name.as_deref().unwrap_or_default();
            if name.is_empty() {
                return Err(invalid("The filter name is missing."));
            }
            if !names.contains(&name) && name != "tag-key" && !name.starts_with("tag:") {
                return Err(invalid(format!("The filter '{name}' is invalid")));
            }
        }
        Ok(())
    }

    fn fits<T: Listed>(&self, region: &Region, item: &T) -> bool {
        self.fit(|name| match name.strip_prefix("tag:") {
            Some(key) => region.tag(item.id(), key).into_iter().map(str::to_owned).collect(),
            None if name == "tag-key" => region.tag_keys(item.id()),
            None => item.values(region, name),
        })
    }

    /// Whether something fits all filters that has these values for each.
    pub(super) fn fit(&self, mut values: impl FnMut(&str) -> Vec<String>) -> bool {
        self.filters.iter().all(|filter| {
            let has = values(filter.name.as_deref().unwrap_or_default());
            filter.values.iter().any(|pattern| has.iter().any(|value| like(pattern, value)))
        })
    }

    /// The id behind which the page begins.
    pub(super) fn after(&self) -> Result<Option<String>, ApiError> {
        let Some(token) = &self.next_token else { return Ok(None) };
        let bytes = URL_SAFE_NO_PAD.decode(token).ok();
        match bytes.and_then(|bytes| String::from_utf8(bytes).ok()) {
            Some(id) => Ok(Some(id)),
            None => Err(refuse("InvalidNextToken", "The token is invalid.")),
        }
    }
}

/// A token that says where a page ended.
pub(super) fn token(last: &str) -> String {
    URL_SAFE_NO_PAD.encode(last)
}

/// Refuses pages that are shorter or longer than a service gives.
pub(super) fn page_size(max: i64, (least, most): (i64, i64)) -> Result<(), ApiError> {
    let wrong = |rule: String| {
        Err(invalid(format!(
            "Value ( {max} ) for parameter maxResults is invalid. Expecting a value {rule}."
        )))
    };
    match max {
        _ if max < least => wrong(format!("greater than {least}")),
        _ if max > most => wrong(format!("less than {most}")),
        _ => Ok(()),
    }
}

/// Whether a value fits a pattern, in which `*` is anything, `?` is any character, and what stands
/// behind a backslash is itself.
pub(super) fn like(pattern: &str, value: &str) -> bool {
    let mut parts: Vec<Part> = Vec::new();
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        parts.push(match c {
            '*' => Part::Many,
            '?' => Part::One,
            '\\' => Part::This(chars.next().unwrap_or('\\')),
            c => Part::This(c),
        });
    }
    let value: Vec<char> = value.chars().collect();
    // The last star met, and how much of the value it had taken: there it is tried again.
    let mut back: Option<(usize, usize)> = None;
    let (mut at, mut done) = (0, 0);
    while done < value.len() {
        match parts.get(at) {
            Some(Part::Many) => {
                back = Some((at, done));
                at += 1;
                continue;
            }
            Some(Part::One) => {}
            Some(Part::This(c)) if *c == value[done] => {}
            _ => {
                let Some((star, taken)) = back else { return false };
                back = Some((star, taken + 1));
                (at, done) = (star + 1, taken + 1);
                continue;
            }
        }
        (at, done) = (at + 1, done + 1);
    }
    parts[at..].iter().all(|part| matches!(part, Part::Many))
}

enum Part {
    Many,
    One,
    This(char),
}

#[cfg(test)]
mod tests {
    use super::like;

    #[test]
    fn patterns_have_stars_and_question_marks() {
        let check = |pattern: &str, value: &str, want: bool| {
            assert_eq!(like(pattern, value), want, "{pattern} {value}");
        };
        check("abc", "abc", true);
        check("abc", "abcd", false);
        check("a*", "abcd", true);
        check("*d", "abcd", true);
        check("a*c*e", "abcde", true);
        check("a*c*e", "abcd", false);
        check("a?c", "abc", true);
        check("a?c", "ac", false);
        check("*", "", true);
        check("", "", true);
        check("", "a", false);
        check(r"a\*", "a*", true);
        check(r"a\*", "ab", false);
        check("amzn2-ami-hvm-*-x86_64-gp2", "amzn2-ami-hvm-2.0.2-x86_64-gp2", true);
        check("*ab", "aab", true);
    }
}
