//! A request without its body, as the codecs and the signatures see it. It holds text only, so both
//! are tested without a listener.

use percent_encoding::percent_decode_str;

/// Method, path, query and headers of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    pub method: String,
    /// As it was sent, percent-encoded.
    pub path: String,
    /// As it was sent, without `?`.
    pub raw_query: String,
    /// The parameters, decoded, in the order they came.
    pub query: Vec<(String, String)>,
    /// Names in lower case, in the order they came; a name may occur several times.
    pub headers: Vec<(String, String)>,
    /// Names, in lower case, of the headers whose bytes are not UTF-8 and were read as ISO 8859-1.
    pub latin: Vec<String>,
}

impl Head {
    /// A head from its parts; header names may have any case.
    #[must_use]
    pub fn new(
        method: &str,
        path: &str,
        raw_query: &str,
        headers: impl IntoIterator<Item = (String, String)>,
    ) -> Self {
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            raw_query: raw_query.to_owned(),
            query: pairs(raw_query),
            headers: headers.into_iter().map(|(n, v)| (n.to_ascii_lowercase(), v)).collect(),
            latin: Vec::new(),
        }
    }

    /// Adds a header as its bytes came. Clients in which a header is text send it as ISO 8859-1, and
    /// sign its UTF-8; others send UTF-8.
    pub fn add_raw(&mut self, name: &str, value: &[u8]) {
        let name = name.to_ascii_lowercase();
        let text = if let Ok(text) = std::str::from_utf8(value) {
            text.to_owned()
        } else {
            self.latin.push(name.clone());
            value.iter().copied().map(char::from).collect()
        };
        self.headers.push((name, text));
    }

    /// The first header of this (lower-case) name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// The first query parameter of exactly this name.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// A header, or in a presigned request the query parameter that stands for it.
    #[must_use]
    pub fn header_or_hoisted(&self, name: &str) -> Option<&str> {
        self.header(name).or_else(|| {
            let hoisted = name.starts_with("x-amz-") && self.presigned();
            let mut params = self.query.iter().filter(|_| hoisted);
            params.find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
        })
    }

    /// Whether the signature is in the query.
    #[must_use]
    pub fn presigned(&self) -> bool {
        self.param("X-Amz-Signature").or_else(|| self.param("Signature")).is_some()
    }

    /// Replaces every header of this name by one.
    pub fn set_header(&mut self, name: &str, value: impl Into<String>) {
        self.remove_header(name);
        self.headers.push((name.to_owned(), value.into()));
    }

    /// Takes away every header of this name.
    pub fn remove_header(&mut self, name: &str) {
        self.headers.retain(|(n, _)| n != name);
    }
}

/// The pairs of a query string or a form, decoded. `+` is a space; what is not UTF-8 is replaced.
#[must_use]
pub(crate) fn pairs(text: &str) -> Vec<(String, String)> {
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode_plus(name), decode_plus(value))
        })
        .collect()
}

fn decode_plus(text: &str) -> String {
    if text.contains('+') {
        let spaced = text.replace('+', " ");
        return percent_decode_str(&spaced).decode_utf8_lossy().into_owned();
    }
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}
