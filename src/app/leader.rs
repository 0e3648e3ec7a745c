//! The leader: the key before the letters of actions, where letters are typed.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// The letter that is the leader together with Ctrl, unless a person chose another.
pub const LEADER_LETTER: char = ']';

/// Whether this is the leader: Ctrl with that letter.
#[must_use]
pub fn is_leader(key: KeyEvent, letter: char) -> bool {
    // Terminals send four signs as the digits that share their codes.
    let digits = [('\\', '4'), (']', '5'), ('^', '6'), ('_', '7')];
    let digit = digits.into_iter().find(|(sign, _)| *sign == letter).map(|(_, digit)| digit);
    key.modifiers.contains(KeyModifiers::CONTROL)
        && matches!(key.code, KeyCode::Char(c) if c == letter || Some(c) == digit)
}

/// What a leader is called: `Ctrl-]`.
#[must_use]
pub fn leader_name(letter: char) -> String {
    format!("Ctrl-{}", letter.to_ascii_uppercase())
}
