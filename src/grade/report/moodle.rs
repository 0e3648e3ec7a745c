//! A learning platform's grade file: what Moodle's "Import from CSV" takes. One row a learner, one
//! column a lab, found again by the ID number or the address.

use super::super::batch::Batch;
use super::Report;
use super::csv::row;

pub(super) struct Moodle;

impl Report for Moodle {
    fn name(&self) -> &'static str {
        "moodle"
    }

    fn about(&self) -> &'static str {
        "a grade file for Moodle: one row for each learner, one column for each lab"
    }

    fn write(&self, batch: &Batch) -> String {
        let labs = batch.labs();
        let mut text = String::new();
        let mut heads: Vec<&str> = vec!["ID number", "Email address", "Full name"];
        heads.extend(labs.iter().map(String::as_str));
        heads.push("Total");
        row(&mut text, &heads);
        for total in batch.totals() {
            let grades: Vec<String> = labs
                .iter()
                .map(|lab| {
                    let came = total.labs.get(lab).filter(|_| !total.missing);
                    // An empty cell leaves the grade that the platform has.
                    came.map(|(earned, _)| earned.to_string()).unwrap_or_default()
                })
                .collect();
            let sum = if total.missing { String::new() } else { total.earned.to_string() };
            let mut cells = vec![total.number.as_str(), &total.mail, &total.name];
            cells.extend(grades.iter().map(String::as_str));
            cells.push(&sum);
            row(&mut text, &cells);
        }
        text
    }
}
