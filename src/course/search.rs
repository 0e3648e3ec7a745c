//! What a query of the notes means: words that carry something, mistyped ones mended, and the terms
//! of the glossary that they name under whatever name. The index itself is the store's.

use std::collections::{BTreeMap, BTreeSet};

use super::glossary::Term;
use base::text::nearest;

/// Words of a question that say nothing of what it is about.
const EMPTY: &[&str] = &[
    "a", "about", "an", "and", "are", "can", "do", "does", "for", "from", "get", "happen",
    "happens", "has", "have", "how", "i", "if", "in", "is", "it", "its", "make", "mean", "means",
    "my", "of", "on", "or", "s", "should", "that", "the", "their", "there", "this", "to", "use",
    "was", "we", "what", "when", "where", "which", "who", "why", "with", "you",
];

/// No name of a thing has more words that carry something.
const NAME_WORDS_MAX: usize = 5;
/// Shorter words are too near to too many others to be mended.
const MEND_MIN: usize = 4;

/// A query as it was understood.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Wanted {
    /// What has to be there: for each thing that was named, the phrases that name it.
    pub groups: Vec<Vec<String>>,
    /// What was searched for, when that is not what was typed.
    pub meant: Option<String>,
    /// The glossary's terms that were named, as places in its list.
    pub terms: Vec<usize>,
    /// Whether nothing but one term was named.
    pub only_term: bool,
}

/// All words of the notes and all names of the glossary.
#[derive(Clone, Debug, Default)]
pub(super) struct Lexicon {
    /// Words as they are written, with how often.
    words: BTreeMap<String, usize>,
    stems: BTreeSet<String>,
    /// The most frequent first: of two words that are equally near, that one was meant.
    by_count: Vec<String>,
    /// The names of terms: their stems in order of the alphabet, and all of it in one word.
    names: BTreeMap<String, usize>,
}

impl Lexicon {
    pub(super) fn new<'t>(texts: impl IntoIterator<Item = &'t str>, terms: &[Term]) -> Self {
        let mut lexicon = Self::default();
        for text in texts {
            for word in words(text) {
                *lexicon.words.entry(word).or_default() += 1;
            }
        }
        // What a term is called counts before what another is called, too.
        let names = terms.iter().enumerate().map(|(i, t)| (i, t.name.as_str()));
        let also =
            terms.iter().enumerate().flat_map(|(i, t)| t.also.iter().map(move |a| (i, a.as_str())));
        for (i, name) in names.chain(also) {
            let said = carrying(words(name));
            for word in &said {
                *lexicon.words.entry(word.clone()).or_default() += 1;
            }
            lexicon.names.entry(key(&said)).or_insert(i);
            lexicon.names.entry(said.concat()).or_insert(i);
        }
        lexicon.stems = lexicon.words.keys().map(|word| stem(word)).collect();
        let mut by_count: Vec<_> = lexicon.words.iter().collect();
        by_count.sort_by_key(|(word, count)| (std::cmp::Reverse(**count), *word));
        lexicon.by_count = by_count.into_iter().map(|(word, _)| word.clone()).collect();
        lexicon
    }

    /// The term that these words name.
    pub(super) fn term(&self, said: &str) -> Option<usize> {
        let said = carrying(words(said));
        self.named(&said)
    }

    fn named(&self, said: &[String]) -> Option<usize> {
        self.names.get(&key(said)).or_else(|| self.names.get(&said.concat())).copied()
    }

    fn knows(&self, word: &str) -> bool {
        self.words.contains_key(word) || self.stems.contains(&stem(word))
    }

    /// Whether a word of the notes begins so: who types has not ended yet.
    fn begins(&self, word: &str) -> bool {
        self.words.range(word.to_owned()..).next().is_some_and(|(known, _)| known.starts_with(word))
    }

    /// What a query means.
    pub(super) fn read(&self, query: &str, terms: &[Term]) -> Wanted {
        let typed = carrying(words(query));
        let mended = self.mend(&typed);
        let mut wanted = Wanted::default();
        let mut at = 0;
        while at < mended.len() {
            let longest = NAME_WORDS_MAX.min(mended.len() - at);
            let found =
                (1..=longest).rev().find_map(|n| Some((n, self.named(&mended[at..at + n])?)));
            let (taken, group) = match found {
                Some((n, term)) => {
                    wanted.terms.push(term);
                    let as_typed = mended[at..at + n].join(" ");
                    let mut names: Vec<String> =
                        terms[term].names().map(|name| words(name).join(" ")).collect();
                    names.push(as_typed);
                    (n, names)
                }
                None => (1, vec![mended[at].clone()]),
            };
            wanted.only_term = found.is_some() && at == 0 && taken == mended.len();
            wanted.groups.push(group);
            at += taken;
        }
        // Two words that are written as one were not mistyped.
        let said = |words: &[String]| words.concat();
        wanted.meant = (said(&mended) != said(&typed)).then(|| mended.join(" "));
        wanted
    }

    /// The words that were meant by those that were typed.
    fn mend(&self, typed: &[String]) -> Vec<String> {
        let mut mended = Vec::new();
        let mut at = 0;
        while at < typed.len() {
            let (word, last) = (&typed[at], at + 1 == typed.len());
            at += 1;
            if self.knows(word) || (last && self.begins(word)) {
                mended.push(word.clone());
                continue;
            }
            let joined = typed.get(at).map(|next| format!("{word}{next}"));
            if let Some(joined) = joined.filter(|joined| self.words.contains_key(joined)) {
                mended.push(joined);
                at += 1;
                continue;
            }
            if let Some((left, right)) = self.cut(word) {
                mended.extend([left, right]);
                continue;
            }
            let count = word.chars().count();
            let mendable = count >= MEND_MIN && !word.bytes().any(|b| b.is_ascii_digit());
            let near = self.by_count.iter().filter(|known| {
                // Others are too far away by their length alone.
                known.len().abs_diff(word.len()) <= count / 2 && known.len() >= MEND_MIN - 1
            });
            let meant = mendable.then(|| nearest(word, near.map(String::as_str))).flatten();
            mended.push(meant.unwrap_or(word).to_owned());
        }
        mended
    }

    /// Two known words that were written as one.
    fn cut(&self, word: &str) -> Option<(String, String)> {
        let known = |part: &str| part.len() >= MEND_MIN - 1 && self.words.contains_key(part);
        let places = word.char_indices().map(|(at, _)| word.split_at(at));
        let (left, right) = places.into_iter().find(|(left, right)| known(left) && known(right))?;
        Some((left.to_owned(), right.to_owned()))
    }
}

/// How much a section is about what is wanted: the smaller the more. `top` says that it is the first
/// of its page.
#[must_use]
pub fn standing(wanted: &Wanted, title: &str, heading: &str, top: bool) -> u8 {
    let own = heading.rsplit('›').next().unwrap_or_default().trim();
    let all = |text: &str| {
        let text = stemmed(text);
        let has = |phrase: &String| text.contains(&stemmed(phrase));
        wanted.groups.iter().all(|group| group.iter().any(has))
    };
    match () {
        // Questions and their answers lead nobody to what he does not know.
        () if ["Check yourself", "Answers"].contains(&own) => 4,
        () if top && all(title) => 0,
        () if !own.is_empty() && all(own) => 1,
        () if all(&format!("{title} {heading}")) => 2,
        () => 3,
    }
}

/// The stems of a text, each between blanks.
fn stemmed(text: &str) -> String {
    let stems: Vec<String> = words(text).iter().map(|word| stem(word)).collect();
    format!(" {} ", stems.join(" "))
}

/// The words of a text in small letters.
fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// Without the words that say nothing, if any is left then.
fn carrying(words: Vec<String>) -> Vec<String> {
    let left: Vec<String> =
        words.iter().filter(|w| !EMPTY.contains(&w.as_str())).cloned().collect();
    if left.is_empty() { words } else { left }
}

/// What a name is found by, whatever the order and the endings of its words.
fn key(words: &[String]) -> String {
    words
        .iter()
        .map(|word| stem(word))
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect::<Vec<_>>()
        .join(" ")
}

/// A word without the endings of number and time. Coarser than the index's, and only compared with
/// its like.
fn stem(word: &str) -> String {
    let cut = |ending: &str, least: usize| {
        word.strip_suffix(ending).filter(|left| left.chars().count() >= least)
    };
    let left = if let Some(left) = cut("ies", 3) {
        return format!("{left}y");
    } else if word.ends_with("ss") || word.ends_with("us") || word.ends_with("is") {
        word
    } else {
        cut("ing", 4).or_else(|| cut("ed", 4)).or_else(|| cut("s", 3)).unwrap_or(word)
    };
    let left = left.strip_suffix('e').filter(|l| l.chars().count() >= 3).unwrap_or(left);
    // `stopped`, `running`: the doubled letter belongs to the ending.
    let mut letters: Vec<char> = left.chars().collect();
    if left.len() + 2 < word.len()
        && letters.len() > 3
        && letters.last() == letters.get(letters.len() - 2)
        && !matches!(letters.last(), Some('l' | 's' | 'z'))
    {
        letters.pop();
    }
    letters.into_iter().collect()
}
