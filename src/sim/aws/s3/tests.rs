//! S3 through `World::apply`.
