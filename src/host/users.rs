//! Users and groups, as `/etc/passwd` and `/etc/group` say them.

use crate::Host;
use crate::files::{Errno, Who};
use crate::process::Pid;

/// A line of `/etc/passwd`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub name: String,
    pub uid: u32,
    pub gid: u32,
    pub comment: String,
    pub home: String,
    pub shell: String,
}

/// A line of `/etc/group`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    pub name: String,
    pub gid: u32,
    pub members: Vec<String>,
}

impl Host {
    /// The text of a file of the system; empty when it is not there.
    pub(crate) fn system_text(&self, path: &str) -> String {
        let bytes = self.files.read(&Who::root(), path).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// All users, in the order of the file.
    pub fn users(&self) -> Vec<User> {
        let line = |line: &str| {
            let mut words = line.split(':');
            let name = words.next()?.to_owned();
            let (uid, gid) = (words.nth(1)?.parse().ok()?, words.next()?.parse().ok()?);
            let comment = words.next()?.to_owned();
            let (home, shell) = (words.next()?.to_owned(), words.next()?.to_owned());
            Some(User { name, uid, gid, comment, home, shell })
        };
        self.system_text("/etc/passwd").lines().filter_map(line).collect()
    }

    pub fn user(&self, name: &str) -> Option<User> {
        self.users().into_iter().find(|user| user.name == name)
    }

    pub fn groups(&self) -> Vec<Group> {
        let line = |line: &str| {
            let mut words = line.split(':');
            let name = words.next()?.to_owned();
            let gid = words.nth(1)?.parse().ok()?;
            let members = words.next().unwrap_or_default();
            let members = members.split(',').filter(|m| !m.is_empty()).map(str::to_owned).collect();
            Some(Group { name, gid, members })
        };
        self.system_text("/etc/group").lines().filter_map(line).collect()
    }

    /// The name of a user's number, or the number.
    pub fn user_name(&self, uid: u32) -> String {
        let found = self.users().into_iter().find(|user| user.uid == uid);
        found.map_or_else(|| uid.to_string(), |user| user.name)
    }

    pub fn group_name(&self, gid: u32) -> String {
        let found = self.groups().into_iter().find(|group| group.gid == gid);
        found.map_or_else(|| gid.to_string(), |group| group.name)
    }

    /// Who a user is to the kernel.
    pub fn who(&self, user: &User) -> Who {
        let mut groups = vec![user.gid];
        for group in self.groups() {
            if group.members.contains(&user.name) && group.gid != user.gid {
                groups.push(group.gid);
            }
        }
        Who { uid: user.uid, gid: user.gid, groups }
    }

    /// Whether one process may send another a signal.
    pub(crate) fn may_signal(&self, from: Pid, to: Pid) -> Result<(), Errno> {
        let target = self.processes.get(&to).ok_or(Errno::NoProcess)?;
        let who = &self.process(from).who;
        if who.uid == 0 || who.uid == target.who.uid { Ok(()) } else { Err(Errno::NotPermitted) }
    }
}
