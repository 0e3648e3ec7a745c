//! Object lock: versions that cannot be removed before their time, or while a hold is on them.
//!
//! Follows the S3 User Guide, "Locking objects with Object Lock". Time is the lab's. A year of a
//! default retention has 365 days.

use super::access::{Door, Facts};
use super::errors::{argument, request, spelled};
use super::object::{About, Lock, LockMode, Retention};
use super::permit::Permission;
use super::state::{Bucket, DefaultRetention, Period};
use base::Time;
use sim::api::ApiError;

sim::group! {
    /// How an object to be is protected.
    pub struct LockHeaders {
        /// `GOVERNANCE`, or `COMPLIANCE`, which nobody can take back.
        pub(super) mode: Option<String> => "ObjectLockMode" Header("x-amz-object-lock-mode"),
        /// Until when the object must not be removed.
        pub(super) until: Option<Time> => "ObjectLockRetainUntilDate" Header("x-amz-object-lock-retain-until-date"),
        /// Whether a legal hold is on it: `ON` or `OFF`.
        pub(super) hold: Option<String> => "ObjectLockLegalHoldStatus" Header("x-amz-object-lock-legal-hold"),
    }
}

const DAY_MS: i64 = 86_400_000;

impl LockHeaders {
    /// Whether the request asks for a retention of its own.
    pub(super) fn retains(&self) -> bool {
        self.mode.is_some() || self.until.is_some()
    }

    /// What policies may ask about.
    pub(super) fn facts(&self) -> Facts {
        let given = [
            ("s3:object-lock-mode", self.mode.clone()),
            ("s3:object-lock-retain-until-date", self.until.map(Time::iso_millis)),
            ("s3:object-lock-legal-hold", self.hold.clone()),
        ];
        given.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }

    /// The protection of an object that is written now.
    ///
    /// # Errors
    /// `InvalidRequest` where the bucket has no object lock; `InvalidArgument`.
    pub(super) fn lock(&self, bucket: &Bucket, now: Time) -> Result<Lock, ApiError> {
        let Some(default) = &bucket.object_lock else {
            let asked = self.retains() || self.hold.is_some();
            return if asked { Err(no_configuration()) } else { Ok(Lock::default()) };
        };
        let retention = match (self.mode.as_deref(), self.until) {
            (None, None) => default.as_ref().map(|default| from_default(default, now)),
            (Some(mode), Some(until)) => {
                let header = "x-amz-object-lock-mode";
                let mode: LockMode = spelled(mode)
                    .ok_or_else(|| argument("Unknown wormMode directive.", header, mode))?;
                let header = "x-amz-object-lock-retain-until-date";
                Some(Retention { mode, until: future(until, now, header)? })
            }
            (mode, _) => {
                let missing = if mode.is_some() {
                    "x-amz-object-lock-retain-until-date"
                } else {
                    "x-amz-object-lock-mode"
                };
                let message = "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must \
                               both be supplied";
                return Err(argument(message, missing, ""));
            }
        };
        let hold = match self.hold.as_deref() {
            None => None,
            Some("ON") => Some(true),
            Some("OFF") => Some(false),
            Some(other) => {
                let message = "Legal Hold must be either of 'ON' or 'OFF'";
                return Err(argument(message, "x-amz-object-lock-legal-hold", other));
            }
        };
        Ok(Lock { retention, hold })
    }
}

/// # Errors
/// `InvalidArgument` for what is past.
pub(super) fn future(until: Time, now: Time, name: &str) -> Result<Time, ApiError> {
    if until > now {
        return Ok(until);
    }
    Err(argument("The retain until date must be in the future!", name, until.iso_millis()))
}

fn from_default(default: &DefaultRetention, now: Time) -> Retention {
    let days = match default.period {
        Period::Days(days) => days,
        Period::Years(years) => years.saturating_mul(365),
    };
    let until = Time(now.0.saturating_add(days.saturating_mul(DAY_MS)));
    Retention { mode: default.mode, until }
}

/// `InvalidRequest` of a bucket without object lock.
pub(super) fn no_configuration() -> ApiError {
    request("Bucket is missing Object Lock Configuration")
}

/// `AccessDenied` of a version that is protected.
fn protected() -> ApiError {
    ApiError::new(403, "AccessDenied", "Access Denied because object protected by object lock.")
}

/// Whether governance is to be set aside: asked for, and permitted.
fn may_bypass(door: &Door<'_>, key: &str, asked: bool) -> Result<(), ApiError> {
    if !asked {
        return Err(protected());
    }
    door.on_key("s3:BypassGovernanceRetention", key, None, Vec::new())
}

/// Whether a version may be removed for good.
///
/// # Errors
/// `AccessDenied`.
pub(super) fn check_removal(
    door: &Door<'_>,
    key: &str,
    lock: &Lock,
    now: Time,
    bypass: bool,
) -> Result<(), ApiError> {
    if lock.hold == Some(true) {
        return Err(protected());
    }
    match lock.retention.filter(|retention| retention.until > now) {
        None => Ok(()),
        Some(Retention { mode: LockMode::Compliance, .. }) => Err(protected()),
        Some(Retention { mode: LockMode::Governance, .. }) => may_bypass(door, key, bypass),
    }
}

/// Whether a version's retention may become this. It may always become longer.
///
/// # Errors
/// `AccessDenied`.
pub(super) fn check_change(
    door: &Door<'_>,
    key: &str,
    (old, new): (Option<Retention>, Option<Retention>),
    now: Time,
    bypass: bool,
) -> Result<(), ApiError> {
    let Some(old) = old.filter(|old| old.until > now) else { return Ok(()) };
    let longer = new.filter(|new| new.until >= old.until);
    match (old.mode, longer.map(|new| new.mode)) {
        (LockMode::Compliance, Some(LockMode::Compliance)) | (LockMode::Governance, Some(_)) => {
            Ok(())
        }
        (LockMode::Compliance, _) => Err(protected()),
        (LockMode::Governance, None) => may_bypass(door, key, bypass),
    }
}

impl Door<'_> {
    /// What of an object's protection the caller may see.
    pub(super) fn seen_lock(&self, key: &str, about: &About) -> Lock {
        let may = |action: &str| {
            self.on_object(action, key, about, Permission::FullControl, Vec::new()).is_ok()
        };
        Lock {
            retention: about.lock.retention.filter(|_| may("s3:GetObjectRetention")),
            hold: about.lock.hold.filter(|_| may("s3:GetObjectLegalHold")),
        }
    }
}
