//! The runtime by hand: the real screen with made-up labs. In a terminal:
//! `cargo test --lib app::runtime::tests::live -- --ignored --nocapture`.

use std::sync::Arc;

use super::run;
use crate::testing::Demo;
use crate::{App, Options, Start};

/// The screen itself stands above this layer; here a word stands for it.
fn draw(app: &App, frame: &mut ratatui::Frame) {
    let text = format!("{:?} {}x{}; F10 ends", app.screen, app.cols, app.rows);
    frame.render_widget(text.as_str(), frame.area());
}

#[test]
#[ignore = "needs a terminal and a person"]
fn live() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let plain = std::env::var_os("DEMO_PLAIN").is_some();
    let options = Options { color: std::env::var_os("NO_COLOR").is_none(), plain };
    runtime.block_on(run(Arc::new(Demo), Start::Home, options, draw)).unwrap();
}
