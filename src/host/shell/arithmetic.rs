//! `$((…))`: whole numbers of 64 bits that wrap.

use super::state::Shell;

/// How deep names may stand for names, and brackets in brackets.
const DEPTH_MAX: u32 = 60;

/// Evaluates a text.
pub fn evaluate(shell: &mut Shell, text: &str) -> Result<i64, String> {
    evaluate_at(shell, text, 0)
}

fn evaluate_at(shell: &mut Shell, text: &str, depth: u32) -> Result<i64, String> {
    if depth > DEPTH_MAX {
        return Err(format!(
            "{}: expression recursion level exceeded (error token is \"{text}\")",
            text.trim()
        ));
    }
    if text.trim().is_empty() {
        return Ok(0);
    }
    let mut reader =
        Reader { shell, text: text.chars().collect(), at: 0, depth, level: 0, dry: false };
    let value = reader.comma()?;
    reader.blanks();
    if reader.at < reader.text.len() {
        return Err(reader.error("syntax error in expression"));
    }
    Ok(value)
}

struct Reader<'a> {
    shell: &'a mut Shell,
    text: Vec<char>,
    at: usize,
    depth: u32,
    level: u32,
    /// What is read now is not to happen (the other side of `&&`, `||`, `?:`).
    dry: bool,
}

/// Binary operators, the loosest first.
const BINARY: [&[&str]; 10] = [
    &["||"],
    &["&&"],
    &["|"],
    &["^"],
    &["&"],
    &["==", "!="],
    &["<=", ">=", "<", ">"],
    &["<<", ">>"],
    &["+", "-"],
    &["*", "/", "%"],
];

const ASSIGN: [&str; 11] = ["=", "+=", "-=", "*=", "/=", "%=", "<<=", ">>=", "&=", "^=", "|="];

impl Reader<'_> {
    fn blanks(&mut self) {
        while self.text.get(self.at).is_some_and(|c| c.is_whitespace()) {
            self.at += 1;
        }
    }

    fn error(&self, what: &str) -> String {
        let whole: String = self.text.iter().collect();
        let rest: String = self.text[self.at.min(self.text.len())..].iter().collect();
        format!("{}: {what} (error token is \"{rest}\")", whole.trim_start())
    }

    fn starts(&self, token: &str) -> bool {
        token.chars().enumerate().all(|(n, c)| self.text.get(self.at + n) == Some(&c))
    }

    fn take(&mut self, token: &str) -> bool {
        self.blanks();
        let found = self.starts(token);
        if found {
            self.at += token.len();
        }
        found
    }

    fn comma(&mut self) -> Result<i64, String> {
        let mut value = self.assignment()?;
        while self.take(",") {
            value = self.assignment()?;
        }
        Ok(value)
    }

    fn name(&mut self) -> Option<String> {
        self.blanks();
        let start = self.at;
        while self.text.get(self.at).is_some_and(|c| {
            *c == '_' || c.is_ascii_alphabetic() || (self.at > start && c.is_ascii_digit())
        }) {
            self.at += 1;
        }
        (self.at > start).then(|| self.text[start..self.at].iter().collect())
    }

    fn assignment(&mut self) -> Result<i64, String> {
        self.level += 1;
        if self.level > DEPTH_MAX {
            return Err(self.error("expression recursion level exceeded"));
        }
        let start = self.at;
        let value = if let Some(name) = self.name() {
            self.blanks();
            let found = ASSIGN.iter().rev().find(|op| self.starts(op));
            match found.filter(|op| **op != "=" || !self.starts("==")) {
                Some(op) => {
                    self.at += op.len();
                    let right = self.assignment()?;
                    let value = if *op == "=" {
                        right
                    } else {
                        let left = self.variable(&name)?;
                        self.apply(op.trim_end_matches('='), left, right)?
                    };
                    self.set(&name, value)?;
                    value
                }
                None => {
                    self.at = start;
                    self.ternary()?
                }
            }
        } else {
            self.ternary()?
        };
        self.level -= 1;
        Ok(value)
    }

    fn ternary(&mut self) -> Result<i64, String> {
        let condition = self.binary(0)?;
        if !self.take("?") {
            return Ok(condition);
        }
        let dry = self.dry;
        self.dry = dry || condition == 0;
        let yes = self.comma()?;
        if !self.take(":") {
            return Err(self.error("`:' expected for conditional expression"));
        }
        self.dry = dry || condition != 0;
        let no = self.assignment()?;
        self.dry = dry;
        Ok(if condition == 0 { no } else { yes })
    }

    fn operator(&mut self, level: usize) -> Option<&'static str> {
        self.blanks();
        let op = BINARY[level].iter().find(|op| self.starts(op))?;
        let next = self.text.get(self.at + op.len()).copied();
        // The beginning of a longer operator is not this one.
        let longer = match *op {
            "|" | "&" => next == Some(op.chars().next()?) || next == Some('='),
            "<" | ">" => next == Some(op.chars().next()?),
            "*" => next == Some('*') || next == Some('='),
            "==" | "!=" | "<=" | ">=" | "||" | "&&" => false,
            _ => next == Some('='),
        };
        if longer {
            return None;
        }
        self.at += op.len();
        Some(op)
    }

    fn binary(&mut self, level: usize) -> Result<i64, String> {
        if level == BINARY.len() {
            return self.power();
        }
        let mut left = self.binary(level + 1)?;
        while let Some(op) = self.operator(level) {
            let dry = self.dry;
            self.dry |= (op == "&&" && left == 0) || (op == "||" && left != 0);
            let right = self.binary(level + 1)?;
            left = self.apply(op, left, right)?;
            self.dry = dry;
        }
        Ok(left)
    }

    fn apply(&self, op: &str, left: i64, right: i64) -> Result<i64, String> {
        let bits = u32::try_from(right & 63).unwrap_or(0);
        Ok(match op {
            "||" => i64::from(left != 0 || right != 0),
            "&&" => i64::from(left != 0 && right != 0),
            "|" => left | right,
            "^" => left ^ right,
            "&" => left & right,
            "==" => i64::from(left == right),
            "!=" => i64::from(left != right),
            "<=" => i64::from(left <= right),
            ">=" => i64::from(left >= right),
            "<" => i64::from(left < right),
            ">" => i64::from(left > right),
            "<<" => left.wrapping_shl(bits),
            ">>" => left.wrapping_shr(bits),
            "+" => left.wrapping_add(right),
            "-" => left.wrapping_sub(right),
            "*" => left.wrapping_mul(right),
            _ if right == 0 => {
                if self.dry {
                    return Ok(0);
                }
                return Err(self.division());
            }
            "/" => left.wrapping_div(right),
            _ => left.wrapping_rem(right),
        })
    }

    /// The shell's complaint names what stood behind the operator.
    fn division(&self) -> String {
        let whole: String = self.text.iter().collect();
        let before: String = self.text[..self.at].iter().collect();
        let operand = before.rfind(['/', '%', '=']).map_or("", |at| &before[at + 1..]);
        let token = &whole[before.len() - operand.trim_start().len()..];
        format!("{}: division by 0 (error token is \"{token}\")", whole.trim_start())
    }

    fn power(&mut self) -> Result<i64, String> {
        let base = self.unary()?;
        if !self.take("**") {
            return Ok(base);
        }
        self.level += 1;
        if self.level > DEPTH_MAX {
            return Err(self.error("expression recursion level exceeded"));
        }
        let exponent = self.power()?;
        self.level -= 1;
        if exponent < 0 {
            return Err(self.error("exponent less than 0"));
        }
        let (mut value, mut factor, mut left) = (1_i64, base, exponent);
        while left > 0 {
            if left & 1 == 1 {
                value = value.wrapping_mul(factor);
            }
            factor = factor.wrapping_mul(factor);
            left >>= 1;
        }
        Ok(value)
    }

    fn unary(&mut self) -> Result<i64, String> {
        self.level += 1;
        if self.level > DEPTH_MAX {
            return Err(self.error("expression recursion level exceeded"));
        }
        self.blanks();
        let value = if self.starts("++") || self.starts("--") {
            let by = if self.starts("++") { 1 } else { -1 };
            let start = self.at;
            self.at += 2;
            if let Some(name) = self.name() {
                let value = self.variable(&name)?.wrapping_add(by);
                self.set(&name, value)?;
                value
            } else {
                self.at = start + 1;
                let value = self.unary()?;
                if by < 0 { value.wrapping_neg() } else { value }
            }
        } else if self.take("-") {
            self.unary()?.wrapping_neg()
        } else if self.take("+") {
            self.unary()?
        } else if self.take("!") {
            i64::from(self.unary()? == 0)
        } else if self.take("~") {
            !self.unary()?
        } else {
            self.primary()?
        };
        self.level -= 1;
        Ok(value)
    }

    fn primary(&mut self) -> Result<i64, String> {
        if self.take("(") {
            let value = self.comma()?;
            if !self.take(")") {
                return Err(self.error("missing `)'"));
            }
            return Ok(value);
        }
        if let Some(name) = self.name() {
            let value = self.variable(&name)?;
            for (token, by) in [("++", 1), ("--", -1)] {
                if self.take(token) {
                    self.set(&name, value.wrapping_add(by))?;
                }
            }
            return Ok(value);
        }
        self.number()
    }

    fn number(&mut self) -> Result<i64, String> {
        let start = self.at;
        while self
            .text
            .get(self.at)
            .is_some_and(|c| c.is_ascii_alphanumeric() || "#@_".contains(*c))
        {
            self.at += 1;
        }
        let digits: String = self.text[start..self.at].iter().collect();
        if digits.is_empty() {
            return Err(self.error("syntax error: operand expected"));
        }
        let (base, rest) = if let Some((base, rest)) = digits.split_once('#') {
            (base.parse().ok().filter(|b| (2..=64).contains(b)).unwrap_or(0), rest)
        } else if let Some(rest) = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
            (16, rest)
        } else if digits.len() > 1 && digits.starts_with('0') {
            (8, &digits[1..])
        } else {
            (10, digits.as_str())
        };
        if base == 0 {
            self.at = start;
            return Err(self.error("invalid arithmetic base"));
        }
        let mut value = 0_i64;
        for c in rest.chars() {
            let digit = match c {
                '0'..='9' => i64::from(u32::from(c) - u32::from('0')),
                'a'..='z' => i64::from(u32::from(c) - u32::from('a')) + 10,
                'A'..='Z' if base <= 36 => i64::from(u32::from(c) - u32::from('A')) + 10,
                'A'..='Z' => i64::from(u32::from(c) - u32::from('A')) + 36,
                '@' => 62,
                _ => 63,
            };
            if digit >= base {
                self.at = start;
                return Err(self.error("value too great for base"));
            }
            value = value.wrapping_mul(base).wrapping_add(digit);
        }
        Ok(value)
    }

    fn variable(&mut self, name: &str) -> Result<i64, String> {
        let Some(text) = self.shell.get(name).map(str::to_owned) else {
            if self.shell.options.no_unset && !self.dry {
                return Err(format!("{name}: unbound variable"));
            }
            return Ok(0);
        };
        evaluate_at(self.shell, &text, self.depth + 1)
    }

    fn set(&mut self, name: &str, value: i64) -> Result<(), String> {
        if self.dry { Ok(()) } else { self.shell.set(name, value.to_string()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        let check = |text: &str, want: i64| {
            assert_eq!(evaluate(&mut Shell::default(), text), Ok(want), "{text}");
        };
        check("1+2*3", 7);
        check("(1+2)*3", 9);
        check("2**3**2", 512);
        check("-7/2", -3);
        check("-7%3", -1);
        check("x=5, x+=2, x++ + ++x", 16);
        check("0x1f + 010 + 2#101", 44);
        check("1<2 && 3>=3 || 0", 1);
        check("0 && 1/0", 0);
        check("1 ? 2 : 3", 2);
        check("!0 + ~0", 0);
        check("9223372036854775807 + 1", i64::MIN);
        check("1<<3|1", 9);
    }
}
