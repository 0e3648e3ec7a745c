//! `AWS::CloudWatch::Alarm`

use serde_json::{Value, json};

use super::call::{tag_changes, tag_list};
use super::{Call, Kind, Outcome, PLAIN, Properties, Tags, text};

pub(super) static ALARM: Kind = Kind {
    name: "AWS::CloudWatch::Alarm",
    properties: "ActionsEnabled AlarmActions AlarmDescription AlarmName! ComparisonOperator* \
                 DatapointsToAlarm Dimensions EvaluateLowSampleCountPercentile EvaluationPeriods* \
                 ExtendedStatistic InsufficientDataActions MetricName Metrics Namespace OKActions \
                 Period Statistic Tags Threshold ThresholdMetricId TreatMissingData Unit",
    attributes: "Arn",
    named_by: Some("AlarmName"),
    tags: Tags::List,
    create: |call, properties| {
        let name = match text(properties, "AlarmName") {
            Some(name) => name,
            None => call.name(255),
        };
        put(call, &name, properties, true)?;
        Ok(name)
    },
    update: |call, id, old, new| {
        put(call, id, new, false)?;
        let arn = arn(call, id);
        let (gone, set) = tag_changes(old, new);
        if !gone.is_empty() {
            let input = json!({"ResourceARN": arn, "TagKeys": gone});
            call.ask("cloudwatch", "UntagResource", input)?;
        }
        if !set.is_empty() {
            call.ask("cloudwatch", "TagResource", json!({"ResourceARN": arn, "Tags": set}))?;
        }
        Ok(())
    },
    delete: |call, id, _| call.end("cloudwatch", "DeleteAlarms", json!({"AlarmNames": [id]})),
    attribute: |call, id, _, _| Ok(arn(call, id).into()),
    ..PLAIN
};

fn arn(call: &Call<'_>, id: &str) -> String {
    call.place.arn("cloudwatch", &format!("alarm:{id}"))
}

fn put(call: &mut Call<'_>, name: &str, properties: &Properties, is_new: bool) -> Outcome<()> {
    let mut input = properties.clone();
    input.remove("Tags");
    input.insert("AlarmName".into(), name.into());
    let tags = tag_list(properties);
    if is_new && !tags.is_empty() {
        input.insert("Tags".into(), tags.into());
    }
    call.ask("cloudwatch", "PutMetricAlarm", Value::Object(input)).map(|_| ())
}
