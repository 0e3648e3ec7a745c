//! The commands of a script, one by one: what a shell would read as one command is one, over however
//! many lines. It knows only what makes a command go on: quotes, a here-document, a backslash or an
//! operator at the end of a line, and what is opened with a word (`for`, `if`, `case`, `{`).

use std::collections::VecDeque;

/// The commands, without comments. Lines joined by a backslash become one line; the others stay, since
/// a here-document or a loop is nothing without them.
pub(crate) fn commands(text: &str) -> Vec<String> {
    let mut commands = Vec::new();
    let mut open = Open::default();
    let mut command = String::new();
    let mut joined = false;
    for line in text.lines() {
        if command.is_empty() && (line.trim().is_empty() || line.trim_start().starts_with('#')) {
            continue;
        }
        // The blanks that indent the rest of a line are none of the command.
        let text = if joined && open.quote.is_none() { line.trim_start() } else { line };
        joined = open.take(line);
        if joined {
            command.push_str(&text[..text.len() - 1]);
            continue;
        }
        command.push_str(text);
        if open.is_whole() {
            commands.push(std::mem::take(&mut command));
            open = Open::default();
        } else {
            command.push('\n');
        }
    }
    if !command.trim().is_empty() {
        commands.push(command.trim_end().to_owned());
    }
    commands
}

/// What is open at the end of a line.
#[derive(Default)]
struct Open {
    quote: Option<char>,
    /// The ends of the here-documents that follow, and whether tabs before them do not count.
    documents: VecDeque<(String, bool)>,
    /// Loops, branches, groups.
    depth: usize,
    /// The parentheses, and of each whether what is in it becomes a part of a command.
    parentheses: Vec<bool>,
    /// Whether the line ends with an operator that wants more.
    wants_more: bool,
}

impl Open {
    fn is_whole(&self) -> bool {
        self.quote.is_none()
            && self.documents.is_empty()
            && self.depth == 0
            && self.parentheses.is_empty()
            && !self.wants_more
    }

    /// Goes on by a line; whether a backslash at its end joins the next to it.
    fn take(&mut self, line: &str) -> bool {
        if let Some((end, tabs)) = self.documents.front() {
            let line = if *tabs { line.trim_start_matches('\t') } else { line };
            if line == end {
                self.documents.pop_front();
            }
            return false;
        }
        let mut letters = line.chars().peekable();
        // The word that is being read, and whether it stands where a command begins.
        let (mut word, mut first, mut quoted) = (String::new(), true, false);
        self.wants_more = false;
        while let Some(c) = letters.next() {
            if let Some(quote) = self.quote {
                match c {
                    '\\' if quote == '"' => _ = letters.next(),
                    c if c == quote => self.quote = None,
                    _ => {}
                }
                continue;
            }
            match c {
                '\\' => {
                    if letters.next().is_none() {
                        return true;
                    }
                    word.push('x');
                }
                '\'' | '"' | '`' => {
                    self.quote = Some(c);
                    quoted = true;
                    word.push('x');
                }
                '#' if word.is_empty() => break,
                '<' if letters.peek() == Some(&'<') => {
                    letters.next();
                    if letters.peek() == Some(&'<') {
                        letters.next();
                    } else {
                        self.document(&mut letters);
                    }
                    word.clear();
                }
                ' ' | '\t' => first = self.word(&mut word, first, &mut quoted),
                '(' => {
                    self.parentheses.push(word.ends_with(['$', '<', '>', '=']));
                    self.word(&mut word, first, &mut quoted);
                    first = true;
                }
                ')' => {
                    self.word(&mut word, first, &mut quoted);
                    // Behind a pattern of `case`, a subshell or a function's name comes a command.
                    first = self.parentheses.pop() != Some(true);
                }
                ';' | '&' | '|' => {
                    self.word(&mut word, first, &mut quoted);
                    first = true;
                    let twice = letters.next_if_eq(&c).is_some();
                    let last = letters.clone().all(char::is_whitespace);
                    self.wants_more = last && (c == '|' || (c == '&' && twice));
                }
                c => word.push(c),
            }
        }
        self.word(&mut word, first, &mut quoted);
        false
    }

    /// A word has ended. The reserved ones count where a command begins; whether one may begin behind
    /// it.
    fn word(&mut self, word: &mut String, first: bool, quoted: &mut bool) -> bool {
        let ended = std::mem::take(word);
        if ended.is_empty() || std::mem::take(quoted) {
            return first && ended.is_empty();
        }
        if !first {
            return false;
        }
        match ended.as_str() {
            // `for` and `while` end with their `done`, which closes them.
            "for" | "while" | "until" | "if" | "case" | "select" | "{" => self.depth += 1,
            "done" | "fi" | "esac" | "}" => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        matches!(
            ended.as_str(),
            "do" | "then" | "else" | "elif" | "while" | "until" | "if" | "{" | "!"
        )
    }

    /// The word behind `<<`.
    fn document(&mut self, letters: &mut std::iter::Peekable<std::str::Chars<'_>>) {
        let tabs = letters.next_if_eq(&'-').is_some();
        while letters.next_if(|c| matches!(c, ' ' | '\t')).is_some() {}
        let mut end = String::new();
        while let Some(c) = letters.next_if(|c| !c.is_whitespace() && !";&|<>()".contains(*c)) {
            if !matches!(c, '\'' | '"' | '\\') {
                end.push(c);
            }
        }
        if !end.is_empty() {
            self.documents.push_back((end, tabs));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::commands;

    #[test]
    fn a_command_is_what_a_shell_reads_as_one() {
        let check = |text: &str, want: &[&str]| assert_eq!(commands(text), want, "{text}");
        check("aws s3 ls\n\n# a comment\nls -l # more\n", &["aws s3 ls", "ls -l # more"]);
        check(
            "aws s3api put-object \\\n    --bucket b \\\n  --key k\nls\n",
            &["aws s3api put-object --bucket b --key k", "ls"],
        );
        check(
            "cat > a.txt <<EOF\none\n  two\nEOF\nls\n",
            &["cat > a.txt <<EOF\none\n  two\nEOF", "ls"],
        );
        check("cat <<'E O' <<-\"X\" | wc\nEO\n", &["cat <<'E O' <<-\"X\" | wc\nEO"]);
        check("cat <<-END | sort\n\tb\n\tEND\npwd\n", &["cat <<-END | sort\n\tb\n\tEND", "pwd"]);
        check("cat <<A - <<B\n1\nA\n2\nB\npwd\n", &["cat <<A - <<B\n1\nA\n2\nB", "pwd"]);
        // What looks like an end inside of a document, and a word on standard input, are none.
        check(
            "cat <<EOF\nif true; 'x\n EOF\nEOF\npwd\n",
            &["cat <<EOF\nif true; 'x\n EOF\nEOF", "pwd"],
        );
        check("grep a <<< 'b c'\npwd\n", &["grep a <<< 'b c'", "pwd"]);
    }

    #[test]
    fn what_is_opened_is_closed_first() {
        let check = |text: &str, want: &[&str]| assert_eq!(commands(text), want, "{text}");
        check(
            "aws x --policy '{\n  \"a\": 1\n}'\nls\n",
            &["aws x --policy '{\n  \"a\": 1\n}'", "ls"],
        );
        check(
            "for i in 1 2; do\n  echo $i\ndone\nls\n",
            &["for i in 1 2; do\n  echo $i\ndone", "ls"],
        );
        check(
            "while true\ndo date; sleep 1; done\nls\n",
            &["while true\ndo date; sleep 1; done", "ls"],
        );
        check(
            "if a; then\n  if b; then c; fi\nfi\nls\n",
            &["if a; then\n  if b; then c; fi\nfi", "ls"],
        );
        check("f() {\n  ls\n}\nf\n", &["f() {\n  ls\n}", "f"]);
        check("a |\n  b &&\nc\nls &\npwd\n", &["a |\n  b &&\nc", "ls &", "pwd"]);
        check("(cd x\nls)\npwd\n", &["(cd x\nls)", "pwd"]);
        check("x=$(ls |\nwc) for\npwd\n", &["x=$(ls |\nwc) for", "pwd"]);
        check("case $1 in\na) ls;;\nesac\npwd\n", &["case $1 in\na) ls;;\nesac", "pwd"]);
        check(
            "echo for if done 'it''s' \\' # '\npwd\n",
            &["echo for if done 'it''s' \\' # '", "pwd"],
        );
        check("echo \"$(ls)\" ${a} x{1,2}\npwd\n", &["echo \"$(ls)\" ${a} x{1,2}", "pwd"]);
        // One that is never closed is given as it stands.
        check("echo 'a\nb\n", &["echo 'a\nb"]);
    }
}
