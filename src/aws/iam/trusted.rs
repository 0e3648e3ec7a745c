//! Whether a service may act as a role, for services that do.

use sim::World;

use super::state::{Role, State};
use crate::policy::{Effect, Set};

/// The role of that name or ARN, if it is there.
fn find<'w>(world: &'w World, role: &str) -> Option<&'w Role> {
    let name = role.rsplit('/').next().unwrap_or_default();
    let found = world.get::<State>().roles.find(name)?;
    (!role.starts_with("arn:") || found.entity.arn == role).then_some(found)
}

/// The name of a role that a service (`ecs-tasks.amazonaws.com`) may assume: it is there, and its trust
/// policy names the service. The role is given by its name or ARN.
#[must_use]
pub fn by_service(world: &World, role: &str, service: &str) -> Option<String> {
    let found = find(world, role)?;
    let trusts = found.trust.statements.iter().any(|statement| {
        let named = match &statement.principals {
            Some(Set::Only(who)) => {
                who.everyone || who.services.iter().any(|named| named == service)
            }
            _ => false,
        };
        let Set::Only(actions) = &statement.actions else { return false };
        let assumes = |action: &String| {
            matches!(action.to_ascii_lowercase().as_str(), "sts:assumerole" | "sts:*" | "*")
        };
        statement.effect == Effect::Allow && named && actions.iter().any(assumes)
    });
    trusts.then(|| found.entity.name.clone())
}

/// The ARN of a role that is there, by its name or ARN.
#[must_use]
pub fn arn(world: &World, role: &str) -> Option<String> {
    find(world, role).map(|role| role.entity.arn.clone())
}

/// The name of the role of an instance profile.
#[must_use]
pub fn of_profile(world: &World, profile: &str) -> Option<String> {
    let name = profile.rsplit('/').next().unwrap_or_default();
    let state = world.get::<State>();
    let role = state.roles.by_key(state.profiles.find(name)?.role.as_deref()?)?;
    by_service(world, &role.entity.name, "ec2.amazonaws.com")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::of_profile;
    use crate::testing;
    use base::Time;
    use sim::{Caller, Config, Principal};

    #[test]
    fn the_role_of_a_profile_is_found_by_its_own_spelling() {
        let check = |document: Value, want: Option<&str>| {
            let mut world = testing::world(Config::new(7, Time(0)));
            let mut ask = |name: &str, input: Value| {
                let op = testing::service("iam").and_then(|s| s.operation(name)).expect(name);
                world.apply(Time(0), &Caller::from(Principal::Root), op, input).expect("done");
            };
            let document = document.to_string();
            ask(
                "CreateRole",
                json!({"RoleName": "Machines", "AssumeRolePolicyDocument": document}),
            );
            ask("CreateInstanceProfile", json!({"InstanceProfileName": "p"}));
            let both = json!({"InstanceProfileName": "p", "RoleName": "Machines"});
            ask("AddRoleToInstanceProfile", both);
            assert_eq!(of_profile(&world, "p").as_deref(), want, "{document}");
        };
        let statement = |service: Value| json!([{"Effect": "Allow", "Principal": {"Service": service}, "Action": ["sts:AssumeRole"]}]);
        let ec2 = || statement(json!(["ec2.amazonaws.com"]));
        check(json!({"Version": "2012-10-17", "Statement": ec2()}), Some("Machines"));
        check(json!({"Statement": ec2()}), Some("Machines"));
        check(json!({"Statement": statement(json!("ecs.amazonaws.com"))}), None);
    }
}
