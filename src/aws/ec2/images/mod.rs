//! Operations over what AWS offers: images, types, regions and zones.

pub mod copy;
pub mod machine_images;
pub mod make;
pub mod permissions;
pub mod places;
pub mod types;
