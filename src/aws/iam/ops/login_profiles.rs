//! Passwords of users: `CreateLoginProfile`, `GetLoginProfile`, `UpdateLoginProfile`,
//! `DeleteLoginProfile`, `ChangePassword`.

use crate::iam;
use crate::iam::password::{Login, Password};
use crate::iam::rules::{check_access, check_named, constraint, missing, named_arn};
use crate::iam::state::User;
use crate::{AccessRequest, authorize};
use base::Time;
use sim::api::{ApiError, Read, Write};
use sim::{Cx, Principal, World};

use super::users::user_or_caller;

sim::structure! {
    /// A user's password, without the password.
    pub struct LoginProfile {
        /// The name of the user.
        pub user_name: String => "UserName",
        /// When the password was created.
        pub create_date: Time => "CreateDate",
        /// Whether the user must set a new password on next sign-in.
        pub reset_required: Option<bool> => "PasswordResetRequired",
    }
}

impl LoginProfile {
    fn of(user_name: String, login: &Login) -> Self {
        let reset_required = Some(login.reset_required);
        Self { user_name, create_date: login.created, reset_required }
    }
}

fn no_profile(user: &str) -> ApiError {
    let message = format!("Login Profile for User {user} cannot be found.");
    ApiError::new(404, "NoSuchEntity", message)
}

/// The user whose password it is. The root user's is no business of the API.
fn owner(
    world: &World,
    cx: &Cx<'_>,
    action: &str,
    given: Option<String>,
) -> Result<String, ApiError> {
    let Some(name) = user_or_caller(cx, given)? else { return Err(missing("userName")) };
    let users = &world.get::<iam::State>().users;
    check_named(world, cx, action, users, &name)?;
    users.get(&name)?;
    Ok(name)
}

fn check_form(password: &Password, member: &str) -> Result<(), ApiError> {
    // The value itself is not told.
    let wrong = |rule: &str| Err(constraint("****", member, rule));
    match password.len {
        0 => Err(missing(member)),
        1..=128 if password.legal => Ok(()),
        1..=128 => wrong(r"satisfy regular expression pattern: [\u0009\u000A\u000D\u0020-\u00FF]+"),
        _ => wrong("have length less than or equal to 128"),
    }
}

/// That a new password is what the account asks for.
fn check_policy(world: &World, user: &User, password: &Password) -> Result<(), ApiError> {
    let policy = world.get::<iam::State>().password_policy.as_ref();
    let reused = policy
        .and_then(|p| p.reuse_prevention)
        .is_some_and(|count| user.login.as_ref().is_some_and(|login| login.had(password, count)));
    if password.conforms(policy) && !reused {
        return Ok(());
    }
    let message = "Password does not conform to the account password policy.";
    Err(ApiError::new(400, "PasswordPolicyViolation", message))
}

sim::operation! {
    /// Creates a password for the specified IAM user.
    write CreateLoginProfile in "iam" = "POST /";
    input {
        /// The name of the user; without it, the caller.
        user_name: Option<String> => "UserName",
        /// The new password for the user, which the account's password policy must take.
        password: Option<Password> => "Password",
        /// Whether the user must set a new password on next sign-in.
        reset_required: Option<bool> => "PasswordResetRequired",
    }
    output CreateLoginProfileOutput {
        /// The new profile.
        pub profile: LoginProfile => "LoginProfile",
    }
    errors ["EntityAlreadyExists", "LimitExceeded", "NoSuchEntity", "PasswordPolicyViolation", "ValidationError"]
    access itself
}

impl Write for CreateLoginProfile {
    type Output = CreateLoginProfileOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let password = self.password.unwrap_or_default();
        check_form(&password, "password")?;
        let name = owner(world, cx, "iam:CreateLoginProfile", self.user_name)?;
        let user = world.get::<iam::State>().users.get(&name)?;
        if user.login.is_some() {
            let message = format!("Login Profile for user {name} already exists.");
            return Err(ApiError::new(409, "EntityAlreadyExists", message));
        }
        check_policy(world, user, &password)?;
        let login = Login::new(&password, cx.at, self.reset_required.unwrap_or(false));
        let profile = LoginProfile::of(name.clone(), &login);
        world.get_mut::<iam::State>().users.get_mut(&name)?.login = Some(login);
        Ok(CreateLoginProfileOutput { profile })
    }
}

sim::operation! {
    /// Retrieves when a password was created for the specified IAM user.
    read GetLoginProfile in "iam" = "POST /";
    input {
        /// The name of the user; without it, the caller.
        user_name: Option<String> => "UserName",
    }
    output GetLoginProfileOutput {
        /// The profile.
        pub profile: LoginProfile => "LoginProfile",
    }
    errors ["NoSuchEntity", "ValidationError"]
    access itself
}

impl Read for GetLoginProfile {
    type Output = GetLoginProfileOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let name = owner(world, cx, "iam:GetLoginProfile", self.user_name)?;
        let login = world.get::<iam::State>().users.get(&name)?.login.as_ref();
        let login = login.ok_or_else(|| no_profile(&name))?;
        Ok(GetLoginProfileOutput { profile: LoginProfile::of(name, login) })
    }
}

sim::operation! {
    /// Changes the password for the specified IAM user.
    write UpdateLoginProfile in "iam" = "POST /";
    input {
        /// The name of the user whose password it is.
        user_name: String => "UserName",
        /// The new password for the user.
        password: Option<Password> => "Password",
        /// Whether the user must set a new password on next sign-in.
        reset_required: Option<bool> => "PasswordResetRequired",
    }
    output UpdateLoginProfileOutput {}
    errors ["LimitExceeded", "NoSuchEntity", "PasswordPolicyViolation", "ValidationError"]
    access itself
}

impl Write for UpdateLoginProfile {
    type Output = UpdateLoginProfileOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        if let Some(password) = &self.password {
            check_form(password, "password")?;
        }
        let name = owner(world, cx, "iam:UpdateLoginProfile", Some(self.user_name))?;
        let user = world.get::<iam::State>().users.get(&name)?;
        if user.login.is_none() {
            return Err(no_profile(&name));
        }
        if let Some(password) = &self.password {
            check_policy(world, user, password)?;
        }
        if let Some(login) = &mut world.get_mut::<iam::State>().users.get_mut(&name)?.login {
            if let Some(password) = &self.password {
                login.set(password);
            }
            login.reset_required = self.reset_required.unwrap_or(login.reset_required);
        }
        Ok(UpdateLoginProfileOutput {})
    }
}

sim::operation! {
    /// Deletes the password for the specified IAM user. Its access keys go on to work.
    write DeleteLoginProfile in "iam" = "POST /";
    input {
        /// The name of the user; without it, the caller.
        user_name: Option<String> => "UserName",
    }
    output DeleteLoginProfileOutput {}
    errors ["LimitExceeded", "NoSuchEntity", "ValidationError"]
    access itself
}

impl Write for DeleteLoginProfile {
    type Output = DeleteLoginProfileOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let name = owner(world, cx, "iam:DeleteLoginProfile", self.user_name)?;
        if world.get::<iam::State>().users.get(&name)?.login.is_none() {
            return Err(no_profile(&name));
        }
        world.get_mut::<iam::State>().users.get_mut(&name)?.login = None;
        Ok(DeleteLoginProfileOutput {})
    }
}

sim::operation! {
    /// Changes the password of the IAM user who is calling this operation.
    write ChangePassword in "iam" = "POST /";
    input {
        /// The user's current password.
        old_password: Password => "OldPassword",
        /// The new password.
        new_password: Password => "NewPassword",
    }
    output ChangePasswordOutput {}
    errors ["AccessDenied", "InvalidUserType", "LimitExceeded", "NoSuchEntity", "PasswordPolicyViolation", "ValidationError"]
    access itself
}

impl Write for ChangePassword {
    type Output = ChangePasswordOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        check_form(&self.old_password, "oldPassword")?;
        check_form(&self.new_password, "newPassword")?;
        let Principal::User(name) = &cx.caller.principal else {
            check_access(world, cx, "iam:ChangePassword", "*", Vec::new())?;
            let message = "Only IAM Users can change their own password";
            return Err(ApiError::new(400, "InvalidUserType", message));
        };
        may_change(world, cx, name)?;
        let user = world.get::<iam::State>().users.get(name)?;
        let login = user.login.as_ref().ok_or_else(|| no_profile(name))?;
        if !login.holds(&self.old_password) {
            let message = "The old password was incorrect.";
            return Err(ApiError::new(403, "AccessDenied", message));
        }
        check_policy(world, user, &self.new_password)?;
        if let Some(login) = &mut world.get_mut::<iam::State>().users.get_mut(name)?.login {
            login.set(&self.new_password);
            login.reset_required = false;
        }
        Ok(ChangePasswordOutput {})
    }
}

/// A user may change its own password when a policy allows it, or when the account lets all users
/// do so and no policy forbids it.
fn may_change(world: &World, cx: &Cx<'_>, name: &str) -> Result<(), ApiError> {
    let iam = world.get::<iam::State>();
    let action = "iam:ChangePassword";
    let resource = named_arn(world, &iam.users, name);
    let request = AccessRequest {
        action,
        resource: &resource,
        resource_policy: None,
        acl_allows: false,
        conditions: Vec::new(),
    };
    let everybody = iam.password_policy.as_ref().is_some_and(|p| p.users_change);
    match authorize(world, cx, &request) {
        Err(denied) if denied.explicit() || !everybody => {
            Err(ApiError::new(403, "AccessDenied", denied.message(action, &resource)))
        }
        _ => Ok(()),
    }
}
