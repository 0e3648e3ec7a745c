//! The errors that several operations answer.

use sim::api::ApiError;

fn fault(code: &str, message: impl Into<String>) -> ApiError {
    ApiError::new(400, code, message)
}

/// A parameter that is not as it must be.
pub(crate) fn invalid(message: impl Into<String>) -> ApiError {
    fault("InvalidParameterException", message)
}

/// Something that the client cannot have.
pub(crate) fn client(message: impl Into<String>) -> ApiError {
    fault("ClientException", message)
}

pub(crate) fn no_cluster() -> ApiError {
    fault("ClusterNotFoundException", "Cluster not found.")
}

pub(crate) fn inactive_cluster() -> ApiError {
    fault("ClusterNotFoundException", "The referenced cluster was inactive.")
}

pub(crate) fn cluster_has(what: Has) -> ApiError {
    let (code, subject) = match what {
        Has::Instances => (
            "ClusterContainsContainerInstancesException",
            "Container Instances are active or draining",
        ),
        Has::Services => ("ClusterContainsServicesException", "Services are active"),
        Has::Tasks => ("ClusterContainsTasksException", "Tasks are active"),
    };
    fault(code, format!("The Cluster cannot be deleted while {subject}."))
}

/// What keeps a cluster from being deleted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Has {
    Instances,
    Services,
    Tasks,
}

pub(crate) fn no_service() -> ApiError {
    fault("ServiceNotFoundException", "Service not found.")
}

pub(crate) fn service_not_active() -> ApiError {
    fault("ServiceNotActiveException", "Service was not ACTIVE.")
}

pub(crate) fn no_definition() -> ApiError {
    client("TaskDefinition not found.")
}

pub(crate) fn no_task() -> ApiError {
    invalid("The referenced task was not found.")
}

pub(crate) fn no_target() -> ApiError {
    fault("TargetNotFoundException", "The target container instance was not found.")
}

/// Something that the real service does and this one does not.
pub(crate) fn not_simulated(what: &str) -> ApiError {
    fault("UnsupportedFeatureException", format!("{what} is not simulated here"))
}
