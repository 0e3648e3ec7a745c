//! HTTP in its plainest form, so that a test sees what goes over the wire.

use std::io::{Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

/// One keep-alive connection.
pub(crate) struct Client {
    stream: Box<dyn Io>,
    buffer: Vec<u8>,
    /// Whether its requests carry a key when they name none themselves.
    keyed: bool,
}

/// A socket, or TLS on one.
pub(crate) trait Io: Read + Write {}

impl<T: Read + Write> Io for T {}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (n, v) = line.split_once(':')?;
            n.eq_ignore_ascii_case(name).then(|| v.trim())
        })
    }

    /// The text of the first element of that name.
    pub(crate) fn element(&self, name: &str) -> Option<&str> {
        let (_, rest) = self.body.split_once(&format!("<{name}>"))?;
        rest.split_once("</").map(|(text, _)| text)
    }
}

/// A connection that does not wait for ever.
pub(crate) fn connect(addr: impl ToSocketAddrs) -> TcpStream {
    let stream = TcpStream::connect(addr).expect("connected");
    stream.set_nodelay(true).expect("set");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
    stream
}

impl Client {
    pub(crate) fn new(addr: impl ToSocketAddrs) -> Self {
        Self::over(connect(addr))
    }

    /// On a connection that stands already.
    pub(crate) fn over(stream: impl Io + 'static) -> Self {
        Self { stream: Box::new(stream), buffer: Vec::new(), keyed: true }
    }

    pub(crate) fn anonymous(addr: impl ToSocketAddrs) -> Self {
        Self::new(addr).without_key()
    }

    pub(crate) fn without_key(self) -> Self {
        Self { keyed: false, ..self }
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).expect("sent");
    }

    /// Reads until the head's end.
    pub(crate) fn head(&mut self) -> Option<String> {
        loop {
            if let Some(end) = self.buffer.windows(4).position(|w| w == b"\r\n\r\n") {
                let rest = self.buffer.split_off(end + 4);
                let head = std::mem::replace(&mut self.buffer, rest);
                return Some(String::from_utf8(head).expect("text"));
            }
            self.more()?;
        }
    }

    fn more(&mut self) -> Option<()> {
        let mut piece = vec![0; 65_536];
        let n = self.stream.read(&mut piece).ok().filter(|n| *n > 0)?;
        self.buffer.extend_from_slice(&piece[..n]);
        Some(())
    }

    fn try_answer(&mut self, bodiless: bool) -> Option<Answer> {
        let head = self.head()?;
        let status = head.split(' ').nth(1).and_then(|s| s.parse().ok()).expect("a status");
        let mut answer = Answer { status, head, body: String::new() };
        let length = answer.header("content-length").and_then(|l| l.parse().ok()).unwrap_or(0);
        if !bodiless && status != 304 && status != 204 {
            while self.buffer.len() < length {
                self.more()?;
            }
            let rest = self.buffer.split_off(length);
            let body = std::mem::replace(&mut self.buffer, rest);
            answer.body = String::from_utf8(body).expect("text");
        }
        Some(answer)
    }

    pub(crate) fn answer(&mut self, bodiless: bool) -> Answer {
        self.try_answer(bodiless).expect("an answer in time")
    }

    /// Asks; nothing when the connection ends before the answer is whole.
    pub(crate) fn try_ask(
        &mut self,
        line: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Option<Answer> {
        let mut text = format!("{line} HTTP/1.1\r\n");
        if !headers.iter().any(|(n, _)| *n == "Host") {
            text.push_str("Host: 127.0.0.1\r\n");
        }
        if self.keyed && !headers.iter().any(|(n, _)| *n == "Authorization") {
            text.push_str("Authorization: AWS any:key\r\n");
        }
        for (name, value) in headers {
            text.extend([name, ": ", value, "\r\n"]);
        }
        if !body.is_empty() || line.starts_with('P') {
            text.extend(["Content-Length: ", &body.len().to_string(), "\r\n"]);
        }
        text.push_str("\r\n");
        text.push_str(body);
        self.stream.write_all(text.as_bytes()).ok()?;
        self.try_answer(line.starts_with("HEAD"))
    }

    pub(crate) fn ask(&mut self, line: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        self.try_ask(line, headers, body).expect("an answer in time")
    }
}
