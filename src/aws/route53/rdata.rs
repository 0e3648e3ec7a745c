//! What may stand in a record of each type.
//!
//! Source: developer guide, "Supported DNS record types". A value is kept as it was given.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::name;
use crate::shapes::record::RecordType;

/// Bytes between two quotation marks (RFC 1035, 3.3).
const STRING_MAX: usize = 255;
/// Characters of a value (API reference, `ResourceRecord`).
const VALUE_MAX: usize = 4000;

/// Whether a value may stand in a record of this type.
///
/// # Errors
/// What is wrong with it, in the service's words.
pub(crate) fn check(kind: RecordType, value: &str) -> Result<(), String> {
    match problem(kind, value) {
        None => Ok(()),
        Some(wrong) => Err(format!("Invalid Resource Record: '{wrong}'")),
    }
}

#[allow(clippy::unnecessary_wraps, reason = "it is what `problem` answers")]
fn fatal(code: &str, why: &str, value: &str) -> Option<String> {
    Some(format!("FATAL problem: {code} ({why}) encountered with '{value}'"))
}

fn problem(kind: RecordType, value: &str) -> Option<String> {
    if value.chars().count() > VALUE_MAX {
        return fatal("ValueTooLong", "Value is too long", value);
    }
    match kind {
        RecordType::A if value.parse::<Ipv4Addr>().is_err() => {
            fatal("ARRDATAIllegalIPv4Address", "Value is not a valid IPv4 address", value)
        }
        RecordType::Aaaa if value.parse::<Ipv6Addr>().is_err() => {
            fatal("AAAARRDATAIllegalIPv6Address", "Value is not a valid IPv6 address", value)
        }
        RecordType::Cname | RecordType::Ns | RecordType::Ptr => domain(value),
        RecordType::Txt | RecordType::Spf => strings(value),
        RecordType::Mx => {
            fields("MX", value, |[priority, host]| number::<u16>(priority).or_else(|| domain(host)))
        }
        RecordType::Srv => fields("SRV", value, |[priority, weight, port, host]| {
            let numbers = [priority, weight, port].into_iter().find_map(number::<u16>);
            numbers.or_else(|| domain(host))
        }),
        RecordType::Caa => fields("CAA", value, |[flags, tag, text]| {
            let known = tag.bytes().all(|b| b.is_ascii_alphanumeric());
            let tag = (!known)
                .then(|| {
                    fatal("UnsupportedCharacter", "Value contains unsupported characters", tag)
                })
                .flatten();
            number::<u8>(flags).or(tag).or_else(|| strings(text))
        }),
        RecordType::Soa => {
            fields("SOA", value, |[server, mailbox, serial, refresh, retry, expire, least]| {
                let names = [server, mailbox].into_iter().find_map(domain);
                let mut numbers = [serial, refresh, retry, expire, least].into_iter();
                names.or_else(|| numbers.find_map(number::<u32>))
            })
        }
        RecordType::Naptr => {
            fields("NAPTR", value, |[order, preference, flags, service, pattern, host]| {
                let numbers = [order, preference].into_iter().find_map(number::<u16>);
                let texts = || [flags, service, pattern].into_iter().find_map(strings);
                let host = || if host == "." { None } else { domain(host) };
                numbers.or_else(texts).or_else(host)
            })
        }
        // A batch with one of the others does not come so far.
        RecordType::A
        | RecordType::Aaaa
        | RecordType::Ds
        | RecordType::Tlsa
        | RecordType::Sshfp
        | RecordType::Svcb
        | RecordType::Https => None,
    }
}

fn domain(value: &str) -> Option<String> {
    name::parse(value).err()
}

fn number<N: std::str::FromStr>(text: &str) -> Option<String> {
    if text.parse::<N>().is_ok() {
        return None;
    }
    fatal("IntegerOutOfRange", "Value is not a number in the permitted range", text)
}

/// The fields of a value, which are separated by spaces outside of quotation marks.
fn fields<const N: usize>(
    kind: &str,
    value: &str,
    check: impl Fn([&str; N]) -> Option<String>,
) -> Option<String> {
    let mut found = Vec::new();
    let (mut begun, mut quoted) = (None, false);
    for (at, c) in value.char_indices() {
        match (c, begun) {
            ('"', _) => {
                quoted = !quoted;
                begun = begun.or(Some(at));
            }
            (' ' | '\t', Some(start)) if !quoted => {
                found.push(&value[start..at]);
                begun = None;
            }
            (' ' | '\t', None) => {}
            _ => begun = begun.or(Some(at)),
        }
    }
    found.extend(begun.map(|start| &value[start..]));
    let words = ["Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven"];
    match <[&str; N]>::try_from(found) {
        Ok(found) => check(found),
        Err(_) => fatal(
            &format!("{kind}RRDATANot{}Fields", words.get(N).unwrap_or(&"")),
            &format!("{kind} record doesn't have {N} fields"),
            value,
        ),
    }
}

/// Texts in quotation marks, with spaces between.
fn strings(value: &str) -> Option<String> {
    let naked =
        || fatal("InvalidCharacterString", "Value should be enclosed in quotation marks", value);
    let mut rest = value.trim();
    if rest.is_empty() {
        return naked();
    }
    while !rest.is_empty() {
        let Some(inside) = rest.strip_prefix('"') else { return naked() };
        let (mut length, mut end, mut escaped) = (0, None, false);
        for (at, c) in inside.char_indices() {
            match c {
                '\\' if !escaped => escaped = true,
                '"' if !escaped => {
                    end = Some(at);
                    break;
                }
                _ => {
                    escaped = false;
                    length += c.len_utf8();
                }
            }
        }
        let Some(end) = end else { return naked() };
        if length > STRING_MAX {
            return fatal("CharacterStringTooLong", "Value is too long", value);
        }
        let behind = &inside[end + 1..];
        rest = behind.trim_start();
        if !rest.is_empty() && rest.len() == behind.len() {
            return naked();
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::shapes::record::RecordType::{self, A, Aaaa, Caa, Cname, Mx, Naptr, Soa, Srv, Txt};

    #[test]
    fn values_of_each_type_are_taken() {
        let check =
            |kind: RecordType, value: &str| assert_eq!(check(kind, value), Ok(()), "{value}");
        check(A, "192.0.2.1");
        check(Aaaa, "2001:db8::1");
        check(Cname, "www.example.net");
        check(Mx, "10 mail.example.net.");
        check(Txt, "\"v=spf1 -all\"");
        check(Txt, "\"one\" \"two \\\" and\"");
        check(Srv, "1 10 5269 xmpp.example.net.");
        check(Caa, "0 issue \"ca.example.net; account=1\"");
        check(Naptr, "100 50 \"u\" \"E2U+sip\" \"!^.*$!sip:a@example.net!\" .");
        check(Soa, "ns-1.example.net. admin.example.net. 1 7200 900 1209600 86400");
    }

    #[test]
    fn what_is_none_is_told_in_the_services_words() {
        let check = |kind: RecordType, value: &str, want: &str| {
            let wrong = check(kind, value).expect_err(value);
            assert_eq!(wrong, format!("Invalid Resource Record: 'FATAL problem: {want}'"));
        };
        check(
            A,
            "web",
            "ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address) encountered with 'web'",
        );
        check(
            Txt,
            "naked",
            "InvalidCharacterString (Value should be enclosed in quotation marks) encountered with 'naked'",
        );
        check(
            Mx,
            "mail.example.net",
            "MXRRDATANotTwoFields (MX record doesn't have 2 fields) encountered with 'mail.example.net'",
        );
    }
}
