//! `yum` and `dnf`, `rpm`.

use std::time::Duration;

use super::text::human;
use super::{Call, Ran, Wait};
use crate::files::Who;
use crate::image;
use crate::packages::{self, CATALOGUE, Installed, Package};

/// What reading the repositories' data takes, and each package (an instance in its own region).
const METADATA: Duration = Duration::from_secs(2);
const INSTALL: Duration = Duration::from_millis(400);

pub(super) fn yum(call: &mut Call<'_>) -> Ran {
    let (mut sure, mut quiet, mut words) = (false, false, Vec::new());
    for word in call.args() {
        match word.as_str() {
            "-y" | "--assumeyes" => sure = true,
            "-q" | "--quiet" => quiet = true,
            option if option.starts_with('-') => {
                call.err(
                    format!(
                        "usage: {} [options] COMMAND\n{}: error: unrecognized arguments: {option}",
                        call.name(),
                        call.name()
                    )
                    .replace("yum:", "yum:"),
                );
                return Ok(1);
            }
            _ => words.push(word),
        }
    }
    let Some((verb, names)) = words.split_first() else {
        call.err("usage: yum [options] COMMAND");
        return Ok(1);
    };
    match verb.as_str() {
        "install" | "remove" | "erase" | "update" | "upgrade" => {
            if call.who().uid != 0 {
                call.err("Error: This command has to be run with superuser privileges (under the root user on most systems).");
                return Ok(1);
            }
        }
        "list" | "info" | "search" => return Ok(told(call, verb, names)),
        other => {
            call.err(format!("No such command: {other}. Please use /usr/bin/yum --help\nIt could be a YUM plugin command, try: \"yum install 'dnf-command({other})'\""));
            return Ok(1);
        }
    }
    if matches!(verb.as_str(), "update" | "upgrade") && names.is_empty() {
        call.sleep(METADATA)?;
        call.line("Last metadata expiration check: 0:00:01 ago.\nDependencies resolved.\nNothing to do.\nComplete!");
        return Ok(0);
    }
    if verb == "remove" || verb == "erase" {
        return Ok(removed(call, names));
    }
    installed(call, names, sure, quiet)
}

fn told(call: &mut Call<'_>, verb: &str, names: &[String]) -> i32 {
    let wanted = |package: &Package| {
        names.is_empty()
            || names.iter().any(|name| match name.as_str() {
                "installed" | "available" => true,
                name if verb == "search" => {
                    package.name.contains(name) || package.summary.contains(name)
                }
                name => package.name == name,
            })
    };
    let installed_only = names.iter().any(|name| name == "installed");
    let mut any = false;
    for package in CATALOGUE.iter().filter(|package| wanted(package)) {
        let have = call.host.packages.get(package.name).cloned();
        if installed_only && have.is_none() {
            continue;
        }
        any = true;
        let from = have.map_or_else(|| "amazonlinux".to_owned(), |have| have.from);
        let name = format!("{}.{}", package.name, package.arch);
        call.line(match verb {
            "search" => format!("{name} : {}", package.summary),
            "info" => format!(
                "Name         : {}\nVersion      : {}\nArchitecture : {}\nSize         : {}\nRepository   : {from}\nSummary      : {}\n",
                package.name,
                package.version,
                package.arch,
                human(package.size),
                package.summary
            ),
            _ => format!("{name:<40} {:<34} {from}", package.version),
        });
    }
    if any {
        return 0;
    }
    call.err(if verb == "search" {
        "No matches found."
    } else {
        "Error: No matching Packages to list"
    });
    i32::from(verb != "search")
}

fn removed(call: &mut Call<'_>, names: &[String]) -> i32 {
    for name in names {
        if call.host.packages.remove(name).is_none() {
            call.line(format!("No match for argument: {name}"));
            continue;
        }
        let (root, now) = (Who::root(), call.host.now);
        if let Some(package) = packages::find(name) {
            if let Some((service, _)) = package.service {
                call.host.stop_service(service);
                call.host.services.remove(service);
                let _ = call.host.files.unlink(
                    &root,
                    &format!("/usr/lib/systemd/system/{service}.service"),
                    now,
                );
            }
            for program in package.programs {
                let _ = call.host.files.unlink(&root, program, now);
            }
        }
        call.line(format!("\nRemoved:\n  {name}\n"));
    }
    call.line("Complete!");
    0
}

/// The packages that have to come along, in the order of their names.
fn with_needs(call: &Call<'_>, names: &[String]) -> Result<Vec<&'static Package>, String> {
    let mut all: Vec<&'static Package> = Vec::new();
    let mut waiting: Vec<&str> = names.iter().map(String::as_str).collect();
    while let Some(name) = waiting.pop() {
        let Some(package) = packages::find(name) else { return Err(name.to_owned()) };
        if call.host.packages.contains_key(name) || all.iter().any(|known| known.name == name) {
            continue;
        }
        all.push(package);
        waiting.extend(package.needs);
    }
    all.sort_by_key(|package| package.name);
    Ok(all)
}

fn installed(call: &mut Call<'_>, names: &[String], sure: bool, quiet: bool) -> Ran {
    // What is there already must not change while the time passes.
    let plan = call.once(|call| match with_needs(call, names) {
        Ok(all) => all.iter().map(|package| package.name.to_owned()).collect(),
        Err(name) => vec![format!("!{name}")],
    });
    call.sleep(METADATA)?;
    if !quiet {
        call.line("Last metadata expiration check: 0:00:01 ago.");
    }
    if let Some(name) = plan.first().and_then(|name| name.strip_prefix('!')) {
        let name = name.to_owned();
        call.line(format!("No match for argument: {name}"));
        call.err(format!("Error: Unable to find a match: {name}"));
        return Ok(1);
    }
    let all: Vec<&'static Package> = plan.iter().filter_map(|name| packages::find(name)).collect();
    if all.is_empty() {
        for name in names {
            if let Some(have) = call.host.packages.get(name).cloned() {
                call.line(format!(
                    "Package {name}-{}.{} is already installed.",
                    have.version, have.arch
                ));
            }
        }
        call.line("Dependencies resolved.\nNothing to do.\nComplete!");
        return Ok(0);
    }
    if !quiet {
        table(call, &all, names);
    }
    if !sure {
        call.out("Is this ok [y/N]: ");
        let answer = ask_yes(call)?;
        if !answer {
            call.line("Operation aborted.");
            return Ok(1);
        }
    }
    call.sleep(INSTALL * u32::try_from(all.len()).unwrap_or(1))?;
    if !quiet {
        call.line("Running transaction check\nTransaction check succeeded.\nRunning transaction test\nTransaction test succeeded.\nRunning transaction");
        for (n, package) in all.iter().enumerate() {
            let name = format!("{}-{}.{}", package.name, package.version, package.arch);
            call.line(format!("  Installing       : {name:<50} {:>3}/{}", n + 1, all.len()));
        }
        call.line("\nInstalled:");
        for package in &all {
            call.line(format!("  {}-{}.{}", package.name, package.version, package.arch));
        }
        call.line("\nComplete!");
    }
    for package in all {
        unpack(call, package);
    }
    Ok(0)
}

/// Reads `y` from standard input.
fn ask_yes(call: &mut Call<'_>) -> Result<bool, Wait> {
    let line = call.program.input.iter().position(|b| *b == b'\n');
    match line {
        Some(end) => Ok(matches!(call.program.input[..end].first(), Some(b'y' | b'Y'))),
        None => Ok(call.input()?.starts_with(b"y")),
    }
}

fn table(call: &mut Call<'_>, all: &[&'static Package], names: &[String]) {
    let rule = "=".repeat(80);
    call.line(format!("Dependencies resolved.\n{rule}\n Package                 Arch    Version                    Repository     Size\n{rule}"));
    for (title, named) in [("Installing:", true), ("Installing dependencies:", false)] {
        let rows: Vec<&&Package> =
            all.iter().filter(|p| names.iter().any(|n| n == p.name) == named).collect();
        if !rows.is_empty() {
            call.line(title);
        }
        for package in rows {
            call.line(format!(
                " {:<23} {:<7} {:<26} {:<11} {:>7}",
                package.name,
                package.arch,
                package.version,
                "amazonlinux",
                format!("{} k", package.size / 1000)
            ));
        }
    }
    let word = if all.len() == 1 { "Package" } else { "Packages" };
    call.line(format!("\nTransaction Summary\n{rule}\nInstall  {} {word}\n", all.len()));
}

fn unpack(call: &mut Call<'_>, package: &Package) {
    let (root, now) = (Who::root(), call.host.now);
    let kept = Installed {
        version: package.version.into(),
        arch: package.arch.into(),
        from: "@amazonlinux".into(),
    };
    call.host.packages.insert(package.name.into(), kept);
    for program in package.programs {
        image::put_program(&mut call.host.files, program, "daemon", now);
    }
    for (path, text) in package.files {
        let _ = call.host.files.make_folders(&root, &crate::files::path::folder(path), 0o755, now);
        let _ = call.host.files.write(&root, path, text.as_bytes().to_vec(), 0o644, now);
    }
    if package.name == "httpd-filesystem" {
        for folder in ["/var/www/html", "/var/www/cgi-bin", "/var/log/httpd"] {
            let _ = call.host.files.make_folders(&root, folder, 0o755, now);
        }
        for (file, line) in [
            ("/etc/passwd", "apache:x:48:48:Apache:/usr/share/httpd:/sbin/nologin\n"),
            ("/etc/group", "apache:x:48:\n"),
        ] {
            let text = call.host.system_text(file);
            if !text.contains("apache:") {
                let _ = call.host.files.write(
                    &root,
                    file,
                    format!("{text}{line}").into_bytes(),
                    0o644,
                    now,
                );
            }
        }
    }
    if let (Some((service, description)), Some(program)) =
        (package.service, package.programs.first())
    {
        let path = format!("/usr/lib/systemd/system/{service}.service");
        let _ = call.host.files.write(
            &root,
            &path,
            image::unit(description, program).into_bytes(),
            0o644,
            now,
        );
        call.host.reload_units();
    }
}

pub(super) fn rpm(call: &mut Call<'_>) -> Ran {
    let args = call.args();
    let (options, names): (Vec<&String>, Vec<&String>) =
        args.iter().partition(|arg| arg.starts_with('-'));
    let letters: String = options.iter().map(|arg| arg.trim_start_matches('-')).collect();
    if !letters.starts_with('q') {
        call.complain("only queries are known here");
        return Ok(1);
    }
    let full = |name: &str, have: &Installed| format!("{name}-{}.{}", have.version, have.arch);
    if letters.contains('a') {
        let all: Vec<String> =
            call.host.packages.iter().map(|(name, have)| full(name, have)).collect();
        for line in all {
            call.line(line);
        }
        return Ok(0);
    }
    if names.is_empty() {
        call.complain("no arguments given for query");
        return Ok(1);
    }
    let mut status = 0;
    for name in names {
        match call.host.packages.get(name).map(|have| full(name, have)) {
            Some(line) => call.line(line),
            None => {
                call.line(format!("package {name} is not installed"));
                status += 1;
            }
        }
    }
    Ok(status)
}
