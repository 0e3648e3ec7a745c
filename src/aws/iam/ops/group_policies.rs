//! The inline and attached policies of groups.

super::policy_family::policy_family! {
    Group in groups, name "GroupName" = "groupName" up to 128,
    noun "The name of the group.",
    put PutGroupPolicy PutGroupPolicyOutput "iam:PutGroupPolicy",
    get GetGroupPolicy GetGroupPolicyOutput "iam:GetGroupPolicy",
    list ListGroupPolicies ListGroupPoliciesOutput "iam:ListGroupPolicies",
    delete DeleteGroupPolicy DeleteGroupPolicyOutput "iam:DeleteGroupPolicy",
    attach AttachGroupPolicy AttachGroupPolicyOutput "iam:AttachGroupPolicy",
    detach DetachGroupPolicy DetachGroupPolicyOutput "iam:DetachGroupPolicy",
    attached ListAttachedGroupPolicies ListAttachedGroupPoliciesOutput "iam:ListAttachedGroupPolicies",
    refuses [],
}
