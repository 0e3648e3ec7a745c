//! The one integration-test binary. Each file here is a module of it; `tidy` fails on a forgotten one.

mod tidy;
mod wire;
