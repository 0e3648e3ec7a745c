//! What became of a request that the world could not answer by itself, or whose client did not wait.

use sim::api::{ApiError, Write};
use sim::{Cx, World};

use crate::landing::land;
use crate::state::State;

sim::string_enum! {
    /// How a request ended.
    pub enum End {
        Answered = "answered", Refused = "refused", Timeout = "timeout", Garbled = "garbled",
        Left = "left",
    }
}

sim::operation! {
    /// Tells how a request ended.
    write Depart in "elb-front" = "";
    input {
        /// Its number.
        pub ticket: u64 => "ticket",
        /// How it ended.
        pub end: End => "end",
        /// The status of the target's answer.
        pub status: Option<i64> => "status",
        /// How long the target took, in milliseconds.
        pub took_ms: i64 => "tookMs",
        /// Bytes from the client.
        pub received: i64 => "received",
        /// Bytes to the client.
        pub sent: i64 => "sent",
    }
    output DepartOutput {}
    errors []
    access unsigned
}

/// The status that the log has of a client that left before it was answered (User Guide, "HTTP 460").
const LEFT: u16 = 460;

impl Write for Depart {
    type Output = DepartOutput;
    fn apply(self, world: &mut World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let state = world.get_mut::<State>();
        let Some(flight) = state.flights.get_mut(&self.ticket) else { return Ok(DepartOutput {}) };
        let entry = &mut flight.entry;
        let status = self.status.and_then(|status| u16::try_from(status).ok());
        entry.target_ms = Some(self.took_ms).filter(|_| self.end == End::Answered);
        entry.received = u64::try_from(self.received).unwrap_or(0);
        entry.sent = u64::try_from(self.sent).unwrap_or(0);
        entry.target_status = status.filter(|_| self.end == End::Answered);
        flight.broken = matches!(self.end, End::Refused | End::Timeout);
        entry.status = match self.end {
            End::Answered => status.unwrap_or(502),
            End::Refused | End::Garbled => 502,
            End::Timeout => 504,
            End::Left => LEFT,
        };
        land(world, self.ticket);
        Ok(DepartOutput {})
    }
}
