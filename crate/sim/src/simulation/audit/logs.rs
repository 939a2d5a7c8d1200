//! The audit of logs: records, their readers, and what members wait for.

use crate::broker::log::Partition;
use crate::event::EdgeIx;
use crate::simulation::Simulation;
use crate::simulation::log_books::{Doing, Fetch};
use crate::units::Time;

impl Simulation {
    /// Every record is unread or polled, each polled one is in the hands of a member, and no member waits for
    /// nothing.
    pub(super) fn audit_log(&self, edge: EdgeIx, counted: [usize; 3], found: &mut Vec<String>) {
        let link = self.world().link(edge);
        let Some(log) = &link.log else {
            if counted != [0; 3] {
                found.push(format!("{}: {counted:?} records of no log", link.id));
            }
            return;
        };
        let held = log.members.values().map(|member| member.held().count());
        let books: [usize; 3] = [
            log.partitions.iter().map(Partition::unread).sum(),
            log.partitions.iter().map(Partition::polled).sum(),
            held.sum(),
        ];
        if books != counted {
            found.push(format!("{}: log {books:?}, messages {counted:?}", link.id));
        }
        for (number, member) in &log.members {
            let owns = log.group.owns(*number);
            let reads =
                |partition: &u32| log.readers.get(*partition as usize) == Some(&Some(*number));
            let most = link.spec.log.fetch_most();
            let there = |partition: &u32| log.partitions[*partition as usize].available(most) > 0;
            let unserved =
                matches!(member.fetch, Fetch::Waits(..)) && member.serve_at == Time::NEVER;
            if unserved && owns.iter().any(there) {
                found.push(format!(
                    "{}: nobody answers member {number}: {member:?}",
                    link.id
                ));
            }
            let idle = match &member.doing {
                Doing::Polls => {
                    // Paused, or about to look.
                    let rests = member.silent.is_some() || member.wakes.is_some();
                    let asks_nothing = member.fetch == Fetch::None && !owns.is_empty();
                    !owns.iter().all(reads)
                        || member.held().next().is_some()
                        || !rests && (asks_nothing || member.is_fenced)
                }
                Doing::Works => member.current.is_none(),
                // It is on its way, there or back, or lost: then a timer runs.
                Doing::Commits(..) => false,
                Doing::Joins => !log.group.is_joining(),
                Doing::Dead => member.held().next().is_some() || member.is_fenced,
            };
            if idle {
                found.push(format!(
                    "{}: member {number} waits for nothing: {member:?}",
                    link.id
                ));
            }
        }
        if log.group.is_complete() {
            found.push(format!("{}: all have joined and get nothing", link.id));
        }
    }
}
