//! What containers use, as the engine measures it once a second.

use hyper::Method;
use serde_json::Value;

use super::http::{Answer, Body};
use super::{Engine, EngineError};

/// One measurement of one container.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sample {
    /// The container's whole id and its name; empty while it has never run.
    pub id: String,
    pub name: String,
    /// 100 is one processor.
    pub cpu_percent: f64,
    /// Bytes, without the page cache.
    pub memory: u64,
    /// Bytes it may have: its own limit, or the machine's memory.
    pub memory_limit: u64,
    pub received: u64,
    pub sent: u64,
    pub read: u64,
    pub written: u64,
    pub pids: u64,
}

impl Sample {
    /// Memory as a part of its limit.
    #[must_use]
    pub fn memory_percent(&self) -> f64 {
        if self.memory_limit == 0 {
            return 0.0;
        }
        self.memory as f64 / self.memory_limit as f64 * 100.0
    }

    fn of(stats: &Value) -> Self {
        let number = |path: &str| stats.pointer(path).and_then(Value::as_u64).unwrap_or_default();
        let text = |key: &str| stats.get(key).and_then(Value::as_str).unwrap_or_default();
        let networks = stats.get("networks").and_then(Value::as_object);
        let network = |key: &str| {
            let counts = networks.into_iter().flat_map(|n| n.values());
            counts.filter_map(|n| n.get(key).and_then(Value::as_u64)).sum()
        };
        let used = number("/memory_stats/usage");
        // Version 1 of control groups says it one way, version 2 the other.
        let cache = ["total_inactive_file", "inactive_file"]
            .iter()
            .find_map(|key| stats.pointer(&format!("/memory_stats/stats/{key}"))?.as_u64())
            .filter(|cache| *cache < used);
        Self {
            id: text("id").to_owned(),
            name: text("name").trim_start_matches('/').to_owned(),
            cpu_percent: cpu_percent(stats),
            memory: used - cache.unwrap_or(0),
            memory_limit: number("/memory_stats/limit"),
            received: network("rx_bytes"),
            sent: network("tx_bytes"),
            read: blocks(stats, 'r'),
            written: blocks(stats, 'w'),
            pids: number("/pids_stats/current"),
        }
    }
}

/// The container's part of the time that all processors spent since the measurement before.
fn cpu_percent(stats: &Value) -> f64 {
    let number = |path: &str| stats.pointer(path).and_then(Value::as_u64).unwrap_or_default();
    let passed = |path: &str| {
        let (now, before) = (format!("/cpu_stats/{path}"), format!("/precpu_stats/{path}"));
        number(&now).saturating_sub(number(&before)) as f64
    };
    let (own, all) = (passed("cpu_usage/total_usage"), passed("system_cpu_usage"));
    let mut processors = number("/cpu_stats/online_cpus");
    if processors == 0 {
        let each = stats.pointer("/cpu_stats/cpu_usage/percpu_usage").and_then(Value::as_array);
        processors = each.map_or(0, Vec::len) as u64;
    }
    if own > 0.0 && all > 0.0 { own / all * processors as f64 * 100.0 } else { 0.0 }
}

/// Bytes read (`r`) or written (`w`) on block devices.
fn blocks(stats: &Value, kind: char) -> u64 {
    let entries = stats.pointer("/blkio_stats/io_service_bytes_recursive");
    let entries = entries.and_then(Value::as_array).into_iter().flatten();
    entries
        .filter(|e| {
            let op = e.get("op").and_then(Value::as_str).unwrap_or_default();
            op.starts_with([kind, kind.to_ascii_uppercase()])
        })
        .filter_map(|e| e.get("value").and_then(Value::as_u64))
        .sum()
}

/// Measurements as they are taken.
pub struct Samples(Answer);

impl Samples {
    /// The next one; `None` when the container is gone.
    ///
    /// # Errors
    /// When the engine goes away.
    pub async fn next(&mut self) -> Result<Option<Sample>, EngineError> {
        Ok(self.0.message().await?.map(|stats| Sample::of(&stats)))
    }
}

impl Engine {
    /// One measurement; it takes the engine about a second.
    ///
    /// # Errors
    /// The engine's refusal, or that it cannot be reached.
    pub async fn sample(&self, container: &str) -> Result<Sample, EngineError> {
        let path = format!("/containers/{}/stats?stream=0", Self::escape(container));
        Ok(Sample::of(&self.get_json(&path).await?))
    }

    /// A measurement each second from now on.
    ///
    /// # Errors
    /// The engine's refusal, or that it cannot be reached.
    pub async fn samples(&self, container: &str) -> Result<Samples, EngineError> {
        let path = format!("/containers/{}/stats?stream=1", Self::escape(container));
        Ok(Samples(self.stream(Method::GET, &path, &[], Body::Empty).await?))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn use_is_counted_as_the_client_counts() {
        let stats = json!({
            "id": "1081aef308f1", "name": "/web",
            "cpu_stats": { "cpu_usage": { "total_usage": 300 }, "system_cpu_usage": 2000,
                           "online_cpus": 2 },
            "precpu_stats": { "cpu_usage": { "total_usage": 100 }, "system_cpu_usage": 1000 },
            "memory_stats": { "usage": 1000, "limit": 4000, "stats": { "inactive_file": 200 } },
            "networks": { "eth0": { "rx_bytes": 7, "tx_bytes": 5 }, "eth1": { "rx_bytes": 1, "tx_bytes": 0 } },
            "blkio_stats": { "io_service_bytes_recursive": [
                { "op": "Read", "value": 11 }, { "op": "write", "value": 3 }, { "op": "Total", "value": 14 } ] },
            "pids_stats": { "current": 4 },
        });
        let sample = Sample::of(&stats);
        assert!((sample.cpu_percent - 40.0).abs() < 1e-9, "{sample:?}");
        assert!((sample.memory_percent() - 20.0).abs() < 1e-9, "{sample:?}");
        assert_eq!((sample.memory, sample.received, sample.sent), (800, 8, 5));
        assert_eq!((sample.read, sample.written, sample.pids), (11, 3, 4));
        assert_eq!(Sample::of(&json!({})), Sample::default());
    }
}
