//! A terminal learning lab for distributed systems.
//!
//! `ARCHITECTURE.md` is the map. Each layer is a crate in a folder beside this file and imports only
//! what stands below it; this one puts them under one name for the program, its tests and benches.

pub use {
    app, aws, base, cli, command, command_docker, command_line, course, docker, gateway, grade,
    hadoop, machines, registry, session, sim, store, systems, ui, wire,
};

/// What is read on one thread and dropped on another, as every journal is, costs this one little.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
