//! Proves a lab on the real engines: at each step, nothing done fails, each `reject` fails, each
//! `accept` passes, `solve` passes, and after a reset it fails again (on a real engine: after a
//! clean-up of the whole lab, since there is no going back a step; in a swarm the `setup` of a step
//! leads back to where it begins).
//!
//! To begin a step again on a real engine, all before it is done again. That is what takes the time, so
//! a near miss that left alone what was there is taken back by removing what it made
//! ([`docker::Standing`]), and the other right ways are gone one after the other: the lab is walked once
//! more with the first `accept` of each step in the place of its `solve`, once with the second, and so
//! on. So each of them is also shown to lead on through the steps behind it.
//!
//! It works in a profile of its own in a temporary folder, and everything it makes on a real engine
//! carries the label `distlab=test-LAB`, so a learner's own work in the same lab is not touched.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};

use super::profile::Profile;
use super::scratch::Scratch;
use super::{Mode, Session, check, consent, go_on_from_solution};
use base::Time;
use course::{Answer, Ask, Lab, Learner, Need, Script, Step};

/// What was proved of a lab, and what was not.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Proof {
    pub lab: String,
    pub steps: usize,
    /// How many assertions were made.
    pub assertions: usize,
    pub misses: Vec<Miss>,
}

/// An assertion that did not hold.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Miss {
    pub step: String,
    /// `lab.md:LINE`
    pub place: String,
    pub what: String,
}

/// The lab time at which every proof begins.
const BEGINNING: Time = Time(1_772_438_400_000);

/// Proves a lab with one learner's variables. `lab` is the lab as [`Learner`] would get it.
///
/// A lab that continues another is proved from where that one's solution ends; `before` has the labs that it
/// continues, as [`go_on_from_solution`] takes them. All of them run only if they
/// may in the profile of whoever proves them.
pub fn prove(
    author: &Profile,
    lab: Lab,
    before: &[Lab],
    learner: &Learner,
    say: &mut dyn FnMut(&str),
) -> anyhow::Result<Proof> {
    let scratch = Scratch::private(&test_id(&lab))?;
    let mut profile = Profile::open(scratch.path())?;
    profile.rename(learner.clone())?;
    consent::carry(author, &profile, &lab, &test_id(&lab))?;
    for before in before {
        consent::carry(author, &profile, before, &before.id)?;
    }
    let mut rig = Rig::new(&profile, lab, before)?;
    let steps = rig.lab.steps.clone();
    let outcome = (0..steps.len()).try_for_each(|place| {
        say(&format!("{} / {}", rig.proof.lab, steps[place].id));
        rig.prove_step(place)
    });
    let outcome = outcome.and_then(|()| rig.prove_other_ways(say));
    let outcome = outcome.and_then(|()| rig.prove_clean());
    let path = rig.lab.path.clone();
    let mut proof = rig.clear_away();
    if let Err(error) = outcome {
        // The steps behind it were not tried; other labs still are.
        proof.assertions += 1;
        proof.misses.push(Miss { step: "-".into(), place: path, what: format!("{error:#}") });
    }
    Ok(proof)
}

/// How a step's questions are answered.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Answers {
    All,
    /// A wrong answer before each right one, which must be noticed.
    WronglyFirst,
    /// After a near miss the right answer may not exist.
    WherePossible,
}

/// How the name begins that a lab has while it is proved, and with it all that it makes on an engine.
pub const PROOF: &str = "test-";

fn test_id(lab: &Lab) -> String {
    format!("{PROOF}{}", lab.id)
}

struct Rig {
    lab: Lab,
    session: Arc<Session>,
    proof: Proof,
    /// Whether the lab works on a real engine, which no journal can take back.
    real: bool,
    /// Whether a step can be begun anew by itself: in a simulated world, and in a swarm, where to
    /// make the machines again and do everything before the step would take minutes.
    rewinds: bool,
    /// The workspace as it was when the step began.
    saved: PathBuf,
}

impl Rig {
    fn new(profile: &Profile, mut lab: Lab, before: &[Lab]) -> anyhow::Result<Self> {
        let proof = Proof { lab: lab.id.clone(), steps: lab.steps.len(), ..Proof::default() };
        lab.id = test_id(&lab);
        go_on_from_solution(profile, &lab.id, before, BEGINNING)?;
        lab.continues = None;
        let saved = profile.home.join("saved");
        let session = Session::open(profile, lab.clone(), Mode::Once, BEGINNING)?;
        // Scripts go where a learner goes: to machines, load balancers and the account's registry.
        session.open_doors(wire::aws::Options::default())?;
        if let Some(trouble) = session.door_troubles().into_iter().next() {
            bail!("{trouble}");
        }
        let real = !lab.needs.is_empty();
        let rewinds = !real || lab.needs.contains(&Need::Swarm);
        let rig = Self { lab, session, proof, real, rewinds, saved };
        rig.clean();
        Ok(rig)
    }

    /// What is left on an engine goes, after the session, which would bring some of it back.
    fn clear_away(self) -> Proof {
        let used = self.real || self.session.engine().has_containers();
        drop(self.session);
        if used {
            docker::clean_now(&self.lab.id);
        }
        self.proof
    }

    fn clean(&self) {
        if self.real {
            docker::clean_now(&self.lab.id);
        }
    }

    fn miss(&mut self, step: &Step, line: usize, what: String) {
        let place = format!("{}:{line}", self.lab.path);
        self.proof.misses.push(Miss { step: step.id.clone(), place, what });
    }

    /// Notes an assertion, and a miss when it does not hold.
    fn assert(&mut self, holds: bool, step: &Step, line: usize, what: impl FnOnce() -> String) {
        self.proof.assertions += 1;
        if !holds {
            self.miss(step, line, what());
        }
    }

    fn prove_step(&mut self, place: usize) -> anyhow::Result<()> {
        let step = self.lab.steps[place].clone();
        self.session.begin_step()?;
        if step.expects.is_empty() && step.asks.is_empty() {
            // Only to be read: it passes when it is reached.
            return self.holds(&step).map(drop);
        }
        self.save()?;
        let fresh = self.holds(&step)?;
        self.assert(!fresh, &step, step.line, || "passes before anything was done".into());
        for reject in &step.reject {
            let standing = self.standing();
            let ran = self.session.script(&reject.text)?;
            self.answer_all(&step, Answers::WherePossible)?;
            let holds = self.holds(&step)?;
            self.assert(!holds, &step, reject.line, || {
                format!("this near miss passes, and should not:\n{}", ran.output.trim_end())
            });
            self.take_back(place, standing)?;
        }
        let rewinds = self.rewinds;
        for accept in step.accept.iter().filter(|_| rewinds) {
            self.other_way(&step, accept)?;
            self.restore(place)?;
        }
        self.solve(&step, Answers::WronglyFirst)?;
        if !self.rewinds {
            // Coming back here means doing everything before this step again, minutes in a long
            // lab. That nothing stays behind is seen for all steps at once, at the end.
            return Ok(());
        }
        self.restore(place)?;
        let again = self.holds(&step)?;
        self.assert(!again, &step, step.line, || "still passes after a reset".into());
        if again {
            self.restore(place)?;
        }
        // A check only looks, so this is still the reset step.
        self.solve(&step, Answers::All)
    }

    /// Goes another right way through a step. Whether it passed.
    fn other_way(&mut self, step: &Step, accept: &Script) -> anyhow::Result<bool> {
        let ran = self.session.script(&accept.text)?;
        self.answer_all(step, Answers::All)?;
        let holds = self.holds(step)?;
        let cards = if holds { String::new() } else { self.cards(step) };
        self.assert(holds, step, accept.line, || {
            format!("this other right way does not pass:\n{cards}{}", ran.output.trim_end())
        });
        Ok(holds)
    }

    /// On a real engine, walks the lab once for each of the other right ways that a step may have.
    fn prove_other_ways(&mut self, say: &mut dyn FnMut(&str)) -> anyhow::Result<()> {
        if self.rewinds {
            return Ok(());
        }
        let steps = self.lab.steps.clone();
        let ways = steps.iter().map(|step| step.accept.len()).max().unwrap_or(0);
        for way in 0..ways {
            say(&format!("{} / other right ways, {} of {ways}", self.proof.lab, way + 1));
            self.begin_anew()?;
            for (place, step) in steps.iter().enumerate() {
                self.session.begin_step()?;
                match step.accept.get(way) {
                    None => self.solve(step, Answers::All)?,
                    Some(accept) if self.other_way(step, accept)? => {}
                    Some(_) => {
                        self.restore(place)?;
                        self.solve(step, Answers::All)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// On a real engine, cleaning up takes back what the steps did: none of them passes any more.
    fn prove_clean(&mut self) -> anyhow::Result<()> {
        if !self.real {
            return Ok(());
        }
        self.clean();
        self.session.reset(None)?;
        for step in self.lab.steps.clone() {
            if step.expects.is_empty() && step.asks.is_empty() {
                continue;
            }
            let holds = self.holds(&step)?;
            self.assert(!holds, &step, step.line, || "still passes after a clean-up".into());
        }
        Ok(())
    }

    /// Does what the lab says solves the step; it must pass then.
    fn solve(&mut self, step: &Step, answers: Answers) -> anyhow::Result<()> {
        let mut output = String::new();
        for solve in &step.solve {
            let ran = self.session.script(&solve.text)?;
            output.push_str(&ran.output);
            self.assert(ran.ok, step, solve.line, || {
                format!("the solution's commands fail:\n{}", ran.output.trim_end())
            });
        }
        self.answer_all(step, answers)?;
        let holds = self.holds(step)?;
        let cards = if holds { String::new() } else { self.cards(step) };
        let line = step.solve.first().map_or(step.line, |s| s.line);
        self.assert(holds, step, line, || {
            format!("the solution does not pass:\n{cards}{}", output.trim_end())
        });
        if !holds {
            bail!(
                "step {} of {} cannot be passed, so those behind it were not tried",
                step.id,
                self.proof.lab
            );
        }
        Ok(())
    }

    fn holds(&self, step: &Step) -> anyhow::Result<bool> {
        let states = self.session.check(Some(&step.id))?;
        let state = states.iter().find(|s| s.id == step.id).context("a step went missing")?;
        if state.verdict == super::Verdict::Blocked {
            let why = state.cards.first().map(|c| c.message.clone()).unwrap_or_default();
            bail!("{why}");
        }
        Ok(matches!(state.verdict, super::Verdict::Passed { .. }))
    }

    /// What the step's cards say, for a miss.
    fn cards(&self, step: &Step) -> String {
        let states = self.session.steps();
        let state = states.into_iter().find(|s| s.id == step.id).unwrap_or_default();
        let cards = state.cards.iter().map(|c| {
            format!(
                "  {}\n    expected {}, observed {}\n    {}\n",
                c.message, c.expected, c.observed, c.command
            )
        });
        let asks = state
            .asks
            .iter()
            .filter(|a| !a.right)
            .map(|a| format!("  not answered rightly: {} (given {:?})\n", a.question, a.given));
        cards.chain(asks).collect()
    }

    /// Answers every question rightly.
    fn answer_all(&mut self, step: &Step, answers: Answers) -> anyhow::Result<()> {
        for (i, ask) in step.asks.iter().enumerate() {
            let Some(right) = self.right_answer(ask)? else {
                if answers == Answers::WherePossible {
                    continue;
                }
                self.proof.assertions += 1;
                self.miss(step, ask.line, "the right answer cannot be computed here".into());
                continue;
            };
            if answers == Answers::WronglyFirst {
                let Some(wrong) = wrong_answer(ask, &right) else {
                    self.proof.assertions += 1;
                    self.miss(step, ask.line, "every choice of this question is right".into());
                    continue;
                };
                let judged = self.session.answer(&step.id, i, &wrong)?;
                self.assert(!judged.right, step, ask.line, || {
                    format!("the answer {wrong:?} is taken as right")
                });
            }
            let judged = self.session.answer(&step.id, i, &right)?;
            self.assert(judged.right, step, ask.line, || {
                format!("the answer {right:?} is taken as wrong")
            });
        }
        Ok(())
    }

    fn right_answer(&self, ask: &Ask) -> anyhow::Result<Option<String>> {
        if let Answer::Fixed(right) = &ask.answer {
            return Ok(right.first().cloned());
        }
        let mut error = None;
        let (right, _) = check::live_answer(&self.lab, ask, &mut |line| {
            self.session.capture(line).unwrap_or_else(|e| {
                error = Some(e);
                super::run::Captured::default()
            })
        });
        error.map_or(Ok(right), Err)
    }

    fn save(&self) -> anyhow::Result<()> {
        let _ = fs::remove_dir_all(&self.saved);
        copy_dir(&self.session.workspace(), &self.saved)
    }

    /// What is on the engine before a near miss, where that can be told from what a near miss makes.
    fn standing(&self) -> Option<docker::Standing> {
        (!self.rewinds).then(|| docker::Standing::of(&self.lab.id)).flatten()
    }

    /// Brings everything back to where the step began, by removing what was added to what stood there
    /// if nothing else has happened.
    fn take_back(&mut self, place: usize, before: Option<docker::Standing>) -> anyhow::Result<()> {
        if !before.is_some_and(|before| before.again()) {
            return self.restore(place);
        }
        self.session.reset(Some(&self.lab.steps[place].id))?;
        let workspace = self.session.workspace();
        fs::remove_dir_all(&workspace)?;
        copy_dir(&self.saved, &workspace)
    }

    /// The lab as if nobody had ever been in it.
    fn begin_anew(&self) -> anyhow::Result<()> {
        self.clean();
        fs::remove_dir_all(self.session.workspace())?;
        self.session.reset(None).map(drop)
    }

    /// Brings everything back to where the step began.
    fn restore(&mut self, place: usize) -> anyhow::Result<()> {
        let workspace = self.session.workspace();
        if self.rewinds {
            self.session.reset(Some(&self.lab.steps[place].id))?;
            fs::remove_dir_all(&workspace)?;
            return copy_dir(&self.saved, &workspace);
        }
        self.begin_anew()?;
        let steps_before = self.lab.steps[..place].to_vec();
        for step in steps_before {
            let before = self.proof.assertions;
            self.session.begin_step()?;
            self.solve(&step, Answers::All)?;
            // The same assertions were counted when the step itself was proved.
            self.proof.assertions = before;
        }
        self.session.begin_step()
    }
}

/// An answer that is surely not right: another choice, another number, other words. `None` where all
/// choices are right, so that nothing is asked.
fn wrong_answer(ask: &Ask, right: &str) -> Option<String> {
    let fixed: &[String] = match &ask.answer {
        Answer::Fixed(all) => all,
        Answer::Live { .. } => &[],
    };
    let is_right = |text: &str| {
        text.eq_ignore_ascii_case(right) || fixed.iter().any(|f| f.eq_ignore_ascii_case(text))
    };
    if !ask.choices.is_empty() {
        return ask.choices.iter().find(|c| !is_right(c)).cloned();
    }
    Some(match right.trim().parse::<f64>() {
        Ok(number) => format!("{}", number + 1.0),
        Err(_) => format!("not {right}"),
    })
}

fn copy_dir(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_dir(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}
