//! A class list as registrars and learning platforms export it: CSV with a line of headings.

use std::collections::BTreeSet;

use anyhow::{Context as _, bail};

use session::class::Person;

/// More people are no class.
const PEOPLE_MAX: usize = 20_000;

/// What the columns may be called, in small letters.
const NAME: &[&str] = &["name", "full name", "student name", "student"];
const FIRST: &[&str] = &["first name", "given name", "firstname"];
const LAST: &[&str] = &["last name", "surname", "family name", "lastname"];
const NUMBER: &[&str] =
    &["number", "id number", "student id", "student number", "matriculation number", "sid", "id"];
const MAIL: &[&str] = &["mail", "email", "e-mail", "email address"];

/// Reads a roster.
pub fn read(text: &str) -> anyhow::Result<Vec<Person>> {
    let rows = rows(text)?;
    let mut rows = rows.iter();
    let heads = rows.next().context("the roster is empty")?;
    let column = |names: &[&str]| {
        heads.iter().position(|head| names.contains(&head.trim().to_lowercase().as_str()))
    };
    let number = column(NUMBER).with_context(|| {
        format!(
            "the roster has no column of numbers: call one of its headings {}",
            NUMBER.join(", ")
        )
    })?;
    let (name, first, last, mail) = (column(NAME), column(FIRST), column(LAST), column(MAIL));
    if name.is_none() && last.is_none() {
        bail!("the roster has no column of names: call one of its headings {}", NAME.join(", "));
    }
    let (mut people, mut seen) = (Vec::new(), BTreeSet::new());
    for (place, row) in rows.enumerate() {
        let cell = |column: Option<usize>| {
            column.and_then(|c| row.get(c)).map(|cell| cell.trim()).unwrap_or_default()
        };
        let whole = match name {
            Some(name) => cell(Some(name)).to_owned(),
            None => format!("{} {}", cell(first), cell(last)).trim().to_owned(),
        };
        let line = place + 2;
        let person = Person::new(&whole, cell(Some(number)), cell(mail))
            .with_context(|| format!("row {line} of the roster cannot be read"))?;
        if person.number.is_empty() {
            bail!("row {line} of the roster ({}) has no number", person.name);
        }
        if !seen.insert(person.number.to_lowercase()) {
            bail!("row {line} of the roster has the number {:?} again", person.number);
        }
        if people.len() == PEOPLE_MAX {
            bail!("the roster has more than {PEOPLE_MAX} people");
        }
        people.push(person);
    }
    Ok(people)
}

/// The cells of a CSV file (RFC 4180), with `,`, `;` or a tab between them, whichever the first line
/// has more of; lines without anything are left out.
pub fn rows(text: &str) -> anyhow::Result<Vec<Vec<String>>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let first = text.lines().next().unwrap_or_default();
    let count = |c: &char| first.matches(*c).count();
    let between = [';', '\t'].into_iter().filter(|c| count(c) > count(&',')).max_by_key(count);
    let between = between.unwrap_or(',');
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let mut letters = text.chars().peekable();
    let mut quoted = false;
    while let Some(c) = letters.next() {
        match c {
            '"' if quoted && letters.next_if_eq(&'"').is_some() => cell.push('"'),
            '"' if quoted => quoted = false,
            '"' if cell.is_empty() => quoted = true,
            c if quoted => cell.push(c),
            '\r' if letters.peek() == Some(&'\n') => {}
            '\n' | '\r' => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            c if c == between => row.push(std::mem::take(&mut cell)),
            c => cell.push(c),
        }
    }
    if quoted {
        bail!("the table ends inside of a quoted cell");
    }
    row.push(cell);
    rows.push(row);
    rows.retain(|row| row.iter().any(|cell| !cell.trim().is_empty()));
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rosters_of_many_makes_are_read() {
        let check = |text: &str, want: &[(&str, &str, &str)]| {
            let found = read(text).unwrap();
            let found: Vec<_> = found
                .iter()
                .map(|p| (p.name.as_str(), p.number.as_str(), p.mail.as_str()))
                .collect();
            assert_eq!(found, want, "{text}");
        };
        check(
            "name,number,mail\nAda Lovelace,17,ada@example.org\n\n\"Žižka, Jan\",18,\n",
            &[("Ada Lovelace", "17", "ada@example.org"), ("Žižka, Jan", "18", "")],
        );
        check(
            "\u{feff}Surname;First name;ID number;Email address\r\nHopper;Grace;9;g@h.org\r\n",
            &[("Grace Hopper", "9", "g@h.org")],
        );
    }

    #[test]
    fn what_is_no_roster_is_refused() {
        for (text, want) in [
            ("", "empty"),
            ("name,mail\nA,b@c\n", "no column of numbers"),
            ("number\n1\n", "no column of names"),
            ("name,number\nA,1\nB,1\n", "again"),
            ("name,number\nA,\n", "has no number"),
            ("name,number\n\"A,1\n", "quoted"),
            ("name,number\n\"A\u{7}\",1\n", "row 2"),
        ] {
            let error = format!("{:#}", read(text).unwrap_err());
            assert!(error.contains(want), "{text:?}: {error}");
        }
    }
}
