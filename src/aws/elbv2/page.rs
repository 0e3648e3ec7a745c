//! Pages of lists.

use sim::api::ApiError;

use super::faults::invalid;

/// How many a page has at most and unless the request says so (API reference, `PageSize`).
const SIZE_MAX: i64 = 400;

sim::group! {
    /// The members of a request for a page.
    pub struct Paging {
        /// The marker for the next set of results.
        marker: Option<String> => "Marker",
        /// The maximum number of results to return with this call.
        page_size: Option<i64> => "PageSize",
    }
}

impl Paging {
    /// The page that was asked for, and where the next one begins. A marker is the key of the first item of
    /// its page.
    ///
    /// # Errors
    /// The size is none, or the marker was not given by a page before.
    pub(crate) fn page<T>(
        &self,
        items: Vec<T>,
        key: impl Fn(&T) -> String,
    ) -> Result<(Vec<T>, Option<String>), ApiError> {
        let size = self.page_size.unwrap_or(SIZE_MAX);
        if !(1..=SIZE_MAX).contains(&size) {
            return Err(invalid(format!(
                "1 validation error detected: Value '{size}' at 'pageSize' failed to satisfy \
                 constraint: Member must have value between 1 and {SIZE_MAX}"
            )));
        }
        let size = usize::try_from(size).unwrap_or(1);
        let mut items: Vec<T> = match &self.marker {
            None => items,
            Some(marker) => {
                let begin = items.iter().position(|item| key(item) == *marker);
                let begin = begin.ok_or_else(|| invalid("Invalid marker"))?;
                items.into_iter().skip(begin).collect()
            }
        };
        let next = items.get(size).map(key);
        items.truncate(size);
        Ok((items, next))
    }
}
