//! What was graded, in lines that outlive the process and travel through the logs of containers.
//!
//! A record is said by the digests of the file and of the terms on which it was graded, so what a file
//! earned on other terms is never taken for it. Logs cut long lines, mix those of many tasks and put
//! words in front: a record is written in pieces that say whose they are, and is believed when all of
//! them are there and have its digest.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, BufRead, Read as _};

use serde::{Deserialize, Serialize};

use super::child::Answer;
use base::Digest;

/// How a line of a record begins, behind what a log puts before it.
const MARK: &str = "distlab-graded 1 ";
/// How the line begins that a shard ends with.
const END: &str = "distlab-shard 1 ";
/// Engines cut a line of a log at 16 KiB.
const PIECE_BYTES_MAX: usize = 8 * 1024;
/// A record has an answer's length; more pieces are none of ours.
const PIECES_MAX: usize = 1 << 14;
/// A longer line is none of ours.
const LINE_BYTES_MAX: u64 = 1 << 20;

/// One file as it was graded.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Record {
    /// On what terms: the program, the class, the labs, the word.
    pub terms: Digest,
    /// The file's bytes.
    pub file: Digest,
    pub answer: Answer,
}

impl Record {
    /// Its lines, each with its end.
    pub fn lines(&self) -> serde_json::Result<String> {
        let text = serde_json::to_string(self)?;
        let digest = Digest::of(text.as_bytes());
        let pieces = pieces(&text);
        let mut lines = String::with_capacity(text.len() + pieces.len() * 100);
        for (place, piece) in pieces.iter().enumerate() {
            // Both ends are marked: logs take blanks off.
            let _ = writeln!(lines, "{MARK}{digest} {}/{} |{piece}|", place + 1, pieces.len());
        }
        Ok(lines)
    }
}

/// A text in pieces, none of which ends inside of a letter.
fn pieces(text: &str) -> Vec<&str> {
    let (mut pieces, mut rest) = (Vec::new(), text);
    while rest.len() > PIECE_BYTES_MAX {
        let end = (0..=PIECE_BYTES_MAX).rev().find(|i| rest.is_char_boundary(*i)).unwrap_or(0);
        let (piece, more) = rest.split_at(end);
        pieces.push(piece);
        rest = more;
    }
    pieces.push(rest);
    pieces
}

/// The line that a shard ends with when it has looked at all of its files.
#[must_use]
pub fn ended(shard: usize) -> String {
    format!("{END}{shard} ended\n")
}

/// Records as they are put together from lines.
#[derive(Debug, Default)]
pub struct Records {
    /// By the file's digest; what was said last counts.
    pub graded: BTreeMap<Digest, Answer>,
    /// Shards that ended.
    pub ended: Vec<usize>,
    /// Records that were read, and were graded on other terms.
    pub strange: usize,
    open: BTreeMap<Digest, Vec<Option<String>>>,
}

impl Records {
    /// Takes all lines. What is no line of a record is passed over: a log has others, too.
    pub fn read(&mut self, terms: Digest, mut from: impl BufRead) -> io::Result<()> {
        let mut line = Vec::new();
        loop {
            line.clear();
            let most = (&mut from).take(LINE_BYTES_MAX).read_until(b'\n', &mut line)?;
            if most == 0 {
                return Ok(());
            }
            if let Ok(text) = std::str::from_utf8(&line) {
                self.take(terms, text);
            }
        }
    }

    fn take(&mut self, terms: Digest, line: &str) {
        if let Some((_, rest)) = line.split_once(END) {
            let shard =
                rest.trim_end().strip_suffix(" ended").and_then(|n| n.parse::<usize>().ok());
            self.ended.extend(shard);
            return;
        }
        let Some((digest, place, of, piece)) = parsed(line) else { return };
        let known = self.open.entry(digest).or_insert_with(|| vec![None; of]);
        // Records of one digest have one length.
        let Some(slot) = known.get_mut(place) else { return };
        *slot = Some(piece.to_owned());
        if known.iter().any(Option::is_none) {
            return;
        }
        let pieces = self.open.remove(&digest).unwrap_or_default();
        let text: String = pieces.into_iter().flatten().collect();
        if Digest::of(text.as_bytes()) != digest {
            return;
        }
        match serde_json::from_str::<Record>(&text) {
            Ok(record) if record.terms == terms => {
                self.graded.insert(record.file, record.answer);
            }
            _ => self.strange += 1,
        }
    }
}

/// A line of a record: whose, which piece of how many (from 0), and the piece.
fn parsed(line: &str) -> Option<(Digest, usize, usize, &str)> {
    let (_, rest) = line.split_once(MARK)?;
    let (digest, rest) = rest.split_once(' ')?;
    let (count, piece) = rest.split_once(' ')?;
    let (place, of) = count.split_once('/')?;
    let (place, of): (usize, usize) = (place.parse().ok()?, of.parse().ok()?);
    let piece = piece.trim_end().strip_prefix('|')?.strip_suffix('|')?;
    let sound = (1..=of).contains(&place) && of <= PIECES_MAX;
    sound.then_some((digest.parse().ok()?, place - 1, of, piece))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(file: &str, words: &str) -> Record {
        Record {
            terms: Digest::of(b"terms"),
            file: Digest::of(file.as_bytes()),
            answer: Answer::Error(words.into()),
        }
    }

    fn read(text: &str) -> Records {
        let mut records = Records::default();
        records.read(Digest::of(b"terms"), text.as_bytes()).unwrap();
        records
    }

    #[test]
    fn records_are_put_together_from_any_log() {
        let long = "Žofie | \u{2028} ".repeat(9_000);
        let (a, b) = (record("a", &long), record("b", " short "));
        let lines = a.lines().unwrap();
        assert!(lines.lines().count() > 9 && lines.lines().all(|line| line.len() < 16 << 10));
        let check = |text: &str, want: &[&Record]| {
            let found = read(text);
            let want: BTreeMap<_, _> = want.iter().map(|r| (r.file, r.answer.clone())).collect();
            assert_eq!(found.graded, want, "{text:.300}");
        };
        check(&(lines.clone() + &b.lines().unwrap()), &[&a, &b]);
        let mut mixed: Vec<String> = lines.lines().map(|l| format!("[pod/x] {l}  \r\n")).collect();
        mixed.reverse();
        mixed.insert(3, "noise\n".into());
        mixed.insert(5, b.lines().unwrap());
        check(&mixed.concat(), &[&a, &b]);
        let cut: String = lines.split_inclusive('\n').skip(1).collect();
        check(&cut, &[]);
        check(&(cut + &lines), &[&a]);
        check(&lines[..lines.len() - 9], &[]);
        check(&b.lines().unwrap().replace("short", "other"), &[]);
        for line in ["", "1", "x 1/1 |a|", "1/0 ||", "2/1 ||", "1/99999999999 |a|"] {
            check(&format!("{MARK}{} {line}\n", Digest::of(b"a")), &[]);
        }
    }

    #[test]
    fn what_was_graded_on_other_terms_is_not_taken() {
        let other = Record { terms: Digest::of(b"others"), ..record("a", "x") };
        let found = read(&other.lines().unwrap());
        assert_eq!((found.graded.len(), found.strange), (0, 1));
    }

    #[test]
    fn a_shard_says_that_it_ended() {
        assert_eq!(read(&format!("x{}{}", ended(3), "distlab-shard 1 4 end")).ended, [3]);
    }
}
