//! Any text as a setting of a scenario, as `--set` takes it.
#![no_main]

use lessons::PRESETS;
use lessons::setting::{self, Setting};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(setting) = text.parse::<Setting>() {
        let _ = setting::load(PRESETS[0].file, &[setting]);
    }
});
