//! The app's own window, driven from outside.

use crate::stage::Stage;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use process::Owned;
use serde_json::json;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// How long anything may take before a benchmark gives up.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Opens the app on a data directory. All of it ends with the driver, which is the second of the two.
pub async fn driven(stage: &Stage, home: &Path) -> (Client, Owned) {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("there is a free port");
    let port = free.local_addr().expect("it is bound").port();
    drop(free);
    let mut driver = Command::new("WebKitWebDriver");
    stage
        .dress(&mut driver)
        .arg(format!("--port={port}"))
        .env("TAURI_AUTOMATION", "true")
        .env("TAURI_WEBVIEW_AUTOMATION", "true")
        .env("SHOPFLOOR_HOME", home);
    let (driver, _pipes) = stage.start(&mut driver);
    let start = Instant::now();
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        assert!(start.elapsed() < PATIENCE, "the driver listens");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let app =
        json!({ "webkitgtk:browserOptions": { "binary": stage.path_of("shopfloor"), "args": [] } });
    let window = ClientBuilder::new(HttpConnector::new())
        .capabilities(app.as_object().expect("it is one").clone())
        .connect(&format!("http://127.0.0.1:{port}"))
        .await
        .expect("the app's window opens");
    (window, driver)
}

/// Waits until the board shows a card.
pub async fn board_is_there(window: &Client) {
    let start = Instant::now();
    let count = "return document.querySelectorAll('[data-testid^=\"card-\"]').length";
    loop {
        let cards = window
            .execute(count, Vec::new())
            .await
            .expect("the window answers");
        if cards.as_u64() >= Some(1) {
            return;
        }
        assert!(start.elapsed() < PATIENCE, "the board is drawn");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// The app's own process; its hidden modes have an argument.
pub fn pid_of(program: &Path) -> i32 {
    let processes = std::fs::read_dir("/proc").expect("Linux").flatten();
    processes
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .find(|pid| {
            let runs =
                std::fs::read_link(format!("/proc/{pid}/exe")).is_ok_and(|exe| exe == program);
            let line = std::fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            runs && !line.contains("--reaper")
        })
        .expect("the app runs")
}
