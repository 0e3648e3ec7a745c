//! `docker logs`: what a container has printed.

use std::fmt::Write as _;

use crate::cx::{Cx, Fail};
use crate::moment::moment;
use crate::verb::{Args, Verb};
use command_line::flags::{Flag, Parsed, flag, switch};
use docker::{Channel, Engine};

static FLAGS: &[Flag] = &[
    switch("details", "Show extra attributes"),
    switch("follow", "Go on as it prints more").short('f'),
    flag("since", "string", "Only from then on (a time, or \"42m\")"),
    flag("tail", "string", "Only that many lines from the end").short('n'),
    switch("timestamps", "Show when each line was printed").short('t'),
    flag("until", "string", "Only until then (a time, or \"42m\")"),
];

pub(crate) static VERB: Verb = Verb {
    group: "container",
    name: "logs",
    aliases: &[],
    top: Some("logs"),
    usage: "[OPTIONS] CONTAINER",
    about: "Fetch the logs of a container",
    flags: &[FLAGS],
    args: Args::Exactly(1),
    interspersed: true,
    // Following does not end by itself.
    looks: |given| !given.is("follow"),
    run: logs,
};

fn logs(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let engine = cx.engine()?;
    let name = &given.args[0];
    let container = cx.wait(engine.inspect(name))?;
    let tty = container.pointer("/Config/Tty").and_then(serde_json::Value::as_bool);
    let mut query = format!(
        "stdout=1&stderr=1&follow={}&timestamps={}&details={}&tail={}",
        u8::from(given.is("follow")),
        u8::from(given.is("timestamps")),
        u8::from(given.is("details")),
        Engine::escape(given.text("tail").unwrap_or("all"))
    );
    for bound in ["since", "until"] {
        if let Some(text) = given.text(bound) {
            let moment = moment(text)
                .map_err(|why| Fail::new(1, format!("invalid value for \"{bound}\": {why}")))?;
            let _ = write!(query, "&{bound}={moment}");
        }
    }
    let host = &mut *cx.host;
    cx.runtime.block_on(async {
        let mut output = engine.logs(name, tty.unwrap_or(false), &query).await?;
        while let Some((channel, bytes)) = output.next().await? {
            let to = match channel {
                Channel::Out => &mut *host.stdout,
                Channel::Err => &mut *host.stderr,
            };
            if to.write_all(&bytes).and_then(|()| to.flush()).is_err() {
                break;
            }
        }
        Ok::<_, Fail>(0)
    })
}
