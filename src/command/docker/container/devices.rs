//! What a container may do with devices: weights, rates, rules and requests of `create` and `run`.

use command_line::{size, text};
use docker::models::{DeviceRequest, ResourcesBlkioWeightDevice, ThrottleDevice};

/// `/dev/x:VALUE`, taken apart.
fn of_device(text: &str) -> Result<(&str, &str), String> {
    let (path, value) = text
        .split_once(':')
        .filter(|(path, _)| !path.is_empty())
        .ok_or_else(|| format!("bad format: {text}"))?;
    if !path.starts_with("/dev/") {
        return Err(format!("bad format for device path: {text}"));
    }
    Ok((path, value))
}

/// `--blkio-weight-device`
///
/// # Errors
/// The client's words for what is wrong.
pub(super) fn weight(text: &str) -> Result<ResourcesBlkioWeightDevice, String> {
    let (path, value) = of_device(text)?;
    let weight = value.parse::<u16>().ok().filter(|w| *w == 0 || (10..=1000).contains(w));
    let weight = weight.ok_or_else(|| format!("invalid weight for device: {text}"))?;
    Ok(ResourcesBlkioWeightDevice {
        path: Some(path.to_owned()),
        weight: Some(usize::from(weight)),
    })
}

/// `--device-read-bps` and `--device-write-bps`
///
/// # Errors
/// The client's words for what is wrong.
pub(super) fn bytes(text: &str) -> Result<ThrottleDevice, String> {
    let (path, value) = of_device(text)?;
    let rate = size::parse(value).ok().filter(|rate| *rate >= 0).ok_or_else(|| {
        format!(
            "invalid rate for device: {text}. The correct format is <device-path>:<number>[<unit>]. Number must be a positive integer. Unit is optional and can be kb, mb, or gb"
        )
    })?;
    Ok(ThrottleDevice { path: Some(path.to_owned()), rate: Some(rate) })
}

/// `--device-read-iops` and `--device-write-iops`
///
/// # Errors
/// The client's words for what is wrong.
pub(super) fn operations(text: &str) -> Result<ThrottleDevice, String> {
    let (path, value) = of_device(text)?;
    let rate = value.parse::<u64>().ok().and_then(|rate| i64::try_from(rate).ok());
    let rate = rate.ok_or_else(|| {
        format!(
            "invalid rate for device: {text}. The correct format is <device-path>:<number>. Number must be a positive integer"
        )
    })?;
    Ok(ThrottleDevice { path: Some(path.to_owned()), rate: Some(rate) })
}

/// `--device-cgroup-rule`: `c 1:3 rwm`
///
/// # Errors
/// The client's words for what is wrong.
pub(super) fn rule(text: &str) -> Result<(), String> {
    let number = |t: &str| t == "*" || !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    let numbers = |t: &str| t.split_once(':').is_some_and(|(a, b)| number(a) && number(b));
    let access = |t: &str| (1..=3).contains(&t.len()) && t.chars().all(|c| "rwm".contains(c));
    let words: Vec<&str> = text.split(' ').collect();
    match words.as_slice() {
        ["a" | "b" | "c", device, rights] if numbers(device) && access(rights) => Ok(()),
        _ => Err(format!("invalid device cgroup format '{text}'")),
    }
}

/// `--gpus`: `all`, a number, or `device=0,driver=nvidia`
///
/// # Errors
/// The client's words for what is wrong.
pub(super) fn gpus(text: &str) -> Result<DeviceRequest, String> {
    let mut request = DeviceRequest {
        driver: Some(String::new()),
        count: Some(0),
        capabilities: None,
        device_ids: None,
        options: Some(std::collections::HashMap::new()),
    };
    let mut seen: Vec<String> = Vec::new();
    let mut capabilities = Vec::new();
    for field in text::fields(text)? {
        let (key, value) = match field.split_once('=') {
            Some((key, value)) => (key, value),
            // A value alone is a count, and only there may it stand.
            None => ("count", field.as_str()),
        };
        if seen.iter().any(|k| k == key) {
            return Err(format!("gpu request key '{key}' can be specified only once"));
        }
        seen.push(key.to_owned());
        match key {
            "driver" => request.driver = Some(value.to_owned()),
            "count" => {
                let count = if value == "all" { Ok(-1) } else { value.parse::<i64>() };
                request.count = Some(count.map_err(|e| {
                    let why = match e.kind() {
                        std::num::IntErrorKind::PosOverflow
                        | std::num::IntErrorKind::NegOverflow => "value out of range",
                        _ => "invalid syntax",
                    };
                    format!(
                        "invalid count ({value}): value must be either \"all\" or an integer: {why}"
                    )
                })?);
            }
            "device" => {
                request.device_ids = Some(value.split(',').map(str::to_owned).collect());
            }
            "capabilities" => {
                capabilities = value.split(',').map(str::to_owned).collect();
            }
            "options" => {
                let pairs =
                    text::fields(value).map_err(|why| format!("invalid gpu options: {why}"))?;
                let pair = |pair: &String| {
                    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                    (name.to_owned(), value.to_owned())
                };
                request.options = Some(pairs.iter().map(pair).collect());
            }
            _ => return Err(format!("unexpected key '{key}' in '{field}'")),
        }
    }
    let named = |key: &str| seen.iter().any(|k| k == key);
    if !named("count") && !named("device") {
        request.count = Some(1);
    }
    if !capabilities.iter().any(|c| c == "gpu") {
        capabilities.push("gpu".to_owned());
    }
    request.capabilities = Some(vec![capabilities]);
    Ok(request)
}

/// Whether a reader of one of these takes a flag's value.
pub(super) fn check_weight(text: &str) -> Result<(), String> {
    weight(text).map(drop)
}

pub(super) fn check_bytes(text: &str) -> Result<(), String> {
    bytes(text).map(drop)
}

pub(super) fn check_operations(text: &str) -> Result<(), String> {
    operations(text).map(drop)
}

pub(super) fn check_gpus(text: &str) -> Result<(), String> {
    gpus(text).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_have_weights_and_rates() {
        let weighs = |text: &str| weight(text).map(|w| w.weight.unwrap_or_default());
        assert_eq!(weighs("/dev/sda:200"), Ok(200));
        assert_eq!(weighs("/dev/sda:0"), Ok(0));
        assert_eq!(weighs("/dev/sda:5").unwrap_err(), "invalid weight for device: /dev/sda:5");
        assert_eq!(weighs(":5").unwrap_err(), "bad format: :5");
        assert_eq!(weighs("sda:200").unwrap_err(), "bad format for device path: sda:200");
        let rate = |text: &str| bytes(text).map(|r| r.rate.unwrap_or_default());
        assert_eq!(rate("/dev/sda:1mb"), Ok(1 << 20));
        assert!(rate("/dev/sda:-1").unwrap_err().starts_with("invalid rate for device"));
        let count = |text: &str| operations(text).map(|r| r.rate.unwrap_or_default());
        assert_eq!(count("/dev/sda:100"), Ok(100));
        assert!(count("/dev/sda:1k").unwrap_err().ends_with("Number must be a positive integer"));
    }

    #[test]
    fn rules_have_three_words() {
        for good in ["c 1:3 rwm", "a *:* rwm", "b 1:* mr"] {
            assert_eq!(rule(good), Ok(()), "{good}");
        }
        for bad in ["foo", "c 1:3", "c 1:3 rwmr", "x 1:3 r", "c 1:* r ", "c 1 r"] {
            let want = format!("invalid device cgroup format '{bad}'");
            assert_eq!(rule(bad).unwrap_err(), want);
        }
    }

    #[test]
    fn gpus_are_counted_or_named() {
        let check = |text: &str, count: i64, ids: Option<&[&str]>, capabilities: &[&str]| {
            let found = gpus(text).unwrap();
            assert_eq!(found.count, Some(count), "{text}");
            let own = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
            assert_eq!(found.device_ids, ids.map(own), "{text}");
            assert_eq!(found.capabilities, Some(vec![own(capabilities)]), "{text}");
        };
        check("all", -1, None, &["gpu"]);
        check("2", 2, None, &["gpu"]);
        check("\"device=0,1\"", 0, Some(&["0", "1"]), &["gpu"]);
        check("count=2,driver=x", 2, None, &["gpu"]);
        check("\"capabilities=utility,compute\"", 1, None, &["utility", "compute", "gpu"]);
        let options = gpus("\"options=a=b,c=d\"").unwrap().options.unwrap();
        assert_eq!((options["a"].as_str(), options["c"].as_str()), ("b", "d"));
        let wrong = |text: &str, want: &str| assert_eq!(gpus(text).unwrap_err(), want, "{text}");
        wrong("x", "invalid count (x): value must be either \"all\" or an integer: invalid syntax");
        wrong("foo=1", "unexpected key 'foo' in 'foo=1'");
        wrong("driver=x,driver=y", "gpu request key 'driver' can be specified only once");
        wrong("", "EOF");
    }
}
