//! `AssumeRole`: temporary credentials of a role, for whom its trust policy lets in.

use crate::iam;
use crate::iam::effective_policies::effective_policies;
use crate::sts;
use crate::sts::state::{Session, issue};
use std::time::Duration;

use crate::iam::rules::{bad_input, constraint, invalid, missing, unsigned};
use crate::iam::state::Role;
use crate::policy::{Access, Context, Denied, Effect, Policy, Reason, Requester, Source, decide};
use sim::api::{ApiError, Refused, Value, Write};
use sim::{Cx, Principal, World};

use super::mfa::Proof;
use super::session_tags::Tagging;
use super::{Credentials, duration};

/// Seconds a session lasts unless the caller says so, and at most where a role assumes a role.
const CHAINED_SECS: i64 = 3600;
/// Seconds any session lasts at most.
const SECS_MAX: i64 = 43_200;
/// The most characters of all session policies together.
const POLICY_LEN_MAX: usize = 2048;

sim::argument! {
    /// A managed policy, named by its ARN.
    pub struct PolicyDescriptor {
        /// The ARN of the policy.
        pub(crate) arn: String => "arn",
    }
}

sim::structure! {
    /// The session of an assumed role.
    pub struct AssumedRoleUser {
        /// The unique id of the role and the name of the session.
        pub id: String => "AssumedRoleId",
        /// The ARN of the session.
        pub arn: String => "Arn",
    }
}

sim::operation! {
    /// Returns a set of temporary security credentials that you can use to act as a role. The
    /// role's trust policy must let the caller in.
    write AssumeRole in "sts" = "POST /";
    input {
        ..proof: Proof,
        ..tagging: Tagging,
        /// The ARN of the role to assume.
        role_arn: String => "RoleArn",
        /// A name for the session: 2 to 64 letters, digits and `_=,.@-`.
        session_name: String => "RoleSessionName",
        /// Managed policies that limit the session.
        policy_arns: Vec<PolicyDescriptor> => "PolicyArns",
        /// An inline policy that limits the session, in JSON.
        policy: Option<String> => "Policy",
        /// How long the session lasts, in seconds: from 900 to the maximum of the role; one hour
        /// when it is not given.
        duration_seconds: Option<i64> => "DurationSeconds",
        /// The value that the trust policy may ask for as `sts:ExternalId`.
        external_id: Option<String> => "ExternalId",
        /// Whom the session acts for. It stays when the session assumes another role.
        source_identity: Option<String> => "SourceIdentity",
        /// Contexts that another service vouches for; not simulated.
        _provided_contexts: Refused<Value> => "ProvidedContexts",
    }
    output AssumeRoleOutput {
        /// The temporary credentials.
        pub credentials: Credentials => "Credentials",
        /// The session.
        pub user: AssumedRoleUser => "AssumedRoleUser",
        /// How much of the space for session policies is used, in percent.
        pub packed_policy_size: Option<i64> => "PackedPolicySize",
        /// Whom the session acts for, if that was set.
        pub source_identity: Option<String> => "SourceIdentity",
    }
    errors ["AccessDenied", "MalformedPolicyDocument", "PackedPolicyTooLarge", "ValidationError"]
    access itself
}

impl Write for AssumeRole {
    type Output = AssumeRoleOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        self.check_form()?;
        let parent = world.get::<sts::State>().session(cx.caller);
        let (tags, transitive) = self.tagging.tags(parent)?;
        let source_identity = self.identity(parent)?;
        let (policies, size) = self.session_policies(world)?;
        let mfa = self.proof.given(world, cx)?.then_some(cx.at);
        let session = Session { policies, tags, transitive, source_identity, mfa };
        let role = self.trusting_role(world, cx, &session)?;
        let span = self.duration(role, &cx.caller.principal)?;
        let name = role.entity.name.clone();
        let id = format!("{}:{}", role.entity.id, self.session_name);
        let account = &world.config().account;
        let arn = format!("arn:aws:sts::{account}:assumed-role/{name}/{}", self.session_name);
        self.proof.spend(world, cx)?;
        let source_identity = session.source_identity.clone();
        let principal = Principal::Role { role: name, session: self.session_name };
        let credential = issue(world, principal, cx.at.plus(span), session);
        Ok(AssumeRoleOutput {
            credentials: credential.into(),
            user: AssumedRoleUser { id, arn },
            packed_policy_size: size,
            source_identity: (!source_identity.is_empty()).then_some(source_identity),
        })
    }
}

impl AssumeRole {
    fn check_form(&self) -> Result<(), ApiError> {
        let arn = self.role_arn.as_str();
        if arn.is_empty() {
            return Err(missing("roleArn"));
        }
        if arn.len() < 20 {
            return Err(constraint(arn, "roleArn", "have length greater than or equal to 20"));
        }
        if !arn.starts_with("arn:") || arn.splitn(6, ':').count() < 6 {
            return Err(invalid(format!("{arn} is invalid")));
        }
        word(&self.session_name, "roleSessionName", 2, 64, "_+=,.@-")?;
        if let Some(id) = &self.external_id {
            word(id, "externalId", 2, 1224, r"_+=,.@:\/-")?;
        }
        Ok(())
    }

    /// The role, when its trust policy lets the caller in.
    fn trusting_role<'w>(
        &self,
        world: &'w World,
        cx: &Cx<'_>,
        session: &Session,
    ) -> Result<&'w Role, ApiError> {
        let effective = effective_policies(world, cx.caller);
        match &cx.caller.principal {
            Principal::Root => {
                let message = "Roles may not be assumed by root accounts.";
                return Err(ApiError::new(403, "AccessDenied", message));
            }
            Principal::User(_) | Principal::Role { .. } => {}
            _ => return Err(unsigned()),
        }
        let who = effective.who.shown();
        let deny = |message| ApiError::new(403, "AccessDenied", message);
        let name = self.role_arn.rsplit('/').next().unwrap_or_default();
        let role =
            world.get::<iam::State>().roles.find(name).filter(|r| r.entity.arn == self.role_arn);
        // Whether a role exists is not told to whom it does not trust.
        let role = role.ok_or_else(|| {
            deny(format!(
                "User: {who} is not authorized to perform: sts:AssumeRole on resource: {}",
                self.role_arn
            ))
        })?;
        let context = self.context(cx, &effective.who, session);
        let mut actions = vec!["sts:AssumeRole"];
        actions.extend((!session.tags.is_empty()).then_some("sts:TagSession"));
        actions.extend((!session.source_identity.is_empty()).then_some("sts:SetSourceIdentity"));
        for action in actions {
            let access = Access {
                action,
                resource: &self.role_arn,
                resource_policy: Some(&role.trust),
                acl_allows: false,
            };
            let trusted = role.trust.judges(Effect::Allow, access, Some(&effective.who), &context);
            let verdict = match decide(&effective, access, &context) {
                Ok(()) if trusted.is_none() => Err(Reason::Implicit(Source::Trust)),
                verdict => verdict,
            };
            verdict.map_err(|reason| {
                let denied = Denied { principal: who.clone(), reason };
                deny(denied.message(action, &self.role_arn))
            })?;
        }
        Ok(role)
    }

    /// What the policies that let the caller in may ask for.
    fn context<'a>(&self, cx: &Cx<'a>, who: &'a Requester, session: &Session) -> Context<'a> {
        let mut context = Context::of(who, cx.at, &cx.caller.via, cx.region);
        if let Some(given) = session.mfa {
            context.set_mfa(given, cx.at);
        }
        context.add("sts:RoleSessionName", self.session_name.as_str());
        if let Some(id) = &self.external_id {
            context.add("sts:ExternalId", id.as_str());
        }
        if !session.source_identity.is_empty() {
            context.add("sts:SourceIdentity", session.source_identity.as_str());
        }
        for (key, value) in &session.tags {
            context.add(&format!("aws:RequestTag/{key}"), value.as_str());
            context.add("aws:TagKeys", key.as_str());
        }
        for key in &session.transitive {
            context.add("sts:TransitiveTagKeys", key.as_str());
        }
        context
    }

    /// Whom the session acts for: what the calling session acts for stays.
    fn identity(&self, parent: Option<&Session>) -> Result<String, ApiError> {
        let before = parent.map(|p| p.source_identity.as_str()).unwrap_or_default();
        let Some(given) = &self.source_identity else { return Ok(before.to_owned()) };
        word(given, "sourceIdentity", 2, 64, "_+=,.@-")?;
        if before.is_empty() || before == given {
            return Ok(given.clone());
        }
        let message = "You cannot change the source identity of a role session.";
        Err(ApiError::new(403, "AccessDenied", message))
    }

    fn duration(&self, role: &Role, caller: &Principal) -> Result<Duration, ApiError> {
        let secs = self.duration_seconds.unwrap_or(CHAINED_SECS);
        let span = duration(secs, SECS_MAX)?;
        if matches!(caller, Principal::Role { .. }) && secs > CHAINED_SECS {
            return Err(invalid(
                "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed \
                 by role chaining",
            ));
        }
        if secs > role.session_secs_max {
            return Err(invalid(
                "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
            ));
        }
        Ok(span)
    }

    /// The policies that limit the session, and how much of their space they take.
    fn session_policies(&self, world: &World) -> Result<(Vec<Policy>, Option<i64>), ApiError> {
        let mut found = Vec::new();
        for descriptor in &self.policy_arns {
            let managed =
                world.get::<iam::State>().managed(&descriptor.arn).and_then(|m| m.document());
            let document = managed.ok_or_else(|| {
                bad_input(format!("PolicyArns contains an unknown policy: {}", descriptor.arn))
            })?;
            found.push(document.clone());
        }
        let Some(text) = &self.policy else { return Ok((found, None)) };
        found.push(Policy::identity(text)?);
        let percent = text.len() * 100 / POLICY_LEN_MAX;
        if percent > 100 {
            let message = format!(
                "Packed policy consumes {percent}% of allotted space, please use smaller policy."
            );
            return Err(ApiError::new(400, "PackedPolicyTooLarge", message));
        }
        Ok((found, i64::try_from(percent.max(1)).ok()))
    }
}

/// A word of letters, digits and these further characters.
fn word(
    text: &str,
    member: &str,
    least: usize,
    most: usize,
    further: &str,
) -> Result<(), ApiError> {
    if text.is_empty() {
        return Err(missing(member));
    }
    let legal = |c: char| c.is_ascii_alphanumeric() || further.contains(c);
    let rule = match text.chars().count() {
        n if n < least => format!("have length greater than or equal to {least}"),
        n if n > most => format!("have length less than or equal to {most}"),
        _ if text.chars().all(legal) => return Ok(()),
        _ => {
            let further = further.trim_start_matches('_');
            format!(r"satisfy regular expression pattern: [\w{further}]*")
        }
    };
    Err(constraint(text, member, &rule))
}
