//! One run, from before its beginning until nothing of it is left.

use std::time::Duration;

use super::Shared;
use super::container::{self, Found, Outcome};
use super::fault::{self, Point};
use super::patience::{ANSWER_TIME_MAX, WORK_TIME_MAX};
use super::process::{self, Place};
use super::serving::Watch;
use super::stop::Stop;
use super::traces::{Begun, Thing};
use crate::engine::Line;
use crate::shell;
use docker::EngineError;
use gateway::Gateway as _;
use sim::outside::{Container, Process, Run};
use sim::{Observation, RunId, Wanted};

/// What there was of a container before it was watched.
#[derive(Clone, Copy, Default)]
struct SoFar {
    age: Duration,
    /// Lines that it printed, and that are known.
    printed: u64,
}

impl Shared {
    /// Begins a run, or takes up one that was `found`, and tells the world of its end.
    ///
    /// # Errors
    /// When it is no run's fault and another try may do better.
    pub(super) fn watch_over(
        &self,
        id: &RunId,
        run: &Run,
        stop: &Stop,
        found: Option<(u64, Found)>,
    ) -> anyhow::Result<()> {
        match (&run.wanted, found) {
            (Wanted::Process(process), _) => self.process(id, process, stop),
            (Wanted::Container(wanted), None) => self.container(id, wanted, stop),
            (Wanted::Container(wanted), Some((entry, found))) => {
                let begun = Begun { run: id.clone(), entry };
                let so_far = SoFar { age: found.age, printed: run.printed };
                self.watch_container(&begun, wanted, &found.id, so_far, stop)
            }
        }
    }

    /// What programs of the lab have in their environment.
    fn place(&self) -> anyhow::Result<Place> {
        let line = Line::separate(self.engine.clone());
        let key = line.root_credential()?;
        let own = shell::environment(&self.profile, &self.world, &line.place(), &key)?;
        Ok(Place {
            workspace: self.profile.workspace(&self.world),
            env: std::env::vars().chain(own).collect(),
            mark: String::new(),
        })
    }

    fn process(&self, id: &RunId, process: &Process, stop: &Stop) -> anyhow::Result<()> {
        let mut place = self.place()?;
        let program = match process::find(&process.program, &place) {
            Ok(program) => program,
            Err(why) => return self.tell(id, None, &Observation::Failed { why }),
        };
        fault::at(Point::BeforeBegan);
        let Some(entry) = self.engine.observe(id, None, &Observation::Began)? else {
            return Ok(());
        };
        fault::at(Point::Began);
        let begun = self.note_began(id, entry);
        place.mark = self.mark(&begun);
        let ran = self.run_process(&begun, process, &program, &place, stop);
        let told = match ran {
            Ok(Some(seen)) => {
                fault::at(Point::Over);
                self.tell(id, Some(entry), &seen)
            }
            Ok(None) => Ok(()),
            Err(error) => {
                let why = format!("{error:#}");
                self.tell(id, Some(entry), &Observation::Failed { why })
            }
        };
        fault::at(Point::Told);
        let _ = std::fs::remove_file(self.traces.input(&begun));
        self.traces.forget(&begun);
        told
    }

    fn run_process(
        &self,
        begun: &Begun,
        process: &Process,
        program: &std::path::Path,
        place: &Place,
        stop: &Stop,
    ) -> anyhow::Result<Option<Observation>> {
        let blobs = self.engine.blob_store();
        let input = process::input(process, blobs, &self.traces.input(begun))?;
        let prepared = process::prepare(program, process, place, &input)?;
        self.traces.note(begun, &prepared.thing())?;
        fault::at(Point::Prepared);
        prepared.run(&process.limits, place, blobs, stop, || fault::at(Point::Started))
    }

    fn container(&self, id: &RunId, wanted: &Container, stop: &Stop) -> anyhow::Result<()> {
        let blobs = self.engine.blob_store();
        let ready = docker::block_on(async {
            let engine = docker::Engine::connect(None);
            let engine = self.patience.answer(ANSWER_TIME_MAX, engine).await?;
            // It may have to come from far.
            let image = container::image(&engine, &wanted.image, &self.world, blobs);
            Ok::<_, EngineError>(container::unless_told(stop, image).await)
        });
        let image = match ready {
            Ok(None) => return Ok(()),
            Ok(Some(Ok(image))) => image,
            Err(error) => return self.unreachable(id, wanted, error),
            Ok(Some(Err(error))) if error.is_unreachable() => {
                return self.unreachable(id, wanted, error);
            }
            Ok(Some(Err(error))) => {
                let why = format!("there is no image {}: {}", wanted.image.name(), error.message());
                return self.tell(id, None, &Observation::NoImage { why });
            }
        };
        fault::at(Point::BeforeBegan);
        let Some(entry) = self.engine.observe(id, None, &Observation::Began)? else {
            return Ok(());
        };
        fault::at(Point::Began);
        let begun = self.note_began(id, entry);
        let made = self.traces.note(&begun, &Thing::Container).and_then(|()| {
            let made = docker::block_on(self.patience.answer(WORK_TIME_MAX, async {
                let engine = docker::Engine::open(None)?;
                let id = container::make(&engine, wanted, &image, &self.world, &self.owner, &begun)
                    .await?;
                fault::at(Point::Prepared);
                if let Err(error) = engine.start(&id).await {
                    let _ = container::remove(&engine, &id).await;
                    return Err(error);
                }
                Ok(id)
            }));
            Ok(made?)
        });
        match made {
            Ok(made) => {
                fault::at(Point::Started);
                self.watch_container(&begun, wanted, &made, SoFar::default(), stop)
            }
            Err(error) => {
                let why = format!("{error:#}");
                // Its trace stays: who looks next sees whether anything was made.
                self.tell(id, Some(entry), &Observation::Failed { why })
            }
        }
    }

    /// No engine answers: what serves does not wait for one.
    fn unreachable(
        &self,
        id: &RunId,
        wanted: &Container,
        error: EngineError,
    ) -> anyhow::Result<()> {
        if wanted.serving.is_none() || self.closing() {
            return Err(error.into());
        }
        self.tell(id, None, &Observation::Unreachable { why: format!("{error:#}") })
    }

    /// Watches over a container that has been there for a while, and removes it once it is over.
    fn watch_container(
        &self,
        begun: &Begun,
        wanted: &Container,
        id: &str,
        so_far: SoFar,
        stop: &Stop,
    ) -> anyhow::Result<()> {
        let blobs = self.engine.blob_store();
        let patience = &self.patience;
        let outcome = docker::block_on(async {
            let engine = &docker::Engine::open(None)?;
            let limits = &wanted.limits;
            let Some(serving) = &wanted.serving else {
                return container::watch(engine, patience, id, so_far.age, limits, blobs, stop)
                    .await;
            };
            let (bytes_max, printed) = (limits.output_bytes, so_far.printed);
            let watch = Watch { engine, patience, id, serving, bytes_max, printed, stop };
            let mut tell = |seen: &Observation| self.tell(&begun.run, Some(begun.entry), seen);
            watch.go(&mut tell).await
        })?;
        match outcome {
            Outcome::Left => return Ok(()),
            Outcome::TakenBack => {}
            Outcome::Seen(seen) => {
                fault::at(Point::Over);
                self.tell(&begun.run, Some(begun.entry), &seen)?;
            }
        }
        fault::at(Point::Told);
        self.remove(id)?;
        self.traces.forget(begun);
        Ok(())
    }

    /// Tells the world what was seen; one that does not want to know is told nothing.
    fn tell(&self, id: &RunId, began: Option<u64>, seen: &Observation) -> anyhow::Result<()> {
        self.engine.observe(id, began, seen).map(drop)
    }
}
