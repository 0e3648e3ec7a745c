//! Scaling policies.

use sim::api::{Double, Refused, Value};

sim::structure! {
    /// Describes information used to create a step adjustment for a step scaling policy.
    pub struct StepAdjustment {
        /// The lower bound for the difference between the alarm threshold and the CloudWatch metric.
        pub metric_interval_lower_bound: Option<Double> => "MetricIntervalLowerBound",
        /// The upper bound for the difference between the alarm threshold and the CloudWatch metric.
        pub metric_interval_upper_bound: Option<Double> => "MetricIntervalUpperBound",
        /// The amount by which to scale.
        pub scaling_adjustment: i64 => "ScalingAdjustment",
    }
}

sim::string_enum! {
    /// A metric that Auto Scaling knows.
    pub enum MetricType {
        AverageCpuUtilization = "ASGAverageCPUUtilization",
        AverageNetworkIn = "ASGAverageNetworkIn",
        AverageNetworkOut = "ASGAverageNetworkOut",
        RequestCountPerTarget = "ALBRequestCountPerTarget",
    }
}

sim::structure! {
    /// Represents a predefined metric for a target tracking scaling policy.
    pub struct PredefinedMetricSpecification {
        /// The metric type.
        pub predefined_metric_type: MetricType => "PredefinedMetricType",
        /// A label that uniquely identifies a specific target group.
        pub resource_label: Option<String> => "ResourceLabel",
    }
}

sim::structure! {
    /// Describes the dimension of a metric.
    pub struct MetricDimension {
        /// The name of the dimension.
        pub name: String => "Name",
        /// The value of the dimension.
        pub value: String => "Value",
    }
}

sim::string_enum! {
    /// A statistic of a metric.
    pub enum MetricStatistic {
        Average = "Average",
        Minimum = "Minimum",
        Maximum = "Maximum",
        SampleCount = "SampleCount",
        Sum = "Sum",
    }
}

sim::structure! {
    /// Represents a CloudWatch metric of your choosing for a target tracking scaling policy.
    pub struct CustomizedMetricSpecification {
        /// The name of the metric.
        pub metric_name: Option<String> => "MetricName",
        /// The namespace of the metric.
        pub namespace: Option<String> => "Namespace",
        /// The dimensions of the metric.
        pub dimensions: Vec<MetricDimension> => "Dimensions",
        /// The statistic of the metric.
        pub statistic: Option<MetricStatistic> => "Statistic",
        /// The unit of the metric.
        pub unit: Option<String> => "Unit",
        /// The period of the metric in seconds.
        pub period: Option<i64> => "Period",
        /// The metrics to include in the target tracking scaling policy, as a metric data query.
        pub metrics: Refused<Value> => "Metrics",
    }
}

sim::structure! {
    /// Represents a target tracking scaling policy configuration.
    pub struct TargetTrackingConfiguration {
        /// A predefined metric.
        pub predefined_metric_specification: Option<PredefinedMetricSpecification> =>
            "PredefinedMetricSpecification",
        /// A customized metric.
        pub customized_metric_specification: Option<CustomizedMetricSpecification> =>
            "CustomizedMetricSpecification",
        /// The target value for the metric.
        pub target_value: Double => "TargetValue",
        /// Indicates whether scaling in by the target tracking scaling policy is disabled.
        pub disable_scale_in: Option<bool> => "DisableScaleIn",
    }
}

sim::structure! {
    /// Describes an alarm.
    pub struct Alarm {
        /// The name of the alarm.
        pub alarm_name: String => "AlarmName",
        /// The Amazon Resource Name (ARN) of the alarm.
        pub alarm_arn: String => "AlarmARN",
    }
}

sim::structure! {
    /// Describes a scaling policy.
    pub struct ScalingPolicy {
        /// The name of the Auto Scaling group.
        pub auto_scaling_group_name: String => "AutoScalingGroupName",
        /// The name of the scaling policy.
        pub policy_name: String => "PolicyName",
        /// The Amazon Resource Name (ARN) of the policy.
        pub policy_arn: String => "PolicyARN",
        /// SimpleScaling, StepScaling or TargetTrackingScaling.
        pub policy_type: String => "PolicyType",
        /// Specifies how the scaling adjustment is interpreted.
        pub adjustment_type: Option<String> => "AdjustmentType",
        /// Deprecated: the least change.
        pub min_adjustment_step: Option<i64> => "MinAdjustmentStep",
        /// The minimum value to scale by when the adjustment type is PercentChangeInCapacity.
        pub min_adjustment_magnitude: Option<i64> => "MinAdjustmentMagnitude",
        /// The amount by which to scale.
        pub scaling_adjustment: Option<i64> => "ScalingAdjustment",
        /// The duration of the policy's cooldown period, in seconds.
        pub cooldown: Option<i64> => "Cooldown",
        /// A set of adjustments that enable you to scale based on the size of the alarm breach.
        pub step_adjustments: Vec<StepAdjustment> => "StepAdjustments",
        /// The aggregation type for the CloudWatch metrics.
        pub metric_aggregation_type: Option<String> => "MetricAggregationType",
        /// The estimated time, in seconds, until a newly launched instance can contribute to the metrics.
        pub estimated_instance_warmup: Option<i64> => "EstimatedInstanceWarmup",
        /// The CloudWatch alarms related to the policy.
        pub alarms: Vec<Alarm> => "Alarms",
        /// A target tracking scaling policy.
        pub target_tracking_configuration: Option<TargetTrackingConfiguration> =>
            "TargetTrackingConfiguration",
        /// Indicates whether the policy is enabled or disabled.
        pub enabled: bool => "Enabled",
    }
}
