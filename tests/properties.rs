//! Identities and inequalities that hold for every input, on random inputs, in `f32` and `f64`.
//!
//! Tolerances are counted in roundings: EPSILON of the scalar times the number of operations and the size of what is
//! added up, cancelled parts included. Inputs on a binary grid make many a property exact, and it is then tested bit
//! for bit. The seed is fixed, so that a failure is the same on every machine.

#[path = "properties/ascent.rs"]
mod ascent;
#[path = "properties/categorical.rs"]
mod categorical;
#[path = "properties/conservation.rs"]
mod conservation;
#[path = "properties/covariance.rs"]
mod covariance;
#[path = "properties/dense.rs"]
mod dense;
#[path = "properties/gaussian.rs"]
mod gaussian;
#[path = "properties/gradients.rs"]
mod gradients;
#[path = "properties/invariance.rs"]
mod invariance;
#[path = "properties/logits.rs"]
mod logits;
#[path = "properties/mean_field.rs"]
mod mean_field;
#[path = "properties/sequence.rs"]
mod sequence;
#[path = "properties/setting.rs"]
mod setting;
#[path = "properties/support.rs"]
mod support;
#[path = "properties/update.rs"]
mod update;
#[path = "properties/vector.rs"]
mod vector;
