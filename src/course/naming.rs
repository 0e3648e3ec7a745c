//! What people call a lab: by its name, the beginning of it, its title, or its number in the list.

use std::fmt;

use base::text::nearest;

/// A word names no lab, or more than one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Unnamed {
    /// No lab is called that; `nearest` is the name that was probably meant.
    Unknown { word: String, nearest: Option<String> },
    /// There are not so many labs.
    Number { word: String, labs: usize },
    /// These names all begin so.
    Several { word: String, names: Vec<String> },
}

impl fmt::Display for Unnamed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { word, nearest: Some(near) } => {
                write!(f, "there is no lab `{word}`; did you mean `{near}`?")
            }
            Self::Unknown { word, nearest: None } => {
                write!(f, "there is no lab `{word}`; `distlab labs` lists them")
            }
            Self::Number { word, labs } => write!(
                f,
                "there is no lab number {word}; `distlab labs` numbers them from 1 to {labs}"
            ),
            Self::Several { word, names } => {
                write!(f, "`{word}` begins the names of several labs: ")?;
                write!(f, "{}; give more of the name", names.join(", "))
            }
        }
    }
}

impl std::error::Error for Unnamed {}

/// The place, in a list of names and titles, of the lab that a word means.
///
/// # Errors
/// When the word names none, or more than one.
pub fn named(labs: &[(&str, &str)], word: &str) -> Result<usize, Unnamed> {
    let same = |text: &str| text.eq_ignore_ascii_case(word);
    let exact = labs.iter().position(|(id, _)| *id == word);
    let exact = exact.or_else(|| labs.iter().position(|(id, title)| same(id) || same(title)));
    if let Some(place) = exact {
        return Ok(place);
    }
    let word = word.to_owned();
    if let Ok(number) = word.parse::<usize>() {
        let place = number.checked_sub(1).filter(|place| *place < labs.len());
        return place.ok_or(Unnamed::Number { word, labs: labs.len() });
    }
    let start = word.to_ascii_lowercase();
    let begun: Vec<usize> = labs
        .iter()
        .enumerate()
        .filter(|(_, (id, _))| !start.is_empty() && id.to_ascii_lowercase().starts_with(&start))
        .map(|(place, _)| place)
        .collect();
    match begun.as_slice() {
        [one] => Ok(*one),
        [] => {
            let near = nearest(&start, labs.iter().map(|(id, _)| *id)).map(str::to_owned);
            Err(Unnamed::Unknown { word, nearest: near })
        }
        several => {
            let names = several.iter().map(|place| labs[*place].0.to_owned()).collect();
            Err(Unnamed::Several { word, names })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn a_lab_is_meant_by_name_number_title_or_the_beginning_of_its_name() {
        let labs =
            [("docker-intro", "A task"), ("s3", "Objects"), ("swarm", "Swarms"), ("sw", "Two")];
        let check = |word: &str, want: &str| match named(&labs, word) {
            Ok(place) => assert_eq!(labs[place].0, want, "{word}"),
            Err(why) => assert!(why.to_string().contains(want), "{word}: {why}"),
        };
        check("s3", "s3");
        check("S3", "s3");
        check("objects", "s3");
        check("doc", "docker-intro");
        check("Swa", "swarm");
        // The whole name of one is no beginning of another.
        check("sw", "sw");
        check("1", "docker-intro");
        check("4", "sw");
        check("0", "no lab number 0; `distlab labs` numbers them from 1 to 4");
        check("5", "from 1 to 4");
        check("s", "`s` begins the names of several labs: s3, swarm, sw");
        check("dokcer-intro", "did you mean `docker-intro`?");
        check("", "`distlab labs` lists them");
        check("kubernetes", "`distlab labs` lists them");
    }
}
