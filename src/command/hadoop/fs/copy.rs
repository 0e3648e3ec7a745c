//! Commands that copy: `-put`, `-get`, `-cp`, `-getmerge`, `-appendToFile`.
//!
//! Bytes stream into the blob store once; the NameNode cuts them into blocks without seeing them.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};

use super::local::{Local, writable};
use super::options::{ANY, Illegal, Options, read};
use super::show::file_only;
use super::{Item, Outcome, Shell, Trouble, trouble};
use crate::hadoop::client::base_name;
use base::{Blob, Slice};
use hadoop::hdfs::ops::write::{Append, AppendOutput, Create, CreateOutput, Mkdirs, MkdirsOutput};

/// Takes `-t N` and `-q N` out: one thread copies as fast as several here.
fn without_threads(args: &[String]) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = args.iter().peekable();
    while let Some(word) = rest.next() {
        let number = rest.peek().is_some_and(|n| n.parse::<u32>().is_ok());
        if (word == "-t" || word == "-q") && number {
            rest.next();
        } else {
            words.push(word.clone());
        }
    }
    words
}

/// Splits the words of a copy from the local machine; one word is copied to the home directory.
fn sources_and_target<'o>(options: &'o Options<'_>) -> (&'o [String], String) {
    match options.rest.split_last() {
        Some((last, sources)) if !sources.is_empty() => (sources, last.clone()),
        _ => (options.rest, ".".into()),
    }
}

/// `-put [-f] [-p] [-l] [-d] <localsrc> ... <dst>` and `-copyFromLocal`
pub(super) fn put(shell: &mut Shell<'_, '_>, args: &[String]) -> Result<(), Illegal> {
    upload(shell, args, false)
}

/// `-moveFromLocal [-f] [-p] [-l] [-d] <localsrc> ... <dst>`
pub(super) fn move_from_local(shell: &mut Shell<'_, '_>, args: &[String]) -> Result<(), Illegal> {
    upload(shell, args, true)
}

fn upload(shell: &mut Shell<'_, '_>, args: &[String], remove: bool) -> Result<(), Illegal> {
    let words = without_threads(args);
    let options = read(&words, 1, ANY, &["f", "p", "l", "d"])?;
    let overwrite = options.has("f");
    if options.has("l") {
        shell.settings.replication = Some(1);
    }
    let (sources, last) = sources_and_target(&options);
    let target = match shell.target(&last, sources.len()) {
        Ok(target) => target,
        Err(trouble) => {
            shell.complain(&trouble);
            return Ok(());
        }
    };
    for given in sources {
        let outcome = if given == "-" {
            shell.put_stdin(&target, overwrite)
        } else {
            let local = shell.local(given);
            shell.put_local(&local, &target, overwrite, remove)
        };
        if let Err(trouble) = outcome {
            shell.complain(&trouble);
        }
    }
    Ok(())
}

impl Shell<'_, '_> {
    fn put_stdin(&mut self, target: &Item, overwrite: bool) -> Outcome {
        if target.is_directory() {
            return trouble(&target.shown, "Is a directory");
        }
        may_write(target, overwrite)?;
        self.parent_exists(target)?;
        let blob = self.host.gateway.blobs().put(&mut self.host.stdin)?;
        self.create(target, blob, overwrite)
    }

    fn put_local(
        &mut self,
        local: &Local,
        target: &Item,
        overwrite: bool,
        remove: bool,
    ) -> Outcome {
        local.must_exist()?;
        let to = self.destination(target, &local.name())?;
        self.put_tree(local, &to, overwrite)?;
        if remove && local.path.is_dir() {
            fs::remove_dir_all(&local.path)?;
        } else if remove {
            fs::remove_file(&local.path)?;
        }
        Ok(())
    }

    fn put_tree(&mut self, local: &Local, to: &Item, overwrite: bool) -> Outcome {
        if !local.path.is_dir() {
            may_write(to, overwrite)?;
            let blob = self.host.gateway.blobs().put(&mut File::open(&local.path)?)?;
            return self.create(to, blob, overwrite);
        }
        let here = self.make_directory(to)?;
        for name in local.names()? {
            let next = self.item_at(&here, &name)?;
            if let Err(trouble) = self.put_tree(&local.child(&name), &next, overwrite) {
                self.complain(&trouble);
            }
        }
        Ok(())
    }

    /// The directory at a path, made when it is not there.
    fn make_directory(&self, to: &Item) -> Result<Item, Trouble> {
        if to.is_directory() {
            return Ok(to.clone());
        }
        if to.status.is_some() {
            return trouble(&to.shown, "Is not a directory");
        }
        let permission = Some(format!("{:o}", 0o777 & !self.settings.umask));
        let input = Mkdirs { path: to.path.clone(), permission };
        self.call::<MkdirsOutput>(&Mkdirs::DEF, &input)?;
        Ok(Item { status: self.client.status(&to.path)?, ..to.clone() })
    }

    fn create(&mut self, to: &Item, body: Blob, overwrite: bool) -> Outcome {
        let input = Create {
            path: to.path.clone(),
            overwrite: Some(overwrite),
            replication: self.settings.replication,
            blocksize: self.settings.block_size,
            permission: Some(format!("{:o}", 0o666 & !self.settings.umask)),
            create_parent: Some(true),
            body: Some(body),
        };
        let output: CreateOutput = self.call(&Create::DEF, &input)?;
        self.warn_excluded(&output.excluded);
        Ok(())
    }

    fn warn_excluded(&mut self, nodes: &[String]) {
        for node in nodes {
            self.warn(&format!("WARN hdfs.DataStreamer: Excluding datanode {node}\n"));
        }
    }

    /// The bytes of a file as one blob. When they are one blob already, nothing is copied.
    fn as_blob(&self, slices: &[Slice]) -> Result<Blob, Trouble> {
        let blobs = self.host.gateway.blobs();
        if let Some(first) = slices.first() {
            let mut end = 0;
            let joined = slices.iter().all(|s| {
                let follows = s.digest == first.digest && s.offset == end;
                end += s.len;
                follows
            });
            let whole = fs::metadata(blobs.path(&first.digest)).is_ok_and(|m| m.len() == end);
            if joined && whole {
                // HDFS looks at digest and length only.
                return Ok(Blob { digest: first.digest, len: end, ..Blob::default() });
            }
        }
        let mut writer = blobs.writer()?;
        self.client.copy_out(slices, &mut writer)?;
        Ok(writer.finish()?)
    }

    fn copy_tree(&mut self, from: &Item, to: &Item, overwrite: bool) -> Outcome {
        if from.is_file() {
            if from.path == to.path {
                return trouble(&to.shown, "are the same file");
            }
            may_write(to, overwrite)?;
            let output = self.open(&from.path, None, None)?;
            let blob = self.as_blob(&output.body.0)?;
            return self.create(to, blob, overwrite);
        }
        let below = to.path == from.path || to.path.starts_with(&format!("{}/", from.path));
        if below {
            let (from, to) = (&from.shown, &to.shown);
            return Err(Trouble::Said(format!("`{from}' to `{to}': is a subdirectory of itself")));
        }
        let here = self.make_directory(to)?;
        for child in self.children(from)? {
            let next = self.item_at(&here, base_name(&child.path))?;
            if let Err(trouble) = self.copy_tree(&child, &next, overwrite) {
                self.complain(&trouble);
            }
        }
        Ok(())
    }

    fn get_tree(&mut self, from: &Item, to: &Local, overwrite: bool) -> Outcome {
        if from.is_file() {
            writable(to, overwrite)?;
            let output = self.open(&from.path, None, None)?;
            let mut file = BufWriter::new(File::create(&to.path)?);
            self.client.copy_out(&output.body.0, &mut file)?;
            file.flush()?;
            return Ok(());
        }
        if !to.path.is_dir() {
            if to.path.exists() {
                return trouble(&to.shown, "Is not a directory");
            }
            fs::create_dir(&to.path)?;
        }
        for child in self.children(from)? {
            let next = to.child(base_name(&child.path));
            if let Err(trouble) = self.get_tree(&child, &next, overwrite) {
                self.complain(&trouble);
            }
        }
        Ok(())
    }
}

fn may_write(to: &Item, overwrite: bool) -> Outcome {
    if to.is_directory() {
        return trouble(&to.shown, "Is a directory");
    }
    if to.status.is_some() && !overwrite {
        return trouble(&to.shown, "File exists");
    }
    Ok(())
}

/// `-cp [-f] [-p | -p[topax]] [-d] <src> ... <dst>`
pub(super) fn cp(shell: &mut Shell<'_, '_>, args: &[String]) -> Result<(), Illegal> {
    let words: Vec<String> = without_threads(args)
        .into_iter()
        // Which attributes are kept does not matter to what the copy holds.
        .filter(|w| !(w.starts_with("-p") && w[2..].chars().all(|c| "topax".contains(c))))
        .collect();
    let options = read(&words, 2, ANY, &["f", "d"])?;
    let overwrite = options.has("f");
    let Some((last, sources)) = options.rest.split_last() else { return Ok(()) };
    let target = match shell.target(last, sources.len()) {
        Ok(target) => target,
        Err(trouble) => {
            shell.complain(&trouble);
            return Ok(());
        }
    };
    shell.each(sources, |shell, item| {
        let to = shell.destination(&target, base_name(&item.path))?;
        shell.copy_tree(item, &to, overwrite)
    })
}

/// `-get [-f] [-p] [-crc] [-ignoreCrc] <src> ... <localdst>` and `-copyToLocal`
pub(super) fn get(shell: &mut Shell<'_, '_>, args: &[String]) -> Result<(), Illegal> {
    let words = without_threads(args);
    let options = read(&words, 1, ANY, &["f", "p", "crc", "ignoreCrc"])?;
    let overwrite = options.has("f");
    let (sources, last) = sources_and_target(&options);
    if last == "-" {
        return shell.each(sources, |shell, item| {
            file_only(item)?;
            let output = shell.open(&item.path, None, None)?;
            shell.client.copy_out(&output.body.0, &mut *shell.host.stdout)?;
            Ok(())
        });
    }
    let target = shell.local(&last);
    if sources.len() > 1 && !target.path.is_dir() {
        let what =
            if target.path.exists() { "Is not a directory" } else { "No such file or directory" };
        shell.complain(&Trouble::Said(format!("`{last}': {what}")));
        return Ok(());
    }
    shell.each(sources, |shell, item| {
        let to = target.receiving(base_name(&item.path))?;
        shell.get_tree(item, &to, overwrite)
    })
}

/// `-getmerge [-nl] [-skip-empty-file] <src> <localdst>`
pub(super) fn getmerge(shell: &mut Shell<'_, '_>, args: &[String]) -> Result<(), Illegal> {
    let options = read(args, 2, ANY, &["nl", "skip-empty-file"])?;
    let (newline, skip) = (options.has("nl"), options.has("skip-empty-file"));
    let Some((last, sources)) = options.rest.split_last() else { return Ok(()) };
    let target = shell.local(last);
    let mut parts: Vec<(u64, Vec<Slice>)> = Vec::new();
    shell.each(sources, |shell, item| {
        let items = if item.is_directory() { shell.children(item)? } else { vec![item.clone()] };
        for item in items.iter().filter(|i| i.is_file()) {
            let len = item.status.as_ref().map_or(0, |s| s.length);
            let output = shell.open(&item.path, None, None)?;
            parts.push((len, output.body.0));
        }
        Ok(())
    })?;
    if shell.exit != 0 {
        return Ok(());
    }
    let outcome = (|| -> Outcome {
        if target.path.is_dir() {
            return trouble(last, "Is a directory");
        }
        let mut file = BufWriter::new(File::create(&target.path)?);
        for (len, slices) in &parts {
            shell.client.copy_out(slices, &mut file)?;
            if newline && !(skip && *len == 0) {
                file.write_all(b"\n")?;
            }
        }
        file.flush()?;
        Ok(())
    })();
    if let Err(trouble) = outcome {
        shell.complain(&trouble);
    }
    Ok(())
}

/// `-appendToFile <localsrc> ... <dst>`
pub(super) fn append(shell: &mut Shell<'_, '_>, args: &[String]) -> Result<(), Illegal> {
    let options = read(args, 2, ANY, &[])?;
    let Some((last, sources)) = options.rest.split_last() else { return Ok(()) };
    if let Err(trouble) = append_all(shell, sources, last) {
        shell.complain(&trouble);
    }
    Ok(())
}

fn append_all(shell: &mut Shell<'_, '_>, sources: &[String], last: &str) -> Outcome {
    let to = shell.item(last)?;
    file_only(&to)?;
    let mut writer = shell.host.gateway.blobs().writer()?;
    for given in sources {
        if given == "-" {
            std::io::copy(&mut shell.host.stdin, &mut writer)?;
        } else {
            let local = shell.local(given);
            local.must_exist()?;
            std::io::copy(&mut File::open(&local.path)?, &mut writer)?;
        }
    }
    let blob = writer.finish()?;
    if to.status.is_none() {
        shell.parent_exists(&to)?;
        return shell.create(&to, blob, false);
    }
    let input = Append { path: to.path.clone(), body: Some(blob) };
    let output: AppendOutput = shell.call(&Append::DEF, &input)?;
    shell.warn_excluded(&output.excluded);
    Ok(())
}
