//! What surrounds an update: gates, monitors, snapshots, and sensors of several numbers or of a function of the state.

use elbow::likelihood::Normal;
use elbow::predictor::{Altitude, Bearing, Predictor, Range};
use elbow::{
    Filter, Gate, GaussHermite, Gaussian, Linear, LocalLevel, Monitor, Nonlinear, Sensor, Snapshot, VectorSensor,
};
use elbow_firmware::measure::{Work, spread};
use elbow_firmware::rows;

use crate::kernels::belief;

/// Longer than any snapshot here.
const BUFFER: usize = 1024;

/// Something to be saved, in a plausible state.
pub trait Kept: Snapshot {
    fn kept() -> Option<Self>;
}

impl<const N: usize> Kept for Filter<f32, N> {
    fn kept() -> Option<Self> {
        belief(3).map(Filter::new)
    }
}

impl Kept for LocalLevel<f32> {
    fn kept() -> Option<Self> {
        let mut level = LocalLevel::new(0.5, 0.1).ok()?;
        level.update(1.0, 1.0).ok()?;
        Some(level)
    }
}

impl Kept for Gate<f32> {
    fn kept() -> Option<Self> {
        Gate::by_innovation(4.0, 100).ok()
    }
}

/// A full window.
impl Kept for Monitor<f32, 64> {
    fn kept() -> Option<Self> {
        let mut monitor = Monitor::new(1e-3).ok()?;
        for call in 0..64 {
            monitor.record(spread(call), 2.0 * spread(7 * call), spread(11 * call) - 1.0).ok()?;
        }
        Some(monitor)
    }
}

pub struct Save<S>(S, [u8; BUFFER]);

impl<S: Kept> Work for Save<S> {
    const RAM: usize = size_of::<S>() + S::SNAPSHOT_LEN;
    fn new() -> Option<Self> {
        Some(Self(S::kept()?, [0; BUFFER]))
    }
    fn prepare(&mut self, _: u32) {}
    fn work(&mut self) -> bool {
        self.0.save(&mut self.1).is_ok()
    }
}

pub struct Restore<S>(S, [u8; BUFFER]);

impl<S: Kept> Work for Restore<S> {
    const RAM: usize = size_of::<S>() + S::SNAPSHOT_LEN;
    fn new() -> Option<Self> {
        let (kept, mut bytes) = (S::kept()?, [0; BUFFER]);
        kept.save(&mut bytes).ok()?;
        Some(Self(kept, bytes))
    }
    fn prepare(&mut self, _: u32) {}
    fn work(&mut self) -> bool {
        let Some(bytes) = self.1.get(..S::SNAPSHOT_LEN) else { return false };
        match S::restore(bytes) {
            Ok(restored) => {
                self.0 = restored;
                true
            }
            Err(_) => false,
        }
    }
}

/// A reading taken in, then recorded.
pub struct Record(Monitor<f32, 64>, [f32; 3]);

impl Work for Record {
    const RAM: usize = size_of::<Monitor<f32, 64>>();
    fn new() -> Option<Self> {
        Some(Self(Kept::kept()?, [0.0; 3]))
    }
    fn prepare(&mut self, call: u32) {
        self.1 = [spread(call), 2.0 * spread(7 * call), spread(11 * call) - 1.0];
    }
    fn work(&mut self) -> bool {
        self.0.record(self.1[0], self.1[1], self.1[2]).is_ok()
    }
}

/// Every figure and flag of a full window.
pub struct ReportOf(Monitor<f32, 64>);

impl Work for ReportOf {
    const RAM: usize = size_of::<Monitor<f32, 64>>();
    fn new() -> Option<Self> {
        Some(Self(Kept::kept()?))
    }
    fn prepare(&mut self, _: u32) {}
    fn work(&mut self) -> bool {
        core::hint::black_box(self.0.report()).mean_square.is_finite()
    }
}

/// The criterion of a gate.
pub trait Criterion {
    fn gate() -> Option<Gate<f32>>;
}

pub struct ByInnovation;

impl Criterion for ByInnovation {
    fn gate() -> Option<Gate<f32>> {
        Gate::by_innovation(6.0, 100).ok()
    }
}

pub struct ByLogEvidence;

impl Criterion for ByLogEvidence {
    fn gate() -> Option<Gate<f32>> {
        Gate::by_log_evidence(-20.0, 100).ok()
    }
}

/// A normal reading that passes a gate.
pub struct Gated<C, const N: usize> {
    filter: Filter<f32, N>,
    prior: Gaussian<f32, N>,
    sensor: Sensor<Linear<f32, N>, Normal<f32>>,
    gate: Gate<f32>,
    reading: f32,
    by: core::marker::PhantomData<C>,
}

impl<C: Criterion, const N: usize> Work for Gated<C, N> {
    const RAM: usize =
        size_of::<Filter<f32, N>>() + size_of::<Sensor<Linear<f32, N>, Normal<f32>>>() + size_of::<Gate<f32>>();
    fn new() -> Option<Self> {
        let (prior, sensor) = (belief(0)?, Sensor::linear([1.0; N], Normal::new(0.25).ok()?));
        let (filter, by) = (Filter::new(prior), core::marker::PhantomData);
        Some(Self { filter, prior, sensor, gate: C::gate()?, reading: 0.0, by })
    }
    fn prepare(&mut self, call: u32) {
        self.filter.reset(self.prior);
        self.reading = spread(call);
    }
    fn work(&mut self) -> bool {
        let mut estimator = GaussHermite::<5>::new();
        let updated = self.filter.update_gated(&mut self.sensor, self.reading, &mut estimator, &mut self.gate);
        updated.is_ok() && self.gate.rejected() == 0
    }
}

/// Several numbers with correlated noise.
pub struct Vector<const M: usize, const N: usize> {
    filter: Filter<f32, N>,
    prior: Gaussian<f32, N>,
    sensor: VectorSensor<f32, M, N>,
    reading: [f32; M],
}

impl<const M: usize, const N: usize> Work for Vector<M, N> {
    const RAM: usize = size_of::<Filter<f32, N>>() + size_of::<VectorSensor<f32, M, N>>();
    fn new() -> Option<Self> {
        let rows = core::array::from_fn(|i| core::array::from_fn(|j| if i == j { 1.0 } else { 0.25 }));
        let noise = core::array::from_fn(|i| core::array::from_fn(|j| if i == j { 0.5 } else { 0.1 }));
        let (prior, sensor) = (belief(0)?, VectorSensor::new(rows, noise).ok()?);
        Some(Self { filter: Filter::new(prior), prior, sensor, reading: [0.0; M] })
    }
    fn prepare(&mut self, call: u32) {
        self.filter.reset(self.prior);
        self.reading = crate::kernels::numbers(call);
    }
    fn work(&mut self) -> bool {
        self.filter.update_vector(&self.sensor, self.reading).is_ok()
    }
}

/// A sensor of a function of the state.
pub trait Seen: Predictor<f32, 4> + Sized {
    /// The centre of the readings.
    const READING: f32;
    fn seen() -> Option<Self>;
}

impl Seen for Range<f32, 4, 2> {
    const READING: f32 = 5.0;
    fn seen() -> Option<Self> {
        Range::new([3.0, 4.0], [0, 1]).ok()
    }
}

impl Seen for Bearing<f32, 4> {
    const READING: f32 = 0.9;
    fn seen() -> Option<Self> {
        Bearing::new([3.0, 4.0], [0, 1]).ok()
    }
}

impl Seen for Altitude<f32, 4> {
    const READING: f32 = 1013.25;
    fn seen() -> Option<Self> {
        Altitude::new(1013.25, 0).ok()
    }
}

/// A normal reading of it.
pub struct NonlinearUpdate<H> {
    filter: Filter<f32, 4>,
    prior: Gaussian<f32, 4>,
    sensor: Sensor<Nonlinear<H>, Normal<f32>>,
    reading: f32,
}

impl<H: Seen> Work for NonlinearUpdate<H> {
    const RAM: usize = size_of::<Filter<f32, 4>>() + size_of::<Sensor<Nonlinear<H>, Normal<f32>>>();
    fn new() -> Option<Self> {
        let (prior, sensor) = (belief(0)?, Sensor::nonlinear(H::seen()?, Normal::new(0.25).ok()?));
        Some(Self { filter: Filter::new(prior), prior, sensor, reading: 0.0 })
    }
    fn prepare(&mut self, call: u32) {
        self.filter.reset(self.prior);
        self.reading = H::READING + spread(call);
    }
    fn work(&mut self) -> bool {
        self.filter.update(&mut self.sensor, self.reading, &mut GaussHermite::<5>::new()).is_ok()
    }
}

pub struct Level(LocalLevel<f32>, f32);

impl Work for Level {
    const RAM: usize = size_of::<LocalLevel<f32>>();
    fn new() -> Option<Self> {
        Some(Self(Kept::kept()?, 0.0))
    }
    fn prepare(&mut self, call: u32) {
        self.1 = spread(call);
    }
    fn work(&mut self) -> bool {
        self.0.update(self.1, 1.5).is_ok()
    }
}

rows! {
    /// Other readings.
    readings, "other readings",
    "LocalLevel::update" => Level,
    "update_gated, by_innovation, D = 1" => Gated<ByInnovation, 1>,
    "update_gated, by_innovation, D = 2" => Gated<ByInnovation, 2>,
    "update_gated, by_log_evidence, D = 1" => Gated<ByLogEvidence, 1>,
    "update_gated, by_log_evidence, D = 2" => Gated<ByLogEvidence, 2>,
    "update_vector, 2 numbers, D = 2" => Vector<2, 2>,
    "update_vector, 2 numbers, D = 4" => Vector<2, 4>,
    "update_vector, 3 numbers, D = 8" => Vector<3, 8>,
    "Range, D = 4" => NonlinearUpdate<Range<f32, 4, 2>>,
    "Bearing, D = 4" => NonlinearUpdate<Bearing<f32, 4>>,
    "Altitude, D = 4" => NonlinearUpdate<Altitude<f32, 4>>,
}

rows! {
    /// Monitors and snapshots.
    rows, "keeping",
    "Monitor<64>::record" => Record,
    "Monitor<64>::report" => ReportOf,
    "Filter::save, D = 1" => Save<Filter<f32, 1>>,
    "Filter::save, D = 2" => Save<Filter<f32, 2>>,
    "Filter::save, D = 4" => Save<Filter<f32, 4>>,
    "Filter::save, D = 8" => Save<Filter<f32, 8>>,
    "Filter::restore, D = 1" => Restore<Filter<f32, 1>>,
    "Filter::restore, D = 2" => Restore<Filter<f32, 2>>,
    "Filter::restore, D = 4" => Restore<Filter<f32, 4>>,
    "Filter::restore, D = 8" => Restore<Filter<f32, 8>>,
    "LocalLevel::save" => Save<LocalLevel<f32>>,
    "LocalLevel::restore" => Restore<LocalLevel<f32>>,
    "Gate::save" => Save<Gate<f32>>,
    "Gate::restore" => Restore<Gate<f32>>,
    "Monitor<64>::save" => Save<Monitor<f32, 64>>,
    "Monitor<64>::restore" => Restore<Monitor<f32, 64>>,
}
