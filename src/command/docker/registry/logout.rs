//! `docker logout`: forgets who one is at a registry.

use crate::cx::{Cx, Fail};
use crate::verb::{Args, Verb, never};
use command_line::flags::Parsed;

use super::settings::Settings;
use super::{HUB, hostname};

pub(crate) static VERB: Verb = Verb {
    group: "",
    name: "logout",
    aliases: &[],
    top: Some("logout"),
    usage: "[SERVER]",
    about: "Log out from a registry",
    flags: &[],
    args: Args::AtMost(1),
    interspersed: true,
    looks: never,
    run: logout,
};

#[expect(clippy::unnecessary_wraps, reason = "the shape of all commands; what fails is a warning")]
fn logout(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let server = given.args.first().filter(|s| !s.is_empty()).map_or(HUB, String::as_str);
    let mut spellings = vec![server.to_owned()];
    let mut shown = server;
    if server != HUB || !given.args.is_empty() {
        shown = hostname(server);
        // Older clients kept it under one of these.
        spellings.extend([shown.to_owned(), format!("http://{shown}"), format!("https://{shown}")]);
    }
    cx.out(format!("Removing login credentials for {shown}\n"));
    let mut settings = Settings::open_for(cx, server);
    let failed: Vec<String> = spellings
        .iter()
        .filter_map(|s| settings.erase(s).err().map(|why| format!("{s}: {why}")))
        .collect();
    if failed.len() == spellings.len() {
        cx.complain("WARNING: could not erase credentials:");
        for line in failed {
            cx.complain(line);
        }
    }
    Ok(0)
}
