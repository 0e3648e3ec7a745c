//! Packages: what can be installed, and what is.

/// A package that is installed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Installed {
    pub version: String,
    pub arch: String,
    /// From which repository.
    pub from: String,
}

/// A package that can be had.
pub struct Package {
    pub name: &'static str,
    pub version: &'static str,
    pub arch: &'static str,
    /// Bytes of the archive.
    pub size: u64,
    pub summary: &'static str,
    pub needs: &'static [&'static str],
    /// Programs, as paths; one that no command stands for is `daemon`.
    pub programs: &'static [&'static str],
    /// A service: its name and description.
    pub service: Option<(&'static str, &'static str)>,
    /// Further files: a path and what is in it.
    pub files: &'static [(&'static str, &'static str)],
    /// Whether a fresh instance has it.
    pub base: bool,
}

const NONE: Package = Package {
    name: "",
    version: "",
    arch: "x86_64",
    size: 100_000,
    summary: "",
    needs: &[],
    programs: &[],
    service: None,
    files: &[],
    base: false,
};

/// The catalogue: a few packages of Amazon Linux 2023, with versions that it had in 2024.
pub static CATALOGUE: &[Package] = &[
    Package {
        name: "amazon-linux-release",
        version: "2023.6.20241212-0.amzn2023",
        arch: "noarch",
        base: true,
        summary: "Amazon Linux release files",
        ..NONE
    },
    Package {
        name: "apr",
        version: "1.7.5-1.amzn2023.0.2",
        size: 132_000,
        summary: "Apache Portable Runtime library",
        ..NONE
    },
    Package {
        name: "apr-util",
        version: "1.6.3-1.amzn2023.0.1",
        size: 98_000,
        summary: "Apache Portable Runtime Utility library",
        ..NONE
    },
    Package {
        name: "aws-cfn-bootstrap",
        version: "2.0-33.amzn2023.0.1",
        arch: "noarch",
        size: 530_000,
        base: true,
        summary: "A set of scripts for CloudFormation",
        ..NONE
    },
    Package {
        name: "bash",
        version: "5.2.15-1.amzn2023.0.2",
        size: 1_900_000,
        base: true,
        summary: "The GNU Bourne Again shell",
        ..NONE
    },
    Package {
        name: "coreutils",
        version: "8.32-30.amzn2023.0.3",
        size: 1_200_000,
        base: true,
        summary: "A set of basic GNU tools commonly used in shell scripts",
        ..NONE
    },
    Package {
        name: "curl-minimal",
        version: "8.5.0-1.amzn2023.0.4",
        size: 160_000,
        base: true,
        summary: "Conservatively configured build of curl for minimal installations",
        ..NONE
    },
    Package {
        name: "generic-logos-httpd",
        version: "18.0.0-12.amzn2023.0.3",
        arch: "noarch",
        size: 19_000,
        summary: "Icons and pictures for httpd",
        ..NONE
    },
    Package {
        name: "httpd",
        version: "2.4.62-1.amzn2023",
        size: 48_000,
        summary: "Apache HTTP Server",
        needs: &[
            "apr",
            "apr-util",
            "generic-logos-httpd",
            "httpd-core",
            "httpd-filesystem",
            "httpd-tools",
            "mailcap",
            "mod_http2",
            "mod_lua",
        ],
        programs: &["/usr/sbin/httpd"],
        service: Some(("httpd", "The Apache HTTP Server")),
        files: &[(
            "/etc/httpd/conf/httpd.conf",
            "ServerRoot \"/etc/httpd\"\nListen 80\nUser apache\nGroup apache\nDocumentRoot \"/var/www/html\"\n",
        )],
        ..NONE
    },
    Package {
        name: "httpd-core",
        version: "2.4.62-1.amzn2023",
        size: 1_400_000,
        summary: "httpd minimal core",
        ..NONE
    },
    Package {
        name: "httpd-filesystem",
        version: "2.4.62-1.amzn2023",
        arch: "noarch",
        size: 14_000,
        summary: "The basic directory layout for the Apache HTTP Server",
        ..NONE
    },
    Package {
        name: "httpd-tools",
        version: "2.4.62-1.amzn2023",
        size: 81_000,
        summary: "Tools for use with the Apache HTTP Server",
        ..NONE
    },
    Package {
        name: "mailcap",
        version: "2.1.49-3.amzn2023.0.3",
        arch: "noarch",
        size: 33_000,
        summary: "Helper application and MIME type associations for file types",
        ..NONE
    },
    Package {
        name: "mod_http2",
        version: "2.0.27-1.amzn2023.0.3",
        size: 166_000,
        summary: "module implementing HTTP/2 for Apache 2",
        ..NONE
    },
    Package {
        name: "mod_lua",
        version: "2.4.62-1.amzn2023",
        size: 61_000,
        summary: "Lua scripting support for the Apache HTTP Server",
        ..NONE
    },
    Package {
        name: "nginx",
        version: "1.26.2-1.amzn2023.0.1",
        size: 33_000,
        summary: "A high performance web server and reverse proxy server",
        needs: &["nginx-core", "nginx-filesystem"],
        programs: &["/usr/sbin/nginx"],
        service: Some(("nginx", "The nginx HTTP and reverse proxy server")),
        files: &[(
            "/usr/share/nginx/html/index.html",
            "<!DOCTYPE html>\n<html>\n<head>\n<title>Welcome to nginx!</title>\n</head>\n<body>\n<h1>Welcome to nginx!</h1>\n</body>\n</html>\n",
        )],
        ..NONE
    },
    Package {
        name: "nginx-core",
        version: "1.26.2-1.amzn2023.0.1",
        size: 670_000,
        summary: "nginx minimal core",
        ..NONE
    },
    Package {
        name: "nginx-filesystem",
        version: "1.26.2-1.amzn2023.0.1",
        arch: "noarch",
        size: 9_500,
        summary: "The basic directory layout for the Nginx server",
        ..NONE
    },
    Package {
        name: "openssh-server",
        version: "8.7p1-8.amzn2023.0.13",
        size: 460_000,
        base: true,
        summary: "An open source SSH server daemon",
        ..NONE
    },
    Package {
        name: "systemd",
        version: "252.23-2.amzn2023",
        size: 4_000_000,
        base: true,
        summary: "System and Service Manager",
        ..NONE
    },
    Package {
        name: "tar",
        version: "1.34-1.amzn2023.0.4",
        size: 880_000,
        base: true,
        summary: "GNU file archiving program",
        ..NONE
    },
];

/// A package of the catalogue.
pub fn find(name: &str) -> Option<&'static Package> {
    CATALOGUE.iter().find(|package| package.name == name)
}
