//! Who runs next, and until when.

use base::Time;

use crate::Host;
use crate::commands::{self, Call, Wait};
use crate::outside::{Answer, Outside};
use crate::process::{Kind, Pid, Program, Reply, State};
use crate::shell::run;

/// Steps that a shell takes before another process has its turn.
const TURN: u32 = 64;

/// What a program's run costs, in steps, beside what it reads and writes.
const RUN_STEPS: u64 = 20;

/// Bytes that are read or written in one step.
const STEP_BYTES: u64 = 512;

/// Bytes of input that a program may gather.
const INPUT_MAX: usize = 32 * 1024 * 1024;

/// What a host needs next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Next {
    /// Nothing, until somebody types or answers.
    Idle,
    /// Somebody sleeps until then.
    At(Time),
    /// The steps were used up and there is more to do now.
    Busy,
}

impl Host {
    /// Lets everything run that can, at this moment, within so many steps.
    pub fn run(&mut self, now: Time, outside: &mut dyn Outside, steps: u64) -> Next {
        self.now = self.now.max(now);
        let mut left = steps;
        loop {
            let mut pids: Vec<Pid> = self.processes.keys().copied().collect();
            let behind = pids.partition_point(|pid| *pid <= self.last_turn);
            pids.rotate_left(behind);
            let mut ran = false;
            for pid in pids {
                if !self.wakes(pid) {
                    continue;
                }
                ran = true;
                if left == 0 {
                    self.busy = self.busy.saturating_add(1);
                    return Next::Busy;
                }
                self.last_turn = pid;
                left = left.saturating_sub(self.turn(pid, outside));
            }
            if !ran {
                break;
            }
        }
        let sleepers = self.processes.values().filter_map(|process| match process.state {
            State::Until(time) => Some(time),
            _ => None,
        });
        sleepers.min().map_or(Next::Idle, Next::At)
    }

    /// What is asked of the world and not answered yet.
    pub fn asks(&self) -> Vec<(Pid, crate::outside::Ask)> {
        let asks = self.processes.iter().filter_map(|(pid, process)| match &process.state {
            State::Asking(ask) => Some((*pid, (**ask).clone())),
            _ => None,
        });
        asks.collect()
    }

    /// Says what a process asked for.
    pub fn answer(&mut self, pid: Pid, answer: Answer) {
        let Some(process) = self.processes.get_mut(&pid) else { return };
        if let (State::Asking(_), Kind::Program(program)) = (&process.state, &mut process.kind) {
            program.replies.push(Reply::Answer(answer));
            process.state = State::Ready;
        }
    }

    /// Whether a process can go on; what it waited for is noted.
    fn wakes(&mut self, pid: Pid) -> bool {
        let Some(process) = self.processes.get(&pid) else { return false };
        if matches!(process.kind, Kind::Daemon) {
            return false;
        }
        let ended = |pid: &Pid| {
            self.processes.get(pid).is_none_or(|child| matches!(child.state, State::Ended(_)))
        };
        let ready = match &process.state {
            State::Ready => true,
            State::Children(pids) => pids.iter().any(ended) || pids.is_empty(),
            State::Input(open) => self.has_input(*open),
            State::Output(open) => self.has_room(*open),
            State::Until(time) => *time <= self.now,
            State::Asking(_) | State::Stopped | State::Ended(_) => false,
        };
        let signalled = !process.signals.is_empty()
            && !matches!(process.state, State::Stopped | State::Ended(_))
            && matches!(process.kind, Kind::Shell(_));
        if !ready {
            return signalled;
        }
        let slept = matches!(process.state, State::Until(_));
        let children = match &process.state {
            State::Children(pids) => pids.clone(),
            _ => Vec::new(),
        };
        if matches!(process.kind, Kind::Program(_)) {
            let status = children.first().and_then(|child| self.reap(*child));
            if let Kind::Program(program) = &mut self.process_mut(pid).kind {
                if slept {
                    program.replies.push(Reply::Slept);
                }
                program.replies.extend(status.map(Reply::Ended));
            }
        }
        self.process_mut(pid).state = State::Ready;
        true
    }

    /// Lets one process run for a while; answers what it cost.
    fn turn(&mut self, pid: Pid, outside: &mut dyn Outside) -> u64 {
        match self.processes.get(&pid).map(|process| &process.kind) {
            Some(Kind::Shell(_)) => {
                let mut count = 0;
                while count < TURN {
                    count += 1;
                    run::step(self, pid);
                    let Some(process) = self.processes.get(&pid) else { break };
                    if process.state != State::Ready || !matches!(process.kind, Kind::Shell(_)) {
                        break;
                    }
                }
                u64::from(count)
            }
            Some(Kind::Program(_)) => self.program(pid, outside),
            _ => 1,
        }
    }

    fn program(&mut self, pid: Pid, outside: &mut dyn Outside) -> u64 {
        let Some(process) = self.processes.get_mut(&pid) else { return 1 };
        let Kind::Program(program) = std::mem::replace(&mut process.kind, Kind::Daemon) else {
            return 1;
        };
        let mut call = Call::new(self, pid, *program);
        let result = match commands::find(&call.program.name.clone()) {
            Some(run) => run(&mut call),
            None => commands::world(&mut call),
        };
        let (mut program, chunks) = call.into_parts();
        let mut total = 0;
        for (fd, bytes) in chunks {
            let skip = program.written.saturating_sub(total).min(bytes.len());
            total += bytes.len();
            if skip < bytes.len()
                && let Err(e) = self.write(pid, fd, &bytes[skip..])
            {
                if e == crate::files::Errno::BrokenPipe {
                    self.exit(pid, 128 + 13);
                    return RUN_STEPS;
                }
                if fd == 1 {
                    let name = crate::files::path::base(&program.args[0]).to_owned();
                    let _ = self.write(pid, 2, format!("{name}: write error: {e}\n").as_bytes());
                    self.exit(pid, 1);
                    return RUN_STEPS;
                }
            }
        }
        program.written = program.written.max(total);
        let bytes = total + program.input.len();
        match result {
            Ok(status) => self.exit(pid, status),
            Err(wait) => self.suspend(pid, program, wait, outside),
        }
        RUN_STEPS + bytes as u64 / STEP_BYTES
    }

    /// Notes what a program waits for.
    fn suspend(&mut self, pid: Pid, mut program: Program, wait: Wait, outside: &mut dyn Outside) {
        let mut state = State::Ready;
        match wait {
            Wait::Input => {
                let Some(open) = self.process(pid).fds.get(&0).copied() else {
                    program.input_ended = true;
                    self.resume(pid, program, State::Ready);
                    return;
                };
                match self.read(open, usize::MAX >> 1) {
                    crate::calls::Got::Bytes(bytes) => program.input.extend(bytes),
                    crate::calls::Got::End => program.input_ended = true,
                    crate::calls::Got::Wait => state = State::Input(open),
                }
                if program.input.len() > INPUT_MAX {
                    let name = program.name.clone();
                    let _ = self.write(pid, 2, format!("{name}: memory exhausted\n").as_bytes());
                    self.exit(pid, 2);
                    return;
                }
            }
            Wait::Again => {
                program.written = 0;
                if let Some(open) = self.process(pid).fds.get(&1) {
                    state = State::Output(*open);
                }
            }
            Wait::Until(time) => state = State::Until(time),
            Wait::Forever => state = State::Children(vec![pid]),
            Wait::Ask(ask) => match outside.ask(&ask) {
                Some(answer) => program.replies.push(Reply::Answer(answer)),
                None => state = State::Asking(ask),
            },
            Wait::Run(run) => {
                let commands::Run { args, env, who, cwd, input, label } = *run;
                let Some(child) = self.fork(pid, Kind::Daemon) else {
                    program.replies.push(Reply::Ended(254));
                    self.resume(pid, program, state);
                    return;
                };
                if let Some(who) = who {
                    self.process_mut(child).who = who;
                }
                if let Some(cwd) = cwd {
                    self.process_mut(child).cwd = cwd;
                }
                if let Some(bytes) = input {
                    let open = self.opened(
                        crate::process::OpenKind::Text { bytes, place: 0 },
                        true,
                        false,
                    );
                    self.set_fd(child, 0, open);
                }
                let search = env.get("PATH").cloned();
                let search = search.unwrap_or_else(|| "/bin:/usr/bin".into());
                let started = self
                    .locate(child, &args[0], &search)
                    .and_then(|file| self.exec(child, &file, args.clone(), env));
                if let Err((text, status)) = started {
                    let shown = commands::not_started(&label, &args[0], &text);
                    let _ = self.write(pid, 2, shown.as_bytes());
                    self.exit(child, status);
                }
                state = State::Children(vec![child]);
            }
        }
        self.resume(pid, program, state);
    }

    fn resume(&mut self, pid: Pid, program: Program, state: State) {
        if let Some(process) = self.processes.get_mut(&pid) {
            process.kind = Kind::Program(Box::new(program));
            process.state = state;
        }
    }
}
