//! `aws-chunked` bodies: decoding, chunk signatures and trailers, as the bytes pass.
//!
//! Nothing is buffered but a chunk's head: data goes through as the slices that came in, hashed on
//! the way. A bad signature is found at the end of its chunk, so what a decoder gave out counts
//! only after [`Decoder::finish`].
//!
//! Follows the S3 API reference, "Signature calculations for the authorization header: transferring
//! payload in multiple chunks", and the same with trailing headers.

use bytes::{Buf as _, Bytes};
use sha2::{Digest as _, Sha256};

use super::{EMPTY_SHA256, hmac_sha256, same, sha256_hex};
use base::blob::hex;
use sim::api::ApiError;

/// The longest line before a chunk or in a trailer.
const LINE_MAX: usize = 4096;
/// How many trailing headers there may be.
const TRAILERS_MAX: usize = 16;

/// Each chunk's signature builds on the one before it.
#[derive(Clone)]
pub struct Chain {
    key: [u8; 32],
    stamp: String,
    scope: String,
    previous: String,
}

impl std::fmt::Debug for Chain {
    /// Without the key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Chain").field("scope", &self.scope).finish_non_exhaustive()
    }
}

impl Chain {
    /// A chain that begins with the request's own signature.
    #[must_use]
    pub fn new(key: [u8; 32], stamp: String, scope: String, seed: String) -> Self {
        Self { key, stamp, scope, previous: seed }
    }

    fn chunk(&mut self, sha256: &str, signature: &str) -> Result<(), ApiError> {
        let Self { stamp, scope, previous, .. } = self;
        let string = format!(
            "AWS4-HMAC-SHA256-PAYLOAD\n{stamp}\n{scope}\n{previous}\n{EMPTY_SHA256}\n{sha256}"
        );
        self.step(&string, signature)
    }

    fn trailer(&mut self, sha256: &str, signature: &str) -> Result<(), ApiError> {
        let Self { stamp, scope, previous, .. } = self;
        let string = format!("AWS4-HMAC-SHA256-TRAILER\n{stamp}\n{scope}\n{previous}\n{sha256}");
        self.step(&string, signature)
    }

    fn step(&mut self, string: &str, signature: &str) -> Result<(), ApiError> {
        let want = hex(&hmac_sha256(&self.key, string.as_bytes()));
        if !same(&want, signature) {
            return Err(ApiError::new(
                403,
                "SignatureDoesNotMatch",
                "The request signature we calculated does not match the signature you provided. \
                 Check your key and signing method.",
            )
            .with("StringToSign", string)
            .with("SignatureProvided", signature));
        }
        self.previous = want;
        Ok(())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// In the line that says how long the next chunk is.
    Head,
    /// So many bytes of data are to come.
    Data(u64),
    /// In the line end after the data.
    DataEnd,
    /// In the lines after the last chunk.
    Trailer,
    Done,
}

/// Takes the framing off a body.
#[derive(Debug)]
pub struct Decoder {
    chain: Option<Chain>,
    expects_trailer: bool,
    state: State,
    line: Vec<u8>,
    signature: String,
    hash: Sha256,
    decoded: u64,
    trailers: Vec<(String, String)>,
    trailer_text: String,
    trailer_signature: Option<String>,
}

impl Decoder {
    /// A decoder that verifies each chunk when there is a chain.
    #[must_use]
    pub fn new(chain: Option<Chain>, expects_trailer: bool) -> Self {
        Self {
            chain,
            expects_trailer,
            state: State::Head,
            line: Vec::new(),
            signature: String::new(),
            hash: Sha256::new(),
            decoded: 0,
            trailers: Vec::new(),
            trailer_text: String::new(),
            trailer_signature: None,
        }
    }

    /// Takes framed bytes and gives out the data in them.
    ///
    /// # Errors
    /// `SignatureDoesNotMatch` of a chunk, `InvalidRequest` or `MalformedTrailerError` for bad framing.
    pub fn feed(&mut self, mut input: Bytes, out: &mut Vec<Bytes>) -> Result<(), ApiError> {
        while !input.is_empty() {
            match self.state {
                State::Head => {
                    if let Some(line) = self.read_line(&mut input)? {
                        self.begin_chunk(&line)?;
                    }
                }
                State::Data(left) => {
                    let here = usize::try_from(left).unwrap_or(usize::MAX).min(input.len());
                    let data = input.split_to(here);
                    if self.chain.is_some() {
                        self.hash.update(&data);
                    }
                    self.decoded += here as u64;
                    out.push(data);
                    let left = left - here as u64;
                    self.state = if left == 0 { State::DataEnd } else { State::Data(left) };
                }
                State::DataEnd => {
                    if let Some(line) = self.read_line(&mut input)? {
                        if !line.is_empty() {
                            return Err(bad_framing());
                        }
                        self.end_chunk()?;
                        self.state = State::Head;
                    }
                }
                State::Trailer => {
                    if let Some(line) = self.read_line(&mut input)? {
                        self.trailer_line(&line)?;
                    }
                }
                // What follows the end is not looked at.
                State::Done => input.advance(input.len()),
            }
        }
        Ok(())
    }

    /// Ends the body: gives the trailing headers, in lower case, in the order they came.
    ///
    /// # Errors
    /// `IncompleteBody` when it is not at its end or not as long as `expected`,
    /// `MalformedTrailerError` when an announced trailer did not come.
    pub fn finish(mut self, expected: Option<u64>) -> Result<Vec<(String, String)>, ApiError> {
        if self.state == State::Trailer {
            // A client may leave out the last empty line.
            self.end_trailer()?;
        }
        if self.state != State::Done || expected.is_some_and(|n| n != self.decoded) {
            let error = ApiError::new(
                400,
                "IncompleteBody",
                "You did not provide the number of bytes specified by the Content-Length HTTP header",
            );
            return Err(match expected {
                Some(n) => error
                    .with("NumberBytesExpected", n.to_string())
                    .with("NumberBytesProvided", self.decoded.to_string()),
                None => error,
            });
        }
        Ok(self.trailers)
    }

    /// The bytes of data so far.
    #[must_use]
    pub fn decoded(&self) -> u64 {
        self.decoded
    }

    /// A whole line without its end, once it is there.
    fn read_line(&mut self, input: &mut Bytes) -> Result<Option<String>, ApiError> {
        let end = input.iter().position(|b| *b == b'\n');
        let take = end.map_or(input.len(), |i| i + 1);
        self.line.extend_from_slice(&input.split_to(take));
        if self.line.len() > LINE_MAX {
            return Err(bad_framing());
        }
        if end.is_none() {
            return Ok(None);
        }
        let line = std::mem::take(&mut self.line);
        let text = std::str::from_utf8(&line).map_err(|_| bad_framing())?;
        Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned()))
    }

    fn begin_chunk(&mut self, line: &str) -> Result<(), ApiError> {
        let (size, extension) = line.split_once(';').unwrap_or((line, ""));
        let size = u64::from_str_radix(size.trim(), 16).map_err(|_| bad_framing())?;
        let signature = extension.trim().strip_prefix("chunk-signature=");
        signature.unwrap_or_default().clone_into(&mut self.signature);
        self.state = if size == 0 { State::Trailer } else { State::Data(size) };
        if size == 0 { self.end_chunk() } else { Ok(()) }
    }

    fn end_chunk(&mut self) -> Result<(), ApiError> {
        let Some(chain) = &mut self.chain else { return Ok(()) };
        let hash = hex(&std::mem::take(&mut self.hash).finalize());
        chain.chunk(&hash, &self.signature)
    }

    fn trailer_line(&mut self, line: &str) -> Result<(), ApiError> {
        if line.is_empty() {
            return self.end_trailer();
        }
        let (name, value) = line.split_once(':').ok_or_else(bad_trailer)?;
        let (name, value) = (name.trim().to_ascii_lowercase(), value.trim());
        if name == "x-amz-trailer-signature" {
            self.trailer_signature = Some(value.to_owned());
            return Ok(());
        }
        if self.trailers.len() >= TRAILERS_MAX {
            return Err(bad_trailer());
        }
        self.trailer_text.push_str(&name);
        self.trailer_text.push(':');
        self.trailer_text.push_str(value);
        self.trailer_text.push('\n');
        self.trailers.push((name, value.to_owned()));
        Ok(())
    }

    fn end_trailer(&mut self) -> Result<(), ApiError> {
        if self.expects_trailer && self.trailers.is_empty() {
            return Err(bad_trailer());
        }
        if let Some(chain) = self.chain.as_mut().filter(|_| self.expects_trailer) {
            let hash = sha256_hex(self.trailer_text.as_bytes());
            chain.trailer(&hash, self.trailer_signature.as_deref().unwrap_or_default())?;
        }
        self.state = State::Done;
        Ok(())
    }
}

fn bad_framing() -> ApiError {
    ApiError::new(400, "InvalidRequest", "The body of this request is not in aws-chunked format")
}

fn bad_trailer() -> ApiError {
    ApiError::new(
        400,
        "MalformedTrailerError",
        "The request contained trailing data that was not well-formed or did not conform to our \
         published schema.",
    )
}
