//! Where a redirection leads.

use super::Request;
use crate::shapes::rule::RedirectActionConfig;

/// The value of `Location`: what is set, with the parts of the request in the place of `#{protocol}`,
/// `#{port}`, `#{host}`, `#{path}` and `#{query}`.
pub(crate) fn location(config: &RedirectActionConfig, request: &Request) -> String {
    let port = request.port.to_string();
    let fill = |template: &Option<String>| {
        let text = template.as_deref().unwrap_or_default();
        text.replace("#{protocol}", request.scheme())
            .replace("#{port}", &port)
            .replace("#{host}", request.host())
            .replace("#{path}", request.path().trim_start_matches('/'))
            .replace("#{query}", request.query())
    };
    let protocol = fill(&config.protocol).to_ascii_lowercase();
    let (host, port) = (fill(&config.host), fill(&config.port));
    let (path, query) = (fill(&config.path), fill(&config.query));
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{protocol}://{host}:{port}{path}{mark}{query}")
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::{RedirectActionConfig, Request, location};
    use base::Time;

    #[test]
    fn placeholders_are_filled() {
        let request = Request {
            method: "GET".into(),
            target: "/old/page?a=1".into(),
            headers: vec![("Host".into(), "www.example.com:8080".into())],
            client: Ipv4Addr::LOCALHOST,
            port: 8080,
            at: Time(0),
            tls: None,
        };
        let check =
            |protocol: &str, port: &str, host: &str, path: &str, query: &str, want: &str| {
                let config = RedirectActionConfig {
                    protocol: Some(protocol.into()),
                    port: Some(port.into()),
                    host: Some(host.into()),
                    path: Some(path.into()),
                    query: Some(query.into()),
                    ..RedirectActionConfig::default()
                };
                assert_eq!(location(&config, &request), want);
            };
        let same = ("#{host}", "/#{path}", "#{query}");
        check("HTTPS", "443", same.0, same.1, same.2, "https://www.example.com:443/old/page?a=1");
        check(
            "#{protocol}",
            "#{port}",
            "new.org",
            "/x/#{path}",
            "",
            "http://new.org:8080/x/old/page",
        );
        check(
            "HTTP",
            "80",
            "a.#{host}",
            "/",
            "b=2&#{query}",
            "http://a.www.example.com:80/?b=2&a=1",
        );
    }
}
