//! Everything, for other programs.

use serde_json::json;

use super::super::batch::Batch;
use super::Report;

pub(super) struct Json;

impl Report for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn about(&self) -> &'static str {
        "everything, as an array with one object for each file"
    }

    fn write(&self, batch: &Batch) -> String {
        let all: Vec<_> = batch
            .lines
            .iter()
            .map(|line| match &line.outcome {
                Ok(graded) => {
                    let mut value = json!(graded);
                    if let Some(members) = value.as_object_mut() {
                        // Of use to nothing but the comparison that was made.
                        members.shift_remove("prints");
                    }
                    json!({"file": line.file, "counts": line.counts, "graded": value})
                }
                Err(why) => json!({"file": line.file, "error": why}),
            })
            .collect();
        serde_json::to_string_pretty(&all).unwrap_or_default() + "\n"
    }
}
