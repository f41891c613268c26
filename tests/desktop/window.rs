//! The app's window, driven through WebKitWebDriver; its parts are found by `data-testid`.

use crate::children::Program;
use crate::wait::{LIMIT, until, within};
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::key::Key;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long a part must have kept its place before it is clicked.
const RESTS: Duration = Duration::from_millis(120);

/// A window and the driver that opened it. The driver is the app's parent process.
pub struct Window {
    client: Client,
    driver: Program,
    shots: Option<PathBuf>,
}

impl Window {
    /// Starts the driver, which starts the program and waits for its web view.
    pub async fn open(
        program: &Path,
        environment: &[(String, String)],
        log: &Path,
        shots: Option<PathBuf>,
    ) -> Self {
        let port = free_port();
        let mut environment = environment.to_vec();
        for name in ["TAURI_AUTOMATION", "TAURI_WEBVIEW_AUTOMATION"] {
            environment.push((name.to_owned(), "true".to_owned()));
        }
        let mut driver = Program::start(
            "WebKitWebDriver",
            [format!("--port={port}")],
            &environment,
            log,
        );
        let capabilities = json!({
            "webkitgtk:browserOptions": {"binary": program, "args": []},
        });
        until("the driver listens", async || {
            driver.must_live(log);
            let stream = tokio::net::TcpStream::connect(("127.0.0.1", port)).await;
            stream.ok()
        })
        .await;
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities.as_object().cloned().unwrap())
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .unwrap_or_else(|error| {
                let said = std::fs::read_to_string(log).unwrap_or_default();
                panic!("the app's window did not open: {error}\n{said}")
            });
        Self {
            client,
            driver,
            shots,
        }
    }

    /// The driver's process id.
    pub fn driver(&self) -> u32 {
        self.driver.pid()
    }

    /// Clicks, once it is there and shown.
    pub async fn click(&self, testid: &str) {
        self.click_on(&css(testid)).await;
    }

    /// The same for any CSS selector.
    pub async fn click_on(&self, selector: &str) {
        // A part that still moves is missed: the driver looks first and clicks then, as a person does. Words that
        // stream in come every 50 ms.
        let mut rests: Option<((f64, f64, f64, f64), Instant)> = None;
        self.must(
            &format!("{selector} rests and can be clicked"),
            async || {
                let element = self.shown(selector).await?;
                let place = element.rectangle().await.ok()?;
                match rests {
                    Some((before, since)) if before == place => {
                        if since.elapsed() < RESTS {
                            return None;
                        }
                        element.click().await.ok()
                    }
                    _ => {
                        rests = Some((place, Instant::now()));
                        None
                    }
                }
            },
        )
        .await;
    }

    /// Clicks what ends the app, if it is there: the window may be gone before the driver can say that it was clicked.
    pub async fn click_for_good(&self, testid: &str) {
        if let Some(element) = self.shown(&css(testid)).await {
            let _ = element.click().await;
        }
    }

    /// Types with the keyboard, key by key.
    pub async fn type_into(&self, testid: &str, text: &str) {
        self.must(&format!("{testid} takes keys"), async || {
            let element = self.shown(&css(testid)).await?;
            element.send_keys(text).await.ok()
        })
        .await;
    }

    /// Types with the keyboard wherever the focus is, key by key.
    pub async fn keys(&self, text: &str) {
        let mut keys = KeyActions::new("keyboard".to_owned());
        for value in text.chars() {
            let value = if value == '\n' {
                Key::Enter.into()
            } else {
                value
            };
            keys = keys
                .then(KeyAction::Down { value })
                .then(KeyAction::Up { value });
        }
        self.client.perform_actions(keys).await.unwrap();
    }

    /// Presses these keys together wherever the focus is.
    pub async fn press(&self, together: &[char]) {
        let mut keys = KeyActions::new("keyboard".to_owned());
        for &value in together {
            keys = keys.then(KeyAction::Down { value });
        }
        for &value in together.iter().rev() {
            keys = keys.then(KeyAction::Up { value });
        }
        self.client.perform_actions(keys).await.unwrap();
    }

    /// Waits until the keys go to something in there.
    pub async fn focus_is_in(&self, selector: &str) {
        self.must(&format!("the focus is in {selector}"), async || {
            let script = "return document.activeElement?.closest(arguments[0]) !== null;";
            let found = self.client.execute(script, vec![json!(selector)]).await;
            (found.ok()? == Value::Bool(true)).then_some(())
        })
        .await;
    }

    /// Puts a text in as pasting does: at once, with line ends and all.
    pub async fn paste_into(&self, testid: &str, text: &str) {
        self.must(&format!("{testid} takes a text"), async || {
            let element = self.shown(&css(testid)).await?;
            let script = "const [field, text] = arguments; field.focus(); \
                return document.execCommand('insertText', false, text) && field.value.includes(text);";
            let arguments = vec![serde_json::to_value(&element).ok()?, json!(text)];
            let done = self.client.execute(script, arguments).await.ok()?;
            (done == Value::Bool(true)).then_some(())
        })
        .await;
    }

    /// Waits until it is there and shown.
    pub async fn sees(&self, testid: &str) {
        self.sees_any(&css(testid)).await;
    }

    /// The same for any CSS selector.
    pub async fn sees_any(&self, selector: &str) {
        self.must(&format!("{selector} is shown"), async || {
            self.shown(selector).await.map(|_| ())
        })
        .await;
    }

    /// Waits until no such part is there.
    pub async fn misses(&self, testid: &str) {
        let selector = css(testid);
        self.must(&format!("{selector} is gone"), async || {
            let found = self.client.find_all(Locator::Css(&selector)).await.ok()?;
            found.is_empty().then_some(())
        })
        .await;
    }

    /// Waits until one of the parts that fit the selector holds this text.
    pub async fn reads(&self, selector: &str, text: &str) {
        self.must(&format!("{selector} says {text:?}"), async || {
            self.texts(selector)
                .await
                .iter()
                .any(|found| found.contains(text))
                .then_some(())
        })
        .await;
    }

    /// The texts of all parts that fit, as they are in the document (folded ones too).
    pub async fn texts(&self, selector: &str) -> Vec<String> {
        let script =
            "return [...document.querySelectorAll(arguments[0])].map((e) => e.textContent);";
        let found = self.client.execute(script, vec![json!(selector)]).await;
        found
            .ok()
            .and_then(|found| serde_json::from_value(found).ok())
            .unwrap_or_default()
    }

    /// Waits until the attribute of the first part that fits is one of these; gives which.
    pub async fn attribute_becomes(&self, selector: &str, name: &str, wanted: &[&str]) -> String {
        self.must(
            &format!("{name} of {selector} is one of {wanted:?}"),
            async || {
                let now = self.attribute(selector, name).await?;
                wanted.contains(&now.as_str()).then_some(now)
            },
        )
        .await
    }

    /// An attribute of the first part that fits.
    pub async fn attribute(&self, selector: &str, name: &str) -> Option<String> {
        let found = self.client.find(Locator::Css(selector)).await.ok()?;
        found.attr(name).await.ok()?
    }

    /// How many parts fit.
    pub async fn count(&self, selector: &str) -> usize {
        let found = self.client.find_all(Locator::Css(selector)).await;
        found.map(|found| found.len()).unwrap_or_default()
    }

    /// Keeps a picture when `SHOPFLOOR_SHOTS` names a folder.
    pub async fn shot(&self, name: &str) {
        let Some(folder) = &self.shots else {
            return;
        };
        if let Ok(picture) = self.client.screenshot().await {
            std::fs::create_dir_all(folder).unwrap();
            std::fs::write(folder.join(format!("{name}.png")), picture).unwrap();
        }
    }

    /// Runs a script in the window and gives what it returns.
    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.client.execute(script, arguments).await.unwrap()
    }

    async fn shown(&self, selector: &str) -> Option<Element> {
        let element = self.client.find(Locator::Css(selector)).await.ok()?;
        element.is_displayed().await.ok()?.then_some(element)
    }

    /// Waits, and fails with a picture and what the window says.
    async fn must<T>(&self, what: &str, mut fact: impl AsyncFnMut() -> Option<T>) -> T {
        if let Some(found) = within(LIMIT, &mut fact).await {
            return found;
        }
        self.shot("failed").await;
        let script = "return [document.title, document.body.innerText, \
            [...document.querySelectorAll('[data-testid]')].map((e) => e.dataset.testid).join(' ')]";
        let page = self.client.execute(script, Vec::new()).await;
        panic!(
            "waited {} s in vain until {what}. The window: {page:#?}",
            LIMIT.as_secs()
        );
    }
}

/// The selector of a test id.
pub fn css(testid: &str) -> String {
    format!("[data-testid=\"{testid}\"]")
}

/// A port that was free a moment ago.
fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.local_addr().unwrap().port()
}
