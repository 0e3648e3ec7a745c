//! What a request comes to.

use crate::edge::cache::Answer;

/// How the edge came to an answer, in the words of `X-Cache`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum How {
    Hit,
    RefreshHit,
    Miss,
    Error,
    Redirect,
}

impl How {
    /// As the log says it: the first word.
    pub(crate) fn word(self) -> &'static str {
        self.as_str().trim_end_matches(" from cloudfront")
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Hit => "Hit from cloudfront",
            Self::RefreshHit => "RefreshHit from cloudfront",
            Self::Miss => "Miss from cloudfront",
            Self::Error => "Error from cloudfront",
            Self::Redirect => "Redirect from cloudfront",
        }
    }
}

/// What a request comes to.
pub(crate) struct Outcome {
    pub(crate) answer: Answer,
    pub(crate) result: How,
    pub(crate) took_ms: i64,
    /// Seconds since the copy was good.
    pub(crate) age: Option<i64>,
}

impl Outcome {
    /// What came about so. An error is one however it came about.
    pub(crate) fn new(answer: Answer, result: How, took_ms: i64) -> Self {
        let result = if answer.status >= 400 { How::Error } else { result };
        Self { answer, result, took_ms, age: None }
    }

    /// A copy.
    pub(crate) fn hit(answer: Answer, age: i64) -> Self {
        Self { age: Some(age), ..Self::new(answer, How::Hit, 0) }
    }

    /// What the edge answers by itself.
    pub(crate) fn own(answer: Answer) -> Self {
        Self::new(answer, How::Error, 0)
    }
}
