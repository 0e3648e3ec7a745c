//! The course file: what is read, what is refused and where, and what lint says of it.

use std::collections::BTreeSet;

use super::lint::{self, Context};
use super::syllabus::What;
use super::{Catalog, Notes, Syllabus};

const HEAD: &str = "format = 1\ntitle = \"T\"\n[[topics]]\nid = \"cloud\"\ntitle = \"Cloud\"\n";

fn course(items: &str, after: &str) -> String {
    let round = "[[rounds]]\ntitle = \"R\"\n[[rounds.parts]]\ntopic = \"cloud\"\n";
    format!("{HEAD}{round}items = [{items}]\n{after}")
}

#[test]
fn what_is_wrong_in_a_course_is_told_with_line_and_column() {
    let check = |source: &str, want: &[&str]| {
        let found = Syllabus::parse("course.toml", source).err().unwrap_or_default();
        let told: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(told.len(), want.len(), "{source}\n{told:#?}");
        for (told, want) in told.iter().zip(want) {
            assert!(told.starts_with(&format!("course.toml:{want}")), "{want:?} is not {told:?}");
        }
    };
    check(&course("\"lab:s3\", \"notes:cloud/s3\"", ""), &[]);
    check("rounds = [\n", &["1:11: this is not TOML"]);
    check(
        "",
        &[
            "1:1: the course has no `format`",
            "1:1: the course has no `title`",
            "1:1: the course has no `topics`",
            "1:1: the course has no `rounds`",
        ],
    );
    check(&course("\"s3\"", ""), &["10:10: \"s3\" names neither a lab nor a page"]);
    check(&course("\"lab:s3\", \"notes:/s3\"", ""), &["10:20: \"notes:/s3\" names neither"]);
    check(&course("\"lab:s3\", \"lab:s3\"", ""), &["10:20: `lab:s3` stands in the course twice"]);
    check(&course("3", ""), &["10:1: `items` is of type array, and must be a list of texts"]);
    check(&course("", "[after]\ns3 = \"x\"\n"), &["12:1: `after.s3` is not a list of labs"]);
    check(
        &course("", "").replace("topic =", "topics ="),
        &[
            "9:1: `topics` is not a key of `[[rounds.parts]]`; did you mean `topic`?",
            "8:1: `[[rounds.parts]]` has no `topic`",
        ]
        .iter()
        .rev()
        .copied()
        .collect::<Vec<_>>(),
    );
    check(
        &course("", "").replace("topic = \"cloud\"", "topic = \"cloudy\""),
        &["9:1: `cloudy` is none of the topics; did you mean `cloud`?"],
    );
    check(
        &course("", "")
            .replace("[[rounds]]", "[[topics]]\nid = \"cloud\"\ntitle = \"C\"\n[[rounds]]"),
        &["7:1: the topic `cloud` stands here twice"],
    );
}

#[test]
fn a_course_that_cannot_be_followed_is_found() {
    let (catalog, notes) = (Catalog::load(None), Notes::load());
    let cx = Context { is_read_only: &|_| Some(true), catalog: &catalog, notes: &notes };
    let check = |items: &str, after: &str, want: &[&str]| {
        let read = Syllabus::parse("c.toml", &course(items, after)).expect("a course");
        let found: Vec<String> =
            lint::syllabus(&read, &cx).iter().map(ToString::to_string).collect();
        assert_eq!(found.len(), want.len(), "{items} {after}\n{found:#?}");
        for (found, want) in found.iter().zip(want) {
            assert!(found.starts_with(want), "{want:?} is not {found:?}");
        }
    };
    check("\"lab:s3\", \"notes:cloud/s3\"", "", &[]);
    check("\"lab:s4\"", "", &["error: c.toml:10:10: there is no lab `s4`; did you mean `s3`?"]);
    check(
        "\"notes:cloud/s4\"",
        "",
        &["error: c.toml:10:10: the notes have no page `cloud/s4`; did you mean `notes:cloud/"],
    );
    check(
        "\"lab:images\",\n\"lab:tweet-app\"",
        "",
        &["warning: c.toml:10:10: `images` is better done after `tweet-app`, which comes later"],
    );
    check(
        "",
        "[after]\ns3 = [\"ec3\"]",
        &["error: c.toml:12:1: `after` names `ec3`, and there is no such lab"],
    );
    check(
        "\"lab:s3\"",
        "[after]\ns3 = [\"hdfs-internals\"]\nhdfs-internals = [\"s3\"]",
        &[
            "error: c.toml:12:1: labs come after each other in a circle: s3 after hdfs-internals after s3",
        ],
    );
    // With what a lab says itself.
    check(
        "",
        "[after]\nvms-and-containers = [\"images\"]",
        &["error: c.toml:12:1: labs come after each other in a circle: "],
    );
}

#[test]
fn the_course_of_the_program_holds_everything_there_is() {
    let (catalog, notes) = (Catalog::load(None), Notes::load());
    let cx = Context { is_read_only: &|_| Some(true), catalog: &catalog, notes: &notes };
    let course = Syllabus::embedded();
    assert_eq!(lint::syllabus(&course, &cx), [], "a finding in assets/course.toml");
    let stands: BTreeSet<&What> = course.items().map(|item| &item.what).collect();
    let labs = catalog.entries().iter().map(|lab| What::Lab(lab.id.clone()));
    let pages = notes.list().map(|(page, ..)| What::Page(page.to_owned()));
    let missing: Vec<What> = labs.chain(pages).filter(|what| !stands.contains(what)).collect();
    assert_eq!(missing, [], "give it a line in assets/course.toml");
}

#[test]
fn the_course_of_a_folder_goes_before_the_programs_and_a_named_one_before_both() {
    let folder = tempfile::tempdir().expect("a folder");
    let own = folder.path().join("mine.toml");
    let title = |file, labs| Syllabus::find(file, labs).map(|course| course.title);
    std::fs::write(&own, course("", "").replace("\"T\"", "\"Mine\"")).expect("written");
    assert_eq!(title(None, Some(folder.path())), Ok("Distributed systems".into()));
    std::fs::write(folder.path().join("course.toml"), course("", "")).expect("written");
    assert_eq!(title(None, Some(folder.path())), Ok("T".into()));
    assert_eq!(title(Some(&own), Some(folder.path())), Ok("Mine".into()));
    let none = Syllabus::find(Some(&folder.path().join("none.toml")), None).expect_err("none");
    assert!(none[0].to_string().contains("none.toml:1: cannot be read"), "{none:?}");
}
