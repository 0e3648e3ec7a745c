//! What runs in one channel: it takes what the client says, and shows what comes.

use std::sync::Arc;
use std::time::Duration;

use russh::ChannelId;
use russh::server::Handle;
use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;

use super::editor::{Act, Editor};
use base::Time;
use gateway::{CallError, Gateway};
use hosts::ops::session::{
    CloseSession, Complete, CompleteOutput, Interrupt, LookAtFiles, LookAtFilesOutput, OpenSession,
    OpenSessionOutput, ReadSession, ReadSessionOutput, ResizeTerminal, Size, TransferFiles,
    TransferFilesOutput, TypeInput,
};
use hosts::sftp::only_looks;
use sim::api::{OpDef, Shaped};
use sim::{Caller, Principal};

/// How soon it is looked again for what comes, while something runs.
const SOON: Duration = Duration::from_millis(25);
/// The same while nothing does: the host may be stopped, or the world taken back.
const LATER: Duration = Duration::from_millis(700);
/// How far lab time goes at once where it stands still by itself.
const STEP: Duration = Duration::from_millis(500);
/// The longest packet of SFTP, in bytes (OpenSSH's own bound).
const PACKET_MAX: usize = 256 * 1024;
/// What OpenSSH's extended data of type 1 is: standard error.
const STANDARD_ERROR: u32 = 1;

/// What is to run.
pub(super) struct Begin {
    pub(super) gateway: Arc<dyn Gateway>,
    pub(super) instance: String,
    pub(super) user: String,
    pub(super) command: Option<String>,
    pub(super) terminal: Option<Size>,
    pub(super) files: bool,
}

/// What a client says in a channel.
pub(super) enum Said {
    Bytes(Vec<u8>),
    End,
    Resized(Size),
}

/// Lets something run; where what is said goes.
pub(super) fn start(begin: Begin, id: ChannelId, client: Handle) -> UnboundedSender<Said> {
    let (said, heard) = unbounded_channel();
    tokio::spawn(async move {
        run(begin, id, &client, heard).await;
        let _ = client.close(id).await;
    });
    said
}

/// A session at a host.
struct Talk<'a> {
    gateway: Arc<dyn Gateway>,
    session: u64,
    id: ChannelId,
    client: &'a Handle,
    terminal: bool,
    editor: Editor,
    /// As far as output and errors were shown.
    seen: u64,
    seen_errors: u64,
    /// What stands on the line of the prompt.
    prompt: String,
    /// Lab time at the last look.
    looked: Option<Time>,
}

async fn ask<T: Shaped>(
    gateway: &dyn Gateway,
    op: &'static OpDef,
    input: Value,
) -> Result<T, CallError> {
    let answer = gateway.ask(Caller::from(Principal::Lab), op, input).await?;
    T::from_value(answer).map_err(|_| CallError::Broken(anyhow::anyhow!("an answer of no shape")))
}

async fn run(begin: Begin, id: ChannelId, client: &Handle, heard: UnboundedReceiver<Said>) {
    let terminal = begin.terminal.is_some();
    let input = OpenSession {
        instance: begin.instance,
        user: begin.user,
        command: begin.command,
        terminal: begin.terminal,
        files: begin.files.then_some(true),
    };
    let gateway = begin.gateway;
    let opened =
        ask::<OpenSessionOutput>(gateway.as_ref(), &OpenSession::DEF, input.into_value()).await;
    let Ok(OpenSessionOutput { session }) = opened else { return };
    let talk = Talk {
        gateway: Arc::clone(&gateway),
        session,
        id,
        client,
        terminal,
        editor: Editor::default(),
        seen: 0,
        seen_errors: 0,
        prompt: String::new(),
        looked: None,
    };
    if begin.files {
        talk.files(heard).await;
    } else {
        talk.shell(heard).await;
    }
    let close = CloseSession { session }.into_value();
    let _ = gateway.ask(Caller::from(Principal::Lab), &CloseSession::DEF, close).await;
}

impl Talk<'_> {
    /// A command or a shell, to its end.
    async fn shell(mut self, mut heard: UnboundedReceiver<Said>) {
        loop {
            let Some(pause) = self.show().await else { return };
            match timeout(pause, heard.recv()).await {
                Err(_) => {}
                // The client has closed the channel, or is gone.
                Ok(None) => return,
                Ok(Some(Said::Bytes(bytes))) if self.terminal => {
                    if self.keys(&bytes).await.is_none() {
                        return;
                    }
                }
                Ok(Some(Said::Bytes(mut bytes))) => {
                    let mut ends = false;
                    // What has come meanwhile goes along.
                    while let Ok(more) = heard.try_recv() {
                        match more {
                            Said::Bytes(more) => bytes.extend(more),
                            Said::End => ends = true,
                            Said::Resized(_) => {}
                        }
                    }
                    self.type_in(bytes, ends).await;
                }
                Ok(Some(Said::End)) => {
                    if !self.terminal {
                        self.type_in(Vec::new(), true).await;
                    }
                }
                Ok(Some(Said::Resized(terminal))) => {
                    let input = ResizeTerminal { session: self.session, terminal }.into_value();
                    self.tell(&ResizeTerminal::DEF, input).await;
                }
            }
        }
    }

    /// Shows what has come; how long to wait for more, and nothing at the end.
    async fn show(&mut self) -> Option<Duration> {
        loop {
            let input = ReadSession {
                session: self.session,
                from: self.seen,
                from_errors: self.seen_errors,
            };
            let read = ask::<ReadSessionOutput>(
                self.gateway.as_ref(),
                &ReadSession::DEF,
                input.into_value(),
            );
            let shown = read.await.ok()?;
            let came = !shown.output.is_empty() || !shown.errors.is_empty();
            self.seen += shown.output.len() as u64;
            self.seen_errors += shown.errors.len() as u64;
            self.put(&shown).await?;
            self.editor.at_prompt = shown.prompted;
            if let Some(status) = shown.status {
                let status = u32::try_from(status).unwrap_or(255);
                let _ = self.client.eof(self.id).await;
                let _ = self.client.exit_status_request(self.id, status).await;
                return None;
            }
            if !came {
                if !shown.idle {
                    self.wait();
                }
                return Some(if shown.idle { LATER } else { SOON });
            }
        }
    }

    /// Lets lab time run while something is waited for, where no clock does that.
    fn wait(&mut self) {
        let now = self.gateway.now().ok();
        if now.is_some() && now == self.looked {
            let _ = self.gateway.advance(STEP);
        }
        self.looked = now;
    }

    async fn put(&mut self, shown: &ReadSessionOutput) -> Option<()> {
        if !shown.output.is_empty() {
            let bytes = if self.terminal {
                let text = String::from_utf8_lossy(&shown.output);
                text.rsplit('\n').next().unwrap_or_default().clone_into(&mut self.prompt);
                returned(&shown.output)
            } else {
                shown.output.clone()
            };
            self.client.data(self.id, bytes).await.ok()?;
        }
        if !shown.errors.is_empty() {
            let errors = shown.errors.clone();
            self.client.extended_data(self.id, STANDARD_ERROR, errors).await.ok()?;
        }
        Some(())
    }

    /// Keys at a terminal; nothing when the connection is gone.
    async fn keys(&mut self, bytes: &[u8]) -> Option<()> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let (shown, act, behind) = self.editor.take(rest);
            rest = behind;
            if !shown.is_empty() {
                self.client.data(self.id, shown.into_bytes()).await.ok()?;
            }
            match act {
                None => {}
                Some(Act::Line(line)) => {
                    self.type_in(line.into_bytes(), false).await;
                    self.show().await?;
                }
                Some(Act::End) => {
                    if self.editor.at_prompt {
                        self.client.data(self.id, b"\r\n".to_vec()).await.ok()?;
                    }
                    self.type_in(Vec::new(), true).await;
                    self.show().await?;
                }
                Some(Act::Interrupt) => {
                    let input = Interrupt { session: self.session }.into_value();
                    self.tell(&Interrupt::DEF, input).await;
                    self.show().await?;
                }
                Some(Act::Complete(line)) => self.complete(line).await?,
            }
        }
        Some(())
    }

    /// What the tabulator does: as much as is certain, and the choice where there is one.
    async fn complete(&mut self, line: String) -> Option<()> {
        let start = line.rfind([' ', '\t', ';', '|', '&', '<', '>', '(']).map_or(0, |at| at + 1);
        let word = line[start..].to_owned();
        let input = Complete { session: self.session, line }.into_value();
        let found = ask::<CompleteOutput>(self.gateway.as_ref(), &Complete::DEF, input).await;
        let words = found.map(|found| found.words).unwrap_or_default();
        let mut shown = String::new();
        let common = common(&words);
        match words.as_slice() {
            [] => shown.push('\x07'),
            [one] => {
                let end = if one.ends_with('/') { "" } else { " " };
                let behind = one.strip_prefix(word.as_str()).unwrap_or_default();
                self.editor.insert(&format!("{behind}{end}"), &mut shown);
            }
            _ if common.len() > word.len() => {
                self.editor.insert(&common[word.len()..], &mut shown);
            }
            many => {
                shown.push_str("\r\n");
                let names: Vec<&str> = many
                    .iter()
                    .map(|name| {
                        let name = name.as_str();
                        let trimmed = name.trim_end_matches('/');
                        trimmed.rfind('/').map_or(name, |at| &name[at + 1..])
                    })
                    .collect();
                shown.push_str(&names.join("  "));
                shown.push_str("\r\n");
                shown.push_str(&self.prompt);
                self.editor.again(&mut shown);
            }
        }
        self.client.data(self.id, shown.into_bytes()).await.ok()
    }

    async fn type_in(&mut self, input: Vec<u8>, ends: bool) {
        let input = TypeInput {
            session: self.session,
            input,
            ends: ends.then_some(true),
            seen: self.seen,
            seen_errors: self.seen_errors,
        };
        self.tell(&TypeInput::DEF, input.into_value()).await;
    }

    /// Asks for something whose refusal the next look tells.
    async fn tell(&self, op: &'static OpDef, input: Value) {
        let _ = self.gateway.ask(Caller::from(Principal::Lab), op, input).await;
    }

    /// Packets of SFTP, to their end.
    async fn files(self, mut heard: UnboundedReceiver<Said>) {
        let mut kept: Vec<u8> = Vec::new();
        while let Some(said) = heard.recv().await {
            match said {
                Said::Bytes(bytes) => kept.extend(bytes),
                Said::End => break,
                Said::Resized(_) => {}
            }
            while let Some(packet) = packet(&mut kept) {
                let Ok(packet) = packet else { return };
                let Some(answer) = self.transfer(packet).await else { return };
                let mut out =
                    u32::try_from(answer.len()).unwrap_or_default().to_be_bytes().to_vec();
                out.extend(answer);
                if self.client.data(self.id, out).await.is_err() {
                    return;
                }
            }
        }
        let _ = self.client.exit_status_request(self.id, 0).await;
    }

    async fn transfer(&self, packet: Vec<u8>) -> Option<Vec<u8>> {
        let (gateway, session) = (self.gateway.as_ref(), self.session);
        if only_looks(&packet) {
            let input = LookAtFiles { session, packet }.into_value();
            let answer = ask::<LookAtFilesOutput>(gateway, &LookAtFiles::DEF, input).await;
            return answer.ok().map(|answer| answer.packet);
        }
        let input = TransferFiles { session, packet }.into_value();
        let answer = ask::<TransferFilesOutput>(gateway, &TransferFiles::DEF, input).await;
        answer.ok().map(|answer| answer.packet)
    }
}

/// The first whole packet of what was said.
fn packet(kept: &mut Vec<u8>) -> Option<Result<Vec<u8>, ()>> {
    let head: [u8; 4] = kept.get(..4)?.try_into().ok()?;
    let len = usize::try_from(u32::from_be_bytes(head)).unwrap_or(usize::MAX);
    if len == 0 || len > PACKET_MAX {
        return Some(Err(()));
    }
    if kept.len() < 4 + len {
        return None;
    }
    let packet = kept[4..4 + len].to_vec();
    kept.drain(..4 + len);
    Some(Ok(packet))
}

/// Lines as a terminal wants them.
fn returned(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + 16);
    for (at, byte) in bytes.iter().enumerate() {
        if *byte == b'\n' && (at == 0 || bytes[at - 1] != b'\r') {
            out.push(b'\r');
        }
        out.push(*byte);
    }
    out
}

/// What all words begin with.
fn common(words: &[String]) -> String {
    let Some(first) = words.first() else { return String::new() };
    let end = first
        .char_indices()
        .map(|(at, c)| at + c.len_utf8())
        .take_while(|end| words.iter().all(|word| word.starts_with(&first[..*end])))
        .last()
        .unwrap_or(0);
    first[..end].to_owned()
}
