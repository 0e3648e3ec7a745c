//! A container that serves: it goes on until the world does not want it any more, and the world hears
//! meanwhile that it started, what it prints and whether it is well.

use std::time::{Duration, Instant};

use docker::{Channel, Engine, EngineError};
use serde_json::Value;

use super::container::Outcome;
use super::following::{self, Following, Heard};
use super::patience::{ANSWER_TIME_MAX, Patience};
use super::stop::{Stop, Why};
use base::text::plural;
use sim::Observation;
use sim::outside::{End, EndedBy, Output, Serving};

/// How often what was printed is told.
const TELL_EVERY: Duration = Duration::from_millis(500);
/// How often it is asked whether a container is well.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// A longer line is told in pieces. The engine does so, too.
const LINE_BYTES_MAX: usize = 16 << 10;

/// What is watched, and within which bounds.
pub(super) struct Watch<'a> {
    pub engine: &'a Engine,
    pub patience: &'a Patience,
    /// The container.
    pub id: &'a str,
    pub serving: &'a Serving,
    /// How many bytes are told of what it prints within a second.
    pub bytes_max: u64,
    /// How many of its lines were told by a session before.
    pub printed: u64,
    pub stop: &'a Stop,
}

/// Who is told of what happens meanwhile.
pub(super) type Tell<'a> = dyn FnMut(&Observation) -> anyhow::Result<()> + 'a;

impl Watch<'_> {
    /// Watches over a container that was started, until it ends or is to be ended.
    pub(super) async fn go(&self, tell: &mut Tell<'_>) -> Result<Outcome, EngineError> {
        let gone = || Ok(Outcome::Seen(Observation::Interrupted));
        let Some(seen) = self.inspect().await? else { return gone() };
        tell(&started(self.id, &seen)).map_err(broken)?;
        let signal = seen.pointer("/Config/StopSignal").and_then(Value::as_str);
        let signal = signal.filter(|signal| !signal.is_empty()).unwrap_or("SIGTERM").to_owned();
        let following = Following::begin(self.engine, self.patience, self.id).await?;
        let Some(mut following) = following else { return gone() };
        let mut lines = Lines::new(self.printed, self.bytes_max);
        let mut ending = Ending::default();
        let mut health = Health { looked: Instant::now(), well: None };
        let code = loop {
            match following.next().await? {
                Heard::Said(channel, bytes) => lines.take(channel, &bytes),
                Heard::Nothing => {}
                Heard::Ended(code) => break code,
                Heard::Gone => return gone(),
            }
            lines.tell(false, tell)?;
            match self.stop.told() {
                Some(Why::Closing) => return Ok(Outcome::Left),
                Some(Why::TakenBack) => return Ok(Outcome::TakenBack),
                Some(Why::Unwanted) => self.end(&mut ending, &signal).await?,
                None => self.look(&mut health, tell).await?,
            }
        };
        lines.tell(true, tell)?;
        // Who takes it away ends it, too.
        let seen = self.inspect().await?.unwrap_or_default();
        let by = if following::lacked_memory(&seen) {
            EndedBy::Memory
        } else if ending.asked.is_some() {
            EndedBy::World
        } else {
            EndedBy::Itself
        };
        let told = || Output::Text(String::new());
        let code = i32::try_from(code).unwrap_or(-1);
        Ok(Outcome::Seen(Observation::Ended(End { code, by, stdout: told(), stderr: told() })))
    }

    async fn inspect(&self) -> Result<Option<Value>, EngineError> {
        following::inspect(self.engine, self.patience, self.id).await
    }

    /// Asks it to end, and kills it when it has had its time.
    async fn end(&self, ending: &mut Ending, signal: &str) -> Result<(), EngineError> {
        let signal = match ending.asked {
            None => {
                ending.asked = Some(Instant::now());
                signal
            }
            Some(asked) if ending.killed.is_none() && asked.elapsed() > self.serving.stop_time => {
                ending.killed = Some(Instant::now());
                "KILL"
            }
            Some(_) if ending.killed.is_some_and(|at| at.elapsed() > ANSWER_TIME_MAX) => {
                return Err(EngineError::silent());
            }
            Some(_) => return Ok(()),
        };
        following::kill(self.engine, self.patience, self.id, signal).await
    }

    /// Tells when its check says otherwise than before.
    async fn look(&self, health: &mut Health, tell: &mut Tell<'_>) -> Result<(), EngineError> {
        if self.serving.check.is_none() || health.looked.elapsed() < LOOK_EVERY {
            return Ok(());
        }
        health.looked = Instant::now();
        let seen = self.inspect().await?;
        let status = seen.as_ref().and_then(|seen| seen.pointer("/State/Health/Status")?.as_str());
        let well = match status {
            Some("healthy") => true,
            Some("unhealthy") => false,
            _ => return Ok(()),
        };
        if health.well.replace(well) != Some(well) {
            tell(&Observation::Health { well }).map_err(broken)?;
        }
        Ok(())
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is what `map_err` hands over")]
fn broken(error: anyhow::Error) -> EngineError {
    EngineError::Broken(format!("{error:#}"))
}

/// That a container has started, and where its ports are.
fn started(id: &str, seen: &Value) -> Observation {
    let bound = seen.pointer("/NetworkSettings/Ports").and_then(Value::as_object);
    let ports: Vec<(u16, u16)> = bound
        .into_iter()
        .flatten()
        .filter_map(|(inside, bound)| {
            let inside = inside.strip_suffix("/tcp")?.parse().ok()?;
            Some((inside, bound.get(0)?.get("HostPort")?.as_str()?.parse().ok()?))
        })
        .collect();
    Observation::Started { container: id.to_owned(), ports }
}

/// How far the end of a container is.
#[derive(Default)]
struct Ending {
    asked: Option<Instant>,
    killed: Option<Instant>,
}

/// What is known of a container's check.
struct Health {
    looked: Instant,
    well: Option<bool>,
}

/// The lines that a container prints, on their way to whoever is told.
struct Lines {
    /// What has no end yet, of both streams.
    open: [Vec<u8>; 2],
    whole: Vec<String>,
    /// Lines that were told before, and come again.
    known: u64,
    told: Instant,
    bytes_max: u64,
    /// Since when bytes are counted, and how many came.
    counted: (Instant, u64),
    left_out: usize,
}

impl Lines {
    fn new(known: u64, bytes_max: u64) -> Self {
        let now = Instant::now();
        Self {
            open: [Vec::new(), Vec::new()],
            whole: Vec::new(),
            known,
            told: now,
            bytes_max,
            counted: (now, 0),
            left_out: 0,
        }
    }

    fn take(&mut self, channel: Channel, bytes: &[u8]) {
        let stream = usize::from(channel == Channel::Err);
        for byte in bytes {
            if *byte == b'\n' || self.open[stream].len() >= LINE_BYTES_MAX {
                self.close(stream);
            }
            if *byte != b'\n' {
                self.open[stream].push(*byte);
            }
        }
    }

    /// A line has come to its end.
    fn close(&mut self, stream: usize) {
        let line = std::mem::take(&mut self.open[stream]);
        if self.known > 0 {
            self.known -= 1;
            return;
        }
        if self.counted.0.elapsed() > Duration::from_secs(1) {
            self.say_left_out();
            self.counted = (Instant::now(), 0);
        }
        self.counted.1 += line.len() as u64 + 1;
        if self.counted.1 > self.bytes_max {
            self.left_out += 1;
            return;
        }
        let line = String::from_utf8_lossy(&line);
        self.whole.push(line.strip_suffix('\r').unwrap_or(&line).to_owned());
    }

    fn say_left_out(&mut self) {
        let count = std::mem::take(&mut self.left_out);
        if count > 0 {
            let (lines, are) = (plural(count, "line"), if count == 1 { "is" } else { "are" });
            self.whole.push(format!(
                "distlab: {lines} {are} left out here, since more than {} bytes came within a second",
                self.bytes_max
            ));
        }
    }

    /// Tells what has come, when it is time; at the end all of it.
    fn tell(&mut self, over: bool, tell: &mut Tell<'_>) -> Result<(), EngineError> {
        if over {
            let open = (0..2).filter(|stream| !self.open[*stream].is_empty());
            open.collect::<Vec<_>>().into_iter().for_each(|stream| self.close(stream));
            self.say_left_out();
        } else if self.told.elapsed() < TELL_EVERY {
            return Ok(());
        }
        self.told = Instant::now();
        if self.whole.is_empty() {
            return Ok(());
        }
        let lines = std::mem::take(&mut self.whole);
        tell(&Observation::Printed { lines }).map_err(broken)
    }
}

#[cfg(test)]
mod tests {
    use docker::Channel;
    use sim::Observation;

    use super::Lines;

    fn told(lines: &mut Lines) -> Vec<String> {
        let mut all = Vec::new();
        let mut tell = |seen: &Observation| {
            if let Observation::Printed { lines } = seen {
                all.extend(lines.clone());
            }
            Ok(())
        };
        lines.tell(true, &mut tell).expect("told");
        all
    }

    #[test]
    fn lines_are_told_once_and_whole() {
        let check = |known: u64, pieces: &[(Channel, &str)], want: &[&str]| {
            let mut lines = Lines::new(known, 40);
            for (channel, text) in pieces {
                lines.take(*channel, text.as_bytes());
            }
            assert_eq!(told(&mut lines), want, "{pieces:?}");
        };
        let (out, err) = (Channel::Out, Channel::Err);
        check(0, &[(out, "a\nb\n")], &["a", "b"]);
        check(1, &[(out, "a\nb\n")], &["b"]);
        check(0, &[(out, "one "), (err, "other\n"), (out, "line\r\n")], &["other", "one line"]);
        check(0, &[(out, "no end")], &["no end"]);
        check(0, &[(out, "\n")], &[""]);
        let long = "0123456789012345678\n".repeat(4);
        let kept = "0123456789012345678";
        let word =
            "distlab: 2 lines are left out here, since more than 40 bytes came within a second";
        check(0, &[(out, &long)], &[kept, kept, word]);
    }
}
