//! How long things take, in lab time.

use std::time::Duration;

/// From the making of a load balancer until it is active. AWS publishes no figure ("a few minutes",
/// Application Load Balancers, "Getting started"); two to three are usual.
pub(crate) const PROVISIONING: Duration = Duration::from_secs(150);
/// From the registration of a target until its first health check is sent. AWS says that a target is in
/// `Elb.RegistrationInProgress` meanwhile, and no figure.
pub(crate) const REGISTRATION: Duration = Duration::from_secs(5);
/// How long a target may take to accept a connection before the client is answered with 504
/// (Application Load Balancers, "Troubleshoot", HTTP 504).
pub(crate) const CONNECT_PATIENCE: Duration = Duration::from_secs(10);
/// How often log files are written (Application Load Balancers, "Access logs").
pub(crate) const LOG_INTERVAL: Duration = Duration::from_mins(5);
/// How often values are measured while requests come (Application Load Balancers, "CloudWatch metrics").
pub(crate) const MEASURE_INTERVAL: Duration = Duration::from_mins(1);
