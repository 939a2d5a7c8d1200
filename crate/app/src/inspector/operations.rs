//! The editors of operations: those of a client with their weights, and those that an edge is for. And how they do.

use sim::criticality::Criticality;
use sim::field::{Control, Value};
use sim::frame::{OperationFrame, ServiceFrame};
use sim::operation::{MOST_OPERATIONS, Operation, OperationName, WEIGHT, check, check_names};
use sim::scenario::NodeId;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::knob::{Dial, Turn};
use crate::icon::icon;
use crate::live::Shown;
use crate::words;

/// How the operations of a client do, in words; nothing where they have no names.
pub(super) fn live(shown: &Shown, id: &NodeId) -> Html {
    let operations = shown.clients.get(id).map(|client| &client.operations);
    let Some(operations) = operations.filter(|of| !of.is_empty()) else {
        return Html::default();
    };
    let line = |of: &OperationFrame| {
        let rate = |rate: f32| words::count(f64::from(rate));
        let (offered, good) = (rate(of.offered), rate(of.good));
        let mut parts = vec![format!(
            "{}: {offered} offered, {good} good a second",
            of.name
        )];
        if of.refused > 0.0 {
            parts.push(format!("{} refused", rate(of.refused)));
        }
        if let Some([_, _, p99]) = of.latency {
            parts.push(format!("99 % within {}", words::seconds(f64::from(p99))));
        }
        html! { <li>{ parts.join(", ") }</li> }
    };
    html! { <ul class="live">{ for operations.iter().map(line) }</ul> }
}

/// What a service refuses, by how much it matters; nothing where all of it matters the same.
pub(super) fn refused(frame: &ServiceFrame) -> Option<String> {
    let class = |(class, count): &(Criticality, u64)| {
        format!("{} {}", words::count(*count as f64), class.word())
    };
    let plain = |(class, _): &(Criticality, u64)| *class == Criticality::default();
    let refused = &frame.refused_by;
    (!refused.iter().all(plain)).then(|| {
        let classes: Vec<String> = refused.iter().map(class).collect();
        format!("Refused so far: {}.", classes.join(", "))
    })
}

#[derive(Properties, PartialEq)]
pub(super) struct OperationsProps {
    pub(super) id: AttrValue,
    pub(super) label: AttrValue,
    pub(super) operations: Vec<Operation>,
    pub(super) turn: Callback<Turn>,
}

/// The editor of a client's operations: a name and a weight for each.
#[component]
pub(super) fn OperationsEditor(props: &OperationsProps) -> Html {
    let wrong = use_state(String::new);
    // A list that cannot be had is told, and nothing changes.
    let keep = {
        let (wrong, turn) = (wrong.clone(), props.turn.clone());
        Callback::from(
            move |(list, keep): (Vec<Operation>, bool)| match check(&list) {
                Ok(()) => {
                    wrong.set(String::new());
                    turn.emit((Value::Operations(list), keep));
                }
                Err(why) => wrong.set(why),
            },
        )
    };
    let add = {
        let list = props.operations.clone();
        keep.reform(move |_: MouseEvent| (with_one_more(&list), true))
    };
    let full = props.operations.len() >= MOST_OPERATIONS;
    let rows = (0..props.operations.len()).map(|place| row(props, &wrong, &keep, place));
    html! {
        <div class="dist">
            { for rows }
            <button id={&props.id} disabled={full} onclick={add}>{ "Add an operation" }</button>
            if !wrong.is_empty() { <p class="wrong" role="alert">{ (*wrong).clone() }</p> }
        </div>
    }
}

/// One operation: its name, its weight, and the way to take it away.
fn row(
    props: &OperationsProps,
    wrong: &UseStateHandle<String>,
    keep: &Callback<(Vec<Operation>, bool)>,
    place: usize,
) -> Html {
    let of = &props.operations[place];
    let list = props.operations.clone();
    let rename = {
        let (list, keep, wrong) = (list.clone(), keep.clone(), wrong.clone());
        Callback::from(move |event: Event| {
            let input = event.target_dyn_into::<HtmlInputElement>();
            let text = input.map_or(String::new(), |input| input.value());
            match OperationName::new(text.trim()) {
                Some(name) => {
                    let mut list = list.clone();
                    list[place].name = name;
                    keep.emit((list, true));
                }
                None => wrong.set(NAME.into()),
            }
        })
    };
    let weigh = {
        let list = list.clone();
        keep.reform(move |(value, kept): Turn| {
            let mut list = list.clone();
            if let Value::Ratio(weight) = value {
                list[place].weight = weight;
            }
            (list, kept)
        })
    };
    let rank = {
        let list = list.clone();
        keep.reform(move |event: Event| {
            let mut list = list.clone();
            let select = event.target_dyn_into::<HtmlSelectElement>();
            let class = select.map_or(0, |select| select.selected_index().max(0) as usize);
            list[place].criticality = Criticality::ALL[class.min(3)];
            (list, true)
        })
    };
    let remove = keep.reform(move |_: MouseEvent| {
        let mut list = list.clone();
        list.remove(place);
        (list, true)
    });
    let (label, name) = (&props.label, &of.name);
    html! {
        <>
            <span class="sub">{ "name, weight, criticality" }</span>
            <input type="text" aria-label={format!("{label}, name {}", place + 1)} value={name.to_string()} onchange={rename} />
            <Dial spoken={true} id={format!("{}-weight-{place}", props.id)} label={format!("{label}, weight of {name}")}
                control={Control::Factor(WEIGHT.0, WEIGHT.1)} value={Value::Ratio(of.weight)} turn={weigh} />
            <select aria-label={format!("{label}, criticality of {name}")} onchange={rank}>
                for class in Criticality::ALL {
                    <option selected={class == of.criticality}>{ class.word() }</option>
                }
            </select>
            <button class="ask" title={format!("Remove {name}")} aria-label={format!("Remove {name}")} onclick={remove}>{ icon("close") }</button>
        </>
    }
}

const NAME: &str =
    "A name has 1 to 40 lower-case letters, digits and hyphens, such as \"check-out\"";

/// The same list with one more, under a name that is free.
fn with_one_more(list: &[Operation]) -> Vec<Operation> {
    let free = |name: &OperationName| list.iter().all(|of| of.name != *name);
    let first = ["browse", "buy"].map(str::to_owned).into_iter();
    let names = first.chain((1..).map(|n| format!("operation-{n}")));
    let name = names
        .filter_map(|name| OperationName::new(&name))
        .find(free);
    list.iter()
        .cloned()
        .chain(name.map(Operation::new))
        .collect()
}

#[derive(Properties, PartialEq)]
pub(super) struct NamesProps {
    pub(super) id: AttrValue,
    pub(super) label: AttrValue,
    pub(super) names: Vec<OperationName>,
    pub(super) turn: Callback<Turn>,
}

/// The editor of the operations that something is for: their names in a row.
#[component]
pub(super) fn NamesEditor(props: &NamesProps) -> Html {
    let wrong = use_state(String::new);
    let typed = {
        let (wrong, turn) = (wrong.clone(), props.turn.clone());
        Callback::from(move |event: Event| {
            let input = event.target_dyn_into::<HtmlInputElement>();
            match read(&input.map_or(String::new(), |input| input.value())) {
                Ok(names) => {
                    wrong.set(String::new());
                    turn.emit((Value::Names(names), true));
                }
                Err(why) => wrong.set(why),
            }
        })
    };
    let text: Vec<&str> = props.names.iter().map(OperationName::as_str).collect();
    html! {
        <div class="dist">
            <input id={&props.id} type="text" placeholder="all operations" autocomplete="off" value={text.join(", ")} onchange={typed}
                aria-invalid={(!wrong.is_empty()).to_string()} />
            if !wrong.is_empty() { <p class="wrong" role="alert">{ (*wrong).clone() }</p> }
        </div>
    }
}

/// The names that a text means: separated by commas.
fn read(text: &str) -> Result<Vec<OperationName>, String> {
    let parts = text
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty());
    let names: Option<Vec<OperationName>> = parts.map(OperationName::new).collect();
    let names = names.ok_or(NAME)?;
    check_names(names.iter())?;
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_separated_by_commas() {
        let names = |text| read(text).map(|names| names.len());
        assert_eq!(names(""), Ok(0));
        assert_eq!(names(" browse, buy ,"), Ok(2));
        assert_eq!(names("buy, buy"), Err("\"buy\" stands here twice".into()));
        assert_eq!(names("Buy it"), Err(NAME.into()));
    }

    #[test]
    fn a_further_operation_has_a_free_name() {
        let mut list = Vec::new();
        for _ in 0..4 {
            list = with_one_more(&list);
        }
        assert_eq!(check(&list), Ok(()));
        assert_eq!(list.len(), 4);
    }
}
