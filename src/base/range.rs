//! Which bytes of a body are asked for (RFC 9110, section 14), and the slices that hold them.

use super::Slice;

/// What a `Range` header comes to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wanted {
    /// All of it: the header is not a range of bytes, or names several.
    Whole,
    /// From the first to the last byte, both included.
    Bytes(u64, u64),
    /// Nothing there.
    Unsatisfiable,
    /// The end stands before the beginning. Servers differ: some send the whole, some refuse.
    Backwards,
}

/// Reads a `Range` header for a body of `len` bytes.
#[must_use]
pub fn parse(header: &str, len: u64) -> Wanted {
    let Some((first, last)) = header.trim().strip_prefix("bytes=").and_then(|r| r.split_once('-'))
    else {
        return Wanted::Whole;
    };
    let number = |text: &str| text.trim().parse::<u64>().ok();
    match (first.trim(), last.trim()) {
        ("", suffix) => match number(suffix) {
            None => Wanted::Whole,
            Some(_) if len == 0 => Wanted::Unsatisfiable,
            Some(0) => Wanted::Unsatisfiable,
            Some(count) => Wanted::Bytes(len.saturating_sub(count), len - 1),
        },
        (first, last) => {
            let Some(first) = number(first) else { return Wanted::Whole };
            let last = if last.is_empty() { Some(u64::MAX) } else { number(last) };
            match last {
                Some(last) if last >= first && first < len => {
                    Wanted::Bytes(first, last.min(len - 1))
                }
                Some(last) if last >= first => Wanted::Unsatisfiable,
                Some(_) => Wanted::Backwards,
                None => Wanted::Whole,
            }
        }
    }
}

/// The part of `slices` from byte `first` to byte `last`, both included.
#[must_use]
pub fn cut(slices: &[Slice], first: u64, last: u64) -> Vec<Slice> {
    let mut out = Vec::new();
    let mut start = 0;
    for slice in slices {
        let end = start + slice.len;
        let (from, to) = (first.max(start), (last + 1).min(end));
        if from < to {
            out.push(Slice {
                digest: slice.digest,
                offset: slice.offset + (from - start),
                len: to - from,
            });
        }
        if end > last {
            break;
        }
        start = end;
    }
    out
}
