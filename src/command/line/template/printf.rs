//! `printf` as Go's: flags, width, precision, `*`, `[n]`, and words for what does not fit.

use std::fmt::Write as _;

use serde_json::Value;

use super::float::{exponent, general, shortest};
use super::value::Val;
use crate::text::quoted;

/// What stands between `%` and the verb.
#[derive(Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
struct Spec {
    minus: bool,
    plus: bool,
    sharp: bool,
    space: bool,
    zero: bool,
    width: Option<usize>,
    precision: Option<usize>,
}

/// The text, filled in.
pub(super) fn printf(format: &str, args: &[Val]) -> String {
    let mut out = String::new();
    let mut chars = format.chars().peekable();
    let (mut next, mut chosen) = (0, false);
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let mut spec = Spec::default();
        while let Some(flag) = chars.next_if(|c| "-+# 0".contains(*c)) {
            match flag {
                '-' => spec.minus = true,
                '+' => spec.plus = true,
                '#' => spec.sharp = true,
                ' ' => spec.space = true,
                _ => spec.zero = true,
            }
        }
        let mut number = |chars: &mut std::iter::Peekable<std::str::Chars<'_>>| {
            if chars.next_if_eq(&'[').is_some() {
                let digits: String = std::iter::from_fn(|| chars.next_if(|c| *c != ']')).collect();
                chars.next();
                chosen = true;
                next = digits.parse::<usize>().unwrap_or(0).wrapping_sub(1);
            }
            if chars.next_if_eq(&'*').is_some() {
                let wanted = args.get(next).and_then(|a| a.value.as_u64());
                next = next.wrapping_add(1);
                return wanted.and_then(|n| usize::try_from(n).ok());
            }
            let digits: String =
                std::iter::from_fn(|| chars.next_if(char::is_ascii_digit)).collect();
            digits.parse().ok()
        };
        spec.width = number(&mut chars);
        if chars.next_if_eq(&'.').is_some() {
            spec.precision = Some(number(&mut chars).unwrap_or(0));
        }
        // An argument may be chosen behind the width, too.
        if chars.peek() == Some(&'[') {
            number(&mut chars);
        }
        let Some(verb) = chars.next() else {
            out.push_str("%!(NOVERB)");
            break;
        };
        if verb == '%' {
            out.push('%');
            continue;
        }
        let Some(arg) = args.get(next) else {
            let why = if chosen { "BADINDEX" } else { "MISSING" };
            let _ = write!(out, "%!{verb}({why})");
            continue;
        };
        next = next.wrapping_add(1);
        match one(verb, spec, arg) {
            Some(text) => out.push_str(&pad(&text, spec, arg.value.is_number())),
            None => {
                let _ = write!(out, "%!{verb}({})", known(arg));
            }
        }
    }
    if !chosen && next < args.len() {
        let rest: Vec<String> = args[next..].iter().map(known).collect();
        let _ = write!(out, "%!(EXTRA {})", rest.join(", "));
    }
    out
}

/// `string=x`, for what a verb cannot print.
fn known(arg: &Val) -> String {
    match (&arg.value, kind(arg)) {
        (Value::Null, kind) if kind == "interface {}" => "<nil>".to_owned(),
        (_, kind) => format!("{kind}={}", arg.text()),
    }
}

fn kind(arg: &Val) -> String {
    match &arg.value {
        Value::Bool(_) => "bool".to_owned(),
        Value::Number(n) if n.is_f64() => "float64".to_owned(),
        Value::Number(_) => "int".to_owned(),
        Value::String(_) => "string".to_owned(),
        _ => arg.shape.go_name(),
    }
}

fn pad(text: &str, spec: Spec, is_number: bool) -> String {
    let width = spec.width.unwrap_or(0);
    if spec.minus {
        return format!("{text:<width$}");
    }
    if !spec.zero {
        return format!("{text:>width$}");
    }
    let sign = usize::from(is_number && text.starts_with(['-', '+', ' ']));
    let (sign, digits) = text.split_at(sign);
    let width = width.saturating_sub(sign.len());
    format!("{sign}{digits:0>width$}")
}

/// One value by one verb; none where the verb is not for such values.
fn one(verb: char, spec: Spec, arg: &Val) -> Option<String> {
    let cut = |text: &str| match spec.precision {
        Some(most) => text.chars().take(most).collect(),
        None => text.to_owned(),
    };
    let Spec { plus, space, .. } = spec;
    let signed = |text: String| match text.starts_with('-') {
        false if plus => format!("+{text}"),
        false if space => format!(" {text}"),
        _ => text,
    };
    if verb == 'T' {
        return Some(kind(arg));
    }
    match (&arg.value, verb) {
        (Value::String(text), 'v') if spec.sharp => Some(quoted(text, false)),
        (Value::String(text), 's' | 'v') => Some(cut(text)),
        (Value::String(text), 'q') => Some(quoted(&cut(text), spec.plus)),
        (Value::String(text), 'x' | 'X') => {
            let bytes: Vec<String> = text
                .bytes()
                .map(|b| if verb == 'x' { format!("{b:02x}") } else { format!("{b:02X}") })
                .collect();
            Some(bytes.join(if spec.space { " " } else { "" }))
        }
        (Value::Bool(truth), 't' | 'v') => Some(truth.to_string()),
        (Value::Number(number), verb) if number.is_f64() => {
            float(verb, spec, number.as_f64()?).map(signed)
        }
        (Value::Number(number), verb) => {
            let whole = number.as_i64().map(i128::from).or(number.as_u64().map(i128::from))?;
            integer(verb, spec, whole).map(signed)
        }
        (_, 'v') | (Value::Object(_), 's') => Some(arg.text()),
        (Value::Array(items), 's' | 'q' | 'd' | 'x') => {
            let inner = arg.inner();
            let part = |item: &Value| one(verb, spec, &Val::of(inner, Some(item)));
            let parts: Option<Vec<String>> = items.iter().map(part).collect();
            Some(format!("[{}]", parts?.join(" ")))
        }
        (Value::Null, 's' | 'q') if !matches!(arg.shape, super::Shape::Pointer(_)) => {
            (!matches!(arg.shape, super::Shape::Any)).then(|| arg.text())
        }
        _ => None,
    }
}

fn integer(verb: char, spec: Spec, number: i128) -> Option<String> {
    let (sign, whole) = (if number < 0 { "-" } else { "" }, number.unsigned_abs());
    let (prefix, digits) = match verb {
        'd' | 'v' => ("", whole.to_string()),
        'x' => ("0x", format!("{whole:x}")),
        'X' => ("0X", format!("{whole:X}")),
        'o' => ("0", format!("{whole:o}")),
        'O' => return Some(format!("{sign}0o{whole:o}")),
        'b' => ("0b", format!("{whole:b}")),
        'c' => return char::from_u32(u32::try_from(number).ok()?).map(String::from),
        'q' => return char::from_u32(u32::try_from(number).ok()?).map(|c| format!("{c:?}")),
        'U' => return Some(format!("U+{whole:04X}")),
        _ => return None,
    };
    let least = spec.precision.unwrap_or(0);
    Some(format!("{sign}{}{digits:0>least$}", if spec.sharp { prefix } else { "" }))
}

fn float(verb: char, spec: Spec, number: f64) -> Option<String> {
    let precision = spec.precision.unwrap_or(6);
    Some(match (verb, spec.precision) {
        ('f' | 'F', _) => format!("{number:.precision$}"),
        ('e', _) => exponent(&format!("{number:.precision$e}")),
        ('E', _) => exponent(&format!("{number:.precision$e}")).to_uppercase(),
        ('g' | 'v', None) => shortest(number),
        ('G', None) => shortest(number).to_uppercase(),
        ('g' | 'v', Some(digits)) => general(number, digits.max(1)),
        ('G', Some(digits)) => general(number, digits.max(1)).to_uppercase(),
        _ => return None,
    })
}
