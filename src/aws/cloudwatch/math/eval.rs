//! What an expression comes to.

use std::collections::BTreeMap;

use super::{Expr, Op};

/// Figures by the second at which their periods begin.
pub(crate) type Line = BTreeMap<i64, f64>;

/// What an expression comes to.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Answer {
    Number(f64),
    Line(Line),
    Lines(Vec<Line>),
}

/// What an expression is evaluated in.
pub(crate) struct Terms<'a> {
    /// What other queries came to, by id.
    pub(crate) known: &'a BTreeMap<String, Answer>,
    /// The lines of all metrics of the request, in its order.
    pub(crate) metrics: &'a [Line],
    pub(crate) period_s: i64,
    /// All the periods of the request, by the second at which they begin.
    pub(crate) begins: &'a [i64],
}

/// What an expression comes to, or what is wrong with it.
pub(crate) fn evaluate(expr: &Expr, terms: &Terms<'_>) -> Result<Answer, String> {
    match expr {
        Expr::Number(number) => Ok(Answer::Number(*number)),
        Expr::Id(id) => {
            terms.known.get(id).cloned().ok_or_else(|| format!("Undefined variable {id}"))
        }
        Expr::Word(word) => Err(format!("Unexpected {word}")),
        Expr::List(items) => {
            let mut lines = Vec::new();
            for item in items {
                lines.extend(self::lines(evaluate(item, terms)?)?);
            }
            Ok(Answer::Lines(lines))
        }
        Expr::Negative(of) => Ok(each(evaluate(of, terms)?, &|value| -value)),
        Expr::Both(op, a, b) => {
            both(evaluate(a, terms)?, evaluate(b, terms)?, &|a, b| figure(*op, a, b))
        }
        Expr::Call(name, arguments) => call(name, arguments, terms),
    }
}

fn figure(op: Op, a: f64, b: f64) -> f64 {
    let whether = |is: bool| if is { 1.0 } else { 0.0 };
    match op {
        Op::Or => whether(a != 0.0 || b != 0.0),
        Op::And => whether(a != 0.0 && b != 0.0),
        #[expect(clippy::float_cmp, reason = "the expression asks for it")]
        Op::Equal => whether(a == b),
        #[expect(clippy::float_cmp, reason = "the expression asks for it")]
        Op::Unequal => whether(a != b),
        Op::LessOrEqual => whether(a <= b),
        Op::GreaterOrEqual => whether(a >= b),
        Op::Less => whether(a < b),
        Op::Greater => whether(a > b),
        Op::Add => a + b,
        Op::Subtract => a - b,
        Op::Multiply => a * b,
        Op::Divide => a / b,
    }
}

fn lines(answer: Answer) -> Result<Vec<Line>, String> {
    match answer {
        Answer::Line(line) => Ok(vec![line]),
        Answer::Lines(lines) => Ok(lines),
        Answer::Number(_) => Err("A list holds time series only".to_owned()),
    }
}

fn each(answer: Answer, of: &dyn Fn(f64) -> f64) -> Answer {
    let line = |line: Line| line.into_iter().map(|(at, value)| (at, of(value))).collect();
    match answer {
        Answer::Number(number) => Answer::Number(of(number)),
        Answer::Line(one) => Answer::Line(line(one)),
        Answer::Lines(all) => Answer::Lines(all.into_iter().map(line).collect()),
    }
}

/// Two values put together: of two lines, where both have a figure. What is no number is none.
fn both(a: Answer, b: Answer, of: &dyn Fn(f64, f64) -> f64) -> Result<Answer, String> {
    let finite = |line: Line| -> Line { line.into_iter().filter(|(_, v)| v.is_finite()).collect() };
    Ok(match (a, b) {
        (Answer::Number(a), Answer::Number(b)) => Answer::Number(of(a, b)),
        (Answer::Line(a), Answer::Number(b)) => {
            Answer::Line(finite(a.into_iter().map(|(at, a)| (at, of(a, b))).collect()))
        }
        (Answer::Number(a), Answer::Line(b)) => {
            Answer::Line(finite(b.into_iter().map(|(at, b)| (at, of(a, b))).collect()))
        }
        (Answer::Line(a), Answer::Line(b)) => {
            let pair = |(at, a): (i64, f64)| b.get(&at).map(|b| (at, of(a, *b)));
            Answer::Line(finite(a.into_iter().filter_map(pair).collect()))
        }
        (Answer::Lines(all), other) => {
            let one = |line| both(Answer::Line(line), other.clone(), of);
            Answer::Lines(gather(all.into_iter().map(one))?)
        }
        (other, Answer::Lines(all)) => {
            let one = |line| both(other.clone(), Answer::Line(line), of);
            Answer::Lines(gather(all.into_iter().map(one))?)
        }
    })
}

fn gather(answers: impl Iterator<Item = Result<Answer, String>>) -> Result<Vec<Line>, String> {
    let mut all = Vec::new();
    for answer in answers {
        all.extend(lines(answer?)?);
    }
    Ok(all)
}

fn call(name: &str, arguments: &[Expr], terms: &Terms<'_>) -> Result<Answer, String> {
    let count = |wanted: usize| {
        if arguments.len() == wanted {
            Ok(())
        } else {
            Err(format!("{name} takes {wanted} argument{}", if wanted == 1 { "" } else { "s" }))
        }
    };
    let argument = |at: usize| evaluate(&arguments[at], terms);
    match name {
        "METRICS" => count(0).map(|()| Answer::Lines(terms.metrics.to_vec())),
        "FILL" => {
            count(2)?;
            fill(argument(0)?, &arguments[1], terms)
        }
        "IF" => {
            count(3)?;
            choose(argument(0)?, &argument(1)?, &argument(2)?, terms)
        }
        "PERIOD" => {
            count(1)?;
            #[expect(clippy::cast_precision_loss, reason = "a day has 86,400 seconds")]
            Ok(Answer::Number(terms.period_s as f64))
        }
        "TIME_SERIES" => {
            count(1)?;
            match argument(0)? {
                Answer::Number(n) => {
                    Ok(Answer::Line(terms.begins.iter().map(|at| (*at, n)).collect()))
                }
                _ => Err("TIME_SERIES takes a number".to_owned()),
            }
        }
        "ABS" | "CEIL" | "FLOOR" => {
            count(1)?;
            let of = match name {
                "ABS" => f64::abs,
                "CEIL" => f64::ceil,
                _ => f64::floor,
            };
            Ok(each(argument(0)?, &of))
        }
        "AVG" | "MAX" | "MIN" | "SUM" | "DATAPOINT_COUNT" | "FIRST" | "LAST" => {
            count(1)?;
            together(name, argument(0)?)
        }
        "DIFF" | "RATE" | "RUNNING_SUM" => {
            count(1)?;
            let along = |line: Line| Answer::Line(along(name, &line));
            match argument(0)? {
                Answer::Line(line) => Ok(along(line)),
                Answer::Lines(all) => {
                    Ok(Answer::Lines(gather(all.into_iter().map(|line| Ok(along(line))))?))
                }
                Answer::Number(_) => Err(format!("{name} takes a time series")),
            }
        }
        _ => Err(format!("The function {name} is not simulated here")),
    }
}

/// One figure of a line; of several lines, one line.
fn together(name: &str, answer: Answer) -> Result<Answer, String> {
    match answer {
        Answer::Line(line) => {
            let values: Vec<f64> = line.into_values().collect();
            match fold(name, &values) {
                Some(value) => Ok(Answer::Number(value)),
                None => Ok(Answer::Line(Line::new())),
            }
        }
        Answer::Lines(all) => match name {
            "FIRST" => Ok(Answer::Line(all.into_iter().next().unwrap_or_default())),
            "LAST" => Ok(Answer::Line(all.into_iter().next_back().unwrap_or_default())),
            _ => {
                let mut by_time: BTreeMap<i64, Vec<f64>> = BTreeMap::new();
                for (at, value) in all.into_iter().flatten() {
                    by_time.entry(at).or_default().push(value);
                }
                let figure = |(at, values): (i64, Vec<f64>)| Some((at, fold(name, &values)?));
                Ok(Answer::Line(by_time.into_iter().filter_map(figure).collect()))
            }
        },
        Answer::Number(_) => Err(format!("{name} takes time series")),
    }
}

fn fold(name: &str, values: &[f64]) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "there are fewer than 2^52")]
    let count = values.len() as f64;
    let sum = || values.iter().sum::<f64>();
    match name {
        "DATAPOINT_COUNT" => Some(count),
        _ if values.is_empty() => None,
        "SUM" => Some(sum()),
        "AVG" => Some(sum() / count),
        "MAX" => values.iter().copied().reduce(f64::max),
        "MIN" => values.iter().copied().reduce(f64::min),
        "FIRST" => values.first().copied(),
        _ => values.last().copied(),
    }
}

/// A line made of how another goes on.
fn along(name: &str, line: &Line) -> Line {
    let mut made = Line::new();
    let mut before: Option<(i64, f64)> = None;
    let mut total = 0.0;
    for (at, value) in line {
        total += value;
        match (name, before) {
            ("RUNNING_SUM", _) => {
                made.insert(*at, total);
            }
            ("DIFF", Some((_, old))) => {
                made.insert(*at, value - old);
            }
            (_, Some((then, old))) => {
                #[expect(clippy::cast_precision_loss, reason = "seconds of a request")]
                made.insert(*at, (value - old) / (at - then) as f64);
            }
            _ => {}
        }
        before = Some((*at, *value));
    }
    made
}

/// A line with figures where it has none.
fn fill(answer: Answer, with: &Expr, terms: &Terms<'_>) -> Result<Answer, String> {
    let number = match with {
        Expr::Word(word) if word == "REPEAT" => None,
        Expr::Word(word) => return Err(format!("FILL with {word} is not simulated here")),
        other => match evaluate(other, terms)? {
            Answer::Number(number) => Some(number),
            _ => return Err("FILL takes a number or REPEAT".to_owned()),
        },
    };
    let one = |line: Line| {
        let mut filled = Line::new();
        let mut last = None;
        for at in terms.begins {
            last = line.get(at).copied().or(if number.is_some() { number } else { last });
            if let Some(value) = last {
                filled.insert(*at, value);
            }
        }
        Answer::Line(filled)
    };
    match answer {
        Answer::Line(line) => Ok(one(line)),
        Answer::Lines(all) => Ok(Answer::Lines(gather(all.into_iter().map(|l| Ok(one(l))))?)),
        Answer::Number(_) => Err("FILL takes a time series".to_owned()),
    }
}

/// The one where the condition holds, and the other where it does not.
fn choose(
    condition: Answer,
    yes: &Answer,
    no: &Answer,
    terms: &Terms<'_>,
) -> Result<Answer, String> {
    let at = |answer: &Answer, at: i64| match answer {
        Answer::Number(number) => Some(*number),
        Answer::Line(line) => line.get(&at).copied(),
        Answer::Lines(_) => None,
    };
    if matches!(yes, Answer::Lines(_)) || matches!(no, Answer::Lines(_)) {
        return Err("IF takes no lists".to_owned());
    }
    match condition {
        Answer::Number(number) => Ok(if number == 0.0 { no } else { yes }.clone()),
        Answer::Line(line) => {
            let pick = |begin: &i64| {
                let holds = *line.get(begin)? != 0.0;
                at(if holds { yes } else { no }, *begin).map(|value| (*begin, value))
            };
            Ok(Answer::Line(terms.begins.iter().filter_map(pick).collect()))
        }
        Answer::Lines(_) => Err("IF takes no lists".to_owned()),
    }
}
