//! A web server: the host's nginx, set up as the genuine image is.

use std::path::Path;
use std::process::Command;

use super::{Archive, For, base, bash, program};
use crate::EngineError;
use crate::images::archive::Start;

const NAME: &str = "nginx:latest";

/// The user that the genuine image's workers are.
const USER: u64 = 101;

/// Scripts that a container brings along run first, as in the genuine image.
const ENTRYPOINT: &str = "\
#!/bin/sh
set -e
for script in /docker-entrypoint.d/*.sh; do
    if [ -x \"$script\" ]; then \"$script\"; fi
done
exec \"$@\"
";

const SETTINGS: &str = "\
user nginx;
worker_processes auto;
error_log /var/log/nginx/error.log notice;
pid /run/nginx.pid;

events {
    worker_connections 1024;
}

http {
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    log_format main '$remote_addr - $remote_user [$time_local] \"$request\" '
                    '$status $body_bytes_sent \"$http_referer\" '
                    '\"$http_user_agent\" \"$http_x_forwarded_for\"';
    access_log /var/log/nginx/access.log main;
    sendfile on;
    keepalive_timeout 65;
    include /etc/nginx/conf.d/*.conf;
}
";

const SITE: &str = "\
server {
    listen 80;
    server_name localhost;
    location / {
        root /usr/share/nginx/html;
        index index.html index.htm;
    }
    error_page 500 502 503 504 /50x.html;
    location = /50x.html {
        root /usr/share/nginx/html;
    }
}
";

const PAGE: &str = "\
<!DOCTYPE html>
<html>
<head><title>Welcome to nginx!</title></head>
<body>
<h1>Welcome to nginx!</h1>
<p>This page comes from a web server in a container. The image is a stand-in that distlab made
from the nginx of this machine.</p>
</body>
</html>
";

const FAILED: &str = "\
<!DOCTYPE html>
<html><head><title>Error</title></head><body><h1>The server could not answer.</h1></body></html>
";

pub(in crate::images) fn nginx() -> Result<Archive, EngineError> {
    let start = Start {
        command: &["nginx", "-g", "daemon off;"],
        entrypoint: &["/docker-entrypoint.sh"],
        expose: &["80/tcp"],
        stop_signal: "SIGQUIT",
        ..Start::default()
    };
    let made = For { name: NAME, package: "nginx-light" };
    let mut image = Archive::new(start, "nginx of this machine");
    base(&mut image, NAME, "nginx", &[("nginx", USER, "/var/lib/nginx")])?;
    bash(&mut image, NAME)?;
    let server = program(&mut image, "nginx", "usr/sbin", made)?;
    if let Some(version) = version(&server) {
        image.env(format!("NGINX_VERSION={version}"));
    }
    let types = Path::new("/etc/nginx/mime.types");
    if !types.is_file() {
        return Err(made.missing("nginx's list of file types"));
    }
    image.host("etc/nginx/mime.types", types);
    image.file("etc/nginx/nginx.conf", 0o644, SETTINGS);
    image.file("etc/nginx/conf.d/default.conf", 0o644, SITE);
    image.file("usr/share/nginx/html/index.html", 0o644, PAGE);
    image.file("usr/share/nginx/html/50x.html", 0o644, FAILED);
    image.file("docker-entrypoint.sh", 0o755, ENTRYPOINT);
    image.folder("docker-entrypoint.d", 0o755);
    // Debian's nginx puts what it cannot hold in memory here, others below /var/cache.
    image.folder_of("var/lib/nginx", 0o755, USER);
    image.folder_of("var/cache/nginx", 0o755, USER);
    image.link("var/log/nginx/access.log", "/dev/stdout");
    image.link("var/log/nginx/error.log", "/dev/stderr");
    Ok(image)
}

/// `nginx version: nginx/1.22.1` without all before the number.
fn version(server: &Path) -> Option<String> {
    let output = Command::new(server).arg("-v").output().ok()?;
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    Some(text.trim().rsplit_once('/')?.1.split_whitespace().next()?.to_owned())
}
