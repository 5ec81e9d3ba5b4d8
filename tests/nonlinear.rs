//! Nonlinear sensors: statistical linearisation, its iteration, the ready predictors.

#[path = "nonlinear/accuracy.rs"]
mod accuracy;
#[path = "common/csv.rs"]
mod csv;
#[path = "nonlinear/faults.rs"]
mod faults;
#[path = "nonlinear/foreseen.rs"]
mod foreseen;
#[path = "nonlinear/linearisation.rs"]
mod linearisation;
#[path = "nonlinear/predictors.rs"]
mod predictors;
#[path = "nonlinear/reported.rs"]
mod reported;
