//! `hdfs fsck`: asks the NameNode for its report and prints it.

use std::fmt::Write as _;

use super::{Client, Host, print, say};
use hadoop::hdfs::config;
use hadoop::hdfs::ops::admin::{Fsck, FsckOutput};

const USAGE: &str = "\
Usage: hdfs fsck <path> [-list-corruptfileblocks | [-move | -delete | -openforwrite] [-files [-blocks [-locations | -racks | -replicaDetails | -upgradedomains]]]] [-includeSnapshots] [-showprogress] [-storagepolicies] [-maintenance] [-blockId <blk_Id>] [-replicate]
\t<path>\tstart checking from this path
\t-move\tmove corrupted files to /lost+found
\t-delete\tdelete corrupted files
\t-files\tprint out files being checked
\t-openforwrite\tprint out files opened for write
\t-includeSnapshots\tinclude snapshot data if the given path indicates a snapshottable directory or there are snapshottable directories under it
\t-list-corruptfileblocks\tprint out list of missing blocks and files they belong to
\t-files -blocks\tprint out block report
\t-files -blocks -locations\tprint out locations for every block
\t-files -blocks -racks\tprint out network topology for data-node locations
\t-files -blocks -replicaDetails\tprint out each replica details 
";

/// Runs `hdfs fsck`; 0 when the path is healthy.
pub(super) fn run(args: &[String], host: &mut Host<'_>) -> u8 {
    let client = Client::new(host.gateway, &host.env);
    let mut query = Fsck::default();
    let mut path = None;
    let mut words = String::new();
    for arg in args {
        let (flag, word) = match arg.as_str() {
            "-files" => (&mut query.files, "files"),
            "-blocks" => (&mut query.blocks, "blocks"),
            "-locations" => (&mut query.locations, "locations"),
            "-racks" => (&mut query.racks, "racks"),
            "-replicaDetails" => (&mut query.replica_details, "replicadetails"),
            "-list-corruptfileblocks" => (&mut query.list_corrupt, "listcorruptfileblocks"),
            // Nothing to show for these here: no file stays open, and no snapshots exist.
            "-openforwrite" | "-includeSnapshots" | "-showprogress" => continue,
            "-move" | "-delete" | "-blockId" | "-storagepolicies" | "-maintenance"
            | "-replicate" | "-upgradedomains" => {
                return super::later(host, &format!("hdfs fsck {arg}"));
            }
            other if !other.starts_with('-') && path.is_none() => {
                path = Some(other.to_owned());
                continue;
            }
            other => {
                if other.starts_with('-') {
                    say(host, &format!("fsck: Illegal option '{other}'\n"));
                } else {
                    say(host, &format!("fsck: can only operate on one path at a time '{other}'\n"));
                }
                say(host, USAGE);
                return 255;
            }
        };
        *flag = Some(true);
        let _ = write!(words, "&{word}=1");
    }
    let Some(given) = path else {
        say(host, USAGE);
        return 255;
    };
    let path = match client.absolute(&given) {
        Ok(path) => path,
        Err(message) => {
            say(host, &format!("fsck: {message}\n"));
            return 255;
        }
    };
    let user = client.user.clone();
    query.path.clone_from(&path);
    let answer = client.call::<FsckOutput>(&Fsck::DEF, &query);
    let escaped = path.replace('%', "%25").replace('/', "%2F").replace(' ', "+");
    say(
        host,
        &format!(
            "Connecting to namenode via http://{}/fsck?ugi={user}{words}&path={escaped}\n",
            config::NAMENODE_HTTP
        ),
    );
    match answer {
        Ok(output) => {
            print(host, &format!("{}\n", output.report));
            u8::from(output.report.ends_with("is CORRUPT"))
        }
        Err(failure) => {
            say(host, &format!("{}\n", failure.line()));
            255
        }
    }
}
