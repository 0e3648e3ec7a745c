//! Volumes and other mounts: `--volume`, `--mount`, `--tmpfs`.

use std::path::{Component, Path, PathBuf};

use command_line::{size, text};
use docker::models::{
    Mount, MountBindOptions, MountBindOptionsPropagationEnum, MountImageOptions, MountTmpfsOptions,
    MountType, MountVolumeOptions,
};

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
        return Ok(Volume::Bind(format!("{}:{rest}", absolute(source, cwd)), None));
    }
    Ok(Volume::Bind(text.to_owned(), Some(source.to_owned())))
}

/// A path from `cwd` on, without `.` and `..`.
fn absolute(path: &str, cwd: &Path) -> String {
    let full = cwd.join(path);
    let full = full.components().fold(PathBuf::new(), |mut path, part| {
        match part {
            Component::ParentDir => drop(path.pop()),
            Component::CurDir => {}
            other => path.push(other),
        }
        path
    });
    full.display().to_string()
}

/// Reads `--mount`. A source that begins with `.` is taken from `cwd`.
///
/// # Errors
/// The client's words for what is wrong.
pub(crate) fn mount(text: &str, cwd: &Path) -> Result<Mount, String> {
    let mut mount = Mount { typ: Some(MountType::VOLUME), ..Mount::default() };
    let mut bind = MountBindOptions::default();
    let mut image = MountImageOptions::default();
    let mut tmpfs = MountTmpfsOptions::default();
    let mut volume = MountVolumeOptions::default();
    let mut recursive = None;
    let mut unknown = None;
    for field in text::fields(text)? {
        let (key, value) =
            field.split_once('=').map_or((field.as_str(), None), |(k, v)| (k, Some(v)));
        let key = key.to_ascii_lowercase();
        let truth = || match value.unwrap_or("true") {
            "1" | "t" | "T" | "true" | "True" | "TRUE" => Ok(Some(true)),
            "0" | "f" | "F" | "false" | "False" | "FALSE" => Ok(Some(false)),
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
        let pair = || {
            let (name, text) = value.split_once('=').unwrap_or((value, ""));
            (name.to_owned(), text.to_owned())
        };
        match key.as_str() {
            "type" => match kind(value) {
                Ok(kind) => mount.typ = Some(kind),
                // The engine refuses it, after all that the client has to say.
                Err(why) => {
                    mount.typ = None;
                    unknown = (!value.is_empty()).then_some(why);
                }
            },
            "source" | "src" if value.starts_with('.') => {
                mount.source = Some(absolute(value, cwd));
            }
            "source" | "src" => mount.source = (!value.is_empty()).then(|| value.to_owned()),
            "target" | "dst" | "destination" => mount.target = Some(value.to_owned()),
            "consistency" => mount.consistency = Some(value.to_ascii_lowercase()),
            "bind-propagation" => {
                bind.propagation = Some(value.to_ascii_lowercase().parse().map_err(|_| {
                    // The engine's words: the model has no place for one it does not know.
                    format!(
                        "{ENGINE_SAYS}invalid mount config for type \"bind\": invalid propagation mode: {value}"
                    )
                })?);
            }
            "bind-recursive" => match value {
                "enabled" => {}
                "disabled" => bind.non_recursive = Some(true),
                "writable" => {
                    bind.read_only_non_recursive = Some(true);
                    recursive = Some(value.to_owned());
                }
                "readonly" => {
                    bind.read_only_force_recursive = Some(true);
                    recursive = Some(value.to_owned());
                }
                _ => {
                    return Err(format!(
                        "invalid value for {key}: {value} (must be \"enabled\", \"disabled\", \"writable\", or \"readonly\")"
                    ));
                }
            },
            "volume-label" => {
                volume.labels.get_or_insert_default().extend([pair()]);
            }
            "volume-driver" => {
                volume.driver_config.get_or_insert_default().name = Some(value.to_owned());
            }
            "volume-opt" => {
                let driver = volume.driver_config.get_or_insert_default();
                driver.options.get_or_insert_default().extend([pair()]);
            }
            "volume-subpath" => volume.subpath = Some(value.to_owned()),
            "image-subpath" => image.subpath = Some(value.to_owned()),
            "tmpfs-size" => {
                let size = size::parse(value);
                tmpfs.size_bytes =
                    Some(size.map_err(|_| format!("invalid value for {key}: {value}"))?);
            }
            "tmpfs-mode" => {
                let mode = i64::from_str_radix(value, 8);
                tmpfs.mode = Some(mode.map_err(|_| format!("invalid value for {key}: {value}"))?);
            }
            _ => return Err(format!("unexpected key '{key}' in '{field}'")),
        }
    }
    if mount.typ.is_none() && unknown.is_none() {
        return Err("type is required".to_owned());
    }
    if mount.target.as_deref().unwrap_or_default().is_empty() {
        return Err("target is required".to_owned());
    }
    let given = mount.typ.map(|kind| kind.to_string()).unwrap_or_default();
    for (kind, asked) in [
        ("volume", volume != MountVolumeOptions::default()),
        ("bind", bind != MountBindOptions::default()),
        ("image", image != MountImageOptions::default()),
        ("tmpfs", tmpfs != MountTmpfsOptions::default()),
    ] {
        if asked && unknown.is_none() && kind != given {
            return Err(format!("cannot mix '{kind}-*' options with mount type '{given}'"));
        }
    }
    if let Some(way) = recursive {
        if mount.read_only != Some(true) {
            return Err(format!(
                "option 'bind-recursive={way}' requires 'readonly' to be specified in conjunction"
            ));
        }
        if way == "readonly" && bind.propagation != Some(MountBindOptionsPropagationEnum::RPRIVATE)
        {
            return Err(
                "option 'bind-recursive=readonly' requires 'bind-propagation=rprivate' to be specified in conjunction"
                    .to_owned(),
            );
        }
    }
    if let Some(why) = unknown {
        return Err(why);
    }
    if bind != MountBindOptions::default() {
        mount.bind_options = Some(bind);
    }
    if image != MountImageOptions::default() {
        mount.image_options = Some(image);
    }
    if tmpfs != MountTmpfsOptions::default() {
        mount.tmpfs_options = Some(tmpfs);
    }
    if volume != MountVolumeOptions::default() {
        mount.volume_options = Some(volume);
    }
    Ok(mount)
}

/// What only engines of API 1.44 and later do, in the client's words.
pub(super) fn recursion(mount: &Mount) -> Option<&'static str> {
    let bind = mount.bind_options.as_ref()?;
    if bind.read_only_force_recursive == Some(true) {
        return Some("bind-recursive=readonly");
    }
    (bind.read_only_non_recursive == Some(true)).then_some("bind-recursive=writable")
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
    match mount(text, Path::new("/")) {
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
        let check = |text: &str, want: &str| {
            assert_eq!(mount(text, Path::new("/home/me/lab")).unwrap_err(), want, "{text}");
        };
        check("foo", "invalid field 'foo' must be a key=value pair");
        check("type=bind,src=/x", "target is required");
        check(
            "type=foo,dst=/x",
            "Error response from daemon: invalid mount config for type \"foo\": mount type unknown",
        );
        assert_eq!(check_mount("type=foo,dst=/x"), Ok(()), "the engine refuses it");
        check("foo=1,dst=/x", "unexpected key 'foo' in 'foo=1'");
        check("", "EOF");
        check("type=,dst=/x", "type is required");
        check(
            "type=tmpfs,dst=/x,volume-nocopy",
            "cannot mix 'volume-*' options with mount type 'tmpfs'",
        );
        check(
            "dst=/x,bind-propagation=shared",
            "cannot mix 'bind-*' options with mount type 'volume'",
        );
        check(
            "type=bind,src=.,dst=/x,bind-recursive=writable",
            "option 'bind-recursive=writable' requires 'readonly' to be specified in conjunction",
        );
        check(
            "type=bind,src=.,dst=/x,bind-recursive=foo",
            "invalid value for bind-recursive: foo (must be \"enabled\", \"disabled\", \"writable\", or \"readonly\")",
        );
        let found = mount("type=tmpfs,dst=/t,tmpfs-size=64m,ro", Path::new("/")).unwrap();
        assert_eq!(found.tmpfs_options.and_then(|o| o.size_bytes), Some(64 << 20));
        assert_eq!(found.read_only, Some(true));
    }

    #[test]
    fn relative_sources_are_resolved() {
        let check = |text: &str, want: Option<&str>| {
            let found = mount(text, Path::new("/home/me/lab")).unwrap();
            assert_eq!(found.source.as_deref(), want, "{text}");
        };
        check("type=bind,source=.,target=/x", Some("/home/me/lab"));
        check("type=bind,source=./src,target=/x", Some("/home/me/lab/src"));
        check("type=bind,src=../other,dst=/x", Some("/home/me/other"));
        check("type=bind,\"src=./a,b\",dst=/x", Some("/home/me/lab/a,b"));
        // The engine says what it thinks of these.
        check("type=bind,source=src,target=/x", Some("src"));
        check("type=bind,source=~,target=/x", Some("~"));
        check("type=volume,source=,target=/x", None);
    }

    #[test]
    fn options_of_a_mount_reach_the_engine() {
        let found = |text: &str| mount(text, Path::new("/")).unwrap();
        let volume =
            found("src=v,dst=/x,volume-driver=d,volume-opt=a=b,volume-subpath=s,volume-label=l");
        let options = volume.volume_options.unwrap();
        let driver = options.driver_config.unwrap();
        assert_eq!(driver.name.as_deref(), Some("d"));
        assert_eq!(driver.options.unwrap()["a"], "b");
        assert_eq!(options.subpath.as_deref(), Some("s"));
        assert_eq!(options.labels.unwrap()["l"], "");
        let bind = found("type=bind,src=/,dst=/x,bind-recursive=disabled");
        assert_eq!(bind.bind_options.unwrap().non_recursive, Some(true));
        let deep =
            found("type=bind,src=/,dst=/x,ro,bind-recursive=readonly,bind-propagation=rprivate");
        assert_eq!(recursion(&deep), Some("bind-recursive=readonly"));
        let image = found("type=image,src=i,dst=/x,image-subpath=s");
        assert_eq!(image.image_options.unwrap().subpath.as_deref(), Some("s"));
    }
}
