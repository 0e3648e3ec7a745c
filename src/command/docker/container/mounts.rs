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
    let mut read = Fields::default();
    read.mount.typ = Some(MountType::VOLUME);
    for field in text::fields(text)? {
        let (key, value) =
            field.split_once('=').map_or((field.as_str(), None), |(k, v)| (k, Some(v)));
        let key = key.to_ascii_lowercase();
        if read.switch(&key, value)? {
            continue;
        }
        let Some(value) = value else {
            return Err(format!("invalid field '{field}' must be a key=value pair"));
        };
        if !(read.plain(&key, value, cwd) || read.bind(&key, value)? || read.other(&key, value)?) {
            return Err(format!("unexpected key '{key}' in '{field}'"));
        }
    }
    read.check()?;
    Ok(read.whole())
}

/// The fields of a `--mount`, as they are read.
#[derive(Default)]
struct Fields {
    mount: Mount,
    bind: MountBindOptions,
    image: MountImageOptions,
    tmpfs: MountTmpfsOptions,
    volume: MountVolumeOptions,
    /// The value of `bind-recursive`, where it asks for more.
    recursive: Option<String>,
    /// What the engine has to say of a type that it does not know.
    unknown: Option<String>,
}

impl Fields {
    /// Takes a field that stands without a value too; whether it is one.
    fn switch(&mut self, key: &str, value: Option<&str>) -> Result<bool, String> {
        let to = match key {
            "readonly" | "ro" => &mut self.mount.read_only,
            "volume-nocopy" => &mut self.volume.no_copy,
            "bind-nonrecursive" => &mut self.bind.non_recursive,
            _ => return Ok(false),
        };
        *to = Some(match value.unwrap_or("true") {
            "1" | "t" | "T" | "true" | "True" | "TRUE" => true,
            "0" | "f" | "F" | "false" | "False" | "FALSE" => false,
            other => return Err(format!("invalid value for {key}: {other}")),
        });
        Ok(true)
    }

    /// Takes what every type has.
    fn plain(&mut self, key: &str, value: &str, cwd: &Path) -> bool {
        match key {
            "type" => match kind(value) {
                Ok(kind) => self.mount.typ = Some(kind),
                // The engine refuses it, after all that the client has to say.
                Err(why) => {
                    self.mount.typ = None;
                    self.unknown = (!value.is_empty()).then_some(why);
                }
            },
            "source" | "src" if value.starts_with('.') => {
                self.mount.source = Some(absolute(value, cwd));
            }
            "source" | "src" => self.mount.source = (!value.is_empty()).then(|| value.to_owned()),
            "target" | "dst" | "destination" => self.mount.target = Some(value.to_owned()),
            "consistency" => self.mount.consistency = Some(value.to_ascii_lowercase()),
            _ => return false,
        }
        true
    }

    fn bind(&mut self, key: &str, value: &str) -> Result<bool, String> {
        match (key, value) {
            ("bind-propagation", _) => {
                self.bind.propagation = Some(value.to_ascii_lowercase().parse().map_err(|_| {
                    // The engine's words: the model has no place for one it does not know.
                    format!(
                        "{ENGINE_SAYS}invalid mount config for type \"bind\": invalid propagation mode: {value}"
                    )
                })?);
            }
            ("bind-recursive", "enabled") => {}
            ("bind-recursive", "disabled") => self.bind.non_recursive = Some(true),
            ("bind-recursive", "writable") => {
                self.bind.read_only_non_recursive = Some(true);
                self.recursive = Some(value.to_owned());
            }
            ("bind-recursive", "readonly") => {
                self.bind.read_only_force_recursive = Some(true);
                self.recursive = Some(value.to_owned());
            }
            ("bind-recursive", _) => {
                return Err(format!(
                    "invalid value for {key}: {value} (must be \"enabled\", \"disabled\", \"writable\", or \"readonly\")"
                ));
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn other(&mut self, key: &str, value: &str) -> Result<bool, String> {
        let wrong = || format!("invalid value for {key}: {value}");
        let pair = || {
            let (name, text) = value.split_once('=').unwrap_or((value, ""));
            (name.to_owned(), text.to_owned())
        };
        match key {
            "volume-label" => self.volume.labels.get_or_insert_default().extend([pair()]),
            "volume-driver" => {
                self.volume.driver_config.get_or_insert_default().name = Some(value.to_owned());
            }
            "volume-opt" => {
                let driver = self.volume.driver_config.get_or_insert_default();
                driver.options.get_or_insert_default().extend([pair()]);
            }
            "volume-subpath" => self.volume.subpath = Some(value.to_owned()),
            "image-subpath" => self.image.subpath = Some(value.to_owned()),
            "tmpfs-size" => {
                self.tmpfs.size_bytes = Some(size::parse(value).map_err(|_| wrong())?);
            }
            "tmpfs-mode" => {
                self.tmpfs.mode = Some(i64::from_str_radix(value, 8).map_err(|_| wrong())?);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Whether the fields fit each other, in the client's order.
    fn check(&mut self) -> Result<(), String> {
        if self.mount.typ.is_none() && self.unknown.is_none() {
            return Err("type is required".to_owned());
        }
        if self.mount.target.as_deref().unwrap_or_default().is_empty() {
            return Err("target is required".to_owned());
        }
        let given = self.mount.typ.map(|kind| kind.to_string()).unwrap_or_default();
        for (kind, asked) in [
            ("volume", self.volume != MountVolumeOptions::default()),
            ("bind", self.bind != MountBindOptions::default()),
            ("image", self.image != MountImageOptions::default()),
            ("tmpfs", self.tmpfs != MountTmpfsOptions::default()),
        ] {
            if asked && self.unknown.is_none() && kind != given {
                return Err(format!("cannot mix '{kind}-*' options with mount type '{given}'"));
            }
        }
        if let Some(way) = &self.recursive {
            let needs = if self.mount.read_only != Some(true) {
                "readonly"
            } else if way == "readonly"
                && self.bind.propagation != Some(MountBindOptionsPropagationEnum::RPRIVATE)
            {
                "bind-propagation=rprivate"
            } else {
                ""
            };
            if !needs.is_empty() {
                return Err(format!(
                    "option 'bind-recursive={way}' requires '{needs}' to be specified in conjunction"
                ));
            }
        }
        self.unknown.take().map_or(Ok(()), Err)
    }

    /// The mount with the options that were given.
    fn whole(self) -> Mount {
        fn some<T: Default + PartialEq>(options: T) -> Option<T> {
            (options != T::default()).then_some(options)
        }
        Mount {
            bind_options: some(self.bind),
            image_options: some(self.image),
            tmpfs_options: some(self.tmpfs),
            volume_options: some(self.volume),
            ..self.mount
        }
    }
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
