//! Tells Tauri where our capability files are and makes sure there is a page to embed.

fn main() {
    let page = std::path::Path::new("ui/dist/index.html");
    if !page.exists() {
        std::fs::create_dir_all("ui/dist").expect("the checkout is writable");
        std::fs::write(
            page,
            "<!doctype html><title>Shopfloor</title><p>The window's page is not built yet. Run: cargo xtask run",
        )
        .expect("the checkout is writable");
    }
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    println!("cargo:rerun-if-changed=ui/dist");
    tauri_build::try_build(
        tauri_build::Attributes::new().capabilities_path_pattern("./src-tauri/capabilities/**/*"),
    )
    .expect("tauri.conf.json and the capability files are valid");
}
