//! Every lab there is: those embedded in the program, overlaid by those of a folder.
//!
//! Only front matter and headings are read at the start; a lab is read when it is opened. Labs of a
//! folder are read from it each time, so that what an author saves is what opens. What is wrong inside
//! of them is only known when they are read whole: who lists labs to open one has no need of that.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::SystemTime;

use super::front;
use super::lab::{Lab, Learner, Need};
use super::outline::outline;
use super::problem::{Problem, Report};
pub use super::source::Source;
use super::source::{LABS, read_text, slashes, walk};
use super::table;
use base::text::nearest;

/// What is embedded never changes, so it is listed once.
static EMBEDDED: LazyLock<Found> = LazyLock::new(|| {
    let mut found = Found::default();
    for (path, file) in embedded() {
        found.add(&path, &file, None);
    }
    found
});

/// The tracks of the course, in its order; others come behind them by name.
const TRACKS: &[&str] = &["containers", "bigdata", "cloud"];

/// How deep below `--labs DIR` a lab may stand: `DIR/<track>/<nn-id>/lab.md`, and one more.
const DEPTH_MAX: usize = 3;
/// What a list shows of a lab.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    pub id: String,
    pub title: String,
    pub track: String,
    pub minutes: u32,
    /// What all steps are worth.
    pub points: u32,
    /// How many steps there are.
    pub steps: usize,
    /// What each step is worth, by its id.
    pub step_points: BTreeMap<String, u32>,
    /// Id and title of each step, in their order. What the learner's variables put into a title is not
    /// put in here.
    pub step_titles: Vec<(String, String)>,
    pub needs: Vec<Need>,
    pub after: Vec<String>,
    pub continues: Option<String>,
    pub images: Vec<String>,
    /// The file, for messages: `labs/cloud/02-s3/lab.md`.
    pub path: String,
    /// The lab's folder, when it is not embedded.
    pub folder: Option<PathBuf>,
}

/// A lab that cannot be opened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Broken {
    /// Its id, or its path where the id cannot be read.
    pub id_or_path: String,
    pub problems: Vec<Problem>,
}

/// There is no lab of that id.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unknown {
    pub id: String,
    /// The id that was probably meant.
    pub nearest: Option<String>,
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no lab `{}`; ", self.id)?;
        match &self.nearest {
            Some(near) => write!(f, "did you mean `{near}`?"),
            None => f.write_str("`distlab labs` lists them"),
        }
    }
}

impl std::error::Error for Unknown {}

/// All labs.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    entries: Vec<Entry>,
    broken: Vec<Broken>,
    overlay: Option<PathBuf>,
}

impl Catalog {
    /// Lists the embedded labs and those below `overlay`, where a lab takes the place of an embedded
    /// one of the same id. Never fails: what cannot be opened is among [`Catalog::broken`].
    #[must_use]
    pub fn load(overlay: Option<&Path>) -> Self {
        Self::of(overlay, Found::add_whole)
    }

    /// As [`Catalog::load`], by front matter and headings alone, which takes a tenth of the time: a lab
    /// with an error further down is listed as if it could be opened, and says what is wrong when it is.
    #[must_use]
    pub fn list(overlay: Option<&Path>) -> Self {
        Self::of(overlay, Found::add_listed)
    }

    fn of(overlay: Option<&Path>, add: fn(&mut Found, &Path)) -> Self {
        let mut found = EMBEDDED.clone();
        if let Some(root) = overlay {
            let mut folders = Vec::new();
            find_labs(root, 0, &mut folders);
            for folder in &folders {
                add(&mut found, folder);
            }
        }
        let mut entries: Vec<Entry> = found.entries.into_values().collect();
        entries.sort_by_cached_key(|e| {
            (rank(&e.track), e.track.clone(), number(&e.path), e.id.clone())
        });
        Self { entries, broken: found.broken, overlay: overlay.map(Path::to_owned) }
    }

    /// The same labs, read anew.
    #[must_use]
    pub fn reload(&self) -> Self {
        Self::load(self.overlay.as_deref())
    }

    /// Every lab, by track and by the number of its folder.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The labs that cannot be opened.
    #[must_use]
    pub fn broken(&self) -> &[Broken] {
        &self.broken
    }

    /// The tracks that have labs: containers, bigdata, cloud, then others.
    #[must_use]
    pub fn tracks(&self) -> Vec<&str> {
        let mut tracks: Vec<&str> = self.entries.iter().map(|e| e.track.as_str()).collect();
        tracks.dedup();
        tracks
    }

    /// The lab of that id.
    ///
    /// # Errors
    /// When there is none; the error names the nearest id.
    pub fn get(&self, id: &str) -> Result<&Entry, Unknown> {
        self.entries.iter().find(|e| e.id == id).ok_or_else(|| {
            let ids = self.entries.iter().map(|e| e.id.as_str());
            let started = self.entries.iter().filter(|e| !id.is_empty() && e.id.starts_with(id));
            let near = nearest(id, ids).or_else(|| started.map(|e| e.id.as_str()).next());
            Unknown { id: id.to_owned(), nearest: near.map(str::to_owned) }
        })
    }

    /// Reads a lab for one learner.
    ///
    /// # Errors
    /// All that is wrong in its file, or that there is no such lab.
    pub fn open(&self, id: &str, who: &Learner) -> Result<Lab, Vec<Problem>> {
        self.source(id)?.parse(who)
    }

    /// A lab's file and the files given with it, as they are now.
    ///
    /// # Errors
    /// When there is no such lab or it cannot be read.
    pub fn source(&self, id: &str) -> Result<Source, Vec<Problem>> {
        if let Some(broken) = self.broken.iter().find(|b| b.id_or_path == id) {
            return Err(broken.problems.clone());
        }
        let entry = self.get(id).map_err(|unknown| {
            let what = format!("there is no lab `{id}`");
            let remedy = match unknown.nearest {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`distlab labs` lists them".into(),
            };
            vec![Problem { path: "labs".into(), line: 1, column: None, what, remedy }]
        })?;
        let source = match &entry.folder {
            Some(folder) => Source::read(folder).map_err(|p| vec![p])?,
            None => Source::embedded(&entry.path),
        };
        Ok(Source { began: self.began(entry), ..source })
    }

    /// The first of the labs that a lab goes on from, one behind the other.
    fn began(&self, entry: &Entry) -> Option<String> {
        let (mut first, mut before) = (None, entry.continues.as_deref());
        // No further than there are labs: a circle, which lint reports, has no first one.
        for _ in &self.entries {
            let Some(id) = before else { break };
            first = Some(id.to_owned());
            before = self.get(id).ok()?.continues.as_deref();
        }
        first
    }

    /// Whether a lab is one of those in this program, to the letter, wherever it was read from.
    #[must_use]
    pub fn is_embedded(lab: &Lab) -> bool {
        let entry = EMBEDDED.entries.get(&lab.id);
        entry.is_some_and(|entry| Some(Source::embedded(&entry.path).digest()) == lab.digest)
    }

    /// When a lab of the overlay was last saved, be it its text or one of its files. `None` for an
    /// embedded lab: that one does not change.
    #[must_use]
    pub fn modified(&self, id: &str) -> Option<SystemTime> {
        let folder = self.get(id).ok()?.folder.as_ref()?;
        let mut newest = fs::metadata(folder.join("lab.md")).and_then(|m| m.modified()).ok()?;
        for path in walk(&folder.join("files")) {
            if let Ok(time) = fs::metadata(path).and_then(|m| m.modified()) {
                newest = newest.max(time);
            }
        }
        Some(newest)
    }
}

fn rank(track: &str) -> usize {
    TRACKS.iter().position(|t| *t == track).unwrap_or(TRACKS.len())
}

/// The number that the lab's folder begins with.
fn number(path: &str) -> u32 {
    let folder = path.rsplit('/').nth(1).unwrap_or_default();
    folder.split('-').next().and_then(|n| n.parse().ok()).unwrap_or(u32::MAX)
}

/// Labs as they are found.
#[derive(Clone, Default)]
struct Found {
    entries: BTreeMap<String, Entry>,
    broken: Vec<Broken>,
}

impl Found {
    fn add(&mut self, path: &str, text: &str, folder: Option<&Path>) {
        match read_entry(path, text, folder) {
            Ok(entry) => {
                if let Some(other) = self.entries.get(&entry.id)
                    && other.folder.is_some() == entry.folder.is_some()
                {
                    let what = format!("the id `{}` is taken by {}", entry.id, other.path);
                    let mut report = Report::new(path);
                    report.add(1, what, "give each lab an id of its own");
                    self.broken.push(Broken { id_or_path: path.into(), problems: report.finish() });
                    return;
                }
                self.entries.insert(entry.id.clone(), entry);
            }
            Err(broken) => {
                // A broken lab stands in front of the embedded one it overlays.
                self.entries.remove(&broken.id_or_path);
                self.broken.push(broken);
            }
        }
    }

    /// A lab's folder, read whole.
    fn add_whole(&mut self, folder: &Path) {
        match Source::read(folder) {
            Ok(source) => {
                let path = source.path.clone();
                let text = source.text.clone();
                match source.parse(&Learner::default()) {
                    Ok(_) => self.add(&path, &text, Some(folder)),
                    Err(problems) => {
                        let id = read_id(&text).unwrap_or(path);
                        self.entries.remove(&id);
                        self.broken.push(Broken { id_or_path: id, problems });
                    }
                }
            }
            Err(problem) => self.unread(problem),
        }
    }

    /// A lab's folder, by its front matter and headings.
    fn add_listed(&mut self, folder: &Path) {
        let file = folder.join("lab.md");
        match read_text(&file) {
            Ok(text) => self.add(&file.display().to_string(), &text, Some(folder)),
            Err(problem) => self.unread(problem),
        }
    }

    fn unread(&mut self, problem: Problem) {
        let id_or_path = problem.path.clone();
        self.broken.push(Broken { id_or_path, problems: vec![problem] });
    }
}

/// The id that a broken file gives itself.
fn read_id(text: &str) -> Option<String> {
    let mut unheard = Report::new("");
    let text = table::normal(text);
    let parts = front::split(&text, &mut unheard)?;
    front::read(parts.front, &mut unheard).map(|f| f.id).filter(|id| !id.is_empty())
}

fn read_entry(path: &str, text: &str, folder: Option<&Path>) -> Result<Entry, Broken> {
    let mut report = Report::new(path);
    let text = table::normal(text);
    let parts = front::split(&text, &mut report);
    let outline = parts.as_ref().map(|p| outline(p.body)).unwrap_or_default();
    let front = parts.and_then(|p| front::read(p.front, &mut report));
    match front {
        Some(front) if report.is_empty() => Ok(Entry {
            id: front.id,
            title: front.title,
            track: front.track,
            minutes: front.minutes,
            points: outline.points,
            steps: outline.steps,
            step_points: outline.step_points,
            step_titles: outline.step_titles,
            needs: front.needs,
            after: front.after,
            continues: front.continues,
            images: front.images,
            path: path.to_owned(),
            folder: folder.map(Path::to_owned),
        }),
        front => {
            let id = front.map(|f| f.id).filter(|id| !id.is_empty());
            Err(Broken { id_or_path: id.unwrap_or_else(|| path.into()), problems: report.finish() })
        }
    }
}

/// The embedded lab files with their paths, in order.
fn embedded() -> Vec<(String, Cow<'static, str>)> {
    let mut found = Vec::new();
    let mut waiting = vec![&LABS];
    while let Some(dir) = waiting.pop() {
        waiting.extend(dir.dirs());
        for file in dir.files().filter(|f| f.path().ends_with("lab.md")) {
            // What is UTF-8, as all of it should be, is neither copied nor walked letter by letter.
            let lossy = || String::from_utf8_lossy(file.contents());
            let text = file.contents_utf8().map_or_else(lossy, Cow::Borrowed);
            found.push((format!("labs/{}", slashes(file.path())), text));
        }
    }
    found.sort();
    found
}

fn find_labs(dir: &Path, depth: usize, found: &mut Vec<PathBuf>) {
    if dir.join("lab.md").is_file() {
        found.push(dir.to_owned());
        return;
    }
    let Ok(list) = fs::read_dir(dir) else { return };
    let mut inside: Vec<PathBuf> =
        list.flatten().map(|e| e.path()).filter(|p| p.is_dir()).collect();
    inside.sort();
    if depth < DEPTH_MAX {
        for folder in inside {
            find_labs(&folder, depth + 1, found);
        }
    }
}
