//! The policy simulator: what would be allowed, and by which statement.
//!
//! Asks the same evaluation that guards every request. Keys of the context that belong to the caller
//! are known; the others are missing unless the call gives them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::iam;
use crate::iam::effective_policies::effective_policies;
use crate::iam::rules::check_access;
use crate::iam::rules::{bad_input, items_max, missing};
use crate::iam::state::{Entity, Kind, Named, Paging};
use crate::policy::{
    self, Access, Context, Effect, EffectivePolicies, Policy, Reason, Requester, RequesterKind,
    decide,
};
use sim::api::{ApiError, Read, Refused};
use sim::{Caller, Cx, Principal, World};

sim::argument! {
    /// A key of the request's context, with its values.
    pub struct ContextEntry {
        /// The full name of the key: `aws:SourceIp`.
        pub(crate) name: String => "ContextKeyName",
        /// The values.
        pub(crate) values: Vec<String> => "ContextKeyValues",
        /// The data type of the values: `string`, `ip`, `numericList` and so on.
        pub(crate) kind: Option<ContextKeyType> => "ContextKeyType",
    }
}

sim::string_enum! {
    /// The data type of a context key's values.
    pub enum ContextKeyType {
        String = "string",
        StringList = "stringList",
        Numeric = "numeric",
        NumericList = "numericList",
        Boolean = "boolean",
        BooleanList = "booleanList",
        Ip = "ip",
        IpList = "ipList",
        Binary = "binary",
        BinaryList = "binaryList",
        Date = "date",
        DateList = "dateList",
    }
}

impl ContextKeyType {
    /// Whether a key of this type can have several values.
    fn is_list(self) -> bool {
        self.as_str().ends_with("List")
    }

    /// Whether a value is of this type.
    fn takes(self, value: &str) -> bool {
        match self {
            Self::String | Self::StringList => true,
            Self::Numeric | Self::NumericList => value.parse::<f64>().is_ok_and(f64::is_finite),
            Self::Boolean | Self::BooleanList => ["true", "false"].contains(&value),
            Self::Ip | Self::IpList => {
                let address = value.split_once('/').map_or(value, |(address, _)| address);
                address.parse::<std::net::IpAddr>().is_ok()
            }
            Self::Binary | Self::BinaryList => STANDARD.decode(value).is_ok(),
            Self::Date | Self::DateList => {
                base::Time::parse_iso(value).is_some() || value.parse::<i64>().is_ok()
            }
        }
    }
}

impl ContextEntry {
    /// That its values are of the type that it says.
    fn check(&self) -> Result<(), ApiError> {
        let Some(kind) = self.kind else { return Ok(()) };
        let wrong = self.values.iter().find(|value| !kind.takes(value));
        if wrong.is_none() && (kind.is_list() || self.values.len() == 1) {
            return Ok(());
        }
        Err(bad_input(format!(
            "Context entry {} has values that are not of type {}: {}",
            self.name,
            kind.as_str(),
            self.values.join(", ")
        )))
    }
}

sim::structure! {
    /// A place in a policy document.
    pub struct Position {
        /// The line, from 1.
        pub line: i64 => "Line",
        /// The column, from 1.
        pub column: i64 => "Column",
    }
}

sim::structure! {
    /// A statement that decided.
    pub struct Statement {
        /// The policy that holds it.
        pub source: String => "SourcePolicyId",
        /// The type of that policy.
        pub source_type: String => "SourcePolicyType",
        /// Where the statement begins.
        pub start: Position => "StartPosition",
        /// Where the statement ends.
        pub end: Position => "EndPosition",
    }
}

sim::structure! {
    /// What the permissions boundary says.
    pub struct BoundaryDetail {
        /// Whether the boundary allows it.
        pub allowed: bool => "AllowedByPermissionsBoundary",
    }
}

sim::string_enum! {
    /// The outcome of a simulation.
    pub enum Decision {
        Allowed = "allowed",
        ExplicitDeny = "explicitDeny",
        ImplicitDeny = "implicitDeny",
    }
}

sim::structure! {
    /// The outcome for one action on one resource.
    pub struct EvaluationResult {
        /// The action.
        pub action: String => "EvalActionName",
        /// The ARN of the resource.
        pub resource: String => "EvalResourceName",
        /// `allowed`, `explicitDeny` or `implicitDeny`.
        pub decision: Decision => "EvalDecision",
        /// The statements that decided.
        pub matched: Vec<Statement> => "MatchedStatements",
        /// Condition keys that the policies ask for and the simulation was not given.
        pub missing: Vec<String> => "MissingContextValues",
        /// What the permissions boundary says, when there is one.
        pub boundary: Option<BoundaryDetail> => "PermissionsBoundaryDecisionDetail",
    }
}

sim::group! {
    /// What a simulation is about beside the policies of the identity.
    struct Question {
        /// A permissions boundary, in JSON, in place of the identity's own. At most one.
        boundaries: Vec<String> => "PermissionsBoundaryPolicyInputList",
        /// The actions to evaluate: `s3:GetObject`.
        actions: Vec<String> => required "ActionNames",
        /// The ARNs to evaluate; `*` when none is given.
        resources: Vec<String> => "ResourceArns",
        /// A resource policy to include, in JSON.
        resource_policy: Option<String> => "ResourcePolicy",
        /// The ARN of the user who is taken for the caller. A simulation of documents alone needs
        /// it with a resource policy.
        caller: Option<String> => "CallerArn",
        /// The account that owns the resources; not simulated.
        _resource_owner: Refused<String> => "ResourceOwner",
        /// Keys of the request's context.
        context: Vec<ContextEntry> => "ContextEntries",
        /// How EC2 resources are evaluated together; not simulated.
        _resource_handling: Refused<String> => "ResourceHandlingOption",
        /// The most items to return, 1 to 1000.
        max_items: Option<i64> => "MaxItems",
        /// Where the page begins: the marker of the page before.
        marker: Option<String> => "Marker",
    }
}

sim::structure! {
    /// A page of outcomes.
    pub struct Outcomes {
        /// The outcomes.
        pub results: Vec<EvaluationResult> => "EvaluationResults",
        /// Whether there are more items to return.
        pub is_truncated: bool => "IsTruncated",
        /// The marker to ask for the next page with.
        pub marker: Option<String> => "Marker",
    }
}

sim::operation! {
    /// Simulate how the policies attached to a user, group or role work with a list of actions and
    /// resources.
    read SimulatePrincipalPolicy in "iam" = "POST /";
    input {
        ..question: Question,
        /// The ARN of the user, group or role whose policies are simulated.
        source: String => "PolicySourceArn",
        /// Further policy documents to include, in JSON.
        policies: Vec<String> => "PolicyInputList",
    }
    output SimulatePrincipalPolicyOutput {
        ..pub outcomes: Outcomes,
    }
    errors ["InvalidInput", "NoSuchEntity", "ValidationError"]
    access itself
    pages {
        input: &["Marker"],
        output: &["Marker"],
        more: Some("IsTruncated"),
        limit: Some("MaxItems"),
        results: &["EvaluationResults"],
    }
}

sim::operation! {
    /// Simulate how a set of IAM policies and optionally a resource-based policy works with a list
    /// of actions and resources. The policies are strings; nothing of the account is used.
    read SimulateCustomPolicy in "iam" = "POST /";
    input {
        ..question: Question,
        /// The policy documents, in JSON.
        policies: Vec<String> => required "PolicyInputList",
    }
    output SimulateCustomPolicyOutput {
        ..pub outcomes: Outcomes,
    }
    errors ["InvalidInput", "NoSuchEntity", "ValidationError"]
    access itself
    pages {
        input: &["Marker"],
        output: &["Marker"],
        more: Some("IsTruncated"),
        limit: Some("MaxItems"),
        results: &["EvaluationResults"],
    }
}

impl Read for SimulatePrincipalPolicy {
    type Output = SimulatePrincipalPolicyOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        items_max(self.question.max_items)?;
        if self.source.is_empty() {
            return Err(missing("policySourceArn"));
        }
        check_access(world, cx, "iam:SimulatePrincipalPolicy", &self.source, Vec::new())?;
        let source = identity_at(world, &self.source)?;
        let given = documents(&self.policies, Policy::identity)?;
        let boundary = documents(&self.question.boundaries, Policy::identity)?;
        let mut sources = sources_of(world, source);
        sources.extend(listed(&given));
        let caller = match &self.question.caller {
            Some(arn) => identity_at(world, arn)?,
            None => source,
        };
        let mut effective = caller
            .principal()
            .map_or_else(nameless, |principal| effective_policies(world, &Caller::from(principal)));
        effective.boundary =
            boundary.first().or_else(|| world.get::<iam::State>().boundary(source.entity));
        let resource_policy = resource_policy(self.question.resource_policy.as_deref())?;
        let simulation = Simulation {
            sources,
            effective,
            resource_policy,
            entries: &self.question.context,
            at: cx.at,
        };
        Ok(SimulatePrincipalPolicyOutput { outcomes: simulation.page(&self.question)? })
    }
}

impl Read for SimulateCustomPolicy {
    type Output = SimulateCustomPolicyOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        items_max(self.question.max_items)?;
        check_access(world, cx, "iam:SimulateCustomPolicy", "*", Vec::new())?;
        if self.policies.is_empty() {
            return Err(missing("policyInputList"));
        }
        let given = documents(&self.policies, Policy::identity)?;
        let boundary = documents(&self.question.boundaries, Policy::identity)?;
        let resource_policy = resource_policy(self.question.resource_policy.as_deref())?;
        let mut effective = match &self.question.caller {
            Some(arn) => match identity_at(world, arn)?.principal() {
                Some(principal) => effective_policies(world, &Caller::from(principal)),
                None => return Err(bad_input(format!("Invalid caller ARN: {arn}"))),
            },
            None if resource_policy.is_some() => {
                return Err(bad_input("CallerArn is required when ResourcePolicy is specified."));
            }
            None => nameless(),
        };
        effective.boundary = boundary.first();
        let simulation = Simulation {
            sources: listed(&given),
            effective,
            resource_policy,
            entries: &self.question.context,
            at: cx.at,
        };
        Ok(SimulateCustomPolicyOutput { outcomes: simulation.page(&self.question)? })
    }
}

fn documents(
    texts: &[String],
    read: fn(&str) -> Result<Policy, policy::PolicyError>,
) -> Result<Vec<Policy>, ApiError> {
    texts.iter().map(|t| read(t).map_err(|e| bad_input(e.message))).collect()
}

fn resource_policy(text: Option<&str>) -> Result<Option<Policy>, ApiError> {
    text.map(|t| Policy::parse(t).map_err(|e| bad_input(e.message))).transpose()
}

/// Policies of the call itself, named by their places.
fn listed(policies: &[Policy]) -> Vec<(String, &Policy)> {
    let named = |(i, policy)| (format!("PolicyInputList.{}", i + 1), policy);
    policies.iter().enumerate().map(named).collect()
}

/// A caller of whom nothing is known but its policies.
fn nameless<'w>() -> EffectivePolicies<'w> {
    EffectivePolicies {
        who: Requester { kind: RequesterKind::User, ..Requester::default() },
        ..EffectivePolicies::default()
    }
}

/// An identity of the account.
#[derive(Clone, Copy)]
struct Identity<'w> {
    kind: Kind,
    entity: &'w Entity,
}

impl Identity<'_> {
    /// As whom it would call; a group never calls.
    fn principal(&self) -> Option<Principal> {
        let name = self.entity.name.clone();
        match self.kind {
            Kind::User => Some(Principal::User(name)),
            Kind::Role => Some(Principal::Role { role: name, session: "simulation".into() }),
            _ => None,
        }
    }
}

/// The user, group or role with this ARN.
fn identity_at<'a>(world: &'a World, arn: &str) -> Result<Identity<'a>, ApiError> {
    let own = format!("arn:aws:iam::{}:", world.config().account);
    let (kind, path) = arn
        .strip_prefix(own.as_str())
        .and_then(|rest| rest.split_once('/'))
        .ok_or_else(|| bad_input(format!("Invalid Entity Arn: {arn}")))?;
    let name = path.rsplit('/').next().unwrap_or_default();
    let (kind, entity) = match kind {
        "user" => (Kind::User, world.get::<iam::State>().users.get(name)?.entity()),
        "group" => (Kind::Group, world.get::<iam::State>().groups.get(name)?.entity()),
        "role" => (Kind::Role, world.get::<iam::State>().roles.get(name)?.entity()),
        _ => return Err(bad_input(format!("Invalid Entity Arn: {arn}"))),
    };
    if entity.arn == arn { Ok(Identity { kind, entity }) } else { Err(kind.missing(name)) }
}

/// The policies of an identity, and of a user's groups, with the simulator's names for them.
fn sources_of<'w>(world: &'w World, identity: Identity<'w>) -> Vec<(String, &'w Policy)> {
    let mut found = Vec::new();
    let Identity { kind, entity } = identity;
    let user = world.get::<iam::State>().users.find(&entity.name).filter(|_| kind == Kind::User);
    let groups = user
        .into_iter()
        .flat_map(|u| &u.groups)
        .filter_map(|key| world.get::<iam::State>().groups.by_key(key))
        .map(|g| (Kind::Group, &g.entity));
    for (kind, entity) in std::iter::once((kind, entity)).chain(groups) {
        for (name, policy) in &entity.inline {
            found.push((format!("{}_{}_{name}", kind.segment(), entity.name), policy));
        }
        for managed in
            entity.attached.iter().filter_map(|arn| world.get::<iam::State>().managed(arn))
        {
            if let Some(document) = managed.document() {
                found.push((managed.entity.name.clone(), document));
            }
        }
    }
    found
}

/// Everything a simulation is about but the actions and resources.
struct Simulation<'a> {
    sources: Vec<(String, &'a Policy)>,
    /// The caller; its identity policies are replaced by the sources.
    effective: EffectivePolicies<'a>,
    resource_policy: Option<Policy>,
    entries: &'a [ContextEntry],
    at: base::Time,
}

impl Simulation<'_> {
    /// The page of outcomes that is asked for.
    fn page(self, question: &Question) -> Result<Outcomes, ApiError> {
        let results = self.run(&question.actions, &question.resources)?;
        let page = Paging::new(question.marker.as_ref(), question.max_items)
            .take(results.iter().map(|(key, r)| (key, r)), EvaluationResult::clone);
        Ok(Outcomes { results: page.items, is_truncated: page.next.is_some(), marker: page.next })
    }

    /// All outcomes with their keys for paging.
    fn run(
        mut self,
        actions: &[String],
        resources: &[String],
    ) -> Result<Vec<(String, EvaluationResult)>, ApiError> {
        if actions.is_empty() {
            return Err(missing("actionNames"));
        }
        if let Some(bad) = actions.iter().find(|a| !a.contains(':')) {
            return Err(bad_input(format!("Invalid Action: {bad}")));
        }
        self.effective.identity = self.sources.iter().map(|(_, policy)| *policy).collect();
        let mut context = Context::of_principal(&self.effective.who, self.at);
        for entry in self.entries {
            entry.check()?;
            context.set(&entry.name, entry.values.clone());
        }
        let everything = ["*".to_owned()];
        let resources = if resources.is_empty() { &everything } else { resources };
        let pairs = actions.iter().flat_map(|a| resources.iter().map(move |r| (a, r)));
        let outcome = |(i, (action, resource)): (usize, (&String, &String))| {
            (format!("{i:06}"), self.outcome(action, resource, &context))
        };
        Ok(pairs.enumerate().map(outcome).collect())
    }

    fn outcome(&self, action: &str, resource: &str, context: &Context<'_>) -> EvaluationResult {
        let access = Access {
            action,
            resource,
            resource_policy: self.resource_policy.as_ref(),
            acl_allows: false,
        };
        let (decision, effect) = match decide(&self.effective, access, context) {
            Ok(()) => (Decision::Allowed, Some(Effect::Allow)),
            Err(Reason::Explicit(_)) => (Decision::ExplicitDeny, Some(Effect::Deny)),
            Err(Reason::Implicit(_)) => (Decision::ImplicitDeny, None),
        };
        let boundary = self.effective.boundary.map(|policy| BoundaryDetail {
            allowed: policy.judges(Effect::Allow, access, None, context).is_some()
                && policy.judges(Effect::Deny, access, None, context).is_none(),
        });
        EvaluationResult {
            action: action.to_owned(),
            resource: resource.to_owned(),
            decision,
            matched: effect.map(|e| self.matched(e, access, context)).unwrap_or_default(),
            missing: self.missing(context),
            boundary,
        }
    }

    fn matched(&self, effect: Effect, access: Access<'_>, context: &Context<'_>) -> Vec<Statement> {
        let identity = self.sources.iter().map(|(id, p)| (id.as_str(), "IAM Policy", *p, None));
        let resource = self
            .resource_policy
            .iter()
            .map(|p| ("ResourcePolicy", "Resource Policy", p, Some(&self.effective.who)));
        let mut found = Vec::new();
        for (source, source_type, policy, who) in identity.chain(resource) {
            let positions = policy.positions();
            for (i, _) in policy.applying(effect, access, who, context) {
                let Some((start, end)) = positions.get(i) else { continue };
                let place = |p: &policy::Position| Position { line: p.line, column: p.column };
                found.push(Statement {
                    source: source.to_owned(),
                    source_type: source_type.to_owned(),
                    start: place(start),
                    end: place(end),
                });
            }
        }
        found
    }

    fn missing(&self, context: &Context<'_>) -> Vec<String> {
        let policies = self.sources.iter().map(|(_, p)| *p).chain(&self.resource_policy);
        let keys: std::collections::BTreeSet<&str> = policies.flat_map(Policy::keys).collect();
        keys.into_iter().filter(|k| context.values(k).is_none()).map(str::to_owned).collect()
    }
}
