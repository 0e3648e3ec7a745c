//! A code of an MFA device, given with a request for temporary credentials.

use crate::iam;
use crate::iam::ops::mfa::{code, serial};
use sim::api::ApiError;
use sim::{Cx, Principal, World};

sim::group! {
    /// What shows that the caller holds a device of its own.
    pub(super) struct Proof {
        /// The ARN of the caller's MFA device.
        serial_number: Option<String> => "SerialNumber",
        /// The code that the device shows, by lab time. Each code works only once.
        token_code: Option<String> => "TokenCode",
    }
}

fn denied(why: &str) -> ApiError {
    ApiError::new(403, "AccessDenied", format!("MultiFactorAuthentication failed{why}"))
}

impl Proof {
    /// Whether a code was given, which must then be right.
    ///
    /// # Errors
    /// `AccessDenied`, when only one of the two was given, or what was given does not fit.
    pub(super) fn given(&self, world: &World, cx: &Cx<'_>) -> Result<bool, ApiError> {
        self.step(world, cx).map(|step| step.is_some())
    }

    /// The same, and the code opens nothing again.
    pub(super) fn spend(&self, world: &mut World, cx: &Cx<'_>) -> Result<bool, ApiError> {
        let Some(step) = self.step(world, cx)? else { return Ok(false) };
        let serial = self.serial_number.as_deref().unwrap_or_default();
        if let Some(device) = world.get_mut::<iam::State>().devices.get_mut(serial) {
            device.take(step);
        }
        Ok(true)
    }

    fn step(&self, world: &World, cx: &Cx<'_>) -> Result<Option<i64>, ApiError> {
        let (number, token) = match (&self.serial_number, &self.token_code) {
            (None, None) => return Ok(None),
            (Some(number), Some(token)) => (number, token),
            _ => {
                return Err(denied(
                    ", must provide both MFA serial number and one time pass code.",
                ));
            }
        };
        serial(number)?;
        code(token, "tokenCode")?;
        let device = world.get::<iam::State>().devices.get(number);
        let own = match &cx.caller.principal {
            Principal::User(name) => device.filter(|d| d.user.as_ref() == Some(name)),
            _ => None,
        };
        let own = own.ok_or_else(|| {
            denied(
                ", unable to validate MFA code.  Please verify your MFA serial number is valid and \
                 associated with this user.",
            )
        })?;
        let step = own.step_of(cx.at, token);
        step.map(Some).ok_or_else(|| denied(" with invalid MFA one time pass code."))
    }
}
