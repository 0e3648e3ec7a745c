//! Asking other services on behalf of a stack.

use aws::place::Place;
use base::rng::{LOWER, UPPER};
use serde_json::{Map, Value, json};
use sim::api::ApiError;
use sim::{Caller, Cx, World};

use super::{Properties, fit};
use crate::State;
use crate::text::text_of;

/// Why something could not be done.
#[derive(Clone, Debug)]
pub(crate) enum Failure {
    /// A service refused: its name in messages (`Ec2`) and what it said.
    Refused(&'static str, ApiError),
    Plain(String),
}

/// What an adapter gives.
pub(crate) type Outcome<T> = Result<T, Failure>;

impl Failure {
    /// Whether what was asked for is not there.
    pub(crate) fn is_absent(&self) -> bool {
        let Self::Refused(_, error) = self else { return false };
        let (code, message) = (&error.code, &error.message);
        let parts = ["NotFound", "NoSuch", "DoesNotExist"];
        // Some services have one code for all that is wrong.
        let words = ["not found", "does not exist"];
        parts.iter().any(|part| code.contains(part))
            || (code == "ValidationError" && words.iter().any(|word| message.contains(word)))
    }

    /// The code by which handlers of resources tell errors apart.
    fn handler_code(error: &ApiError) -> &'static str {
        let code = error.code.as_str();
        let has = |parts: &[&str]| parts.iter().any(|part| code.contains(part));
        if has(&["AccessDenied", "Unauthorized", "AuthFailure"]) {
            "AccessDenied"
        } else if has(&["AlreadyExist", "Duplicate", "BucketAlreadyOwnedByYou", "ResourceInUse"]) {
            "AlreadyExists"
        } else if has(&["NotFound", "NoSuch", "DoesNotExist"]) {
            "NotFound"
        } else if has(&["LimitExceeded", "Quota"]) {
            "ServiceLimitExceeded"
        } else if has(&["Throttl"]) {
            "Throttling"
        } else if error.status >= 500 {
            "GeneralServiceException"
        } else {
            "InvalidRequest"
        }
    }

    /// What it says by itself.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Plain(text) => text.clone(),
            Self::Refused(_, error) => error.message.clone(),
        }
    }

    /// As a stack's event tells it.
    pub(crate) fn reason(&self, world: &mut World) -> String {
        match self {
            Self::Plain(text) => text.clone(),
            Self::Refused(service, error) => {
                let code = Self::handler_code(error);
                let (request, token) = (crate::state::uuid(world), crate::state::uuid(world));
                format!(
                    "Resource handler returned message: \"{} (Service: {service}, Status Code: {}, \
                     Request ID: {request})\" (RequestToken: {token}, HandlerErrorCode: {code})",
                    error.message, error.status,
                )
            }
        }
    }
}

impl From<String> for Failure {
    fn from(text: String) -> Self {
        Self::Plain(text)
    }
}

/// What an adapter may touch: the world, as the person who asked for the stack.
pub(crate) struct Call<'w> {
    pub(crate) world: &'w mut World,
    pub(crate) place: Place,
    pub(crate) caller: Caller,
    pub(crate) stack_name: String,
    pub(crate) stack_id: String,
    /// The resource's name in the template.
    pub(crate) logical: String,
    /// What was made already, when the rest of the making fails.
    pub(crate) made: Option<String>,
}

impl Call<'_> {
    /// Asks a service for an operation. Members take the types and the spelling of the operation's
    /// input: templates say numbers as text and begin all names with a capital letter.
    ///
    /// # Errors
    /// The service refuses, or a member is none.
    pub(crate) fn ask(
        &mut self,
        service: &'static str,
        name: &str,
        input: Value,
    ) -> Outcome<Value> {
        let title = title(service);
        let Some(op) = self.world.operation(service, name) else {
            return Err(Failure::Plain(format!(
                "{service}:{name} is not simulated here, so this resource cannot be made"
            )));
        };
        let input = fit::input(input, (op.input)())?;
        let cx = Cx {
            at: self.world.now(),
            caller: &self.caller,
            account: &self.place.account,
            region: &self.place.region,
        };
        self.world.call(&cx, service, name, input).map_err(|error| Failure::Refused(title, error))
    }

    /// The same for what is to go: that it is gone already is fine.
    pub(crate) fn end(&mut self, service: &'static str, name: &str, input: Value) -> Outcome<()> {
        match self.ask(service, name, input) {
            Err(failure) if !failure.is_absent() => Err(failure),
            _ => Ok(()),
        }
    }

    /// A name for a resource whose owner chose none: `STACK-LOGICAL-1A2B3C4D5E6F`.
    pub(crate) fn name(&mut self, length_max: usize) -> String {
        let random = self.world.rng::<State>().text(UPPER, 12);
        self.shortened(length_max, &random)
    }

    /// The same in lower case.
    pub(crate) fn lower_name(&mut self, length_max: usize) -> String {
        let random = self.world.rng::<State>().text(LOWER, 12);
        self.shortened(length_max, &random).to_lowercase()
    }

    /// What is left of both names when they are too long is what fits, half of it each.
    fn shortened(&self, length_max: usize, random: &str) -> String {
        let room = length_max.saturating_sub(random.len() + 2);
        let (stack, logical) = (self.stack_name.as_str(), self.logical.as_str());
        let (stack, logical) = if stack.len() + logical.len() <= room {
            (stack, logical)
        } else {
            let logical_room = logical.len().min(room / 2);
            (&stack[..stack.len().min(room - logical_room)], &logical[..logical_room])
        };
        format!("{stack}-{logical}-{random}")
    }

    /// A text of random characters out of these.
    pub(crate) fn random(&mut self, alphabet: &[u8], length: usize) -> String {
        self.world.rng::<State>().text(alphabet, length)
    }
}

/// A service as messages of its errors name it.
fn title(service: &'static str) -> &'static str {
    match service {
        "autoscaling" => "AutoScaling",
        "cloudwatch" => "CloudWatch",
        "dynamodb" => "DynamoDb",
        "ec2" => "Ec2",
        "ecr" => "Ecr",
        "ecs" => "Ecs",
        "elbv2" => "ElasticLoadBalancingV2",
        "iam" => "Iam",
        "logs" => "CloudWatchLogs",
        "route53" => "Route53",
        "s3" => "S3",
        "ssm" => "Ssm",
        other => other,
    }
}

/// The tags of a list, by key.
pub(super) fn tag_map(properties: &Properties) -> Map<String, Value> {
    match properties.get("Tags") {
        Some(Value::Object(map)) => map.clone(),
        Some(Value::Array(tags)) => {
            let pair = |tag: &Value| {
                let key = text_of(tag.get("Key")?)?;
                Some((key, text_of(tag.get("Value")?)?.into()))
            };
            tags.iter().filter_map(pair).collect()
        }
        _ => Map::new(),
    }
}

/// The tags as a list of `{Key, Value}`.
pub(super) fn tag_list(properties: &Properties) -> Vec<Value> {
    let pair = |(key, value)| json!({"Key": key, "Value": value});
    tag_map(properties).into_iter().map(pair).collect()
}

/// What became of tags: the keys that are gone, and the tags that are new or have another value.
pub(super) fn tag_changes(old: &Properties, new: &Properties) -> (Vec<String>, Vec<Value>) {
    let (old, new) = (tag_map(old), tag_map(new));
    let gone = old.keys().filter(|key| !new.contains_key(*key)).cloned().collect();
    let set = new
        .iter()
        .filter(|(key, value)| old.get(*key) != Some(value))
        .map(|(key, value)| json!({"Key": key, "Value": value}))
        .collect();
    (gone, set)
}

/// Tags something of EC2 as its properties say.
pub(super) fn ec2_tags(
    call: &mut Call<'_>,
    id: &str,
    old: &Properties,
    new: &Properties,
) -> Outcome<()> {
    let (gone, set) = tag_changes(old, new);
    if !gone.is_empty() {
        let tags: Vec<Value> = gone.iter().map(|key| json!({"Key": key})).collect();
        call.ask("ec2", "DeleteTags", json!({"Resources": [id], "Tags": tags}))?;
    }
    if !set.is_empty() {
        call.ask("ec2", "CreateTags", json!({"Resources": [id], "Tags": set}))?;
    }
    Ok(())
}

/// The tags of something of EC2 that is made with them.
pub(super) fn ec2_specification(properties: &Properties, kind: &str) -> Value {
    let tags = tag_list(properties);
    if tags.is_empty() {
        return Value::Array(Vec::new());
    }
    json!([{"ResourceType": kind, "Tags": tags}])
}
