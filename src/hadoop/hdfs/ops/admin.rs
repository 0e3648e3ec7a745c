//! The administrator's view: health, machines, safe mode.

use super::super::change;
use super::super::fsck::{self, Options};
use super::super::permission;
use super::super::report::{ClusterStats, NodeReport};
use super::super::safe_mode::SafeMode;
use super::{begin, illegal};
use crate::hdfs;
use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

sim::operation! {
    /// Checks the health of a path; the answer is the report as the NameNode writes it.
    read Fsck in "hdfs" = "GET /fsck";
    input {
        /// The absolute path.
        pub path: String => "path" Query("path"),
        /// Whether files are listed.
        pub files: Option<bool> => "files" Query("files"),
        /// Whether blocks are listed.
        pub blocks: Option<bool> => "blocks" Query("blocks"),
        /// Whether the blocks' locations are listed.
        pub locations: Option<bool> => "locations" Query("locations"),
        /// Whether locations are listed with their racks.
        pub racks: Option<bool> => "racks" Query("racks"),
        /// Whether each replica's state is listed.
        pub replica_details: Option<bool> => "replicadetails" Query("replicadetails"),
        /// Whether only blocks without a good replica are listed.
        pub list_corrupt: Option<bool> => "listcorruptfileblocks" Query("listcorruptfileblocks"),
    }
    output FsckOutput {
        /// Lines of text.
        pub report: String => "report" Payload("report"),
    }
    errors ["AccessControlException"]
    access itself
}

impl Read for Fsck {
    type Output = FsckOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (user, path) = begin(cx, &self.path)?;
        let on = |flag: Option<bool>| flag.unwrap_or(false);
        let options = Options {
            files: on(self.files),
            blocks: on(self.blocks),
            locations: on(self.locations),
            racks: on(self.racks),
            details: on(self.replica_details),
            corrupt_only: on(self.list_corrupt),
        };
        Ok(FsckOutput {
            report: fsck::report(world.get::<hdfs::State>(), &user, &path, options, cx.at),
        })
    }
}

sim::operation! {
    /// Reports the cluster's figures and every DataNode the NameNode knows.
    ///
    /// Any user may ask; the real NameNode answers only its superuser.
    read DatanodeReport in "hdfs" = "";
    input {}
    output DatanodeReportOutput {
        /// The whole cluster.
        pub cluster: ClusterStats => "cluster",
        /// In order of their addresses.
        pub nodes: Vec<NodeReport> => "nodes",
    }
    errors ["AccessControlException"]
    access itself
}

impl Read for DatanodeReport {
    type Output = DatanodeReportOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        permission::user(cx)?;
        Ok(DatanodeReportOutput {
            cluster: world.get::<hdfs::State>().cluster_stats(),
            nodes: world.get::<hdfs::State>().node_reports(world.get(), cx.at, true),
        })
    }
}

sim::operation! {
    /// Tells whether the NameNode is in safe mode.
    read GetSafeMode in "hdfs" = "";
    input {}
    output GetSafeModeOutput {
        /// Whether it is on.
        pub on: bool => "on",
        /// Why, and when it ends.
        pub tip: String => "tip",
    }
    errors ["AccessControlException"]
    access itself
}

impl Read for GetSafeMode {
    type Output = GetSafeModeOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        permission::user(cx)?;
        let hdfs = world.get::<hdfs::State>();
        Ok(GetSafeModeOutput { on: hdfs.safe_mode.on(), tip: hdfs.safe_mode_tip(cx.at) })
    }
}

sim::operation! {
    /// Enters or leaves safe mode. For the superuser.
    write SetSafeMode in "hdfs" = "";
    input {
        /// `enter` or `leave`.
        pub action: String => "action",
    }
    output SetSafeModeOutput {
        /// Whether it is on now.
        pub on: bool => "on",
    }
    errors ["AccessControlException", "IllegalArgumentException"]
    access itself
}

impl Write for SetSafeMode {
    type Output = SetSafeModeOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        permission::user(cx)?.privileged()?;
        let enter = match self.action.as_str() {
            "enter" => true,
            "leave" => false,
            other => return Err(illegal(format!("Unexpected safe mode action {other}"))),
        };
        change(world, |hdfs, act| {
            if !enter {
                hdfs.leave_safe_mode(act);
            } else if !hdfs.safe_mode.on() {
                hdfs.safe_mode = SafeMode::Manual;
            }
        });
        Ok(SetSafeModeOutput { on: enter })
    }
}

sim::operation! {
    /// Tells a setting, as `hdfs getconf` reads it from the cluster's files.
    read GetProperty in "hdfs" = "";
    input {
        /// Its name: `dfs.replication`.
        pub name: String => "name",
    }
    output GetPropertyOutput {
        /// Its value; none where there is no such setting.
        pub value: Option<String> => "value",
    }
    errors []
    access itself
}

impl Read for GetProperty {
    type Output = GetPropertyOutput;
    fn read(self, world: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let value = world.get::<hdfs::State>().settings().value(&self.name);
        Ok(GetPropertyOutput { value: value.map(str::to_owned) })
    }
}
