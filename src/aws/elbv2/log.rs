//! Access logs: a line for each request, a file every five minutes of lab time.
//!
//! Source: the User Guide for Application Load Balancers, "Access logs". Files are compressed on AWS; here
//! they have the same form, with blocks that are stored as they are.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use aws::place::Place;
use base::Time;
use base::rng::LOWER;
use sim::World;
use sim::api::ApiError;

use super::attributes::{self, BALANCER};
use super::balancer::Balancer;
use super::durations::LOG_INTERVAL;
use super::entry::File;
use super::event::{Event, What};
use super::faults::configuration;
use super::state::State;

/// Whether log files can be put where these attributes say.
///
/// # Errors
/// The bucket is not there, or does not let them in.
pub(crate) fn check(
    world: &World,
    place: &Place,
    balancer: &Balancer,
    set: &BTreeMap<String, String>,
) -> Result<(), ApiError> {
    let bucket = attributes::value(BALANCER, set, "access_logs.s3.bucket");
    let prefix = attributes::value(BALANCER, set, "access_logs.s3.prefix");
    if bucket.is_empty() {
        return Err(configuration(format!(
            "The access log bucket name must be specified for load balancer '{}'",
            balancer.arn
        )));
    }
    if prefix.contains("AWSLogs") {
        return Err(configuration("The access log prefix must not contain 'AWSLogs'"));
    }
    let key = format!("{}AWSLogs/{}/ELBAccessLogTestFile", folder(prefix), place.account);
    if aws::s3::delivery::lets_in(world, bucket, &key, place, &elb_account(&place.region)) {
        return Ok(());
    }
    Err(configuration(format!(
        "Access Denied for bucket: {bucket}. Please check S3bucket permission"
    )))
}

/// `prefix/`, or nothing.
fn folder(prefix: &str) -> String {
    let prefix = prefix.trim_matches('/');
    if prefix.is_empty() { String::new() } else { format!("{prefix}/") }
}

/// The account from which load balancers of a region write their logs, where it has one (User Guide,
/// "Access logs", older regions). In others only the service's own name counts.
fn elb_account(region: &str) -> String {
    match region {
        "us-east-1" => "127311923021",
        "us-east-2" => "033677994240",
        "us-west-1" => "027434742980",
        "us-west-2" => "797873946194",
        "af-south-1" => "098369216593",
        "ap-east-1" => "754344448648",
        "ap-northeast-1" => "582318560864",
        "ap-northeast-2" => "600734575887",
        "ap-northeast-3" => "383597477331",
        "ap-south-1" => "718504428378",
        "ap-southeast-1" => "114774131450",
        "ap-southeast-2" => "783225319266",
        "ap-southeast-3" => "589379963580",
        "ca-central-1" => "985666609251",
        "eu-central-1" => "054676820928",
        "eu-north-1" => "897822967062",
        "eu-south-1" => "635631232127",
        "eu-west-1" => "156460612806",
        "eu-west-2" => "652711504416",
        "eu-west-3" => "009996457667",
        "me-south-1" => "076674570225",
        "sa-east-1" => "507241528517",
        _ => "",
    }
    .to_owned()
}

/// Plans the first file.
pub(crate) fn begin(world: &mut World, place: &Place, balancer: &str) {
    let at = next(world.now());
    let what = What::Log { balancer: balancer.to_owned() };
    Event { place: place.clone(), what }.at(world, at);
}

/// The end of the interval that an instant lies in: files end with round minutes.
fn next(now: Time) -> Time {
    let span = i64::try_from(LOG_INTERVAL.as_millis()).unwrap_or(1);
    Time((now.0.div_euclid(span) + 1) * span)
}

/// Closes the file of a load balancer, if anything is in it.
pub(crate) fn close_file(world: &mut World, place: &Place, arn: &str) {
    let now = world.now();
    let (state, rng) = world.parts::<State>();
    let Some(balancer) = state.region_mut(place).balancers.get_mut(arn) else { return };
    if !balancer.is_on("access_logs.s3.enabled") {
        balancer.lines.clear();
        return;
    }
    let lines = std::mem::take(&mut balancer.lines);
    let bucket = balancer.attribute("access_logs.s3.bucket").to_owned();
    let folder = folder(balancer.attribute("access_logs.s3.prefix"));
    let node =
        balancer.zones.first().map_or(Ipv4Addr::UNSPECIFIED, |z| z.public.unwrap_or(z.private));
    let name = balancer.path().replace('/', ".");
    if !lines.is_empty() {
        let (account, region) = (&place.account, &place.region);
        let key = format!(
            "{folder}AWSLogs/{account}/elasticloadbalancing/{region}/{}/{account}_\
             elasticloadbalancing_{region}_{name}_{}_{node}_{}.log.gz",
            now.format("%Y/%m/%d"),
            now.format("%Y%m%dT%H%MZ"),
            rng.text(LOWER, 8),
        );
        let text = lines.join("\n") + "\n";
        let number = state.number();
        let bytes = gzip(text.as_bytes());
        state.files.insert(number, File { place: place.clone(), bucket, key, bytes });
    }
    let what = What::Log { balancer: arn.to_owned() };
    Event { place: place.clone(), what }.at(world, now.plus(LOG_INTERVAL));
}

/// A file of the gzip format (RFC 1952) with blocks that are not compressed (RFC 1951, 3.2.4).
fn gzip(text: &[u8]) -> Vec<u8> {
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let mut blocks = text.chunks(usize::from(u16::MAX)).peekable();
    if blocks.peek().is_none() {
        out.extend_from_slice(&[1, 0, 0, 0xff, 0xff]);
    }
    while let Some(block) = blocks.next() {
        out.push(u8::from(blocks.peek().is_none()));
        let len = u16::try_from(block.len()).unwrap_or(u16::MAX);
        out.extend_from_slice(&len.to_le_bytes());
        out.extend_from_slice(&(!len).to_le_bytes());
        out.extend_from_slice(block);
    }
    out.extend_from_slice(&crc32(text).to_le_bytes());
    let len = u32::try_from(text.len() & 0xffff_ffff).unwrap_or(0);
    out.extend_from_slice(&len.to_le_bytes());
    out
}

/// CRC-32 (ISO-HDLC).
fn crc32(bytes: &[u8]) -> u32 {
    let step = |mut crc: u32, byte: &u8| {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
        }
        crc
    };
    !bytes.iter().fold(u32::MAX, step)
}

#[cfg(test)]
mod tests {
    use super::{crc32, gzip};

    #[test]
    fn files_have_the_form_of_gzip() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        let file = gzip(b"a line\n");
        assert_eq!(file[..2], [0x1f, 0x8b]);
        assert_eq!(file[10], 1);
        assert_eq!(file[15..22], *b"a line\n");
        assert_eq!(file.len(), 10 + 5 + 7 + 8);
    }
}
