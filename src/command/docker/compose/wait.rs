//! `docker compose wait`: until the first of some containers has ended.

use tokio::sync::mpsc;

use super::{BASE, containers, down, load};
use crate::cx::{Cx, Fail};
use crate::verb::{Args, Verb};
use command_line::flags::{Flag, Parsed, switch};

pub(crate) static VERB: Verb = Verb {
    name: "wait",
    usage: "SERVICE [SERVICE...] [OPTIONS]",
    about: "Block until the first service container stops",
    flags: &[FLAGS],
    args: Args::Between(1, usize::MAX),
    run: wait,
    ..BASE
};

static FLAGS: &[Flag] = &[switch("down-project", "Take the project away then")];

fn wait(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let (name, _) = load::name(cx)?;
    let engine = cx.engine()?;
    let mut found = containers::list(cx, &engine, &name, &given.args)?;
    found.retain(|c| c.state == "running");
    if found.is_empty() {
        return Err(Fail::new(1, format!("no containers for project {name:?}")));
    }
    let (id, code) = cx.runtime.block_on(async {
        let (sender, mut ended) = mpsc::channel(1);
        for container in found {
            let (engine, sender) = (engine.clone(), sender.clone());
            tokio::spawn(async move {
                let code = async { engine.wait(&container.id, "not-running").await?.code().await };
                let _ = sender.send((container.id.clone(), code.await)).await;
            });
        }
        drop(sender);
        ended.recv().await.ok_or_else(|| Fail::new(1, "nothing is left to wait for"))
    })?;
    let code = code?;
    cx.out(format!("container {id:?} exited with status code {code}\n"));
    if given.is("down-project") {
        down::down(cx, &Parsed::default())?;
    }
    Ok(u8::try_from(code).unwrap_or(u8::MAX))
}
