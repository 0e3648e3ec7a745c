//! The classic builder sets each label of a build in a step of its own behind the Dockerfile's. The
//! step that sets the lab's label, where it cannot be inherited, is taken out of what is printed, and
//! the steps are counted without it: a learner counts the lines of the Dockerfile.

use serde_json::{Value, json};

/// Messages of a build on their way to the screen.
pub(super) struct Unlabelled {
    /// What the step says: `LABEL distlab=x`.
    step: String,
    /// Steps that follow it.
    after: usize,
    inside: bool,
    passed: bool,
    /// The image that a step led to; the one that our label led to takes its place.
    held: Option<Value>,
}

impl Unlabelled {
    /// `after` is how many labels the engine sets behind ours.
    pub(super) fn new(name: &str, value: &str, after: usize) -> Self {
        let step = format!("LABEL {name}={value}");
        Self { step, after, inside: false, passed: false, held: None }
    }

    /// What is to be printed now that this message is here.
    pub(super) fn pass(&mut self, message: Value) -> Vec<Value> {
        let Some(text) = message.get("stream").and_then(Value::as_str) else {
            self.inside = false;
            return self.release(message);
        };
        if let Some((number, total, what)) = step(text) {
            let ours = what == self.step && number + self.after == total;
            self.inside = ours;
            self.passed |= ours;
            if ours {
                return Vec::new();
            }
            let (number, total) = (number - usize::from(self.passed), total.saturating_sub(1));
            return self.release(json!({ "stream": format!("Step {number}/{total} : {what}") }));
        }
        if leads_to(text) {
            let before = self.held.replace(message);
            return if self.inside { Vec::new() } else { before.into_iter().collect() };
        }
        if self.inside && !text.starts_with("Successfully ") {
            return Vec::new();
        }
        self.inside = false;
        self.release(message)
    }

    /// What is still to be printed at the end.
    pub(super) fn rest(&mut self) -> Option<Value> {
        self.held.take()
    }

    fn release(&mut self, message: Value) -> Vec<Value> {
        self.held.take().into_iter().chain([message]).collect()
    }
}

/// `Step 2/3 : RUN x`
pub(super) fn step(text: &str) -> Option<(usize, usize, &str)> {
    let (number, rest) = text.strip_prefix("Step ")?.split_once('/')?;
    let (total, what) = rest.split_once(" : ")?;
    Some((number.parse().ok()?, total.parse().ok()?, what))
}

/// ` ---> 0123456789ab` on a line of its own.
pub(super) fn leads_to(text: &str) -> bool {
    text.strip_prefix(" ---> ").and_then(|t| t.strip_suffix('\n')).is_some_and(|id| {
        id.is_empty() || (id.len() == 12 && id.bytes().all(|b| b.is_ascii_hexdigit()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(after: usize, messages: &[&str], want: &str) {
        let mut filter = Unlabelled::new("distlab", "x", after);
        let mut out = Vec::new();
        for text in messages {
            out.extend(filter.pass(json!({ "stream": text })));
        }
        out.extend(filter.rest());
        let text: String =
            out.iter().filter_map(|m| m.get("stream").and_then(Value::as_str)).collect();
        assert_eq!(text, want);
    }

    #[test]
    fn the_last_step_leads_to_the_labelled_image() {
        check(
            0,
            &[
                "Step 1/3 : FROM a",
                "\n",
                " ---> 000000000001\n",
                "Step 2/3 : RUN b",
                "\n",
                " ---> Running in 00000000000c\n",
                "b\n",
                "Removing intermediate container 00000000000c\n",
                " ---> 000000000002\n",
                "Step 3/3 : LABEL distlab=x",
                "\n",
                " ---> Running in 00000000000d\n",
                "Removing intermediate container 00000000000d\n",
                " ---> 000000000003\n",
                "Successfully built 000000000003\n",
                "Successfully tagged a:1\n",
            ],
            "Step 1/2 : FROM a\n ---> 000000000001\nStep 2/2 : RUN b\n ---> Running in 00000000000c\nb\nRemoving intermediate container 00000000000c\n ---> 000000000003\nSuccessfully built 000000000003\nSuccessfully tagged a:1\n",
        );
    }

    #[test]
    fn a_label_behind_ours_keeps_its_step() {
        check(
            1,
            &[
                "Step 1/3 : FROM a",
                "\n",
                " ---> 000000000001\n",
                "Step 2/3 : LABEL distlab=x",
                "\n",
                " ---> Using cache\n",
                " ---> 000000000002\n",
                "Step 3/3 : LABEL z=1",
                "\n",
                " ---> Using cache\n",
                " ---> 000000000003\n",
                "Successfully built 000000000003\n",
            ],
            "Step 1/2 : FROM a\n ---> 000000000002\nStep 2/2 : LABEL z=1\n ---> Using cache\n ---> 000000000003\nSuccessfully built 000000000003\n",
        );
    }

    #[test]
    fn the_same_words_in_the_dockerfile_stay() {
        check(
            0,
            &[
                "Step 1/3 : FROM a",
                "\n",
                " ---> 000000000001\n",
                "Step 2/3 : LABEL distlab=x",
                "\n",
                " ---> 000000000002\n",
                "Step 3/3 : LABEL distlab=x",
                "\n",
                " ---> 000000000002\n",
            ],
            "Step 1/2 : FROM a\n ---> 000000000001\nStep 2/2 : LABEL distlab=x\n ---> 000000000002\n",
        );
    }

    #[test]
    fn a_build_that_fails_says_all() {
        check(0, &["Step 1/2 : FROM a", "\n", " ---> \n"], "Step 1/1 : FROM a\n ---> \n");
    }
}
