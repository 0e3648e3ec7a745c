//! The learner's own editor.

use std::path::Path;
use std::process::Command;

/// What the learner edits with, as the environment says it. Nothing where it does not: whoever has not
/// chosen an editor would not know how to leave the one that is there.
#[must_use]
pub fn chosen() -> Option<String> {
    let named = |key| std::env::var(key).ok().filter(|editor| !editor.trim().is_empty());
    named("VISUAL").or_else(|| named("EDITOR"))
}

/// The command that edits a file. `editor` may have arguments and quotes of its own, as git takes it.
#[must_use]
pub fn command(editor: &str, file: &Path) -> Command {
    let mut command = Command::new("/bin/sh");
    command.arg("-c").arg(format!("{editor} \"$1\"")).arg("editor").arg(file);
    command
}

/// Runs it at the terminal until the learner leaves it.
///
/// # Errors
/// A sentence for the learner.
pub fn run(editor: &str, file: &Path) -> Result<(), String> {
    let end = command(editor, file).status().map_err(|error| {
        format!(
            "the editor {editor:?} could not be started: {error}; set VISUAL or EDITOR to another"
        )
    })?;
    match end.code() {
        Some(0) => Ok(()),
        Some(126 | 127) => Err(format!(
            "the editor {editor:?} could not be started; set VISUAL or EDITOR to one that is installed"
        )),
        _ => Err(format!("the editor {editor:?} ended with an error; what it saved is kept")),
    }
}

#[cfg(test)]
mod tests {
    use super::run;

    #[test]
    fn an_editor_may_have_arguments_and_a_file_may_have_blanks() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("my notes.md");
        let check = |editor: &str, want: Result<&str, &str>| {
            let told = run(editor, &file);
            let got = std::fs::read_to_string(&file).unwrap_or_default();
            match want {
                Ok(text) => assert_eq!((told, got.as_str()), (Ok(()), text), "{editor}"),
                Err(part) => assert!(told.expect_err("an error").contains(part), "{editor}"),
            }
        };
        check("printf 'a b' | tee", Ok("a b"));
        check("cp /dev/null", Ok(""));
        check("no-such-editor --wait", Err("could not be started"));
        check("false", Err("what it saved is kept"));
    }
}
