//! What line mode answers to one command, with no lab open and in one. Whole talks are pictures in the
//! tests of the program.

use super::run;
use crate::Start;
use crate::testing::Demo;

fn check(start: &Start, command: &str, want: &str) {
    let mut output = Vec::new();
    run(&Demo::default(), start.clone(), &mut command.as_bytes(), &mut output, || 78).unwrap();
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

#[test]
fn lines_are_as_wide_as_the_terminal_and_no_word_is_broken() {
    let told = |start: &Start, commands: &str, width: fn() -> usize| {
        let mut output = Vec::new();
        run(&Demo::default(), start.clone(), &mut commands.as_bytes(), &mut output, width).unwrap();
        String::from_utf8(output).unwrap()
    };
    // A rule is drawn as wide as a line.
    let rule = |word: &&str| !word.chars().all(|c| c == '-');
    let words =
        |text: &str| text.split_whitespace().filter(rule).map(str::to_owned).collect::<Vec<_>>();
    let lab = Start::Lab("s3-versions".into());
    for (start, commands) in [
        (&Start::Home, "labs\nhelp\nnotes\nnotes image\npage 1\nhnit\n"),
        (&lab, "intro\nread\nsteps\nnext\ncheck\nhint\nreset\nno\n"),
    ] {
        let wide = told(start, commands, || 400);
        let narrow = told(start, commands, || 40);
        assert_eq!(words(&narrow), words(&wide), "{commands:?}: the same words at any width");
        for line in narrow.lines() {
            // Whoever types begins a new line behind a prompt.
            let line = line.rsplit("> ").next().unwrap_or(line);
            // What cannot be broken is as wide as it is: a long word, a line of code.
            let code = line.starts_with("  ") && wide.contains(line);
            let long = line.split_whitespace().any(|word| word.chars().count() > 30);
            assert!(line.chars().count() <= 40 || code || long, "{commands:?}: {line:?}");
        }
    }
}
