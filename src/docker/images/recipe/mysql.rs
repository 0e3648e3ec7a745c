//! A database: the host's MariaDB under the names and with the manners of the genuine `mysql` image.

use std::path::Path;
use std::process::Command;

use super::{Archive, For, base, bash, program, program_if_here, tree};
use crate::EngineError;
use crate::images::archive::Start;

const NAME: &str = "mysql:latest";

/// The user that the genuine image's server is.
const USER: u64 = 999;

const ENTRYPOINT: &str = include_str!("mysql.sh");

/// Small files: a lab's database holds a few rows, and its directory is made on each start.
const SETTINGS: &str = "\
[mysqld]
datadir=/var/lib/mysql
socket=/run/mysqld/mysqld.sock
pid-file=/run/mysqld/mysqld.pid
secure-file-priv=/var/lib/mysql-files
skip-name-resolve
innodb-log-file-size=16M
innodb-use-native-aio=0
";

/// What the server reads when it makes its system tables and when it speaks.
const SHARE: &str = "/usr/share/mysql";

pub(in crate::images) fn mysql() -> Result<Archive, EngineError> {
    let start = Start {
        command: &["mysqld"],
        entrypoint: &["docker-entrypoint.sh"],
        expose: &["3306/tcp", "33060/tcp"],
        volumes: &["/var/lib/mysql"],
        ..Start::default()
    };
    let server = For { name: NAME, package: "mariadb-server-core" };
    let client = For { name: NAME, package: "mariadb-client-core" };
    let mut image = Archive::new(start, "MariaDB of this machine as mysql");
    base(&mut image, NAME, "MySQL", &[("mysql", USER, "/var/lib/mysql")])?;
    bash(&mut image, NAME)?;
    let found = program(&mut image, "mariadbd", "usr/sbin", server)?;
    image.link("usr/sbin/mysqld", "mariadbd");
    if let Some(version) = version(&found) {
        image.env(format!("MYSQL_VERSION={version}"));
    }
    program(&mut image, "mariadb", "usr/bin", client)?;
    image.link("usr/bin/mysql", "mariadb");
    for (tool, old) in [("mariadb-admin", "mysqladmin"), ("mariadb-dump", "mysqldump")] {
        if program_if_here(&mut image, tool, "usr/bin") {
            image.link(&format!("usr/bin/{old}"), tool);
        }
    }
    if !Path::new(SHARE).join("mysql_system_tables.sql").is_file() {
        return Err(server.missing("MariaDB's system tables"));
    }
    tree(&mut image, Path::new(SHARE), &|path| {
        let of = |folder: &str| path.starts_with(Path::new(SHARE).join(folder));
        path.extension().is_some_and(|e| e == "sql") || of("english") || of("charsets")
    });
    image.file("etc/my.cnf", 0o644, SETTINGS);
    image.file("usr/local/bin/docker-entrypoint.sh", 0o755, ENTRYPOINT);
    image.link("entrypoint.sh", "usr/local/bin/docker-entrypoint.sh");
    image.folder("docker-entrypoint-initdb.d", 0o755);
    for folder in ["var/lib/mysql", "var/lib/mysql-files", "run/mysqld"] {
        image.folder_of(folder, 0o755, USER);
    }
    Ok(image)
}

/// `mariadbd  Ver 10.11.6-MariaDB-… for …` without all around the number.
fn version(server: &Path) -> Option<String> {
    let output = Command::new(server).args(["--no-defaults", "--version"]).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let words: Vec<&str> = text.split_whitespace().collect();
    let number = words.iter().skip_while(|word| **word != "Ver").nth(1)?;
    Some(number.split('-').next()?.to_owned())
}
