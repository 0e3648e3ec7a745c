//! `docker node ls`: the nodes of the swarm.

use serde_json::{Value, json};

use crate::cx::{Cx, Fail};
use crate::filters;
use crate::format::{self, Listing, Row};
use crate::verb::{Args, Verb, always};
use command_line::flags::{Flag, Parsed, flag, switch};
use command_line::text::{capitalized, natural};
use docker::swarm::text;

static FLAGS: &[Flag] = &[
    flag("filter", "filter", "Only what matches (role=manager, name=web, …)")
        .short('f')
        .check(filters::check),
    flag("format", "string", "'table', 'table TEMPLATE', 'json', or a Go template"),
    switch("quiet", "Show ids alone").short('q'),
];

pub(crate) static VERB: Verb = Verb {
    group: "node",
    name: "ls",
    aliases: &["list"],
    top: None,
    usage: "[OPTIONS]",
    about: "List nodes in the swarm",
    flags: &[FLAGS],
    args: Args::None,
    interspersed: true,
    looks: always,
    run: ls,
};

static HEADINGS: &[(&str, &str)] = &[
    ("ID", "ID"),
    ("Self", ""),
    ("Hostname", "HOSTNAME"),
    ("Status", "STATUS"),
    ("Availability", "AVAILABILITY"),
    ("ManagerStatus", "MANAGER STATUS"),
    ("EngineVersion", "ENGINE VERSION"),
    ("TLSStatus", "TLS STATUS"),
];

/// The default table: the engine's own node has a star behind its id.
const TABLE: &str = "table {{.ID}} {{if .Self}}*{{else}} {{end}}\t{{.Hostname}}\t{{.Status}}\t{{.Availability}}\t{{.ManagerStatus}}\t{{.EngineVersion}}";

fn ls(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let engine = cx.engine()?;
    let mut nodes = cx.wait(engine.nodes(&filters::given(given)))?;
    nodes.sort_by(|a, b| {
        natural(text(a, "/Description/Hostname"), text(b, "/Description/Hostname"))
    });
    let format = format::wanted(given.text("format"), given.is("quiet"), "*node.nodeContext");
    let format = format.as_deref();
    if given.is("quiet") && format.is_none_or(|f| f == "table") {
        for node in &nodes {
            cx.out(format!("{}\n", text(node, "/ID")));
        }
        return Ok(0);
    }
    let listing = Listing {
        type_name: "*node.nodeContext",
        headings: HEADINGS,
        columns: Vec::new(),
        unreadable: "template parsing error",
    };
    let (mut own, mut root) = (String::new(), Value::Null);
    if !nodes.is_empty() {
        let info = cx.wait(engine.get_json("/info"))?;
        text(&info, "/Swarm/NodeID").clone_into(&mut own);
        root = info.pointer("/Swarm/Cluster/TLSInfo").cloned().unwrap_or_default();
    }
    let rows: Vec<Row> = nodes.iter().map(|node| row(node, &own, &root)).collect();
    let format = format.filter(|f| *f != "table").unwrap_or(TABLE);
    format::print(cx, Some(format), &listing, &rows)?;
    Ok(0)
}

fn row(node: &Value, own: &str, root: &Value) -> Row {
    let id = text(node, "/ID");
    let tls = node.pointer("/Description/TLSInfo").filter(|t| t.get("TrustRoot").is_some());
    Row::of(json!({
        "Availability": capitalized(text(node, "/Spec/Availability")),
        "EngineVersion": text(node, "/Description/Engine/EngineVersion"),
        "Hostname": text(node, "/Description/Hostname"),
        "ID": id,
        "ManagerStatus": manager_status(node),
        "Self": id == own,
        "Status": capitalized(text(node, "/Status/State")),
        "TLSStatus": match tls {
            None => "Unknown",
            Some(tls) if root.is_null() || tls == root => "Ready",
            Some(_) => "Needs Rotation",
        },
    }))
}

fn manager_status(node: &Value) -> String {
    match node.get("ManagerStatus") {
        None => String::new(),
        Some(status) if status.get("Leader").and_then(Value::as_bool) == Some(true) => {
            "Leader".to_owned()
        }
        Some(status) => capitalized(text(status, "/Reachability")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_is_one_row() {
        let root = json!({ "TrustRoot": "a" });
        let check = |node: Value, field: &str, want: Value| {
            assert_eq!(row(&node, "own", &root).fields[field], want, "{field} of {node}");
        };
        check(json!({ "ID": "own" }), "Self", true.into());
        check(json!({ "ID": "other" }), "Self", false.into());
        check(json!({ "Spec": { "Availability": "drain" } }), "Availability", "Drain".into());
        check(json!({ "Status": { "State": "ready" } }), "Status", "Ready".into());
        check(json!({}), "ManagerStatus", "".into());
        let manager = |leader: bool| json!({ "ManagerStatus": { "Leader": leader, "Reachability": "reachable" } });
        check(manager(true), "ManagerStatus", "Leader".into());
        check(manager(false), "ManagerStatus", "Reachable".into());
        let tls = |root: &str| json!({ "Description": { "TLSInfo": { "TrustRoot": root } } });
        check(tls("a"), "TLSStatus", "Ready".into());
        check(tls("b"), "TLSStatus", "Needs Rotation".into());
        check(json!({}), "TLSStatus", "Unknown".into());
        check(json!({ "Description": { "TLSInfo": {} } }), "TLSStatus", "Unknown".into());
    }
}
