//! What a transfer tells while it runs: a line for each file, and on a terminal how far it is.

use std::io::Write;
use std::time::Instant;

use crate::aws::fail::Failure;

/// `1 Byte`, `10 Bytes`, `1.5 KiB`
pub(super) fn human_size(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    match bytes {
        1 => return "1 Byte".into(),
        0..1024 => return format!("{bytes} Bytes"),
        _ => {}
    }
    let mut value = bytes as f64 / 1024.0;
    for unit in UNITS {
        if value.round() < 1024.0 {
            return format!("{value:.1} {unit}");
        }
        value /= 1024.0;
    }
    format!("{value:.1} ZiB")
}

/// The lines of one command.
pub(super) struct Printer<'a> {
    out: &'a mut (dyn Write + Send),
    err: &'a mut (dyn Write + Send),
    /// Whether successes are told.
    pub(super) shows_success: bool,
    /// Whether errors are told (not with `--quiet`).
    pub(super) shows_errors: bool,
    /// Whether progress is shown.
    pub(super) shows_progress: bool,
    started: Instant,
    expected_bytes: u64,
    done_bytes: u64,
    expected_files: usize,
    done_files: usize,
    /// Columns that the progress line now takes.
    shown: usize,
    pub(super) failed: usize,
    pub(super) warned: usize,
}

impl<'a> Printer<'a> {
    pub(super) fn new(out: &'a mut (dyn Write + Send), err: &'a mut (dyn Write + Send)) -> Self {
        Self {
            out,
            err,
            shows_success: true,
            shows_errors: true,
            shows_progress: false,
            started: Instant::now(),
            expected_bytes: 0,
            done_bytes: 0,
            expected_files: 0,
            done_files: 0,
            shown: 0,
            failed: 0,
            warned: 0,
        }
    }

    /// What there is to do in all.
    pub(super) fn expect(&mut self, files: usize, bytes: u64) {
        self.expected_files = files;
        self.expected_bytes = bytes;
        self.started = Instant::now();
    }

    /// The stream that bodies may go to.
    pub(super) fn out(&mut self) -> &mut (dyn Write + Send) {
        &mut *self.out
    }

    /// More bytes are through.
    pub(super) fn moved(&mut self, bytes: u64) -> Result<(), Failure> {
        self.done_bytes += bytes;
        self.progress()
    }

    fn progress(&mut self) -> Result<(), Failure> {
        if !self.shows_progress || self.done_files == self.expected_files {
            return Ok(());
        }
        let left = self.expected_files - self.done_files;
        let line = if self.expected_bytes > 0 {
            let seconds = self.started.elapsed().as_secs_f64().max(0.001);
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a speed for people"
            )]
            let speed = (self.done_bytes as f64 / seconds) as u64;
            format!(
                "Completed {}/{} ({}/s) with {left} file(s) remaining",
                human_size(self.done_bytes),
                human_size(self.expected_bytes),
                human_size(speed)
            )
        } else {
            format!("Completed {} file(s) with {left} file(s) remaining", self.done_files)
        };
        write!(self.out, "{line:<width$}\r", width = self.shown)?;
        self.shown = line.len();
        Ok(self.out.flush()?)
    }

    /// A file is done: what was done with it, in words.
    pub(super) fn success(&mut self, line: &str) -> Result<(), Failure> {
        self.done_files += 1;
        if self.shows_success {
            let width = std::mem::take(&mut self.shown);
            writeln!(self.out, "{line:<width$}")?;
        }
        self.progress()
    }

    /// What would be done.
    pub(super) fn dry_run(&mut self, line: &str) -> Result<(), Failure> {
        self.done_files += 1;
        if self.shows_errors {
            writeln!(self.out, "(dryrun) {line}")?;
        }
        Ok(())
    }

    /// A file could not be done.
    pub(super) fn failure(&mut self, line: &str) -> Result<(), Failure> {
        self.done_files += 1;
        self.failed += 1;
        self.complain(line)?;
        self.progress()
    }

    /// A file was left out.
    pub(super) fn warning(&mut self, line: &str) -> Result<(), Failure> {
        self.warned += 1;
        self.complain(line)
    }

    /// Nothing more can be done.
    pub(super) fn fatal(&mut self, failure: &Failure) -> Result<(), Failure> {
        self.failed += 1;
        self.complain(&format!("fatal error: {failure}"))
    }

    fn complain(&mut self, line: &str) -> Result<(), Failure> {
        if !self.shows_errors {
            return Ok(());
        }
        let width = std::mem::take(&mut self.shown);
        self.out.flush()?;
        writeln!(self.err, "{line:<width$}")?;
        Ok(())
    }

    /// 1 when something failed, 2 when something was left out.
    pub(super) fn code(&self) -> u8 {
        match (self.failed, self.warned) {
            (0, 0) => 0,
            (0, _) => 2,
            _ => 1,
        }
    }
}
