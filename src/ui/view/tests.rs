//! The parts that views are drawn with, and views made of general parts at every width.

use super::{bytes, columns, curve, gauge, sections};
use app::flow::{Line, Tone};
use sim::view::{Branch, Mood, View};

#[test]
fn sizes_are_for_people() {
    let check = |count: u64, want: &str| assert_eq!(bytes(count), want);
    check(0, "0 B");
    check(1023, "1023 B");
    check(1024, "1 KiB");
    check(1536, "1.5 KiB");
    check(128 << 20, "128 MiB");
    check(u64::MAX / 10, "1638 PiB");
}

#[test]
fn a_bar_is_as_full_as_its_part() {
    let check = |part: u64, whole: u64, want: &str| assert_eq!(gauge(part, whole, 4), want);
    check(0, 10, "░░░░");
    check(1, 1000, "█░░░");
    check(5, 10, "██░░");
    check(20, 10, "████");
    check(1, 0, "░░░░");
}

#[test]
fn a_curve_ends_with_the_newest_value() {
    let check = |values: &[u64], want: &str| assert_eq!(curve(values, 7, 3), want);
    check(&[], "   ");
    check(&[7], "  █");
    check(&[0, 1, 7, 9], "▂██");
}

#[test]
fn columns_are_narrowed_where_it_says() {
    let row = |cells: [&str; 2]| cells.map(|c| (Tone::Plain, c.to_owned())).to_vec();
    let laid = columns(&[row(["a-very-long-name", "1 KiB"])], 0, 16);
    assert_eq!(laid[0].text(), "a-very-l…  1 KiB");
}

fn tables() -> View {
    View::default()
        .section("Table Orders")
        .facts([("key", "customer (S), order (N)".to_owned()), ("items", "2".to_owned())])
        .table(
            &["customer", "order", "state", "total"],
            vec![
                vec!["ada".into(), "1".into(), "shipped".into(), "12.50".into()],
                vec!["grace".into(), "2".into(), "open".into(), "7".into()],
            ],
        )
        .section("Stream")
        .note("No stream. `--stream-specification` makes one.")
}

#[test]
fn general_parts_are_drawn_and_fit() {
    let texts = |view: &View, width| -> Vec<String> {
        sections::lines(view, width).iter().map(Line::text).collect()
    };
    let want = [
        "Table Orders",
        "key    customer (S), order (N)",
        "items  2",
        "customer │ order │ state   │ total",
        "─────────┼───────┼─────────┼──────",
        "ada      │ 1     │ shipped │ 12.50",
        "grace    │ 2     │ open    │ 7    ",
        "",
        "Stream",
        "No stream. `--stream-specification` makes one.",
    ];
    let wide: Vec<String> = texts(&tables(), 60).iter().map(|l| l.trim_end().to_owned()).collect();
    assert_eq!(wide, want.map(str::trim_end));
    for width in 16..120 {
        let lines = texts(&tables(), width);
        for line in &lines {
            assert!(Line::of(Tone::Plain, line.as_str()).width() <= width, "{width}: {line:?}");
        }
        assert!(lines.len() <= tables().lines_about(), "{width}: {}", lines.len());
        for word in ["grace", "shipped", "12.50", "Stream"] {
            assert!(lines.iter().any(|l| l.contains(word)), "{width}: {word}");
        }
    }
    assert_eq!(texts(&View::default(), 60), ["There is nothing to show yet."]);
}

#[test]
fn a_tree_joins_what_stands_in_one_another() {
    let inside = Branch::new(Mood::Good, "web (i-1) is reached at tcp 80 from everywhere");
    let view = View::default().section("Network").tree([
        Branch::new(Mood::Plain, "subnet a").with([inside, Branch::new(Mood::Bad, "db (i-2)")]),
        Branch::new(Mood::Aside, "subnet b"),
    ]);
    let lines: Vec<String> = sections::lines(&view, 34).iter().map(Line::text).collect();
    let want = [
        "Network",
        "├─ subnet a",
        "│  ├─ ✔ web (i-1) is reached at",
        "│  │    tcp 80 from everywhere",
        "│  └─ ✘ db (i-2)",
        "└─ subnet b",
    ];
    assert_eq!(lines.iter().map(|l| l.trim_end()).collect::<Vec<_>>(), want);
    assert!(view.lines_about() >= lines.len());
}
