//! Runs scripts on a fresh simulated host each: from standard input, between NUL bytes. For each it
//! writes the status, the number of bytes, and the bytes of its output.

use std::io::{Read, Write};

use base::Time;
use host::files::Who;
use host::outside::Nothing;
use host::{Host, Next, Shape};

/// Steps that one script may take.
const STEPS: u64 = 5_000_000;

fn main() -> std::io::Result<()> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    let mut fresh = Host::new(Shape::default(), Time(1_795_341_600_000), 7);
    // An empty folder, as the real shell begins in.
    for name in [".bash_profile", ".bashrc"] {
        let path = format!("/home/ec2-user/{name}");
        fresh.files.unlink(&Who::root(), &path, fresh.now).expect("a file of every home");
    }
    let mut out = std::io::stdout().lock();
    for script in text.split('\0') {
        let mut host = fresh.clone();
        let mut now = host.now;
        let pid = host.remote("ec2-user", script).expect("a user that every host has");
        while let Next::At(time) = host.run(now, &mut Nothing, STEPS) {
            now = time;
            if host.status(pid).is_some() {
                break;
            }
        }
        let shown = host.shown(pid);
        let status = host.status(pid).unwrap_or(-1);
        writeln!(out, "{status}\n{}", shown.len())?;
        out.write_all(&shown)?;
    }
    Ok(())
}
