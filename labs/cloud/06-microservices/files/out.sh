# An output of the stack, by its name:  . ./out.sh; out Url
out() {
    aws cloudformation describe-stacks --stack-name forum \
        --query "Stacks[0].Outputs[?OutputKey=='$1'].OutputValue" --output text
}
# The ARN of a target group, by its name:  group api
group() {
    aws elbv2 describe-target-groups --names "$1" --query 'TargetGroups[0].TargetGroupArn' --output text
}
# The ARN of the load balancer's listener.
listener() {
    aws elbv2 describe-listeners --load-balancer-arn "$(out ALBArn)" \
        --query 'Listeners[?Port==`80`].ListenerArn' --output text
}
# The ARN of a rule, by the pattern of its path:  rule '/api*'
rule() {
    aws elbv2 describe-rules --listener-arn "$(listener)" \
        --query "Rules[?Conditions[0].PathPatternConfig.Values[0]=='$1'].RuleArn" --output text
}
# All rules, as the load balancer goes through them.
rules() {
    aws elbv2 describe-rules --listener-arn "$(listener)" --output text \
        --query 'Rules[].[Priority,Conditions[0].PathPatternConfig.Values[0],Actions[0].TargetGroupArn]'
}
