//! Whether a request fits the conditions of a rule.
//!
//! Source: the User Guide for Application Load Balancers, "Condition types for listener rules": paths and
//! methods are compared with case, all else without it. Paths may have wildcards, methods none.

use std::net::Ipv4Addr;

use super::Request;
use crate::shapes::rule::RuleCondition;

/// Addresses in CIDR notation.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Block {
    base: u32,
    mask: u32,
}

impl Block {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (address, bits) = text.split_once('/')?;
        let (address, bits): (Ipv4Addr, u32) = (address.parse().ok()?, bits.parse().ok()?);
        let mask = u32::MAX.checked_shl(32_u32.checked_sub(bits)?).unwrap_or(0);
        Some(Self { base: address.to_bits() & mask, mask })
    }

    fn contains(self, address: Ipv4Addr) -> bool {
        address.to_bits() & self.mask == self.base
    }
}

/// Whether a text fits a pattern in which `*` stands for any characters and `?` for one; a backslash
/// takes its meaning from the next.
pub(crate) fn fits(pattern: &str, text: &str) -> bool {
    let pattern = units(pattern);
    let text: Vec<char> = text.chars().collect();
    let (mut at, mut here) = (0, 0);
    // Where to go on when it does not fit: behind the last star, one character later.
    let mut retry: Option<(usize, usize)> = None;
    while here < text.len() {
        match pattern.get(at) {
            Some(Unit::Any) => {
                retry = Some((at, here));
                at += 1;
                continue;
            }
            Some(Unit::One) => {}
            Some(Unit::Own(c)) if *c == text[here] => {}
            _ => match retry {
                Some((star, begun)) => {
                    retry = Some((star, begun + 1));
                    (at, here) = (star + 1, begun + 1);
                    continue;
                }
                None => return false,
            },
        }
        at += 1;
        here += 1;
    }
    pattern[at..].iter().all(|unit| *unit == Unit::Any)
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Unit {
    Any,
    One,
    Own(char),
}

fn units(pattern: &str) -> Vec<Unit> {
    let mut chars = pattern.chars();
    let mut units = Vec::new();
    while let Some(c) = chars.next() {
        units.push(match c {
            '*' => Unit::Any,
            '?' => Unit::One,
            '\\' => Unit::Own(chars.next().unwrap_or('\\')),
            c => Unit::Own(c),
        });
    }
    units
}

fn fits_any_case(pattern: &str, text: &str) -> bool {
    fits(&pattern.to_lowercase(), &text.to_lowercase())
}

/// Whether a request fits all of them.
pub(crate) fn all(conditions: &[RuleCondition], request: &Request) -> bool {
    conditions.iter().all(|condition| one(condition, request))
}

fn one(condition: &RuleCondition, request: &Request) -> bool {
    if let Some(config) = &condition.path_pattern_config {
        return config.values.iter().any(|pattern| fits(pattern, request.path()));
    }
    if let Some(config) = &condition.host_header_config {
        return config.values.iter().any(|pattern| fits_any_case(pattern, request.host()));
    }
    if let Some(config) = &condition.http_request_method_config {
        return config.values.contains(&request.method);
    }
    if let Some(config) = &condition.source_ip_config {
        let mut blocks = config.values.iter().filter_map(|text| Block::parse(text));
        return blocks.any(|block| block.contains(request.client));
    }
    if let Some(config) = &condition.http_header_config {
        let name = config.http_header_name.as_deref().unwrap_or_default();
        let mut given = request.all(name);
        return given.any(|text| config.values.iter().any(|value| fits_any_case(value, text)));
    }
    let Some(config) = &condition.query_string_config else { return false };
    let pairs: Vec<(&str, &str)> = request
        .query()
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .collect();
    config.values.iter().any(|wanted| {
        let value = wanted.value.as_deref().unwrap_or_default();
        pairs.iter().any(|(key, text)| {
            wanted.key.as_deref().is_none_or(|wanted| fits_any_case(wanted, key))
                && fits_any_case(value, text)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::{Block, fits};

    #[test]
    fn patterns_fit() {
        let check = |pattern: &str, text: &str, want: bool| {
            assert_eq!(fits(pattern, text), want, "{pattern} {text}");
        };
        check("/api/*", "/api/users", true);
        check("/api/*", "/api/", true);
        check("/api/*", "/api", false);
        check("/api/*", "/API/x", false);
        check("/img/*/pics", "/img/a/b/pics", true);
        check("/img/*/pics", "/img/pics", false);
        check("*", "", true);
        check("?", "", false);
        check("/a?c", "/abc", true);
        check("*.example.com", "www.example.com", true);
        check("*.example.com", "example.com", false);
        check(r"\*", "*", true);
        check(r"\*", "a", false);
        check("*ab*ab", "abab", true);
        check("*ab*ab", "aab", false);
    }

    #[test]
    fn blocks_contain_addresses() {
        let check = |block: &str, address: [u8; 4], want: bool| {
            let block = Block::parse(block).expect(block);
            assert_eq!(block.contains(address.into()), want);
        };
        check("10.0.0.0/8", [10, 1, 2, 3], true);
        check("10.0.0.0/8", [11, 1, 2, 3], false);
        check("0.0.0.0/0", [11, 1, 2, 3], true);
        check("1.2.3.4/32", [1, 2, 3, 4], true);
        check("1.2.3.4/32", [1, 2, 3, 5], false);
        assert_eq!(Block::parse("1.2.3.4"), None);
        assert_eq!(Block::parse("1.2.3.4/33"), None);
    }
}
