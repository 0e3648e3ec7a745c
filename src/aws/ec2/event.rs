//! What happens by itself in a region.

use super::region::Place;

/// Something that happens in a region.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Event {
    pub(crate) place: Place,
    pub(crate) what: What,
}

/// What happens.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum What {
    /// An instance comes to the end of its phase, if it is in it still.
    Turn { instance: String, life: u32 },
    /// The console of an instance that runs has something to read.
    Console { instance: String, life: u32 },
    /// A terminated instance is forgotten.
    Vanish { instance: String },
    /// A volume is available.
    VolumeReady { volume: String },
    /// A volume is attached to an instance, or no longer.
    VolumeSettled { volume: String, instance: String },
    /// A volume that is deleted is gone.
    VolumeGone { volume: String },
    /// An image is available.
    ImageReady { image: String },
    /// A snapshot is completed.
    SnapshotDone { snapshot: String },
    /// A NAT gateway is available.
    NatReady { gateway: String },
    /// A NAT gateway that is deleted has given back what it had.
    NatGone { gateway: String },
    /// A deleted NAT gateway is forgotten.
    NatVanish { gateway: String },
}
