//! The commands around a run as a person or a script meets them: settings, explanations, experiments, timing.

mod ask;
mod bench;
mod explain;
mod lesson;
mod set;
mod validate;
