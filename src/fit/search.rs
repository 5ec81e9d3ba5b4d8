//! How the search for the noise moves.
//!
//! The search walks in x, the logarithms of the variances. One round looks at the evidence at -2h, -h, h, 2h along each
//! x and at two corners of each pair, which gives
//!
//! ```text
//! slope      (8 (f(h) - f(-h)) - (f(2h) - f(-2h)))/(12 h)             + O(h^4)
//! curvature  -(16 (f(h) + f(-h)) - (f(2h) + f(-2h)) - 30 f(0))/(12 h^2)   + O(h^4)
//! pair       -(f(h, k) + f(-h, -k) - f(h, 0) - f(-h, 0) - f(0, k) - f(0, -k) + 2 f(0))/(2 h k)
//! ```
//!
//! (Abramowitz and Stegun 1964, *Handbook of Mathematical Functions*, section 25.3), takes
//! Newton's step and doubles it while that helps; where Newton's step is no good, the best point that was looked at.
//! Far from the maximum h is 1; near it h is 0.3 standard deviations, wide enough that the rounding of the evidence
//! does not show in the slopes, and the error of fourth order is small. There a step is taken without asking the
//! evidence, which is too flat to tell.
//!
//! A noise on which the evidence does not depend here, by 0.01 nats for factors of e^2 either way, is left alone until
//! the others have arrived; then the search looks further, to e^12 either way, and moves there or says how it ends.

use super::{LogEvidence, Maximum};
use crate::error::Error;
use crate::factor::{Factor, check_positive};
use crate::real::Real;

/// How often a step is doubled, or halved.
const MAX_DOUBLINGS: usize = 2;

/// The longest step in a logarithm.
const MAX_STEP: f64 = 3.0;

/// The least distance at which the evidence is compared, in a logarithm.
const LEAST_WIDTH: f64 = 1e-3;

/// The logarithms at which the search looks further.
const FAR: u32 = 3;
const LOOKS: u32 = 4;

/// The log, filtered with any noise.
pub struct Log<F, T, const K: usize> {
    pub start: [T; K],
    pub log_evidence: F,
    pub evaluations: u16,
}

impl<T: Real, F: FnMut([T; K]) -> Result<LogEvidence<T>, Error>, const K: usize> Log<F, T, K> {
    pub fn variances(&self, x: &[T; K]) -> [T; K] {
        let mut variances = self.start;
        for i in 0..K {
            variances[i] = self.start[i] * x[i].exp();
        }
        variances
    }

    /// The place at x, if the filter can be run there.
    fn at(&mut self, x: [T; K]) -> Option<Place<T, K>> {
        let variances = self.variances(&x);
        for i in 0..K {
            check_positive(variances[i]).ok()?;
        }
        self.evaluations = self.evaluations.saturating_add(1);
        let evidence = (self.log_evidence)(variances).ok()?;
        if evidence.total().is_finite() { Some(Place { x, evidence }) } else { None }
    }
}

/// Logarithms of variances over those of the start, and the evidence there.
#[derive(Clone, Copy)]
pub struct Place<T, const K: usize> {
    pub x: [T; K],
    pub evidence: LogEvidence<T>,
}

impl<T: Real, const K: usize> Place<T, K> {
    /// How much higher the evidence is at `other`; minus infinity where the filter cannot be run.
    fn gain(&self, other: &Option<Self>) -> T {
        other.as_ref().map_or(-T::INFINITY, |other| other.evidence.above(&self.evidence))
    }

    /// x with `by` added along two axes.
    fn beside(&self, i: usize, by: T, j: usize, and: T) -> [T; K] {
        let mut x = self.x;
        for k in 0..K {
            if k == i {
                x[k] += by;
            }
            if k == j {
                x[k] += and;
            }
        }
        x
    }

    /// Goes there whatever the evidence, if the filter can be run there.
    pub fn walk<F: FnMut([T; K]) -> Result<LogEvidence<T>, Error>>(
        &mut self,
        log: &mut Log<F, T, K>,
        along: &[T; K],
        length: T,
    ) -> bool {
        let mut x = self.x;
        for i in 0..K {
            x[i] += length * along[i];
        }
        let there = log.at(x);
        *self = there.unwrap_or(*self);
        there.is_some()
    }

    /// Newton's step, longer or shorter, or the best place known: whichever is highest. False if none is higher.
    pub fn improve<F: FnMut([T; K]) -> Result<LogEvidence<T>, Error>>(
        &mut self,
        log: &mut Log<F, T, K>,
        along: &[T; K],
        best: &Option<Self>,
    ) -> bool {
        let from = *self;
        let mut highest = from.gain(best).max(T::ZERO);
        let mut to = if highest > T::ZERO { *best } else { None };
        let mut length = T::ONE;
        let mut factor = T::from_f64(2.0);
        for _ in 0..=MAX_DOUBLINGS {
            let mut there = from;
            let gain = if there.walk(log, along, length) { from.gain(&Some(there)) } else { -T::INFINITY };
            if gain > highest {
                (highest, to) = (gain, Some(there));
            } else if length > T::ONE {
                break;
            } else {
                factor = T::from_f64(0.5);
            }
            length *= factor;
        }
        *self = to.unwrap_or(from);
        to.is_some()
    }
}

/// The evidence around a place.
pub struct Look<T, const K: usize> {
    slope: [T; K],
    /// Minus the second derivatives.
    curvature: [[T; K]; K],
    /// The evidence does not depend on this noise here.
    flat: [bool; K],
    /// The evidence differs by more than rounding can.
    resolved: bool,
    /// What the filter's rounding may do to the evidence: the same error at every reading of a filter that has settled.
    rounding: T,
    /// What counts as no difference.
    least: T,
    /// The best place seen.
    pub best: Option<Place<T, K>>,
}

impl<T: Real, const K: usize> Look<T, K> {
    pub fn new<F>(log: &mut Log<F, T, K>, here: &Place<T, K>, width: &[T; K]) -> Self
    where
        F: FnMut([T; K]) -> Result<LogEvidence<T>, Error>,
    {
        let rounding = T::EPSILON * here.evidence.total().abs();
        let least = T::from_f64(0.01).max(rounding + rounding);
        let (slope, curvature, flat) = ([T::ZERO; K], [[T::ZERO; K]; K], [false; K]);
        let mut look = Self { slope, curvature, flat, resolved: true, least, rounding, best: None };
        // f(h) + f(-h) - 2 f(0)
        let mut bend = [T::ZERO; K];
        let (eight, sixteen, twelve) = (T::from_f64(8.0), T::from_f64(16.0), T::from_f64(12.0));
        for i in 0..K {
            let h = width[i];
            let mut gain = |by: T| look.see(here, log.at(here.beside(i, by, i, T::ZERO)));
            let (below, above) = (gain(-h), gain(h));
            let (far_below, far_above) = (gain(-(h + h)), gain(h + h));
            bend[i] = above + below;
            look.slope[i] = (eight * (above - below) - (far_above - far_below)) / (twelve * h);
            look.curvature[i][i] = -(sixteen * bend[i] - (far_above + far_below)) / (twelve * (h * h));
            let largest = below.abs().max(above.abs()).max(far_below.abs()).max(far_above.abs());
            look.flat[i] = h >= T::ONE && largest < least;
            // So small a difference may be rounding: look from further away.
            look.resolved = look.resolved && (h >= T::ONE || largest > least + least);
        }
        for i in 0..K {
            let (flat, h) = (look.flat[i], width[i]);
            for j in 0..i {
                if !(flat || look.flat[j]) {
                    let k = width[j];
                    let mut gain = |by: T, and: T| look.see(here, log.at(here.beside(i, by, j, and)));
                    let both = gain(h, k) + gain(-h, -k);
                    let pair = -((both - bend[i] - bend[j]) / (T::from_f64(2.0) * h * k));
                    (look.curvature[i][j], look.curvature[j][i]) = (pair, pair);
                }
            }
        }
        look
    }

    /// The gain of a place over the centre; keeps the best.
    fn see(&mut self, here: &Place<T, K>, place: Option<Place<T, K>>) -> T {
        let gain = here.gain(&place);
        if gain > here.gain(&self.best) {
            self.best = place;
        }
        gain
    }

    /// Newton's step where the curvature is that of a maximum; else each noise by itself, towards the higher side.
    pub fn step(&self) -> Step<T, K> {
        let mut information = self.curvature;
        let mut slope = self.slope;
        for i in 0..K {
            if self.flat[i] {
                (information[i][i], slope[i]) = (T::ONE, T::ZERO);
            }
        }
        if let (true, Ok(factor)) = (self.resolved, Factor::new(&information)) {
            let along = factor.precision_times(&slope);
            let mut step = Step { along, length: T::ZERO, factor: Some(factor), flat: self.flat };
            let mut longest = T::ZERO;
            for i in 0..K {
                longest = longest.max(along[i].abs());
                step.length += along[i] * information[i][i] * along[i];
            }
            step.length = step.length.sqrt();
            if longest > T::from_f64(MAX_STEP) {
                step.along = along.map(|part| part * (T::from_f64(MAX_STEP) / longest));
            }
            return step;
        }
        let mut along = [T::ZERO; K];
        for i in 0..K {
            let bend = information[i][i].abs().max(slope[i].abs() * T::from_f64(1.0 / MAX_STEP));
            if bend.is_finite() && bend > T::ZERO && slope[i].is_finite() {
                along[i] = slope[i] / bend;
            }
        }
        Step { along, length: T::INFINITY, factor: None, flat: self.flat }
    }

    /// How far to look near a maximum, in standard deviations: 0.3, or as far as rounding does not show.
    fn reach(&self) -> T {
        T::from_f64(0.3).max((T::from_f64(1.5) * self.least).sqrt())
    }

    /// A step that rounding cannot be told from, in standard deviations; at least 5e-3.
    pub fn short(&self) -> T {
        T::from_f64(5e-3).max(self.rounding / self.reach())
    }

    /// How far to look next, having looked this far.
    pub fn widths(&self, step: &Step<T, K>, width: &[T; K], improved: bool) -> [T; K] {
        let half = T::from_f64(0.5);
        let mut next = [T::ONE; K];
        for i in 0..K {
            let bend = self.curvature[i][i];
            next[i] = if step.factor.is_some() && !self.flat[i] && step.along[i].abs() < T::ONE {
                self.reach() / bend.sqrt()
            } else if bend.is_finite() && (improved || !self.resolved) {
                // Far away the curvature is not that of the maximum.
                width[i] + width[i]
            } else {
                half * width[i]
            };
            next[i] = next[i].max(T::from_f64(LEAST_WIDTH)).min(T::ONE);
        }
        next
    }
}

/// Where to go.
pub struct Step<T, const K: usize> {
    pub along: [T; K],
    /// In standard deviations; infinite if this is not Newton's step.
    pub length: T,
    /// The curvature, factored.
    factor: Option<Factor<T, K>>,
    flat: [bool; K],
}

impl<T: Real, const K: usize> Step<T, K> {
    /// How the search ends for every noise, and the standard deviation of its logarithm.
    pub fn ends(&self) -> [(Maximum, T); K] {
        let mut ends = [(Maximum::Nowhere, T::INFINITY); K];
        for i in 0..K {
            if let (false, Some(factor)) = (self.flat[i], &self.factor) {
                let mut unit = [T::ZERO; K];
                unit[i] = T::ONE;
                ends[i] = (Maximum::Inside, factor.precision_times(&unit)[i].sqrt());
            }
        }
        ends
    }
}

/// Looks far along every noise on which the evidence does not depend. True if it is higher there: the place is then the
/// highest.
pub fn look_further<T: Real, F: FnMut([T; K]) -> Result<LogEvidence<T>, Error>, const K: usize>(
    log: &mut Log<F, T, K>,
    here: &mut Place<T, K>,
    look: &Look<T, K>,
    ends: &mut [(Maximum, T); K],
) -> bool {
    let mut highest = None;
    for i in 0..K {
        if !look.flat[i] {
            continue;
        }
        // Whether the evidence falls, downwards and upwards.
        let mut falls = [false; 2];
        for side in 0..2 {
            let mut distance = T::ZERO;
            for _ in 0..LOOKS {
                distance += T::from_u32(FAR);
                let there = log.at(here.beside(i, if side == 0 { -distance } else { distance }, i, T::ZERO));
                let gain = here.gain(&there);
                falls[side] = falls[side] || gain < -look.least;
                if gain > look.least && gain > here.gain(&highest) {
                    highest = there;
                }
            }
        }
        ends[i].0 = match falls {
            [true, true] => Maximum::Inside,
            [false, true] => Maximum::AtZero,
            [true, false] => Maximum::AtInfinity,
            [false, false] => Maximum::Nowhere,
        };
    }
    *here = highest.unwrap_or(*here);
    highest.is_some()
}
