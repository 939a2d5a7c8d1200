//! The policies of an edge: an ordered list, outermost first.

use sim::policy::{
    Adaptive, Breaker, Bulkhead, Fallback, Hedge, Policy, Pool, RateLimit, Retry, Throttle, Timeout,
};
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use super::form::form;
use crate::icon::icon;

#[derive(Properties, PartialEq)]
pub(super) struct PoliciesProps {
    pub(super) id: AttrValue,
    pub(super) policies: Vec<Policy>,
    /// The list as it is to be, and whether that is kept.
    pub(super) turn: Callback<(Vec<Policy>, bool)>,
}

/// The list, with ways to add, order and remove.
#[component]
pub(super) fn Policies(props: &PoliciesProps) -> Html {
    let list = &props.policies;
    let with = |change: &dyn Fn(&mut Vec<Policy>)| {
        let mut next = list.clone();
        change(&mut next);
        props.turn.reform(move |_: MouseEvent| (next.clone(), true))
    };
    let tool = |sign: &str, words: String, off: bool, change: &dyn Fn(&mut Vec<Policy>)| {
        // What cannot be done is not even tried out.
        let press = if off { Callback::noop() } else { with(change) };
        html! {
            <button class="ask" aria-label={words.clone()} title={words} disabled={off} onclick={press}>{ icon(sign) }</button>
        }
    };
    let item = |(place, policy): (usize, &Policy)| {
        let name = policy.name();
        html! {
            <li>
                <div class="knob-head">
                    <b>{ name }</b>
                    { tool("up", format!("Move {name} outward"), place == 0, &|l| l.swap(place, place - 1)) }
                    { tool("down", format!("Move {name} inward"), place + 1 == list.len(), &|l| l.swap(place, place + 1)) }
                    { tool("trash", format!("Remove {name}"), false, &|l| { l.remove(place); }) }
                </div>
                { fields(props, place, policy) }
            </li>
        }
    };
    let add = {
        let (list, turn) = (list.clone(), props.turn.clone());
        Callback::from(move |event: Event| {
            let Some(select) = event.target_dyn_into::<HtmlSelectElement>() else {
                return;
            };
            let chosen = Policy::all()
                .into_iter()
                .find(|policy| policy.name() == select.value());
            select.set_value("");
            let mut next = list.clone();
            next.extend(chosen);
            turn.emit((next, true));
        })
    };
    html! {
        <section class="policies" aria-labelledby="policies-title">
            <h4 id="policies-title" title="A call goes inward through them, its outcome comes back outward.">{ "Policies, outermost first" }</h4>
            if list.is_empty() { <p class="quiet">{ "None: a call waits as long as it takes, and is tried once." }</p> }
            <ol>{ for list.iter().enumerate().map(item) }</ol>
            <select aria-label="Add a policy" onchange={add}>
                <option value="" selected={true}>{ "Add a policy…" }</option>
                for policy in Policy::all() {
                    <option value={policy.name()}>{ policy.name() }</option>
                }
            </select>
        </section>
    }
}

fn fields(props: &PoliciesProps, place: usize, policy: &Policy) -> Html {
    fn turn<T: 'static>(
        props: &PoliciesProps,
        place: usize,
        wrap: fn(T) -> Policy,
    ) -> Callback<(T, bool)> {
        let list = props.policies.clone();
        props.turn.reform(move |(setting, keep): (T, bool)| {
            let mut next = list.clone();
            next[place] = wrap(setting);
            (next, keep)
        })
    }
    let id = format!("{}-policy-{place}", props.id);
    match policy {
        Policy::Fallback(of) => {
            let turn = turn(props, place, Policy::Fallback);
            form(&id, Fallback::FIELDS, of, &Fallback::default(), &turn)
        }
        Policy::Retry(of) => {
            let turn = turn(props, place, Policy::Retry);
            form(&id, Retry::FIELDS, of, &Retry::default(), &turn)
        }
        Policy::Hedge(of) => {
            let turn = turn(props, place, Policy::Hedge);
            form(&id, Hedge::FIELDS, of, &Hedge::default(), &turn)
        }
        Policy::Breaker(of) => {
            let turn = turn(props, place, Policy::Breaker);
            form(&id, Breaker::FIELDS, of, &Breaker::default(), &turn)
        }
        Policy::RateLimit(of) => {
            let turn = turn(props, place, Policy::RateLimit);
            form(&id, RateLimit::FIELDS, of, &RateLimit::default(), &turn)
        }
        Policy::Throttle(of) => {
            let turn = turn(props, place, Policy::Throttle);
            form(&id, Throttle::FIELDS, of, &Throttle::default(), &turn)
        }
        Policy::Timeout(of) => {
            let turn = turn(props, place, Policy::Timeout);
            form(&id, Timeout::FIELDS, of, &Timeout::default(), &turn)
        }
        Policy::AdaptiveLimit(of) => {
            let turn = turn(props, place, Policy::AdaptiveLimit);
            form(&id, Adaptive::FIELDS, of, &Adaptive::default(), &turn)
        }
        Policy::Bulkhead(of) => {
            let turn = turn(props, place, Policy::Bulkhead);
            form(&id, Bulkhead::FIELDS, of, &Bulkhead::default(), &turn)
        }
        Policy::Pool(of) => {
            let turn = turn(props, place, Policy::Pool);
            form(&id, Pool::FIELDS, of, &Pool::default(), &turn)
        }
    }
}
