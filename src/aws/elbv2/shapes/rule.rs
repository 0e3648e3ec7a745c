//! Rules: conditions and actions.

use sim::api::{Refused, Value};

sim::string_enum! {
    /// What is done with a request.
    pub enum ActionType {
        Forward = "forward", AuthenticateOidc = "authenticate-oidc",
        AuthenticateCognito = "authenticate-cognito", Redirect = "redirect",
        FixedResponse = "fixed-response", JwtValidation = "jwt-validation",
    }
}

sim::string_enum! {
    /// The statuses of redirections.
    pub enum RedirectStatus { Http301 = "HTTP_301", Http302 = "HTTP_302" }
}

sim::structure! {
    /// Information about a redirect action.
    pub struct RedirectActionConfig {
        /// The protocol.
        pub protocol: Option<String> => "Protocol",
        /// The port.
        pub port: Option<String> => "Port",
        /// The hostname.
        pub host: Option<String> => "Host",
        /// The absolute path, starting with the leading slash.
        pub path: Option<String> => "Path",
        /// The query parameters, without the leading question mark.
        pub query: Option<String> => "Query",
        /// The HTTP redirect code.
        pub status_code: RedirectStatus => "StatusCode",
    }
}

sim::structure! {
    /// Information about an action that returns a custom HTTP response.
    pub struct FixedResponseActionConfig {
        /// The message.
        pub message_body: Option<String> => "MessageBody",
        /// The HTTP response code.
        pub status_code: String => "StatusCode",
        /// The content type.
        pub content_type: Option<String> => "ContentType",
    }
}

sim::structure! {
    /// Information about how traffic is distributed between the target groups of a rule.
    pub struct TargetGroupTuple {
        /// The Amazon Resource Name (ARN) of the target group.
        pub target_group_arn: Option<String> => "TargetGroupArn",
        /// The weight, from 0 to 999.
        pub weight: Option<i64> => "Weight",
    }
}

sim::structure! {
    /// Information about the target group stickiness for a rule.
    pub struct TargetGroupStickinessConfig {
        /// Indicates whether target group stickiness is enabled.
        pub enabled: Option<bool> => "Enabled",
        /// The time period, in seconds, for which requests go to the same group.
        pub duration_seconds: Option<i64> => "DurationSeconds",
    }
}

sim::structure! {
    /// Information about a forward action.
    pub struct ForwardActionConfig {
        /// The target groups.
        pub target_groups: Vec<TargetGroupTuple> => "TargetGroups",
        /// The target group stickiness for the rule.
        pub stickiness: Option<TargetGroupStickinessConfig> => "TargetGroupStickinessConfig",
    }
}

sim::structure! {
    /// Information about an action.
    pub struct Action {
        /// The type of action.
        pub kind: ActionType => "Type",
        /// The Amazon Resource Name (ARN) of the target group.
        pub target_group_arn: Option<String> => "TargetGroupArn",
        /// Identity providers that speak OpenID Connect.
        pub authenticate_oidc_config: Refused<Value> => "AuthenticateOidcConfig",
        /// Amazon Cognito.
        pub authenticate_cognito_config: Refused<Value> => "AuthenticateCognitoConfig",
        /// The order for the action.
        pub order: Option<i64> => "Order",
        /// Information for creating a redirect action.
        pub redirect_config: Option<RedirectActionConfig> => "RedirectConfig",
        /// Information for creating an action that returns a custom HTTP response.
        pub fixed_response_config: Option<FixedResponseActionConfig> => "FixedResponseConfig",
        /// Information for creating an action that distributes requests among target groups.
        pub forward_config: Option<ForwardActionConfig> => "ForwardConfig",
        /// JSON web tokens.
        pub jwt_validation_config: Refused<Value> => "JwtValidationConfig",
    }
}

sim::structure! {
    /// Information about a host header condition.
    pub struct HostHeaderConditionConfig {
        /// The host names.
        pub values: Vec<String> => "Values",
        /// Regular expressions.
        pub regex_values: Refused<Vec<String>> => "RegexValues",
    }
}

sim::structure! {
    /// Information about a path pattern condition.
    pub struct PathPatternConditionConfig {
        /// The path patterns.
        pub values: Vec<String> => "Values",
        /// Regular expressions.
        pub regex_values: Refused<Vec<String>> => "RegexValues",
    }
}

sim::structure! {
    /// Information about an HTTP header condition.
    pub struct HttpHeaderConditionConfig {
        /// The name of the HTTP header field.
        pub http_header_name: Option<String> => "HttpHeaderName",
        /// The strings to compare against the value of the HTTP header.
        pub values: Vec<String> => "Values",
        /// Regular expressions.
        pub regex_values: Refused<Vec<String>> => "RegexValues",
    }
}

sim::structure! {
    /// Information about a key/value pair of a query string.
    pub struct QueryStringKeyValuePair {
        /// The key. You can omit the key.
        pub key: Option<String> => "Key",
        /// The value.
        pub value: Option<String> => "Value",
    }
}

sim::structure! {
    /// Information about a query string condition.
    pub struct QueryStringConditionConfig {
        /// The key/value pairs or values to find in the query string.
        pub values: Vec<QueryStringKeyValuePair> => "Values",
    }
}

sim::structure! {
    /// Information about an HTTP method condition.
    pub struct HttpRequestMethodConditionConfig {
        /// The name of the request method.
        pub values: Vec<String> => "Values",
    }
}

sim::structure! {
    /// Information about a source IP condition.
    pub struct SourceIpConditionConfig {
        /// The source IP addresses, in CIDR format.
        pub values: Vec<String> => "Values",
    }
}

sim::structure! {
    /// Information about a condition for a rule.
    pub struct RuleCondition {
        /// The field in the HTTP request.
        pub field: Option<String> => "Field",
        /// The condition value, for host-header and path-pattern.
        pub values: Option<Vec<String>> => "Values",
        /// Information for a host header condition.
        pub host_header_config: Option<HostHeaderConditionConfig> => "HostHeaderConfig",
        /// Information for a path pattern condition.
        pub path_pattern_config: Option<PathPatternConditionConfig> => "PathPatternConfig",
        /// Information for an HTTP header condition.
        pub http_header_config: Option<HttpHeaderConditionConfig> => "HttpHeaderConfig",
        /// Information for a query string condition.
        pub query_string_config: Option<QueryStringConditionConfig> => "QueryStringConfig",
        /// Information for an HTTP method condition.
        pub http_request_method_config: Option<HttpRequestMethodConditionConfig> =>
            "HttpRequestMethodConfig",
        /// Information for a source IP condition.
        pub source_ip_config: Option<SourceIpConditionConfig> => "SourceIpConfig",
        /// Regular expressions.
        pub regex_values: Refused<Vec<String>> => "RegexValues",
    }
}

sim::structure! {
    /// Information about a rule.
    pub struct Rule {
        /// The Amazon Resource Name (ARN) of the rule.
        pub rule_arn: String => "RuleArn",
        /// The priority.
        pub priority: String => "Priority",
        /// The conditions.
        pub conditions: Vec<RuleCondition> => "Conditions",
        /// The actions.
        pub actions: Vec<Action> => "Actions",
        /// Indicates whether this is the default rule.
        pub is_default: bool => "IsDefault",
        /// The transforms for the rule.
        pub transforms: Refused<Value> => "Transforms",
    }
}
