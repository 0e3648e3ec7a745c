//! What line mode answers to one command, with no lab open and in one. Whole talks are pictures in the
//! tests of the program.

use super::run;
use crate::Start;
use crate::testing::Demo;

fn check(start: &Start, command: &str, want: &str) {
    let mut output = Vec::new();
    run(&Demo::default(), start.clone(), &mut command.as_bytes(), &mut output).unwrap();
    let text = String::from_utf8(output).unwrap();
    let said = text.split_once("> ").map_or("", |(_, said)| said);
    assert!(said.contains(want), "{command:?} says {said:?}, and not {want:?}");
}

#[test]
fn a_command_is_answered_by_a_sentence() {
    let home = Start::Home;
    check(
        &home,
        "hnit\n",
        "“hnit” is not a command here. Did you mean hint? Type help for the list.",
    );
    check(
        &home,
        "check\n",
        "Problem: No lab is open. Type labs for the list, then open and a number",
    );
    check(&home, "labs\n", "The Docker Engine does not answer");
    check(&home, "notes image\n", "Type page and a number to read.");
    check(&home, "notes nothing-of-that-name\n", "Nothing found.");
    let lab = Start::Lab("s3-versions".into());
    check(&lab, "step 99\n", "Give a number from 1 to ");
    check(&lab, "undo\n", "Problem: There is nothing to undo");
    check(&lab, "back\n", "Step 1 of ");
    check(&lab, "time\n", "2026-11-22 10:00");
}
