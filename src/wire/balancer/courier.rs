//! What load balancers want of the outside: health checks of real targets, and log files in the blob
//! store. What was seen becomes entries of the journal.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty};
use hyper::Request;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::{entrances, outside};
use elbv2::front::outside::{Deliver, FileWanted, ProbeWanted, Probed, Saw, Wanted, WantedOutput};
use gateway::Gateway;
use sim::api::{Map, Shaped as _, Value};

/// Between two looks at what is wanted.
const PAUSE: Duration = Duration::from_millis(500);
/// The longest body of an answer to a health check that is read, in bytes.
const BODY_MAX: usize = 64 << 10;

/// Does what is wanted, as long as there are load balancers.
#[derive(Debug, Default)]
pub struct Courier {
    on_the_way: Mutex<OnTheWay>,
}

#[derive(Debug, Default)]
struct OnTheWay {
    runs: bool,
    /// By their numbers.
    tasks: BTreeSet<u64>,
}

impl Courier {
    /// Begins to look, unless it does.
    pub(super) fn go(self: &Arc<Self>, gateway: &Arc<dyn Gateway>) {
        let Ok(runtime) = crate::runtime() else { return };
        let mut state = self.on_the_way.lock().unwrap_or_else(PoisonError::into_inner);
        if std::mem::replace(&mut state.runs, true) {
            return;
        }
        runtime.spawn(follow(Arc::downgrade(self), Arc::downgrade(gateway)));
    }

    fn begins(&self, number: u64) -> bool {
        let mut state = self.on_the_way.lock().unwrap_or_else(PoisonError::into_inner);
        state.tasks.insert(number)
    }

    fn ended(&self, number: u64) {
        let mut state = self.on_the_way.lock().unwrap_or_else(PoisonError::into_inner);
        state.tasks.remove(&number);
    }

    fn stands(&self) {
        self.on_the_way.lock().unwrap_or_else(PoisonError::into_inner).runs = false;
    }
}

async fn follow(courier: Weak<Courier>, gateway: Weak<dyn Gateway>) {
    loop {
        tokio::time::sleep(PAUSE).await;
        let (Some(courier), Some(gateway)) = (courier.upgrade(), gateway.upgrade()) else { return };
        let asked = tokio::task::spawn_blocking({
            let gateway = Arc::clone(&gateway);
            move || {
                let nothing = Value::Object(Map::new());
                let told = gateway.call(&outside(), &Wanted::DEF, nothing).ok();
                let told = told.and_then(|told| WantedOutput::from_value(told).ok());
                told.filter(|told| {
                    let idle = told.probes.is_empty() && told.files.is_empty();
                    !idle || !entrances(&*gateway).is_empty()
                })
            }
        });
        let Ok(Some(wanted)) = asked.await else {
            courier.stands();
            return;
        };
        for probe in wanted.probes {
            if courier.begins(probe.number) {
                tokio::spawn(see(Arc::clone(&courier), Arc::clone(&gateway), probe));
            }
        }
        for file in wanted.files {
            if courier.begins(file.number) {
                tokio::spawn(deliver(Arc::clone(&courier), Arc::clone(&gateway), file));
            }
        }
    }
}

/// Makes a health check.
async fn see(courier: Arc<Courier>, gateway: Arc<dyn Gateway>, probe: ProbeWanted) {
    let patience = Duration::from_millis(u64::try_from(probe.timeout_ms).unwrap_or(0));
    let (saw, status) = match tokio::time::timeout(patience, ask(&probe)).await {
        Ok(Some(status)) => (Saw::Answer, Some(i64::from(status))),
        Ok(None) => (Saw::Failed, None),
        Err(_) => (Saw::Timeout, None),
    };
    let number = probe.number;
    let probed = Probed { number, saw, status };
    let _ = gateway.ask(outside(), &Probed::DEF, probed.into_value()).await;
    courier.ended(number);
}

/// The status of the answer; nothing when there is none.
async fn ask(probe: &ProbeWanted) -> Option<u16> {
    let stream = TcpStream::connect(&probe.address).await.ok()?;
    let request = Request::get(probe.path.as_str())
        .header("Host", &probe.host)
        .header("User-Agent", "ELB-HealthChecker/2.0")
        .header("Connection", "close")
        .body(Empty::<Bytes>::new())
        .ok()?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.ok()?;
    tokio::spawn(connection);
    let answer = sender.send_request(request).await.ok()?;
    let status = answer.status().as_u16();
    let mut body = answer.into_body();
    let mut read = 0;
    while let Some(Ok(frame)) = body.frame().await {
        read += frame.data_ref().map_or(0, Bytes::len);
        if read > BODY_MAX {
            break;
        }
    }
    Some(status)
}

/// Puts a log file among the blobs, and has the world put it into its bucket.
async fn deliver(courier: Arc<Courier>, gateway: Arc<dyn Gateway>, file: FileWanted) {
    let number = file.number;
    let blobs = gateway.blobs().clone();
    let kept = tokio::task::spawn_blocking(move || blobs.put(&mut file.bytes.as_slice())).await;
    if let Ok(Ok(body)) = kept {
        let told = Deliver { number, body };
        let _ = gateway.ask(outside(), &Deliver::DEF, told.into_value()).await;
    }
    courier.ended(number);
}
