//! Redirections.

use super::ast::{Redirect, RedirectKind};
use super::state::OpenId;
use super::turn::Turn;
use crate::calls::Mode;
use crate::files::Errno;
use crate::process::OpenKind;

/// What descriptors were before.
pub type Saved = Vec<(u32, Option<OpenId>)>;

impl Turn<'_> {
    /// Carries redirections out, the targets of which are expanded; at the first that fails all are
    /// taken back.
    pub fn redirect(&mut self, redirects: &[Redirect], targets: &[String]) -> Option<Saved> {
        let mut saved = Vec::new();
        for (redirect, target) in redirects.iter().zip(targets) {
            if let Err(text) = self.redirect_one(redirect, target, &mut saved) {
                self.restore(saved);
                self.complain(&text);
                self.shell.status = 1;
                return None;
            }
        }
        Some(saved)
    }

    fn redirect_one(
        &mut self,
        redirect: &Redirect,
        target: &str,
        saved: &mut Saved,
    ) -> Result<(), String> {
        let said = |e: Errno| format!("{target}: {e}");
        let default = match redirect.kind {
            RedirectKind::Read
            | RedirectKind::ReadWrite
            | RedirectKind::CopyIn
            | RedirectKind::Document
            | RedirectKind::Text => 0,
            _ => 1,
        };
        let fd = redirect.fd.unwrap_or(default);
        let open = match redirect.kind {
            RedirectKind::Read => self.host.open(self.pid, target, Mode::Read).map_err(said)?,
            RedirectKind::Write if self.shell.options.no_clobber => {
                self.host.open(self.pid, target, Mode::New).map_err(|e| match e {
                    Errno::Exists => format!("{target}: cannot overwrite existing file"),
                    other => said(other),
                })?
            }
            RedirectKind::Write | RedirectKind::Clobber | RedirectKind::Both => {
                self.host.open(self.pid, target, Mode::Write).map_err(said)?
            }
            RedirectKind::Append | RedirectKind::BothAppend => {
                self.host.open(self.pid, target, Mode::Append).map_err(said)?
            }
            RedirectKind::ReadWrite => {
                self.host.open(self.pid, target, Mode::Both).map_err(said)?
            }
            RedirectKind::Document | RedirectKind::Text => {
                let mut bytes = target.as_bytes().to_vec();
                if redirect.kind == RedirectKind::Text {
                    bytes.push(b'\n');
                }
                self.host.opened(OpenKind::Text { bytes, place: 0 }, true, false)
            }
            RedirectKind::CopyIn | RedirectKind::CopyOut if target == "-" => {
                self.save(fd, saved);
                self.host.close_fd(self.pid, fd);
                return Ok(());
            }
            RedirectKind::CopyIn | RedirectKind::CopyOut => match target.parse::<u32>() {
                Ok(from) => {
                    let known = self.host.process(self.pid).fds.get(&from).copied();
                    known.ok_or_else(|| said(Errno::BadDescriptor))?
                }
                Err(_) if redirect.kind == RedirectKind::CopyOut && redirect.fd.is_none() => {
                    let open = self.host.open(self.pid, target, Mode::Write).map_err(said)?;
                    self.put(2, open, saved);
                    open
                }
                Err(_) => return Err(format!("{target}: ambiguous redirect")),
            },
        };
        self.put(fd, open, saved);
        if matches!(redirect.kind, RedirectKind::Both | RedirectKind::BothAppend) {
            self.put(2, open, saved);
        }
        Ok(())
    }

    fn save(&mut self, fd: u32, saved: &mut Saved) {
        let old = self.host.process(self.pid).fds.get(&fd).copied();
        if let Some(old) = old {
            self.host.hold(old);
        }
        saved.push((fd, old));
    }

    fn put(&mut self, fd: u32, open: OpenId, saved: &mut Saved) {
        self.save(fd, saved);
        self.host.set_fd(self.pid, fd, open);
    }

    /// Puts descriptors back as they were.
    pub fn restore(&mut self, saved: Saved) {
        for (fd, old) in saved.into_iter().rev() {
            match old {
                Some(open) => {
                    self.host.set_fd(self.pid, fd, open);
                    self.host.release(open);
                }
                None => self.host.close_fd(self.pid, fd),
            }
        }
    }

    /// Lets redirections stand for good, as `exec` does.
    pub fn keep_redirects(&mut self, saved: Saved) {
        for open in saved.into_iter().filter_map(|(_, open)| open) {
            self.host.release(open);
        }
    }
}
