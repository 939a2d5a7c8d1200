//! What a person can set of shedding by criticality.

use super::Service;
use crate::field::{Control, Field, access};

pub(super) const FIELDS: &[Field<Service>] = &[
    Field::new(
        "shed.push_out",
        "Push out",
        Control::Flag,
        access!(Flag, shed.push_out),
        "Where the accept queue has no room for a request, the newest of those waiting that matter least is turned away \
         in its stead, if it matters less.",
        "push-out: Kröner et al., IEEE JSAC 1991; SRE book ch. 21: the least critical first",
    ),
    Field::new(
        "shed.critical",
        "Room for critical",
        Control::Share,
        access!(Ratio, shed.critical),
        "Critical requests may wait only while less than this part of a bounded accept queue is full; the rest is kept \
         for critical plus.",
        "partial buffer sharing: Kröner et al., IEEE JSAC 1991; 100 %: no class matters",
    ),
    Field::new(
        "shed.sheddable_plus",
        "Room for sheddable plus",
        Control::Share,
        access!(Ratio, shed.sheddable_plus),
        "The same for sheddable plus requests.",
        "partial buffer sharing: Kröner et al., IEEE JSAC 1991; 100 %: no class matters",
    ),
    Field::new(
        "shed.sheddable",
        "Room for sheddable",
        Control::Share,
        access!(Ratio, shed.sheddable),
        "The same for sheddable requests.",
        "partial buffer sharing: Kröner et al., IEEE JSAC 1991; 100 %: no class matters",
    ),
];
