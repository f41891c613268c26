//! A session bus of the test's own, with a tray on it.

use crate::children::Program;
use crate::wait::until;
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use zbus::message::Header;

use zbus::{Connection, OwnedObjectPath, OwnedVariant, Variant, connection, interface};

/// Nothing is started by this bus: it knows no services.
const CONFIGURATION: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=SOCKET</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;
const ITEM: &str = "org.kde.StatusNotifierItem";
const MENU: &str = "com.canonical.dbusmenu";

/// The bus, and the desktop's side of the tray.
pub struct Bus {
    _daemon: Program,
    connection: Connection,
    items: Arc<Mutex<Vec<Item>>>,
    /// For the variable `DBUS_SESSION_BUS_ADDRESS`.
    pub address: String,
}

/// A tray item as it registered itself.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Item {
    owner: String,
    path: String,
}

/// A line of a tray item's menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    id: i32,
    /// What it says.
    pub label: String,
    /// Whether it can be chosen.
    pub enabled: bool,
}

impl Bus {
    /// Starts the daemon and watches for tray items.
    pub async fn start(folder: &Path, logs: &Path) -> Self {
        let (socket, log) = (folder.join("bus"), logs.join("dbus.log"));
        let configuration = folder.join("bus.conf");
        let text = CONFIGURATION.replace("SOCKET", socket.to_str().unwrap());
        std::fs::write(&configuration, text).unwrap();
        let configured = format!("--config-file={}", configuration.display());
        let mut daemon = Program::start("dbus-daemon", [&configured, "--nofork"], &[], &log);
        let address = format!("unix:path={}", socket.display());
        let items = Arc::new(Mutex::new(Vec::new()));
        let connection = until("the bus answers", async || {
            daemon.must_live(&log);
            let watcher = Watcher {
                items: Arc::clone(&items),
            };
            connection::Builder::address(address.as_str())
                .name("org.kde.StatusNotifierWatcher")
                .serve_at("/StatusNotifierWatcher", watcher)
                .build()
                .await
                .ok()
        })
        .await;
        Self {
            _daemon: daemon,
            connection,
            items,
            address,
        }
    }

    /// The lines of the tray menu that say something, once an item is there and shows them.
    pub async fn tray_menu(&self) -> Vec<Line> {
        until("the tray shows a menu", async || {
            let lines = self.lines().await?;
            (!lines.is_empty()).then_some(lines)
        })
        .await
    }

    /// Chooses the line of the tray menu that begins with this. One that says who needs the person may go between the look
    /// and the click, and is refused then: it is looked up again, as a person would.
    pub async fn choose_in_tray(&self, label: &str) {
        until(
            &format!("{label:?} is chosen in the tray menu"),
            async || {
                let lines = self.lines().await?;
                let line = lines
                    .into_iter()
                    .find(|line| line.label.starts_with(label))?;
                let (owner, menu) = self.menu().await?;
                let nothing = Variant::from(0_i32);
                self.connection
                    .call_method(
                        Some(owner.as_str()),
                        menu.as_str(),
                        Some(MENU),
                        "Event",
                        &(line.id, "clicked", &nothing, 0_u32),
                    )
                    .await
                    .ok()
            },
        )
        .await;
    }

    async fn menu(&self) -> Option<(String, OwnedObjectPath)> {
        // The newest: an app that started again left its old item behind.
        let item = self.items.lock().unwrap().last().cloned()?;
        let reply = self
            .connection
            .call_method(
                Some(item.owner.as_str()),
                item.path.as_str(),
                Some("org.freedesktop.DBus.Properties"),
                "Get",
                &(ITEM, "Menu"),
            )
            .await
            .ok()?;
        let value: OwnedVariant = reply.body().deserialize().ok()?;
        let path = OwnedObjectPath::try_from(value).ok()?;
        Some((item.owner, path))
    }

    async fn lines(&self) -> Option<Vec<Line>> {
        type Node = (i32, HashMap<String, OwnedVariant>, Vec<OwnedVariant>);
        let (owner, menu) = self.menu().await?;
        let properties: Vec<&str> = Vec::new();
        let reply = self
            .connection
            .call_method(
                Some(owner.as_str()),
                menu.as_str(),
                Some(MENU),
                "GetLayout",
                &(0_i32, -1_i32, properties),
            )
            .await
            .ok()?;
        let (_, root): (u32, Node) = reply.body().deserialize().ok()?;
        let line = |child: OwnedVariant| {
            let (id, properties, _): Node = child.try_into().ok()?;
            let label = String::try_from(properties.get("label")?.try_clone().ok()?).ok()?;
            let enabled = properties
                .get("enabled")
                .and_then(|value| bool::try_from(value).ok())
                .unwrap_or(true);
            Some(Line { id, label, enabled })
        };
        Some(root.2.into_iter().filter_map(line).collect())
    }
}

/// The desktop's side: tray items tell it where they are.
struct Watcher {
    items: Arc<Mutex<Vec<Item>>>,
}

#[interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    /// `service` is a bus name, or an object path of whoever calls.
    fn register_status_notifier_item(&self, service: &str, #[zbus(header)] header: Header<'_>) {
        let sender = header.sender().map(ToString::to_string).unwrap_or_default();
        let item = if service.starts_with('/') {
            Item {
                owner: sender,
                path: service.to_owned(),
            }
        } else {
            Item {
                owner: service.to_owned(),
                path: "/StatusNotifierItem".to_owned(),
            }
        };
        self.items.lock().unwrap().push(item);
    }

    fn register_status_notifier_host(&self, _service: &str) {}

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        let items = self.items.lock().unwrap();
        items
            .iter()
            .map(|item| format!("{}{}", item.owner, item.path))
            .collect()
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }
}
