//! Files of the gzip format (RFC 1952): logs on their way, and what edges compress.

use super::CRC32;

/// The level of the compression, of 10.
const LEVEL: u8 = 6;
/// The head of a file that says neither a name nor a time, from a system that is not named.
const HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];

/// The bytes, compressed. The same bytes are always the same file.
pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut file = HEAD.to_vec();
    file.extend(miniz_oxide::deflate::compress_to_vec(bytes, LEVEL));
    file.extend(CRC32.checksum(bytes).to_le_bytes());
    // Of the length its lower 32 bits.
    let len = u32::try_from(bytes.len() & 0xffff_ffff).unwrap_or(0);
    file.extend(len.to_le_bytes());
    file
}

#[cfg(test)]
mod tests {
    use super::gzip;

    #[test]
    fn a_file_has_head_and_tail() {
        let text = b"a line\n".repeat(100);
        let file = gzip(&text);
        assert_eq!(file, gzip(&text));
        assert!(file.len() < 60, "{}", file.len());
        let (middle, tail) = file[10..].split_at(file.len() - 18);
        assert_eq!(tail[4..], 700_u32.to_le_bytes());
        assert_eq!(miniz_oxide::inflate::decompress_to_vec(middle).ok(), Some(text));
        // What the table of the RFC gives for nothing is nothing.
        assert_eq!(gzip(b"")[12..], [0; 8]);
    }
}
