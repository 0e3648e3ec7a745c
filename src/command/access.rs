//! `access`: whether somebody could do something to a bucket or an object, without doing it. It only
//! looks, so a check of a lab can ask what a stranger could write.

use super::{Command, Host, Problem, finish};
use gateway::CallError;
use serde_json::json;
use sim::{Caller, Principal};

/// The command.
pub(super) struct Access;

const USAGE: &str = "\
Usage: access [--no-sign-request] ACTION ARN

Says allowed or denied: what the simulated S3 would answer if that were done now. Nothing is
done. With --no-sign-request a stranger asks, without it the key of this shell.

    access --no-sign-request s3:PutObject arn:aws:s3:::my-bucket/any-name.txt
";

impl Command for Access {
    fn name(&self) -> &'static str {
        "access"
    }

    fn about(&self) -> &'static str {
        "Whether somebody could do something to a bucket or an object, without doing it."
    }

    fn run(&self, args: &[String], host: &mut Host<'_>) -> u8 {
        finish(perform(args, host), host)
    }

    fn read_only(&self, _: &[String]) -> bool {
        true
    }
}

fn perform(args: &[String], host: &Host<'_>) -> Result<String, Problem> {
    let mut words = Vec::new();
    let mut signed = true;
    for arg in args {
        match arg.as_str() {
            "--no-sign-request" => signed = false,
            "-h" | "--help" | "help" => return Ok(USAGE.into()),
            flag if flag.starts_with('-') => {
                return Err((2, format!("access: {flag} is not known\n{USAGE}")));
            }
            word => words.push(word),
        }
    }
    let [action, resource] = words[..] else {
        return Err((2, format!("access: an action and an ARN are needed\n{USAGE}")));
    };
    let who = if signed { signer(host)? } else { Principal::Anonymous };
    let Some(op) = systems::operation("access", "WouldAllow") else {
        return Err((1, "access: this program has no S3\n".into()));
    };
    let input = json!({"action": action, "resource": resource});
    let answer = host.gateway.call(&Caller::from(who), op, input).map_err(|error| match error {
        CallError::Api(error) => (1, format!("access: {} ({})\n", error.message, error.code)),
        broken @ CallError::Broken(_) => (1, format!("access: {broken}\n")),
    })?;
    let allowed = answer.get("allowed").and_then(serde_json::Value::as_bool).unwrap_or(false);
    Ok(if allowed { "allowed\n" } else { "denied\n" }.into())
}

/// Whose key the shell has.
fn signer(host: &Host<'_>) -> Result<Principal, Problem> {
    let broken = |error: CallError| (1, format!("access: {error}\n"));
    let Some(id) = host.env.get("AWS_ACCESS_KEY_ID") else {
        let text = "access: there is no key in AWS_ACCESS_KEY_ID; a stranger asks with \
                    --no-sign-request\n";
        return Err((1, text.into()));
    };
    let known = host.gateway.credential(id).map_err(broken)?;
    known.map(|known| known.principal).ok_or_else(|| {
        let text = "a stranger asks with --no-sign-request";
        (1, format!("access: the key {id} is not known here; {text}\n"))
    })
}

#[cfg(test)]
mod tests {
    use super::Access;
    use crate::aws::Aws;
    use crate::testing::Lab;

    /// A policy that lets strangers do this to these.
    fn policy(action: &str, resource: &str) -> String {
        let policy = format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{{"AWS":["*"]}},"Action":"{action}","Resource":"arn:aws:s3:::box{resource}"}}}}"#
        );
        format!("s3api put-bucket-policy --bucket box --policy '{policy}'")
    }

    #[test]
    fn it_says_what_a_stranger_could_do() {
        let lab = Lab::new();
        let access = |line: &str| lab.run(&Access, line);
        let gone = access("--no-sign-request s3:GetObject arn:aws:s3:::box/a");
        assert_eq!(gone.code, 1);
        assert!(gone.err.contains("NoSuchBucket"), "{}", gone.err);
        let aws = |line: &str| {
            let done = lab.run(&Aws, line);
            assert_eq!(done.code, 0, "{line}: {}", done.err);
        };
        aws("s3 mb s3://box");
        aws("s3api delete-public-access-block --bucket box");
        let check = |line: &str, want: &str| {
            let said = access(line);
            assert_eq!((said.code, said.out.trim(), said.err.as_str()), (0, want, ""), "{line}");
        };
        let stranger = |action: &str, name: &str, want: &str| {
            check(&format!("--no-sign-request {action} arn:aws:s3:::box{name}"), want);
        };
        stranger("s3:GetObject", "/a", "denied");
        check("s3:PutObject arn:aws:s3:::box/a", "allowed");
        aws(&policy("s3:PutObject", "/*"));
        stranger("s3:PutObject", "/a", "allowed");
        stranger("s3:GetObject", "/a", "denied");
        stranger("s3:ListBucket", "", "denied");
        aws(&policy("s3:Get*", "/a*"));
        stranger("s3:GetObject", "/a", "allowed");
        stranger("s3:GetObjectVersion", "/ab", "allowed");
        stranger("s3:GetObject", "/b", "denied");
        stranger("s3:DeleteObject", "/a", "denied");
        // Nothing was done.
        let listed = lab.run(&Aws, "s3 ls s3://box");
        assert_eq!((listed.code, listed.out.as_str()), (0, ""));
    }

    #[test]
    fn what_cannot_be_asked_is_refused() {
        let lab = Lab::new();
        let check = |line: &str, code: u8, want: &str| {
            let said = lab.run(&Access, line);
            assert_eq!(said.code, code, "{line}");
            assert!(said.err.contains(want), "{line}: {}", said.err);
        };
        check("", 2, "are needed");
        check("--loudly s3:GetObject x", 2, "--loudly is not known");
        check("s3:GetObject box", 1, "is not the ARN");
        lab.run(&Aws, "s3 mb s3://box");
        check("s3:PutBucketPolicy arn:aws:s3:::box", 1, "cannot be asked here");
        check("s3:GetObject arn:aws:s3:::box", 1, "cannot be asked here");
    }
}
