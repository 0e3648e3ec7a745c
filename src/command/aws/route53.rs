//! What the client takes off ids of Route 53 before it sends them: answers have `/hostedzone/` before the
//! id of a zone, and requests do without.

/// The options whose values are ids.
const IDS: [&str; 3] = ["--id", "--hosted-zone-id", "--delegation-set-id"];

/// The arguments behind an operation's name with bare ids.
pub(super) fn bare(args: Vec<String>) -> Vec<String> {
    let last = |text: &str| text.rsplit('/').next().unwrap_or_default().to_owned();
    let mut is_id = false;
    let each = |arg: String| {
        let was = std::mem::replace(&mut is_id, IDS.contains(&arg.as_str()));
        match arg.split_once('=') {
            Some((option, id)) if IDS.contains(&option) => format!("{option}={}", last(id)),
            None if was => last(&arg),
            _ => arg,
        }
    };
    args.into_iter().map(each).collect()
}

#[cfg(test)]
mod tests {
    use super::bare;

    #[test]
    fn ids_lose_what_stands_before_them() {
        let args = ["--id", "/hostedzone/Z1", "--hosted-zone-id=/hostedzone/Z2", "--name", "/a/b"];
        let got = bare(args.map(str::to_owned).to_vec());
        assert_eq!(got, ["--id", "Z1", "--hosted-zone-id=Z2", "--name", "/a/b"]);
    }
}
