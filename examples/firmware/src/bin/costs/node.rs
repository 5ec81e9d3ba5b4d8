//! A whole node: what a firmware with two sensors keeps and calls.

use elbow::likelihood::{Normal, Poisson};
use elbow::{Filter, Linear, LocalLinearTrend, Sensor, Snapshot};
use elbow_firmware::measure::{Work, spread};
use elbow_firmware::rows;

use crate::kernels::belief;
use crate::updates::{Samples, Way};

/// A snapshot of the filter.
const BYTES: usize = Filter::<f32, 2>::SNAPSHOT_LEN;

/// A level and its trend, seen by a Gaussian sensor and by a counter; each turn predicts and takes one reading of each
/// in, saves the filter, and reads the snapshot back as after a reset.
pub struct Node<W: Way> {
    filter: Filter<f32, 2>,
    process: LocalLinearTrend<f32>,
    thermometer: Sensor<Linear<f32, 2>, Normal<f32>>,
    counter: Sensor<Linear<f32, 2>, Poisson<f32>>,
    estimator: W::Of,
    snapshot: [u8; BYTES],
    readings: (f32, u32),
}

impl<W: Way> Work for Node<W> {
    const RAM: usize = size_of::<Self>() - size_of::<(f32, u32)>();
    fn new() -> Option<Self> {
        Some(Self {
            filter: Filter::new(belief(0)?),
            process: LocalLinearTrend::new([1e-3, 1e-4]).ok()?,
            thermometer: Sensor::linear([1.0, 0.0], Normal::new(0.25).ok()?),
            counter: Sensor::linear([1.0, 0.0], Poisson::with_exposure(5.0).ok()?),
            estimator: W::estimator()?,
            snapshot: [0; BYTES],
            readings: (0.0, 0),
        })
    }
    fn prepare(&mut self, call: u32) {
        self.readings = (spread(call), 3 + call % 5);
    }
    fn work(&mut self) -> bool {
        let predicted = self.filter.predict_for(&self.process, 1.0).is_ok();
        let seen = self.filter.update(&mut self.thermometer, self.readings.0, &mut self.estimator).is_ok();
        let counted = self.filter.update(&mut self.counter, self.readings.1, &mut self.estimator).is_ok();
        let saved = self.filter.save(&mut self.snapshot).is_ok();
        let Ok(restored) = Filter::restore(&self.snapshot) else { return false };
        self.filter = restored;
        predicted && seen && counted && saved
    }
}

rows! {
    /// Whole nodes.
    rows, "nodes",
    "Normal and Poisson, GaussHermite<5>, D = 2" => Node<elbow::GaussHermite<5>>,
    "Normal and Poisson, OneSample of 1, D = 2" => Node<Samples<1>>,
    "Normal and Poisson, OneSample of 8, D = 2" => Node<Samples<8>>,
}
