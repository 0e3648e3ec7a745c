//! `distlab serve`: the simulated cloud and a registry of images as servers for any client, with a world
//! of its own.

use std::io::Write as _;
use std::sync::Arc;

use anyhow::bail;
use serde_json::json;

use super::config::config;
use super::lab_session::{list, wall};
use super::{Args, DONE, args, say, say_json};
use course::WorldSpec;
use gateway::Gateway as _;
use session::engine::Line;
use session::profile::SERVE;
use session::{Mode, Session, begin_anew};
use wire::aws::Options;
use wire::door::Port;
use wire::registry::{self, Access};

pub(super) fn run(args: &Args, what: &args::Serve) -> anyhow::Result<u8> {
    let profile = args.profile()?;
    let mut lab = args.lab(SERVE, &profile)?;
    if let Some(path) = &what.world {
        lab.world = WorldSpec::read(path).map_err(|problems| anyhow::anyhow!(list(&problems)))?;
    }
    if what.fresh {
        begin_anew(&profile, &lab, wall())?;
    }
    let session = Session::open(&profile, lab, Mode::Live, wall())?;
    if let Some(path) = what.world.as_ref().filter(|_| session.began_otherwise().is_some()) {
        bail!(
            "the world that is kept for distlab serve was not made as {} says. --fresh makes a new \
             one, and what this one holds is lost; without --world it is served as it is",
            path.display()
        );
    }
    session.want(registry(&session, what))?;
    let token = session.profile.token()?;
    let (forget, engine) = (session.forgetting(), session.engine().clone());
    let reset = move || {
        forget();
        engine.restart()
    };
    session.open_doors(Options {
        port: Port::of(what.port.or(config().port("serve.port")).unwrap_or(AWS_PORT)),
        no_auth: what.no_auth,
        reset: Some(Arc::new(reset)),
        token: Some(token.clone()),
        ..Options::default()
    })?;
    for door in session.doors() {
        if let Some(why) = door.trouble {
            bail!("the {} {why}", door.title);
        }
    }
    announce(&session, what, &token)?;
    wire::runtime()?.block_on(stopped());
    session.take_leave();
    Ok(DONE)
}

/// The port of the simulated cloud, unless another is named.
const AWS_PORT: u16 = 4566;
/// The port that registries usually have.
const REGISTRY_PORT: u16 = 5000;

/// The port that was named for engines, if one was.
fn registry_port(what: &args::Serve) -> Option<u16> {
    what.registry_port.or(config().port("serve.registry-port"))
}

/// How to listen for engines: on the port that was named, else on the usual one, else on a free one.
fn registry(session: &Session, what: &args::Serve) -> registry::Options {
    let access = if what.no_auth {
        Access::Open
    } else {
        Access::Private(session.profile.registry_account())
    };
    let port = registry_port(what).map_or(Port::Preferred(REGISTRY_PORT), Port::of);
    registry::Options { port, access }
}

/// Tells the endpoints and the keys, in one piece: a program may be waiting for these lines.
fn announce(session: &Session, what: &args::Serve, token: &str) -> anyhow::Result<()> {
    let line = Line::separate(session.engine().clone());
    let key = line.root_credential()?;
    let place = line.place();
    let endpoint = place.endpoint().unwrap_or_default();
    let registry = place.registry().unwrap_or_default();
    if registry_port(what).is_none() && !registry.ends_with(&format!(":{REGISTRY_PORT}")) {
        let _ = writeln!(
            std::io::stderr(),
            "distlab: another program has port {REGISTRY_PORT}; the registry is on {registry} \
             (--registry-port chooses one)"
        );
    }
    let account = session.profile.registry_account();
    if what.json {
        say_json(&json!({
            "endpoint": endpoint, "region": place.region, "account": place.account,
            "access_key_id": key.access_key_id, "secret_access_key": key.secret_access_key,
            "registry": registry, "registry_user": account.user,
            "registry_password": account.password, "token": token,
        }))?;
        return Ok(std::io::stdout().flush()?);
    }
    let home = session.profile.home.display();
    let (auth, login) = if what.no_auth {
        ("any key is taken as the account's root", "everybody may push")
    } else {
        ("requests must be signed", "log in to push and pull")
    };
    say(format!(
        "distlab serves the simulated cloud on {endpoint} (account {}, {auth}),\n\
         and a registry of images on {registry} ({login}).\n\
         AWS_ENDPOINT_URL={endpoint}\n\
         AWS_ACCESS_KEY_ID={}\n\
         AWS_SECRET_ACCESS_KEY={}\n\
         AWS_DEFAULT_REGION={}\n\
         REGISTRY={registry}\n\
         REGISTRY_USER={}\n\
         REGISTRY_PASSWORD={}\n\
         DISTLAB_TOKEN={token}\n\
         In another terminal: eval \"$(distlab --home '{home}' env)\"\n\
         Ctrl-C ends it; the world is kept.",
        place.account,
        key.access_key_id,
        key.secret_access_key,
        place.region,
        account.user,
        account.password
    ))?;
    Ok(std::io::stdout().flush()?)
}

/// Waits for Ctrl-C, or for the system to ask for an end.
async fn stopped() {
    use tokio::signal::unix::{SignalKind, signal};
    let mut term = signal(SignalKind::terminate()).ok();
    let mut hangup = signal(SignalKind::hangup()).ok();
    let asked = async {
        match (&mut term, &mut hangup) {
            (Some(term), Some(hangup)) => tokio::select! {
                _ = term.recv() => {}
                _ = hangup.recv() => {}
            },
            _ => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = asked => {}
    }
}
