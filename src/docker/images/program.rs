//! An image of one program of this machine: what it is linked with, a shell for it, and files beside
//! it. No registry is between it and the engines that are to have it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::archive::{Archive, Start};
use super::recipe;
use super::send;
use crate::{Engine, EngineError, LABEL};

/// What a file beside the program holds.
#[derive(Clone, Debug)]
pub enum Content {
    Text(Vec<u8>),
    /// What this file of the machine holds when the image is made.
    Copy(PathBuf),
}

/// A program as an image.
#[derive(Clone, Debug)]
pub struct Program {
    /// What the image is called, with its tag.
    pub name: String,
    /// Where the program is on this machine; it stands at `/program` in the image.
    pub program: PathBuf,
    /// What it is called with.
    pub words: &'static [&'static str],
    /// Files by their path in the image, without the leading slash.
    pub files: BTreeMap<String, Content>,
    /// The value of [`LABEL`], by which clean-up finds it.
    pub label: &'static str,
}

/// Where the program is in its image.
pub const PROGRAM: &str = "/program";

impl Program {
    /// Makes the image on this engine.
    ///
    /// # Errors
    /// When a file cannot be read, and when the engine refuses.
    pub async fn load(&self, engine: &Engine) -> Result<(), EngineError> {
        let start = Start { entrypoint: &[PROGRAM], command: self.words, ..Start::default() };
        let mut image = Archive::new(start, "a program of this machine");
        image.label(LABEL, self.label);
        recipe::host_program(&mut image, &self.program, PROGRAM.trim_start_matches('/'));
        let shell = recipe::find("sh").ok_or_else(|| EngineError::Ingredient {
            name: self.name.clone(),
            missing: "sh".into(),
            package: "dash".into(),
        })?;
        recipe::host_program(&mut image, &shell, "bin/sh");
        image.folder("tmp", 0o1777);
        for (path, content) in &self.files {
            match content {
                Content::Text(text) => image.file(path, 0o644, text.clone()),
                Content::Copy(from) => image.host(path, from),
            }
        }
        let name = self.name.clone();
        send(engine, move |out| image.write(&name, out)).await
    }
}
