//! Creation policies: how many signals a resource waits for.

use serde_json::Value;

use crate::kinds::wait_signals;
use crate::state::Resource;
use crate::text::text_of;

/// How long it is waited for signals when nothing is said (template reference, "CreationPolicy").
const TIMEOUT_S: u64 = 300;

/// What a resource waits for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Signals {
    pub(crate) count: u64,
    pub(crate) timeout_s: u64,
}

/// The signals that a resource waits for, if it waits for any.
pub(crate) fn signals(kind: &str, policy: Option<&Value>, resource: &Resource) -> Option<Signals> {
    if let Some(policy) = policy {
        let wanted = policy.get("ResourceSignal")?;
        let count = wanted.get("Count").and_then(text_of).and_then(|text| text.parse().ok());
        let timeout = wanted.get("Timeout").and_then(Value::as_str).and_then(span_s);
        let (count, timeout_s) = (count.unwrap_or(1), timeout.unwrap_or(TIMEOUT_S));
        return Some(Signals { count, timeout_s });
    }
    if kind != "AWS::CloudFormation::WaitCondition" {
        return None;
    }
    let (count, timeout_s) = wait_signals(&resource.properties);
    Some(Signals { count, timeout_s })
}

/// The seconds of a span of ISO 8601 (`PT1H30M`).
fn span_s(text: &str) -> Option<u64> {
    let mut total = 0;
    let mut digits = String::new();
    for c in text.strip_prefix("PT")?.chars() {
        let unit = match c {
            '0'..='9' => {
                digits.push(c);
                continue;
            }
            'H' => 3600,
            'M' => 60,
            'S' => 1,
            _ => return None,
        };
        total += std::mem::take(&mut digits).parse::<u64>().ok()? * unit;
    }
    digits.is_empty().then_some(total)
}

#[cfg(test)]
mod tests {
    #[test]
    fn spans() {
        let check = |text: &str, want: Option<u64>| assert_eq!(super::span_s(text), want, "{text}");
        check("PT15M", Some(900));
        check("PT1H30M5S", Some(5405));
        check("15M", None);
        check("PT15", None);
    }
}
