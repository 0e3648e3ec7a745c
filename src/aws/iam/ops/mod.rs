//! One file per family of operations.

pub mod access_keys;
pub mod account;
pub mod boundaries;
pub mod group_policies;
pub mod groups;
pub mod instance_profiles;
pub mod login_profiles;
pub mod mfa;
pub mod password_policy;
pub mod policies;
mod policy_family;
pub mod policy_versions;
pub mod role_policies;
pub mod roles;
pub mod simulate;
pub mod tags;
pub mod user_policies;
pub mod users;

use sim::api::OpDef;

/// Every operation of the service, in alphabetical order.
pub static ALL: &[&OpDef] = &[
    &instance_profiles::AddRoleToInstanceProfile::DEF,
    &groups::AddUserToGroup::DEF,
    &group_policies::AttachGroupPolicy::DEF,
    &role_policies::AttachRolePolicy::DEF,
    &user_policies::AttachUserPolicy::DEF,
    &login_profiles::ChangePassword::DEF,
    &access_keys::CreateAccessKey::DEF,
    &account::CreateAccountAlias::DEF,
    &groups::CreateGroup::DEF,
    &instance_profiles::CreateInstanceProfile::DEF,
    &login_profiles::CreateLoginProfile::DEF,
    &policies::CreatePolicy::DEF,
    &policy_versions::CreatePolicyVersion::DEF,
    &roles::CreateRole::DEF,
    &users::CreateUser::DEF,
    &mfa::CreateVirtualMFADevice::DEF,
    &mfa::DeactivateMFADevice::DEF,
    &access_keys::DeleteAccessKey::DEF,
    &account::DeleteAccountAlias::DEF,
    &password_policy::DeleteAccountPasswordPolicy::DEF,
    &groups::DeleteGroup::DEF,
    &group_policies::DeleteGroupPolicy::DEF,
    &instance_profiles::DeleteInstanceProfile::DEF,
    &login_profiles::DeleteLoginProfile::DEF,
    &policies::DeletePolicy::DEF,
    &policy_versions::DeletePolicyVersion::DEF,
    &roles::DeleteRole::DEF,
    &boundaries::DeleteRolePermissionsBoundary::DEF,
    &role_policies::DeleteRolePolicy::DEF,
    &users::DeleteUser::DEF,
    &boundaries::DeleteUserPermissionsBoundary::DEF,
    &user_policies::DeleteUserPolicy::DEF,
    &mfa::DeleteVirtualMFADevice::DEF,
    &group_policies::DetachGroupPolicy::DEF,
    &role_policies::DetachRolePolicy::DEF,
    &user_policies::DetachUserPolicy::DEF,
    &mfa::EnableMFADevice::DEF,
    &access_keys::GetAccessKeyLastUsed::DEF,
    &password_policy::GetAccountPasswordPolicy::DEF,
    &account::GetAccountSummary::DEF,
    &groups::GetGroup::DEF,
    &group_policies::GetGroupPolicy::DEF,
    &instance_profiles::GetInstanceProfile::DEF,
    &login_profiles::GetLoginProfile::DEF,
    &policies::GetPolicy::DEF,
    &policy_versions::GetPolicyVersion::DEF,
    &roles::GetRole::DEF,
    &role_policies::GetRolePolicy::DEF,
    &users::GetUser::DEF,
    &user_policies::GetUserPolicy::DEF,
    &access_keys::ListAccessKeys::DEF,
    &account::ListAccountAliases::DEF,
    &group_policies::ListAttachedGroupPolicies::DEF,
    &role_policies::ListAttachedRolePolicies::DEF,
    &user_policies::ListAttachedUserPolicies::DEF,
    &policies::ListEntitiesForPolicy::DEF,
    &group_policies::ListGroupPolicies::DEF,
    &groups::ListGroups::DEF,
    &groups::ListGroupsForUser::DEF,
    &instance_profiles::ListInstanceProfiles::DEF,
    &instance_profiles::ListInstanceProfilesForRole::DEF,
    &mfa::ListMFADevices::DEF,
    &policies::ListPolicies::DEF,
    &policy_versions::ListPolicyVersions::DEF,
    &role_policies::ListRolePolicies::DEF,
    &tags::ListRoleTags::DEF,
    &roles::ListRoles::DEF,
    &user_policies::ListUserPolicies::DEF,
    &tags::ListUserTags::DEF,
    &users::ListUsers::DEF,
    &mfa::ListVirtualMFADevices::DEF,
    &group_policies::PutGroupPolicy::DEF,
    &boundaries::PutRolePermissionsBoundary::DEF,
    &role_policies::PutRolePolicy::DEF,
    &boundaries::PutUserPermissionsBoundary::DEF,
    &user_policies::PutUserPolicy::DEF,
    &instance_profiles::RemoveRoleFromInstanceProfile::DEF,
    &groups::RemoveUserFromGroup::DEF,
    &mfa::ResyncMFADevice::DEF,
    &policy_versions::SetDefaultPolicyVersion::DEF,
    &simulate::SimulateCustomPolicy::DEF,
    &simulate::SimulatePrincipalPolicy::DEF,
    &tags::TagRole::DEF,
    &tags::TagUser::DEF,
    &tags::UntagRole::DEF,
    &tags::UntagUser::DEF,
    &access_keys::UpdateAccessKey::DEF,
    &password_policy::UpdateAccountPasswordPolicy::DEF,
    &roles::UpdateAssumeRolePolicy::DEF,
    &groups::UpdateGroup::DEF,
    &login_profiles::UpdateLoginProfile::DEF,
    &roles::UpdateRole::DEF,
    &users::UpdateUser::DEF,
];
