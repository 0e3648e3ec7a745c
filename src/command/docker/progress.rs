//! The engine's messages while it builds, pulls, pushes and loads, drawn as the reference client
//! draws them: on a terminal one line for each layer that changes in place, elsewhere one line for
//! each change of status.
//!
//! Source: the reference client's output, byte for byte (`tests/peers`).

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write;

use serde_json::Value;

use super::cx::Fail;
use command_line::size;

/// Above this width there is room for a bar.
const BAR_COLUMNS: u16 = 110;

/// Cells of the bar.
const BAR: usize = 50;

/// What was drawn so far.
pub(super) struct Display {
    /// Columns of the terminal, when there is one.
    terminal: Option<u16>,
    /// The line of each layer, counted from the first.
    lines: BTreeMap<String, usize>,
}

impl Display {
    /// `terminal` is its width in columns; nothing when the output goes elsewhere.
    pub(super) fn new(terminal: Option<u16>) -> Self {
        Self { terminal, lines: BTreeMap::new() }
    }

    /// Prints one message.
    ///
    /// # Errors
    /// When the message is an error: its words and its exit code.
    pub(super) fn show(&mut self, message: &Value, out: &mut dyn Write) -> Result<(), Fail> {
        if message.get("aux").is_some_and(|aux| !aux.is_null()) {
            return Ok(());
        }
        if let Some(fail) = failure(message) {
            return Err(fail);
        }
        // A reader that went away is no error.
        let _ = out.write_all(self.draw(message).as_bytes()).and_then(|()| out.flush());
        Ok(())
    }

    fn draw(&mut self, message: &Value) -> String {
        let text = |key: &str| message.get(key).and_then(Value::as_str).unwrap_or_default();
        let (id, status, stream) = (text("id"), text("status"), text("stream"));
        let detail = message.get("progressDetail").filter(|d| d.is_object());
        let mut drawn = String::new();
        let mut up = 0;
        if id.is_empty() || detail.is_none() {
            // Lines that other text has moved cannot be found again.
            self.lines.clear();
        } else {
            let next = self.lines.len();
            let line = *self.lines.entry(id.to_owned()).or_insert(next);
            if self.terminal.is_some() {
                if line == next {
                    drawn.push('\n');
                }
                up = self.lines.len() - line;
                drawn.push_str(&moved(up, 'A'));
            }
        }
        let progress = detail.map(|d| counts(d, self.terminal.unwrap_or(200)));
        let mut end = "";
        if self.terminal.is_some() && stream.is_empty() && progress.is_some() {
            drawn.push_str("\x1b[2K\r");
            end = "\r";
        } else if progress.as_ref().is_some_and(|p| !p.is_empty()) {
            return String::new();
        }
        if !id.is_empty() {
            drawn.push_str(id);
            drawn.push_str(": ");
        }
        match progress {
            Some(progress) if self.terminal.is_some() => {
                let _ = write!(drawn, "{status} {progress}{end}");
            }
            _ if stream.is_empty() => {
                let _ = writeln!(drawn, "{status}{end}");
            }
            _ => {
                let _ = write!(drawn, "{stream}{end}");
            }
        }
        if !id.is_empty() && self.terminal.is_some() {
            drawn.push_str(&moved(up, 'B'));
        }
        drawn
    }
}

/// The error that a message carries.
fn failure(message: &Value) -> Option<Fail> {
    let detail = message.get("errorDetail");
    let words = detail
        .and_then(|d| d.get("message"))
        .or_else(|| message.get("error"))
        .and_then(Value::as_str)?;
    let code = detail.and_then(|d| d.get("code")).and_then(Value::as_i64).unwrap_or(1);
    Some(Fail::new(u8::try_from(code & 0xff).ok().filter(|c| *c != 0).unwrap_or(1), words))
}

/// `ESC [ n A`: so many lines up; `B` is down.
fn moved(lines: usize, direction: char) -> String {
    if lines == 0 { String::new() } else { format!("\x1b[{lines}{direction}") }
}

/// How far it is: a bar where there is room, and the bytes.
fn counts(detail: &Value, columns: u16) -> String {
    let number = |key: &str| detail.get(key).and_then(Value::as_u64).unwrap_or_default();
    let (current, total) = (number("current"), number("total"));
    let units = detail.get("units").and_then(Value::as_str).unwrap_or_default();
    if current == 0 && total == 0 {
        return String::new();
    }
    let bytes = |n: u64| size::decimal(n, 4);
    if total == 0 {
        return match units {
            "" => format!("{:>8}", bytes(current)),
            units => format!("{current} {units}"),
        };
    }
    let mut bar = String::new();
    if columns > BAR_COLUMNS {
        let share = current.min(total) * BAR as u64 / total;
        let full = usize::try_from(share).unwrap_or(BAR).min(BAR);
        bar = format!("[{}>{}] ", "=".repeat(full), " ".repeat(BAR - full));
    }
    if detail.get("hidecounts").and_then(Value::as_bool) == Some(true) {
        return bar;
    }
    let numbers = match (units, current > total) {
        ("", true) => format!("{:>8}", bytes(current)),
        ("", false) => format!("{:>8}/{}", bytes(current), bytes(total)),
        (units, true) => format!("{current} {units}"),
        (units, false) => format!("{current}/{total} {units}"),
    };
    bar + &numbers
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn drawn(terminal: Option<u16>, messages: &[Value]) -> String {
        let mut display = Display::new(terminal);
        let mut out = Vec::new();
        for message in messages {
            display.show(message, &mut out).unwrap();
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn without_a_terminal_only_changes_of_status_are_printed() {
        let messages = [
            json!({ "status": "The push refers to repository [x]" }),
            json!({ "status": "Preparing", "id": "a", "progressDetail": {} }),
            json!({ "status": "Pushing", "id": "a", "progressDetail": { "current": 1, "total": 2 } }),
            json!({ "status": "Pushed", "id": "a", "progressDetail": {} }),
            json!({ "aux": { "Tag": "1" } }),
            json!({ "stream": "Step 1/1 : FROM x" }),
            json!({ "stream": "\n" }),
        ];
        assert_eq!(
            drawn(None, &messages),
            "The push refers to repository [x]\na: Preparing\na: Pushed\nStep 1/1 : FROM x\n"
        );
    }

    #[test]
    fn on_a_terminal_each_layer_keeps_its_line() {
        let at = |id: &str, current: u64| json!({ "status": "Pushing", "id": id, "progressDetail": { "current": current, "total": 1000 } });
        assert_eq!(
            drawn(Some(80), &[at("a", 1), at("b", 2), at("a", 500)]),
            concat!(
                "\n\x1b[1A\x1b[2K\ra: Pushing       1B/1kB\r\x1b[1B",
                "\n\x1b[1A\x1b[2K\rb: Pushing       2B/1kB\r\x1b[1B",
                "\x1b[2A\x1b[2K\ra: Pushing     500B/1kB\r\x1b[2B",
            )
        );
    }

    #[test]
    fn progress_is_a_bar_and_bytes() {
        let check = |detail: Value, columns: u16, want: &str| {
            assert_eq!(counts(&detail, columns), want, "{detail}");
        };
        check(json!({}), 120, "");
        check(json!({ "current": 3072 }), 120, " 3.072kB");
        check(json!({ "current": 1, "total": 2 }), 80, "      1B/2B");
        check(
            json!({ "current": 1, "total": 2 }),
            111,
            &format!("[{}>{}]       1B/2B", "=".repeat(25), " ".repeat(25)),
        );
        check(
            json!({ "current": 2, "total": 2 }),
            111,
            &format!("[{}>]       2B/2B", "=".repeat(50)),
        );
        check(json!({ "current": 3, "total": 2 }), 80, "      3B");
        check(json!({ "current": 1, "total": 3, "units": "layers" }), 80, "1/3 layers");
        check(json!({ "current": 4, "units": "s" }), 80, "4 s");
    }

    #[test]
    fn an_error_keeps_its_code() {
        let fail = Display::new(None)
            .show(
                &json!({ "errorDetail": { "code": 7, "message": "no" }, "error": "no" }),
                &mut Vec::new(),
            )
            .unwrap_err();
        assert_eq!(fail, Fail::new(7, "no"));
    }
}
