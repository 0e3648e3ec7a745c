//! Where requests go that are not for simulated names. The proxy itself is tested over sockets in
//! `tests/it/proxy.rs`.

use super::Former;

/// What a host is reached through, in an environment.
fn way(env: &[(&str, &str)], secure: bool, host: &str, port: u16) -> String {
    let get = |name: &str| env.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
    match Former::read(&get) {
        Err(why) => why,
        Ok(former) => former.toward(secure, host, port).map_or_else(
            || "direct".to_owned(),
            |up| format!("{}:{} {}", up.host, up.port, up.authorization.as_deref().unwrap_or("-")),
        ),
    }
}

#[test]
fn former_proxies_are_read_as_curl_reads_them() {
    let check = |env: &[(&str, &str)], secure: bool, want: &str| {
        assert_eq!(way(env, secure, "example.org", 80), want, "{env:?}");
    };
    check(&[], false, "direct");
    check(&[("http_proxy", "")], false, "direct");
    check(&[("http_proxy", "http://p:3128/")], false, "p:3128 -");
    check(&[("http_proxy", "http://p:3128")], true, "direct");
    check(&[("http_proxy", "p:3128")], false, "p:3128 -");
    check(&[("http_proxy", "p")], false, "p:1080 -");
    check(&[("HTTP_PROXY", "http://q:1"), ("http_proxy", "http://p:1")], false, "p:1 -");
    check(&[("HTTPS_PROXY", "http://q:1")], true, "q:1 -");
    check(&[("ALL_PROXY", "http://q:1")], true, "q:1 -");
    check(&[("https_proxy", "http://ada:s%40@q:1")], true, "q:1 Basic YWRhOnNA");
    check(&[("http_proxy", "http://[::1]:8080")], false, "::1:8080 -");
    // In a lab's shell what was there before it counts.
    let ours = ("http_proxy", "http://distlab:abc@127.0.0.1:4000");
    check(&[ours], false, "direct");
    check(&[ours, ("DISTLAB_FORMER_HTTP_PROXY", "http://p:1")], false, "p:1 -");
    check(&[ours, ("DISTLAB_FORMER_HTTPS_PROXY", "http://p:1")], true, "p:1 -");
    check(&[("DISTLAB_FORMER_HTTP_PROXY", "http://p:1")], false, "direct");
}

#[test]
fn a_proxy_of_another_kind_is_named_without_its_password() {
    let check = |value: &str, part: &str| {
        let why = way(&[("http_proxy", value)], false, "example.org", 80);
        assert!(why.contains(part) && !why.contains("secret"), "{value}: {why}");
    };
    check("socks5://ada:secret@p:1080", "the proxy p:1080 of your environment speaks socks5");
    check("https://p:443", "speaks https");
    check("http://p:many", "a port that is not a number");
    check("http://:80", "names no host");
}

#[test]
fn exceptions_are_hosts_domains_addresses_and_networks() {
    let check = |direct: &str, host: &str, port: u16, want: bool| {
        let env = [("http_proxy", "http://p:1"), ("NO_PROXY", direct)];
        assert_eq!(way(&env, false, host, port) == "direct", want, "{direct} {host}:{port}");
    };
    check("", "example.org", 80, false);
    check("*", "example.org", 80, true);
    check("example.org", "example.org", 80, true);
    check("example.org", "EXAMPLE.org.", 80, true);
    check("example.org", "a.example.org", 80, true);
    check("example.org", "badexample.org", 80, false);
    check(".example.org", "a.example.org", 80, true);
    check("*.example.org", "a.example.org", 80, true);
    check("a.org, example.org", "example.org", 80, true);
    check("example.org:80", "example.org", 80, true);
    check("example.org:80", "example.org", 81, false);
    check("10.0.0.0/8", "10.1.2.3", 80, true);
    check("10.0.0.0/8", "11.1.2.3", 80, false);
    check("10.0.0.0/0", "11.1.2.3", 80, true);
    check("10.0.0.0/99", "10.1.2.3", 80, false);
    check("10.1.2.3", "10.1.2.3", 80, true);
    check("10.1.2.3:80", "10.1.2.3", 80, true);
    check("fd00::/8", "[fd00::1]", 80, true);
    check("fd00::1", "fd00::1", 80, true);
    check("10.0.0.0/8", "fd00::1", 80, false);
    // This machine's own addresses, whatever is said.
    check("", "localhost", 80, true);
    check("", "app.localhost", 80, true);
    check("", "127.0.0.9", 80, true);
    check("", "[::1]", 80, true);
}
