//! `registry`: what the lab's registry of images holds. It only looks; `docker push` and `docker pull`
//! are what changes it and uses it.

use serde_json::json;

use super::{Command, Host, Problem, finish};
use base::text::nearest;
use command_line::table::columns;
use registry::ops::listing::{ListRepositories, ListRepositoriesOutput, ListTags, ListTagsOutput};
use registry::ops::manifests::{GetManifest, GetManifestOutput};
use sim::api::{OpDef, Shaped};
use sim::{Caller, Principal};

/// The command.
pub(super) struct Registry;

const USAGE: &str = "\
Usage: registry ls                          the repositories and how many tags each has
       registry tags REPOSITORY             its tags, and the digest behind each
       registry manifest REPOSITORY[:TAG]   the manifest, as it was pushed; @DIGEST works as well

--json prints ls and tags as JSON. A name may have the registry's address in front, as docker
writes it: localhost:5237/tweets:1.0.
";

impl Command for Registry {
    fn name(&self) -> &'static str {
        "registry"
    }

    fn about(&self) -> &'static str {
        "The lab's registry of images: its repositories, tags and manifests."
    }

    fn run(&self, args: &[String], host: &mut Host<'_>) -> u8 {
        finish(perform(args, host), host)
    }

    fn read_only(&self, _: &[String]) -> bool {
        true
    }
}

fn fail(text: impl std::fmt::Display) -> Problem {
    (1, format!("registry: {text}\n"))
}

fn usage(message: &str) -> Problem {
    (2, format!("registry: {message}\n{USAGE}"))
}

fn call<O: Shaped>(
    host: &Host<'_>,
    op: &'static OpDef,
    input: &(impl Shaped + Clone),
) -> Result<O, Problem> {
    let input = input.clone().into_value();
    let answer = host.gateway.call(&Caller::from(Principal::Lab), op, input);
    let answer = answer.map_err(|e| match e {
        gateway::CallError::Api(error) => {
            let about: Vec<&str> = error.fields.iter().map(|(_, value)| value.as_str()).collect();
            let about =
                if about.is_empty() { String::new() } else { format!(": {}", about.join(" ")) };
            fail(format!("{}{about}", error.message))
        }
        broken @ gateway::CallError::Broken(_) => fail(broken),
    })?;
    O::from_value(answer).map_err(fail)
}

fn perform(args: &[String], host: &Host<'_>) -> Result<String, Problem> {
    let json = args.iter().any(|a| a == "--json");
    let words: Vec<&str> = args.iter().map(String::as_str).filter(|a| *a != "--json").collect();
    if let Some(flag) = words.iter().find(|w| w.starts_with('-') && !["-h", "--help"].contains(w)) {
        return Err(usage(&format!("{flag} is not known")));
    }
    match words[..] {
        [] | ["ls"] => list(host, json),
        ["tags", name] => tags(host, without_address(name), json),
        ["manifest", name] => manifest(host, without_address(name)),
        ["help" | "-h" | "--help"] => Ok(USAGE.into()),
        ["tags" | "manifest"] => {
            Err(usage(&format!("{} needs the name of a repository", words[0])))
        }
        ["ls" | "tags" | "manifest", ..] => {
            Err(usage(&format!("{} takes no more words", words[0])))
        }
        [other, ..] => {
            let hint = nearest(other, ["ls", "tags", "manifest"])
                .map_or_else(String::new, |near| format!("; did you mean {near}?"));
            Err(usage(&format!("{other} is not known{hint}")))
        }
    }
}

/// `localhost:5237/tweets` is `tweets` here. A first part with a dot or a colon is an address, as docker
/// reads names.
fn without_address(name: &str) -> &str {
    match name.split_once('/') {
        Some((first, rest)) if first == "localhost" || first.contains(['.', ':']) => rest,
        _ => name,
    }
}

fn all_tags(host: &Host<'_>, name: &str) -> Result<Vec<String>, Problem> {
    let input = ListTags { name: name.into(), ..ListTags::default() };
    Ok(call::<ListTagsOutput>(host, &ListTags::DEF, &input)?.tags)
}

fn found(host: &Host<'_>, name: &str, reference: &str) -> Result<GetManifestOutput, Problem> {
    let input =
        GetManifest { name: name.into(), reference: reference.into(), ..GetManifest::default() };
    call(host, &GetManifest::DEF, &input)
}

fn list(host: &Host<'_>, as_json: bool) -> Result<String, Problem> {
    let all: ListRepositoriesOutput =
        call(host, &ListRepositories::DEF, &ListRepositories::default())?;
    if as_json {
        return pretty(&json!({"repositories": all.repositories}));
    }
    let mut rows = vec![["REPOSITORY".to_owned(), "TAGS".to_owned()]];
    for name in all.repositories {
        let count = all_tags(host, &name)?.len().to_string();
        rows.push([name, count]);
    }
    Ok(columns(&rows, &[]))
}

fn tags(host: &Host<'_>, name: &str, as_json: bool) -> Result<String, Problem> {
    let tags = all_tags(host, name)?;
    if as_json {
        return pretty(&json!({"name": name, "tags": tags}));
    }
    let mut rows = vec![["TAG".to_owned(), "DIGEST".to_owned()]];
    for tag in tags {
        let digest = found(host, name, &tag)?.digest;
        rows.push([tag, digest]);
    }
    Ok(columns(&rows, &[]))
}

fn manifest(host: &Host<'_>, name: &str) -> Result<String, Problem> {
    let (name, reference) = match name.split_once('@') {
        Some(parts) => parts,
        None => name.rsplit_once(':').unwrap_or((name, "latest")),
    };
    let mut text = found(host, name, reference)?.manifest;
    if !text.ends_with('\n') {
        text.push('\n');
    }
    Ok(text)
}

fn pretty(value: &serde_json::Value) -> Result<String, Problem> {
    let text = serde_json::to_string_pretty(value).map_err(fail)?;
    Ok(format!("{text}\n"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Registry;
    use crate::testing::Lab;
    use base::Blob;
    use gateway::Gateway as _;
    use registry::ops::blobs::PutBlob;
    use registry::ops::manifests::PutManifest;
    use sim::api::OpDef;
    use sim::{Caller, Principal};

    const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

    /// A registry with the image `team/app` under two tags.
    fn lab() -> (Lab, String) {
        let lab = Lab::new();
        let ask = |op: &'static OpDef, input| {
            lab.call(&Caller::from(Principal::Lab), op, input).expect("done")
        };
        let config: Blob = lab.blobs().put(&mut &b"{}"[..]).expect("stored");
        let digest = format!("sha256:{}", config.digest);
        ask(&PutBlob::DEF, json!({"name": "team/app", "digest": digest, "content": config}));
        let text = json!({
            "schemaVersion": 2, "mediaType": MANIFEST, "layers": [],
            "config": {"mediaType": "application/json", "digest": digest, "size": 2},
        })
        .to_string();
        for tag in ["1.0", "latest"] {
            let input = json!({"name": "team/app", "reference": tag, "manifest": text});
            ask(&PutManifest::DEF, input);
        }
        (lab, text)
    }

    #[test]
    fn it_shows_what_was_pushed() {
        let (lab, text) = lab();
        let digest = base::Digest::of(text.as_bytes());
        let check = |line: &str, code: u8, want: &str| {
            let got = lab.run(&Registry, line);
            assert_eq!(
                (got.code, format!("{}{}", got.out, got.err)),
                (code, want.into()),
                "{line}"
            );
        };
        check("", 0, "REPOSITORY  TAGS\nteam/app    2\n");
        check("ls --json", 0, "{\n  \"repositories\": [\n    \"team/app\"\n  ]\n}\n");
        let rows = format!("TAG     DIGEST\n1.0     sha256:{digest}\nlatest  sha256:{digest}\n");
        check("tags team/app", 0, &rows);
        check("tags localhost:5237/team/app", 0, &rows);
        check("manifest team/app", 0, &format!("{text}\n"));
        check("manifest localhost:5237/team/app:1.0", 0, &format!("{text}\n"));
        check(&format!("manifest team/app@sha256:{digest}"), 0, &format!("{text}\n"));
        check("manifest team/app:2", 1, "registry: manifest unknown: 2\n");
        check("tags nosuch", 1, "registry: repository name not known to registry: nosuch\n");
        check("tags Up", 1, "registry: invalid repository name: Up\n");
        for (wrong, why) in [
            ("tag x", "tag is not known; did you mean tags?"),
            ("tags", "tags needs the name of a repository"),
            ("ls x", "ls takes no more words"),
            ("ls --foo", "--foo is not known"),
        ] {
            check(wrong, 2, &format!("registry: {why}\n{}", super::USAGE));
        }
    }
}
