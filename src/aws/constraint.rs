//! Constraints of the services' models that a request breaks, in the words of their own framework:
//! all of them in one message.

use sim::api::ApiError;

/// One fault in the words of a model.
pub fn fault(value: &str, path: &str, constraint: &str) -> String {
    format!("Value '{value}' at '{path}' failed to satisfy constraint: {constraint}")
}

/// What is wrong with the members of a request.
#[derive(Debug, Default)]
pub struct Faults(Vec<String>);

impl Faults {
    pub fn say(&mut self, value: &str, path: &str, constraint: &str) {
        self.0.push(fault(value, path, constraint));
    }

    /// A text of at least and at most so many characters.
    pub fn length(&mut self, path: &str, text: &str, min: usize, max: usize) {
        let chars = text.chars().count();
        self.count_of(path, text, chars, min, max);
    }

    /// A list of at least and at most so many members.
    pub fn count(&mut self, path: &str, items: &[String], min: usize, max: usize) {
        self.count_of(path, &format!("[{}]", items.join(", ")), items.len(), min, max);
    }

    fn count_of(&mut self, path: &str, value: &str, len: usize, min: usize, max: usize) {
        if len < min {
            let constraint = format!("Member must have length greater than or equal to {min}");
            self.say(value, path, &constraint);
        }
        if len > max {
            let constraint = format!("Member must have length less than or equal to {max}");
            self.say(value, path, &constraint);
        }
    }

    /// A text of such characters alone; `pattern` is how the model says it.
    pub fn pattern(
        &mut self,
        path: &str,
        text: &str,
        pattern: &str,
        allowed: impl Fn(char) -> bool,
    ) {
        if !text.chars().all(allowed) {
            let constraint = format!("Member must satisfy regular expression pattern: {pattern}");
            self.say(text, path, &constraint);
        }
    }

    /// A number that is not less and not more.
    pub fn range(&mut self, path: &str, number: i64, min: i64, max: i64) {
        if number < min {
            let constraint = format!("Member must have value greater than or equal to {min}");
            self.say(&number.to_string(), path, &constraint);
        }
        if number > max {
            let constraint = format!("Member must have value less than or equal to {max}");
            self.say(&number.to_string(), path, &constraint);
        }
    }

    /// One of a set of words.
    pub fn one_of(&mut self, path: &str, value: &str, words: &[String]) {
        if !words.iter().any(|word| word == value) {
            let constraint = format!("Member must satisfy enum value set: [{}]", words.join(", "));
            self.say(value, path, &constraint);
        }
    }

    /// # Errors
    /// Everything that was found, under this code.
    pub fn check(self, code: &str) -> Result<(), ApiError> {
        if self.0.is_empty() {
            return Ok(());
        }
        let count = self.0.len();
        let noun = if count == 1 { "error" } else { "errors" };
        let message = format!("{count} validation {noun} detected: {}", self.0.join("; "));
        Err(ApiError::new(400, code, message))
    }
}
