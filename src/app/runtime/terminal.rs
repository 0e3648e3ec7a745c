//! The learner's terminal: taken over with the screen, given back as it was after the end, a panic
//! or a signal.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, IsTerminal, Write, stdin, stdout};
use std::os::fd::AsFd as _;
use std::panic::PanicHookInfo;
use std::rc::Rc;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

use base64::Engine as _;
use crossterm::cursor::Show;
use crossterm::event::{
    DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture,
};
use crossterm::terminal::{
    BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
    disable_raw_mode, enable_raw_mode,
};
use crossterm::{execute, queue};
use ratatui::backend::CrosstermBackend;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::{Frame, Terminal, TerminalOptions, Viewport};

use crate::layout;
use crate::panics::is_quiet;
use crate::plain;

/// Whether the terminal is ours now and must be given back.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// Whether the screen can run here.
pub(super) fn suits((cols, rows): (u16, u16)) -> bool {
    let term = std::env::var("TERM").unwrap_or_default();
    let dumb = cfg!(unix) && (term.is_empty() || term == "dumb");
    stdin().is_terminal() && stdout().is_terminal() && !dumb && layout::fits(cols, rows)
}

/// How wide lines are in line mode: as wide as the terminal.
pub(super) fn width() -> usize {
    let size = crossterm::terminal::size().ok().filter(|_| stdout().is_terminal());
    size.map_or(plain::WIDTH, |(columns, _)| usize::from(columns)).max(WIDTH_LEAST)
}

/// A terminal that claims to be narrower does not know.
const WIDTH_LEAST: usize = 20;

pub(super) struct Screen {
    terminal: Terminal<CrosstermBackend<Pending>>,
    pending: Pending,
    out: File,
    size: (u16, u16),
    /// The last frame of which all was drawn.
    last: Option<Buffer>,
}

/// What a frame writes, until it is whole. The backend flushes at each turn of the cursor, and whoever
/// is at the other end would be woken for each piece.
#[derive(Clone, Default)]
struct Pending(Rc<RefCell<Vec<u8>>>);

impl Write for Pending {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Screen {
    pub(super) fn enter(size: (u16, u16)) -> anyhow::Result<Self> {
        hook();
        take()?;
        let out = File::from(stdout().as_fd().try_clone_to_owned()?);
        let pending = Pending::default();
        let backend = CrosstermBackend::new(pending.clone());
        // The size comes with a message. Asked for at each frame, it opens the terminal each time.
        let viewport = Viewport::Fixed(area(size));
        let terminal = Terminal::with_options(backend, TerminalOptions { viewport })?;
        Ok(Self { terminal, pending, out, size, last: None })
    }

    /// Draws one frame at this size, in one write; terminals that know synchronized updates show it at
    /// once. Unless `all` has to be drawn, `draw` is given the last frame of which all was.
    pub(super) fn draw(
        &mut self,
        size: (u16, u16),
        all: bool,
        draw: impl FnOnce(Option<&Buffer>, &mut Frame),
    ) -> anyhow::Result<()> {
        queue!(self.pending, BeginSynchronizedUpdate)?;
        if std::mem::replace(&mut self.size, size) != size {
            self.clear()?;
        }
        if all {
            let done = self.terminal.draw(|frame| draw(None, frame))?;
            self.last.get_or_insert_default().clone_from(done.buffer);
        } else {
            let last = self.last.as_ref();
            self.terminal.draw(|frame| draw(last, frame))?;
        }
        queue!(self.pending, EndSynchronizedUpdate)?;
        let mut whole = self.pending.0.borrow_mut();
        self.out.write_all(&whole)?;
        whole.clear();
        Ok(())
    }

    /// Gives the terminal to another program, as it was.
    pub(super) fn leave() {
        restore();
    }

    /// Takes the terminal again; the next frame writes every cell.
    pub(super) fn come_back(&mut self, with_mouse: bool) -> anyhow::Result<()> {
        take()?;
        if with_mouse {
            mouse(true)?;
        }
        self.clear()
    }

    /// Makes the next frame write every cell. Not `Terminal::clear`: that asks the terminal where
    /// the cursor is, and the thread that reads the input would take the answer.
    pub(super) fn clear(&mut self) -> anyhow::Result<()> {
        Ok(self.terminal.resize(area(self.size))?)
    }
}

/// Takes the terminal.
fn take() -> anyhow::Result<()> {
    enable_raw_mode()?;
    TAKEN.store(true, Ordering::SeqCst);
    Ok(execute!(stdout(), EnterAlternateScreen, EnableBracketedPaste)?)
}

fn area((width, height): (u16, u16)) -> Rect {
    Rect { width, height, ..Rect::ZERO }
}

impl Drop for Screen {
    fn drop(&mut self) {
        restore();
    }
}

/// Gives the terminal back; harmless when it was given back already.
fn restore() {
    if TAKEN.swap(false, Ordering::SeqCst) {
        let _ = execute!(
            stdout(),
            EndSynchronizedUpdate,
            DisableMouseCapture,
            DisableBracketedPaste,
            LeaveAlternateScreen,
            Show
        );
        let _ = disable_raw_mode();
    }
}

/// A panic gives the terminal back before its message is printed. One on a thread whose panics are
/// caught prints nothing, since that would land in the middle of the screen.
fn hook() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info: &PanicHookInfo| {
            if is_quiet() && TAKEN.load(Ordering::SeqCst) {
                return;
            }
            restore();
            before(info);
        }));
    });
}

pub(super) fn mouse(on: bool) -> anyhow::Result<()> {
    if on {
        execute!(stdout(), EnableMouseCapture)?;
    } else {
        execute!(stdout(), DisableMouseCapture)?;
    }
    Ok(())
}

/// OSC 52: the terminal puts the text on the clipboard, over a remote connection too.
pub(super) fn copy(text: &str) -> anyhow::Result<()> {
    let coded = base64::engine::general_purpose::STANDARD.encode(text);
    let mut out = stdout();
    write!(out, "\x1b]52;c;{coded}\x07")?;
    out.flush()?;
    Ok(())
}
