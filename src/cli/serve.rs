//! `distlab serve`: the simulated cloud as a server for any client, with a world of its own.

use std::io::Write as _;
use std::sync::Arc;

use serde_json::json;

use super::desk::wall;
use super::{Args, DONE, args, say, say_json};
use crate::session::engine::Line;
use crate::session::profile::SERVE;
use crate::session::{Mode, Session};
use crate::wire::Gateway as _;
use crate::wire::aws::Options;

pub(super) fn run(args: &Args, what: &args::Serve) -> anyhow::Result<u8> {
    let profile = args.profile()?;
    let session = Session::open(&profile, args.lab(SERVE, &profile)?, Mode::Live, wall())?;
    if what.fresh {
        session.engine().restart()?;
    }
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let engine = session.engine().clone();
        let options = Options {
            port: what.port,
            no_auth: what.no_auth,
            reset: Some(Arc::new(move || engine.restart())),
            ..Options::default()
        };
        let address = session.listen_aws(options).await?;
        announce(&session, &format!("http://{address}"), what)?;
        stopped().await;
        anyhow::Ok(())
    })?;
    Ok(DONE)
}

/// Tells the endpoint and the keys, in one piece: a program may be waiting for these lines.
fn announce(session: &Arc<Session>, endpoint: &str, what: &args::Serve) -> anyhow::Result<()> {
    let line = Line::separate(session.engine().clone());
    let key = line.root_credential()?;
    let place = line.place();
    if what.json {
        say_json(&json!({
            "endpoint": endpoint, "region": place.region, "account": place.account,
            "access_key_id": key.access_key_id, "secret_access_key": key.secret_access_key,
        }))?;
    } else {
        let home = session.profile.home.display();
        let auth = if what.no_auth {
            "any key is taken as the account's root"
        } else {
            "requests must be signed"
        };
        say(format!(
            "distlab serves the simulated cloud on {endpoint} (account {}, {auth}).\n\
             AWS_ENDPOINT_URL={endpoint}\n\
             AWS_ACCESS_KEY_ID={}\n\
             AWS_SECRET_ACCESS_KEY={}\n\
             AWS_DEFAULT_REGION={}\n\
             In another terminal: eval \"$(distlab --home '{home}' env)\"\n\
             Ctrl-C ends it; the world is kept.",
            place.account, key.access_key_id, key.secret_access_key, place.region
        ))?;
    }
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
