//! The subcommands of `aws s3` with their options, as one table for parsing and help.

use super::Parsed;
use crate::Host;
use crate::aws::argv::{self, Opt, Takes};
use crate::aws::fail::Failure;
use crate::aws::help::Page;

/// A subcommand.
pub(super) struct Spec {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    pub(super) usage: &'static str,
    /// The names of its positional arguments.
    positions: &'static [&'static str],
    /// How many of them must be given.
    required: usize,
    options: &'static [&'static [Flag]],
}

/// An option: name, values, choices, help.
type Flag = (&'static str, Takes, &'static [&'static str], &'static str);

const BOTH: &str = "<LocalPath> <S3Uri> or <S3Uri> <LocalPath> or <S3Uri> <S3Uri>";

/// The canned ACLs.
const ACLS: &[&str] = &[
    "private",
    "public-read",
    "public-read-write",
    "authenticated-read",
    "aws-exec-read",
    "bucket-owner-read",
    "bucket-owner-full-control",
    "log-delivery-write",
];

const CLASSES: &[&str] = &[
    "STANDARD",
    "REDUCED_REDUNDANCY",
    "STANDARD_IA",
    "ONEZONE_IA",
    "INTELLIGENT_TIERING",
    "GLACIER",
    "DEEP_ARCHIVE",
    "GLACIER_IR",
];

/// Options of everything that walks over objects.
const WALK: &[Flag] = &[
    (
        "--dryrun",
        Takes::Nothing,
        &[],
        "Displays the operations that would be performed without running them.",
    ),
    ("--quiet", Takes::Nothing, &[], "Does not display the operations performed."),
    (
        "--include",
        Takes::One,
        &[],
        "Don't exclude files or objects that match the pattern. Filters that come later win.",
    ),
    ("--exclude", Takes::One, &[], "Exclude all files or objects that match the pattern."),
    ("--only-show-errors", Takes::Nothing, &[], "Only errors and warnings are displayed."),
    (
        "--page-size",
        Takes::One,
        &[],
        "The number of results to return in each response to a list operation.",
    ),
    (
        "--request-payer",
        Takes::Maybe,
        &[],
        "Confirms that the requester knows that they will be charged.",
    ),
];

/// Options of what transfers.
const TRANSFER: &[Flag] = &[
    ("--acl", Takes::One, ACLS, "Sets the ACL for the object when the command is performed."),
    (
        "--follow-symlinks",
        Takes::Nothing,
        &[],
        "Symbolic links are followed when uploading; this is the default.",
    ),
    ("--no-follow-symlinks", Takes::Nothing, &[], "Symbolic links are not followed."),
    (
        "--no-guess-mime-type",
        Takes::Nothing,
        &[],
        "Do not try to guess the mime type of uploaded files.",
    ),
    ("--sse", Takes::Maybe, &["AES256", "aws:kms"], "Server-side encryption of the object."),
    ("--sse-kms-key-id", Takes::One, &[], "The key for server-side encryption."),
    ("--storage-class", Takes::One, CLASSES, "The type of storage to use for the object."),
    (
        "--grants",
        Takes::Many,
        &[],
        "Grant specific permissions: Permission=Grantee_Type=Grantee_ID, where Permission is read, readacl, writeacl or full.",
    ),
    (
        "--website-redirect",
        Takes::One,
        &[],
        "Where a website request for this object is redirected.",
    ),
    ("--content-type", Takes::One, &[], "An explicit content type; it overrides the guessed one."),
    ("--cache-control", Takes::One, &[], "Caching behaviour along the request and reply chain."),
    ("--content-disposition", Takes::One, &[], "Presentational information for the object."),
    (
        "--content-encoding",
        Takes::One,
        &[],
        "What content encodings have been applied to the object.",
    ),
    ("--content-language", Takes::One, &[], "The language the content is in."),
    ("--expires", Takes::One, &[], "When the object is no longer cacheable."),
    ("--source-region", Takes::One, &[], "Accepted and ignored."),
    ("--no-progress", Takes::Nothing, &[], "File transfer progress is not displayed."),
    ("--ignore-glacier-warnings", Takes::Nothing, &[], "Accepted and ignored."),
    ("--force-glacier-transfer", Takes::Nothing, &[], "Accepted and ignored."),
    ("--checksum-mode", Takes::One, &["ENABLED"], "To retrieve the checksum."),
    (
        "--checksum-algorithm",
        Takes::One,
        &["CRC64NVME", "CRC32", "SHA256", "SHA1", "CRC32C"],
        "The algorithm of the object's checksum.",
    ),
    (
        "--metadata",
        Takes::One,
        &[],
        "A map of metadata to store with the objects: KeyName1=string,KeyName2=string.",
    ),
    (
        "--metadata-directive",
        Takes::One,
        &["COPY", "REPLACE"],
        "Whether a copy keeps the metadata of its source.",
    ),
    (
        "--copy-props",
        Takes::One,
        &["none", "metadata-directive", "default"],
        "Which properties of the source a copy keeps.",
    ),
];

const RECURSIVE: &[Flag] = &[(
    "--recursive",
    Takes::Nothing,
    &[],
    "The command is performed on all files or objects under the directory or prefix.",
)];

const STREAM: &[Flag] =
    &[("--expected-size", Takes::One, &[], "The expected size of a stream in bytes.")];

const SYNC: &[Flag] = &[
    (
        "--delete",
        Takes::Nothing,
        &[],
        "Files that exist in the destination but not in the source are deleted.",
    ),
    ("--size-only", Takes::Nothing, &[], "Makes the size the only criterion for copying."),
    (
        "--exact-timestamps",
        Takes::Nothing,
        &[],
        "When syncing from S3 to local, same-sized items are ignored only when the times match exactly.",
    ),
];

/// Every subcommand, in the order of the real client.
pub(super) static COMMANDS: &[Spec] = &[
    Spec {
        name: "ls",
        about: "List S3 objects and common prefixes under a prefix or all S3 buckets.",
        usage: "<S3Uri> or NONE",
        positions: &["paths"],
        required: 0,
        options: &[
            RECURSIVE,
            &[
                ("--page-size", Takes::One, &[], "The number of results in each response."),
                (
                    "--human-readable",
                    Takes::Nothing,
                    &[],
                    "Displays file sizes in human readable format.",
                ),
                ("--summarize", Takes::Nothing, &[], "Displays number of objects and total size."),
                ("--request-payer", Takes::Maybe, &[], "Accepted and ignored."),
                (
                    "--bucket-name-prefix",
                    Takes::One,
                    &[],
                    "Limits the buckets to those that begin with it.",
                ),
                ("--bucket-region", Takes::One, &[], "Limits the buckets to those in this region."),
            ],
        ],
    },
    Spec {
        name: "website",
        about: "Set the website configuration for a bucket. Not simulated in this lab.",
        usage: "<S3Uri>",
        positions: &["paths"],
        required: 1,
        options: &[&[
            ("--index-document", Takes::One, &[], "The page for a request of a directory."),
            ("--error-document", Takes::One, &[], "The page for an error."),
        ]],
    },
    Spec {
        name: "cp",
        about: "Copies a local file or S3 object to another location locally or in S3.",
        usage: BOTH,
        positions: &["paths", "paths"],
        required: 2,
        options: &[WALK, TRANSFER, STREAM, RECURSIVE],
    },
    Spec {
        name: "mv",
        about: "Moves a local file or S3 object to another location locally or in S3.",
        usage: BOTH,
        positions: &["paths", "paths"],
        required: 2,
        options: &[WALK, TRANSFER, RECURSIVE],
    },
    Spec {
        name: "rm",
        about: "Deletes an S3 object.",
        usage: "<S3Uri>",
        positions: &["paths"],
        required: 1,
        options: &[WALK, RECURSIVE],
    },
    Spec {
        name: "sync",
        about: "Syncs directories and S3 prefixes. Recursively copies new and updated files from \
                the source directory to the destination. Only creates folders in the destination \
                if they contain one or more files.",
        usage: BOTH,
        positions: &["paths", "paths"],
        required: 2,
        options: &[WALK, TRANSFER, SYNC],
    },
    Spec {
        name: "mb",
        about: "Creates an S3 bucket.",
        usage: "<S3Uri>",
        positions: &["path"],
        required: 1,
        options: &[&[("--tags", Takes::Two, &[], "A tag for the bucket: key and value.")]],
    },
    Spec {
        name: "rb",
        about: "Deletes an empty S3 bucket. A bucket must be completely empty of objects and \
                versioned objects before it can be deleted.",
        usage: "<S3Uri>",
        positions: &["path"],
        required: 1,
        options: &[&[(
            "--force",
            Takes::Nothing,
            &[],
            "Deletes all objects in the bucket first. Versions are not deleted by this.",
        )]],
    },
    Spec {
        name: "presign",
        about: "Generate a pre-signed URL for an Amazon S3 object. This allows anyone who receives \
                the pre-signed URL to retrieve the S3 object with an HTTP GET request.",
        usage: "<S3Uri>",
        positions: &["path"],
        required: 1,
        options: &[&[(
            "--expires-in",
            Takes::One,
            &[],
            "Number of seconds until the pre-signed URL expires. Default is 3600 seconds.",
        )]],
    },
];

/// The subcommand of that name.
pub(super) fn find(name: &str) -> Option<&'static Spec> {
    COMMANDS.iter().find(|spec| spec.name == name)
}

impl Spec {
    fn flags(&self) -> impl Iterator<Item = &'static Flag> {
        self.options.iter().copied().flatten()
    }

    /// Reads the arguments behind the subcommand.
    pub(super) fn parse(&self, args: &[String]) -> Result<Parsed, Failure> {
        let table: Vec<Opt> = self
            .flags()
            .map(|(name, takes, choices, _)| Opt { name: (*name).into(), takes: *takes, choices })
            .collect();
        let parsed = argv::parse(args, &table, self.positions.len())?;
        if parsed.positional.len() < self.required {
            return Err(Failure::Usage(format!(
                "the following arguments are required: {}",
                self.positions[0]
            )));
        }
        if !parsed.rest.is_empty() {
            return Err(Failure::Invalid(format!("Unknown options: {}", parsed.rest.join(","))));
        }
        Ok(parsed)
    }

    /// `aws s3 cp help`
    pub(super) fn help(&self, host: &mut Host<'_>) -> Result<u8, Failure> {
        let mut page = Page::new(host);
        page.section("NAME");
        page.raw(1, &format!("{} -", self.name));
        page.section("DESCRIPTION");
        page.paragraph(1, self.about);
        page.section("SYNOPSIS");
        page.raw(2, &format!("{}\n{}", self.name, self.usage));
        for (name, takes, ..) in self.flags() {
            let value = if *takes == Takes::Nothing { "" } else { " <value>" };
            page.raw(2, &format!("[{name}{value}]"));
        }
        page.section("OPTIONS");
        page.option(&format!("{} (string)", self.positions[0]), self.usage);
        for (name, takes, choices, text) in self.flags() {
            let kind = if *takes == Takes::Nothing { "boolean" } else { "string" };
            page.option(&format!("{name} ({kind})"), text);
            for choice in *choices {
                page.raw(2, &format!("o {choice}"));
            }
        }
        page.print(host)
    }
}

/// `aws s3 help`
pub(super) fn overview(host: &mut Host<'_>) -> Result<u8, Failure> {
    let mut page = Page::new(host);
    page.section("NAME");
    page.raw(1, "s3 -");
    page.section("DESCRIPTION");
    page.paragraph(
        1,
        "Treats buckets and objects like folders and files. An S3Uri is s3://bucket/key; a local path is \
         relative to the current folder. A key that ends with a slash is a prefix.",
    );
    page.section("SYNOPSIS");
    page.raw(2, "aws s3 <Command> [<Arg> ...]");
    page.section("AVAILABLE COMMANDS");
    for spec in COMMANDS {
        page.option(spec.name, spec.about);
    }
    page.print(host)
}
