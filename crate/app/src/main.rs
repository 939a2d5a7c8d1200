//! The screen: a Yew page that shows what the engine simulates and lets a person change it.
//!
//! The same wasm is loaded a second time in a worker, where it runs the engine instead.

mod align;
mod app;
mod board;
mod charts;
mod compare_panel;
mod copying;
mod drawing;
mod embed;
mod embed_panel;
mod export;
mod figures;
mod files;
mod finder;
mod geometry;
mod gesture;
mod guide_panel;
mod header;
mod history;
mod home_panel;
mod icon;
mod ink;
mod inspector;
mod keys;
mod layers;
mod lesson_panel;
mod lessons_panel;
mod live;
mod menu;
mod modal;
mod palette;
mod pinch;
mod plot;
mod recovery;
mod scene;
mod series;
mod share;
mod share_panel;
mod sheet;
mod shelf;
mod slots;
mod store;
mod story;
mod story_panel;
mod strip;
mod timeline;
mod transport;
mod wall;
mod words;

fn main() {
    #[cfg(target_arch = "wasm32")]
    if worker::browser::listen() {
        return;
    }
    // Yew sets a hook of its own over one that was set by the standard means.
    yew::set_custom_panic_hook(Box::new(|panic| {
        console_error_panic_hook::hook(panic);
        recovery::show(&panic.to_string());
    }));
    let root = web_sys::window().and_then(|window| window.document()?.get_element_by_id("app"));
    if let Some(root) = root {
        // The text that stood there while the page loaded has done its work.
        root.set_inner_html("");
        yew::Renderer::<app::App>::with_root(root).render();
    }
}
