//! `dig`, `host`, `nslookup` and `getent hosts`: what the name server of the network answers.
//!
//! In the layout of BIND 9.18's tools and of the GNU C library, with one question for each line: other
//! servers, ports, transports and zones' transfers are refused.

use super::{Call, Ran, Wait};
use crate::outside::{Answer, Ask, Name, Names};

/// Types that can be asked for.
const TYPES: [&str; 12] =
    ["A", "AAAA", "CAA", "CNAME", "MX", "NAPTR", "NS", "PTR", "SOA", "SPF", "SRV", "TXT"];
/// The status of a tool that no server answered.
const NO_SERVER: i32 = 9;

/// Asks the name server; nothing when there is none.
fn ask(call: &mut Call<'_>, name: &str, kind: &str) -> Result<Option<Names>, Wait> {
    let question = Ask::Names { name: name.to_owned(), kind: kind.to_owned() };
    Ok(match call.ask(question)? {
        Answer::Names(names) => Some(names),
        _ => None,
    })
}

fn full(name: &str) -> String {
    if name.ends_with('.') { name.to_owned() } else { format!("{name}.") }
}

fn unreachable(call: &mut Call<'_>) -> i32 {
    call.line(";; no servers could be reached");
    NO_SERVER
}

/// What `dig` prints, and for what.
struct Wish {
    name: String,
    kind: String,
    short: bool,
    answers_only: bool,
}

fn dig_arguments(call: &mut Call<'_>) -> Result<Wish, i32> {
    let mut wish =
        Wish { name: ".".to_owned(), kind: String::new(), short: false, answers_only: false };
    let (mut named, mut all) = (false, true);
    let args = call.args();
    let mut words = args.into_iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "+short" => wish.short = true,
            "+noall" => all = false,
            "+all" => all = true,
            "+answer" => wish.answers_only = !all,
            "-t" => wish.kind = words.next().unwrap_or_default().to_ascii_uppercase(),
            "-q" => {
                wish.name = words.next().unwrap_or_default();
                named = true;
            }
            "IN" | "in" => {}
            other if other.starts_with('+') || other.starts_with('-') => {
                call.err(format!("Invalid option: {other}"));
                return Err(1);
            }
            other if other.starts_with('@') => {
                call.err(format!("{other}: only the network's own name server is simulated here"));
                return Err(1);
            }
            other
                if TYPES.contains(&other.to_ascii_uppercase().as_str()) && wish.kind.is_empty() =>
            {
                wish.kind = other.to_ascii_uppercase();
            }
            other => {
                other.clone_into(&mut wish.name);
                named = true;
            }
        }
    }
    if wish.kind.is_empty() {
        (if named { "A" } else { "NS" }).clone_into(&mut wish.kind);
    }
    if !TYPES.contains(&wish.kind.as_str()) {
        call.line(format!(";; Warning, ignoring invalid type {}", wish.kind));
        "A".clone_into(&mut wish.kind);
    }
    Ok(wish)
}

pub(super) fn dig(call: &mut Call<'_>) -> Ran {
    let wish = match dig_arguments(call) {
        Ok(wish) => wish,
        Err(status) => return Ok(status),
    };
    let Some(names) = ask(call, &wish.name, &wish.kind)? else { return Ok(unreachable(call)) };
    let row = |record: &Name| {
        format!("{}\t{}\tIN\t{}\t{}", padded(&record.name), record.ttl, record.kind, record.value)
    };
    if wish.short || wish.answers_only {
        for record in &names.records {
            call.line(if wish.short { record.value.clone() } else { row(record) });
        }
        return Ok(0);
    }
    let (name, kind) = (full(&wish.name), &wish.kind);
    let id = name.bytes().fold(names.records.len(), |sum, b| sum * 31 % 65_521 + usize::from(b));
    call.line(format!("\n; <<>> DiG 9.18.33 <<>> {}", call.args().join(" ")));
    call.line(";; global options: +cmd\n;; Got answer:");
    call.line(format!(";; ->>HEADER<<- opcode: QUERY, status: {}, id: {id}", names.code));
    call.line(format!(
        ";; flags: qr rd ra; QUERY: 1, ANSWER: {}, AUTHORITY: 0, ADDITIONAL: 1\n",
        names.records.len()
    ));
    call.line(";; OPT PSEUDOSECTION:\n; EDNS: version: 0, flags:; udp: 4096");
    call.line(format!(";; QUESTION SECTION:\n;{}\tIN\t{kind}\n", padded(&format!("{name}\t"))));
    if !names.records.is_empty() {
        call.line(";; ANSWER SECTION:");
        for record in &names.records {
            call.line(row(record));
        }
        call.line("");
    }
    let now = call.host.now.format("%a %b %d %H:%M:%S UTC %Y");
    let server = &names.server;
    call.line(";; Query time: 0 msec");
    call.line(format!(";; SERVER: {server}#53({server}) (UDP)\n;; WHEN: {now}"));
    call.line(format!(";; MSG SIZE  rcvd: {}\n", size(&name, &names.records)));
    Ok(0)
}

/// A name with as many tabs behind it as lead to the fourth stop, less the one that a row has anyway.
fn padded(name: &str) -> String {
    let tabs = 2_usize.saturating_sub(name.len() / 8);
    format!("{name}{}", "\t".repeat(tabs))
}

/// Bytes of a message (RFC 1035, 4.1), with names said once and pointed at.
fn size(name: &str, records: &[Name]) -> usize {
    const HEAD: usize = 12;
    const QUESTION: usize = 4;
    const RECORD: usize = 12;
    const EDNS: usize = 11;
    let data = |record: &Name| match record.kind.as_str() {
        "A" => 4,
        "AAAA" => 16,
        _ => record.value.len() + 1,
    };
    let answers: usize = records.iter().map(|record| RECORD + data(record)).sum();
    HEAD + name.len() + 1 + QUESTION + answers + EDNS
}

pub(super) fn host(call: &mut Call<'_>) -> Ran {
    let (mut kinds, mut name) = (Vec::new(), None);
    let args = call.args();
    let mut words = args.into_iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "-t" => kinds.extend(words.next().map(|kind| kind.to_ascii_uppercase())),
            "-a" | "-4" => {}
            option if option.starts_with('-') => {
                call.complain(format!("illegal option -- {}", option.trim_start_matches('-')));
                return Ok(1);
            }
            _ if name.is_none() => name = Some(word),
            _ => {
                call.complain("only the network's own name server is simulated here");
                return Ok(1);
            }
        }
    }
    let Some(name) = name else {
        call.err("Usage: host [-aCdilrTvVw] [-c class] [-N ndots] [-t type] [-W time]");
        return Ok(1);
    };
    let asked = if kinds.is_empty() {
        ["A", "AAAA", "MX"].map(str::to_owned).to_vec()
    } else {
        kinds.clone()
    };
    let mut shown: Vec<String> = Vec::new();
    for kind in &asked {
        let Some(names) = ask(call, &name, kind)? else { return Ok(unreachable(call)) };
        if names.code != "NOERROR" {
            let number = if names.code == "NXDOMAIN" { 3 } else { 2 };
            call.line(format!("Host {name} not found: {number}({})", names.code));
            return Ok(1);
        }
        if names.records.is_empty() && !kinds.is_empty() {
            call.line(format!("{name} has no {kind} record"));
            return Ok(0);
        }
        for line in names.records.iter().map(sentence) {
            if !shown.contains(&line) {
                call.line(&line);
                shown.push(line);
            }
        }
    }
    Ok(0)
}

/// A record as `host` says it.
fn sentence(record: &Name) -> String {
    let (name, value) = (record.name.trim_end_matches('.'), &record.value);
    match record.kind.as_str() {
        "A" => format!("{name} has address {value}"),
        "AAAA" => format!("{name} has IPv6 address {value}"),
        "CNAME" => format!("{name} is an alias for {}", full(value)),
        "MX" => format!("{name} mail is handled by {value}"),
        "NS" => format!("{name} name server {}", full(value)),
        "TXT" => format!("{name} descriptive text {value}"),
        "PTR" => format!("{name} domain name pointer {}", full(value)),
        kind => format!("{name} has {kind} record {value}"),
    }
}

pub(super) fn nslookup(call: &mut Call<'_>) -> Ran {
    let (mut kind, mut name) = ("A".to_owned(), None);
    for word in call.args() {
        match word.strip_prefix("-type=").or_else(|| word.strip_prefix("-query=")) {
            Some(given) => kind = given.to_ascii_uppercase(),
            None if word.starts_with('-') || name.is_some() => {
                call.err(format!("*** Invalid option: {}", word.trim_start_matches('-')));
                return Ok(1);
            }
            None => name = Some(word),
        }
    }
    let Some(name) = name else {
        call.err("nslookup: only a name on the command line is simulated here");
        return Ok(1);
    };
    let Some(names) = ask(call, &name, &kind)? else { return Ok(unreachable(call)) };
    let server = &names.server;
    call.line(format!("Server:\t\t{server}\nAddress:\t{server}#53\n"));
    if names.code != "NOERROR" {
        call.line(format!("** server can't find {name}: {}\n", names.code));
        return Ok(1);
    }
    if names.records.is_empty() {
        call.line(format!("*** Can't find {name}: No answer\n"));
        return Ok(0);
    }
    call.line("Non-authoritative answer:");
    for record in &names.records {
        let (own, value) = (record.name.trim_end_matches('.'), &record.value);
        call.line(match record.kind.as_str() {
            "A" | "AAAA" => format!("Name:\t{own}\nAddress: {value}"),
            "CNAME" => format!("{own}\tcanonical name = {}", full(value)),
            "MX" => format!("{own}\tmail exchanger = {value}"),
            "NS" => format!("{own}\tnameserver = {}", full(value)),
            "TXT" => format!("{own}\ttext = {value}"),
            kind => format!("{own}\t{kind} = {value}"),
        });
    }
    call.line("");
    Ok(0)
}

pub(super) fn getent(call: &mut Call<'_>) -> Ran {
    /// The status for what is not found.
    const NOT_FOUND: i32 = 2;
    let args = call.args();
    match args.split_first() {
        Some((database, names)) if database == "hosts" && !names.is_empty() => {
            let mut status = 0;
            for name in names {
                let found = ask(call, name, "A")?;
                let records = found.map(|names| names.records).unwrap_or_default();
                let addresses = records.iter().filter(|record| record.kind == "A");
                let mut lines = 0;
                for record in addresses {
                    let own = record.name.trim_end_matches('.');
                    let alias = if own.eq_ignore_ascii_case(name.trim_end_matches('.')) {
                        String::new()
                    } else {
                        format!(" {name}")
                    };
                    call.line(format!("{:<15} {own}{alias}", record.value));
                    lines += 1;
                }
                if lines == 0 {
                    status = NOT_FOUND;
                }
            }
            Ok(status)
        }
        Some((database, _)) => {
            call.err(format!("Unknown database: {database}"));
            call.err("Try `getent --help' or `getent --usage' for more information.");
            Ok(1)
        }
        None => {
            call.complain("wrong number of arguments");
            call.err("Try `getent --help' or `getent --usage' for more information.");
            Ok(1)
        }
    }
}
