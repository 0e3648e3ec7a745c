//! The lab's registry of images: it listens as long as the session is open, whatever the session is
//! opened for, since the engine comes to it from outside.
//!
//! It has a thread of its own: a session may be opened where no runtime is. Another program may have
//! the port; then everything else goes on, and the registry listens as soon as the port is free.

use std::io;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::sync::oneshot;

use super::engine::{Engine, Line};
use super::{Change, Session};
use course::Need;
use wire::registry::{self, Access, Options, Server};

/// How long until a port that was taken is tried again.
const RETRY: Duration = Duration::from_secs(2);

type Trouble = Arc<Mutex<Option<String>>>;

/// A registry that listens, or tries to. It ends when this is dropped, after the answers under way.
#[derive(Debug)]
pub(super) struct Registry {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    trouble: Trouble,
}

impl Registry {
    /// Begins to listen; returns when that was tried once.
    fn open(engine: Arc<Engine>, options: Options) -> io::Result<Self> {
        let trouble = Trouble::default();
        let told = Arc::clone(&trouble);
        let (stop, stopped) = oneshot::channel();
        let (tried, once) = mpsc::channel();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let thread = thread::Builder::new().name("registry".into()).spawn(move || {
            runtime.block_on(listen(&engine, &options, &told, &tried, stopped));
        })?;
        let _ = once.recv();
        Ok(Self { stop: Some(stop), thread: Some(thread), trouble })
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        // Waited for: whoever opens the next session needs the port.
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn listen(
    engine: &Arc<Engine>,
    options: &Options,
    trouble: &Trouble,
    tried: &mpsc::Sender<()>,
    mut stopped: oneshot::Receiver<()>,
) {
    let set = |text| *trouble.lock().unwrap_or_else(PoisonError::into_inner) = text;
    let mut waited = false;
    let server: Server = loop {
        let line = Arc::new(Line::separate(Arc::clone(engine)));
        match registry::serve(line, options.clone()).await {
            Ok((server, _)) => break server,
            Err(error) => set(Some(sentence(options.port, &error))),
        }
        waited = true;
        let _ = tried.send(());
        tokio::select! {
            _ = &mut stopped => return,
            () = tokio::time::sleep(RETRY) => {}
        }
    };
    set(None);
    let _ = tried.send(());
    if waited {
        let port = options.port;
        engine.tell(&Change::Notice(format!("The registry listens on localhost:{port} now.")));
    }
    let _ = stopped.await;
    server.shutdown().await;
}

fn sentence(port: u16, error: &anyhow::Error) -> String {
    let taken = error
        .downcast_ref::<io::Error>()
        .is_some_and(|cause| cause.kind() == io::ErrorKind::AddrInUse);
    if taken {
        return format!(
            "The lab's registry cannot listen on localhost:{port}: another open lab or program has \
             that port. It listens as soon as the port is free; everything else goes on."
        );
    }
    format!(
        "The lab's registry cannot listen on localhost:{port}, everything else goes on: {error:#}"
    )
}

impl Session {
    /// Opens the registry of a lab that needs one.
    pub(super) fn open_registry(&self) -> anyhow::Result<()> {
        if !self.lab().needs.contains(&Need::Registry) {
            return Ok(());
        }
        let learner = &self.profile.learner;
        let port = learner.registry_port();
        // Known even where nothing listens: a login must not end up in the learner's own files.
        self.engine.set_registry(Some(format!("localhost:{port}")));
        if self.read_only() {
            return Ok(());
        }
        let access = Access::PublicPull(self.profile.registry_account());
        let registry = Registry::open(Arc::clone(&self.engine), Options { port, access })?;
        *self.registry.lock().unwrap_or_else(PoisonError::into_inner) = Some(registry);
        Ok(())
    }

    /// Why the lab's registry does not listen, when it should.
    #[must_use]
    pub fn registry_trouble(&self) -> Option<String> {
        let registry = self.registry.lock().unwrap_or_else(PoisonError::into_inner);
        let trouble = registry.as_ref()?.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        trouble.clone()
    }
}
