//! Presets: the scenario files that ship with the page, in the order of the menu.

use sim::Scenario;
use sim::scenario::LoadError;

/// A shipped scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preset {
    /// Its name in links and on the command line.
    pub slug: &'static str,
    /// The text of its file.
    pub file: &'static str,
}

/// All of them; the first one opens the page.
pub const PRESETS: &[Preset] = &[
    Preset {
        slug: "shop",
        file: include_str!("../scenarios/shop.json"),
    },
    Preset {
        slug: "shop-async",
        file: include_str!("../scenarios/shop-async.json"),
    },
    Preset {
        slug: "retry-storm",
        file: include_str!("../scenarios/retry-storm.json"),
    },
    Preset {
        slug: "cache-stampede",
        file: include_str!("../scenarios/cache-stampede.json"),
    },
    Preset {
        slug: "spike",
        file: include_str!("../scenarios/spike.json"),
    },
    Preset {
        slug: "fan-out",
        file: include_str!("../scenarios/fan-out.json"),
    },
    Preset {
        slug: "log-lag",
        file: include_str!("../scenarios/log-lag.json"),
    },
    Preset {
        slug: "autoscaler",
        file: include_str!("../scenarios/autoscaler.json"),
    },
];

impl Preset {
    /// The preset with this name.
    pub fn find(slug: &str) -> Option<&'static Preset> {
        PRESETS.iter().find(|preset| preset.slug == slug)
    }

    /// Reads its file.
    ///
    /// # Errors
    /// None for a file that ships; the tests read them all.
    pub fn scenario(&self) -> Result<Scenario, LoadError> {
        Scenario::load(self.file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_loads_says_what_it_shows_and_has_no_hint() {
        for preset in PRESETS {
            let scenario = preset
                .scenario()
                .unwrap_or_else(|e| panic!("{}: {e}", preset.slug));
            assert!(
                !scenario.name.is_empty() && !scenario.about.is_empty(),
                "{}",
                preset.slug
            );
            assert_eq!(scenario.hints(), [], "{}", preset.slug);
            assert_eq!(Preset::find(preset.slug), Some(preset));
        }
    }

    /// The file of the flipped shop is the shop with one edge flipped, and nothing else.
    #[test]
    fn the_flipped_shop_differs_in_one_edge_alone() {
        let [shop, flipped] = [0, 1].map(|i| PRESETS[i].scenario().unwrap());
        let mut made = shop;
        for (id, edge) in &mut made.edges {
            if id.as_str() == "checkout-payments" {
                edge.mode = edge.mode.flipped();
            }
        }
        made.name.clone_from(&flipped.name);
        made.about.clone_from(&flipped.about);
        assert_eq!(made, flipped);
    }
}
