//! `distlab doctor`: what works on this machine, what is missing, and how to get it.

use std::path::Path;

use serde_json::json;

use super::config::config;
use super::lacks::{self, Lack};
use super::{Args, DONE, MISSING, NO, Stop, at_terminal, say, say_json};
use session::profile::SERVE;
use session::shell;

/// One line of the report.
struct Finding {
    what: &'static str,
    state: State,
    says: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Good,
    /// Something does not work without it, everything else does.
    Missing,
    /// Nothing works.
    Bad,
}

pub(super) fn run(args: &Args, lab: Option<&str>, as_json: bool) -> anyhow::Result<u8> {
    if let Some(id) = lab {
        let findings = of_lab(args, id)?;
        print(&findings, as_json)?;
        return Ok(code(&findings));
    }
    let findings =
        [profile(args), configuration(), labs(args), terminal(), the_shell(), engine(), clients()];
    print(&findings, as_json)?;
    Ok(code(&findings))
}

/// What a lab will lack here. What it does not need is not looked at.
fn of_lab(args: &Args, id: &str) -> anyhow::Result<Vec<Finding>> {
    let catalog = args.listing();
    if id == SERVE {
        return Err(Stop::usage("distlab serve needs nothing of this machine; name a lab"));
    }
    let entry = catalog.get(id).map_err(|unknown| Stop::usage(unknown.to_string()))?;
    let found = lacks::of(&args.home()?, entry);
    if found.is_empty() {
        let says = format!("the lab {id} will lack nothing on this machine");
        return Ok(vec![Finding { what: "lab", state: State::Good, says }]);
    }
    let state = |serious| if serious { State::Bad } else { State::Missing };
    let finding = |lack: Lack| {
        let engine = lack.what == "engine";
        Finding { what: lack.what, state: state(lack.serious && !engine), says: lack.says }
    };
    Ok(found.into_iter().map(finding).collect())
}

fn print(findings: &[Finding], as_json: bool) -> anyhow::Result<()> {
    let word = |state| match state {
        State::Good => "ok",
        State::Missing => "missing",
        State::Bad => "bad",
    };
    if as_json {
        let all: Vec<_> = findings
            .iter()
            .map(|f| json!({"what": f.what, "state": word(f.state), "says": f.says}))
            .collect();
        say_json(&all)?;
    } else {
        for f in findings {
            say(format!("{:<8} {:<10} {}", word(f.state), f.what, f.says))?;
        }
    }
    Ok(())
}

fn code(findings: &[Finding]) -> u8 {
    let any = |state| findings.iter().any(|f| f.state == state);
    if any(State::Bad) {
        NO
    } else if findings.iter().any(|f| f.what == "engine" && f.state == State::Missing) {
        MISSING
    } else {
        DONE
    }
}

fn configuration() -> Finding {
    let config = config();
    let what = "config";
    match config.problems.as_slice() {
        [] if config.file.is_file() => {
            Finding { what, state: State::Good, says: config.file.display().to_string() }
        }
        [] => Finding { what, state: State::Good, says: "none; none is needed".into() },
        problems => Finding { what, state: State::Bad, says: problems.join("; ") },
    }
}

fn profile(args: &Args) -> Finding {
    let what = "profile";
    match args.profile() {
        Ok(profile) => Finding {
            what,
            state: State::Good,
            says: format!("{} (learner {})", profile.home.display(), profile.learner.name),
        },
        Err(error) => Finding { what, state: State::Bad, says: format!("{error:#}") },
    }
}

fn labs(args: &Args) -> Finding {
    let catalog = args.catalog();
    let (good, broken) = (catalog.entries().len(), catalog.broken().len());
    let state = if broken > 0 { State::Missing } else { State::Good };
    let more = if broken > 0 {
        format!(", {broken} cannot be opened: distlab lint")
    } else {
        String::new()
    };
    Finding { what: "labs", state, says: format!("{}{more}", base::text::plural(good, "lab")) }
}

fn terminal() -> Finding {
    let what = "terminal";
    if !at_terminal() {
        return Finding {
            what,
            state: State::Good,
            says: "none here; the verbs work without one".into(),
        };
    }
    let (columns, rows) = crossterm::terminal::size().unwrap_or((0, 0));
    let term = std::env::var("TERM").unwrap_or_default();
    let small = columns < 60 || rows < 16 || term == "dumb" || term.is_empty();
    let says = if small {
        format!("{columns}×{rows}, TERM={term:?}: labs open line by line; the screen needs 60×16")
    } else {
        format!("{columns}×{rows}, TERM={term}")
    };
    Finding { what, state: if small { State::Missing } else { State::Good }, says }
}

fn the_shell() -> Finding {
    let program = shell::program();
    let own = shell::own();
    let bash = program.ends_with("bash");
    let says = if bash && own != program {
        format!("{}; the scripts of labs run in {}", own.display(), program.display())
    } else if bash {
        program.display().to_string()
    } else {
        format!("{}; labs are written for bash (apt-get install bash)", program.display())
    };
    let state = if bash { State::Good } else { State::Missing };
    Finding { what: "shell", state, says }
}

fn engine() -> Finding {
    let what = "engine";
    match docker::problem() {
        Some(problem) => Finding { what, state: State::Missing, says: problem },
        None => Finding { what, state: State::Good, says: docker::version_line() },
    }
}

/// Clients of the learner's own that the simulators answer too. None is needed.
fn clients() -> Finding {
    let known = ["aws", "psql", "kubectl", "curl", "python3"];
    let found: Vec<&str> = known.into_iter().filter(|name| on_path(name)).collect();
    let says = if found.is_empty() {
        "none found; none is needed".into()
    } else {
        format!("{} (distlab env points them here)", found.join(", "))
    };
    Finding { what: "clients", state: State::Good, says }
}

fn on_path(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|dir| {
        let file = dir.join(name);
        file.is_file() && !points_here(&file)
    })
}

/// Whether a file is one of the lab's own commands.
fn points_here(file: &Path) -> bool {
    let target = std::fs::read_link(file);
    matches!((target, session::program::own()), (Ok(target), Ok(exe)) if target == exe)
}
