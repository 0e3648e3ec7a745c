//! `distlab me`: who the learner is.

use super::{Args, DONE, args, say, say_json};
use session::class::Person;

pub(super) fn run(args: &Args, what: &args::Me) -> anyhow::Result<u8> {
    let mut profile = args.profile()?;
    if what.json {
        say_json(&profile.person)?;
        return Ok(DONE);
    }
    if what.name.is_some() || what.number.is_some() || what.mail.is_some() {
        let known = profile.person.clone().unwrap_or_default();
        let word = |new: &Option<String>, old: String| new.clone().unwrap_or(old);
        let person = Person::new(
            &word(&what.name, known.name),
            &word(&what.number, known.number),
            &word(&what.mail, known.mail),
        )?;
        let begun = profile.begun()?;
        profile.introduce(person)?;
        if !begun.is_empty() {
            say(format!(
                "{} begun before, so what you hand in from there does not carry this name.",
                begun.join(", ") + if begun.len() == 1 { " was" } else { " were" }
            ))?;
        }
    }
    match &profile.person {
        Some(person) => {
            say(format!("name    {}", person.name))?;
            say(format!("number  {}", person.number))?;
            say(format!("mail    {}", person.mail))?;
        }
        None => say(
            "You have not said who you are: distlab me --name \"Your Name\" --number N --mail ADDRESS",
        )?,
    }
    if let Some(class) = &profile.class {
        say(format!("class   {}", class.terms.name))?;
    }
    Ok(DONE)
}
