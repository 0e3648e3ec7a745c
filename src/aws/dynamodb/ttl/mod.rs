//! Time to live: items that end by themselves.
//!
//! The service deletes an expired item within a few days; here it goes at the next sweep, and
//! sweeps are ten minutes apart, so that a learner sees both: that an expired item can still be
//! read for a while, and that it goes. Expired items stand in an order of their own, so a sweep
//! touches nothing but them. What expired more than five years ago stays, as in the service.
//!
//! Source: developer guide, "Using time to live (TTL) in DynamoDB".

mod settings;
mod sweep;

use rpds::RedBlackTreeSetSync;

pub use settings::{TTL_COOLDOWN, TTL_SETTLE};
pub use sweep::SWEEP_PERIOD;

use super::key::Key;
use super::rows::Row;
use super::time::Time;
use super::value::{AttributeValue, Item};

/// What expired longer ago stays.
const TOO_OLD_S: i64 = 5 * 365 * 86_400;

/// `TimeToLiveStatus`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum TtlStatus {
    Enabling,
    Enabled,
    Disabling,
    #[default]
    Disabled,
}

impl TtlStatus {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Enabling => "ENABLING",
            Self::Enabled => "ENABLED",
            Self::Disabling => "DISABLING",
            Self::Disabled => "DISABLED",
        }
    }
}

/// A table's time to live.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Ttl {
    status: TtlStatus,
    attribute: Option<String>,
    /// The second at which each item expires, the first one first. Filled while it is on.
    expiries: RedBlackTreeSetSync<(i64, Key)>,
    sweep: Option<Time>,
    changed: Option<Time>,
}

impl Ttl {
    pub(crate) fn status(&self) -> TtlStatus {
        self.status
    }

    /// The attribute that says when an item expires, while it is on or being turned on or off.
    pub(crate) fn attribute(&self) -> Option<&str> {
        self.attribute.as_deref()
    }

    fn watches(&self) -> Option<&str> {
        let on = self.status == TtlStatus::Enabled;
        self.attribute.as_deref().filter(|_| on)
    }

    /// Follows an item's change.
    pub(crate) fn moved(&mut self, key: &Key, old: Option<&Row>, new: Option<&Row>) {
        let Some(attribute) = self.watches() else { return };
        let at = |row: Option<&Row>| row.and_then(|row| expiry(&row.item, attribute));
        let (old, new) = (at(old), at(new));
        if old == new {
            return;
        }
        if let Some(second) = old {
            self.expiries.remove_mut(&(second, key.clone()));
        }
        if let Some(second) = new {
            self.expiries.insert_mut((second, key.clone()));
        }
    }

    /// The seconds of the first item that will go.
    fn first(&self, now: Time) -> Option<i64> {
        let from = (now.secs() - TOO_OLD_S, Key::segment(0, 1));
        self.expiries.range(from..).next().map(|(second, _)| *second)
    }
}

/// The seconds at which an item ends, by the attribute that says so.
fn expiry(item: &Item, attribute: &str) -> Option<i64> {
    let Some(AttributeValue::N(number)) = item.get(attribute) else { return None };
    let text = number.to_string();
    text.split_once('.').map_or(&*text, |(whole, _)| whole).parse().ok()
}
