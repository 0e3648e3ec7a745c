//! The one integration-test binary. Each file here is a module of it; `tidy` fails on a forgotten one.

mod docker;
mod handin;
mod images;
mod machine;
mod nodes;
mod program;
mod prover;
mod screen;
mod support;
mod survival;
mod tidy;
mod wire;
