//! The course notes as a reader meets them: nothing that is written is lost, links and hits lead to the
//! section, and what people type finds what it is about.

use std::collections::BTreeMap;

use distlab::app::lay::{lay, lay_for_speech, lay_to_print};
use distlab::course::{Block, Catalog, Learner, Notes, lesson};

use crate::support::Home;

/// The words of a text with how often each stands there.
fn counted(text: &str) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    // `exit`ed is one word.
    let text = text.replace(['`', '*'], "");
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        *found.entry(word.to_owned()).or_default() += 1;
    }
    found
}

/// The words that a reader of the source sees, found without the parser under test: all but comments,
/// tags, the languages and roles of fences, anchors behind headings and the targets of links. What is
/// filled in later (`{{name}}`) is left out with all that touches it.
fn written(markdown: &str) -> String {
    let mut text = String::new();
    let (mut fence, mut hidden, mut comment) = (None, false, false);
    for line in markdown.lines() {
        // A fence may be in a quote.
        let trimmed = line.trim_start_matches(['>', ' ']);
        let mark = trimmed.chars().take_while(|c| *c == '`').count();
        match fence {
            None if mark >= 3 => {
                fence = Some(mark);
                // A fence with a role is no part of the lesson's text.
                hidden = trimmed[mark..].split_whitespace().nth(1).is_some();
                continue;
            }
            Some(open) if mark >= open && trimmed.len() == mark => {
                fence = None;
                hidden = false;
                continue;
            }
            _ => {}
        }
        comment |= fence.is_none() && trimmed.starts_with("<!--");
        if hidden || comment {
            comment &= !line.contains("-->");
            continue;
        }
        let line = match line.rsplit_once(" {") {
            Some((title, _)) if fence.is_none() && line.starts_with('#') => title,
            _ => line,
        };
        text += &if fence.is_some() { line.to_owned() } else { without_targets(line) };
        text.push('\n');
    }
    let words = text.split_whitespace().filter(|word| !word.contains("{{") && !word.contains("}}"));
    words.collect::<Vec<_>>().join(" ")
}

/// A line without the targets of its links and the mark of an alert.
fn without_targets(line: &str) -> String {
    let (mut out, mut rest) = (String::new(), line);
    while let Some(at) = rest.find("](") {
        out += &rest[..at];
        out.push(' ');
        rest = rest[at..].split_once(')').map_or("", |(_, rest)| rest);
    }
    out += rest;
    if out.trim_start().starts_with("> [!") { String::new() } else { out }
}

/// Every way in which blocks are shown shows every word of the source.
fn check_whole(name: &str, markdown: &str, blocks: &[Block]) {
    let wanted = counted(&written(markdown));
    assert!(!wanted.is_empty(), "{name} has no words");
    let joined = |lines: Vec<distlab::app::flow::Line>| {
        lines.iter().map(distlab::app::flow::Line::text).collect::<Vec<_>>().join("\n")
    };
    let shown = [
        ("as text", lesson::text_of(blocks)),
        ("printed", joined(lay_to_print(blocks, 100))),
        ("read aloud", joined(lay_for_speech(blocks, 78))),
        // Wide enough that no word has to be broken; that breaking loses no letter is asked below.
        ("drawn", joined(lay(blocks, 400))),
    ];
    for (how, text) in shown {
        let found = counted(&text);
        for (word, count) in &wanted {
            let there = found.get(word).copied().unwrap_or_default();
            assert!(there >= *count, "{name} {how} has {word:?} {there} of {count} times:\n{text}");
        }
    }
    let letters = |text: &str| {
        let mut letters: Vec<char> = text.chars().filter(|c| c.is_alphanumeric()).collect();
        letters.sort_unstable();
        letters
    };
    for width in [20, 43, 80] {
        let narrow = letters(&joined(lay(blocks, width)));
        let all = letters(&written(markdown));
        let mut rest = narrow.iter();
        let missing = all.iter().find(|letter| !rest.any(|shown| shown == *letter));
        assert_eq!(missing, None, "{name} drawn {width} wide loses letters");
    }
}

#[test]
fn no_way_to_show_a_page_loses_a_word_of_it() {
    let notes = Notes::load();
    for (id, ..) in notes.list() {
        let page = notes.page(id).expect("listed");
        let markdown = notes.markdown(id).expect("listed");
        check_whole(id, markdown, &page.blocks);
        let sections: String = notes.sections_of(id).iter().map(|s| s.text.as_str()).collect();
        let headings: String =
            notes.sections_of(id).iter().map(|s| s.heading.clone() + " ").collect();
        let found = counted(&format!("{} {headings} {sections}", page.title));
        for word in counted(&written(markdown)).into_keys() {
            assert!(found.contains_key(&word), "the index of {id} lacks {word:?}");
        }
    }
}

#[test]
fn no_way_to_show_a_lesson_loses_a_word_of_it() {
    let learner = Learner { name: "ada".into(), seed: 7 };
    let catalog = Catalog::load(None);
    assert!(catalog.entries().len() > 9);
    for entry in catalog.entries() {
        let lab =
            catalog.open(&entry.id, &learner).unwrap_or_else(|p| panic!("{}: {p:?}", entry.id));
        let heading = |level: u8, text: &str| Block::Heading {
            level,
            text: vec![distlab::course::Span { text: text.to_owned(), ..Default::default() }],
        };
        let mut blocks = vec![heading(1, &lab.title)];
        blocks.extend(lab.intro.iter().cloned());
        for step in &lab.steps {
            blocks.push(heading(2, &step.title));
            blocks.extend(step.blocks.iter().cloned());
        }
        let file = lab_file(&entry.id);
        let body = file.splitn(3, "+++").nth(2).expect("front matter");
        check_whole(&entry.id, body, &blocks);
    }
}

/// The source of a lab that comes with the program.
fn lab_file(id: &str) -> String {
    let labs = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("labs");
    let folders = |of: &std::path::Path| {
        let all = std::fs::read_dir(of).into_iter().flatten().filter_map(Result::ok);
        all.map(|entry| entry.path()).filter(|path| path.is_dir()).collect::<Vec<_>>()
    };
    let found = folders(&labs).iter().flat_map(|track| folders(track)).find(|folder| {
        folder
            .file_name()
            .and_then(|n| n.to_str())
            .is_some_and(|n| n.split_once('-').is_some_and(|(_, n)| n == id))
    });
    std::fs::read_to_string(found.expect("a folder").join("lab.md")).expect("a lab")
}

#[test]
fn no_construct_of_markdown_loses_a_word() {
    let cases = [
        "1. 403.\n2. Two.\n3. 3. Then.",
        "1. 404. Not *found*.\n\n   More.\n2. 7) seven",
        "- 5. five\n- six",
        "403. At the margin.",
        "7. seven\n8. eight\n\n   - deep\n     1. deeper\n",
        "-\n- two\n-",
        "Fill in <bucket> and <your-name>.",
        "<node> stands first.\n",
        "<node>\n\nalone.",
        "a < b and c > d, <b>bold</b>",
        "| a | b |\n|---|---|",
        "| a | b |\n|---|---|\n| `x` | one \\| two |\n| three | |",
        "# One\n\n## Two\n\n### Three *four* `five`\n\nSetext\n------\n",
        "![the picture](x.png) and [a link](https://example.org) and <https://example.com>",
        "hard  \nbreak\\\nagain<br>and again",
        "> a\n>\n> 1. one\n> 2. two\n>\n> ```sh\n> ls -l\n> ```",
        "- [ ] open\n- [x] done",
        "~~gone~~ [^1] **bold _both_**\n",
        "    indented code\n\n\ttab\n",
        "a_b_c *d*e &amp; &#65; x",
    ];
    for markdown in cases {
        // Entities stand for letters, and tags for none.
        let plain = markdown.replace("&amp;", "&").replace("&#65;", "A").replace("<br>", " ");
        let plain = plain.replace("<b>", "").replace("</b>", "").replace("~~~", "");
        check_whole(markdown, &plain, &lesson::parse(markdown));
    }
    let deep = format!("{}inmost", "> - ".repeat(200));
    assert!(lesson::text_of(&lesson::parse(&deep)).contains("inmost"));
}

#[test]
fn the_printed_page_has_its_numbers_headings_and_answers() {
    let home = Home::new();
    let page = home.expect(0, &["notes", "cloud/s3"]).out;
    for line in
        ["# S3: objects, policies, versions", "## Answers", "1. 403.", "4. A delete marker."]
    {
        assert!(page.lines().any(|l| l == line), "{line:?} is no line of:\n{page}");
    }
    assert!(page.contains("(notes:cloud/iam#how-a-request-is-decided)"), "{page}");
}

#[test]
fn a_link_or_a_hit_leads_to_its_section() {
    let home = Home::new();
    let section = home.expect(0, &["notes", "cloud/s3#versions"]).out;
    assert!(section.starts_with("## Versions\n"), "{section}");
    assert!(
        !section.contains("## Delete") && section.contains("distlab notes cloud/s3"),
        "{section}"
    );
    assert_eq!(home.expect(0, &["notes", "notes:cloud/s3#versions"]).out, section);
    let json = home.json(&["notes", "cloud/s3#versions", "--json"]);
    assert_eq!(
        (json["anchor"].as_str(), json["id"].as_str()),
        (Some("versions"), Some("cloud/s3"))
    );
    let wrong = home.expect(1, &["notes", "cloud/s3#verions"]);
    assert!(wrong.err.contains("did you mean versions?"), "{wrong:#?}");
    let hits = home.expect(0, &["notes", "delete marker"]).out;
    assert!(hits.starts_with("cloud/s3#delete  "), "{hits}");
}

/// What people type, and what has to be the first hit.
const QUERIES: &[(&str, &str)] = &[
    // The page that is about the word.
    ("hdfs", "bigdata/hdfs"),
    ("HDFS", "bigdata/hdfs"),
    ("hadoop", "bigdata/hadoop"),
    ("s3", "cloud/s3"),
    ("kubernetes", "containers/kubernetes"),
    ("swarm", "containers/swarm"),
    ("compose", "containers/compose"),
    ("docker compose", "containers/compose"),
    ("spark", "bigdata/spark"),
    ("hive", "bigdata/hive"),
    ("yarn", "bigdata/yarn"),
    ("iam", "cloud/iam"),
    ("ec2", "cloud/ec2"),
    ("images", "containers/images"),
    ("why docker", "containers/why-docker"),
    // Other names.
    ("k8s", "containers/kubernetes"),
    ("kubectl", "containers/kubernetes"),
    ("heart beat", "ideas/distributed-systems#heartbeats-and-dead-nodes"),
    ("heartbeats", "ideas/distributed-systems#heartbeats-and-dead-nodes"),
    ("split brain", "ideas/distributed-systems#split-brain"),
    ("split-brain", "ideas/distributed-systems#split-brain"),
    ("dead node", "bigdata/hdfs#silence"),
    ("what happens when a node dies", "bigdata/hdfs#silence"),
    ("make bucket private", "cloud/s3#make-a-bucket-private-again"),
    ("how do I make my bucket private?", "cloud/s3#make-a-bucket-private-again"),
    ("public bucket", "cloud/s3#two-ways-to-open"),
    ("presigned", "cloud/s3#a-link-that-expires-presigned-urls"),
    ("pre-signed URL", "cloud/s3#a-link-that-expires-presigned-urls"),
    ("temporary link", "cloud/s3#a-link-that-expires-presigned-urls"),
    ("OOM", "containers/containers-vs-vms#when-memory-runs-out-oom"),
    ("out of memory", "containers/containers-vs-vms#when-memory-runs-out-oom"),
    ("exit code 137", "containers/containers-vs-vms#when-memory-runs-out-oom"),
    ("CAP theorem", "ideas/distributed-systems#the-cap-theorem"),
    ("cap", "ideas/distributed-systems#the-cap-theorem"),
    ("quorum", "ideas/distributed-systems#quorum-the-majority-decides"),
    ("raft", "ideas/distributed-systems#consensus-and-leader-election"),
    ("leader election", "ideas/distributed-systems#consensus-and-leader-election"),
    ("eventual consistency", "ideas/distributed-systems#replication-and-consistency"),
    ("idempotent", "ideas/distributed-systems#retries-timeouts-and-idempotency"),
    ("sharding", "ideas/distributed-systems#sharding-parts-instead-of-copies"),
    ("horizontal scaling", "ideas/distributed-systems#scaling-up-and-scaling-out"),
    ("name node", "bigdata/hdfs#one-knows-many-store"),
    ("namenode", "bigdata/hdfs#one-knows-many-store"),
    ("secondary namenode", "bigdata/hdfs#two-namenodes-high-availability"),
    ("safemode", "bigdata/hdfs#safe-mode"),
    ("replication factor", "ideas/distributed-systems#replication-and-consistency"),
    ("rack awareness", "bigdata/hdfs#copies-and-where"),
    ("block size", "bigdata/hdfs#blocks"),
    ("small files", "bigdata/hdfs#traps"),
    ("word count", "bigdata/mapreduce"),
    ("map reduce", "bigdata/mapreduce"),
    ("delete marker", "cloud/s3#delete"),
    ("undelete", "cloud/s3#versions"),
    ("access denied", "cloud/s3#default-no"),
    ("403", "cloud/s3#default-no"),
    ("assume role", "cloud/iam#roles-or-why-no-program-has-your-keys"),
    ("least privilege", "cloud/iam#least-privilege-as-a-method"),
    ("firewall", "cloud/ec2#security-groups"),
    ("ssh key", "cloud/ec2#the-key"),
    ("load balancer", "cloud/load-balancers#load-balancers-one-address-many-machines"),
    ("502", "cloud/load-balancers#statuses-that-no-program-of-yours-sent"),
    ("VM", "containers/containers-vs-vms"),
    ("container vs VM", "containers/containers-vs-vms"),
    ("docker hub", "containers/tweet-app#push"),
    ("port mapping", "containers/networking-bridge#publishing-a-port"),
    ("vxlan", "containers/networking-overlay#what-travels-on-the-wire"),
    ("dns", "cloud/names#dns-and-route-53-a-name-before-the-address"),
    ("entrypoint", "containers/images#cmd-and-entrypoint"),
    ("layers", "containers/images#layers"),
    ("rolling update", "containers/kubernetes#a-new-version-and-back"),
    ("drain", "containers/swarm#taking-a-machine-away"),
    ("file disappeared", "containers/first-containers#every-run-is-a-new-container"),
    ("shell in container", "containers/docker-intro#a-second-process-in-a-running-container"),
    ("serverless", "bigdata/stream-lambda#code-without-a-machine"),
    ("kafka", "bigdata/stream-kinesis"),
    ("roc curve", "bigdata/banking-ml#auc-the-quality-without-a-threshold"),
    ("data warehouse", "bigdata/redshift"),
    ("nosql", "bigdata/hbase"),
    // Mistyped.
    ("kuberntes", "containers/kubernetes"),
    ("kubernets", "containers/kubernetes"),
    ("heartbaet", "ideas/distributed-systems#heartbeats-and-dead-nodes"),
    ("replicaton", "ideas/distributed-systems#replication-and-consistency"),
    ("qourum", "ideas/distributed-systems#quorum-the-majority-decides"),
    ("presinged url", "cloud/s3#a-link-that-expires-presigned-urls"),
    ("mapredcue", "bigdata/mapreduce"),
    ("namenoed", "bigdata/hdfs#one-knows-many-store"),
    ("securty group", "cloud/ec2#security-groups"),
    ("loadbalancer", "cloud/load-balancers#load-balancers-one-address-many-machines"),
    ("versoning", "cloud/s3#versions"),
    ("dockerfle", "containers/images#two-ways-to-make-one"),
];

#[test]
fn what_people_type_finds_what_it_is_about() {
    let home = Home::new();
    let mut wrong = Vec::new();
    for (query, want) in QUERIES {
        let ran = home.run(&["notes", "--json", query]);
        let hits = if ran.code == 0 { ran.json() } else { serde_json::Value::Null };
        let (page, anchor) = want.split_once('#').unwrap_or((want, ""));
        let first = &hits[0];
        let is_page = anchor.is_empty() && first["heading"] == "";
        if first["page"] != page || !(is_page || first["anchor"] == anchor) {
            wrong.push(format!("{query}: {}#{}, not {want}", first["page"], first["anchor"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn who_mistypes_is_told_what_was_searched_for() {
    let home = Home::new();
    let mended = home.expect(0, &["notes", "kuberntes"]).out;
    assert!(
        mended.starts_with("No page holds \"kuberntes\". Did you mean \"kubernetes\"?"),
        "{mended}"
    );
    for right in ["kubernetes", "heart beat", "namenode", "contai"] {
        let out = home.expect(0, &["notes", right]).out;
        assert!(!out.contains("Did you mean"), "{right}: {out}");
    }
    home.expect(1, &["notes", "qwertzuiop"]);
}

#[test]
fn the_glossary_knows_a_word_under_all_its_names() {
    let home = Home::new();
    let all = home.json(&["glossary", "--json"]);
    let terms = all.as_array().expect("a list");
    assert!(terms.len() > 100);
    let notes = Notes::load();
    let mut owners: BTreeMap<String, String> = BTreeMap::new();
    for term in terms {
        let name = term["name"].as_str().expect("a name");
        let text = term["text"].as_str().expect("a text");
        assert!(text.ends_with('.') || text.ends_with(".)"), "{name}: {text}");
        let also = term["also"].as_array().into_iter().flatten().filter_map(|a| a.as_str());
        for called in also.chain([name]) {
            let found = notes.term(called).unwrap_or_else(|| panic!("{called:?} is not found"));
            assert_eq!(found.name, name, "{called:?}");
            let other = owners.insert(called.to_lowercase(), name.to_owned());
            assert_eq!(other, None, "{called:?} stands twice");
        }
        for place in term["see"].as_array().into_iter().flatten().filter_map(|s| s.as_str()) {
            let (page, anchor) = place.split_once('#').unwrap_or((place, ""));
            let page = notes.page(page).unwrap_or_else(|| panic!("{name}: no page {place}"));
            assert!(anchor.is_empty() || page.section(anchor).is_some(), "{name}: no {place}");
        }
    }
    let told = home.expect(0, &["glossary", "split", "brain"]).out;
    assert!(told.starts_with("## Split brain\n") && told.contains("(notes:ideas/"), "{told}");
    let near = home.expect(0, &["glossary", "qourum"]).out;
    assert!(near.starts_with("## Quorum\n"), "{near}");
    home.expect(1, &["glossary", "qwertzuiop"]);
    let page = home.expect(0, &["notes", "glossary"]).out;
    assert!(page.contains("## Quorum") && page.contains("## YARN"), "{page}");
}
