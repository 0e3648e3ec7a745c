//! Requests and their answers; and the runtime by hand: the real screen with made-up labs. In a terminal:
//! `cargo test --lib app::runtime::tests::live -- --ignored --nocapture`.

use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::sync::mpsc;

use super::requests::Requests;
use super::{Event, run};
use crate::msg::{Job, Msg, Request, Slot};
use crate::testing::Demo;
use crate::{App, Options, Start};

/// The screen itself stands above this layer; here a word stands for it.
fn draw(app: &App, _: Option<&ratatui::buffer::Buffer>, frame: &mut ratatui::Frame) {
    let text = format!("{:?} {}x{}; F10 ends", app.screen, app.cols, app.rows);
    frame.render_widget(text.as_str(), frame.area());
}

#[test]
#[ignore = "needs a terminal and a person"]
fn live() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let plain = std::env::var_os("DEMO_PLAIN").is_some();
    let color = std::env::var_os("NO_COLOR").is_none();
    let options = Options { color, plain, ..Options::default() };
    run(Arc::new(Demo::default()), Start::Home, options, draw, runtime.handle()).unwrap();
}

/// Asks, and gives the numbers of the jobs that are answered.
fn answered(jobs: &[(Slot, u64, Request)]) -> Vec<u64> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (sender, mut inbox) = mpsc::channel(16);
        let requests = Requests::new(Arc::new(Demo::default()), sender, Handle::current());
        for (slot, number, request) in jobs {
            requests.ask(Job { slot: *slot, number: *number }, request.clone());
        }
        // Every task holds a sender: the inbox ends when the last is through.
        drop(requests);
        let mut numbers = Vec::new();
        while let Some(event) = inbox.recv().await {
            match event {
                Event::Msg(Msg::Reply { job, .. }) | Event::Opened { job, .. } => {
                    numbers.push(job.number);
                }
                Event::Msg(_) | Event::Began { .. } | Event::Edited(_) => {}
            }
        }
        numbers.sort_unstable();
        numbers
    })
}

#[test]
fn each_request_is_answered_once_and_an_overtaken_check_not_at_all() {
    let check = |settle| Request::Check { step: None, settle };
    let jobs = [
        (Slot::Check, 1, check(true)),
        (Slot::Catalog, 2, Request::Catalog { whole: true }),
        (Slot::Open, 3, Request::Open { lab: "s3-versions".into(), allow: None }),
        (Slot::Open, 4, Request::Open { lab: "no-such-lab".into(), allow: None }),
        (Slot::Check, 5, check(true)),
        (Slot::Engine, 6, Request::EngineProblem),
    ];
    assert_eq!(answered(&jobs), [2, 3, 4, 5, 6]);
}
