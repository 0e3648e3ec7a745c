//! The Hadoop commands, against a world of their own.
