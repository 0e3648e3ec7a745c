//! The names of the client's own commands, which stand beside a service's operations.

/// `aws ecr`: what logs `docker` in.
pub(super) const PASSWORD: &str = "get-login-password";
/// The same in version 1 of the client: a whole command line.
pub(super) const LOGIN: &str = "get-login";
/// `aws logs`: events as lines.
pub(super) const TAIL: &str = "tail";

/// `aws cloudformation`: a stack out of a template in a file.
pub(super) const DEPLOY: &str = "deploy";

/// The same: what a template names in files is put into a bucket.
pub(super) const PACKAGE: &str = "package";

/// `aws ecs`: an operation whose session the client goes into.
pub(super) const EXECUTE: &str = "execute-command";

/// Services with the commands they have.
static NAMES: &[(&str, &str)] = &[
    ("cloudformation", DEPLOY),
    ("cloudformation", PACKAGE),
    ("ecr", LOGIN),
    ("ecr", PASSWORD),
    ("logs", TAIL),
];

/// The commands of a service that are none of its operations.
pub(super) fn names(service: &str) -> impl Iterator<Item = String> {
    NAMES.iter().filter(move |(of, _)| *of == service).map(|(_, name)| (*name).to_owned())
}
