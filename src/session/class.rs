//! Who a learner is, and what a teacher gives out to a class: data, a signature, and the seeds that
//! follow from both.
//!
//! A class file is the same for everybody in it, so what it holds is no secret among them. It makes
//! neighbours differ, and lets a teacher compute what each of them must have had.

use anyhow::{Context as _, bail, ensure};
use ring::hmac;
use ring::rand::{SecureRandom as _, SystemRandom};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use serde::{Deserialize, Serialize};

use base::blob::{hex, unhex};
use base::text::unseemly;
use base::{Digest, Time};

/// A learner as a teacher knows them.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize, Deserialize)]
pub struct Person {
    pub name: String,
    /// The number of a student, or whatever a roster calls them by.
    pub number: String,
    pub mail: String,
}

/// The longest of a person's words, in characters.
const WORD_CHARS_MAX: usize = 120;

impl Person {
    /// These words without what stands around them.
    ///
    /// # Errors
    /// When one of them cannot stand in a table.
    pub fn new(name: &str, number: &str, mail: &str) -> anyhow::Result<Self> {
        let person = Self {
            name: name.trim().into(),
            number: number.trim().into(),
            mail: mail.trim().into(),
        };
        person.sound()?;
        Ok(person)
    }

    /// Whether it is one that [`Person::new`] makes; a submission may say anything.
    pub fn sound(&self) -> anyhow::Result<()> {
        ensure!(!self.name.is_empty(), "a learner needs a name: --name \"Your Name\"");
        for (what, word) in [("name", &self.name), ("number", &self.number), ("mail", &self.mail)] {
            if word.chars().count() > WORD_CHARS_MAX {
                bail!("the {what} is longer than {WORD_CHARS_MAX} letters");
            }
            if let Some(bad) = word.chars().find(|c| unseemly(*c)) {
                bail!(
                    "the {what} contains the letter U+{:04X}, which no table can show: leave it out",
                    u32::from(bad)
                );
            }
            ensure!(word.trim() == word, "the {what} begins or ends with a space");
        }
        ensure!(
            self.mail.is_empty() || self.mail.contains('@') && !self.mail.contains(' '),
            "{:?} is not a mail address: write it like ada@example.org",
            self.mail
        );
        Ok(())
    }
}

/// One lab of a class.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Assignment {
    pub lab: String,
    /// SHA-256 of the lab's text, as [`crate::Manifest`] and submissions have it.
    pub digest: Digest,
    /// What all of the lab is worth in the class; as many points as the lab has, unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Time>,
}

/// What becomes of work that was done behind its date.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct LateRule {
    /// So long behind the date nothing is late.
    #[serde(default)]
    pub grace_ms: i64,
    /// What each day that has begun costs, in percent of the points.
    #[serde(default)]
    pub percent_a_day: u32,
    /// Days after which nothing counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cutoff_days: Option<u32>,
}

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

impl LateRule {
    /// The days that have begun between a date and what was done, in the sense of the rule.
    #[must_use]
    pub fn days(&self, due: Time, done: Time) -> u32 {
        let late = done.0.saturating_sub(due.0).saturating_sub(self.grace_ms.max(0));
        if late <= 0 { 0 } else { u32::try_from((late - 1) / DAY_MS + 1).unwrap_or(u32::MAX) }
    }

    /// What is left of points after so many days, in percent.
    #[must_use]
    pub fn percent_left(&self, days: u32) -> u32 {
        if self.cutoff_days.is_some_and(|most| days > most) {
            return 0;
        }
        100u32.saturating_sub(days.saturating_mul(self.percent_a_day))
    }
}

/// What a class is, as its teacher says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Terms {
    pub format: u32,
    pub name: String,
    /// 32 bytes in hex, from which the learners' seeds are made.
    pub key: String,
    pub labs: Vec<Assignment>,
    #[serde(default)]
    pub late: LateRule,
    /// Keyed hashes of the numbers on the roster, in order; none where whoever has the file may join.
    /// The names stay with the teacher.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roster: Vec<Digest>,
    pub made: Time,
}

/// What this program writes and reads.
const FORMAT: u32 = 1;

/// Terms with their text as it was signed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Class {
    pub terms: Terms,
    signed: Signed,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct Signed {
    /// JSON, as it was signed.
    class: String,
    /// An Ed25519 key, in hex.
    teacher: String,
    signature: String,
}

/// A teacher's key.
pub struct TeacherKey(Ed25519KeyPair);

impl TeacherKey {
    /// A new one, as the PKCS#8 document to keep.
    pub fn generate() -> anyhow::Result<Vec<u8>> {
        let made = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new());
        let made = made.map_err(|_| anyhow::anyhow!("the system provides no random numbers"))?;
        Ok(made.as_ref().to_vec())
    }

    pub fn read(document: &[u8]) -> anyhow::Result<Self> {
        let key = Ed25519KeyPair::from_pkcs8(document);
        Ok(Self(key.map_err(|why| anyhow::anyhow!("the teacher's key is not readable: {why}"))?))
    }

    /// The public half, in hex: what others know the teacher by.
    #[must_use]
    pub fn public(&self) -> String {
        hex(self.0.public_key().as_ref())
    }
}

/// 32 bytes that nobody can guess, in hex.
pub fn secret() -> anyhow::Result<String> {
    let mut bytes = [0; 32];
    let filled = SystemRandom::new().fill(&mut bytes);
    filled.map_err(|_| anyhow::anyhow!("the system provides no random numbers"))?;
    Ok(hex(&bytes))
}

impl Terms {
    /// A class without labs and roster.
    pub fn new(name: &str, made: Time) -> anyhow::Result<Self> {
        let name = name.trim();
        ensure!(
            !name.is_empty()
                && name.chars().count() <= WORD_CHARS_MAX
                && !name.chars().any(unseemly),
            "{name:?} cannot be the name of a class: take a line of at most {WORD_CHARS_MAX} letters"
        );
        let (name, key) = (name.to_owned(), secret()?);
        let (labs, roster) = (Vec::new(), Vec::new());
        Ok(Self { format: FORMAT, name, key, labs, late: LateRule::default(), roster, made })
    }

    /// A keyed hash of some words, in which no word can pass for two.
    fn keyed(&self, purpose: &str, words: &[&str]) -> [u8; 32] {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &unhex(&self.key).unwrap_or_default());
        let mut message = hmac::Context::with_key(&key);
        for word in [purpose].iter().chain(words) {
            message.update(&(word.len() as u64).to_le_bytes());
            message.update(word.as_bytes());
        }
        let mut bytes = [0; 32];
        bytes.copy_from_slice(message.sign().as_ref());
        bytes
    }

    /// What stands on the roster for a number.
    #[must_use]
    pub fn on_roster(&self, number: &str) -> Digest {
        Digest(self.keyed("on the roster", &[&number.to_lowercase()]))
    }

    /// Signs the terms, for good.
    pub fn sign(self, by: &TeacherKey) -> anyhow::Result<Class> {
        let class = serde_json::to_string(&self)?;
        let signature = hex(by.0.sign(class.as_bytes()).as_ref());
        Ok(Class { terms: self, signed: Signed { class, teacher: by.public(), signature } })
    }
}

impl Class {
    /// Reads a class file and verifies its signature.
    pub fn read(text: &str) -> anyhow::Result<Self> {
        let signed: Signed = serde_json::from_str(text).context(
            "it is not a class file; a teacher makes one with distlab class new, and hands it out",
        )?;
        let (key, signature) = (unhex(&signed.teacher), unhex(&signed.signature));
        let (key, signature) = key.zip(signature).context("its signature cannot be read")?;
        let verified =
            UnparsedPublicKey::new(&ED25519, key).verify(signed.class.as_bytes(), &signature);
        if verified.is_err() {
            bail!("it was altered since the teacher signed it; ask for the file again");
        }
        let terms: Terms =
            serde_json::from_str(&signed.class).context("it does not describe a class")?;
        if terms.format != FORMAT {
            bail!("it has format {}, and this distlab reads format {FORMAT}", terms.format);
        }
        ensure!(unhex(&terms.key).is_some_and(|k| k.len() == 32), "its key is not valid");
        Ok(Self { terms, signed })
    }

    /// The file's text.
    pub fn text(&self) -> anyhow::Result<String> {
        Ok(serde_json::to_string_pretty(&self.signed)? + "\n")
    }

    /// The name by which the origins of journals know it: it covers all that was signed.
    #[must_use]
    pub fn id(&self) -> Digest {
        Digest::of(self.signed.class.as_bytes())
    }

    /// The public key that signed it, in hex.
    #[must_use]
    pub fn teacher(&self) -> &str {
        &self.signed.teacher
    }

    /// Whether somebody of that number may join.
    #[must_use]
    pub fn has(&self, person: &Person) -> bool {
        let terms = &self.terms;
        terms.roster.is_empty() || terms.roster.contains(&terms.on_roster(&person.number))
    }

    /// The seed of a learner's worlds, variables and choices.
    #[must_use]
    pub fn seed(&self, person: &Person) -> u64 {
        let id = self.id().to_string();
        let words = [id.as_str(), &person.name, &person.number, &person.mail];
        let keyed = self.terms.keyed("seed of a learner", &words);
        let first = keyed.first_chunk().expect("a digest has more than eight bytes");
        // As many bits as a profile's own seed has: JSON keeps them everywhere.
        u64::from_le_bytes(*first) >> 12
    }

    #[must_use]
    pub fn assignment(&self, lab: &str) -> Option<&Assignment> {
        self.terms.labs.iter().find(|a| a.lab == lab)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class() -> Class {
        let key = TeacherKey::read(&TeacherKey::generate().unwrap()).unwrap();
        let mut terms = Terms::new("Systems, spring", Time(1)).unwrap();
        terms.roster = vec![terms.on_roster("A-17")];
        terms.sign(&key).unwrap()
    }

    fn person(name: &str, number: &str) -> Person {
        Person::new(name, number, "").unwrap()
    }

    #[test]
    fn a_class_reads_as_it_was_signed_and_not_otherwise() {
        let class = class();
        let text = class.text().unwrap();
        assert_eq!(Class::read(&text).unwrap(), class);
        for (from, to) in
            [("spring", "autumn"), ("\"made", "\"mate"), ("teacher\": \"", "teacher\": \"0")]
        {
            let altered = text.replacen(from, to, 1);
            assert_ne!(altered, text);
            assert!(Class::read(&altered).is_err(), "{altered}");
        }
        assert!(Class::read("{}").is_err());
    }

    #[test]
    fn neighbours_differ_and_a_learner_does_not() {
        let class = class();
        let ada = class.seed(&person("Ada", "A-17"));
        assert_eq!(ada, Class::read(&class.text().unwrap()).unwrap().seed(&person("Ada", "A-17")));
        for (name, number) in [("Ada", "A-18"), ("Adb", "A-17"), ("AdaA", "-17")] {
            assert_ne!(ada, class.seed(&person(name, number)), "{name} {number}");
        }
        assert_ne!(ada, self::class().seed(&person("Ada", "A-17")), "another class");
        assert!(class.has(&person("Anybody", "a-17")) && !class.has(&person("Ada", "A-18")));
    }

    #[test]
    fn who_cannot_stand_in_a_table_is_refused() {
        assert_eq!(person(" Дарья Žižka ", " 7 ").name, "Дарья Žižka");
        for (name, number, mail) in [
            ("", "1", ""),
            ("a\nb", "1", ""),
            ("a\u{202e}b", "1", ""),
            ("a", "1\t2", ""),
            ("a", "1", "nowhere"),
            (&"x".repeat(121), "1", ""),
        ] {
            assert!(Person::new(name, number, mail).is_err(), "{name:?} {number:?} {mail:?}");
        }
    }

    #[test]
    fn late_days_begin_behind_the_grace() {
        let rule = LateRule { grace_ms: 1000, percent_a_day: 10, cutoff_days: Some(3) };
        let check = |late_ms: i64, days: u32, left: u32| {
            let found = rule.days(Time(50), Time(50 + late_ms));
            assert_eq!((found, rule.percent_left(found)), (days, left), "{late_ms} ms");
        };
        check(-5, 0, 100);
        check(1000, 0, 100);
        check(1001, 1, 90);
        check(1000 + DAY_MS, 1, 90);
        check(1001 + DAY_MS, 2, 80);
        check(1001 + 2 * DAY_MS, 3, 70);
        check(1001 + 3 * DAY_MS, 4, 0);
    }
}
