# An output of the stack, by its name:  . ./out.sh; out Url
out() {
    aws cloudformation describe-stacks --stack-name forum \
        --query "Stacks[0].Outputs[?OutputKey=='$1'].OutputValue" --output text
}
# The ARN of a target group, by its name:  group api
group() {
    aws elbv2 describe-target-groups --names "$1" --query 'TargetGroups[0].TargetGroupArn' --output text
}
