//! `distlab env`: the lab's environment for any shell.

use std::collections::BTreeMap;

use super::lab_session::{LabSession, labs_variable};
use super::{Args, DONE, say, say_json};
use gateway::Gateway as _;
use session::shell;

pub(super) fn run(args: &Args, lab: &str, as_json: bool) -> anyhow::Result<u8> {
    let profile = args.profile()?;
    let lab_session = LabSession::find(args, lab)?;
    let mut env =
        shell::environment(&profile, lab, &lab_session.place(), &lab_session.root_credential()?)?;
    env.extend(shell::nodes_environment(&profile, &args.lab(lab, &profile)?));
    env.extend(labs_variable(args.labs_folder().as_deref()));
    if as_json {
        say_json(&env.into_iter().collect::<BTreeMap<_, _>>())?;
        return Ok(DONE);
    }
    for (name, value) in env {
        say(format!("export {name}={}", quote(&value)))?;
    }
    Ok(DONE)
}

/// Single quotes, so that any shell takes the text as it is.
fn quote(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:@%+=,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::quote;

    #[test]
    fn quotes_what_a_shell_would_change() {
        let check = |text: &str, want: &str| assert_eq!(quote(text), want);
        check("/usr/bin:/bin", "/usr/bin:/bin");
        check("", "''");
        check("a b", "'a b'");
        check("it's $HOME", r"'it'\''s $HOME'");
    }
}
