//! A QR code as a PNG image (PNG specification, third edition): two colours, not compressed.

use crc::{CRC_32_ISO_HDLC, Crc};
use qrcode::{Color, QrCode};

/// Pixels of a module's side.
const SCALE: usize = 4;
/// Modules of white around the code.
const QUIET: usize = 4;
/// The most bytes of a stored block (RFC 1951).
const BLOCK_LEN_MAX: usize = 65_535;

/// The image of a text; empty for one that no code can hold.
pub(super) fn png(text: &str) -> Vec<u8> {
    let Ok(code) = QrCode::new(text) else { return Vec::new() };
    let modules = code.width();
    let side = (modules + 2 * QUIET) * SCALE;
    let light = |x: usize, y: usize| {
        let inside = |at: usize| (at / SCALE).checked_sub(QUIET).filter(|m| *m < modules);
        match (inside(x), inside(y)) {
            (Some(x), Some(y)) => code[(x, y)] == Color::Light,
            _ => true,
        }
    };
    let mut pixels = Vec::new();
    for y in 0..side {
        // Each row begins with its filter: none.
        pixels.push(0);
        for start in (0..side).step_by(8) {
            let bit = |i: usize| start + i < side && light(start + i, y);
            pixels.push((0..8).fold(0_u8, |byte, i| byte << 1 | u8::from(bit(i))));
        }
    }
    let side = u32::try_from(side).unwrap_or_default().to_be_bytes();
    let mut image = b"\x89PNG\r\n\x1a\n".to_vec();
    // One bit per pixel, grey.
    chunk(&mut image, *b"IHDR", &[&side[..], &side[..], &[1, 0, 0, 0, 0]].concat());
    chunk(&mut image, *b"IDAT", &stored(&pixels));
    chunk(&mut image, *b"IEND", &[]);
    image
}

fn chunk(image: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    let body = [&kind[..], data].concat();
    image.extend(u32::try_from(data.len()).unwrap_or_default().to_be_bytes());
    image.extend(&body);
    image.extend(Crc::<u32>::new(&CRC_32_ISO_HDLC).checksum(&body).to_be_bytes());
}

/// A zlib stream of stored blocks (RFC 1950).
fn stored(data: &[u8]) -> Vec<u8> {
    let mut stream = vec![0x78, 0x01];
    let blocks = data.chunks(BLOCK_LEN_MAX);
    let last = blocks.len().saturating_sub(1);
    for (i, block) in blocks.enumerate() {
        let len = u16::try_from(block.len()).unwrap_or_default();
        stream.push(u8::from(i == last));
        stream.extend(len.to_le_bytes());
        stream.extend((!len).to_le_bytes());
        stream.extend(block);
    }
    let (mut a, mut b) = (1_u32, 0_u32);
    for byte in data {
        a = (a + u32::from(*byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    stream.extend((b << 16 | a).to_be_bytes());
    stream
}
