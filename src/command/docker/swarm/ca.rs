//! `docker swarm ca`: the certificate that all nodes trust, and a new one.

use std::time::Duration;

use serde_json::{Value, json};

use super::options;
use crate::cx::{Cx, Fail};
use crate::live_lines::Steps;
use crate::verb::{Args, Verb};
use base::blob::Digest;
use command_line::flags::{Flag, Parsed, flag, switch};
use docker::swarm::{Filters, Rotate, text, version};
use docker::{Engine, EngineError};

/// Time between two looks at a rotation.
const TICK: Duration = Duration::from_millis(200);

const ROOT: &str = "desired root digest";
const NODES: &str = "  rotated TLS certificates";
const AUTHORITIES: &str = "  rotated CA certificates";

static FLAGS: &[Flag] = &[
    flag("ca-cert", "pem-file", "File with the new root certificate").check(pem),
    flag("ca-key", "pem-file", "File with its key").check(pem),
    options::CERT_EXPIRY,
    switch("detach", "Do not wait until every node has the new one").short('d'),
    options::EXTERNAL_CA,
    switch("quiet", "Do not show the progress").short('q'),
    switch("rotate", "Make a new root certificate, or take the one that is given"),
];

pub(crate) static VERB: Verb = Verb {
    group: "swarm",
    name: "ca",
    aliases: &[],
    top: None,
    usage: "[OPTIONS]",
    about: "Display and rotate the root CA",
    flags: &[FLAGS],
    args: Args::None,
    interspersed: true,
    looks: |given| !given.is("rotate"),
    run: ca,
};

fn pem(file: &str) -> Result<(), String> {
    let text = read(file)?;
    if text.contains("-----BEGIN ") {
        return Ok(());
    }
    Err("file contents must be in PEM format".to_owned())
}

fn read(file: &str) -> Result<String, String> {
    std::fs::read_to_string(file).map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => format!("open {file}: no such file or directory"),
        _ => format!("open {file}: {e}"),
    })
}

fn ca(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let engine = cx.engine()?;
    let swarm = cx.wait(engine.swarm())?;
    if !given.is("rotate") {
        for name in ["ca-cert", "ca-key", "cert-expiry", "external-ca"] {
            if given.get(name).is_some() {
                let why = format!("`--{name}` flag requires the `--rotate` flag to update the CA");
                return Err(Fail::new(1, why));
            }
        }
        print_root(cx, &swarm);
        return Ok(0);
    }
    let spec = rotation(given, swarm["Spec"].clone())?;
    cx.wait(engine.swarm_update(version(&swarm), &spec, Rotate::default()))?;
    if given.is("detach") {
        return Ok(0);
    }
    let terminal = cx.host.terminal.is_some();
    let mut nowhere = std::io::sink();
    let out: &mut (dyn std::io::Write + Send) =
        if given.is("quiet") { &mut nowhere } else { &mut *cx.host.stdout };
    cx.runtime.block_on(follow(&engine, &mut Steps::new(out, terminal)))?;
    if !given.is("quiet") {
        let swarm = cx.wait(engine.swarm())?;
        print_root(cx, &swarm);
    }
    Ok(0)
}

fn print_root(cx: &mut Cx<'_, '_>, swarm: &Value) {
    match text(swarm, "/TLSInfo/TrustRoot").trim() {
        "" => cx.out("No CA information available\n"),
        root => cx.out(format!("{root}\n")),
    }
}

/// The spec that asks for the new root.
fn rotation(given: &Parsed, mut spec: Value) -> Result<Value, Fail> {
    let has = |name: &str| given.get(name).is_some();
    if has("external-ca") && !has("ca-cert") {
        return Err(Fail::new(
            1,
            "rotating to an external CA requires the `--ca-cert` flag to specify the external CA's cert - to add an external CA with the current root CA certificate, use the `update` command instead",
        ));
    }
    if has("ca-cert") && !has("external-ca") && !has("ca-key") {
        return Err(Fail::new(
            1,
            "the --ca-cert flag requires that a --ca-key flag and/or --external-ca flag be provided as well",
        ));
    }
    options::merge(given, &mut spec);
    let file = |name: &str| given.get(name).map(read).transpose().map_err(|e| Fail::new(1, e));
    let (certificate, key) = (file("ca-cert")?, file("ca-key")?);
    if let Some(certificate) = &certificate {
        for external in spec["CAConfig"]["ExternalCAs"].as_array_mut().into_iter().flatten() {
            external["CACert"] = json!(certificate);
        }
    }
    if certificate.is_none() && key.is_none() {
        let before = spec["CAConfig"]["ForceRotate"].as_u64().unwrap_or(0);
        spec["CAConfig"]["ForceRotate"] = (before + 1).into();
    }
    spec["CAConfig"]["SigningCACert"] = certificate.unwrap_or_default().into();
    spec["CAConfig"]["SigningCAKey"] = key.unwrap_or_default().into();
    Ok(spec)
}

/// Shows how many nodes have the new root until all have it.
async fn follow(engine: &Engine, steps: &mut Steps<'_>) -> Result<(), EngineError> {
    // The blank puts the counts below each other.
    for (name, text) in [(ROOT, ""), (NODES, ""), (AUTHORITIES, " ")] {
        steps.set(name, text);
    }
    let mut done = false;
    loop {
        let swarm = engine.swarm().await?;
        if done {
            return Ok(());
        }
        let nodes = engine.nodes(&Filters::new()).await?;
        done = swarm["RootRotationInProgress"].as_bool() != Some(true);
        show(&swarm, &nodes, steps);
        if !done {
            tokio::time::sleep(TICK).await;
        }
    }
}

fn show(swarm: &Value, nodes: &[Value], steps: &mut Steps<'_>) {
    let root = text(swarm, "/TLSInfo/TrustRoot");
    let issuer = text(swarm, "/TLSInfo/CertIssuerSubject");
    let key = text(swarm, "/TLSInfo/CertIssuerPublicKey");
    let (mut certificates, mut authorities) = (0, 0);
    for node in nodes {
        let tls = |field: &str| text(node, &format!("/Description/TLSInfo/{field}"));
        if tls("CertIssuerSubject") == issuer && tls("CertIssuerPublicKey") == key {
            certificates += 1;
        }
        if tls("TrustRoot") == root {
            authorities += 1;
        }
    }
    let digest = Digest::of(root.as_bytes());
    steps.set(ROOT, &format!("sha256:{digest}"));
    steps.set_moving(NODES, "", &format!("{certificates}/{} nodes", nodes.len()));
    steps.set_moving(AUTHORITIES, " ", &format!("{authorities}/{} nodes", nodes.len()));
}
