//! The manifest of an indexed Job that grades a class on Kubernetes: the same image, the same shards,
//! the same records in the logs of its pods.
//!
//! Source: the reference of `batch/v1` Job and of `core/v1` `PodSpec`.

use std::fmt::Write as _;

/// The variable by which an indexed Job tells a pod which one it is.
pub const INDEX: &str = "JOB_COMPLETION_INDEX";

/// The name of the Job.
pub const NAME: &str = "distlab-grade";

/// Pods that are begun anew before the Job gives up, for each shard.
const TRIES: usize = 3;

/// The manifest, as YAML: an image, its shards, and how many pods run at once.
#[must_use]
pub fn manifest(image: &str, shards: usize, at_once: usize) -> String {
    let mut text = String::new();
    let image = serde_json::Value::from(image);
    let (limit, at_once) = (shards * TRIES, at_once.clamp(1, shards.max(1)));
    // A JSON string is a YAML string, whatever is in it.
    let _ = write!(
        text,
        "apiVersion: batch/v1
kind: Job
metadata:
  name: {NAME}
  labels:
    distlab: grade
spec:
  completionMode: Indexed
  completions: {shards}
  parallelism: {at_once}
  backoffLimit: {limit}
  ttlSecondsAfterFinished: 86400
  template:
    metadata:
      labels:
        distlab: grade
    spec:
      restartPolicy: Never
      automountServiceAccountToken: false
      enableServiceLinks: false
      securityContext:
        runAsNonRoot: true
        runAsUser: 65534
        runAsGroup: 65534
        seccompProfile:
          type: RuntimeDefault
      containers:
        - name: grade
          image: {image}
          args: [\"grade-shard\", \"/batch\"]
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities:
              drop: [\"ALL\"]
          resources:
            requests:
              cpu: \"1\"
              memory: 320Mi
            limits:
              memory: 512Mi
          volumeMounts:
            - name: scratch
              mountPath: /tmp
      volumes:
        - name: scratch
          emptyDir:
            sizeLimit: 1Gi
"
    );
    text
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// What may stand in each object, as the reference of the interface (version 1.35) lists it.
    const KNOWN: &[(&str, &[&str])] = &[
        ("", &["apiVersion", "kind", "metadata", "spec", "status"]),
        (
            "/spec",
            &[
                "activeDeadlineSeconds",
                "backoffLimit",
                "backoffLimitPerIndex",
                "completionMode",
                "completions",
                "managedBy",
                "manualSelector",
                "maxFailedIndexes",
                "parallelism",
                "podFailurePolicy",
                "podReplacementPolicy",
                "selector",
                "successPolicy",
                "suspend",
                "template",
                "ttlSecondsAfterFinished",
            ],
        ),
        ("/spec/template", &["metadata", "spec"]),
        (
            "/spec/template/spec",
            &[
                "automountServiceAccountToken",
                "containers",
                "enableServiceLinks",
                "restartPolicy",
                "securityContext",
                "volumes",
            ],
        ),
        (
            "/spec/template/spec/securityContext",
            &["runAsGroup", "runAsNonRoot", "runAsUser", "seccompProfile"],
        ),
        (
            "/spec/template/spec/containers/0",
            &["args", "image", "name", "resources", "securityContext", "volumeMounts"],
        ),
        (
            "/spec/template/spec/containers/0/securityContext",
            &["allowPrivilegeEscalation", "capabilities", "readOnlyRootFilesystem"],
        ),
        ("/spec/template/spec/containers/0/resources", &["limits", "requests"]),
        ("/spec/template/spec/volumes/0", &["name", "emptyDir"]),
        ("/spec/template/spec/volumes/0/emptyDir", &["medium", "sizeLimit"]),
    ];

    #[test]
    fn the_manifest_is_a_job_of_batch_v1() {
        let odd = "reg.example.org:5000/cs/grade:1 # \"x\"";
        let text = manifest(odd, 200, 10);
        let job: Value = serde_saphyr::from_str(&text).unwrap_or_else(|e| panic!("{e}\n{text}"));
        for (place, known) in KNOWN {
            let object = job.pointer(place).and_then(Value::as_object);
            let object = object.unwrap_or_else(|| panic!("no {place} in {text}"));
            let strange: Vec<_> =
                object.keys().filter(|key| !known.contains(&key.as_str())).collect();
            assert!(strange.is_empty(), "{place}: {strange:?}");
        }
        let check = |place: &str, want: Value| {
            assert_eq!(job.pointer(place), Some(&want), "{place}");
        };
        check("/apiVersion", json!("batch/v1"));
        check("/kind", json!("Job"));
        check("/spec/completionMode", json!("Indexed"));
        check("/spec/completions", json!(200));
        check("/spec/parallelism", json!(10));
        check("/spec/backoffLimit", json!(600));
        check("/spec/template/spec/restartPolicy", json!("Never"));
        check("/spec/template/spec/containers/0/image", json!(odd));
        check("/spec/template/spec/containers/0/args", json!(["grade-shard", "/batch"]));
        // Numbers of processors are texts: 1 would be one as well, and 0.5 needs it.
        check("/spec/template/spec/containers/0/resources/requests/cpu", json!("1"));
        // A job of one file has one pod.
        let small: Value = serde_saphyr::from_str(&manifest("i", 1, 10)).unwrap();
        assert_eq!(small["spec"]["parallelism"], 1);
    }
}
