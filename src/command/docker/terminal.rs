//! The real terminal: raw mode that is always taken back, its size, and the keys that let go of a
//! container.

use crossterm::terminal as term;

/// Raw mode, until it is dropped; a panic drops it too.
#[must_use = "raw mode ends when this is dropped"]
pub(super) struct Raw(());

impl Raw {
    /// Enters raw mode.
    ///
    /// # Errors
    /// When the terminal does not allow it.
    pub(super) fn enter() -> std::io::Result<Self> {
        term::enable_raw_mode()?;
        Ok(Self(()))
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        // Nothing more can be done for a terminal that is gone.
        let _ = term::disable_raw_mode();
    }
}

/// A line that is typed and not shown.
///
/// # Errors
/// When there is no terminal, or it goes away.
pub(super) fn hidden_line() -> std::io::Result<String> {
    use std::io::Read as _;
    let _raw = Raw::enter()?;
    let mut typed = Vec::new();
    for byte in std::io::stdin().lock().bytes() {
        match byte? {
            b'\r' | b'\n' | 4 => break,
            3 => return Err(std::io::ErrorKind::Interrupted.into()),
            8 | 127 => drop(typed.pop()),
            other => typed.push(other),
        }
    }
    Ok(String::from_utf8_lossy(&typed).trim().to_owned())
}

/// Rows and columns.
pub(super) fn size() -> Option<(u16, u16)> {
    term::size().ok().map(|(columns, rows)| (rows, columns))
}

/// The keys that let go of a container: `ctrl-p,ctrl-q` unless said.
///
/// # Errors
/// The client's words for a key that does not exist.
pub(super) fn detach_keys(given: Option<&str>) -> Result<Vec<u8>, String> {
    let given = given.unwrap_or("ctrl-p,ctrl-q");
    given
        .split(',')
        .map(|key| match key.as_bytes() {
            [one] => Some(*one),
            _ => match key.strip_prefix("ctrl-").map(str::as_bytes) {
                Some([letter @ b'a'..=b'z']) => Some(letter - b'a' + 1),
                Some(b"@") => Some(0),
                Some(b"[") => Some(27),
                Some(b"\\") => Some(28),
                Some(b"]") => Some(29),
                Some(b"^") => Some(30),
                Some(b"_") => Some(31),
                _ => None,
            },
        })
        .collect::<Option<Vec<u8>>>()
        .ok_or_else(|| format!("invalid detach keys ({given}): unknown key"))
}

/// Watches typed bytes for the detach keys. Bytes that may yet become the keys are held back.
pub(super) struct Watch {
    keys: Vec<u8>,
    matched: usize,
}

impl Watch {
    pub(super) fn new(keys: Vec<u8>) -> Self {
        Self { keys, matched: 0 }
    }

    /// The bytes to pass on, and whether the keys were typed; what comes after them is dropped.
    pub(super) fn pass(&mut self, typed: &[u8]) -> (Vec<u8>, bool) {
        let mut out = Vec::with_capacity(typed.len());
        if self.keys.is_empty() {
            return (typed.to_vec(), false);
        }
        for &byte in typed {
            if byte == self.keys[self.matched] {
                self.matched += 1;
                if self.matched == self.keys.len() {
                    return (out, true);
                }
                continue;
            }
            out.extend_from_slice(&self.keys[..self.matched]);
            self.matched = usize::from(byte == self.keys[0]);
            if self.matched == 0 {
                out.push(byte);
            } else if self.keys.len() == 1 {
                return (out, true);
            }
        }
        (out, false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_their_bytes() {
        let check = |given: &str, want: &[u8]| assert_eq!(detach_keys(Some(given)).unwrap(), want);
        check("ctrl-p,ctrl-q", &[16, 17]);
        check("a,b", b"ab");
        check("ctrl-[", &[27]);
        assert!(detach_keys(Some("foo")).is_err());
        assert_eq!(detach_keys(None).unwrap(), [16, 17]);
    }

    #[test]
    fn typed_keys_are_found_and_all_else_passes() {
        let check = |pieces: &[&[u8]], want: &[u8], detached: bool| {
            let mut watch = Watch::new(vec![16, 17]);
            let (mut out, mut found) = (Vec::new(), false);
            for piece in pieces {
                let (passed, end) = watch.pass(piece);
                out.extend(passed);
                found |= end;
            }
            assert_eq!((out.as_slice(), found), (want, detached), "{pieces:?}");
        };
        check(&[b"ls\n"], b"ls\n", false);
        check(&[b"a\x10\x11b"], b"a", true);
        check(&[b"a\x10", b"\x11"], b"a", true);
        check(&[b"\x10", b"x"], b"\x10x", false);
        check(&[b"\x10\x10\x11"], b"\x10", true);
    }
}
