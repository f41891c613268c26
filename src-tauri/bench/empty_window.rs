//! An empty window of the same size that says when it first painted: the floor under the app's own start.
//!
//! Prints `first-paint <milliseconds since main>` and stays open until it is ended.

use std::borrow::Cow;
use std::time::Instant;
use tauri::http::Response;
use tauri::{WebviewUrl, WebviewWindowBuilder};

/// A frame after the first one has begun, the first is on the screen.
const PAGE: &str = "<!doctype html><title>empty</title><p>empty</p><script>\
    requestAnimationFrame(() => requestAnimationFrame(() => fetch('/painted')))\
    </script>";

fn main() {
    let started = Instant::now();
    tauri::Builder::default()
        .register_uri_scheme_protocol("empty", move |_, request| {
            if request.uri().path() == "/painted" {
                println!("first-paint {}", started.elapsed().as_millis());
            }
            Response::builder()
                .header("Content-Type", "text/html")
                .body(Cow::from(PAGE.as_bytes()))
                .expect("the header is valid")
        })
        .setup(|app| {
            let page = "empty://localhost/".parse().expect("the address is valid");
            WebviewWindowBuilder::new(app, "empty", WebviewUrl::CustomProtocol(page))
                .inner_size(1360.0, 860.0)
                .build()?;
            Ok(())
        })
        .run(tauri::generate_context!())
        .expect("a window can be opened");
}
