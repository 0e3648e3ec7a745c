//! How the command fails: the wording and exit codes of AWS CLI version 2 (its "return codes" page).
//!
//! It deliberately does not know what was tried; each place that can fail says so in its own words.

use std::io::{self, Write};

use gateway::CallError;
use sim::api::{ApiError, OpDef};

/// What stands behind `usage: ` when the arguments cannot be understood.
const USAGE: &str = "aws [options] <command> <subcommand> [<subcommand> ...] [parameters]\n\
To see help text, you can run:\n\n\
\x20 aws help\n\
\x20 aws <command> help\n\
\x20 aws <command> <subcommand> help\n";

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Failure {
    /// The arguments cannot be understood: behind `aws: error: ` (252).
    Usage(String),
    /// Arguments that nothing takes (252).
    Unknown(Vec<String>),
    /// A value that cannot be what its parameter wants (252).
    Invalid(String),
    /// Credentials that are set by halves (253).
    Config(String),
    /// No credentials (253).
    NoCredentials,
    /// The service refused (254).
    Api { operation: String, error: Box<ApiError> },
    /// Anything else (255).
    General(String),
    /// What there is to say was said; only the code is left.
    Silent(u8),
}

impl Failure {
    /// `Error parsing parameter '--policy': …`
    pub(super) fn param(flag: &str, message: impl std::fmt::Display) -> Self {
        Self::Invalid(format!("Error parsing parameter '{flag}': {message}"))
    }

    /// The service's refusal as the real client reports it. An answer without a body (to HEAD, or
    /// 304) has no code, so the client shows the HTTP status in its place.
    pub(super) fn call(op: &OpDef, error: CallError) -> Self {
        let error = match error {
            CallError::Api(error) => error,
            CallError::Broken(error) => return Self::General(format!("{error:#}")),
        };
        let bodiless = op.http.starts_with("HEAD ") || error.status == 304;
        let error = if bodiless {
            ApiError::new(error.status, error.status.to_string(), reason(error.status))
        } else {
            by_query(error)
        };
        Self::Api { operation: op.name.into(), error: Box::new(error) }
    }

    /// The refusal of an operation that is not simulated, which the service is not asked for: it has
    /// no arguments that could be read.
    pub(super) fn refused(operation: &str, error: ApiError) -> Self {
        Self::Api { operation: operation.into(), error: Box::new(error) }
    }

    /// Exit code.
    pub(super) fn code(&self) -> u8 {
        match self {
            Self::Usage(_) | Self::Unknown(_) | Self::Invalid(_) => 252,
            Self::Config(_) | Self::NoCredentials => 253,
            Self::Api { .. } => 254,
            Self::General(_) => 255,
            Self::Silent(code) => *code,
        }
    }

    /// Says it on standard error, in the layout of the real client.
    pub(super) fn write(&self, to: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Silent(_) => Ok(()),
            Self::Usage(message) => write!(to, "\nusage: {USAGE}\naws: error: {message}\n"),
            Self::Unknown(_) => write!(to, "\nusage: {USAGE}\n{self}\n\n"),
            Self::NoCredentials => write!(
                to,
                "\n{self}. You can configure credentials by running \"aws configure\".\n"
            ),
            _ => write!(to, "\n{self}\n"),
        }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Usage(text) | Self::Invalid(text) | Self::Config(text) | Self::General(text) => {
                f.write_str(text)
            }
            Self::Unknown(options) => write!(f, "Unknown options: {}", options.join(", ")),
            Self::Api { operation, error } => write!(
                f,
                "An error occurred ({}) when calling the {operation} operation: {}",
                error.code, error.message
            ),
            Self::NoCredentials => f.write_str("Unable to locate credentials"),
            Self::Silent(code) => write!(f, "exit code {code}"),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        // A reader that has gone away (`aws … | head`) is no failure worth words.
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::Silent(255);
        }
        Self::General(os_error(&error, None))
    }
}

/// A service that once spoke the query protocol says in a header which code an error has there: that is
/// the one that clients show.
fn by_query(mut error: ApiError) -> ApiError {
    let header = error.fields.iter().find(|(name, _)| name == "x-amzn-query-error");
    if let Some((code, _)) = header.and_then(|(_, told)| told.split_once(';')) {
        error.code = code.to_owned();
    }
    error
}

/// An operating system's error as Python words it: `[Errno 2] No such file or directory: 'a.txt'`.
pub(super) fn os_error(error: &io::Error, path: Option<&str>) -> String {
    let text = error.to_string();
    let reason = text.split(" (os error").next().unwrap_or(&text);
    let path = path.map(|p| format!(": '{p}'")).unwrap_or_default();
    match error.raw_os_error() {
        Some(number) => format!("[Errno {number}] {reason}{path}"),
        None => format!("{reason}{path}"),
    }
}

/// The reason phrase of an HTTP status (RFC 9110, 15).
fn reason(status: u16) -> &'static str {
    match status {
        301 => "Moved Permanently",
        304 => "Not Modified",
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        412 => "Precondition Failed",
        416 => "Requested Range Not Satisfiable",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        503 => "Service Unavailable",
        _ => "Unknown",
    }
}

/// `argument operation: Invalid choice, valid choices are: …`, two to a line, with what may have
/// been meant.
pub(super) fn invalid_choice(argument: &str, given: &str, choices: &[&str]) -> Failure {
    let mut text = format!("argument {argument}: Invalid choice, valid choices are:\n");
    for pair in choices.chunks(2) {
        let cells: Vec<String> = pair.iter().map(|c| format!("{c:<40}")).collect();
        text.push('\n');
        text.push_str(&cells.join(" | "));
    }
    let close = close_matches(given, choices);
    if !close.is_empty() {
        text.push_str("\n\n\nInvalid choice: '");
        text.push_str(given);
        text.push_str("', maybe you meant:\n");
        for word in close {
            text.push_str("\n  * ");
            text.push_str(word);
        }
    }
    Failure::Usage(text)
}

/// The choices that share at least four fifths of their characters, in order, with what was given
/// (at most three, best first).
fn close_matches<'a>(given: &str, choices: &[&'a str]) -> Vec<&'a str> {
    let given: Vec<char> = given.chars().collect();
    let mut scored: Vec<(usize, &str)> = choices
        .iter()
        .filter_map(|choice| {
            let chars: Vec<char> = choice.chars().collect();
            let total = given.len() + chars.len();
            let alike = 2 * matching(&given, &chars);
            (total > 0 && alike * 5 >= total * 4).then(|| (alike * 1000 / total, *choice))
        })
        .collect();
    scored.sort_by(|a, b| b.cmp(a));
    scored.into_iter().take(3).map(|(_, choice)| choice).collect()
}

/// How many characters match, by the longest common run and the same to its left and right
/// (Ratcliff and Obershelp).
fn matching(a: &[char], b: &[char]) -> usize {
    let (mut best, mut at_a, mut at_b) = (0, 0, 0);
    let mut run = vec![0; b.len() + 1];
    for (i, from) in a.iter().enumerate() {
        let mut previous = 0;
        for j in 0..b.len() {
            let above = run[j + 1];
            run[j + 1] = if *from == b[j] { previous + 1 } else { 0 };
            if run[j + 1] > best {
                best = run[j + 1];
                at_a = i + 1 - best;
                at_b = j + 1 - best;
            }
            previous = above;
        }
    }
    if best == 0 {
        return 0;
    }
    best + matching(&a[..at_a], &b[..at_b]) + matching(&a[at_a + best..], &b[at_b + best..])
}
