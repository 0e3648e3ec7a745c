//! `Scan`: all items, in the order of the hashes of their partition keys, whole or in segments.
//!
//! Segments are equal parts of the space of hashes, so together they hold every item once.
//!
//! Source: API reference, `Scan`; developer guide, "Parallel scan".

use super::capacity::{Capacity, Direction};
use super::error::{ApiError, validation};
use super::key::Key;
use super::place::Place;
use super::read::{Page, Range, Reading, Source, page};
use super::state::State;
use super::table::check::constraint;
use super::time::Time;

/// Segments of a scan.
pub const SEGMENTS_MAX: u32 = 1_000_000;

/// `Scan`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Scan {
    pub reading: Reading,
    pub segment: Option<u32>,
    pub total_segments: Option<u32>,
}

impl Scan {
    /// The segment and how many there are.
    fn segments(&self) -> Result<(u32, u32), ApiError> {
        let (segment, total) = match (self.segment, self.total_segments) {
            (None, None) => return Ok((0, 1)),
            (Some(_), None) => {
                return Err(validation(
                    "The TotalSegments parameter is required but was not present in the request \
                     when Segment parameter is present",
                ));
            }
            (None, Some(_)) => {
                return Err(validation(
                    "The Segment parameter is required but was not present in the request when \
                     parameter TotalSegments is present",
                ));
            }
            (Some(segment), Some(total)) => (segment, total),
        };
        if !(1..=SEGMENTS_MAX).contains(&total) {
            let bound = if total == 0 {
                "greater than or equal to 1"
            } else {
                "less than or equal to 1000000"
            };
            let rule = format!("Member must have value {bound}");
            return Err(constraint(&total.to_string(), "totalSegments", &rule));
        }
        if segment >= total {
            return Err(validation(format!(
                "The Segment parameter is zero-based and must be less than parameter \
                 TotalSegments: Segment: {segment} is not less than TotalSegments: {total}"
            )));
        }
        Ok((segment, total))
    }
}

impl State {
    /// `Scan`.
    ///
    /// # Errors
    /// There is no such table or index; there is no such segment; the page cannot begin there; what
    /// is asked for does not go together; or the capacity is used up.
    pub fn scan(
        &self,
        place: &Place,
        metered: Option<Time>,
        scan: &Scan,
    ) -> Result<Page, ApiError> {
        let (segment, total) = scan.segments()?;
        let table = self.serving(place, &scan.reading.table)?;
        let source = Source::of(table, &scan.reading)?;
        let (from, to) = (Key::segment(segment, total), Key::segment(segment + 1, total));
        let mut range = Range { from, to, forward: true };
        if let Some(start) = &scan.reading.start {
            let known = "The provided starting key is invalid";
            let place = source.start(start).ok_or_else(|| match source.index {
                Some(_) => validation(known),
                None => validation(format!(
                    "{known}: The provided key element does not match the schema"
                )),
            })?;
            if place < range.from || place >= range.to {
                return Err(validation(format!(
                    "{known}: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct \
                     Segment. TotalSegments: {total} Segment: {segment}"
                )));
            }
            range.after(place);
        }
        let page = page(source, &scan.reading, &range, "Scanning")?;
        table.admit(metered, Direction::Read, &Capacity::default(), &page.cost)?;
        Ok(page)
    }
}
