//! Machines: EC2's `RunInstances` one after the other, and `DescribeInstances` over many, beside the
//! peers in the same run.

use std::time::Instant;

use crate::form::{self, encoded};
use crate::http::Http;
use crate::serve::{self, Server, beside};
use crate::sheet::{Bar, Sheet, median, times};

/// Instances that are run one by one.
const ONE_BY_ONE: usize = 300;
/// Instances that there are when they are described.
const MANY: usize = 10_000;
/// Instances that one request runs on the way there, and that one page has.
const PAGE: usize = 1_000;
/// Descriptions of which the median is taken.
const READS: usize = 5;
/// A subnet of a default VPC has fewer addresses than there are instances.
const ZONES: [&str; 3] = ["us-east-1a", "us-east-1b", "us-east-1c"];

/// What one server did.
struct Read {
    per_second: f64,
    described_ms: f64,
}

pub(crate) fn instances(sheet: &mut Sheet) {
    let home = tempfile::tempdir().expect("a temporary folder");
    let many = times(MANY);
    // Far beyond what an account may have that is not told otherwise.
    let world = home.path().join("world.toml");
    std::fs::write(&world, "[ec2]\nvcpus = 1000000\n").expect("a world's file");
    let ours = match read(&serve::shaped(home.path(), Some(&world)), many) {
        Ok(ours) => ours,
        Err(why) => return sheet.absent("instances", "EC2 RunInstances", why),
    };
    let peers: Vec<_> =
        serve::peers().into_iter().map(|(name, peer)| (name, read(&peer, many))).collect();
    let theirs = |of: fn(&Read) -> f64| -> Vec<(&str, Result<f64, String>)> {
        let one = |(name, read): &(&'static str, Result<Read, String>)| {
            (*name, read.as_ref().map(of).map_err(Clone::clone))
        };
        peers.iter().map(one).collect()
    };
    let note = beside(ours.per_second, &theirs(|read| read.per_second), "/s");
    sheet.add("instances", "EC2 RunInstances", ours.per_second, "/s", Bar::None, note);
    let note = beside(ours.described_ms, &theirs(|read| read.described_ms), "ms");
    let note = format!("median of {READS}, {PAGE} a page; {note}");
    let what = format!("EC2 DescribeInstances of {many} instances");
    sheet.add("instances", what, ours.described_ms, "ms", Bar::None, note);
}

fn read(server: &Server, many: usize) -> Result<Read, String> {
    let mut http = server.connect().ok_or("it does not listen")?;
    let images = ask(server, &mut http, "Action=DescribeImages&Owner.1=amazon")?;
    let image = between(&images, "<imageId>", "</imageId>").ok_or("it has no image")?.to_owned();
    let run = |http: &mut Http, number: usize, count: usize| {
        let zone = ZONES[number % ZONES.len()];
        let body = format!(
            "Action=RunInstances&ImageId={image}&InstanceType=t3.nano&MaxCount={count}&MinCount={count}\
             &Placement.AvailabilityZone={zone}"
        );
        ask(server, http, &body).map(|_| ())
    };
    let alone = times(ONE_BY_ONE);
    let began = Instant::now();
    for number in 0..alone {
        run(&mut http, number, 1)?;
    }
    let per_second = alone as f64 / began.elapsed().as_secs_f64();
    let (mut there, mut number) = (alone, 0);
    while there < many {
        let count = PAGE.min(many - there);
        run(&mut http, number, count)?;
        (there, number) = (there + count, number + 1);
    }
    let mut took = Vec::new();
    for _ in 0..READS {
        let began = Instant::now();
        let found = describe(server, &mut http)?;
        took.push(began.elapsed().as_secs_f64() * 1e3);
        if found != there {
            return Err(format!("{found} of {there} instances were described"));
        }
    }
    Ok(Read { per_second, described_ms: median(&mut took) })
}

/// Describes all of them, page after page; how many there were.
fn describe(server: &Server, http: &mut Http) -> Result<usize, String> {
    let (mut found, mut token) = (0, String::new());
    loop {
        let body = format!("Action=DescribeInstances&MaxResults={PAGE}{token}");
        let page = ask(server, http, &body)?;
        found += page.matches("<instanceId>").count();
        match between(&page, "<nextToken>", "</nextToken>") {
            Some(next) if !next.is_empty() => token = format!("&NextToken={}", encoded(next)),
            _ => return Ok(found),
        }
    }
}

fn ask(server: &Server, http: &mut Http, body: &str) -> Result<String, String> {
    http.ask(&form::request(&server.signer, "ec2", "2016-11-15", body))
}

fn between<'a>(text: &'a str, open: &str, close: &str) -> Option<&'a str> {
    text.split_once(open)?.1.split_once(close).map(|(inner, _)| inner)
}
