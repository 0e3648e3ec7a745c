//! Which values of a Compose file are numbers or truth values though they are written as text, for
//! `docker compose`.
//!
//! Source: the reference's answers, each key tried with a word in place of its number.

use serde_json::{Number, Value};

/// What a text is read as.
#[derive(Clone, Copy)]
enum Cast {
    Integer,
    /// An integer too, read with other words for what is none.
    Long,
    Float,
    Truth,
}

use Cast::{Float, Integer, Long, Truth};

/// Paths of keys, and what stands there; `*` is any one name.
const CASTS: &[(&str, Cast)] = &[
    ("services.*.cpu_count", Long),
    ("services.*.cpu_period", Long),
    ("services.*.cpu_quota", Long),
    ("services.*.cpu_shares", Long),
    ("services.*.cpus", Float),
    ("services.*.deploy.placement.max_replicas_per_node", Integer),
    ("services.*.deploy.replicas", Integer),
    ("services.*.deploy.restart_policy.max_attempts", Integer),
    ("services.*.deploy.rollback_config.max_failure_ratio", Float),
    ("services.*.deploy.rollback_config.parallelism", Integer),
    ("services.*.deploy.update_config.max_failure_ratio", Float),
    ("services.*.deploy.update_config.parallelism", Integer),
    ("services.*.healthcheck.disable", Truth),
    ("services.*.healthcheck.retries", Integer),
    ("services.*.init", Truth),
    ("services.*.oom_kill_disable", Truth),
    ("services.*.oom_score_adj", Long),
    ("services.*.pids_limit", Long),
    ("services.*.ports.[].target", Integer),
    ("services.*.privileged", Truth),
    ("services.*.read_only", Truth),
    ("services.*.scale", Integer),
    ("services.*.secrets.[].mode", Integer),
    ("services.*.configs.[].mode", Integer),
    ("services.*.stdin_open", Truth),
    ("services.*.tty", Truth),
    ("services.*.ulimits.*", Integer),
    ("services.*.ulimits.*.hard", Integer),
    ("services.*.ulimits.*.soft", Integer),
    ("services.*.volumes.[].read_only", Truth),
    ("services.*.volumes.[].volume.nocopy", Truth),
    ("networks.*.attachable", Truth),
    ("networks.*.enable_ipv6", Truth),
    ("networks.*.external", Truth),
    ("networks.*.internal", Truth),
    ("volumes.*.external", Truth),
    ("secrets.*.external", Truth),
    ("configs.*.external", Truth),
];

/// The value at a path that was written as text.
///
/// # Errors
/// The reference's words for a text that is no such value.
pub(super) fn cast(path: &str, text: String) -> Result<Value, String> {
    let fits = |pattern: &str| {
        let mut parts = path.split('.');
        let each = pattern.split('.').all(|p| parts.next().is_some_and(|q| p == "*" || p == q));
        each && parts.next().is_none()
    };
    let Some((_, cast)) = CASTS.iter().find(|(pattern, _)| fits(pattern)) else {
        return Ok(text.into());
    };
    let wrong = |reader: &str| format!("strconv.{reader}: parsing {text:?}: invalid syntax");
    match cast {
        Integer => text.parse::<i64>().map(Value::from).map_err(|_| wrong("Atoi")),
        Long => text.parse::<i64>().map(Value::from).map_err(|_| wrong("ParseInt")),
        Float => {
            let number = text.parse().ok().and_then(Number::from_f64);
            number.map(Value::Number).ok_or_else(|| wrong("ParseFloat"))
        }
        Truth => match text.to_lowercase().as_str() {
            "true" | "y" | "yes" | "on" => Ok(true.into()),
            "false" | "n" | "no" | "off" => Ok(false.into()),
            other => Err(format!("invalid boolean: {other}")),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_what_their_key_says() {
        let check = |path: &str, text: &str, want: Result<Value, &str>| {
            assert_eq!(cast(path, text.into()), want.map_err(str::to_owned), "{path} {text}");
        };
        check("services.web.scale", "2", Ok(2.into()));
        check("services.web.tty", "Yes", Ok(true.into()));
        check("services.web.image", "2", Ok("2".into()));
        check("services.web.scale.x", "2", Ok("2".into()));
        check("services.web.cpus", "x", Err("strconv.ParseFloat: parsing \"x\": invalid syntax"));
    }
}
