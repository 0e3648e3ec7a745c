//! The inline and attached policies of roles.

super::policy_family::policy_family! {
    Role in roles, name "RoleName" = "roleName" up to 64,
    noun "The name of the role.",
    put PutRolePolicy PutRolePolicyOutput "iam:PutRolePolicy",
    get GetRolePolicy GetRolePolicyOutput "iam:GetRolePolicy",
    list ListRolePolicies ListRolePoliciesOutput "iam:ListRolePolicies",
    delete DeleteRolePolicy DeleteRolePolicyOutput "iam:DeleteRolePolicy",
    attach AttachRolePolicy AttachRolePolicyOutput "iam:AttachRolePolicy",
    detach DetachRolePolicy DetachRolePolicyOutput "iam:DetachRolePolicy",
    attached ListAttachedRolePolicies ListAttachedRolePoliciesOutput "iam:ListAttachedRolePolicies",
    refuses ["UnmodifiableEntity"],
}
