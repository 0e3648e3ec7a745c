//! What every Hadoop tool needs: who calls, where paths lead, requests and their failures.

use base::Slice;
use gateway::{CallError, Gateway};
use hadoop::hdfs::config;
use hadoop::hdfs::ops::FileStatus;
use hadoop::hdfs::ops::read::{GetFileStatus, GetFileStatusOutput, ListStatus, ListStatusOutput};
use sim::api::{ApiError, OpDef, Shaped};
use sim::{Caller, Principal};

/// `hdfs://namenode:8020`
pub(super) const DEFAULT_FS: &str = "hdfs://namenode:8020";

/// A caller of the NameNode.
pub(super) struct Client<'a> {
    pub gateway: &'a dyn Gateway,
    pub user: String,
}

/// Why a request failed.
#[derive(Debug)]
pub(super) enum Failure {
    /// The NameNode refused.
    Refused(ApiError),
    /// The session could not be reached, or a local file failed.
    Broken(String),
}

impl Failure {
    /// The first line of the message: all that the shell shows.
    pub(super) fn line(&self) -> String {
        let text = match self {
            Self::Refused(error) => &error.message,
            Self::Broken(text) => text,
        };
        text.lines().next().unwrap_or_default().to_owned()
    }

    pub(super) fn is(&self, code: &str) -> bool {
        matches!(self, Self::Refused(error) if error.code == code)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        // Whatever reads our output has gone, as `head` does.
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            return Self::Broken("Unable to write to output stream.".into());
        }
        Self::Broken(error.to_string())
    }
}

impl<'a> Client<'a> {
    /// A client for the user that the environment names, else `me`.
    pub(super) fn new(
        gateway: &'a dyn Gateway,
        env: &std::collections::BTreeMap<String, String>,
    ) -> Self {
        let user = env.get("HADOOP_USER_NAME").filter(|u| !u.is_empty());
        Self { gateway, user: user.cloned().unwrap_or_else(|| "me".into()) }
    }

    /// Performs one operation.
    pub(super) fn call<O: Shaped>(
        &self,
        op: &'static OpDef,
        input: &(impl Shaped + Clone),
    ) -> Result<O, Failure> {
        let caller = Caller::from(Principal::Unix(self.user.clone()));
        let broken = |e: sim::api::Wrong| Failure::Broken(e.to_string());
        let input = input.clone().into_value();
        let answer = self.gateway.call(&caller, op, input).map_err(|e| match e {
            CallError::Api(error) => Failure::Refused(error),
            CallError::Broken(error) => Failure::Broken(format!("{error:#}")),
        })?;
        O::from_value(answer).map_err(broken)
    }

    /// The status of an absolute path; nothing when there is nothing.
    pub(super) fn status(&self, path: &str) -> Result<Option<FileStatus>, Failure> {
        let input = GetFileStatus { path: path.to_owned() };
        match self.call::<GetFileStatusOutput>(&GetFileStatus::DEF, &input) {
            Ok(output) => Ok(Some(output.file_status)),
            Err(failure) if failure.is("FileNotFoundException") => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// All entries of a directory, in byte order of their names.
    pub(super) fn list(&self, path: &str) -> Result<Vec<FileStatus>, Failure> {
        let mut input = ListStatus { path: path.to_owned(), start_after: None };
        let mut all: Vec<FileStatus> = Vec::new();
        loop {
            let page: ListStatusOutput = self.call(&ListStatus::DEF, &input)?;
            all.extend(page.file_statuses.file_status);
            if page.remaining_entries == 0 {
                return Ok(all);
            }
            input.start_after = all.last().map(|s| s.path_suffix.clone());
        }
    }

    /// Where a path leads: absolute, without scheme, `.` and `..`.
    ///
    /// # Errors
    /// A sentence, when it leads out of this file system.
    pub(super) fn absolute(&self, given: &str) -> Result<String, String> {
        let (_, rest) = split_scheme(given)?;
        let whole = if rest.starts_with('/') {
            rest.to_owned()
        } else {
            format!("/user/{}/{rest}", self.user)
        };
        let mut names: Vec<&str> = Vec::new();
        for name in whole.split('/') {
            match name {
                "" | "." => {}
                ".." => {
                    names.pop();
                }
                name => names.push(name),
            }
        }
        Ok(format!("/{}", names.join("/")))
    }

    /// Copies bytes out of the store.
    pub(super) fn copy_out(
        &self,
        slices: &[Slice],
        to: &mut dyn std::io::Write,
    ) -> Result<(), Failure> {
        for slice in slices {
            let copied = std::io::copy(&mut self.gateway.blobs().read(slice)?, to)?;
            if copied != slice.len {
                return Err(Failure::Broken(format!("blob {} is cut short", slice.digest)));
            }
        }
        Ok(())
    }
}

/// Splits `hdfs://namenode:8020` off a path; what is left is absolute then.
///
/// # Errors
/// A sentence, for another file system or another NameNode.
pub(super) fn split_scheme(given: &str) -> Result<(&str, &str), String> {
    if given.is_empty() {
        return Err("Can not create a Path from an empty string".into());
    }
    let colon = given.find(':').filter(|c| !given[..*c].contains('/'));
    let Some(colon) = colon else { return Ok(("", given)) };
    let scheme = &given[..colon];
    if scheme != "hdfs" {
        return Err(format!("No FileSystem for scheme \"{scheme}\""));
    }
    let rest = &given[colon + 1..];
    let Some(after) = rest.strip_prefix("//") else { return Ok((&given[..=colon], rest)) };
    let end = after.find('/').unwrap_or(after.len());
    let authority = &after[..end];
    if !["", config::NAMENODE, config::NAMENODE_RPC].contains(&authority) {
        let host = authority.split(':').next().unwrap_or_default();
        return Err(format!("java.net.UnknownHostException: {host}"));
    }
    let cut = given.len() - after.len() + end;
    let path = &given[cut..];
    Ok((&given[..cut], if path.is_empty() { "/" } else { path }))
}

/// The name behind the last slash.
pub(super) fn base_name(path: &str) -> &str {
    path.trim_end_matches('/').rsplit('/').next().unwrap_or_default()
}

/// The directory of an absolute path.
pub(super) fn parent(path: &str) -> &str {
    match path.rfind('/') {
        None | Some(0) => "/",
        Some(at) => &path[..at],
    }
}
