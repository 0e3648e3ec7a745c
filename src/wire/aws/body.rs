//! Request bodies: framing taken off, lengths and checksums held to, stored or collected.

use std::collections::VecDeque;
use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use crc::{CRC_32_ISCSI, CRC_32_ISO_HDLC, CRC_64_NVME, Crc};
use hyper::body::Incoming;

use crate::codec::Head;
use crate::codec::multipart::{Event, Multipart};
use crate::sigv4::chunked::Decoder;
use crate::stream::{Broken, Inflow, Pour};
use base::Blob;
use sim::api::{ApiError, Location, OpDef};
use store::BlobStore;

/// A stream up to this length is stored in one go.
const SMALL: usize = 64 << 10;
/// How far a body is read beyond its limit, in bytes, to tell the client how long it is.
const COUNTED_MAX: u64 = 16 << 20;

/// What the data of a body stands in.
enum Framing {
    None,
    /// aws-chunked.
    Chunks(Box<Decoder>),
    /// The file of a form, and whether it is over. What stands behind it is passed over.
    File(Multipart, bool),
}

/// A body as it comes.
pub(super) struct Source {
    inflow: Inflow,
    framing: Framing,
    ready: VecDeque<Bytes>,
    /// What the client said the data weighs.
    expected: Option<u64>,
    passed: u64,
    max: u64,
    trailers: Vec<(String, String)>,
    ended: bool,
}

impl Source {
    /// The body that came with this head, of any length and without framing.
    pub(super) fn new(incoming: Incoming, head: &Head) -> Self {
        Self {
            inflow: Inflow::new(incoming, head),
            framing: Framing::None,
            ready: VecDeque::new(),
            expected: None,
            passed: 0,
            max: u64::MAX,
            trailers: Vec::new(),
            ended: false,
        }
    }

    /// Holds the body to a length, and takes its chunks off.
    pub(super) fn limit(&mut self, decoder: Option<Decoder>, expected: Option<u64>, max: u64) {
        self.framing = decoder.map_or(Framing::None, |decoder| Framing::Chunks(Box::new(decoder)));
        self.expected = expected;
        self.max = max;
    }

    /// Goes on with the file of a form, whose head was read.
    pub(super) fn limit_to_file(&mut self, form: Multipart, max: u64) -> Result<(), ApiError> {
        self.framing = Framing::File(form, false);
        self.passed = 0;
        self.max = max;
        self.take(&Bytes::new())
    }

    /// The next piece of data.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, ApiError> {
        let Some(piece) = self.pull().await? else { return Ok(None) };
        if self.passed > self.max {
            while self.passed - self.max < COUNTED_MAX && self.pull().await?.is_some() {}
            return Err(too_large(self.passed, self.max));
        }
        Ok(Some(piece))
    }

    /// The next piece of data, however much there is.
    async fn pull(&mut self) -> Result<Option<Bytes>, ApiError> {
        loop {
            if let Some(piece) = self.ready.pop_front() {
                self.passed += piece.len() as u64;
                return Ok(Some(piece));
            }
            if self.ended {
                return Ok(None);
            }
            if let Some(data) = self.inflow.next().await.map_err(broken)? {
                self.take(&data)?;
                continue;
            }
            self.ended = true;
            match std::mem::replace(&mut self.framing, Framing::None) {
                Framing::None => {}
                Framing::Chunks(decoder) => self.trailers = decoder.finish(self.expected)?,
                Framing::File(form, _) => form.finish().map_err(|_| malformed_form())?,
            }
        }
    }

    /// Takes the framing off some bytes.
    fn take(&mut self, data: &Bytes) -> Result<(), ApiError> {
        match &mut self.framing {
            Framing::None => self.ready.push_back(data.clone()),
            Framing::Chunks(decoder) => {
                let mut out = Vec::new();
                decoder.feed(data.clone(), &mut out)?;
                self.ready.extend(out);
            }
            Framing::File(form, over) => {
                form.feed(data);
                while let Some(event) = form.event().map_err(|_| malformed_form())? {
                    match event {
                        Event::Data(piece) if !*over => self.ready.push_back(piece),
                        Event::End => *over = true,
                        Event::Data(_) | Event::Part(_) => {}
                    }
                }
            }
        }
        Ok(())
    }

    /// Throws away what is left, see [`Inflow::drain`].
    pub(super) async fn drain(self) {
        self.inflow.drain().await;
    }

    /// The trailing headers, after the end.
    pub(super) fn trailers(&self) -> &[(String, String)] {
        &self.trailers
    }

    /// The whole body in memory, up to the limit.
    pub(super) async fn collect(&mut self) -> Result<Bytes, ApiError> {
        let Some(first) = self.next().await? else { return Ok(Bytes::new()) };
        let Some(second) = self.next().await? else { return Ok(first) };
        let mut all = Vec::with_capacity(first.len() + second.len());
        all.extend_from_slice(&first);
        all.extend_from_slice(&second);
        while let Some(piece) = self.next().await? {
            all.extend_from_slice(&piece);
        }
        Ok(all.into())
    }

    /// The whole body in the blob store. A short one is written in one go, a long one as it comes.
    pub(super) async fn store(&mut self, blobs: &BlobStore) -> Result<Blob, ApiError> {
        let mut start = Vec::new();
        let mut size = 0;
        while let Some(piece) = self.next().await? {
            size += piece.len();
            start.push(piece);
            if size > SMALL {
                return self.store_long(blobs, start).await;
            }
        }
        // To hand it to another thread would cost more than to write it.
        let write = || {
            let mut writer = blobs.writer()?;
            for piece in start {
                writer.write_all(&piece)?;
            }
            writer.finish()
        };
        disk(Ok(write()))
    }

    async fn store_long(&mut self, blobs: &BlobStore, start: Vec<Bytes>) -> Result<Blob, ApiError> {
        let pour = match blobs.writer() {
            Ok(writer) => Pour::begin(writer),
            Err(error) => return disk(Ok(Err(error))),
        };
        let mut going = true;
        for piece in start {
            going = going && pour.take(piece).await;
        }
        while going && let Some(piece) = self.next().await? {
            going = pour.take(piece).await;
        }
        match pour.end().await {
            Ok(writer) => disk(tokio::task::spawn_blocking(|| writer.finish()).await),
            Err(error) => disk(Ok(Err(error))),
        }
    }
}

fn broken(why: Broken) -> ApiError {
    match why {
        Broken::TimedOut => timed_out(),
        Broken::Off => incomplete(),
    }
}

fn disk(written: Result<std::io::Result<Blob>, tokio::task::JoinError>) -> Result<Blob, ApiError> {
    match written {
        Ok(Ok(blob)) => Ok(blob),
        Ok(Err(e)) => Err(ApiError::new(
            500,
            "InternalError",
            format!("We encountered an internal error. Please try again. ({e})"),
        )),
        Err(_) => Err(internal()),
    }
}

/// What a client is told of a fault that is not its own.
pub(super) fn internal() -> ApiError {
    ApiError::new(500, "InternalError", "We encountered an internal error. Please try again.")
}

fn timed_out() -> ApiError {
    ApiError::new(
        400,
        "RequestTimeout",
        "Your socket connection to the server was not read from or written to within the timeout \
         period. Idle connections will be closed.",
    )
}

fn incomplete() -> ApiError {
    ApiError::new(
        400,
        "IncompleteBody",
        "You did not provide the number of bytes specified by the Content-Length HTTP header",
    )
}

/// A body that is no form, though its head says so.
pub(super) fn malformed_form() -> ApiError {
    ApiError::new(
        400,
        "MalformedPOSTRequest",
        "The body of your POST request is not well-formed multipart/form-data.",
    )
}

/// A body beyond the limit.
pub(super) fn too_large(size: u64, max: u64) -> ApiError {
    ApiError::new(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size")
        .with("ProposedSize", size.to_string())
        .with("MaxSizeAllowed", max.to_string())
}

/// A checksum of some bytes, in network order.
type Sum = fn(&[u8]) -> Vec<u8>;

/// Holds a document to the checksums that came with it. A stream's are the operation's to check,
/// which knows its blob; so is a checksum that the operation takes as a member of its own, since it
/// is then one of something else than this body.
pub(super) fn check_document(op: &OpDef, head: &Head, bytes: &[u8]) -> Result<(), ApiError> {
    use sha2::Digest as _;
    let takes = |name: &str| {
        let members = (op.input)().members;
        members
            .iter()
            .any(|m| matches!(m.location, Location::Header(n) if n.eq_ignore_ascii_case(name)))
    };
    if let Some(text) = head.header("content-md5") {
        let given = STANDARD.decode(text).ok().filter(|d| d.len() == 16);
        let given = given.ok_or_else(|| {
            ApiError::new(400, "InvalidDigest", "The Content-MD5 you specified was invalid.")
                .with("Content-MD5", text)
        })?;
        if given != md5::Md5::digest(bytes).as_slice() {
            return Err(ApiError::new(
                400,
                "BadDigest",
                "The Content-MD5 you specified did not match what we received.",
            )
            .with("ExpectedDigest", text)
            .with("CalculatedDigest", STANDARD.encode(md5::Md5::digest(bytes))));
        }
    }
    let sums: [(&str, Sum); 5] = [
        ("CRC32", |b| Crc::<u32>::new(&CRC_32_ISO_HDLC).checksum(b).to_be_bytes().to_vec()),
        ("CRC32C", |b| Crc::<u32>::new(&CRC_32_ISCSI).checksum(b).to_be_bytes().to_vec()),
        ("CRC64NVME", |b| Crc::<u64>::new(&CRC_64_NVME).checksum(b).to_be_bytes().to_vec()),
        ("SHA1", |b| sha1::Sha1::digest(b).to_vec()),
        ("SHA256", |b| sha2::Sha256::digest(b).to_vec()),
    ];
    for (name, sum) in sums {
        let header = format!("x-amz-checksum-{}", name.to_ascii_lowercase());
        let given = head.header(&header).filter(|_| !takes(&header));
        if given.is_some_and(|text| text != STANDARD.encode(sum(bytes))) {
            return Err(ApiError::new(
                400,
                "BadDigest",
                format!("The {name} you specified did not match the calculated checksum."),
            ));
        }
    }
    Ok(())
}
