//! Checksums of objects: verifying what a client claims, and combining those of parts.
//!
//! Follows the S3 User Guide, "Checking object integrity". There are no bytes here: checksums of
//! whole bodies are facts of blobs, and CRCs of joined parts come from arithmetic on polynomials
//! over GF(2). SHA digests of joined parts cannot be known that way; S3 does not answer them either.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use crc::{CRC_32_ISCSI, CRC_32_ISO_HDLC, CRC_64_NVME, Crc};
use sha2::Digest as _;

use super::errors::{bad, request, spelled};
use base::blob::{hex, unhex};
use base::{Blob, Digest};
use sim::api::{ApiError, Refused};

sim::string_enum! {
    /// The algorithms.
    pub(super) enum Algorithm {
        Crc64Nvme = "CRC64NVME",
        Crc32 = "CRC32",
        Crc32c = "CRC32C",
        Sha1 = "SHA1",
        Sha256 = "SHA256",
    }
}

/// How the checksum of an object relates to its parts.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Kind {
    pub(super) algorithm: Algorithm,
    /// A checksum of the checksums of parts.
    pub(super) composite: bool,
}

impl Kind {
    /// `COMPOSITE` or `FULL_OBJECT`.
    pub(super) fn type_name(self) -> &'static str {
        if self.composite { "COMPOSITE" } else { "FULL_OBJECT" }
    }
}

/// The checksum that S3 keeps with an object.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Checksum {
    pub(super) kind: Kind,
    /// In base64; with `-N` behind it when it is composite.
    pub(super) value: String,
}

/// The checksums of some bytes.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Sums {
    crc32: u32,
    crc32c: u32,
    crc64nvme: u64,
    /// SHA-1 and SHA-256; unknown for parts put together.
    sha: Option<([u8; 20], Digest)>,
}

/// A CRC as a polynomial in reflected form: width and generator.
struct Poly {
    width: u32,
    poly: u64,
}

const CRC32: Poly = Poly { width: 32, poly: 0xEDB8_8320 };
const CRC32C: Poly = Poly { width: 32, poly: 0x82F6_3B78 };
const CRC64NVME: Poly = Poly { width: 64, poly: 0x9A6C_9329_AC4B_C9B5 };

/// The same CRCs of bytes that are here: those of checksums in a row.
static ISO_HDLC: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);
static ISCSI: Crc<u32> = Crc::<u32>::new(&CRC_32_ISCSI);
static NVME: Crc<u64> = Crc::<u64>::new(&CRC_64_NVME);

impl Poly {
    /// The product of two polynomials modulo the generator. The highest bit stands for x⁰.
    fn multiply(&self, a: u64, mut b: u64) -> u64 {
        let mut product = 0;
        for bit in (0..self.width).rev() {
            if a >> bit & 1 == 1 {
                product ^= b;
            }
            b = if b & 1 == 1 { b >> 1 ^ self.poly } else { b >> 1 };
        }
        product
    }

    /// The CRC of two runs of bytes in a row, from theirs and the length of the second.
    fn join(&self, first: u64, second: u64, mut second_len: u64) -> u64 {
        // x⁸: one byte further.
        let mut power = 1 << (self.width - 9);
        let mut shifted = first;
        while second_len > 0 {
            if second_len & 1 == 1 {
                shifted = self.multiply(power, shifted);
            }
            power = self.multiply(power, power);
            second_len >>= 1;
        }
        shifted ^ second
    }
}

fn low(word: u64) -> u32 {
    u32::try_from(word & 0xFFFF_FFFF).unwrap_or_default()
}

impl Sums {
    /// Those of a whole blob.
    pub(super) fn of(blob: &Blob) -> Self {
        let sha1 = unhex(&blob.sha1).and_then(|bytes| bytes.try_into().ok());
        Self {
            crc32: blob.crc32,
            crc32c: blob.crc32c,
            crc64nvme: blob.crc64nvme,
            sha: sha1.map(|sha1| (sha1, blob.digest)),
        }
    }

    /// Those of these bytes with `next` (of `next_len` bytes) behind them.
    pub(super) fn join(&self, next: &Self, next_len: u64) -> Self {
        Self {
            crc32: low(CRC32.join(self.crc32.into(), next.crc32.into(), next_len)),
            crc32c: low(CRC32C.join(self.crc32c.into(), next.crc32c.into(), next_len)),
            crc64nvme: CRC64NVME.join(self.crc64nvme, next.crc64nvme, next_len),
            sha: None,
        }
    }

    /// The bytes of one checksum, where it is known.
    fn raw(&self, algorithm: Algorithm) -> Option<Vec<u8>> {
        Some(match algorithm {
            Algorithm::Crc32 => self.crc32.to_be_bytes().to_vec(),
            Algorithm::Crc32c => self.crc32c.to_be_bytes().to_vec(),
            Algorithm::Crc64Nvme => self.crc64nvme.to_be_bytes().to_vec(),
            Algorithm::Sha1 => self.sha.as_ref()?.0.to_vec(),
            Algorithm::Sha256 => self.sha.as_ref()?.1.0.to_vec(),
        })
    }

    /// One checksum in base64, where it is known.
    pub(super) fn base64(&self, algorithm: Algorithm) -> Option<String> {
        self.raw(algorithm).map(|bytes| BASE64.encode(bytes))
    }

    /// The checksum that S3 keeps of a body uploaded in one piece.
    pub(super) fn checksum(&self, algorithm: Algorithm) -> Option<Checksum> {
        let kind = Kind { algorithm, composite: false };
        Some(Checksum { kind, value: self.base64(algorithm)? })
    }
}

/// The checksum of the checksums of parts; `None` when one of them is unknown.
pub(super) fn composite<'a>(
    algorithm: Algorithm,
    parts: impl IntoIterator<Item = Option<&'a Sums>>,
) -> Option<String> {
    let mut bytes = Vec::new();
    let mut count = 0;
    for part in parts {
        bytes.extend(part?.raw(algorithm)?);
        count += 1;
    }
    let value = match algorithm {
        Algorithm::Crc32 => BASE64.encode(ISO_HDLC.checksum(&bytes).to_be_bytes()),
        Algorithm::Crc32c => BASE64.encode(ISCSI.checksum(&bytes).to_be_bytes()),
        Algorithm::Crc64Nvme => BASE64.encode(NVME.checksum(&bytes).to_be_bytes()),
        Algorithm::Sha1 => BASE64.encode(sha1::Sha1::digest(&bytes)),
        Algorithm::Sha256 => BASE64.encode(sha2::Sha256::digest(&bytes)),
    };
    Some(format!("{value}-{count}"))
}

/// The entity tag of a multipart object: the MD5 of the parts' MD5s, and how many there are.
pub(super) fn multipart_etag<'a>(etags: impl IntoIterator<Item = &'a str>) -> String {
    let mut md5 = md5::Md5::new();
    let mut count = 0;
    for etag in etags {
        md5.update(unhex(etag).unwrap_or_default());
        count += 1;
    }
    format!("{}-{count}", hex(&md5.finalize()))
}

/// An entity tag for bytes whose MD5 is not known: part of a blob that nobody has read here. It has
/// the form of one and depends on nothing but the bytes' place.
pub(super) fn stand_in_etag(slices: &[base::Slice]) -> String {
    let mut md5 = md5::Md5::new();
    for slice in slices {
        md5.update(slice.digest.0);
        md5.update(slice.offset.to_be_bytes());
        md5.update(slice.len.to_be_bytes());
    }
    hex(&md5.finalize())
}

/// What a request says about the checksum of its body.
#[derive(Clone, Copy, Default)]
pub(super) struct Claim<'a> {
    pub(super) content_md5: Option<&'a str>,
    pub(super) algorithm: Option<&'a str>,
    pub(super) crc32: Option<&'a str>,
    pub(super) crc32c: Option<&'a str>,
    pub(super) crc64nvme: Option<&'a str>,
    pub(super) sha1: Option<&'a str>,
    pub(super) sha256: Option<&'a str>,
}

impl<'a> Claim<'a> {
    /// The checksum that is claimed, if one is.
    ///
    /// # Errors
    /// `InvalidRequest` when it is more than one, or not a checksum.
    pub(super) fn value(&self) -> Result<Option<(Algorithm, &'a str)>, ApiError> {
        let all = [
            (Algorithm::Crc32, self.crc32, 4),
            (Algorithm::Crc32c, self.crc32c, 4),
            (Algorithm::Crc64Nvme, self.crc64nvme, 8),
            (Algorithm::Sha1, self.sha1, 20),
            (Algorithm::Sha256, self.sha256, 32),
        ];
        let mut given = None;
        for (algorithm, value, len) in all {
            let Some(value) = value else { continue };
            if given.is_some() {
                return Err(request(
                    "Expecting a single x-amz-checksum- header. Multiple checksum Types are not \
                     allowed.",
                ));
            }
            // A composite checksum has the number of parts behind it.
            let digits = value.split_once('-').map_or(value, |(digits, _)| digits);
            if BASE64.decode(digits).map(|bytes| bytes.len()) != Ok(len) {
                let name = algorithm.as_str().to_ascii_lowercase();
                return Err(request(format!("Value for x-amz-checksum-{name} header is invalid.")));
            }
            given = Some((algorithm, value));
        }
        Ok(given)
    }

    /// The algorithm that the request names or uses.
    ///
    /// # Errors
    /// `InvalidRequest` when there is no such algorithm, or it is not that of the value.
    pub(super) fn algorithm(&self) -> Result<Option<Algorithm>, ApiError> {
        let named = self.algorithm.map(algorithm).transpose()?;
        let used = self.value()?.map(|(algorithm, _)| algorithm);
        match (named, used) {
            (Some(named), Some(used)) if named != used => {
                Err(request("Value for x-amz-sdk-checksum-algorithm header is invalid."))
            }
            _ => Ok(used.or(named)),
        }
    }

    /// Verifies the body against everything that is claimed of it, and answers the algorithm.
    ///
    /// # Errors
    /// `BadDigest`, `InvalidDigest` or `InvalidRequest`.
    pub(super) fn verify(&self, body: &Blob, sums: &Sums) -> Result<Option<Algorithm>, ApiError> {
        if let Some(claimed) = self.content_md5 {
            let bytes = md5_bytes(claimed)?;
            if hex(&bytes) != body.md5 {
                let actual = unhex(&body.md5).unwrap_or_default();
                return Err(bad(
                    "BadDigest",
                    "The Content-MD5 you specified did not match what we received.",
                )
                .with("ExpectedDigest", claimed)
                .with("CalculatedDigest", BASE64.encode(actual)));
            }
        }
        if let Some((algorithm, claimed)) = self.value()? {
            let actual = sums.base64(algorithm);
            if actual.is_some_and(|actual| actual != claimed) {
                return Err(mismatch(algorithm));
            }
        }
        self.algorithm()
    }
}

sim::group! {
    /// The newer checksums.
    pub struct NewerSums {
        /// The SHA512 of the content, in base64.
        pub(super) _sha512: Refused<String> => "ChecksumSHA512" Header("x-amz-checksum-sha512"),
        /// The MD5 of the content, in base64.
        pub(super) _md5: Refused<String> => "ChecksumMD5" Header("x-amz-checksum-md5"),
        /// The XXHASH64 of the content, in base64.
        pub(super) _xxhash64: Refused<String> => "ChecksumXXHASH64" Header("x-amz-checksum-xxhash64"),
        /// The XXHASH3 of the content, in base64.
        pub(super) _xxhash3: Refused<String> => "ChecksumXXHASH3" Header("x-amz-checksum-xxhash3"),
        /// The XXHASH128 of the content, in base64.
        pub(super) _xxhash128: Refused<String> => "ChecksumXXHASH128" Header("x-amz-checksum-xxhash128"),
    }
}

sim::group! {
    /// The checksums of a request's document.
    pub struct DocumentSums {
        /// The MD5 of the body, in base64; the request fails when it differs.
        pub(super) content_md5: Option<String> => "ContentMD5" Header("Content-MD5"),
        /// The checksum algorithm: `CRC32`, `CRC32C`, `CRC64NVME`, `SHA1` or `SHA256`.
        pub(super) checksum_algorithm: Option<String> => "ChecksumAlgorithm" Header("x-amz-sdk-checksum-algorithm"),
    }
}

impl DocumentSums {
    /// Whether they are checksums at all. Whoever took the document in has held it to them.
    ///
    /// # Errors
    /// `InvalidDigest`, `InvalidRequest`.
    pub(super) fn check(&self) -> Result<(), ApiError> {
        self.content_md5.as_deref().map(md5_bytes).transpose()?;
        check_algorithm(self.checksum_algorithm.as_deref())
    }
}

/// # Errors
/// `InvalidRequest` when there is no algorithm of that name.
pub(super) fn check_algorithm(name: Option<&str>) -> Result<(), ApiError> {
    name.map(algorithm).transpose().map(|_| ())
}

/// The bytes of a digest in a header.
fn md5_bytes(claimed: &str) -> Result<Vec<u8>, ApiError> {
    BASE64.decode(claimed).ok().filter(|bytes| bytes.len() == 16).ok_or_else(|| {
        bad("InvalidDigest", "The Content-MD5 you specified was invalid.")
            .with("Content-MD5", claimed)
    })
}

/// `BadDigest` of a checksum.
pub(super) fn mismatch(algorithm: Algorithm) -> ApiError {
    let name = algorithm.as_str();
    bad("BadDigest", format!("The {name} you specified did not match the calculated checksum."))
}

/// The algorithm of that name, in either case.
///
/// # Errors
/// `InvalidRequest` when there is none.
pub(super) fn algorithm(name: &str) -> Result<Algorithm, ApiError> {
    spelled(&name.to_ascii_uppercase()).ok_or_else(|| {
        request(
            "Checksum algorithm provided is unsupported. Please try again with any of the valid \
             types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]",
        )
    })
}

/// What a new multipart upload is to have, and whether the client chose it.
///
/// # Errors
/// `InvalidRequest` when the algorithm has no such type.
pub(super) fn multipart_kind(
    name: Option<&str>,
    type_name: Option<&str>,
) -> Result<(Kind, bool), ApiError> {
    let Some(name) = name else {
        if type_name.is_some() {
            return Err(request(
                "The x-amz-checksum-type header can only be used with the \
                 x-amz-checksum-algorithm header.",
            ));
        }
        return Ok((Kind::default(), false));
    };
    let algorithm = algorithm(name)?;
    let composite = match type_name {
        None => algorithm != Algorithm::Crc64Nvme,
        Some("COMPOSITE") => true,
        Some("FULL_OBJECT") => false,
        Some(_) => return Err(request("Value for x-amz-checksum-type header is invalid.")),
    };
    let possible = match algorithm {
        Algorithm::Crc64Nvme => !composite,
        Algorithm::Sha1 | Algorithm::Sha256 => composite,
        Algorithm::Crc32 | Algorithm::Crc32c => true,
    };
    if !possible {
        let kind = if composite { "COMPOSITE" } else { "FULL_OBJECT" };
        let name = algorithm.as_str().to_ascii_lowercase();
        return Err(request(format!(
            "The {kind} checksum type cannot be used with the {name} checksum algorithm."
        )));
    }
    Ok((Kind { algorithm, composite }, true))
}

/// Builds the [`Claim`] of a request from its members.
macro_rules! claim {
    ($op:expr) => {
        $crate::s3::checksum::Claim {
            content_md5: $op.content_md5.as_deref(),
            algorithm: $op.checksum_algorithm.as_deref(),
            ..$crate::s3::checksum::claim_checksums!($op)
        }
    };
}

/// The same without `Content-MD5`, for requests that have none or whose body is not the object.
macro_rules! claim_checksums {
    ($op:expr) => {
        $crate::s3::checksum::Claim {
            crc32: $op.checksum_crc32.as_deref(),
            crc32c: $op.checksum_crc32c.as_deref(),
            crc64nvme: $op.checksum_crc64nvme.as_deref(),
            sha1: $op.checksum_sha1.as_deref(),
            sha256: $op.checksum_sha256.as_deref(),
            ..$crate::s3::checksum::Claim::default()
        }
    };
}

/// Puts a checksum (algorithm and value) into the member of its algorithm.
macro_rules! answer_checksum {
    ($out:expr, $algorithm:expr, $value:expr) => {
        match $algorithm {
            $crate::s3::checksum::Algorithm::Crc32 => $out.checksum_crc32 = $value,
            $crate::s3::checksum::Algorithm::Crc32c => $out.checksum_crc32c = $value,
            $crate::s3::checksum::Algorithm::Crc64Nvme => {
                $out.checksum_crc64nvme = $value;
            }
            $crate::s3::checksum::Algorithm::Sha1 => $out.checksum_sha1 = $value,
            $crate::s3::checksum::Algorithm::Sha256 => $out.checksum_sha256 = $value,
        }
    };
}

pub(super) use {answer_checksum, claim, claim_checksums};
