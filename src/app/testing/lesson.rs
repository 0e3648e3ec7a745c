//! A made-up lab of three steps, and how they stand.

use super::NOW;
use base::Time;
use course::{Answer, Ask, Block, Expect, Lab, Span, Step};
use session::{AskState, Card, StepState, Verdict};

pub(super) fn plain(text: &str) -> Span {
    Span { text: text.into(), ..Span::default() }
}

fn code(text: &str) -> Span {
    Span { text: text.into(), code: true, ..Span::default() }
}

fn link(text: &str, to: &str) -> Span {
    Span { text: text.into(), link: Some(to.into()), ..Span::default() }
}

pub(super) fn paragraph(text: &str) -> Block {
    Block::Paragraph(vec![plain(text)])
}

fn intro() -> Vec<Block> {
    vec![
        Block::Heading { level: 1, text: vec![plain("Buckets, policies and versions")] },
        Block::Paragraph(vec![
            plain("You overwrite a photo of the Eiffel Tower by mistake. Is the old one gone? "),
            Span { text: "Guess first".into(), bold: true, ..Span::default() },
            plain(", then try it. What a bucket is stands in the "),
            link("notes on object storage", "notes:cloud/object-storage"),
            plain(" and in the "),
            link("S3 user guide", "https://docs.aws.amazon.com/s3/"),
            plain("."),
        ]),
    ]
}

fn versions_blocks() -> Vec<Block> {
    let row = |a: &str, b: &str, c: &str| vec![vec![code(a)], vec![plain(b)], vec![plain(c)]];
    vec![
        paragraph(
            "A bucket forgets the old copy when a key is written again. With versioning it keeps \
             every copy, and a delete only puts a marker on top.",
        ),
        Block::Code {
            lang: "sh".into(),
            text: "aws s3api put-bucket-versioning --bucket notes-ada-x7k2p9 \
                   --versioning-configuration Status=Enabled\naws s3 cp eiffel.jpg \
                   s3://notes-ada-x7k2p9/\n"
                .into(),
        },
        Block::Table {
            header: vec![vec![plain("State")], vec![plain("A write")], vec![plain("A delete")]],
            rows: vec![
                row("(none)", "replaces the object", "removes the object for good"),
                row("Enabled", "adds a version", "adds a delete marker; the versions stay"),
                row("Suspended", "replaces the null version", "adds a marker with the id null"),
            ],
        },
        Block::List {
            first: Some(1),
            items: vec![
                vec![paragraph("Turn versioning on.")],
                vec![Block::Paragraph(vec![
                    plain("Copy the file "),
                    code("eiffel.jpg"),
                    plain(" twice, with another content the second time."),
                ])],
                vec![
                    paragraph("Look at both versions:"),
                    Block::List {
                        first: None,
                        items: vec![vec![paragraph("their ids")], vec![paragraph("their sizes")]],
                    },
                ],
            ],
        },
        Block::Quote(vec![paragraph(
            "日本語のファイル名 works too: keys are UTF-8, up to 1,024 bytes long.",
        )]),
    ]
}

fn expect(run: &str, at: &str, want: &str, or_else: &str) -> Expect {
    Expect {
        run: run.into(),
        at: Some(at.into()),
        matcher: "is".into(),
        want: want.into(),
        or_else: or_else.into(),
        ..Expect::default()
    }
}

fn ask(question: &str, choices: &[&str], right: &str, why: &str) -> Ask {
    Ask {
        question: question.into(),
        choices: choices.iter().map(|c| (*c).to_owned()).collect(),
        answer: Answer::Fixed(vec![right.into()]),
        why: why.into(),
        ..Ask::default()
    }
}

fn three_steps() -> Vec<Step> {
    let step = |id: &str, title: &str, points, blocks| Step {
        id: id.into(),
        title: title.into(),
        points,
        minutes: 5,
        blocks,
        ..Step::default()
    };
    let mut first = step(
        "bucket",
        "Make a bucket",
        1,
        vec![paragraph("A bucket has a name that nobody else in the world has. Make one.")],
    );
    first.expects = vec![expect(
        "aws s3api list-buckets",
        "Buckets[0].Name",
        "notes-ada-x7k2p9",
        "There is no bucket {want}.",
    )];
    let mut second = step("versions", "Keep every version", 2, versions_blocks());
    second.expects = vec![
        expect(
            "aws s3api get-bucket-versioning --bucket notes-ada-x7k2p9",
            "Status",
            "Enabled",
            "Versioning is {got}.",
        ),
        expect(
            "aws s3api list-object-versions --bucket notes-ada-x7k2p9",
            "length(Versions)",
            "2",
            "There are {got} versions.",
        ),
    ];
    second.asks = vec![
        ask(
            "How many versions of eiffel.jpg does the bucket hold now?",
            &[],
            "2",
            "An overwrite adds a version; only the newest answers a plain GET.",
        ),
        ask(
            "What does a delete do now?",
            &["It removes all versions", "It adds a delete marker", "It is refused"],
            "It adds a delete marker",
            "The versions below the marker can still be read by their ids.",
        ),
    ];
    second.hints = vec![
        vec![Block::Paragraph(vec![plain("Look for "), code("put-bucket-versioning"), plain(".")])],
        vec![paragraph("Status=Enabled turns it on.")],
    ];
    let third = step(
        "public",
        "Let everyone read one photo",
        3,
        vec![paragraph(
            "Objects are private until you say otherwise. Open one of them, and only that one.",
        )],
    );
    vec![first, second, third]
}

/// A lab of three steps.
pub fn lab() -> Lab {
    Lab {
        id: "s3-versions".into(),
        title: "Buckets, policies and versions".into(),
        track: "cloud".into(),
        minutes: 45,
        needs: vec![course::Need::Docker],
        after: vec!["ec2-launch".into()],
        continues: None,
        world: course::WorldSpec::default(),
        speed: 1,
        images: Vec::new(),
        vars: std::collections::BTreeMap::new(),
        own: Vec::new(),
        intro: intro(),
        steps: three_steps(),
        files: Vec::new(),
        path: "labs/cloud/02-s3/lab.md".into(),
        digest: None,
        named_doors: None,
    }
}

fn failing() -> Vec<Card> {
    vec![Card {
        message: "Versioning on notes-ada-x7k2p9 is Suspended; this step wants it Enabled.".into(),
        expected: "Enabled".into(),
        observed: "Suspended".into(),
        command: "aws s3api get-bucket-versioning --bucket notes-ada-x7k2p9".into(),
        ..Card::default()
    }]
}

/// How the steps of [`lab`] stand: the first done, the second not yet.
pub fn steps() -> Vec<StepState> {
    lab()
        .steps
        .iter()
        .enumerate()
        .map(|(i, step)| StepState {
            id: step.id.clone(),
            title: step.title.clone(),
            points: step.points,
            verdict: match i {
                0 => Verdict::Passed { at: Time(NOW.0 - 90_000) },
                1 => Verdict::Failing,
                _ => Verdict::Open,
            },
            cards: if i == 1 { failing() } else { Vec::new() },
            asks: step
                .asks
                .iter()
                .map(|a| AskState {
                    question: a.question.clone(),
                    choices: a.choices.clone(),
                    ..AskState::default()
                })
                .collect(),
            hints: step.hints.len(),
            ..StepState::default()
        })
        .collect()
}
