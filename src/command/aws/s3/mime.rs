//! Content types by extension, for uploads; the list is what learners' files usually are.

/// The type of a file of that name, when its extension tells one.
pub(super) fn guess(name: &str) -> Option<&'static str> {
    let lower = name.rsplit('/').next()?.to_ascii_lowercase();
    let (stem, extension) = lower.rsplit_once('.')?;
    // A compressed file has the type of what is in it; its encoding is another matter.
    if ["gz", "bz2", "xz", "z", "br"].contains(&extension) {
        return guess(stem);
    }
    if extension == "tgz" {
        return Some("application/x-tar");
    }
    TYPES.iter().find(|(ends, _)| ends.contains(&extension)).map(|(_, kind)| *kind)
}

const TYPES: &[(&[&str], &str)] = &[
    (&["txt", "text", "asc", "c", "h", "bat", "ksh", "pl", "srt"], "text/plain"),
    (&["html", "htm"], "text/html"),
    (&["css"], "text/css"),
    (&["csv"], "text/csv"),
    (&["tsv"], "text/tab-separated-values"),
    (&["md", "markdown"], "text/markdown"),
    (&["js", "mjs"], "text/javascript"),
    (&["py"], "text/x-python"),
    (&["xml", "xsl"], "text/xml"),
    (&["vcf"], "text/x-vcard"),
    (&["ics"], "text/calendar"),
    (&["json"], "application/json"),
    (&["pdf"], "application/pdf"),
    (&["zip"], "application/zip"),
    (&["tar"], "application/x-tar"),
    (&["7z"], "application/x-7z-compressed"),
    (&["jar"], "application/java-archive"),
    (&["sh"], "application/x-sh"),
    (&["sql"], "application/sql"),
    (&["wasm"], "application/wasm"),
    (&["rtf"], "application/rtf"),
    (&["ps", "eps", "ai"], "application/postscript"),
    (&["doc", "dot"], "application/msword"),
    (&["docx"], "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (&["xls"], "application/vnd.ms-excel"),
    (&["xlsx"], "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (&["ppt"], "application/vnd.ms-powerpoint"),
    (&["pptx"], "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    (&["odt"], "application/vnd.oasis.opendocument.text"),
    (&["bin", "exe", "dll", "so", "o", "a", "obj"], "application/octet-stream"),
    (&["jpg", "jpeg", "jpe"], "image/jpeg"),
    (&["png"], "image/png"),
    (&["gif"], "image/gif"),
    (&["svg"], "image/svg+xml"),
    (&["webp"], "image/webp"),
    (&["bmp"], "image/bmp"),
    (&["ico"], "image/vnd.microsoft.icon"),
    (&["tif", "tiff"], "image/tiff"),
    (&["mp3"], "audio/mpeg"),
    (&["wav"], "audio/x-wav"),
    (&["mp4"], "video/mp4"),
    (&["mpeg", "mpg"], "video/mpeg"),
    (&["webm"], "video/webm"),
    (&["mov", "qt"], "video/quicktime"),
    (&["avi"], "video/x-msvideo"),
];
