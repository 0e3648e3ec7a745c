//! What the kernel asks of the account's rules before an operation runs.

use serde_json::{Value, json};

use super::authorize_operation;
use super::testing;
use base::Time;
use sim::api::{ApiError, Read};
use sim::{Caller, Config, Cx, Principal, Scope, World};

sim::operation! {
    /// Feeds animals.
    read Feed in "zoo" = "";
    input {
        /// Which.
        animals: Vec<String> => "Animals",
        /// With what.
        food: Option<String> => "Food",
    }
    output FeedOutput {}
    errors []
    access {
        "zoo:Feed" on "arn:aws:zoo:{region}:{account}:animal/{Animals}" keys { "zoo:Food": "Food" },
        "zoo:Open" on "*",
    }
}

impl Read for Feed {
    type Output = FeedOutput;
    fn read(self, _: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let _ = (self.animals, self.food);
        Ok(FeedOutput {})
    }
}

/// A world in which `ada` has this policy.
fn world(policy: &Value) -> World {
    let mut world = testing::world(Config::new(7, Time(0)));
    let root = Caller::from(Principal::Root);
    let mut call = |name: &str, input: Value| {
        let op = testing::service("iam").and_then(|s| s.operation(name)).expect("an operation");
        world.apply(Time(0), &root, op, input).expect("done");
    };
    call("CreateUser", json!({"UserName": "ada"}));
    let document = policy.to_string();
    call(
        "PutUserPolicy",
        json!({"UserName": "ada", "PolicyName": "p", "PolicyDocument": document}),
    );
    world
}

#[test]
fn an_operation_is_asked_for_before_it_runs() {
    let allow = |statements: Value| json!({"Version": "2012-10-17", "Statement": statements});
    let open = json!({"Effect": "Allow", "Action": "zoo:Open", "Resource": "*"});
    let check = |who: Principal, statements: Value, input: Value, want: &str| {
        let world = world(&allow(statements.clone()));
        let caller = Caller::from(who);
        let cx = world.circumstances(&caller);
        let got = authorize_operation(&world, &cx, &Feed::DEF, &input);
        let got = got.map_or_else(|e| format!("{}: {}", e.code, e.message), |()| "yes".into());
        assert_eq!(got, want, "{statements} {input}");
    };
    let ada = || Principal::User("ada".into());
    let animal = |name: &str| format!("arn:aws:zoo:us-east-1:123456789012:animal/{name}");
    let feed =
        |name: &str| json!({"Effect": "Allow", "Action": "zoo:Feed", "Resource": animal(name)});
    let no = |action: &str, resource: &str| {
        format!(
            "AccessDenied: User: arn:aws:iam::123456789012:user/ada is not authorized to perform: \
             {action} on resource: {resource} because no identity-based policy allows the {action} \
             action"
        )
    };
    let lion = || json!({"Animals": ["lion"]});
    check(Principal::Root, json!([open]), lion(), "yes");
    check(
        Principal::Anonymous,
        json!([open]),
        lion(),
        "MissingAuthenticationToken: Request is missing Authentication Token",
    );
    check(ada(), json!([open, feed("lion")]), lion(), "yes");
    check(ada(), json!([feed("lion")]), lion(), &no("zoo:Open", "*"));
    let two = json!({"Animals": ["lion", "bear"]});
    check(ada(), json!([open, feed("lion")]), two.clone(), &no("zoo:Feed", &animal("bear")));
    check(ada(), json!([open, feed("*")]), two, "yes");
    check(ada(), json!([open, feed("lion")]), json!({}), &no("zoo:Feed", &animal("*")));
    let mut fussy = feed("lion");
    fussy["Condition"] = json!({"StringEquals": {"zoo:Food": "meat"}});
    let meal = |food: &str| json!({"Animals": ["lion"], "Food": food});
    check(ada(), json!([open, fussy]), meal("meat"), "yes");
    check(ada(), json!([open, fussy]), meal("hay"), &no("zoo:Feed", &animal("lion")));
}

#[test]
fn the_region_that_a_policy_asks_for_is_the_request_s_and_not_the_world_s() {
    let condition = json!({"StringEquals": {"aws:RequestedRegion": "eu-west-1"}});
    let statement =
        json!({"Effect": "Allow", "Action": "zoo:*", "Resource": "*", "Condition": condition});
    let world = world(&json!({"Version": "2012-10-17", "Statement": [statement]}));
    let ask = |region: &str| {
        let mut caller = Caller::from(Principal::User("ada".into()));
        caller.scope = Scope { region: region.into(), ..Scope::default() };
        let cx = world.circumstances(&caller);
        authorize_operation(&world, &cx, &Feed::DEF, &json!({"Animals": ["bear"]}))
    };
    assert_eq!(ask("eu-west-1"), Ok(()));
    // The world's own is `us-east-1`, which a request that names none is for.
    assert!(ask("us-east-1").is_err());
    assert!(ask("").is_err());
}
