//! Numbers: their texts, their order and their sums, held against integers.

use std::cmp::Ordering;

use proptest::prelude::*;

use super::Number;

const NINES: &str = "99999999999999999999999999999999999999";

fn number(text: &str) -> Number {
    Number::parse(text).unwrap()
}

/// What the text becomes, or the error's first words.
#[track_caller]
fn check(text: &str, expect: &str) {
    let outcome = match Number::parse(text) {
        Ok(number) => number.to_string(),
        Err(error) => error.message,
    };
    assert_eq!(outcome, expect, "{text}");
}

#[test]
fn texts_are_normalised() {
    let zeros = |count| "0".repeat(count);
    for (text, expect) in [
        ("0", "0"),
        ("-0", "0"),
        ("0.000", "0"),
        ("0E500", "0"),
        ("1", "1"),
        ("+1", "1"),
        ("-1", "-1"),
        ("1.0", "1"),
        ("1.50", "1.5"),
        ("007", "7"),
        ("-007.10", "-7.1"),
        (".5", "0.5"),
        ("5.", "5"),
        ("1E2", "100"),
        ("1e2", "100"),
        ("1e+2", "100"),
        ("1.5e1", "15"),
        ("100e-2", "1"),
        ("12e-3", "0.012"),
        ("-12.34e-1", "-1.234"),
        ("1e-130", &format!("0.{}1", zeros(129))),
        ("1e125", &format!("1{}", zeros(125))),
        (NINES, NINES),
        (&format!("{NINES}{}", zeros(88)), &format!("{NINES}{}", zeros(88))),
        (&format!("0.{NINES}"), &format!("0.{NINES}")),
        (&format!("1{}", zeros(50)), &format!("1{}", zeros(50))),
        (&format!("{}1", zeros(500)), "1"),
    ] {
        check(text, expect);
    }
}

#[test]
fn what_is_no_number_is_refused() {
    const OVERFLOW: &str =
        "Number overflow. Attempting to store a number with magnitude larger than supported range";
    const UNDERFLOW: &str = "Number underflow. Attempting to store a number with magnitude \
                             smaller than supported range";
    const DIGITS: &str = "Attempting to store more than 38 significant digits in a Number";
    for (text, expect) in [
        ("1e126", OVERFLOW),
        ("-1e126", OVERFLOW),
        ("10e125", OVERFLOW),
        ("1e2147483647", OVERFLOW),
        ("1e-131", UNDERFLOW),
        ("0.1e-130", UNDERFLOW),
        (&format!("{NINES}9"), DIGITS),
        (&format!("-1.{NINES}"), DIGITS),
        (&format!("1{}1", "0".repeat(37)), DIGITS),
        (&format!("{}e100", "1".repeat(39)), OVERFLOW),
        ("", "The parameter cannot be converted to a numeric value"),
    ] {
        check(text, expect);
    }
    for text in [
        "x",
        " 1",
        "1 ",
        "1,0",
        "--1",
        "+-1",
        "1e",
        "e1",
        ".",
        "-",
        "+",
        "1.2.3",
        "0x10",
        "NaN",
        "Infinity",
        "1e1.5",
        "1e99999999999",
        "١",
        "1_000",
    ] {
        check(text, &format!("The parameter cannot be converted to a numeric value: {text}"));
    }
}

#[test]
fn numbers_are_ordered_by_value() {
    let ascending = [
        "-1e125",
        "-100",
        "-99.5",
        "-1",
        "-1e-5",
        "-1e-130",
        "0",
        "1e-130",
        "1e-5",
        "0.5",
        "1",
        "1.0000000000000000000000000000000000001",
        "9",
        "10",
        "99.99",
        "100",
        "1e38",
        "1e125",
    ];
    for (left_at, left) in ascending.iter().enumerate() {
        for (right_at, right) in ascending.iter().enumerate() {
            let expect = left_at.cmp(&right_at);
            assert_eq!(number(left).cmp(&number(right)), expect, "{left} {right}");
        }
    }
    assert_eq!(number("1.0").cmp(&number("1")), Ordering::Equal);
}

#[test]
fn sums_and_differences_are_exact_or_refused() {
    let check = |left: &str, sign: &str, right: &str, expect: &str| {
        let (left_number, right_number) = (number(left), number(right));
        let outcome = match sign {
            "+" => left_number.checked_add(right_number),
            _ => left_number.checked_sub(right_number),
        };
        let outcome = outcome.map_or_else(|error| error.message, |sum| sum.to_string());
        assert!(outcome.starts_with(expect), "{left} {sign} {right}: {outcome}");
    };
    for (left, sign, right, expect) in [
        ("1", "+", "2", "3"),
        ("1", "-", "2", "-1"),
        ("0", "-", "5", "-5"),
        ("5", "-", "5", "0"),
        ("-5", "+", "5", "0"),
        ("0.1", "+", "0.2", "0.3"),
        ("1e2", "+", "1e-2", "100.01"),
        ("99", "+", "1", "100"),
        (NINES, "+", "1", "100000000000000000000000000000000000000"),
        ("100000000000000000000000000000000000000", "-", "1", NINES),
        ("1e37", "+", "0.1", "Attempting to store more than 38"),
        ("1e125", "+", "1", "Attempting to store more than 38"),
        ("1e125", "-", "1e-130", "Attempting to store more than 38"),
        ("9e38", "-", "1", "Attempting to store more than 38"),
        ("9e125", "+", "9e125", "Number overflow"),
        ("-9e125", "-", "9e125", "Number overflow"),
        ("1.1e-130", "-", "1e-130", "Number underflow"),
        ("1e125", "+", "0", "1000"),
    ] {
        check(left, sign, right, expect);
    }
}

#[test]
fn sizes_follow_the_digits() {
    for (text, bytes) in
        [("0", 1), ("1", 2), ("-1", 3), ("12", 2), ("123", 3), ("1e100", 2), (NINES, 20)]
    {
        assert_eq!(number(text).size_bytes(), bytes, "{text}");
    }
}

proptest! {
    #[test]
    fn whole_numbers_agree_with_integers(left in -(1_i128 << 120)..(1_i128 << 120), right in -(1_i128 << 120)..(1_i128 << 120)) {
        let (a, b) = (number(&left.to_string()), number(&right.to_string()));
        prop_assert_eq!(a.to_string(), left.to_string());
        prop_assert_eq!(a.checked_add(b).unwrap().to_string(), (left + right).to_string());
        prop_assert_eq!(a.checked_sub(b).unwrap().to_string(), (left - right).to_string());
        prop_assert_eq!(a.cmp(&b), left.cmp(&right));
    }

    #[test]
    fn a_number_survives_its_text(negative: bool, digits in "[0-9]{1,38}", exponent in -92_i32..=87) {
        let sign = if negative { "-" } else { "" };
        let first = number(&format!("{sign}{digits}e{exponent}"));
        prop_assert_eq!(number(&first.to_string()), first);
        prop_assert_eq!(first.checked_add(Number::ZERO).unwrap(), first);
        prop_assert_eq!(first.checked_sub(first).unwrap(), Number::ZERO);
    }

    #[test]
    fn scale_changes_nothing(left in -1_000_000_i64..1_000_000, right in -1_000_000_i64..1_000_000, exponent in -120_i32..110) {
        let scaled = |value: i64| number(&format!("{value}e{exponent}"));
        let sum = scaled(left).checked_add(scaled(right)).unwrap();
        prop_assert_eq!(sum, scaled(left + right));
        prop_assert_eq!(scaled(left).cmp(&scaled(right)), left.cmp(&right));
    }

    #[test]
    fn no_text_makes_it_panic(text: String) {
        let _ = Number::parse(&text);
    }

    #[test]
    fn no_number_like_text_makes_it_panic(text in "[-+0-9.eE]{0,60}") {
        if let Ok(first) = Number::parse(&text) {
            prop_assert_eq!(number(&first.to_string()), first);
        }
    }
}
