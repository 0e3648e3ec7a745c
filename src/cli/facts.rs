//! What is to be known of each verb beside its words: what it prints as JSON, which variables and
//! files it goes by, how it ends, and examples. `--help` and the manual pages are made of this table.

/// What is to be known of a verb.
pub(super) struct Facts {
    pub verb: &'static str,
    /// The shape of what `--json` prints; empty where the verb has no such option.
    pub json: &'static str,
    /// Names in [`VARIABLES`] that matter beside those of every verb.
    pub variables: &'static [&'static str],
    /// Names in [`FILES`].
    pub files: &'static [&'static str],
    /// What exit codes mean here where that is more than in [`EXITS`].
    pub exits: &'static [(u8, &'static str)],
    /// A command line and what it does.
    pub examples: &'static [(&'static str, &'static str)],
}

const PLAIN: Facts =
    Facts { verb: "", json: "", variables: &[], files: &[], exits: &[], examples: &[] };

/// How every verb ends.
pub(super) const EXITS: &[(u8, &str)] = &[
    (0, "done, or the answer is yes"),
    (1, "the answer is no (a check fails, nothing was found), or it did not work"),
    (2, "the words were not understood, or the configuration file is not sound"),
    (3, "a Docker Engine is needed and does not answer"),
];

/// How a lab is named, wherever one is.
pub(super) const LAB: &str = "The lab: its name or the beginning of it, its title, its number in distlab labs, or its \
                              folder. In a lab's own shell it may be left out where a lab is optional";

/// The variables of every verb.
pub(super) const ALWAYS: &[&str] =
    &["DISTLAB_HOME", "DISTLAB_LABS", "DISTLAB_COURSE", "DISTLAB_CONFIG"];

/// What the environment says.
pub(super) const VARIABLES: &[(&str, &str)] = &[
    ("DISTLAB_HOME", "the profile's folder; --home wins over it"),
    (
        "DISTLAB_LABS",
        "a folder of labs beside, or in place of, the built-in ones; --labs wins over it",
    ),
    ("DISTLAB_COURSE", "the file of a course, in place of the built-in one; --course wins over it"),
    ("DISTLAB_CONFIG", "the configuration file, in place of $XDG_CONFIG_HOME/distlab/config.toml"),
    ("DISTLAB_LAB", "the lab that is meant where none is named; set in a lab's own shell"),
    ("DISTLAB_LEARNER", "the word for the learner in names, when a profile is made"),
    ("DISTLAB_SHELL", "the shell to work in, in place of bash"),
    ("VISUAL", "the editor for your notes"),
    ("EDITOR", "the editor for your notes, where VISUAL names none"),
    ("DISTLAB_ENGINE", "the learner's own Docker Engine, where DOCKER_HOST means another"),
    (
        "DISTLAB_REQUIRE_DOCKER",
        "when set, labs that need an engine are not skipped where there is none",
    ),
    ("DOCKER_HOST", "where the Docker Engine listens"),
    ("NO_COLOR", "when set and not empty, no colours are used"),
    ("SHELL", "the shell to work in, where it is bash and no other was chosen"),
    ("TERM", "dumb, or nothing, leads to line mode"),
];

/// The files that verbs read and write. `HOME` stands for the profile's folder.
pub(super) const FILES: &[(&str, &str)] = &[
    ("HOME/distlab.db", "journals of all labs, progress, the index of the notes"),
    ("HOME/blobs/", "bodies of objects, by their digest"),
    ("HOME/labs/LAB/work/", "the folder in which a lab's shell works"),
    ("HOME/labs/LAB/notes/", "your own notes, a file for each step"),
    ("HOME/labs/LAB/before-reset/", "what stood in the place of files that a reset put back"),
    ("HOME/bin/", "links by which the lab's shell finds the lab's commands"),
    ("HOME/teacher.pk8", "the key that signs class files: keep it"),
    ("$XDG_CONFIG_HOME/distlab/config.toml", "settings: see distlab-config(1)"),
];

const DATABASE: &str = "HOME/distlab.db";
const WORK: &str = "HOME/labs/LAB/work/";
const ASIDE: &str = "HOME/labs/LAB/before-reset/";
const NOTES: &str = "HOME/labs/LAB/notes/";
const BLOBS: &str = "HOME/blobs/";
const BIN: &str = "HOME/bin/";
const CONFIG: &str = "$XDG_CONFIG_HOME/distlab/config.toml";

const STEPS_JSON: &str = "[{id, title, points, verdict, cards: [{message, expected, got, command, …}], held: […], asks: \
     [{question, choices, given, right, …}], hints_shown, hints}], a step each";

/// Every verb that help shows, by name.
pub(super) const FACTS: &[Facts] = &[
    Facts {
        verb: "allow",
        json: "{lab, allowed, runs}: whether it may run, and what it would run as text",
        variables: &["DISTLAB_LAB"],
        files: &[DATABASE],
        exits: &[(1, "the question was not answered with yes; with --json: not allowed yet")],
        examples: &[("distlab --labs labs allow my-lab", "see what it runs, and allow it")],
    },
    Facts {
        verb: "answer",
        variables: &["DISTLAB_LAB"],
        files: &[DATABASE],
        exits: &[(1, "the answer is not right")],
        examples: &[
            ("distlab answer s3 denied 403", "answer the first open question of the step denied"),
            ("distlab answer denied 403", "the same in the lab's own shell"),
        ],
        ..PLAIN
    },
    Facts {
        verb: "check",
        json: STEPS_JSON,
        variables: &["DISTLAB_LAB", "DOCKER_HOST"],
        files: &[DATABASE, WORK],
        exits: &[
            (1, "a step that was asked for does not hold"),
            (3, "a step cannot be checked without an engine"),
        ],
        examples: &[("distlab check s3 --step acl", "check one step")],
    },
    Facts {
        verb: "class",
        json: "of show: {id, teacher, terms: {name, labs, late, roster, …}} as the class file says it",
        files: &["HOME/teacher.pk8"],
        examples: &[
            ("distlab class new Systems --lab s3=20@2026-12-01", "open a class with one lab"),
            ("distlab class show Systems.class", "what a class file says"),
        ],
        ..PLAIN
    },
    Facts {
        verb: "clean",
        json: "{services, secrets, configs, containers, networks, volumes, images, failed}: names; {left_swarm, \
               stays: [sentence]}",
        variables: &["DOCKER_HOST", "DISTLAB_ENGINE"],
        exits: &[(1, "something could not be removed; it is named")],
        examples: &[
            ("distlab clean docker-intro", "only what this lab left"),
            ("distlab clean --yes", "what all labs left, without a question"),
        ],
        ..PLAIN
    },
    Facts {
        verb: "completions",
        examples: &[
            ("source <(distlab completions bash)", "in ~/.bashrc"),
            ("source <(distlab completions zsh)", "in ~/.zshrc, behind compinit"),
            ("distlab completions fish | source", "in ~/.config/fish/config.fish"),
        ],
        ..PLAIN
    },
    Facts {
        verb: "config",
        json: "{file, problems, settings: [{name, value, from, about}]}; of check: {file, problems}; of path: {file}",
        variables: &["DISTLAB_LEARNER", "DISTLAB_SHELL", "NO_COLOR"],
        files: &[CONFIG],
        exits: &[(1, "something in the file is wrong; it is told with its line")],
        examples: &[("distlab config check", "read the file and say what is wrong in it")],
    },
    Facts {
        verb: "course",
        json: "{title, rounds: [{title, about, parts: [{topic, title, items: [{kind: lab|page, id, title, \
               minutes, …}]}]}], stopped: {lab, step, title} or null, next: a lab's id or null}",
        files: &[DATABASE],
        exits: &[(2, "the course file is not sound")],
        examples: &[("distlab course --course ours.toml", "another course")],
        ..PLAIN
    },
    Facts {
        verb: "doctor",
        json: "[{what, state: ok|missing|bad, says}], a line each",
        variables: &["DOCKER_HOST", "DISTLAB_ENGINE", "SHELL", "TERM"],
        exits: &[
            (
                1,
                "nothing works before something is mended; of a lab: something in it will not work",
            ),
            (3, "there is no engine; of a lab: and it needs one"),
        ],
        examples: &[("distlab doctor swarm", "what the lab swarm will lack on this machine")],
        ..PLAIN
    },
    Facts {
        verb: "env",
        json: "{NAME: value} of each variable",
        variables: &["DISTLAB_LAB"],
        files: &[BIN],
        examples: &[("eval \"$(distlab env s3)\"", "point this terminal at the lab s3")],
        ..PLAIN
    },
    Facts {
        verb: "exec",
        variables: &["DOCKER_HOST"],
        files: &[DATABASE, BLOBS],
        exits: &[(127, "there is no such command; otherwise the code is the command's own")],
        examples: &[("distlab exec s3 -- aws s3 ls", "one command of the lab, from where you are")],
        ..PLAIN
    },
    Facts {
        verb: "glossary",
        json: "[{name, also, text, see}], or the one that was asked for",
        exits: &[(1, "the glossary does not have the word")],
        examples: &[("distlab glossary \"split brain\"", "what a word means")],
        ..PLAIN
    },
    Facts {
        verb: "grade",
        files: &["HOME/teacher.pk8"],
        exits: &[(1, "a file could not be graded; the others were")],
        examples: &[(
            "distlab grade --class Systems.class --format html --out class.html *.dlab",
            "a page for a class",
        )],
        ..PLAIN
    },
    Facts {
        verb: "hint",
        json: "{step, hint, hints, text}, or null where there is none",
        variables: &["DISTLAB_LAB"],
        files: &[DATABASE],
        exits: &[(1, "the step has no hint")],
        ..PLAIN
    },
    Facts {
        verb: "images",
        json: "[{name, state: here|stand-in|missing, about}]",
        variables: &["DOCKER_HOST", "DISTLAB_ENGINE"],
        examples: &[("distlab images get alpine mysql", "pull them, or build stand-ins")],
        ..PLAIN
    },
    Facts {
        verb: "join",
        files: &[DATABASE],
        examples: &[("distlab join Systems.class", "labs begun from now on belong to the class")],
        ..PLAIN
    },
    Facts {
        verb: "labs",
        json: "[{number, id, title, track, minutes, points, steps, steps_done, needs, after, path}]",
        files: &[DATABASE],
        ..PLAIN
    },
    Facts {
        verb: "lint",
        json: "[{severity: error|warning, path, line, what, remedy}]",
        exits: &[(1, "there is an error")],
        examples: &[("distlab lint labs", "every lab below a folder")],
        ..PLAIN
    },
    Facts {
        verb: "log",
        json: "{learner, labs: [{lab, title, first, last, active_s, points, points_earned, resets, steps: […]}]}",
        files: &[DATABASE, NOTES],
        exits: &[(1, "there is nothing to tell yet")],
        examples: &[("distlab log --output log.md", "everything, as one report")],
        ..PLAIN
    },
    Facts {
        verb: "man",
        examples: &[
            ("distlab man check | man -l -", "read the page of a verb"),
            ("distlab man --dir ~/.local/share/man/man1", "install all pages"),
        ],
        ..PLAIN
    },
    Facts {
        verb: "me",
        json: "{name, number, mail}, or null while nobody said it",
        files: &[DATABASE],
        exits: &[(1, "a lab was begun under another name")],
        examples: &[("distlab me --name \"Ada Lovelace\" --number 17", "say who you are")],
        ..PLAIN
    },
    Facts {
        verb: "new",
        files: &[DATABASE],
        examples: &[("distlab new my-lab --track cloud", "begin labs/cloud/01-my-lab")],
        ..PLAIN
    },
    Facts {
        verb: "nodes",
        variables: &["DISTLAB_LAB", "DOCKER_HOST"],
        examples: &[
            ("distlab nodes kill dn3 --lab hdfs-internals", "pull a plug"),
            ("distlab nodes ls --json --lab swarm", "the machines as JSON"),
        ],
        ..PLAIN
    },
    Facts {
        verb: "note",
        json: "{lab, step, text}",
        variables: &["DISTLAB_LAB", "VISUAL", "EDITOR"],
        files: &[NOTES],
        exits: &[(1, "nothing is written there yet")],
        examples: &[
            ("distlab note s3 denied \"403, not 404\"", "add a line to the notes on a step"),
            ("distlab note s3 denied --edit", "write in your editor"),
        ],
    },
    Facts {
        verb: "notes",
        json: "pages: [{id, title, track}]; one: {id, title, track, text}; hits: [{page, anchor, title, heading, snippet}]",
        files: &[DATABASE],
        exits: &[(1, "no page holds the words")],
        examples: &[
            ("distlab notes replication", "search"),
            ("distlab notes containers/images", "read a page"),
        ],
        ..PLAIN
    },
    Facts {
        verb: "open",
        variables: &[
            "DISTLAB_LEARNER",
            "DISTLAB_SHELL",
            "DOCKER_HOST",
            "NO_COLOR",
            "SHELL",
            "TERM",
        ],
        files: &[DATABASE, BLOBS, WORK, CONFIG],
        examples: &[
            ("distlab open s3 --plain", "without the screen"),
            ("distlab open ./labs/cloud/01-my-lab", "a lab in a folder"),
        ],
        ..PLAIN
    },
    Facts { verb: "repair", variables: &["DISTLAB_LAB"], files: &[DATABASE], ..PLAIN },
    Facts {
        verb: "reset",
        variables: &["DISTLAB_LAB"],
        files: &[DATABASE, WORK, ASIDE],
        exits: &[
            (1, "the question was not answered with yes: nothing was changed"),
            (2, "nobody can be asked and --yes was not given: nothing was changed"),
        ],
        examples: &[("distlab reset s3 --step acl --yes", "take one step back without a question")],
        ..PLAIN
    },
    Facts {
        verb: "serve",
        json: "{endpoint, region, account, access_key_id, secret_access_key, registry, registry_user, \
               registry_password}, printed once it listens",
        files: &[DATABASE, BLOBS, CONFIG],
        examples: &[("distlab serve --port 0 --no-auth --json", "for a test suite")],
        ..PLAIN
    },
    Facts {
        verb: "shell",
        variables: &["DISTLAB_SHELL", "DOCKER_HOST", "SHELL"],
        files: &[WORK, BIN],
        exits: &[(127, "there is no such command; otherwise the code is the shell's own")],
        examples: &[("distlab shell s3 -- ls", "one command in the lab's folder")],
        ..PLAIN
    },
    Facts {
        verb: "status",
        json: STEPS_JSON,
        variables: &["DISTLAB_LAB"],
        files: &[DATABASE],
        ..PLAIN
    },
    Facts {
        verb: "submit",
        variables: &["DISTLAB_LAB"],
        files: &[DATABASE, BLOBS],
        examples: &[("distlab submit s3 --out work.dlab", "write the file for your teacher")],
        ..PLAIN
    },
    Facts {
        verb: "test",
        json: "[{lab, steps, assertions, misses: [{step, place, what}]}]",
        variables: &["DISTLAB_REQUIRE_DOCKER", "DOCKER_HOST"],
        exits: &[(1, "a lab is not proved"), (3, "a lab that was named needs an engine")],
        examples: &[("distlab --labs labs test my-lab", "prove one lab")],
        ..PLAIN
    },
    Facts {
        verb: "time",
        json: "{lab, now, unix_ms}",
        variables: &["DISTLAB_LAB"],
        files: &[DATABASE],
        examples: &[("distlab time +11m --lab hdfs-internals", "move lab time on")],
        ..PLAIN
    },
    Facts {
        verb: "undo",
        variables: &["DISTLAB_LAB"],
        files: &[DATABASE],
        exits: &[(1, "there is nothing to take back")],
        ..PLAIN
    },
];

/// The facts of a verb.
pub(super) fn of(verb: &str) -> Option<&'static Facts> {
    FACTS.iter().find(|facts| facts.verb == verb)
}

impl Facts {
    /// How the verb ends, by code: what is said here counts more than what holds for all.
    pub(super) fn exits(&self) -> Vec<(u8, &'static str)> {
        let own = |code: u8| self.exits.iter().find(|(own, _)| *own == code);
        let mut all: Vec<_> = EXITS.iter().map(|exit| *own(exit.0).unwrap_or(exit)).collect();
        all.extend(self.exits.iter().filter(|(code, _)| !EXITS.iter().any(|(c, _)| c == code)));
        all
    }

    /// The variables that the verb goes by, with what they say.
    pub(super) fn variables(&self) -> impl Iterator<Item = &'static (&'static str, &'static str)> {
        VARIABLES.iter().filter(|(name, _)| ALWAYS.contains(name) || self.variables.contains(name))
    }

    /// What `--help` says below the options.
    pub(super) fn after_help(&self) -> String {
        let mut parts = Vec::new();
        if !self.examples.is_empty() {
            let lines = self.examples.iter().map(|(line, what)| format!("  {line}\n      {what}"));
            parts.push(format!("Examples:\n{}", lines.collect::<Vec<_>>().join("\n")));
        }
        if !self.json.is_empty() {
            parts.push(format!("JSON: {}", self.json));
        }
        let exits = self.exits().into_iter().map(|(code, what)| format!("  {code}  {what}"));
        parts.push(format!("Exit codes:\n{}", exits.collect::<Vec<_>>().join("\n")));
        parts.join("\n\n")
    }
}
