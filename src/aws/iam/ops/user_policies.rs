//! The inline and attached policies of users.

super::policy_family::policy_family! {
    User in users, name "UserName" = "userName" up to 128,
    noun "The name of the user.",
    put PutUserPolicy PutUserPolicyOutput "iam:PutUserPolicy",
    get GetUserPolicy GetUserPolicyOutput "iam:GetUserPolicy",
    list ListUserPolicies ListUserPoliciesOutput "iam:ListUserPolicies",
    delete DeleteUserPolicy DeleteUserPolicyOutput "iam:DeleteUserPolicy",
    attach AttachUserPolicy AttachUserPolicyOutput "iam:AttachUserPolicy",
    detach DetachUserPolicy DetachUserPolicyOutput "iam:DetachUserPolicy",
    attached ListAttachedUserPolicies ListAttachedUserPoliciesOutput "iam:ListAttachedUserPolicies",
    refuses [],
}
