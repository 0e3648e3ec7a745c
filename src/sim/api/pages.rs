//! How an operation pages, and what its clients wait for: botocore's paginators and waiters.

/// How an operation pages.
#[derive(Clone, Copy, Debug)]
pub struct Pages {
    /// The members that say where a page begins.
    pub input: &'static [&'static str],
    /// The members of the answer that say where the next one begins, in the same order.
    pub output: &'static [&'static str],
    /// The member of the answer that says whether there is more.
    pub more: Option<&'static str>,
    /// The member that says how long a page is.
    pub limit: Option<&'static str>,
    /// When the answer names no next page, the last item of `.0` has it in member `.1`.
    pub last: Option<(&'static str, &'static str)>,
    /// The lists that pages carry; the first is the one that is counted. A dot leads into a
    /// structure (`DistributionList.Items`).
    pub results: &'static [&'static str],
    /// Members of the first page that are shown beside the lists, null when they are absent.
    pub shown: &'static [&'static str],
}

impl Pages {
    /// Nothing yet, to fill up from.
    pub const NONE: Self = Self {
        input: &[],
        output: &[],
        more: None,
        limit: None,
        last: None,
        results: &[],
        shown: &[],
    };
}

/// What a client waits for with an operation.
#[derive(Clone, Copy, Debug)]
pub struct Waiter {
    /// `BucketExists`
    pub name: &'static str,
    /// Between two calls, in seconds.
    pub delay_s: u64,
    pub attempts_max: u32,
    /// The first that fits decides; when none does, a success is waited on and an error is one.
    pub acceptors: &'static [Acceptor],
}

/// What one answer means.
#[derive(Clone, Copy, Debug)]
pub struct Acceptor {
    pub verdict: Verdict,
    pub on: On,
}

/// What becomes of the waiting.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    Success,
    Failure,
    Retry,
}

/// What an answer is looked at for. Paths are JMESPath.
#[derive(Clone, Copy, Debug)]
pub enum On {
    /// The HTTP status.
    Status(u16),
    /// An error of this code; an empty one is any.
    Error(&'static str),
    /// No error.
    NoError,
    /// What the path leads to is this text.
    Path(&'static str, &'static str),
    /// What the path leads to is this.
    Is(&'static str, bool),
    /// All of the list, which is not empty, are this text.
    All(&'static str, &'static str),
    /// One of the list is this text.
    Any(&'static str, &'static str),
}

/// `BucketExists`, every five seconds, twenty times: what each answer means.
#[must_use]
pub const fn waiter(
    name: &'static str,
    delay_s: u64,
    attempts_max: u32,
    acceptors: &'static [Acceptor],
) -> Waiter {
    Waiter { name, delay_s, attempts_max, acceptors }
}

/// This ends the waiting well.
#[must_use]
pub const fn success(on: On) -> Acceptor {
    Acceptor { verdict: Verdict::Success, on }
}

/// This ends it badly.
#[must_use]
pub const fn failure(on: On) -> Acceptor {
    Acceptor { verdict: Verdict::Failure, on }
}

/// This goes on.
#[must_use]
pub const fn retry(on: On) -> Acceptor {
    Acceptor { verdict: Verdict::Retry, on }
}
