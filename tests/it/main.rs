//! The one integration-test binary. Each file here is a module of it; `tidy` fails on a forgotten one.

mod classroom;
mod compose;
mod consent;
mod course;
mod docker;
mod dynamodb;
mod fuzz;
mod handin;
mod http;
mod images;
mod machine;
mod members;
mod nodes;
mod notes;
mod program;
mod prover;
mod proxy;
mod registry;
mod screen;
#[path = "../../benches/figures/sign.rs"]
mod sign;
mod support;
mod survival;
mod tidy;
mod trouble;
mod upload;
mod verbs;
mod versions;
mod wire;
mod world;
