//! Keys as the bytes a terminal sends for them (xterm's control sequences, "PC-style function
//! keys"). Does not know what the program in the terminal makes of them.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// The bytes of a key; empty for keys that send none. `application` is the cursor-key mode that
/// the program in the terminal asked for (DECCKM).
#[must_use]
pub fn encode(key: KeyEvent, application: bool) -> Vec<u8> {
    let modifiers = modifier_code(key.modifiers);
    let mut bytes = Vec::new();
    match key.code {
        KeyCode::Char(c) => {
            if key.modifiers.contains(KeyModifiers::ALT) {
                bytes.push(0x1b);
            }
            match control(c).filter(|_| key.modifiers.contains(KeyModifiers::CONTROL)) {
                Some(byte) => bytes.push(byte),
                None => bytes.extend(c.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        KeyCode::Enter | KeyCode::Backspace | KeyCode::Esc | KeyCode::Tab => {
            if key.modifiers.contains(KeyModifiers::ALT) {
                bytes.push(0x1b);
            }
            bytes.push(match key.code {
                KeyCode::Enter => b'\r',
                KeyCode::Backspace if key.modifiers.contains(KeyModifiers::CONTROL) => 0x08,
                KeyCode::Backspace => 0x7f,
                KeyCode::Tab => b'\t',
                _ => 0x1b,
            });
        }
        KeyCode::BackTab => bytes.extend(b"\x1b[Z"),
        KeyCode::Up => cursor(&mut bytes, 'A', modifiers, application),
        KeyCode::Down => cursor(&mut bytes, 'B', modifiers, application),
        KeyCode::Right => cursor(&mut bytes, 'C', modifiers, application),
        KeyCode::Left => cursor(&mut bytes, 'D', modifiers, application),
        KeyCode::Home => cursor(&mut bytes, 'H', modifiers, application),
        KeyCode::End => cursor(&mut bytes, 'F', modifiers, application),
        KeyCode::Insert => tilde(&mut bytes, 2, modifiers),
        KeyCode::Delete => tilde(&mut bytes, 3, modifiers),
        KeyCode::PageUp => tilde(&mut bytes, 5, modifiers),
        KeyCode::PageDown => tilde(&mut bytes, 6, modifiers),
        KeyCode::F(n @ 1..=4) => {
            let letter = char::from(b'P' + n - 1);
            match modifiers {
                1 => bytes.extend([0x1b, b'O', b'P' + n - 1]),
                m => bytes.extend(format!("\x1b[1;{m}{letter}").bytes()),
            }
        }
        KeyCode::F(n @ 5..=12) => {
            const CODES: [u8; 8] = [15, 17, 18, 19, 20, 21, 23, 24];
            tilde(&mut bytes, CODES[usize::from(n - 5)], modifiers);
        }
        _ => {}
    }
    bytes
}

/// xterm's parameter: 1 plus shift 1, alt 2, control 4.
fn modifier_code(modifiers: KeyModifiers) -> u8 {
    1 + u8::from(modifiers.contains(KeyModifiers::SHIFT))
        + 2 * u8::from(modifiers.contains(KeyModifiers::ALT))
        + 4 * u8::from(modifiers.contains(KeyModifiers::CONTROL))
}

/// The control character of a key pressed with Ctrl. A terminal sends 0x1c–0x1f for Ctrl-4 to
/// Ctrl-7 as well, and crossterm reports those as digits.
fn control(c: char) -> Option<u8> {
    match c.to_ascii_lowercase() {
        c @ 'a'..='z' => u8::try_from(c).ok().map(|b| b - b'a' + 1),
        ' ' | '@' | '2' => Some(0),
        '[' | '3' => Some(0x1b),
        '\\' | '4' => Some(0x1c),
        ']' | '5' => Some(0x1d),
        '^' | '6' => Some(0x1e),
        '_' | '/' | '7' => Some(0x1f),
        '?' | '8' => Some(0x7f),
        _ => None,
    }
}

fn cursor(bytes: &mut Vec<u8>, letter: char, modifiers: u8, application: bool) {
    let text = match (modifiers, application) {
        (1, true) => format!("\x1bO{letter}"),
        (1, false) => format!("\x1b[{letter}"),
        (m, _) => format!("\x1b[1;{m}{letter}"),
    };
    bytes.extend(text.bytes());
}

fn tilde(bytes: &mut Vec<u8>, code: u8, modifiers: u8) {
    let text =
        if modifiers == 1 { format!("\x1b[{code}~") } else { format!("\x1b[{code};{modifiers}~") };
    bytes.extend(text.bytes());
}
