//! `aws cloudformation deploy`: a change set that is made, waited for and executed.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::{Row, page, parse, upload};
use crate::Host;
use crate::aws::argv::{Parsed, Takes};
use crate::aws::client::Client;
use crate::aws::fail::Failure;
use crate::aws::globals::Globals;
use crate::aws::{Context, find_operation, value, wait};

/// Between two looks at a change set, in seconds of lab time, and at a stack.
const LOOK_AT_CHANGES_S: u64 = 5;
const LOOK_AT_STACK_S: u64 = 30;

/// The longest template that a request may have, in bytes.
const BODY_MAX: usize = 51_200;

/// The options with a line of help each.
const TABLE: &[Row] = &[
    ("--template-file", Takes::One, "The file with the template."),
    ("--stack-name", Takes::One, "The stack to make or change."),
    (
        "--s3-bucket",
        Takes::One,
        "The bucket that a template of more than 51,200 bytes is put into.",
    ),
    ("--s3-prefix", Takes::One, "What the names of objects in the bucket begin with."),
    (
        "--parameter-overrides",
        Takes::Many,
        "The values of parameters, as NAME=VALUE. Others keep what they have.",
    ),
    ("--capabilities", Takes::Many, "What you agree to: CAPABILITY_IAM or CAPABILITY_NAMED_IAM."),
    (
        "--no-execute-changeset",
        Takes::Nothing,
        "Makes the change set only, so that you can look at it.",
    ),
    ("--disable-rollback", Takes::Nothing, "Leaves what was made when something fails."),
    ("--no-disable-rollback", Takes::Nothing, "Takes it away again, which is the default."),
    ("--tags", Takes::Many, "The tags of the stack and its resources, as KEY=VALUE."),
    ("--fail-on-empty-changeset", Takes::Nothing, "Fails when there is nothing to change."),
    (
        "--no-fail-on-empty-changeset",
        Takes::Nothing,
        "Does not fail when there is nothing to change, which is the default.",
    ),
];

/// Runs the arguments behind `aws cloudformation deploy`.
pub(super) fn run(args: &[String], globals: &Globals, host: &mut Host<'_>) -> Result<u8, Failure> {
    if args.len() == 1 && args[0] == "help" {
        let about = "Makes a stack out of a template, or changes it: a change set is created and \
                     executed, and the command waits until the stack is complete.";
        return page("deploy", about, TABLE, host);
    }
    let parsed = parse(args, TABLE, &["--template-file", "--stack-name"])?;
    let file = parsed.one("--template-file").unwrap_or_default();
    let path = value::resolve(&host.cwd, file);
    if !path.is_file() {
        return Err(Failure::General(format!("Invalid template path {file}")));
    }
    let text = std::fs::read_to_string(&path)?;
    let context = Context::new(globals, host)?;
    let deploy = Deploy { client: &context.client, parsed: &parsed };
    deploy.run(text, host)
}

struct Deploy<'a> {
    client: &'a Client<'a>,
    parsed: &'a Parsed,
}

impl Deploy<'_> {
    fn stack(&self) -> &str {
        self.parsed.one("--stack-name").unwrap_or_default()
    }

    fn ask(&self, name: &str, input: Value) -> Result<Value, Failure> {
        self.client.ask("cloudformation", name, input)
    }

    fn run(&self, text: String, host: &mut Host<'_>) -> Result<u8, Failure> {
        let exists = self.exists()?;
        let set = self.change_set(text, exists, host)?;
        let id = set.get("Id").and_then(Value::as_str).unwrap_or_default().to_owned();
        host.stdout.write_all(b"\nWaiting for changeset to be created..\n")?;
        host.stdout.flush()?;
        let look = json!({"ChangeSetName": id, "StackName": self.stack()});
        let waited = self.wait("DescribeChangeSet", "change-set-create-complete", &look, host);
        if let Err(failure) = waited {
            return self.not_made(failure, look, host);
        }
        if self.parsed.has("--no-execute-changeset") {
            writeln!(
                host.stdout,
                "Changeset created successfully. Run the following command to review changes:\n\
                 aws cloudformation describe-change-set --change-set-name {id}"
            )?;
            return Ok(0);
        }
        let mut input = look;
        input["DisableRollback"] = self.parsed.has("--disable-rollback").into();
        self.ask("ExecuteChangeSet", input)?;
        host.stdout.write_all(b"Waiting for stack create/update to complete\n")?;
        host.stdout.flush()?;
        let until = if exists { "stack-update-complete" } else { "stack-create-complete" };
        let look = json!({"StackName": self.stack()});
        if self.wait("DescribeStacks", until, &look, host).is_err() {
            let name = self.stack();
            return Err(Failure::General(format!(
                "Failed to create/update the stack. Run the following command\nto fetch the list of \
                 events leading up to the failure\naws cloudformation describe-stack-events \
                 --stack-name {name}"
            )));
        }
        writeln!(host.stdout, "Successfully created/updated stack - {}", self.stack())?;
        Ok(0)
    }

    /// Whether the stack is there; one that has nothing but change sets is not.
    fn exists(&self) -> Result<bool, Failure> {
        match self.ask("DescribeStacks", json!({"StackName": self.stack()})) {
            Ok(found) => {
                let status = found.pointer("/Stacks/0/StackStatus").and_then(Value::as_str);
                Ok(status != Some("REVIEW_IN_PROGRESS"))
            }
            Err(Failure::Api { error, .. }) if error.message.contains("does not exist") => {
                Ok(false)
            }
            Err(failure) => Err(failure),
        }
    }

    fn change_set(
        &self,
        text: String,
        exists: bool,
        host: &mut Host<'_>,
    ) -> Result<Value, Failure> {
        let now = self.client.now()?;
        let mut input = Map::new();
        input.insert("StackName".into(), self.stack().into());
        let name = format!("awscli-cloudformation-package-deploy-{}", now.secs());
        input.insert("ChangeSetName".into(), name.into());
        input.insert("ChangeSetType".into(), if exists { "UPDATE" } else { "CREATE" }.into());
        let said = format!("Created by AWS CLI at {} UTC", now.format("%Y-%m-%dT%H:%M:%S"));
        input.insert("Description".into(), said.into());
        let parameters = self.parameters(&text, exists)?;
        input.insert("Parameters".into(), parameters.into());
        let capabilities = self.parsed.options.get("--capabilities").cloned();
        input.insert("Capabilities".into(), json!(capabilities.unwrap_or_default()));
        let tags = self.pairs("--tags", "tags")?;
        let tags = tags.into_iter().map(|(key, value)| json!({"Key": key, "Value": value}));
        input.insert("Tags".into(), tags.collect());
        match self.parsed.one("--s3-bucket") {
            Some(_) => {
                let url = upload(self.client, host, self.parsed, &text)?;
                input.insert("TemplateURL".into(), url.into());
            }
            None if text.len() > BODY_MAX => {
                return Err(Failure::General(
                    "Templates with a size greater than 51,200 bytes must be deployed via an S3 \
                     Bucket. Please add the --s3-bucket parameter to your command. The local template \
                     will be copied to that S3 bucket and then deployed."
                        .into(),
                ));
            }
            None => {
                input.insert("TemplateBody".into(), text.into());
            }
        }
        self.ask("CreateChangeSet", Value::Object(input))
    }

    /// A value, or that it keeps what it has, for every parameter of the template.
    fn parameters(&self, text: &str, exists: bool) -> Result<Vec<Value>, Failure> {
        let given = self.pairs("--parameter-overrides", "parameter-overrides")?;
        let had = if exists {
            let summary = self.ask("GetTemplateSummary", json!({"StackName": self.stack()}))?;
            let keys = summary.get("Parameters").and_then(Value::as_array);
            let keys = keys.into_iter().flatten().filter_map(|p| p.get("ParameterKey")?.as_str());
            keys.map(str::to_owned).collect::<Vec<_>>()
        } else {
            Vec::new()
        };
        let mut done = Vec::new();
        for key in systems::template_parameters(text) {
            match given.iter().find(|(name, _)| *name == key) {
                Some((_, value)) => {
                    done.push(json!({"ParameterKey": key, "ParameterValue": value}));
                }
                None if had.contains(&key) => {
                    done.push(json!({"ParameterKey": key, "UsePreviousValue": true}));
                }
                None => {}
            }
        }
        Ok(done)
    }

    fn pairs(&self, option: &str, name: &str) -> Result<Vec<(String, String)>, Failure> {
        let words = self.parsed.options.get(option).cloned().unwrap_or_default();
        let pair = |word: String| {
            let pair = word.split_once('=').map(|(key, value)| (key.to_owned(), value.to_owned()));
            pair.ok_or_else(|| {
                Failure::General(format!(
                    "{word} value passed to --{name} must be of format Key=Value"
                ))
            })
        };
        words.into_iter().map(pair).collect()
    }

    /// Lets lab time run until what is looked at is there.
    fn wait(
        &self,
        operation: &str,
        name: &str,
        input: &Value,
        host: &mut Host<'_>,
    ) -> Result<(), Failure> {
        let service = systems::service("cloudformation");
        let op = service.and_then(|s| find_operation(s, &sim::api::kebab(operation)));
        let waiter = op.and_then(|op| Some((op, *op.waiter(name)?)));
        let (op, mut waiter) =
            waiter.ok_or_else(|| Failure::General(format!("there is no waiter {name}")))?;
        let changes = operation == "DescribeChangeSet";
        waiter.delay_s = if changes { LOOK_AT_CHANGES_S } else { LOOK_AT_STACK_S };
        let mut ask = || match self.client.call(op, input.clone()) {
            Ok(output) => Ok(Ok(output)),
            Err(Failure::Api { error, .. }) => Ok(Err(*error)),
            Err(other) => Err(other),
        };
        let mut pass = |by: Duration| {
            let passed = host.gateway.advance(by);
            passed.map(|_| ()).map_err(|e| Failure::General(e.to_string()))
        };
        wait::wait(&waiter, op.status, &mut ask, &mut pass)
    }

    /// A change set without changes is none.
    fn not_made(&self, failure: Failure, look: Value, host: &mut Host<'_>) -> Result<u8, Failure> {
        let found = self.ask("DescribeChangeSet", look)?;
        let text = |name: &str| found.get(name).and_then(Value::as_str).unwrap_or_default();
        let (status, reason) = (text("Status"), text("StatusReason"));
        let empty = reason.contains("The submitted information didn't contain changes.")
            || reason.contains("No updates are to be performed");
        if !(status == "FAILED" && empty) {
            let Failure::General(why) = failure else { return Err(failure) };
            return Err(Failure::General(format!(
                "Failed to create the changeset: {why} Status: {status}. Reason: {reason}"
            )));
        }
        let said = format!("No changes to deploy. Stack {} is up to date", self.stack());
        if self.parsed.has("--fail-on-empty-changeset") {
            return Err(Failure::General(said));
        }
        writeln!(host.stdout, "\n{said}")?;
        Ok(0)
    }
}
