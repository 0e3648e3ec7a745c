//! Containers: what can be done to them, and the streams into and out of them.

use std::collections::BTreeMap;

use bollard::models::{
    ContainerCreateBody, ContainerCreateResponse, ContainerSummary, ContainerTopResponse,
    FilesystemChange,
};
use bollard::query_parameters as query;
use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::Method;
use hyper::body::Incoming;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, ReadHalf, WriteHalf};

use super::http::{self, Body, Call, Channel, Frames};
use super::{Engine, EngineError};

/// The connection to a container's (or a command's) streams. The engine closes it when the process ends.
pub struct Attached {
    pub output: Output,
    /// Standard input; shutting it down closes it in the container.
    pub input: WriteHalf<TokioIo<Upgraded>>,
}

/// What a process prints.
pub struct Output {
    source: Source,
    frames: Frames,
}

enum Source {
    Taken(ReadHalf<TokioIo<Upgraded>>),
    Body(Incoming),
}

impl Output {
    /// The body of an answer; `tty` says whether it is a terminal's.
    pub(super) fn of(response: hyper::Response<Incoming>, tty: bool) -> Self {
        Self { source: Source::Body(response.into_body()), frames: Frames::new(tty) }
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// When the engine goes away.
    pub async fn next(&mut self) -> Result<Option<(Channel, Bytes)>, EngineError> {
        let broken = |e: &dyn std::fmt::Display| EngineError::Broken(e.to_string());
        loop {
            if let Some(piece) = self.frames.next()? {
                return Ok(Some(piece));
            }
            match &mut self.source {
                Source::Taken(reader) => {
                    let mut buffer = vec![0; 16 << 10];
                    let count = reader.read(&mut buffer).await.map_err(|e| broken(&e))?;
                    if count == 0 {
                        return Ok(None);
                    }
                    self.frames.push(&buffer[..count]);
                }
                Source::Body(body) => match body.frame().await {
                    None => return Ok(None),
                    Some(frame) => {
                        if let Ok(data) = frame.map_err(|e| broken(&e))?.into_data() {
                            self.frames.push(&data);
                        }
                    }
                },
            }
        }
    }
}

/// A wait that the engine has already accepted; so it sees even a container that ends at once.
pub struct Waiter(hyper::Response<Incoming>);

impl Waiter {
    /// The exit code, once there is one.
    ///
    /// # Errors
    /// When the engine goes away, or its own reason why there is no code.
    pub async fn code(self) -> Result<i64, EngineError> {
        let body = http::read(self.0).await?;
        let answer: Value =
            serde_json::from_slice(&body).map_err(|e| EngineError::Broken(e.to_string()))?;
        if let Some(message) = answer.pointer("/Error/Message").and_then(Value::as_str) {
            return Err(EngineError::Refused { status: 500, message: message.to_owned() });
        }
        answer
            .get("StatusCode")
            .and_then(Value::as_i64)
            .ok_or_else(|| EngineError::Broken("a wait without a status code".into()))
    }
}

/// A command to run in a container.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the API by that name")]
pub struct ExecSpec {
    pub command: Vec<String>,
    pub stdin: bool,
    pub tty: bool,
    pub detach: bool,
    pub env: Vec<String>,
    pub user: Option<String>,
    pub workdir: Option<String>,
    pub privileged: bool,
    pub detach_keys: Option<String>,
}

impl Engine {
    /// Containers, newest first. Filters are the API's own.
    ///
    /// # Errors
    /// The engine's refusal, or that it cannot be reached; so for all calls of this type.
    pub async fn containers(
        &self,
        all: bool,
        limit: Option<i32>,
        size: bool,
        filters: &BTreeMap<String, Vec<String>>,
    ) -> Result<Vec<ContainerSummary>, EngineError> {
        let filters = super::engine::filters(filters);
        let options = query::ListContainersOptions { all, limit, size, filters };
        self.docker.list_containers(Some(options)).await.map_err(|e| self.explain(e))
    }

    /// A container with every field that the engine sends.
    pub async fn inspect(&self, name: &str) -> Result<Value, EngineError> {
        self.get_json(&format!("/containers/{}/json", Self::escape(name))).await
    }

    /// Makes a container; it is not started.
    pub async fn create(
        &self,
        name: Option<&str>,
        platform: Option<&str>,
        body: ContainerCreateBody,
    ) -> Result<ContainerCreateResponse, EngineError> {
        let options = query::CreateContainerOptions {
            name: name.map(str::to_owned),
            platform: platform.unwrap_or_default().to_owned(),
        };
        self.docker.create_container(Some(options), body).await.map_err(|e| self.explain(e))
    }

    pub async fn start(&self, name: &str) -> Result<(), EngineError> {
        let options = None::<query::StartContainerOptions>;
        self.docker.start_container(&Self::escape(name), options).await.map_err(|e| self.explain(e))
    }

    /// Asks it to end, and kills it after `seconds` (the container's own grace period without).
    pub async fn stop(
        &self,
        name: &str,
        signal: Option<&str>,
        seconds: Option<i32>,
    ) -> Result<(), EngineError> {
        let options = query::StopContainerOptions { signal: signal.map(str::to_owned), t: seconds };
        let done = self.docker.stop_container(&Self::escape(name), Some(options)).await;
        done.map_err(|e| self.explain(e))
    }

    pub async fn restart(
        &self,
        name: &str,
        signal: Option<&str>,
        seconds: Option<i32>,
    ) -> Result<(), EngineError> {
        let options =
            query::RestartContainerOptions { signal: signal.map(str::to_owned), t: seconds };
        let done = self.docker.restart_container(&Self::escape(name), Some(options)).await;
        done.map_err(|e| self.explain(e))
    }

    /// Sends a signal (`KILL`, `SIGUSR1`, `9`).
    pub async fn kill(&self, name: &str, signal: &str) -> Result<(), EngineError> {
        let options = query::KillContainerOptions { signal: signal.to_owned() };
        let done = self.docker.kill_container(&Self::escape(name), Some(options)).await;
        done.map_err(|e| self.explain(e))
    }

    pub async fn pause(&self, name: &str) -> Result<(), EngineError> {
        self.docker.pause_container(&Self::escape(name)).await.map_err(|e| self.explain(e))
    }

    pub async fn unpause(&self, name: &str) -> Result<(), EngineError> {
        self.docker.unpause_container(&Self::escape(name)).await.map_err(|e| self.explain(e))
    }

    pub async fn remove(
        &self,
        name: &str,
        force: bool,
        volumes: bool,
        link: bool,
    ) -> Result<(), EngineError> {
        let options = query::RemoveContainerOptions { v: volumes, force, link };
        let done = self.docker.remove_container(&Self::escape(name), Some(options)).await;
        done.map_err(|e| self.explain(e))
    }

    pub async fn rename(&self, name: &str, new: &str) -> Result<(), EngineError> {
        let options = query::RenameContainerOptions { name: new.to_owned() };
        let done = self.docker.rename_container(&Self::escape(name), options).await;
        done.map_err(|e| self.explain(e))
    }

    /// Its processes, by the arguments of the host's `ps`.
    pub async fn top(&self, name: &str, ps: &str) -> Result<ContainerTopResponse, EngineError> {
        let options = (!ps.is_empty()).then(|| query::TopOptions { ps_args: ps.to_owned() });
        self.docker.top_processes(&Self::escape(name), options).await.map_err(|e| self.explain(e))
    }

    /// What differs between its file system and its image's.
    pub async fn diff(&self, name: &str) -> Result<Vec<FilesystemChange>, EngineError> {
        let found = self.docker.container_changes(&Self::escape(name)).await;
        found.map(Option::unwrap_or_default).map_err(|e| self.explain(e))
    }

    /// Rows and columns of its terminal.
    pub async fn resize(&self, name: &str, rows: u16, columns: u16) -> Result<(), EngineError> {
        let options = query::ResizeContainerTTYOptions { h: rows.into(), w: columns.into() };
        let done = self.docker.resize_container_tty(&Self::escape(name), options).await;
        done.map_err(|e| self.explain(e))
    }

    /// Starts to wait; `condition` is `not-running`, `next-exit` or `removed`.
    pub async fn wait(&self, name: &str, condition: &str) -> Result<Waiter, EngineError> {
        let path = format!("/containers/{}/wait?condition={condition}", Self::escape(name));
        Ok(Waiter(self.send(Call::new(Method::POST, &path)).await?))
    }

    /// Takes hold of a container's streams; `tty` says whether it has a terminal.
    pub async fn attach(
        &self,
        name: &str,
        tty: bool,
        stdin: bool,
        outputs: (bool, bool),
        detach_keys: Option<&str>,
    ) -> Result<Attached, EngineError> {
        let flag = |on: bool| u8::from(on);
        let mut path = format!(
            "/containers/{}/attach?stream=1&stdin={}&stdout={}&stderr={}",
            Self::escape(name),
            flag(stdin),
            flag(outputs.0),
            flag(outputs.1)
        );
        if let Some(keys) = detach_keys {
            path.push_str("&detachKeys=");
            path.push_str(&Self::escape(keys));
        }
        self.take(&path, None, tty).await
    }

    /// What it printed; with `follow`, what it will print too. The query is the API's own
    /// (`stdout=1&stderr=1&tail=all`).
    pub async fn logs(&self, name: &str, tty: bool, query: &str) -> Result<Output, EngineError> {
        let path = format!("/containers/{}/logs?{query}", Self::escape(name));
        Ok(Output::of(self.send(Call::new(Method::GET, &path)).await?, tty))
    }

    /// Prepares a command in a running container, and returns its id.
    pub async fn exec_create(&self, name: &str, spec: &ExecSpec) -> Result<String, EngineError> {
        let body = json!({
            "AttachStdin": spec.stdin && !spec.detach,
            "AttachStdout": !spec.detach,
            "AttachStderr": !spec.detach,
            "Tty": spec.tty,
            "Cmd": spec.command,
            "Env": spec.env,
            "User": spec.user.clone().unwrap_or_default(),
            "WorkingDir": spec.workdir.clone().unwrap_or_default(),
            "Privileged": spec.privileged,
            "DetachKeys": spec.detach_keys.clone().unwrap_or_default(),
        });
        let path = format!("/containers/{}/exec", Self::escape(name));
        let answer = self.post_json(&path, Some(&body)).await?;
        answer
            .get("Id")
            .and_then(Value::as_str)
            .map(str::to_owned)
            .ok_or_else(|| EngineError::Broken("an exec without an id".into()))
    }

    /// Starts a prepared command and takes hold of its streams.
    pub async fn exec_attach(&self, exec: &str, tty: bool) -> Result<Attached, EngineError> {
        let body = json!({ "Detach": false, "Tty": tty });
        self.take(&format!("/exec/{exec}/start"), Some(&body), tty).await
    }

    /// Starts a prepared command and leaves it alone.
    pub async fn exec_detached(&self, exec: &str, tty: bool) -> Result<(), EngineError> {
        let body = json!({ "Detach": true, "Tty": tty });
        let path = format!("/exec/{exec}/start");
        self.post_json(&path, Some(&body)).await.map(drop)
    }

    /// The exit code of a command that has ended.
    pub async fn exec_code(&self, exec: &str) -> Result<i64, EngineError> {
        let answer = self.get_json(&format!("/exec/{exec}/json")).await?;
        Ok(answer.get("ExitCode").and_then(Value::as_i64).unwrap_or(0))
    }

    /// Rows and columns of a command's terminal.
    pub async fn exec_resize(
        &self,
        exec: &str,
        rows: u16,
        columns: u16,
    ) -> Result<(), EngineError> {
        let path = format!("/exec/{exec}/resize?h={rows}&w={columns}");
        http::read(self.send(Call::new(Method::POST, &path)).await?).await.map(drop)
    }

    /// Sends a request whose connection becomes the stream.
    async fn take(
        &self,
        path: &str,
        body: Option<&Value>,
        tty: bool,
    ) -> Result<Attached, EngineError> {
        let body = body.map_or(Body::Empty, Body::Json);
        let call = Call { body, upgrade: true, ..Call::new(Method::POST, path) };
        let response = self.send(call).await?;
        let io = hyper::upgrade::on(response).await;
        let io = io.map_err(|e| EngineError::Broken(e.to_string()))?;
        let (reader, input) = tokio::io::split(TokioIo::new(io));
        let output = Output { source: Source::Taken(reader), frames: Frames::new(tty) };
        Ok(Attached { output, input })
    }
}
