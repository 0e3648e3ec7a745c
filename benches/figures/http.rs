//! One keep-alive HTTP connection, as plain as can be. A server that closes it is connected to anew.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// An open connection. Requests are built by the caller, head and body.
pub(crate) struct Http {
    address: String,
    stream: BufReader<TcpStream>,
    /// The server closes the connection after each answer.
    pub(crate) closes: bool,
    line: String,
    body: Vec<u8>,
}

impl Http {
    pub(crate) fn connect(address: &str) -> Option<Self> {
        let (line, body) = (String::new(), Vec::new());
        let (address, stream) = (address.to_owned(), open(address)?);
        Some(Self { address, stream, closes: false, line, body })
    }

    /// Sends a whole request and reads the whole answer; its status.
    pub(crate) fn send(&mut self, request: &[u8]) -> Option<u16> {
        if self.closes {
            self.stream = open(&self.address)?;
        }
        self.stream.get_mut().write_all(request).ok()?;
        self.next_line()?;
        let status = self.line.split(' ').nth(1)?.parse().ok()?;
        let mut length = 0;
        self.closes = false;
        loop {
            self.next_line()?;
            let line = self.line.trim_end();
            if line.is_empty() {
                break;
            }
            let Some((name, value)) = line.split_once(':') else { continue };
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().ok()?;
            } else if name.eq_ignore_ascii_case("connection") {
                self.closes = value.trim().eq_ignore_ascii_case("close");
            }
        }
        self.body.resize(length, 0);
        self.stream.read_exact(&mut self.body).ok()?;
        Some(status)
    }

    /// Sends a request; the body of the answer.
    ///
    /// # Errors
    /// That there is none, or what the server refuses it with.
    pub(crate) fn ask(&mut self, request: &[u8]) -> Result<String, String> {
        let status = self.send(request).ok_or("it does not answer")?;
        let body = String::from_utf8_lossy(&self.body).into_owned();
        if status / 100 == 2 { Ok(body) } else { Err(format!("refused with {status}: {body}")) }
    }

    fn next_line(&mut self) -> Option<()> {
        self.line.clear();
        (self.stream.read_line(&mut self.line).ok()? > 0).then_some(())
    }

    /// The body of the last answer.
    pub(crate) fn body(&self) -> &[u8] {
        &self.body
    }
}

fn open(address: &str) -> Option<BufReader<TcpStream>> {
    let stream = TcpStream::connect(address).ok()?;
    stream.set_nodelay(true).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
    Some(BufReader::new(stream))
}
