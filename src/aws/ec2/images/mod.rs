//! Operations over what AWS offers: images, types, regions and zones.

pub mod machine_images;
pub mod places;
pub mod types;
