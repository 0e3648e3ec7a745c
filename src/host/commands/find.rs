//! `find`.

use super::{Call, Ran, base, curled};
use crate::files::{Kind, Node, path};
use crate::glob;

/// One test or action.
enum Test {
    Name(String, bool),
    Path(String),
    Type(Vec<char>),
    Size(char, u64, u64),
    Minutes(char, i64, i64),
    Mode(char, u16),
    User(String),
    Group(String),
    Newer(String),
    Empty,
    Fixed(bool),
    Not(Box<Test>),
    And(Vec<Test>),
    Or(Vec<Test>),
    Print,
    Print0,
    Delete,
    Prune,
    Quit,
    Exec(Vec<String>, bool),
}

struct Reader<'a> {
    words: &'a [String],
    at: usize,
    depth_max: usize,
    depth_min: usize,
    acts: bool,
    deepest_first: bool,
}

fn sized(text: &str) -> Option<(char, &str)> {
    let c = text.chars().next()?;
    Some(if matches!(c, '+' | '-') { (c, &text[1..]) } else { ('=', text) })
}

impl Reader<'_> {
    fn value(&mut self, name: &str) -> Result<String, String> {
        self.at += 1;
        self.words.get(self.at - 1).cloned().ok_or_else(|| format!("missing argument to `{name}'"))
    }

    fn either(&mut self) -> Result<Test, String> {
        let mut all = vec![self.both()?];
        while self.words.get(self.at).is_some_and(|word| matches!(word.as_str(), "-o" | "-or")) {
            self.at += 1;
            all.push(self.both()?);
        }
        Ok(Test::Or(all))
    }

    fn both(&mut self) -> Result<Test, String> {
        let mut all = Vec::new();
        while let Some(word) = self.words.get(self.at) {
            match word.as_str() {
                "-o" | "-or" | ")" => break,
                "-a" | "-and" => self.at += 1,
                _ => all.push(self.one()?),
            }
        }
        Ok(Test::And(all))
    }

    #[allow(clippy::too_many_lines, reason = "a table in all but form")]
    fn one(&mut self) -> Result<Test, String> {
        let word = self.words[self.at].clone();
        self.at += 1;
        let bad = |value: &str| format!("invalid argument `{value}' to `{word}'");
        Ok(match word.as_str() {
            "!" | "-not" => {
                if self.at >= self.words.len() {
                    return Err("expected an expression after '!'".into());
                }
                Test::Not(Box::new(self.one()?))
            }
            "(" => {
                let inner = self.either()?;
                if self.words.get(self.at).is_none_or(|word| word != ")") {
                    return Err("invalid expression; I was expecting to find a ')' somewhere but did not see one.".into());
                }
                self.at += 1;
                inner
            }
            "-name" | "-iname" => Test::Name(self.value(&word)?, word == "-iname"),
            "-path" | "-wholename" => Test::Path(self.value(&word)?),
            "-type" => {
                let value = self.value(&word)?;
                let kinds: Vec<char> = value.chars().filter(|c| *c != ',').collect();
                if let Some(wrong) = kinds.iter().find(|c| !"fdlcbps".contains(**c)) {
                    return Err(format!("Unknown argument to -type: {wrong}"));
                }
                Test::Type(kinds)
            }
            "-size" => {
                let value = self.value(&word)?;
                let (sign, rest) = sized(&value).ok_or_else(|| bad(&value))?;
                let (digits, unit) = match rest.chars().last() {
                    Some('c') => (&rest[..rest.len() - 1], 1),
                    Some('k') => (&rest[..rest.len() - 1], 1024),
                    Some('M') => (&rest[..rest.len() - 1], 1024 * 1024),
                    Some('G') => (&rest[..rest.len() - 1], 1024 * 1024 * 1024),
                    _ => (rest, 512),
                };
                Test::Size(sign, digits.parse().map_err(|_| bad(&value))?, unit)
            }
            "-mtime" | "-mmin" | "-ctime" | "-cmin" | "-atime" => {
                let value = self.value(&word)?;
                let (sign, digits) = sized(&value).ok_or_else(|| bad(&value))?;
                let unit = if word.ends_with("time") { 1440 } else { 1 };
                Test::Minutes(sign, digits.parse().map_err(|_| bad(&value))?, unit)
            }
            "-perm" => {
                let value = self.value(&word)?;
                let (sign, digits) = match value.chars().next() {
                    Some(c @ ('-' | '/')) => (c, &value[1..]),
                    _ => ('=', value.as_str()),
                };
                let mode = super::rights::mode_of(digits, 0, false);
                Test::Mode(sign, mode.ok_or_else(|| format!("invalid mode {}", curled(&value)))?)
            }
            "-user" => Test::User(self.value(&word)?),
            "-group" => Test::Group(self.value(&word)?),
            "-newer" => Test::Newer(self.value(&word)?),
            "-empty" => Test::Empty,
            "-true" => Test::Fixed(true),
            "-false" => Test::Fixed(false),
            "-maxdepth" | "-mindepth" => {
                let value = self.value(&word)?;
                let number = value.parse().map_err(|_| {
                    format!(
                        "Expected a positive decimal integer argument to {word}, but got {}",
                        curled(&value)
                    )
                })?;
                if word == "-maxdepth" {
                    self.depth_max = number;
                } else {
                    self.depth_min = number;
                }
                Test::Fixed(true)
            }
            "-depth" => {
                self.deepest_first = true;
                Test::Fixed(true)
            }
            "-prune" => Test::Prune,
            "-quit" => Test::Quit,
            "-print" | "-print0" => {
                self.acts = true;
                if word == "-print" { Test::Print } else { Test::Print0 }
            }
            "-delete" => {
                self.acts = true;
                self.deepest_first = true;
                Test::Delete
            }
            "-exec" => {
                self.acts = true;
                let mut args = Vec::new();
                loop {
                    let Some(next) = self.words.get(self.at) else {
                        return Err("missing argument to `-exec'".into());
                    };
                    self.at += 1;
                    if next == ";" {
                        break Test::Exec(args, false);
                    }
                    if next == "+" && args.last().is_some_and(|arg| arg == "{}") {
                        args.pop();
                        break Test::Exec(args, true);
                    }
                    args.push(next.clone());
                }
            }
            word if word.starts_with('-') => return Err(format!("unknown predicate `{word}'")),
            word => return Err(format!("paths must precede expression: `{word}'")),
        })
    }
}

#[allow(clippy::struct_excessive_bools, reason = "they are switches")]
struct Walk {
    test: Test,
    depth_max: usize,
    depth_min: usize,
    deepest_first: bool,
    acts: bool,
    /// What is to be done: `p` and `0` print, `x` runs, `d` removes; then the path.
    plan: Vec<String>,
    failed: bool,
    done: bool,
}

pub(super) fn find(call: &mut Call<'_>) -> Ran {
    let args = call.args();
    let end = args
        .iter()
        .position(|arg| {
            (arg.starts_with('-') && arg.len() > 1) || matches!(arg.as_str(), "!" | "(")
        })
        .unwrap_or(args.len());
    let roots = if end == 0 { vec![".".to_owned()] } else { args[..end].to_vec() };
    let mut reader = Reader {
        words: &args[end..],
        at: 0,
        depth_max: usize::MAX,
        depth_min: 0,
        acts: false,
        deepest_first: false,
    };
    let test = match reader.either() {
        Ok(test) if reader.at == reader.words.len() => test,
        Ok(_) => {
            call.complain("you have too many ')'");
            return Ok(1);
        }
        Err(text) => {
            call.complain(text);
            return Ok(1);
        }
    };
    let mut walk = Walk {
        test,
        depth_max: reader.depth_max,
        depth_min: reader.depth_min,
        deepest_first: reader.deepest_first,
        acts: reader.acts,
        plan: Vec::new(),
        failed: false,
        done: false,
    };
    // The tree may change under what is run: it is walked once.
    let plan = call.once(|call| {
        for root in roots {
            walk.visit(call, &root, 0);
        }
        walk.plan.push(if walk.failed { "1".into() } else { "0".into() });
        std::mem::take(&mut walk.plan)
    });
    let (status, plan) =
        plan.split_last().map_or((0, &[][..]), |(last, rest)| (i32::from(last == "1"), rest));
    carry_out(call, &walk.test, plan)?;
    Ok(status)
}

fn command(test: &Test) -> Option<(&Vec<String>, bool)> {
    match test {
        Test::Exec(args, all) => Some((args, *all)),
        Test::And(all) | Test::Or(all) => all.iter().find_map(command),
        Test::Not(one) => command(one),
        _ => None,
    }
}

fn carry_out(call: &mut Call<'_>, test: &Test, plan: &[String]) -> Result<(), super::Wait> {
    let mut gathered = Vec::new();
    for act in plan {
        let (kind, file) = act.split_at(1);
        match kind {
            "p" => call.line(file),
            "0" => call.out(format!("{file}\0")),
            "!" => call.err(file),
            "x" => match command(test) {
                Some((_, true)) => gathered.push(file.to_owned()),
                Some((args, false)) => {
                    let args = args.iter().map(|arg| arg.replace("{}", file)).collect();
                    let run = call.child(args);
                    call.run(run)?;
                }
                None => {}
            },
            _ => {}
        }
    }
    if !gathered.is_empty()
        && let Some((args, _)) = command(test)
    {
        let mut args = args.clone();
        args.extend(gathered);
        let run = call.child(args);
        call.run(run)?;
    }
    Ok(())
}

impl Walk {
    fn visit(&mut self, call: &mut Call<'_>, file: &str, depth: usize) {
        let (full, who) = (call.path(file), call.who());
        let node = match call.host.files.look(&who, &full, false) {
            Ok(node) => node.clone(),
            Err(e) => {
                self.plan.push(format!("!find: {}: {e}", curled(file)));
                self.failed = true;
                return;
            }
        };
        let mut prune = false;
        if !self.deepest_first {
            self.judge(call, file, &node, depth, &mut prune);
        }
        if matches!(node.kind, Kind::Folder(_)) && depth < self.depth_max && !prune && !self.done {
            match call.host.files.list(&who, &full) {
                Ok(names) => {
                    for name in names {
                        if self.done {
                            return;
                        }
                        self.visit(call, &path::child(file, &name), depth + 1);
                    }
                }
                Err(e) => {
                    self.plan.push(format!("!find: {}: {e}", curled(file)));
                    self.failed = true;
                }
            }
        }
        if self.deepest_first && !self.done {
            self.judge(call, file, &node, depth, &mut prune);
        }
    }

    fn judge(
        &mut self,
        call: &mut Call<'_>,
        file: &str,
        node: &Node,
        depth: usize,
        prune: &mut bool,
    ) {
        if depth < self.depth_min {
            return;
        }
        let test = std::mem::replace(&mut self.test, Test::Fixed(true));
        let holds = self.holds(call, &test, file, node, prune);
        self.test = test;
        if holds && !self.acts {
            self.plan.push(format!("p{file}"));
        }
    }

    #[allow(clippy::too_many_lines, reason = "a table in all but form")]
    fn holds(
        &mut self,
        call: &mut Call<'_>,
        test: &Test,
        file: &str,
        node: &Node,
        prune: &mut bool,
    ) -> bool {
        let compare = |sign: char, value: i64, wanted: i64| match sign {
            '+' => value > wanted,
            '-' => value < wanted,
            _ => value == wanted,
        };
        match test {
            Test::And(all) => all.iter().all(|test| self.holds(call, test, file, node, prune)),
            Test::Or(all) => all.iter().any(|test| self.holds(call, test, file, node, prune)),
            Test::Not(test) => !self.holds(call, test, file, node, prune),
            Test::Fixed(holds) => *holds,
            Test::Name(pattern, fold) => {
                let (pattern, name) = if *fold {
                    (pattern.to_lowercase(), base(file).to_lowercase())
                } else {
                    (pattern.clone(), base(file).to_owned())
                };
                glob::matches(&glob::parse(&pattern), &name)
            }
            Test::Path(pattern) => glob::matches(&glob::parse(pattern), file),
            Test::Type(kinds) => {
                let letter = if node.letter() == '-' { 'f' } else { node.letter() };
                kinds.contains(&letter)
            }
            Test::Size(sign, count, unit) => {
                let size = i64::try_from(node.size().div_ceil(*unit)).unwrap_or(i64::MAX);
                compare(*sign, size, i64::try_from(*count).unwrap_or(i64::MAX))
            }
            Test::Minutes(sign, count, unit) => {
                let age = (call.host.now.secs() - node.modified.secs()).div_euclid(60 * unit);
                compare(*sign, age, *count)
            }
            Test::Mode('-', mode) => node.mode & mode == *mode,
            Test::Mode('/', mode) => node.mode & mode != 0 || *mode == 0,
            Test::Mode(_, mode) => node.mode == *mode,
            Test::User(name) => {
                call.host.user_name(node.uid) == *name || node.uid.to_string() == *name
            }
            Test::Group(name) => {
                call.host.group_name(node.gid) == *name || node.gid.to_string() == *name
            }
            Test::Newer(other) => {
                let (path, who) = (call.path(other), call.who());
                call.host
                    .files
                    .look(&who, &path, true)
                    .is_ok_and(|other| node.modified > other.modified)
            }
            Test::Empty => match &node.kind {
                Kind::Folder(entries) => entries.is_empty(),
                _ => node.size() == 0,
            },
            Test::Prune => {
                *prune = true;
                true
            }
            Test::Quit => {
                self.done = true;
                true
            }
            Test::Print | Test::Print0 | Test::Exec(..) => {
                let kind = match test {
                    Test::Print => 'p',
                    Test::Print0 => '0',
                    _ => 'x',
                };
                self.plan.push(format!("{kind}{file}"));
                true
            }
            Test::Delete => {
                let (path, who, now) = (call.path(file), call.who(), call.host.now);
                let removed = if matches!(node.kind, Kind::Folder(_)) {
                    call.host.files.remove_folder(&who, &path, now)
                } else {
                    call.host.files.unlink(&who, &path, now)
                };
                if let Err(e) = removed {
                    self.plan.push(format!("!find: cannot delete {}: {e}", curled(file)));
                    self.failed = true;
                }
                removed.is_ok()
            }
        }
    }
}
