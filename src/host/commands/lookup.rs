//! The table of commands.

use super::{
    Command, files, find as finder, links, list, names as resolver, network, rights, run, sed,
    select, serve, software, sort, system, text, users, yum,
};

/// In the order of their names. The shell's builtins that are programs too are not here: who calls
/// `/usr/bin/echo` by its path is told that it is not there.
const COMMANDS: &[(&str, Command)] = &[
    ("basename", text::basename),
    ("cat", text::cat),
    ("chgrp", rights::chown),
    ("chmod", rights::chmod),
    ("chown", rights::chown),
    ("cp", files::cp),
    ("curl", network::curl),
    ("cut", select::cut),
    ("date", system::date),
    ("df", system::df),
    ("dig", resolver::dig),
    ("dirname", text::dirname),
    ("dnf", yum::yum),
    ("du", system::du),
    ("echo", users::echo),
    ("egrep", select::grep),
    ("env", run::env),
    ("false", users::no),
    ("fgrep", select::grep),
    ("find", finder::find),
    ("free", system::free),
    ("getent", resolver::getent),
    ("grep", select::grep),
    ("groups", system::groups),
    ("halt", serve::power),
    ("head", text::head),
    ("host", resolver::host),
    ("hostname", system::hostname),
    ("id", system::id),
    ("ip", network::ip),
    ("journalctl", software::journalctl),
    ("ln", links::ln),
    ("ls", list::ls),
    ("mkdir", files::mkdir),
    ("mktemp", links::mktemp),
    ("mv", files::mv),
    ("nc", serve::netcat),
    ("nl", text::nl),
    ("nohup", run::nohup),
    ("nproc", system::nproc),
    ("nslookup", resolver::nslookup),
    ("pgrep", system::pgrep),
    ("ping", network::ping),
    ("pkill", system::pgrep),
    ("poweroff", serve::power),
    ("printenv", run::printenv),
    ("ps", system::ps),
    ("python3", serve::python3),
    ("readlink", links::readlink),
    ("realpath", links::readlink),
    ("reboot", serve::power),
    ("rev", text::rev),
    ("rm", files::rm),
    ("rmdir", files::rmdir),
    ("rpm", yum::rpm),
    ("sed", sed::sed),
    ("seq", text::seq),
    ("shutdown", serve::power),
    ("sleep", run::sleep),
    ("sort", sort::sort),
    ("ss", serve::ss),
    ("stat", list::stat),
    ("stty", serve::size),
    ("su", users::su),
    ("sudo", users::sudo),
    ("systemctl", software::systemctl),
    ("tac", text::tac),
    ("tail", text::tail),
    ("tee", text::tee),
    ("top", system::top),
    ("touch", files::touch),
    ("tput", serve::size),
    ("tr", select::tr),
    ("true", users::yes),
    ("uname", system::uname),
    ("uniq", select::uniq),
    ("uptime", system::uptime),
    ("useradd", users::useradd),
    ("userdel", users::userdel),
    ("wc", text::wc),
    ("wget", network::wget),
    ("which", users::which),
    ("whoami", system::whoami),
    ("xargs", run::xargs),
    ("yes", text::yes),
    ("yum", yum::yum),
];

/// The command of this name.
pub fn find(name: &str) -> Option<Command> {
    if name == "daemon" {
        return Some(run::daemon);
    }
    let at = COMMANDS.binary_search_by_key(&name, |(known, _)| known).ok()?;
    Some(COMMANDS[at].1)
}

/// All names, in their order.
pub fn names() -> impl Iterator<Item = &'static str> {
    COMMANDS.iter().map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_table_is_in_order() {
        assert!(super::COMMANDS.is_sorted_by_key(|(name, _)| *name));
    }
}
