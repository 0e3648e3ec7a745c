//! How a process becomes another program.

use crate::Host;
use crate::commands;
use crate::files::{self, EXECUTE, Errno, path};
use crate::process::{Env, Kind, Pid, Program, State};
use crate::shell::state::{Frame, Origin, Shell, Source};

/// A complaint and the status that goes with it.
pub type Refusal = (String, i32);

/// Interpreters that a script's first line may lead through.
const INTERPRETERS_MAX: u32 = 4;

impl Host {
    /// Where a command's program is.
    pub fn locate(&self, pid: Pid, name: &str, search: &str) -> Result<String, Refusal> {
        let who = &self.process(pid).who;
        if name.contains('/') {
            let file = self.at(pid, name);
            return match self.files.look(who, &file, true) {
                Err(e) => {
                    Err((format!("{name}: {e}"), if e == Errno::NoEntry { 127 } else { 126 }))
                }
                Ok(node) if matches!(node.kind, files::Kind::Folder(_)) => {
                    Err((format!("{name}: Is a directory"), 126))
                }
                Ok(node) if !node.allows(who, EXECUTE) => {
                    Err((format!("{name}: Permission denied"), 126))
                }
                Ok(_) => Ok(name.to_owned()),
            };
        }
        let mut denied = None;
        for folder in search.split(':') {
            let folder = if folder.is_empty() { "." } else { folder };
            let found = path::child(folder, name);
            let Ok(node) = self.files.look(who, &self.at(pid, &found), true) else { continue };
            if matches!(node.kind, files::Kind::Folder(_)) {
                continue;
            }
            if node.allows(who, EXECUTE) {
                return Ok(found);
            }
            denied = Some(found);
        }
        match denied {
            Some(found) => Err((format!("{found}: Permission denied"), 126)),
            None => Err((format!("{name}: command not found"), 127)),
        }
    }

    /// Turns a process into the program of this file.
    pub fn exec(
        &mut self,
        pid: Pid,
        file: &str,
        args: Vec<String>,
        env: Env,
    ) -> Result<(), Refusal> {
        self.exec_at(pid, file, args, env, 0)
    }

    fn exec_at(
        &mut self,
        pid: Pid,
        file: &str,
        args: Vec<String>,
        env: Env,
        depth: u32,
    ) -> Result<(), Refusal> {
        let who = self.process(pid).who.clone();
        let full = self.at(pid, file);
        let node = self.files.look(&who, &full, true);
        let node = node.map_err(|e| (format!("{file}: {e}"), 127))?;
        let name = match &node.kind {
            files::Kind::Program(name, _) => name.clone(),
            files::Kind::File(bytes) => {
                let bytes = bytes.clone();
                return self.interpret(pid, file, &bytes, args, env, depth);
            }
            _ => return Err((format!("{file}: Permission denied"), 126)),
        };
        self.process_mut(pid).args.clone_from(&args);
        self.process_mut(pid).state = State::Ready;
        if matches!(name.as_str(), "bash" | "sh") {
            return self.become_shell(pid, &args, &env);
        }
        let world = self.programs.contains(&name);
        if !world && commands::find(&name).is_none() {
            return Err((format!("{file}: {}", Errno::NoExec), 126));
        }
        let program = Program { name, args, env, ..Program::default() };
        self.process_mut(pid).kind = Kind::Program(Box::new(program));
        Ok(())
    }

    fn interpret(
        &mut self,
        pid: Pid,
        file: &str,
        bytes: &[u8],
        args: Vec<String>,
        env: Env,
        depth: u32,
    ) -> Result<(), Refusal> {
        let first = bytes.split(|b| *b == b'\n').next().unwrap_or_default();
        if first.contains(&0) {
            return Err((format!("{file}: {}", Errno::NoExec), 126));
        }
        let first = String::from_utf8_lossy(first).into_owned();
        let mut words = vec!["/bin/bash".to_owned()];
        if let Some(line) = first.strip_prefix("#!") {
            let line = line.trim();
            let (interpreter, argument) = line.split_once([' ', '\t']).unwrap_or((line, ""));
            words = vec![interpreter.to_owned()];
            if !argument.trim().is_empty() {
                words.push(argument.trim().to_owned());
            }
        }
        if depth >= INTERPRETERS_MAX || self.locate(pid, &words[0], "").is_err() {
            return Err((format!("{file}: cannot execute: required file not found"), 127));
        }
        let interpreter = words[0].clone();
        words.push(file.to_owned());
        words.extend(args.into_iter().skip(1));
        self.exec_at(pid, &interpreter, words, env, depth + 1)
    }

    #[allow(clippy::too_many_lines, reason = "a table in all but form")]
    /// `bash` with its arguments.
    fn become_shell(&mut self, pid: Pid, args: &[String], env: &Env) -> Result<(), Refusal> {
        let mut shell = self.new_shell(pid, env);
        let name = args.first().map_or("bash", String::as_str);
        path::base(name.trim_start_matches('-')).clone_into(&mut shell.name);
        shell.login = name.starts_with('-');
        let (mut at, mut text, mut from_input) = (1, false, false);
        while let Some(word) =
            args.get(at).filter(|word| word.len() > 1 && word.starts_with(['-', '+']))
        {
            at += 1;
            if word == "--" {
                break;
            }
            if word.starts_with("--") {
                match word.as_str() {
                    "--login" => shell.login = true,
                    "--norc" | "--noprofile" | "--posix" => {}
                    other => return Err((format!("{other}: invalid option"), 2)),
                }
                continue;
            }
            let on = word.starts_with('-');
            for letter in word[1..].chars() {
                let o = &mut shell.options;
                match letter {
                    'c' => text = true,
                    'e' => o.exit_on_error = on,
                    'u' => o.no_unset = on,
                    'x' => o.trace = on,
                    'v' => o.verbose = on,
                    'n' => o.no_exec = on,
                    'f' => o.no_glob = on,
                    'a' => o.all_export = on,
                    'C' => o.no_clobber = on,
                    'l' => shell.login = true,
                    'i' => shell.interactive = true,
                    's' => from_input = true,
                    'o' => {
                        if args.get(at).is_some_and(|name| name == "pipefail") {
                            o.pipe_fail = on;
                        }
                        at += 1;
                    }
                    other => return Err((format!("-{other}: invalid option"), 2)),
                }
            }
        }
        let rest = args.get(at..).unwrap_or_default();
        let source = if text {
            let Some(text) = rest.first() else {
                return Err(("-c: option requires an argument".into(), 2));
            };
            if let Some(name) = rest.get(1) {
                shell.name.clone_from(name);
            }
            shell.params = rest.get(2..).unwrap_or_default().to_vec();
            Source { text: text.as_str().into(), line: 1, origin: Origin::Text }
        } else if let Some(file) = rest.first().filter(|_| !from_input) {
            let who = self.process(pid).who.clone();
            let bytes = match self.files.read(&who, &self.at(pid, file)) {
                Ok(bytes) => bytes,
                Err(e) => {
                    let status = if e == Errno::NoEntry { 127 } else { 126 };
                    return Err((format!("{file}: {e}"), status));
                }
            };
            shell.name.clone_from(file);
            shell.params = rest[1..].to_vec();
            let text = String::from_utf8_lossy(&bytes).into_owned().into();
            Source { text, line: 1, origin: Origin::File }
        } else {
            shell.params = rest.to_vec();
            shell.interactive |= self.is_terminal(pid, 0);
            if shell.interactive {
                shell.name = if shell.login { "-bash".into() } else { "bash".into() };
            }
            Source { text: "".into(), line: 1, origin: Origin::Input }
        };
        shell.frames.push(Frame::Source(source));
        self.start_files(pid, &mut shell);
        let process = self.process_mut(pid);
        process.kind = Kind::Shell(Box::new(shell));
        process.state = State::Ready;
        Ok(())
    }

    /// A shell as it is before it has read anything.
    pub(crate) fn new_shell(&mut self, pid: Pid, env: &Env) -> Shell {
        let mut shell = Shell { top: pid, name: "bash".into(), ..Shell::default() };
        for (name, value) in env {
            shell.export(name, value);
        }
        let cwd = self.process(pid).cwd.clone();
        shell.export("PWD", &cwd);
        let level = shell.get("SHLVL").and_then(|n| n.parse::<u32>().ok()).unwrap_or(0);
        shell.export("SHLVL", &(level.saturating_add(1)).to_string());
        if shell.get("PATH").is_none() {
            let _ =
                shell.set("PATH", "/usr/local/bin:/usr/local/sbin:/usr/bin:/usr/sbin:/bin:/sbin:.");
        }
        let _ = shell.set("IFS", " \t\n");
        let _ = shell.set("OPTIND", "1");
        let _ = shell.set("PS4", "+ ");
        shell.option_index = 1;
        shell.random = u64::from(pid) ^ self.rng.next_u64();
        shell
    }

    /// What a shell reads before anything else.
    fn start_files(&self, pid: Pid, shell: &mut Shell) {
        let home = shell.get("HOME").unwrap_or("/").to_owned();
        let who = &self.process(pid).who;
        let mut wanted = Vec::new();
        if shell.login {
            wanted.push("/etc/profile".to_owned());
            let own = [".bash_profile", ".bash_login", ".profile"];
            let own = own.iter().map(|name| path::child(&home, name));
            wanted.extend(own.into_iter().find(|file| self.files.read(who, file).is_ok()));
        } else if shell.interactive {
            wanted.push(path::child(&home, ".bashrc"));
        }
        if shell.interactive {
            let _ = shell.set("PS1", "[\\u@\\h \\W]\\$ ");
            let _ = shell.set("PS2", "> ");
        }
        for file in wanted.into_iter().rev() {
            if let Ok(bytes) = self.files.read(who, &file) {
                let text = String::from_utf8_lossy(&bytes).into_owned().into();
                shell.frames.push(Frame::Dot(None));
                shell.frames.push(Frame::Source(Source { text, line: 1, origin: Origin::Dot }));
            }
        }
    }
}
