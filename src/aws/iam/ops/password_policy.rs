//! What the account asks of passwords: `GetAccountPasswordPolicy`, `UpdateAccountPasswordPolicy`,
//! `DeleteAccountPasswordPolicy`.

use crate::iam;
use crate::iam::password::{self, CharKind};
use crate::iam::rules::{check_access, constraint};
use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

/// The least characters where the policy does not say.
const LEN_MIN: i64 = 6;

sim::structure! {
    /// The account's password policy.
    pub struct PasswordPolicy {
        /// The minimum length of passwords.
        pub len_min: Option<i64> => "MinimumPasswordLength",
        /// Whether a password must contain a symbol.
        pub symbols: Option<bool> => "RequireSymbols",
        /// Whether a password must contain a digit.
        pub numbers: Option<bool> => "RequireNumbers",
        /// Whether a password must contain an uppercase letter.
        pub uppercase: Option<bool> => "RequireUppercaseCharacters",
        /// Whether a password must contain a lowercase letter.
        pub lowercase: Option<bool> => "RequireLowercaseCharacters",
        /// Whether users may change their own passwords.
        pub users_change: Option<bool> => "AllowUsersToChangePassword",
        /// Whether passwords expire.
        pub expire: Option<bool> => "ExpirePasswords",
        /// How many days a password is valid.
        pub age_max: Option<i64> => "MaxPasswordAge",
        /// How many previous passwords cannot be used again.
        pub reuse_prevention: Option<i64> => "PasswordReusePrevention",
        /// Whether users with an expired password cannot set a new one.
        pub hard_expiry: Option<bool> => "HardExpiry",
    }
}

sim::operation! {
    /// Retrieves the password policy for the AWS account.
    read GetAccountPasswordPolicy in "iam" = "POST /";
    input {}
    output GetAccountPasswordPolicyOutput {
        /// The policy.
        pub policy: PasswordPolicy => "PasswordPolicy",
    }
    errors ["NoSuchEntity"]
    access itself
}

impl Read for GetAccountPasswordPolicy {
    type Output = GetAccountPasswordPolicyOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        check_access(world, cx, "iam:GetAccountPasswordPolicy", "*", Vec::new())?;
        let Some(policy) = &world.get::<iam::State>().password_policy else {
            let account = &world.config().account;
            let message =
                format!("The Password Policy with domain name {account} cannot be found.");
            return Err(ApiError::new(404, "NoSuchEntity", message));
        };
        let asks = |kind| Some(policy.kinds.contains(&kind));
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        Ok(GetAccountPasswordPolicyOutput {
            policy: PasswordPolicy {
                len_min: Some(number(policy.len_min)),
                symbols: asks(CharKind::Symbol),
                numbers: asks(CharKind::Number),
                uppercase: asks(CharKind::Uppercase),
                lowercase: asks(CharKind::Lowercase),
                users_change: Some(policy.users_change),
                expire: Some(policy.age_max.is_some()),
                age_max: policy.age_max,
                reuse_prevention: policy.reuse_prevention.map(number),
                hard_expiry: policy.hard_expiry,
            },
        })
    }
}

sim::operation! {
    /// Updates the password policy settings for the AWS account. What is not given returns to its
    /// default.
    write UpdateAccountPasswordPolicy in "iam" = "POST /";
    input {
        /// The minimum length of passwords, 6 to 128; 6 when it is not given.
        len_min: Option<i64> => "MinimumPasswordLength",
        /// Whether a password must contain a symbol.
        symbols: Option<bool> => "RequireSymbols",
        /// Whether a password must contain a digit.
        numbers: Option<bool> => "RequireNumbers",
        /// Whether a password must contain an uppercase letter.
        uppercase: Option<bool> => "RequireUppercaseCharacters",
        /// Whether a password must contain a lowercase letter.
        lowercase: Option<bool> => "RequireLowercaseCharacters",
        /// Whether users may change their own passwords.
        users_change: Option<bool> => "AllowUsersToChangePassword",
        /// How many days a password is valid, 1 to 1095; for ever when it is not given.
        age_max: Option<i64> => "MaxPasswordAge",
        /// How many previous passwords cannot be used again, 1 to 24.
        reuse_prevention: Option<i64> => "PasswordReusePrevention",
        /// Whether users with an expired password cannot set a new one.
        hard_expiry: Option<bool> => "HardExpiry",
    }
    output UpdateAccountPasswordPolicyOutput {}
    errors ["LimitExceeded", "ValidationError"]
    access itself
}

fn within(value: i64, member: &str, least: i64, most: i64) -> Result<i64, ApiError> {
    let wrong = |rule: String| Err(constraint(&value.to_string(), member, &rule));
    match value {
        n if n < least => wrong(format!("have value greater than or equal to {least}")),
        n if n > most => wrong(format!("have value less than or equal to {most}")),
        n => Ok(n),
    }
}

impl Write for UpdateAccountPasswordPolicy {
    type Output = UpdateAccountPasswordPolicyOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let len = within(self.len_min.unwrap_or(LEN_MIN), "minimumPasswordLength", LEN_MIN, 128)?;
        let age = self.age_max.map(|n| within(n, "maxPasswordAge", 1, 1095)).transpose()?;
        let reuse = self.reuse_prevention;
        let reuse = reuse.map(|n| within(n, "passwordReusePrevention", 1, 24)).transpose()?;
        check_access(world, cx, "iam:UpdateAccountPasswordPolicy", "*", Vec::new())?;
        let kinds = [
            (self.symbols, CharKind::Symbol),
            (self.numbers, CharKind::Number),
            (self.uppercase, CharKind::Uppercase),
            (self.lowercase, CharKind::Lowercase),
        ];
        let asked = |(asks, kind): (Option<bool>, CharKind)| (asks == Some(true)).then_some(kind);
        let kinds = kinds.into_iter().filter_map(asked).collect();
        world.get_mut::<iam::State>().password_policy = Some(password::PasswordPolicy {
            len_min: usize::try_from(len).unwrap_or_default(),
            kinds,
            users_change: self.users_change.unwrap_or(false),
            age_max: age,
            reuse_prevention: reuse.and_then(|n| usize::try_from(n).ok()),
            hard_expiry: self.hard_expiry,
        });
        Ok(UpdateAccountPasswordPolicyOutput {})
    }
}

sim::operation! {
    /// Deletes the password policy for the AWS account.
    write DeleteAccountPasswordPolicy in "iam" = "POST /";
    input {}
    output DeleteAccountPasswordPolicyOutput {}
    errors ["LimitExceeded", "NoSuchEntity"]
    access itself
}

impl Write for DeleteAccountPasswordPolicy {
    type Output = DeleteAccountPasswordPolicyOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        check_access(world, cx, "iam:DeleteAccountPasswordPolicy", "*", Vec::new())?;
        if world.get::<iam::State>().password_policy.is_none() {
            let message = "The account policy with name PasswordPolicy cannot be found.";
            return Err(ApiError::new(404, "NoSuchEntity", message));
        }
        world.get_mut::<iam::State>().password_policy = None;
        Ok(DeleteAccountPasswordPolicyOutput {})
    }
}
