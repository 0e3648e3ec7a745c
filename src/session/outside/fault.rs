//! The places where a kill is tried, and one where a session takes its time.

/// Where a session may be killed, in the order in which a run passes them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Point {
    /// Nothing of a run is in the journal yet, and nothing runs.
    BeforeBegan,
    /// It is in the journal that it began.
    Began,
    /// What will run is there, and waits.
    Prepared,
    /// It runs.
    Started,
    /// It is over, and its end is not in the journal.
    Over,
    /// Its end is in the journal, and what is left of it is there still.
    Told,
}

/// Dies here, as by `kill -9`, when the test that runs this asks for it.
#[cfg(test)]
pub(super) fn at(point: Point) {
    if std::env::var("DISTLAB_DIES_AT").is_ok_and(|name| name == format!("{point:?}")) {
        std::process::abort();
    }
}

#[cfg(not(test))]
pub(super) fn at(_: Point) {}

/// Takes its time between a look at the world and one at what runs, when the test that runs this asks for
/// it: whatever happens then must not be mistaken.
#[cfg(test)]
pub(super) fn dawdle() {
    if std::env::var_os("DISTLAB_DAWDLES").is_some() {
        std::thread::sleep(std::time::Duration::from_millis(8));
    }
}

#[cfg(not(test))]
pub(super) fn dawdle() {}
