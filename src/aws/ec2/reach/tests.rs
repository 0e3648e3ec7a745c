//! Packets that arrive, and those that do not.
