//! One connection: who logs in, and the channels that are opened.

use std::collections::BTreeMap;
use std::sync::Arc;

use russh::keys::PublicKey;
use russh::server::{Auth, ChannelOpenHandle, Msg, PublicKeyOffer, Session, VerifiedPublicKey};
use russh::{Channel, ChannelId, MethodKind, MethodSet, Pty};
use tokio::sync::mpsc::UnboundedSender;

use super::channel::{self, Begin, Said};
use gateway::Gateway;
use hosts::ops::find::{CheckKey, CheckKeyOutput};
use hosts::ops::session::Size;
use sim::api::Shaped as _;
use sim::{Caller, Principal};

/// One connection.
pub(super) struct Handler {
    gateway: Arc<dyn Gateway>,
    instance: String,
    /// Who has logged in.
    user: String,
    channels: BTreeMap<u32, Open>,
}

/// A channel.
#[derive(Default)]
struct Open {
    terminal: Option<Size>,
    /// Where what is said in it goes, once something runs.
    said: Option<UnboundedSender<Said>>,
}

impl Handler {
    pub(super) fn new(gateway: Arc<dyn Gateway>, instance: String) -> Self {
        Self { gateway, instance, user: String::new(), channels: BTreeMap::new() }
    }

    /// Whether a key opens a user's door.
    async fn opens(&self, user: &str, key: &PublicKey) -> bool {
        let Ok(key) = key.to_bytes() else { return false };
        let input = CheckKey { instance: self.instance.clone(), user: user.to_owned(), key };
        let asked =
            self.gateway.ask(Caller::from(Principal::Lab), &CheckKey::DEF, input.into_value());
        let answer = asked.await.ok().and_then(|value| CheckKeyOutput::from_value(value).ok());
        answer.is_some_and(|answer| answer.opens)
    }

    fn verdict(opens: bool) -> Auth {
        if opens {
            return Auth::Accept;
        }
        Auth::Reject {
            proceed_with_methods: Some(MethodSet::from([MethodKind::PublicKey].as_slice())),
            partial_success: false,
        }
    }

    /// Lets something run in a channel.
    fn begin(
        &mut self,
        id: ChannelId,
        command: Option<String>,
        files: bool,
        session: &mut Session,
    ) -> Result<(), russh::Error> {
        let Some(open) = self.channels.get_mut(&u32::from(id)) else {
            return session.channel_failure(id);
        };
        if open.said.is_some() {
            return session.channel_failure(id);
        }
        let begin = Begin {
            gateway: Arc::clone(&self.gateway),
            instance: self.instance.clone(),
            user: self.user.clone(),
            command,
            terminal: open.terminal.clone(),
            files,
        };
        open.said = Some(channel::start(begin, id, session.handle()));
        session.channel_success(id)
    }

    fn say(&self, id: ChannelId, said: Said) {
        let to = self.channels.get(&u32::from(id)).and_then(|open| open.said.as_ref());
        if let Some(to) = to {
            // Whoever has ended hears nothing any more.
            let _ = to.send(said);
        }
    }
}

impl russh::server::Handler for Handler {
    type Error = russh::Error;

    async fn auth_publickey_offered(
        &mut self,
        user: &str,
        offer: PublicKeyOffer<'_>,
    ) -> Result<Auth, Self::Error> {
        Ok(Self::verdict(self.opens(user, offer.public_key).await))
    }

    async fn auth_publickey(
        &mut self,
        user: &str,
        key: VerifiedPublicKey<'_>,
    ) -> Result<Auth, Self::Error> {
        let opens = self.opens(user, key.public_key).await;
        if opens {
            user.clone_into(&mut self.user);
        }
        Ok(Self::verdict(opens))
    }

    async fn channel_open_session(
        &mut self,
        channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), Self::Error> {
        self.channels.insert(channel.id().into(), Open::default());
        reply.accept().await;
        Ok(())
    }

    async fn pty_request(
        &mut self,
        id: ChannelId,
        _: &str,
        columns: u32,
        rows: u32,
        _: u32,
        _: u32,
        _: &[(Pty, u32)],
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        if let Some(open) = self.channels.get_mut(&u32::from(id)) {
            open.terminal = Some(Size { columns, rows });
        }
        session.channel_success(id)
    }

    async fn shell_request(
        &mut self,
        id: ChannelId,
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        self.begin(id, None, false, session)
    }

    async fn exec_request(
        &mut self,
        id: ChannelId,
        data: &[u8],
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        let command = String::from_utf8_lossy(data).into_owned();
        self.begin(id, Some(command), false, session)
    }

    async fn subsystem_request(
        &mut self,
        id: ChannelId,
        name: &str,
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        if name == "sftp" {
            return self.begin(id, None, true, session);
        }
        session.channel_failure(id)
    }

    async fn window_change_request(
        &mut self,
        id: ChannelId,
        columns: u32,
        rows: u32,
        _: u32,
        _: u32,
        _: &mut Session,
    ) -> Result<(), Self::Error> {
        self.say(id, Said::Resized(Size { columns, rows }));
        Ok(())
    }

    async fn data(
        &mut self,
        id: ChannelId,
        data: &[u8],
        _: &mut Session,
    ) -> Result<(), Self::Error> {
        self.say(id, Said::Bytes(data.to_vec()));
        Ok(())
    }

    async fn channel_eof(&mut self, id: ChannelId, _: &mut Session) -> Result<(), Self::Error> {
        self.say(id, Said::End);
        Ok(())
    }

    async fn channel_close(&mut self, id: ChannelId, _: &mut Session) -> Result<(), Self::Error> {
        self.channels.remove(&u32::from(id));
        Ok(())
    }
}
