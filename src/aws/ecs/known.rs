//! Images that everybody finds: those of the labs, which say what they do.

/// The repository of the labs' images in the public registry of this lab.
pub(crate) const PUBLIC: &str = "public.ecr.aws/distlab/";

/// The program of a public image, by its name without the tag.
pub(crate) fn program(name: &str) -> Option<&'static str> {
    let short = name.strip_prefix(PUBLIC)?;
    PROGRAMS.iter().find(|(known, _)| *known == short).map(|(_, text)| *text)
}

/// By name. `hello` says where it is; `crash` ends soon; the others are the forum of the lab about
/// monoliths.
static PROGRAMS: &[(&str, &str)] = &[
    ("hello", include_str!("programs/hello.json")),
    ("crash", include_str!("programs/crash.json")),
    ("api", include_str!("programs/api.json")),
    ("posts", include_str!("programs/posts.json")),
    ("threads", include_str!("programs/threads.json")),
    ("users", include_str!("programs/users.json")),
];
