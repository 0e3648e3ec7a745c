//! Volumes and other mounts: `--volume`, `--mount`, `--tmpfs`.

use std::path::Path;

use command_line::size;
use docker::models::{Mount, MountBindOptions, MountTmpfsOptions, MountType, MountVolumeOptions};

const ENGINE_SAYS: &str = "Error response from daemon: ";

/// What `--volume` asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Volume {
    /// A path in the container alone: a volume without a name.
    Anonymous(String),
    /// The engine's own spelling, with the name of the volume if it is one.
    Bind(String, Option<String>),
}

/// Reads `--volume`. A path on the host that begins with `.` is taken from `cwd`.
///
/// # Errors
/// The client's words for what is wrong.
pub(super) fn volume(text: &str, cwd: &Path) -> Result<Volume, String> {
    let Some((source, rest)) = text.split_once(':') else {
        return Ok(Volume::Anonymous(text.to_owned()));
    };
    if text == ":" || rest.is_empty() && source.is_empty() {
        return Err(format!("invalid spec: {text}: empty section between colons"));
    }
    if source.starts_with('/') || source.is_empty() {
        return Ok(Volume::Bind(text.to_owned(), None));
    }
    if source == "~" || source.starts_with('.') {
        let full = cwd.join(source);
        let full = full.components().fold(std::path::PathBuf::new(), |mut path, part| {
            match part {
                std::path::Component::ParentDir => drop(path.pop()),
                std::path::Component::CurDir => {}
                other => path.push(other),
            }
            path
        });
        return Ok(Volume::Bind(format!("{}:{rest}", full.display()), None));
    }
    Ok(Volume::Bind(text.to_owned(), Some(source.to_owned())))
}

/// Reads `--mount`.
///
/// # Errors
/// The client's words for what is wrong.
pub(crate) fn mount(text: &str) -> Result<Mount, String> {
    let mut mount = Mount { typ: Some(MountType::VOLUME), ..Mount::default() };
    let mut bind = MountBindOptions::default();
    let mut tmpfs = MountTmpfsOptions::default();
    let mut volume = MountVolumeOptions::default();
    for field in text.split(',') {
        let (key, value) = field.split_once('=').map_or((field, None), |(k, v)| (k, Some(v)));
        let key = key.trim().to_ascii_lowercase();
        let truth = || match value.unwrap_or("true") {
            "1" | "true" => Ok(Some(true)),
            "0" | "false" => Ok(Some(false)),
            other => Err(format!("invalid value for {key}: {other}")),
        };
        match (key.as_str(), value) {
            ("readonly" | "ro", _) => {
                mount.read_only = truth()?;
                continue;
            }
            ("volume-nocopy", _) => {
                volume.no_copy = truth()?;
                continue;
            }
            ("bind-nonrecursive", _) => {
                bind.non_recursive = truth()?;
                continue;
            }
            _ => {}
        }
        let Some(value) = value else {
            return Err(format!("invalid field '{field}' must be a key=value pair"));
        };
        match key.as_str() {
            "type" => mount.typ = Some(kind(value)?),
            "source" | "src" => mount.source = Some(value.to_owned()),
            "target" | "dst" | "destination" => mount.target = Some(value.to_owned()),
            "consistency" => mount.consistency = Some(value.to_owned()),
            "bind-propagation" => bind.propagation = value.parse().ok(),
            "volume-label" => {
                let (name, text) = value.split_once('=').unwrap_or((value, ""));
                let labels = volume.labels.get_or_insert_default();
                labels.insert(name.to_owned(), text.to_owned());
            }
            "tmpfs-size" => {
                let size = size::parse(value);
                tmpfs.size_bytes =
                    Some(size.map_err(|_| format!("invalid value for {key}: {value}"))?);
            }
            "tmpfs-mode" => {
                let mode = i64::from_str_radix(value, 8);
                tmpfs.mode = Some(mode.map_err(|_| format!("invalid value for {key}: {value}"))?);
            }
            _ => return Err(format!("unknown option '{key}' in '{field}'")),
        }
    }
    if mount.target.is_none() {
        return Err("target is required".to_owned());
    }
    if bind != MountBindOptions::default() {
        mount.bind_options = Some(bind);
    }
    if tmpfs != MountTmpfsOptions::default() {
        mount.tmpfs_options = Some(tmpfs);
    }
    if volume != MountVolumeOptions::default() {
        mount.volume_options = Some(volume);
    }
    Ok(mount)
}

fn kind(text: &str) -> Result<MountType, String> {
    match text.to_ascii_lowercase().as_str() {
        "bind" => Ok(MountType::BIND),
        "volume" => Ok(MountType::VOLUME),
        "tmpfs" => Ok(MountType::TMPFS),
        "npipe" => Ok(MountType::NPIPE),
        "cluster" => Ok(MountType::CLUSTER),
        "image" => Ok(MountType::IMAGE),
        // The engine's words: the model has no place for a type it does not know.
        other => {
            Err(format!("{ENGINE_SAYS}invalid mount config for type {other:?}: mount type unknown"))
        }
    }
}

/// What the client refuses while it reads the flag; the rest is the engine's to refuse.
pub(crate) fn check_mount(text: &str) -> Result<(), String> {
    match mount(text) {
        Err(why) if !why.starts_with(ENGINE_SAYS) => Err(why),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn volumes_are_told_from_paths() {
        let check = |text: &str, want: Volume| {
            assert_eq!(volume(text, Path::new("/home/me/lab")), Ok(want), "{text}");
        };
        let bind = |text: &str, name: Option<&str>| Volume::Bind(text.into(), name.map(Into::into));
        check("/data", Volume::Anonymous("/data".into()));
        check("/a:/b:ro", bind("/a:/b:ro", None));
        check("db:/var/lib", bind("db:/var/lib", Some("db")));
        check("./src:/app", bind("/home/me/lab/src:/app", None));
        check(".:/app", bind("/home/me/lab:/app", None));
        check("../x:/app", bind("/home/me/x:/app", None));
    }

    #[test]
    fn mounts_are_read_or_refused() {
        let check = |text: &str, want: &str| assert_eq!(mount(text).unwrap_err(), want, "{text}");
        check("foo", "invalid field 'foo' must be a key=value pair");
        check("type=bind,src=/x", "target is required");
        check(
            "type=foo,dst=/x",
            "Error response from daemon: invalid mount config for type \"foo\": mount type unknown",
        );
        assert_eq!(check_mount("type=foo,dst=/x"), Ok(()), "the engine refuses it");
        check("foo=1,dst=/x", "unknown option 'foo' in 'foo=1'");
        let found = mount("type=tmpfs,dst=/t,tmpfs-size=64m,ro").unwrap();
        assert_eq!(found.tmpfs_options.and_then(|o| o.size_bytes), Some(64 << 20));
        assert_eq!(found.read_only, Some(true));
    }
}
