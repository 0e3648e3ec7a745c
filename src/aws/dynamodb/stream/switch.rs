//! A table's stream, turned on and off, and forgotten in the end.

use super::super::context::{Cx, What};
use super::super::state::Region;
use super::super::table::Table;
use super::super::table::spec::StreamView;
use super::super::time::Time;
use super::{RECORD_LIFE, Stream};

impl Region {
    /// Turns a stream on for a table; its ARN.
    pub(crate) fn open_stream(&mut self, cx: &mut Cx<'_>, table: &mut Table, view: StreamView) {
        let stream = Stream::new(cx, table, view);
        table.stream = Some(view);
        table.stream_arn = Some(stream.arn.clone());
        self.streams.insert(stream.arn.clone(), stream);
    }

    /// Turns a table's stream off. It can be read for another day.
    pub(crate) fn close_stream(&mut self, cx: &mut Cx<'_>, arn: &str) {
        let Some(stream) = self.streams.get_mut(arn) else { return };
        if stream.disabled.is_none() {
            stream.disabled = Some(cx.now);
            stream.close_shard(cx.now);
            cx.at(cx.now.plus(RECORD_LIFE), What::StreamGone(arn.to_owned()));
        }
    }

    pub(crate) fn stream_gone(&mut self, arn: &str, now: Time) {
        let over = |stream: &Stream| stream.disabled.is_some_and(|at| at.plus(RECORD_LIFE) <= now);
        if self.streams.get(arn).is_some_and(over) {
            self.streams.remove(arn);
        }
    }
}
