//! Which commands inside a container only look, and end by themselves: what a lab's check may run
//! with `docker exec`.
//!
//! A closed list: a program that is not known here may change something. The program is the name
//! alone, as the image's own PATH finds it.

/// Programs that only look, whatever their arguments.
const LOOKING: &[&str] =
    &["cat", "head", "id", "ls", "nslookup", "printenv", "ps", "stat", "test", "uname", "wc"];

/// Programs that only look when they have no arguments.
const LOOKING_ALONE: &[&str] = &["env", "hostname"];

/// Switches of the database client that change nothing but the layout of its answer.
const SQL_SWITCHES: &[&str] =
    &["-B", "--batch", "-N", "--skip-column-names", "-s", "--silent", "-t", "--table"];

/// Options of the database client that say whom to ask, and as whom.
const SQL_OPTIONS: &[&str] =
    &["--user=", "--password=", "--host=", "--port=", "--protocol=", "--database="];

/// How statements begin that only read.
const SQL_READING: &[&str] = &["SELECT", "SHOW", "DESCRIBE"];

/// More packets than this a check does not send.
const PINGS_MAX: u32 = 10;

/// Whether this command line inside a container only looks.
pub(super) fn only_looks(program: &str, arguments: &[String]) -> bool {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match program {
        "tail" => !words.iter().any(|a| follows(a)),
        "mysql" | "mariadb" => only_asks(&words),
        "ping" => counted(&words),
        "wget" => only_fetches(&words),
        _ => LOOKING.contains(&program) || (LOOKING_ALONE.contains(&program) && words.is_empty()),
    }
}

/// Whether a command inside a container only looks, as the engine tells of it: words joined by
/// blanks, and the quotes lost. Of a statement with blanks the first word has to tell.
pub(crate) fn only_looks_inside(line: &str) -> bool {
    let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
    words.split_first().is_some_and(|(program, arguments)| only_looks(program, arguments))
}

/// Following a file does not end by itself.
fn follows(argument: &str) -> bool {
    argument.starts_with("--f")
        || (!argument.starts_with("--")
            && argument.starts_with('-')
            && argument.contains(['f', 'F']))
}

/// A database client with statements that only read. Without any it does what its input says.
fn only_asks(words: &[&str]) -> bool {
    let mut words = words.iter();
    let mut asks = false;
    while let Some(word) = words.next() {
        let statement = match word.strip_prefix("--execute=") {
            Some(statement) => Some(statement),
            None if ["-e", "--execute"].contains(word) => match words.next() {
                Some(statement) => Some(*statement),
                None => return false,
            },
            None => None,
        };
        let fine = match statement {
            Some(statement) => {
                asks = true;
                only_reads(statement)
            }
            None => {
                SQL_SWITCHES.contains(word)
                    || SQL_OPTIONS.iter().any(|option| word.starts_with(option))
                    || !word.starts_with('-')
            }
        };
        if !fine {
            return false;
        }
    }
    asks
}

/// One statement that reads. `SELECT … INTO` writes a file or a variable, a semicolon begins another
/// statement, and a backslash a command of the client.
fn only_reads(statement: &str) -> bool {
    let statement = statement.trim().trim_end_matches(';');
    let mut words = statement.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let first = words.next().unwrap_or_default().to_ascii_uppercase();
    SQL_READING.contains(&first.as_str())
        && !statement.contains([';', '\\'])
        && !words.any(|word| word.eq_ignore_ascii_case("into"))
}

/// `ping` ends by itself only when it is told how often.
fn counted(words: &[&str]) -> bool {
    let count = words.iter().enumerate().find_map(|(i, word)| {
        let rest = word.strip_prefix("-c")?;
        if rest.is_empty() { words.get(i + 1).copied() } else { Some(rest) }
    });
    count.and_then(|n| n.parse::<u32>().ok()).is_some_and(|n| (1..=PINGS_MAX).contains(&n))
        && !words.contains(&"-f")
}

/// A plain GET to standard output. Anything else could store a file, or send one.
fn only_fetches(words: &[&str]) -> bool {
    let Some((address, flags)) = words.split_last() else { return false };
    let to_output = match flags {
        [both] => ["-qO-", "-O-"].contains(both),
        ["-q", "-O-"] | ["-O-", "-q"] | ["-qO" | "-O", "-"] | ["-q", "-O", "-"] => true,
        _ => false,
    };
    to_output && !address.starts_with('-')
}

#[cfg(test)]
mod tests {
    use super::only_looks;

    fn check(line: &str, want: bool) {
        let words = shlex::split(line).expect("a line of words");
        assert_eq!(only_looks(&words[0], &words[1..]), want, "{line}");
    }

    #[test]
    fn looks() {
        for line in [
            "cat /etc/hosts",
            "uname -r",
            "hostname",
            "tail -n 3 /x",
            "nslookup books",
            "ping -c 1 books",
            "ping -c3 -W 1 172.17.0.2",
            "wget -qO- http://books/",
            "wget -q -O - http://books/",
            "mysql --user=root --password=x --batch -e 'SELECT COUNT(*) FROM a.b'",
            "mariadb --user=root --password= --execute='show databases;' shop",
            "mysql -e 'SELECT intone FROM t'",
        ] {
            check(line, true);
        }
    }

    #[test]
    fn the_engine_tells_without_quotes() {
        for (line, want) in [
            ("cat /etc/hosts", true),
            ("mysql --user=root --execute SELECT COUNT(*) FROM shop.shelf", true),
            ("mysql --user=root --execute CREATE DATABASE shop", false),
            ("sh -c ls", false),
            ("", false),
        ] {
            assert_eq!(super::only_looks_inside(line), want, "{line}");
        }
    }

    #[test]
    fn may_change_something() {
        for line in [
            "sh -c ls",
            "hostname other",
            "tail -f /x",
            "ping books",
            "ping -c 100 books",
            "ping -c x books",
            "ping -f -c 3 books",
            "wget http://books/",
            "wget -qO /etc/passwd http://books/",
            "wget -qO- --post-data=x http://books/",
            "wget",
            "mysql -e 'DROP TABLE x'",
            "mysql -e 'SELECT 1; DROP TABLE x'",
            "mysql -e 'SELECT 1 INTO OUTFILE \"/x\"'",
            "mysql -e 'SELECT 1 into @a'",
            "mysql -e 'SELECT 1 \\! ls'",
            "mysql --tee=/x -e 'SELECT 1'",
            "mysql -e",
            "mysql --user=root shop",
            "/evil/cat x",
        ] {
            check(line, false);
        }
    }
}
