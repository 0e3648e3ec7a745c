//! What services want of the outside: health checks of real targets, and log files in the blob store.
//! What was seen becomes entries of the journal.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty};
use hyper::Request;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use aws::delivery::{Deliver, FileWaiting, Waiting, WaitingOutput};
use elbv2::front::outside::{
    Listening, ListeningOutput, ProbeWanted, Probed, Saw, Wanted, WantedOutput,
};
use gateway::Gateway;
use sim::api::{Map, OpDef, Shaped, Value};
use sim::{Caller, Principal};

/// Between two looks at what is wanted.
const PAUSE: Duration = Duration::from_millis(500);
/// The longest body of an answer to a health check that is read, in bytes.
const BODY_MAX: usize = 64 << 10;

/// Does what is wanted, as long as something may be.
#[derive(Debug, Default)]
pub(super) struct Courier {
    on_the_way: Mutex<OnTheWay>,
}

#[derive(Debug, Default)]
struct OnTheWay {
    runs: bool,
    tasks: BTreeSet<Task>,
}

/// Something that is being done, by its number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Task {
    Probe(u64),
    File(u64),
}

impl Courier {
    /// Begins to look, unless it does or nothing is there that could want anything.
    pub(super) fn go(self: &Arc<Self>, gateway: &Arc<dyn Gateway>) {
        if Orders::of(&**gateway).is_none() {
            return;
        }
        let Ok(runtime) = crate::runtime() else { return };
        let mut state = self.on_the_way.lock().unwrap_or_else(PoisonError::into_inner);
        if std::mem::replace(&mut state.runs, true) {
            return;
        }
        runtime.spawn(follow(Arc::downgrade(self), Arc::downgrade(gateway)));
    }

    fn begins(&self, task: Task) -> bool {
        let mut state = self.on_the_way.lock().unwrap_or_else(PoisonError::into_inner);
        state.tasks.insert(task)
    }

    fn ended(&self, task: Task) {
        let mut state = self.on_the_way.lock().unwrap_or_else(PoisonError::into_inner);
        state.tasks.remove(&task);
    }

    fn stands(&self) {
        self.on_the_way.lock().unwrap_or_else(PoisonError::into_inner).runs = false;
    }
}

/// What is wanted now.
struct Orders {
    probes: Vec<ProbeWanted>,
    files: Vec<FileWaiting>,
}

impl Orders {
    /// Nothing when nothing will be wanted either before the world changes.
    fn of(gateway: &dyn Gateway) -> Option<Self> {
        let WantedOutput { probes } = told(gateway, &Wanted::DEF);
        let WaitingOutput { files, more } = told(gateway, &Waiting::DEF);
        let ListeningOutput { entrances } = told(gateway, &Listening::DEF);
        let idle = probes.is_empty() && files.is_empty() && entrances.is_empty() && !more;
        (!idle).then_some(Self { probes, files })
    }
}

/// What the world answers to a question without members.
fn told<T: Shaped + Default>(gateway: &dyn Gateway, op: &'static OpDef) -> T {
    let told = gateway.call(&outside(), op, Value::Object(Map::new())).ok();
    told.and_then(|told| T::from_value(told).ok()).unwrap_or_default()
}

/// Whoever asks for the outside.
fn outside() -> Caller {
    Caller::from(Principal::Lab)
}

async fn follow(courier: Weak<Courier>, gateway: Weak<dyn Gateway>) {
    loop {
        tokio::time::sleep(PAUSE).await;
        let (Some(courier), Some(gateway)) = (courier.upgrade(), gateway.upgrade()) else { return };
        let asked = tokio::task::spawn_blocking({
            let gateway = Arc::clone(&gateway);
            move || Orders::of(&*gateway)
        });
        let Ok(Some(wanted)) = asked.await else {
            courier.stands();
            return;
        };
        for probe in wanted.probes {
            if courier.begins(Task::Probe(probe.number)) {
                tokio::spawn(see(Arc::clone(&courier), Arc::clone(&gateway), probe));
            }
        }
        for file in wanted.files {
            if courier.begins(Task::File(file.number)) {
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
    courier.ended(Task::Probe(number));
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
async fn deliver(courier: Arc<Courier>, gateway: Arc<dyn Gateway>, file: FileWaiting) {
    let number = file.number;
    let blobs = gateway.blobs().clone();
    let kept =
        tokio::task::spawn_blocking(move || blobs.put_compressed(file.text.as_bytes())).await;
    if let Ok(Ok(body)) = kept {
        let told = Deliver { number, body };
        let _ = gateway.ask(outside(), &Deliver::DEF, told.into_value()).await;
    }
    courier.ended(Task::File(number));
}
