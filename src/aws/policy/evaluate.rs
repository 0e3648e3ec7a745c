//! The evaluation of a request against every policy that bears on it.
//!
//! Follows the IAM User Guide, "Policy evaluation for requests within a single account": an
//! explicit deny anywhere wins; a resource policy that names the caller allows; else an identity
//! policy must allow, and a permissions boundary and a session policy must allow it too.

use super::context::Context;
use super::denied::{Reason, Source};
use super::pattern::{Pattern, Reading, caseless, exact};
use super::requester::{Requester, RequesterKind};
use super::{Effect, Policy, Principals, Set, Statement};
use crate::iam::effective_policies::effective_policies;
use crate::{AccessRequest, Denied};
use sim::{Cx, Principal, World};

/// The bucket-policy actions that the root user keeps whatever a bucket policy says, so that nobody
/// is shut out for ever.
const ROOT_KEEPS: &[&str] = &["s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"];

/// A caller with the policies that come with it.
#[derive(Clone, Debug, Default)]
pub(crate) struct EffectivePolicies<'w> {
    pub(crate) who: Requester,
    /// Its own, its groups' or its role's.
    pub(crate) identity: Vec<&'w Policy>,
    pub(crate) boundary: Option<&'w Policy>,
    /// Of the session: when there are any, one of them must allow too.
    pub(crate) session: Option<Vec<&'w Policy>>,
}

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Access<'a> {
    pub(crate) action: &'a str,
    pub(crate) resource: &'a str,
    pub(crate) resource_policy: Option<&'a Policy>,
    pub(crate) acl_allows: bool,
}

/// How a statement names a caller, from the weakest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Naming {
    /// By its account: that only lets the account's own policies allow it.
    Account,
    /// By the ARN of its role: boundary and session policy still limit it.
    Role,
    /// Itself, or everyone.
    Itself,
}

/// The rules of [`crate::authorize`].
pub(crate) fn evaluate(
    world: &World,
    cx: &Cx<'_>,
    request: &AccessRequest<'_>,
) -> Result<(), Denied> {
    // Only a resource's own policy can deny the root user something.
    if cx.caller.principal == Principal::Root && request.resource_policy.is_none() {
        return Ok(());
    }
    let effective = effective_policies(world, cx.caller);
    let mut context = Context::of(&effective.who, cx.at, &cx.caller.via, cx.region);
    for (key, value) in &request.conditions {
        context.add(key, value.as_str());
    }
    let access = Access {
        action: request.action,
        resource: request.resource,
        resource_policy: request.resource_policy,
        acl_allows: request.acl_allows,
    };
    decide(&effective, access, &context)
        .map_err(|reason| Denied { principal: effective.who.shown(), reason })
}

/// Whether a caller may do something, and if not, which type of policy decided.
pub(crate) fn decide(
    effective: &EffectivePolicies<'_>,
    access: Access<'_>,
    context: &Context<'_>,
) -> Result<(), Reason> {
    let EffectivePolicies { who, identity, boundary, session } = effective;
    let judged = |policy: &Policy, effect| policy.judges(effect, access, None, context).is_some();
    let named =
        |effect| access.resource_policy.and_then(|p| p.judges(effect, access, Some(who), context));
    if who.kind == RequesterKind::Root && ROOT_KEEPS.contains(&access.action) {
        return Ok(());
    }
    let denying = [
        (identity.iter().any(|p| judged(p, Effect::Deny)), Source::Identity),
        (named(Effect::Deny).is_some(), Source::Resource),
        (boundary.is_some_and(|p| judged(p, Effect::Deny)), Source::Boundary),
        (session.iter().flatten().any(|p| judged(p, Effect::Deny)), Source::Session),
    ];
    if let Some((_, source)) = denying.into_iter().find(|(denies, _)| *denies) {
        return Err(Reason::Explicit(source));
    }
    if who.kind == RequesterKind::Root || access.acl_allows {
        return Ok(());
    }
    let naming = named(Effect::Allow);
    if naming == Some(Naming::Itself) {
        return Ok(());
    }
    if who.kind == RequesterKind::Anonymous {
        return Err(Reason::Implicit(Source::Resource));
    }
    let allowed = naming == Some(Naming::Role) || identity.iter().any(|p| judged(p, Effect::Allow));
    if !allowed {
        return Err(Reason::Implicit(Source::Identity));
    }
    if boundary.is_some_and(|p| !judged(p, Effect::Allow)) {
        return Err(Reason::Implicit(Source::Boundary));
    }
    if session.as_ref().is_some_and(|all| !all.iter().any(|p| judged(p, Effect::Allow))) {
        return Err(Reason::Implicit(Source::Session));
    }
    Ok(())
}

impl Policy {
    /// How strongly statements of this effect apply to a request; `None` when none does. `who` is
    /// given for resource policies, whose statements name principals.
    pub(crate) fn judges(
        &self,
        effect: Effect,
        access: Access<'_>,
        who: Option<&Requester>,
        context: &Context<'_>,
    ) -> Option<Naming> {
        self.applying(effect, access, who, context).map(|(_, naming)| naming).max()
    }

    /// The statements of this effect that apply to a request, by their place in the document.
    pub(crate) fn applying(
        &self,
        effect: Effect,
        access: Access<'_>,
        who: Option<&Requester>,
        context: &Context<'_>,
    ) -> impl Iterator<Item = (usize, Naming)> {
        self.statements
            .iter()
            .enumerate()
            .filter(move |(_, s)| s.effect == effect)
            .filter_map(move |(i, s)| Some((i, s.applies(access, who, context, self.variables)?)))
    }
}

impl Statement {
    /// Whether this statement applies to a request, and how it names the caller.
    fn applies(
        &self,
        access: Access<'_>,
        who: Option<&Requester>,
        context: &Context<'_>,
        variables: bool,
    ) -> Option<Naming> {
        let naming = match (&self.principals, who) {
            (Some(set), Some(who)) => set.names(who)?,
            _ => Naming::Itself,
        };
        let action = |list: &[String]| {
            list.iter().any(|pattern| {
                head_fits(pattern, access.action, str::eq_ignore_ascii_case)
                    && Pattern::new(pattern, Reading::Wild, None)
                        .is_some_and(|p| p.matches(access.action, caseless))
            })
        };
        let resource = |list: &[String]| {
            list.iter().any(|pattern| {
                head_fits(pattern, access.resource, |a, b| a == b)
                    && Pattern::new(pattern, Reading::Wild, variables.then_some(context))
                        .is_some_and(|p| p.matches(access.resource, exact))
            })
        };
        let applies = self.actions.holds(|list| action(list))
            && self.resources.as_ref().is_none_or(|set| set.holds(|list| resource(list)))
            && self.conditions.iter().all(|c| c.holds(context, variables));
        applies.then_some(naming)
    }
}

/// Whether a text begins as the plain beginning of a pattern does. Most patterns of a long policy
/// fall here, before anything is built.
fn head_fits(pattern: &str, text: &str, same: fn(&str, &str) -> bool) -> bool {
    let plain = pattern.find(['*', '?', '$']).unwrap_or(pattern.len());
    text.get(..plain).is_some_and(|head| same(head, &pattern[..plain]))
}

impl<T> Set<T> {
    fn holds(&self, test: impl Fn(&T) -> bool) -> bool {
        match self {
            Self::Only(inside) => test(inside),
            Self::AllBut(outside) => !test(outside),
        }
    }
}

impl Set<Principals> {
    fn names(&self, who: &Requester) -> Option<Naming> {
        match self {
            Self::Only(principals) => principals.names(who),
            Self::AllBut(principals) => principals.names(who).is_none().then_some(Naming::Itself),
        }
    }
}

impl Principals {
    fn names(&self, who: &Requester) -> Option<Naming> {
        if self.everyone {
            return Some(Naming::Itself);
        }
        if who.kind == RequesterKind::Anonymous {
            return None;
        }
        if who.kind == RequesterKind::Service {
            let named = self.services.contains(&who.arn) || self.accounts.contains(&who.account);
            return named.then_some(Naming::Itself);
        }
        let role_id = who.user_id.split_once(':').map_or("", |(id, _)| id);
        let identity = self.identities.iter().filter_map(|name| match who.kind {
            _ if *name == who.arn || *name == who.user_id => Some(Naming::Itself),
            RequesterKind::AssumedRole if *name == who.principal_arn || name == role_id => {
                Some(Naming::Role)
            }
            _ => None,
        });
        let account = self.accounts.contains(&who.account).then_some(Naming::Account);
        identity.max().max(account)
    }
}
