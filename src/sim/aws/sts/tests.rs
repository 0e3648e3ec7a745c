//! Who may assume what, and for how long.
