//! Users, rights, and what finds programs.

use super::{Call, Ran, options};
use crate::files::{Who, path};

pub(super) fn yes(_: &mut Call<'_>) -> Ran {
    Ok(0)
}

pub(super) fn no(_: &mut Call<'_>) -> Ran {
    Ok(1)
}

pub(super) fn echo(call: &mut Call<'_>) -> Ran {
    let mut args = call.args();
    let bare = args.first().is_some_and(|arg| arg == "-n");
    if bare {
        args.remove(0);
    }
    call.out(args.join(" "));
    if !bare {
        call.out("\n");
    }
    Ok(0)
}

pub(super) fn which(call: &mut Call<'_>) -> Ran {
    let search = call.program.env.get("PATH").cloned().unwrap_or_default();
    let mut status = 0;
    for name in call.args() {
        match call.host.locate(call.pid, &name, &search) {
            Ok(found) => call.line(found),
            Err(_) => {
                let shown = search.clone();
                call.err(format!("/usr/bin/which: no {name} in ({shown})"));
                status = 1;
            }
        }
    }
    Ok(status)
}

/// Whether `/etc/sudoers` lets a user become another without a password.
fn may_sudo(call: &Call<'_>, user: &str) -> bool {
    let groups: Vec<String> = call
        .host
        .groups()
        .into_iter()
        .filter(|group| group.members.iter().any(|member| member == user))
        .map(|group| group.name)
        .collect();
    call.host.system_text("/etc/sudoers").lines().any(|line| {
        let Some((name, rest)) = line.split_once([' ', '\t']) else { return false };
        let named = name == user
            || name.strip_prefix('%').is_some_and(|g| groups.iter().any(|own| own == g));
        named && rest.contains("NOPASSWD")
    })
}

pub(super) fn sudo(call: &mut Call<'_>) -> Ran {
    let args = call.args();
    let (mut user, mut login, mut shell, mut at) = ("root".to_owned(), false, false, 0);
    while let Some(word) = args.get(at).filter(|word| word.starts_with('-')) {
        at += 1;
        match word.as_str() {
            "-u" => {
                user = args.get(at).cloned().unwrap_or_default();
                at += 1;
            }
            "-i" => login = true,
            "-s" => shell = true,
            "-n" | "-E" | "-H" => {}
            "--" => break,
            other => return Ok(call.unknown(other, 1)),
        }
    }
    let uid = call.who().uid;
    let name = call.host.user_name(uid);
    if uid != 0 && !may_sudo(call, &name) {
        call.complain("a terminal is required to read the password; either use the -S option to read from standard input or configure an askpass helper");
        call.complain("a password is required");
        return Ok(1);
    }
    let Some(target) = call.host.user(&user) else {
        call.complain(format!("unknown user {user}"));
        call.complain("error initializing audit plugin sudoers_audit");
        return Ok(1);
    };
    let mut words = args[at..].to_vec();
    let mut run = call.child(Vec::new());
    while let Some((name, value)) = words.first().and_then(|word| word.split_once('=')) {
        run.env.insert(name.to_owned(), value.to_owned());
        words.remove(0);
    }
    if words.is_empty() {
        if !login && !shell {
            call.err("usage: sudo -h | -K | -k | -V");
            call.err("usage: sudo [-AbEHknPS] [-u user] [VAR=value] [-i | -s] [command [arg ...]]");
            return Ok(1);
        }
        words.push(if login { "-bash".into() } else { "bash".into() });
    } else if login || shell {
        words = vec!["bash".into(), "-c".into(), words.join(" ")];
    }
    // A login shell's name begins with a dash; its file's does not.
    if words[0] == "-bash" {
        words = vec!["bash".into(), "-l".into()];
    }
    for (name, value) in [
        ("HOME", target.home.as_str()),
        ("USER", &target.name),
        ("LOGNAME", &target.name),
        ("SUDO_USER", &name),
        ("PATH", "/sbin:/bin:/usr/sbin:/usr/bin"),
    ] {
        run.env.insert(name.to_owned(), value.to_owned());
    }
    run.args = words;
    run.who = Some(call.host.who(&target));
    if login {
        run.cwd = Some(target.home.clone());
    }
    call.run(run)
}

pub(super) fn su(call: &mut Call<'_>) -> Ran {
    let (mut user, mut login, mut text) = ("root".to_owned(), false, None);
    let args = call.args();
    let mut words = args.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "-" | "-l" | "--login" => login = true,
            "-c" => text = words.next().cloned(),
            option if option.starts_with('-') => return Ok(call.unknown(option, 1)),
            name => name.clone_into(&mut user),
        }
    }
    let Some(target) = call.host.user(&user) else {
        call.complain(format!(
            "user {user} does not exist or the user entry does not contain all the required fields"
        ));
        return Ok(1);
    };
    if call.who().uid != 0 {
        call.out("Password: \n");
        call.complain("Authentication failure");
        return Ok(1);
    }
    let mut args = vec!["bash".to_owned()];
    if login {
        args.push("-l".into());
    }
    if let Some(text) = text {
        args.extend(["-c".into(), text]);
    }
    let mut run = call.child(args);
    run.env.insert("HOME".into(), target.home.clone());
    run.env.insert("USER".into(), target.name.clone());
    run.env.insert("LOGNAME".into(), target.name.clone());
    run.who = Some(call.host.who(&target));
    run.cwd = login.then(|| target.home.clone());
    call.run(run)
}

/// The first number of ordinary users (`UID_MIN` of `/etc/login.defs`).
const UID_MIN: u32 = 1000;

pub(super) fn useradd(call: &mut Call<'_>) -> Ran {
    let o = match options(call, "m M r N", "d s u g G c", 2) {
        Ok(o) => o,
        Err(status) => return Ok(status),
    };
    let Some(name) = o.rest.first().cloned() else {
        call.err("Usage: useradd [options] LOGIN");
        return Ok(2);
    };
    if call.host.user(&name).is_some() {
        call.complain(format!("user '{name}' already exists"));
        return Ok(9);
    }
    if call.who().uid != 0 {
        call.complain("Permission denied.");
        call.complain("cannot lock /etc/passwd; try again later.");
        return Ok(1);
    }
    let mut groups = call.host.groups();
    let extra: Vec<String> =
        o.value("G").map(|g| g.split(',').map(str::to_owned).collect()).unwrap_or_default();
    for group in &extra {
        if !groups.iter().any(|known| known.name == *group) {
            call.complain(format!("group '{group}' does not exist"));
            return Ok(6);
        }
    }
    let next = call.host.users().iter().map(|user| user.uid).filter(|uid| *uid < 60_000).max();
    let uid = o
        .value("u")
        .and_then(|n| n.parse().ok())
        .unwrap_or(next.map_or(UID_MIN, |n| n.max(UID_MIN - 1) + 1));
    let home = o.value("d").map_or_else(|| format!("/home/{name}"), str::to_owned);
    let shell = o.value("s").unwrap_or("/bin/bash").to_owned();
    let comment = o.value("c").unwrap_or_default().to_owned();
    for group in groups.iter_mut().filter(|group| extra.contains(&group.name)) {
        group.members.push(name.clone());
    }
    let mut text: String = groups
        .iter()
        .map(|g| format!("{}:x:{}:{}\n", g.name, g.gid, g.members.join(",")))
        .collect();
    text.push_str(&format!("{name}:x:{uid}:\n"));
    let users = call.host.system_text("/etc/passwd");
    let users = format!("{users}{name}:x:{uid}:{uid}:{comment}:{home}:{shell}\n");
    put(call, "/etc/group", text);
    put(call, "/etc/passwd", users);
    if !o.has("M") && !o.has("r") {
        call.host.make_home(&home, &Who { uid, gid: uid, groups: Vec::new() });
    }
    Ok(0)
}

fn put(call: &mut Call<'_>, file: &str, text: String) {
    let now = call.host.now;
    let _ = call.host.files.write(&Who::root(), file, text.into_bytes(), 0o644, now);
}

pub(super) fn userdel(call: &mut Call<'_>) -> Ran {
    let o = match options(call, "r f", "", 2) {
        Ok(o) => o,
        Err(status) => return Ok(status),
    };
    let name = o.rest.first().cloned().unwrap_or_default();
    let Some(user) = call.host.user(&name) else {
        call.complain(format!("user '{name}' does not exist"));
        return Ok(6);
    };
    if call.who().uid != 0 {
        call.complain("Permission denied.");
        call.complain("cannot lock /etc/passwd; try again later.");
        return Ok(1);
    }
    for file in ["/etc/passwd", "/etc/group"] {
        let text = call.host.system_text(file);
        let kept: String = text
            .lines()
            .filter(|line| !line.starts_with(&format!("{name}:")))
            .map(|l| format!("{l}\n"))
            .collect();
        put(call, file, kept);
    }
    if o.has("r") {
        let run = call.child(vec!["rm".into(), "-rf".into(), path::join("/", &user.home)]);
        return call.run(run);
    }
    Ok(0)
}
