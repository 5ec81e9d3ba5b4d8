//! What becomes of a filter that is given something bad.

use crate::contender::Contender;
use crate::model::{Model, reading};
use crate::reference::{Reference, larger};
use core::fmt;

/// A mean further away than this, in standard deviations, is wrong.
const WRONG: f64 = 1.0;

/// What becomes of a filter.
#[derive(Clone, Copy, Default)]
pub struct Outcome {
    is_refused: bool,
    /// The first step that it complained of, and how many there were.
    complaint: Option<u32>,
    complaints: u32,
    /// The first step after which a variance was negative, or the state not finite.
    negative: Option<u32>,
    not_finite: Option<u32>,
    /// The furthest that the mean was from the reference's, in standard deviations.
    furthest: f64,
    /// The last step at which the mean was wrong, and whether that was the last of all.
    wrong: Option<u32>,
    is_wrong: bool,
}

/// A filter on trial, if it took the model.
pub struct Trial<C> {
    filter: Option<C>,
    outcome: Outcome,
}

/// A filter of any kind on trial.
pub trait Tried<const N: usize, const M: usize> {
    /// What the reference did before, the filter does now.
    fn step(&mut self, step: u32, readings: &[f32; M], reference: &Reference<N, M>);

    fn outcome(&self) -> &Outcome;
}

impl<C> Trial<C> {
    pub fn new<const N: usize, const M: usize>(model: &Model<N, M>) -> Self
    where
        C: Contender<N, M>,
    {
        let filter = C::new(model);
        let outcome = Outcome { is_refused: filter.is_none(), ..Outcome::default() };
        Self { filter, outcome }
    }
}

impl<C: Contender<N, M>, const N: usize, const M: usize> Tried<N, M> for Trial<C> {
    fn step(&mut self, step: u32, readings: &[f32; M], reference: &Reference<N, M>) {
        let (Some(filter), outcome) = (&mut self.filter, &mut self.outcome) else { return };
        if !filter.step(readings) {
            outcome.complaint.get_or_insert(step);
            outcome.complaints += 1;
        }
        let (mean, covariance) = (filter.mean(), filter.covariance());
        if !covariance.iter().chain([&mean]).flatten().all(|number| number.is_finite()) {
            outcome.not_finite.get_or_insert(step);
        }
        if !C::IS_FACTORED && reference.sees_negative(&covariance) {
            outcome.negative.get_or_insert(step);
        }
        let distance = reference.distance(&mean);
        outcome.furthest = larger(outcome.furthest, distance);
        outcome.is_wrong = !(distance <= WRONG);
        if outcome.is_wrong {
            outcome.wrong = Some(step);
        }
    }

    fn outcome(&self) -> &Outcome {
        &self.outcome
    }
}

/// Runs filters for some steps beside the reference, which goes without the readings that `bad` replaces.
pub fn run<const N: usize, const M: usize>(
    model: &Model<N, M>,
    steps: u32,
    bad: Option<(u32, f32)>,
    filters: &mut [&mut dyn Tried<N, M>],
) {
    let mut reference = Reference::new(model);
    for step in 1..=steps {
        let mut readings = reading::<M>(step);
        reference.predict();
        match bad {
            Some((at, value)) if at == step => readings = [value; M],
            _ => reference.update(&readings),
        }
        for filter in &mut *filters {
            filter.step(step, &readings, &reference);
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_refused {
            return f.write_str("refused when set up");
        }
        if let Some(step) = self.not_finite {
            return write!(f, "NaN for ever from step {step}");
        }
        match (self.complaint, self.complaints) {
            (Some(step), 1) => write!(f, "error at step {step}; ")?,
            (Some(step), errors) => write!(f, "{errors} errors, from step {step} on; ")?,
            (None, _) => {}
        }
        if let Some(step) = self.negative {
            write!(f, "negative variance at step {step}; ")?;
        }
        match self.wrong {
            // There is no right answer.
            _ if self.furthest.is_nan() => {
                f.write_str(if self.complaints == 0 { "no error" } else { "the rest taken" })
            }
            None => write!(f, "within {:.0e} sd", self.furthest),
            Some(step) => {
                f.write_str("up to ")?;
                if self.furthest < 1000.0 {
                    write!(f, "{:.0}", self.furthest)?;
                } else {
                    write!(f, "{:.0e}", self.furthest)?;
                }
                if self.is_wrong {
                    write!(f, " sd off, wrong at the end")
                } else {
                    write!(f, " sd off, wrong until step {step}")
                }
            }
        }
    }
}
