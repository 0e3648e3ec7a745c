//! The services that have a role of their own in an account, and what it is called (the services'
//! user guides, "Using service-linked roles").

use crate::place::Place;
use sim::api::{ApiError, Value};
use sim::{Caller, Cx, Principal, World};

/// A role that a service brings.
pub(super) struct Linked {
    /// The service's principal.
    pub(super) service: &'static str,
    /// The name of its role.
    pub(super) role: &'static str,
    /// The policy of AWS that its role has.
    pub(super) policy: &'static str,
    /// Whether there may be several, told apart by a suffix.
    pub(super) suffix: bool,
}

const fn linked(
    service: &'static str,
    role: &'static str,
    policy: &'static str,
    suffix: bool,
) -> Linked {
    Linked { service, role, policy, suffix }
}

/// In order of their services.
#[rustfmt::skip]
const SERVICES: &[Linked] = &[
    linked("autoscaling.amazonaws.com", "AWSServiceRoleForAutoScaling", "AutoScalingServiceRolePolicy", true),
    linked("cloudtrail.amazonaws.com", "AWSServiceRoleForCloudTrail", "CloudTrailServiceRolePolicy", false),
    linked("dynamodb.application-autoscaling.amazonaws.com", "AWSServiceRoleForApplicationAutoScaling_DynamoDBTable", "AWSApplicationAutoscalingDynamoDBTablePolicy", false),
    linked("ecs.amazonaws.com", "AWSServiceRoleForECS", "AmazonECSServiceRolePolicy", false),
    linked("eks.amazonaws.com", "AWSServiceRoleForAmazonEKS", "AmazonEKSServiceRolePolicy", false),
    linked("elasticache.amazonaws.com", "AWSServiceRoleForElastiCache", "ElastiCacheServiceRolePolicy", false),
    linked("elasticbeanstalk.amazonaws.com", "AWSServiceRoleForElasticBeanstalk", "AWSElasticBeanstalkServiceRolePolicy", false),
    linked("elasticloadbalancing.amazonaws.com", "AWSServiceRoleForElasticLoadBalancing", "AWSElasticLoadBalancingServiceRolePolicy", false),
    linked("elasticmapreduce.amazonaws.com", "AWSServiceRoleForEMRCleanup", "AmazonEMRCleanupPolicy", false),
    linked("ops.apigateway.amazonaws.com", "AWSServiceRoleForAPIGateway", "APIGatewayServiceRolePolicy", false),
    linked("rds.amazonaws.com", "AWSServiceRoleForRDS", "AmazonRDSServiceRolePolicy", false),
    linked("redshift.amazonaws.com", "AWSServiceRoleForRedshift", "AmazonRedshiftServiceLinkedRolePolicy", false),
    linked("replication.dynamodb.amazonaws.com", "AWSServiceRoleForDynamoDBReplication", "DynamoDBReplicationServiceRolePolicy", false),
    linked("replicator.lambda.amazonaws.com", "AWSServiceRoleForLambdaReplicator", "AWSLambdaReplicator", false),
    linked("spot.amazonaws.com", "AWSServiceRoleForEC2Spot", "AWSEC2SpotServiceRolePolicy", false),
];

/// Where the roles of services stand. Nobody else's do.
pub(super) const PATH: &str = "/aws-service-role/";

/// `/aws-service-role/ecs.amazonaws.com/`
pub(super) fn path(service: &str) -> String {
    format!("{PATH}{service}/")
}

/// The role that a service brings, if it brings one.
pub(super) fn of_service(service: &str) -> Option<&'static Linked> {
    SERVICES.iter().find(|linked| linked.service == service)
}

impl Linked {
    /// The path of its role.
    pub(super) fn path(&self) -> String {
        path(self.service)
    }

    /// The ARN of the role's policy.
    pub(super) fn policy_arn(&self) -> String {
        format!("arn:aws:iam::aws:policy/aws-service-role/{}", self.policy)
    }

    /// Whom the role trusts.
    pub(super) fn trust(&self) -> String {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Action":["sts:AssumeRole"],"Effect":"Allow","Principal":{{"Service":["{}"]}}}}]}}"#,
            self.service
        )
    }
}

/// Sees to it that the role that a service brings is there: whoever lets the service begin must be
/// allowed to make it.
///
/// # Errors
/// The service brings no role, or the caller may not make it.
pub fn ensure(world: &mut World, cx: &Cx<'_>, service: &str) -> Result<(), ApiError> {
    let role = of_service(service).map(|linked| linked.role).unwrap_or_default();
    if world.get::<super::State>().roles.find(role).is_none() {
        let input = Value::Object(
            [("AWSServiceName".to_owned(), Value::from(service))].into_iter().collect(),
        );
        world.call(cx, "iam", "CreateServiceLinkedRole", input)?;
    }
    Ok(())
}

/// A service under the role that it brings, at a place.
#[must_use]
pub fn caller(service: &str, session: &str, place: &Place) -> Caller {
    let role = of_service(service).map(|linked| linked.role).unwrap_or_default();
    place.caller(Principal::Role { role: role.to_owned(), session: session.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::SERVICES;
    use crate::iam::managed;
    use crate::policy::Policy;

    #[test]
    fn every_role_has_a_policy_and_trusts_its_service() {
        for linked in SERVICES {
            assert!(managed::find(&linked.policy_arn()).is_some(), "{}", linked.policy);
            assert!(Policy::trust(&linked.trust()).is_ok(), "{}", linked.service);
        }
    }
}
