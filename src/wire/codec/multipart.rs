//! `multipart/form-data`, taken apart as the bytes pass.
//!
//! Nothing is kept but the head of a part and as much data as could be the beginning of a delimiter.
//! Follows RFC 2046, section 5.1, and RFC 7578.
//!
//! The crate `multer` (3.1) was held against this. It takes whatever its stream has ready into one buffer
//! before it hands on a piece, and bounds neither the head of a part nor what comes before the first
//! delimiter: a fast upload of five gigabytes, or a hostile head, would stand in memory. It also takes a
//! first delimiter in the middle of a line, and a file's name in UTF-8 or not at all. Bounding it from
//! outside would take the same parsing a second time.

use bytes::{Bytes, BytesMut};

/// How long the head of one part may be, in bytes.
const HEAD_MAX: usize = 8 << 10;

/// What comes next in a form.
#[derive(Debug, PartialEq, Eq)]
pub enum Event {
    /// A part begins.
    Part(Part),
    /// Some of what the part holds.
    Data(Bytes),
    /// The part is over.
    End,
}

/// The head of a part.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// The name of the field; empty for a part that is none of a form's.
    pub name: String,
    /// What the sender calls the file.
    pub file_name: Option<String>,
}

/// The body is no form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Before the first delimiter.
    Preamble,
    /// Behind a delimiter.
    Head,
    /// Within a part.
    Data,
    /// Behind the last delimiter.
    Ended,
}

/// A form on its way.
#[derive(Debug)]
pub struct Multipart {
    delimiter: Vec<u8>,
    pending: BytesMut,
    state: State,
}

/// Whether a `Content-Type` is that of a form with files.
#[must_use]
pub fn is_form(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("multipart/form-data")
}

impl Multipart {
    /// A form with this `Content-Type`; nothing when that names no boundary.
    #[must_use]
    pub fn new(content_type: &str) -> Option<Self> {
        let (_, rest) = content_type.split_once(';')?;
        let boundary = parameter(rest, "boundary").filter(|b| (1..=70).contains(&b.len()))?;
        // A delimiter begins with the end of a line; the first one may stand without.
        let pending = BytesMut::from(&b"\r\n"[..]);
        let delimiter = format!("\r\n--{boundary}").into_bytes();
        Some(Self { delimiter, pending, state: State::Preamble })
    }

    /// Takes bytes in.
    pub fn feed(&mut self, bytes: &[u8]) {
        if self.state != State::Ended {
            self.pending.extend_from_slice(bytes);
        }
    }

    /// What comes next; nothing until more bytes were fed.
    ///
    /// # Errors
    /// When this is no form.
    pub fn event(&mut self) -> Result<Option<Event>, Malformed> {
        loop {
            match self.state {
                State::Ended => return Ok(None),
                State::Head => return self.head(),
                State::Preamble | State::Data => {
                    let data = self.state == State::Data;
                    let found = find(&self.pending, &self.delimiter);
                    if found == Some(0) {
                        let _ = self.pending.split_to(self.delimiter.len());
                        self.state = State::Head;
                        if data {
                            return Ok(Some(Event::End));
                        }
                        continue;
                    }
                    // What may be the beginning of a delimiter stays.
                    let kept = self.delimiter.len() - 1;
                    let free = found.unwrap_or(self.pending.len().saturating_sub(kept));
                    if free == 0 {
                        return Ok(None);
                    }
                    let piece = self.pending.split_to(free).freeze();
                    if data {
                        return Ok(Some(Event::Data(piece)));
                    }
                }
            }
        }
    }

    /// The rest of the delimiter's line, and the head of a part behind it.
    fn head(&mut self) -> Result<Option<Event>, Malformed> {
        if self.pending.starts_with(b"--") {
            self.state = State::Ended;
            self.pending.clear();
            return Ok(None);
        }
        let Some(end) = find(&self.pending, b"\r\n\r\n") else {
            return if self.pending.len() > HEAD_MAX { Err(Malformed) } else { Ok(None) };
        };
        let head = self.pending.split_to(end);
        let _ = self.pending.split_to(4);
        let head = String::from_utf8_lossy(&head);
        let mut lines = head.split("\r\n");
        if !lines.next().unwrap_or_default().trim().is_empty() {
            return Err(Malformed);
        }
        self.state = State::Data;
        Ok(Some(Event::Part(part(lines)?)))
    }

    /// Whether the last delimiter was there.
    ///
    /// # Errors
    /// When it was not.
    pub fn finish(&self) -> Result<(), Malformed> {
        if self.state == State::Ended { Ok(()) } else { Err(Malformed) }
    }
}

fn part<'a>(lines: impl Iterator<Item = &'a str>) -> Result<Part, Malformed> {
    for line in lines {
        let (name, value) = line.split_once(':').ok_or(Malformed)?;
        if !name.trim().eq_ignore_ascii_case("content-disposition") {
            continue;
        }
        let (kind, rest) = value.split_once(';').unwrap_or((value, ""));
        if kind.trim().eq_ignore_ascii_case("form-data") {
            let name = parameter(rest, "name").ok_or(Malformed)?;
            return Ok(Part { name, file_name: parameter(rest, "filename") });
        }
    }
    Ok(Part::default())
}

/// A parameter of a header by its name: a word, or text in quotes. In quotes a backslash means itself
/// unless a quote follows it: old browsers send whole paths of Windows.
fn parameter(text: &str, name: &str) -> Option<String> {
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches([';', ' ', '\t']);
        let (key, after) = rest.split_once('=')?;
        let (value, after) = if let Some(quoted) = after.strip_prefix('"') {
            let mut value = String::new();
            let mut end = None;
            let mut chars = quoted.char_indices().peekable();
            while let Some((at, c)) = chars.next() {
                if c == '"' {
                    end = Some(at + 1);
                    break;
                }
                let escaped = chars.next_if(|(_, next)| c == '\\' && *next == '"').is_some();
                value.push(if escaped { '"' } else { c });
            }
            (value, &quoted[end?..])
        } else {
            let end = after.find(';').unwrap_or(after.len());
            (after[..end].trim().to_owned(), &after[end..])
        };
        if key.trim().eq_ignore_ascii_case(name) {
            return Some(value);
        }
        rest = after;
    }
}

/// Where the needle, which begins with a line end, stands first.
fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    let mut from = 0;
    while let Some(at) = hay[from..].iter().position(|b| *b == b'\r') {
        let at = from + at;
        if hay[at..].starts_with(needle) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPE: &str = "multipart/form-data; boundary=\"a b\"";

    /// What a body holds, as text, when it comes in pieces of this length.
    fn read(body: &str, piece: usize) -> Result<Vec<String>, Malformed> {
        let mut form = Multipart::new(TYPE).expect("a boundary");
        let mut out: Vec<String> = Vec::new();
        for bytes in body.as_bytes().chunks(piece) {
            form.feed(bytes);
            while let Some(event) = form.event()? {
                match event {
                    Event::Part(Part { name, file_name }) => {
                        let file = file_name.map(|f| format!("({f})")).unwrap_or_default();
                        out.push(format!("{name}{file}="));
                    }
                    Event::Data(data) => {
                        let data = String::from_utf8(data.to_vec()).expect("text");
                        out.last_mut().expect("a part").push_str(&data);
                    }
                    Event::End => out.last_mut().expect("a part").push('.'),
                }
            }
        }
        form.finish().map(|()| out)
    }

    #[test]
    fn forms_come_apart_in_whatever_pieces_they_arrive() {
        let head = "Content-Disposition: form-data; name=";
        let check = |body: &str, want: &[&str]| {
            let want: Vec<String> = want.iter().map(|part| (*part).to_owned()).collect();
            for piece in 1..=body.len() {
                assert_eq!(read(body, piece).as_ref(), Ok(&want), "{body} by {piece}");
            }
        };
        check(
            &format!(
                "--a b\r\n{head}\"key\"\r\n\r\nk\r\n--a b\r\n{head}file; FILENAME=\"x;y\"\r\n\
                 Content-Type: text/css\r\n\r\n1\r\n--a\r\n\r\n--a b--\r\n"
            ),
            &["key=k.", "file(x;y)=1\r\n--a\r\n."],
        );
        check(&format!("preamble\r\n--a b  \r\n{head}\"e\"\r\n\r\n\r\n--a b--epilogue"), &["e=."]);
        check("--a b\r\n\r\nno head\r\n--a b--", &["=no head."]);
        check(
            &format!("--a b\r\n{head}\"f\"; filename=\"C:\\d\\a\\\"b\"\r\n\r\nx\r\n--a b--"),
            &["f(C:\\d\\a\"b)=x."],
        );
        check("--a b\r\nContent-Disposition: file; name=\"file\"\r\n\r\nx\r\n--a b--", &["=x."]);
    }

    #[test]
    fn what_is_no_form_is_malformed() {
        let check =
            |body: &str| assert_eq!(read(body, body.len().max(1)), Err(Malformed), "{body}");
        check("");
        check("key=k");
        check("--a b\r\nContent-Disposition: form-data; name=\"k\"\r\n\r\nx");
        check("--a b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--a b--");
        check("--a bc\r\n\r\nx\r\n--a b--");
        check(&format!("--a b\r\n{}", "x".repeat(HEAD_MAX + 1)));
        let none = |kind: &str| assert!(Multipart::new(kind).is_none(), "{kind}");
        none("multipart/form-data");
        none("multipart/form-data; boundary=");
        none(&format!("multipart/form-data; boundary={}", "x".repeat(71)));
    }

    #[test]
    fn a_form_is_told_by_its_type() {
        let check = |kind: &str, want: bool| assert_eq!(is_form(kind), want, "{kind}");
        check("multipart/form-data; boundary=x", true);
        check("Multipart/Form-Data", true);
        check("multipart/mixed; boundary=x", false);
        check("", false);
    }
}
