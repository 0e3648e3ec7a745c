//! Listings: tables, JSON lines and templates.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::cli::Parsed;
use super::cx::{Cx, Fail};
use super::json;
use super::template::{Data, Template};

/// One line of a listing: what its columns and templates may name.
pub(super) struct Row {
    pub(super) fields: Map<String, Value>,
    /// For `.Label "name"`.
    pub(super) labels: BTreeMap<String, String>,
}

impl Row {
    /// A row of these fields; they are an object's.
    pub(super) fn new(fields: Value, labels: BTreeMap<String, String>) -> Self {
        let Value::Object(fields) = fields else { unreachable!("the fields are an object") };
        Self { fields, labels }
    }

    /// A row of these fields, which has no labels.
    pub(super) fn of(fields: Value) -> Self {
        Self::new(fields, BTreeMap::new())
    }

    /// A field that is text.
    pub(super) fn text(&self, field: &str) -> &str {
        self.fields.get(field).and_then(Value::as_str).unwrap_or_default()
    }
}

/// A kind of listing.
pub(super) struct Listing {
    /// The client's type, for the message about a field that does not exist.
    pub(super) type_name: &'static str,
    /// The heading of each field.
    pub(super) headings: &'static [(&'static str, &'static str)],
    /// The fields of the default table.
    pub(super) columns: Vec<&'static str>,
    /// What the message begins with when the template cannot be read.
    pub(super) unreadable: &'static str,
}

/// Prints rows as `--format` asks.
///
/// # Errors
/// What is wrong with the template.
pub(super) fn print(
    cx: &mut Cx<'_, '_>,
    format: Option<&str>,
    listing: &Listing,
    rows: &[Row],
) -> Result<(), Fail> {
    let text = render(format, listing, rows)?;
    cx.out(text);
    Ok(())
}

/// Rows as `--format` asks: nothing or `table` for the table, `table TEMPLATE`, `json`, or a
/// template for each row.
///
/// # Errors
/// What is wrong with the template.
pub(super) fn render(
    format: Option<&str>,
    listing: &Listing,
    rows: &[Row],
) -> Result<String, Fail> {
    let format = format.unwrap_or("table").trim_matches(' ');
    match format {
        "table" | "" => {
            let mut lines = vec![listing.columns.iter().map(|c| heading(listing, c)).collect()];
            lines.extend(rows.iter().map(|row| {
                listing.columns.iter().map(|c| row.text(c).to_owned()).collect::<Vec<_>>()
            }));
            Ok(table(&lines, 10, 3))
        }
        "json" => {
            let line = |row: &Row| json::compact(&Value::Object(row.fields.clone()), true) + "\n";
            Ok(rows.iter().map(line).collect())
        }
        _ => templates(format, listing, rows),
    }
}

/// [`print`], or with `--quiet` one field of each row; a format that is no table comes first.
///
/// # Errors
/// As [`print`].
pub(super) fn print_or_quiet(
    cx: &mut Cx<'_, '_>,
    given: &Parsed,
    field: &str,
    listing: &Listing,
    rows: &[Row],
) -> Result<u8, Fail> {
    let format = given.text("format");
    if given.is("quiet") && format.is_none_or(|f| f == "table") {
        for row in rows {
            cx.out(format!("{}\n", row.text(field)));
        }
        return Ok(0);
    }
    print(cx, format, listing, rows)?;
    Ok(0)
}

fn templates(format: &str, listing: &Listing, rows: &[Row]) -> Result<String, Fail> {
    let fail = |head: &str, why: String| Fail::new(1, format!("{head}: {why}"));
    Template::parse(format).map_err(|why| fail(listing.unreadable, why))?;
    let in_table = format.strip_prefix("table").filter(|rest| rest.starts_with([' ', '\\']));
    let body = in_table.map_or(format, |rest| rest.trim_start_matches(' '));
    let body = body.replace("\\t", "\t").replace("\\n", "\n");
    let template = Template::parse(&body).map_err(|why| fail("template parsing error", why))?;
    let mut text = String::new();
    let failed = |why| {
        let checked_first = listing.unreadable == "failed to parse template";
        fail(
            if checked_first { "failed to execute template" } else { "template parsing error" },
            why,
        )
    };
    if in_table.is_some() {
        let names = listing.headings.iter().map(|(f, h)| ((*f).to_owned(), Value::from(*h)));
        let headings = Value::Object(names.collect());
        let label =
            |name: &str| name.rsplit('.').next().unwrap_or_default().replace(['-', '_'], " ");
        let data =
            Data { value: &headings, type_name: Some(listing.type_name), label: Some(&label) };
        text.push_str(&template.apply(&data).map_err(failed)?);
        text.push('\n');
    }
    for row in rows {
        let value = Value::Object(row.fields.clone());
        let label = |name: &str| row.labels.get(name).cloned().unwrap_or_default();
        let data = Data { value: &value, type_name: Some(listing.type_name), label: Some(&label) };
        text.push_str(&template.apply(&data).map_err(failed)?);
        text.push('\n');
    }
    if in_table.is_some() {
        let lines: Vec<Vec<String>> =
            text.lines().map(|l| l.split('\t').map(str::to_owned).collect()).collect();
        text = table(&lines, 10, 3);
    }
    Ok(text)
}

fn heading(listing: &Listing, field: &str) -> String {
    let found = listing.headings.iter().find(|(f, _)| *f == field);
    found.map_or(field, |(_, heading)| heading).to_owned()
}

/// Lines in columns as wide as their widest cell and the padding, but at least `least`.
pub(super) fn table(lines: &[Vec<String>], least: usize, padding: usize) -> String {
    let columns = lines.iter().map(Vec::len).max().unwrap_or(0);
    let mut widths = vec![0; columns];
    for line in lines {
        // The last cell of a line is not part of a column.
        for (i, cell) in line.iter().enumerate().take(line.len().saturating_sub(1)) {
            widths[i] = widths[i].max(cell.chars().count() + padding).max(least);
        }
    }
    let mut out = String::new();
    for line in lines {
        for (i, cell) in line.iter().enumerate() {
            out.push_str(cell);
            if i + 1 < line.len() {
                out.extend(std::iter::repeat_n(' ', widths[i] - cell.chars().count()));
            }
        }
        out.push('\n');
    }
    out
}

/// At most `width` characters, the last of them `…` when something is left out.
pub(super) fn ellipsis(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let kept: String = text.chars().take(width.saturating_sub(1)).collect();
    kept + "…"
}

/// In double quotes, as Go quotes.
pub(super) fn quote(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if c.is_control() => {
                let _ = write!(out, "\\x{:02x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out + "\""
}

/// `2026-11-22 11:31:55 +0000 UTC`, the time of a listing.
pub(super) fn created_at(seconds: i64) -> String {
    base::Time(seconds.saturating_mul(1000)).format("%Y-%m-%d %H:%M:%S +0000 UTC")
}

/// `2 minutes ago` for a time as the API spells it, by the machine's clock.
pub(super) fn ago_since(time: &str) -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let now = now.ok().and_then(|d| i64::try_from(d.as_millis()).ok()).unwrap_or_default();
    let then = base::Time::parse_iso(time).unwrap_or_default();
    docker::text::duration((now - then.0).div_euclid(1000)) + " ago"
}

/// [`ago_since`] in the middle of a sentence.
pub(super) fn ago_lower(time: &str) -> String {
    ago_since(time).to_lowercase()
}

/// The API's words begin in lower case, the client's in upper case.
pub(super) fn pretty_word(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// The engine's `2026-11-22T11:31:55.123Z` as Go prints a time: `2026-11-22 11:31:55.123 +0000 UTC`.
pub(super) fn go_time(text: &str) -> String {
    let Some((date, clock)) = text.split_once('T') else { return text.to_owned() };
    if let Some(clock) = clock.strip_suffix('Z') {
        return format!("{date} {clock} +0000 UTC");
    }
    match clock.rfind(['+', '-']) {
        Some(at) => {
            let (clock, zone) = clock.split_at(at);
            let zone = zone.replace(':', "");
            format!("{date} {clock} {zone} {zone}")
        }
        None => format!("{date} {clock}"),
    }
}

/// The labels in an answer of the engine.
pub(super) fn labels(found: Option<&Value>) -> BTreeMap<String, String> {
    let pair = |(k, v): (&String, &Value)| (k.clone(), v.as_str().unwrap_or_default().to_owned());
    found.and_then(Value::as_object).map(|l| l.iter().map(pair).collect()).unwrap_or_default()
}

/// `a=b,c=d`
pub(super) fn pairs(labels: &BTreeMap<String, String>) -> String {
    let pairs: Vec<String> = labels.iter().map(|(k, v)| format!("{k}={v}")).collect();
    pairs.join(",")
}

/// The order of names in which numbers count as numbers: `web2` before `web10`.
pub(super) fn natural(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    loop {
        let (Some(x), Some(y)) = (a.first(), b.first()) else { return a.len().cmp(&b.len()) };
        if !(x.is_ascii_digit() && y.is_ascii_digit()) {
            if x != y {
                return x.cmp(y);
            }
            (a, b) = (&a[1..], &b[1..]);
            continue;
        }
        let (number_a, rest_a) = number(a);
        let (number_b, rest_b) = number(b);
        let significant = |n: &[u8]| n.iter().take_while(|d| **d == b'0').count();
        let (zeros_a, zeros_b) = (significant(number_a), significant(number_b));
        let (value_a, value_b) = (&number_a[zeros_a..], &number_b[zeros_b..]);
        let by_value = value_a.len().cmp(&value_b.len()).then_with(|| value_a.cmp(value_b));
        match by_value.then(zeros_a.cmp(&zeros_b)) {
            Ordering::Equal => (a, b) = (rest_a, rest_b),
            other => return other,
        }
    }
}

/// The digits at the beginning, and the rest.
fn number(text: &[u8]) -> (&[u8], &[u8]) {
    let digits = text.iter().take_while(|c| c.is_ascii_digit()).count();
    text.split_at(digits)
}

/// `2 minutes ago`, by the machine's clock.
pub(super) fn ago(seconds: i64) -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let now = now.ok().and_then(|d| i64::try_from(d.as_secs()).ok()).unwrap_or_default();
    docker::text::duration(now - seconds) + " ago"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_they_must_be() {
        let lines = |rows: &[&[&str]]| -> Vec<Vec<String>> {
            rows.iter().map(|r| r.iter().map(|c| (*c).to_owned()).collect()).collect()
        };
        let check = |rows: &[&[&str]], want: &str| assert_eq!(table(&lines(rows), 10, 3), want);
        check(&[&["TAG", "IMAGE ID", "SIZE"]], "TAG       IMAGE ID   SIZE\n");
        check(&[&["A", "B"], &["1234567890", "x"]], "A            B\n1234567890   x\n");
    }

    #[test]
    fn names_are_ordered_as_people_do() {
        let mut names = ["web.10", "web.2", "db.1", "web", "web2.1"];
        names.sort_by(|a, b| natural(a, b));
        assert_eq!(names, ["db.1", "web", "web.2", "web.10", "web2.1"]);
    }

    #[test]
    fn words_begin_in_upper_case() {
        let check = |word: &str, want: &str| assert_eq!(pretty_word(word), want);
        check("needs rotation", "Needs rotation");
        check("", "");
    }

    #[test]
    fn commands_are_cut_and_quoted() {
        let check = |text: &str, want: &str| assert_eq!(quote(&ellipsis(text, 20)), want);
        check("sleep 1000", "\"sleep 1000\"");
        check("/bin/sh -c 'sleep 100000'", "\"/bin/sh -c 'sleep 1…\"");
        check("echo \"x\"", "\"echo \\\"x\\\"\"");
    }

    #[test]
    fn numbers_in_names_count_as_numbers() {
        let check = |a: &str, b: &str, want: Ordering| assert_eq!(natural(a, b), want, "{a} {b}");
        check("t2", "t10", Ordering::Less);
        check("t10", "t2", Ordering::Greater);
        check("t2", "t2", Ordering::Equal);
        check("a", "b", Ordering::Less);
        check("web", "web1", Ordering::Less);
        check("t02", "t2", Ordering::Greater);
        check("t9x", "t09a", Ordering::Less);
    }

    #[test]
    fn times_are_gos() {
        let check = |text: &str, want: &str| assert_eq!(go_time(text), want);
        check("2026-11-26T17:46:43.54168121Z", "2026-11-26 17:46:43.54168121 +0000 UTC");
        check("2026-11-26T18:46:43+01:00", "2026-11-26 18:46:43 +0100 +0100");
        check("", "");
    }
}
