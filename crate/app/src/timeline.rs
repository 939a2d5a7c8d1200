//! The time line: the whole run as a slider with the marks of what happened on it; moving it goes back to that moment.

use sim::units::{Span, Time};
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::ink::Ink;
use crate::store::Action;
use crate::words;

/// A press this near to a mark, as a share of the line, means the mark.
const NEAR: f64 = 0.006;
/// The line is at least so many seconds long: a mark of the first second is not to run over the whole of it.
const LEAST: f64 = 20.0;

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tick {
    /// In seconds.
    pub(crate) at: f64,
    pub(crate) ink: Ink,
}

#[derive(Properties, PartialEq)]
pub(crate) struct TimelineProps {
    /// In seconds.
    pub(crate) at: f64,
    pub(crate) end: f64,
    pub(crate) ticks: Vec<Tick>,
    pub(crate) act: Callback<Action>,
}

#[component]
pub(crate) fn Timeline(props: &TimelineProps) -> Html {
    // A run that is replayed has marks where it has not been yet.
    let last = props.ticks.iter().map(|tick| tick.at).fold(0.0, f64::max);
    let length = props.end.max(last).max(LEAST);
    let seek = {
        let (end, act) = (props.end, props.act.clone());
        let marks: Vec<f64> = props.ticks.iter().map(|tick| tick.at).collect();
        Callback::from(move |event: InputEvent| {
            let Some(input) = event.target_dyn_into::<HtmlInputElement>() else {
                return;
            };
            let at = snapped(input.value_as_number(), length, &marks).min(end);
            // What was not run yet cannot be shown: the thumb stays at the end.
            if input.value_as_number() > end {
                input.set_value_as_number(end);
            }
            act.emit(Action::Seek(Time::ZERO + Span::from_secs_f64(at)));
        })
    };
    let latest = {
        let end = Time::ZERO + Span::from_secs_f64(props.end);
        props.act.reform(move |_: MouseEvent| Action::Seek(end))
    };
    let spoken = format!("{:.1} seconds of {:.1}", props.at, props.end);
    let place = |at: f64| format!("left: {:.3}%", at / length * 100.0);
    html! {
        <div class="timeline" style={format!("--run: {:.3}%; --at: {:.3}%", props.end / length * 100.0, props.at / length * 100.0)}>
            <div class="track" aria-hidden="true">
                <span class="gone"></span>
                <span class="gone seen"></span>
                for tick in &props.ticks {
                    <i class={format!("moment ink-{}", &tick.ink.variable()[2..])} style={place(tick.at)}></i>
                }
            </div>
            <input type="range" min="0" max={format!("{length:.1}")} step="0.1" value={format!("{:.1}", props.at)}
                aria-label="Moment of the run" aria-valuetext={spoken} title="Go to a moment of the run" oninput={seek} />
            if props.at + 0.1 < props.end {
                <button class="latest" title="Go on to where the run has been" onclick={latest}>
                    { words::clock(props.end, false) }<span aria-hidden="true">{ " »" }</span>
                </button>
            } else {
                <span class="ends" aria-hidden="true">{ words::clock(props.end, false) }</span>
            }
        </div>
    }
}

/// The moment that is meant: a mark nearby, or the very one.
fn snapped(at: f64, length: f64, marks: &[f64]) -> f64 {
    if !at.is_finite() {
        return 0.0;
    }
    let near = marks
        .iter()
        .map(|mark| (mark, (mark - at).abs()))
        .min_by(|a, b| a.1.total_cmp(&b.1));
    match near {
        Some((mark, distance)) if distance <= length * NEAR => *mark,
        _ => at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_press_near_a_mark_means_the_mark() {
        let marks = [12.43, 30.0];
        let near = |at| snapped(at, 100.0, &marks);
        assert!((near(12.0) - 12.43).abs() < 1e-9);
        assert!((near(13.2) - 13.2).abs() < 1e-9);
        assert!((near(f64::NAN) - 0.0).abs() < 1e-9);
        assert!((snapped(7.0, 100.0, &[]) - 7.0).abs() < 1e-9);
    }
}
