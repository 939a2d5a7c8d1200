//! A drawing of a board as it is designed, as the text of an SVG or of a Mermaid diagram. Nothing in it moves: it is for
//! thumbnails, documents and slides.

use std::fmt::Write;

use sim::Scenario;
use sim::scenario::{Mode, Node, NodeKind, Role};
use sim::units::Limit;

use crate::geometry::Rect;
use crate::icon;
use crate::scene::Scene;
use crate::store::{Kind, Theme};

/// The room around what is drawn.
const MARGIN: f64 = 30.0;

/// A board without words, in the colours of the page around it: every word in a board may come from a stranger's link,
/// so that this one may be put into the page as it is.
pub(crate) fn thumbnail(scenario: &Scenario) -> String {
    let scene = Scene::of(scenario);
    let bounds = scene.bounds().grown(MARGIN);
    let mut svg = opening(bounds, "aria-hidden=\"true\"");
    edges(&mut svg, scenario, &scene);
    for (id, node) in &scenario.nodes {
        let Some(card) = scene.cards.get(id) else {
            continue;
        };
        shape(&mut svg, node, *card);
        let (x, y, scale) = (card.centre().x - 35.0, card.centre().y - 35.0, 3.5);
        let lines = icon::of_kind(Kind::of(&node.kind));
        let _ = write!(
            svg,
            r#"<path class="d-sign" transform="translate({x:.0} {y:.0}) scale({scale})" d="{lines}"/>"#
        );
    }
    svg + "</svg>"
}

/// A board with its words, in colours of its own, to stand anywhere; and its size.
pub(crate) fn svg(scenario: &Scenario, theme: Theme) -> (String, (f64, f64)) {
    let scene = Scene::of(scenario);
    let bounds = scene.bounds().grown(MARGIN + 14.0);
    let mut svg = opening(
        bounds,
        &format!(r#"width="{:.0}" height="{:.0}""#, bounds.w, bounds.h),
    );
    let _ = write!(
        svg,
        "<title>{}</title><desc>{}</desc>",
        plain(&scenario.name),
        plain(&scenario.about)
    );
    let _ = write!(svg, "<style>{}</style>", style(theme));
    let Rect { x, y, w, h } = bounds;
    let _ = write!(
        svg,
        r#"<rect class="d-paper" x="{x:.0}" y="{y:.0}" width="{w:.0}" height="{h:.0}"/>"#
    );
    edges(&mut svg, scenario, &scene);
    for (id, node) in &scenario.nodes {
        let Some(card) = scene.cards.get(id) else {
            continue;
        };
        shape(&mut svg, node, *card);
        let middle = card.centre();
        let lines = icon::of_kind(Kind::of(&node.kind));
        let _ = write!(
            svg,
            r#"<path class="d-sign" transform="translate({:.0} {:.0})" d="{lines}"/>"#,
            middle.x - 10.0,
            middle.y - 38.0
        );
        let _ = write!(
            svg,
            r#"<text class="d-name" x="{:.0}" y="{:.0}">{}</text>"#,
            middle.x,
            middle.y + 4.0,
            plain(scenario.node_name(id))
        );
        let _ = write!(
            svg,
            r#"<text class="d-about" x="{:.0}" y="{:.0}">{}</text>"#,
            middle.x,
            middle.y + 24.0,
            about(node)
        );
    }
    for fault in &scenario.faults {
        let at = match &fault.on {
            sim::scenario::Target::Node(id) => scene
                .cards
                .get(id)
                .map(|card| (card.centre().x, card.y + card.h + 20.0)),
            sim::scenario::Target::Edge(id) => {
                Some((scene.middle(id).x, scene.middle(id).y + 34.0))
            }
        };
        if let Some((x, y)) = at {
            let words = format!(
                "{} from {:.0} s",
                fault.kind.describe(),
                fault.start.as_secs_f64()
            );
            let _ = write!(
                svg,
                r#"<text class="d-fault" x="{x:.0}" y="{y:.0}">{}</text>"#,
                plain(&words)
            );
        }
    }
    (svg + "</svg>", (bounds.w, bounds.h))
}

fn opening(bounds: Rect, more: &str) -> String {
    let Rect { x, y, w, h } = bounds;
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" class="drawing" viewBox="{x:.0} {y:.0} {w:.0} {h:.0}" {more}>"#
    )
}

fn edges(svg: &mut String, scenario: &Scenario, scene: &Scene) {
    for (id, edge) in &scenario.edges {
        let Some(route) = scene.routes.get(id) else {
            continue;
        };
        let mode = edge.mode.word();
        let _ = write!(
            svg,
            r#"<path class="d-edge d-{mode}" d="{}"/>"#,
            route.path()
        );
        // An arrow head by hand: a marker would be found by its id, which the page around may have too.
        let (tip, along) = route.at(1.0);
        let along = along * (1.0 / along.length().max(1e-9));
        let (back, aside) = (tip - along * 13.0, along.normal() * 6.0);
        let _ = write!(
            svg,
            r#"<path class="d-arrow d-{mode}" d="M{:.1} {:.1}L{:.1} {:.1}L{:.1} {:.1}z"/>"#,
            tip.x,
            tip.y,
            (back + aside).x,
            (back + aside).y,
            (back - aside).x,
            (back - aside).y
        );
        if edge.mode == Mode::Async {
            let at = scene.middle(id);
            for cell in 0..4 {
                let x = at.x - 26.0 + f64::from(cell) * 13.0;
                let _ = write!(
                    svg,
                    r#"<rect class="d-cell" x="{x:.1}" y="{:.1}" width="11" height="18" rx="2"/>"#,
                    at.y - 9.0
                );
            }
        }
    }
}

fn shape(svg: &mut String, node: &Node, card: Rect) {
    let Rect { x, y, w, h } = card;
    let round = match node.kind {
        NodeKind::Client(_) => h / 2.0,
        NodeKind::Service(_) | NodeKind::Broker(_) => 12.0,
    };
    let _ = write!(
        svg,
        r#"<rect class="d-card" x="{x:.0}" y="{y:.0}" width="{w:.0}" height="{h:.0}" rx="{round:.0}"/>"#
    );
}

/// A node's size in a few words.
fn about(node: &Node) -> String {
    match &node.kind {
        NodeKind::Client(client) => format!("{:.0} a second", client.rate.as_f64()),
        NodeKind::Service(service) => {
            let role = Kind::of(&node.kind).word().to_ascii_lowercase();
            match (service.pool(), service.replicas) {
                (Limit::Of(pool), 1) => format!("{role}, {pool} {}", service.model.workers()),
                (Limit::Of(pool), n) => {
                    format!("{role}, {n} times {pool} {}", service.model.workers())
                }
                (Limit::Unbounded, _) => role,
            }
        }
        NodeKind::Broker(_) => "broker".into(),
    }
}

/// A text that stands for itself in XML.
fn plain(text: &str) -> String {
    let mut out = String::new();
    for sign in text.chars() {
        match sign {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // Other control signs may not stand in XML at all.
            sign if sign.is_control() => out.push(' '),
            sign => out.push(sign),
        }
    }
    out
}

fn style(theme: Theme) -> String {
    let [paper, card, hair, text, dim, line, queue, trouble] = match theme {
        Theme::Light => [
            "#f4f6f9", "#ffffff", "#c3ccd6", "#131a24", "#55606e", "#66717f", "#7a6a00", "#bf4400",
        ],
        Theme::Dark => [
            "#0d1117", "#1a222c", "#3b4857", "#eef2f6", "#9dabb9", "#97a4b2", "#f0e442", "#ff7a4d",
        ],
    };
    format!(
        "text{{font:14px system-ui,sans-serif;text-anchor:middle;fill:{dim}}}.d-paper{{fill:{paper}}}\
         .d-card{{fill:{card};stroke:{hair};stroke-width:1.5}}.d-name{{font-size:18px;font-weight:700;fill:{text}}}\
         .d-sign{{fill:none;stroke:{dim};stroke-width:1.6}}.d-edge{{fill:none;stroke:{line};stroke-width:2}}\
         .d-edge.d-async{{stroke:{queue};stroke-dasharray:8 6}}.d-arrow{{fill:{line}}}.d-arrow.d-async{{fill:{queue}}}\
         .d-cell{{fill:{card};stroke:{queue};stroke-width:1.5}}.d-fault{{fill:{trouble};font-weight:650}}"
    )
}

/// The board as a Mermaid flow chart.
pub(crate) fn mermaid(scenario: &Scenario) -> String {
    let mut text = String::from("flowchart LR\n");
    // Names of its own: some words, such as `end`, are none in Mermaid.
    let place = |id| {
        scenario
            .nodes
            .keys()
            .position(|other| other == id)
            .unwrap_or(0)
    };
    for (at, (id, node)) in scenario.nodes.iter().enumerate() {
        let (open, close) = match &node.kind {
            NodeKind::Client(_) => ("([", "])"),
            NodeKind::Broker(_) => ("[/", "/]"),
            NodeKind::Service(service) => match service.role {
                Role::Service => ("[", "]"),
                Role::Database | Role::Cache => ("[(", ")]"),
                Role::External => ("{{", "}}"),
            },
        };
        let _ = writeln!(
            text,
            "  n{at}{open}\"{}\"{close}",
            labelled(scenario.node_name(id))
        );
    }
    for edge in scenario.edges.values() {
        let (from, to) = (place(&edge.from), place(&edge.to));
        let _ = match edge.mode {
            Mode::Sync => writeln!(text, "  n{from} --> n{to}"),
            Mode::Async => writeln!(text, "  n{from} -. {} .-> n{to}", edge.broker.word()),
        };
    }
    text
}

/// A text that may stand between Mermaid's quotes.
fn labelled(text: &str) -> String {
    let safe = |sign: char| match sign {
        '"' => "#quot;".into(),
        '#' => "#35;".into(),
        '<' => "#lt;".into(),
        '>' => "#gt;".into(),
        sign if sign.is_control() => " ".into(),
        sign => sign.to_string(),
    };
    text.chars().map(safe).collect::<String>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use lessons::PRESETS;

    fn shop() -> Scenario {
        PRESETS[0].scenario().unwrap()
    }

    #[test]
    fn every_preset_is_drawn_with_all_its_cards_and_edges() {
        for preset in PRESETS {
            let scenario = preset.scenario().unwrap();
            for svg in [thumbnail(&scenario), svg(&scenario, Theme::Light).0] {
                assert_eq!(
                    svg.matches("d-card\"").count(),
                    scenario.nodes.len(),
                    "{}",
                    preset.slug
                );
                assert_eq!(
                    svg.matches("class=\"d-edge").count(),
                    scenario.edges.len(),
                    "{}",
                    preset.slug
                );
                assert!(!svg.contains("NaN"), "{}", preset.slug);
            }
        }
    }

    #[test]
    fn names_are_told_and_cannot_break_out() {
        let mut scenario = shop();
        let evil = "<script>alert(\"1\")</script>&\u{1}";
        for node in scenario.nodes.values_mut() {
            node.name = evil.into();
        }
        scenario.name = evil.into();
        let (svg, _) = svg(&scenario, Theme::Dark);
        assert!(!svg.contains("<script") && svg.contains("&lt;script&gt;alert(&quot;1"));
        assert!(
            !thumbnail(&scenario).contains("alert"),
            "a thumbnail has no words"
        );
        assert!(!mermaid(&scenario).contains("<script"));
    }

    #[test]
    fn mermaid_has_a_line_for_each_node_and_edge() {
        let text = mermaid(&shop());
        assert!(text.starts_with("flowchart LR\n"));
        assert_eq!(text.lines().count(), 1 + 7 + 6, "{text}");
        assert!(
            text.contains("[(\"Database\")]") && text.contains("-. queue .->"),
            "{text}"
        );
    }
}
