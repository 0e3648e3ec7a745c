//! Text around bytes (RFC 7468).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// One block.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Block {
    /// `CERTIFICATE`
    pub(crate) label: String,
    pub(crate) bytes: Vec<u8>,
}

/// The blocks of a text; nothing where one is broken.
pub(crate) fn blocks(text: &str) -> Option<Vec<Block>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("-----BEGIN ") {
        let (label, after) = after.split_once("-----")?;
        let (body, after) = after.split_once(&format!("-----END {label}-----"))?;
        // An encrypted key of the older form has headers, and cannot be read.
        let packed: String = body.split_whitespace().collect();
        let bytes = STANDARD.decode(packed).ok()?;
        found.push(Block { label: label.to_owned(), bytes });
        rest = after;
    }
    Some(found)
}

/// A certificate as text, with lines of 64 characters.
pub(crate) fn certificate(bytes: &[u8]) -> String {
    let packed = STANDARD.encode(bytes);
    let mut text = String::from("-----BEGIN CERTIFICATE-----\n");
    for line in packed.as_bytes().chunks(64) {
        text.push_str(&String::from_utf8_lossy(line));
        text.push('\n');
    }
    text + "-----END CERTIFICATE-----\n"
}
