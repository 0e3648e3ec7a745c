//! A stack: the course's own template, from `CreateStack` until it is complete, beside the peers in the
//! same run.
//!
//! Here a stack takes lab time, which is let run; what is read is what the machine needs for it.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::form::{self, encoded};
use crate::http::Http;
use crate::serve::{self, Server, beside};
use crate::sheet::{Bar, Sheet, median};

/// Twenty-two resources: a network, a cluster of machines and a load balancer.
const TEMPLATE: &str = include_str!("../../labs/cloud/05-monolith-deploy/files/ecs.yml");
/// Stacks of which the median is taken. An account has room for a few networks.
const STACKS: usize = 3;
/// Lab time in which a stack is complete.
const LAB_TIME: &str = "+20m";
/// How long a peer may take.
const PATIENCE: Duration = Duration::from_mins(1);

pub(crate) fn stack(sheet: &mut Sheet) {
    let home = tempfile::tempdir().expect("a temporary folder");
    let ours = match read(&serve::ours(home.path()), Some(home.path())) {
        Ok(ours) => ours,
        Err(why) => return sheet.absent("stack", "CloudFormation CreateStack", why),
    };
    let peers: Vec<_> =
        serve::peers().into_iter().map(|(name, peer)| (name, read(&peer, None))).collect();
    let note = format!("median of {STACKS}; {}", beside(ours, &peers, "ms"));
    let what = "CloudFormation create of the course's stack, 22 resources";
    sheet.add("stack", what, ours, "ms", Bar::None, note);
}

/// Milliseconds for one stack. `home` is whose lab time is let run; a peer has none.
fn read(server: &Server, home: Option<&Path>) -> Result<f64, String> {
    let mut http = server.connect().ok_or("it does not listen")?;
    let mut took = Vec::new();
    for number in 0..STACKS {
        let began = Instant::now();
        let create = format!(
            "Action=CreateStack&StackName=course-{number}&Capabilities.member.1=CAPABILITY_IAM\
             &TemplateBody={}",
            encoded(TEMPLATE)
        );
        ask(server, &mut http, &create)?;
        if let Some(home) = home {
            pass(home)?;
        }
        let describe = format!("Action=DescribeStacks&StackName=course-{number}");
        loop {
            let told = ask(server, &mut http, &describe)?;
            if told.contains("<StackStatus>CREATE_COMPLETE</StackStatus>") {
                break;
            }
            let under_way = told.contains("<StackStatus>CREATE_IN_PROGRESS</StackStatus>");
            if home.is_some() || !under_way || began.elapsed() > PATIENCE {
                return Err("the stack is not made".to_owned());
            }
        }
        took.push(began.elapsed().as_secs_f64() * 1e3);
    }
    Ok(median(&mut took))
}

/// Lets lab time run.
fn pass(home: &Path) -> Result<(), String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_distlab"));
    command.args(["time", "--lab", "serve", LAB_TIME]).env("DISTLAB_HOME", home);
    command.env("DISTLAB_LEARNER", "ada").stdin(Stdio::null()).stdout(Stdio::null());
    let done = command.status().map_err(|e| e.to_string())?;
    if done.success() { Ok(()) } else { Err("lab time does not run".to_owned()) }
}

fn ask(server: &Server, http: &mut Http, body: &str) -> Result<String, String> {
    http.ask(&form::request(&server.signer, "cloudformation", "2010-05-15", body))
}
