//! `distlab serve`: the simulated cloud and a registry of images as servers for any client, with a world
//! of its own.

use std::io::Write as _;
use std::sync::Arc;

use serde_json::json;

use super::desk::wall;
use super::{Args, DONE, args, say, say_json};
use gateway::Gateway as _;
use session::engine::Line;
use session::profile::SERVE;
use session::{Mode, Session};
use wire::aws::Options;
use wire::registry::{self, Access, Forget, Server};

pub(super) fn run(args: &Args, what: &args::Serve) -> anyhow::Result<u8> {
    let profile = args.profile()?;
    let session = Session::open(&profile, args.lab(SERVE, &profile)?, Mode::Live, wall())?;
    if what.fresh {
        session.engine().restart()?;
    }
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let (registry, forget) = registry(&session, what).await?;
        let engine = session.engine().clone();
        let reset = move || {
            forget();
            engine.restart()
        };
        let options = Options {
            port: what.port,
            no_auth: what.no_auth,
            reset: Some(Arc::new(reset)),
            ..Options::default()
        };
        let address = session.listen_aws(options).await?;
        announce(&session, &format!("http://{address}"), what)?;
        stopped().await;
        registry.shutdown().await;
        anyhow::Ok(())
    })?;
    Ok(DONE)
}

/// The port that registries usually have.
const REGISTRY_PORT: u16 = 5000;

/// Listens for engines, on the port that was named, else on the usual one, else on a free one.
async fn registry(session: &Arc<Session>, what: &args::Serve) -> anyhow::Result<(Server, Forget)> {
    let access = if what.no_auth {
        Access::Open
    } else {
        Access::Private(session.profile.registry_account())
    };
    let options = |port| registry::Options { port, access: access.clone() };
    if let Some(port) = what.registry_port {
        return session.listen_registry(options(port)).await;
    }
    match session.listen_registry(options(REGISTRY_PORT)).await {
        Ok(listening) => Ok(listening),
        Err(error) => {
            let listening = session.listen_registry(options(0)).await?;
            let port = listening.0.addr.port();
            let mut stderr = std::io::stderr();
            let _ = writeln!(
                stderr,
                "distlab: the registry {error:#}; it takes port {port} (--registry-port chooses one)"
            );
            Ok(listening)
        }
    }
}

/// Tells the endpoints and the keys, in one piece: a program may be waiting for these lines.
fn announce(session: &Arc<Session>, endpoint: &str, what: &args::Serve) -> anyhow::Result<()> {
    let line = Line::separate(session.engine().clone());
    let key = line.root_credential()?;
    let place = line.place();
    let registry = place.registry.unwrap_or_default();
    let account = session.profile.registry_account();
    if what.json {
        say_json(&json!({
            "endpoint": endpoint, "region": place.region, "account": place.account,
            "access_key_id": key.access_key_id, "secret_access_key": key.secret_access_key,
            "registry": registry, "registry_user": account.user,
            "registry_password": account.password,
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
