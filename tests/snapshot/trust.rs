//! Gates, monitors and sensors that learn: a node that sleeps goes on as one that does not.

use crate::{assert_damage_is_refused, assert_round_trip, bytes_of, sealed};
use elbow::likelihood::LearnedNormal;
use elbow::{
    Error, Filter, Gate, GaussHermite, Gaussian, Linear, LocalLevel, Monitor, RandomWalk, Real, Sensor, Snapshot,
};

/// Everything that has to outlive a reset.
#[derive(Debug, Clone, PartialEq)]
struct Node<T: Real> {
    filter: Filter<T, 1>,
    sensor: Sensor<Linear<T, 1>, LearnedNormal<T>>,
    gate: Gate<T>,
    monitor: Monitor<T, 33>,
}

impl<T: Real> Node<T> {
    fn new() -> Self {
        let number = T::from_f64;
        let noise = LearnedNormal::new(number(0.5), number(3.0)).unwrap().with_forgetting(number(0.97)).unwrap();
        Self {
            filter: Filter::new(Gaussian::diagonal([T::ZERO], [T::ONE]).unwrap()),
            sensor: Sensor::linear([T::ONE], noise),
            gate: Gate::by_innovation(number(4.0), 7).unwrap(),
            monitor: Monitor::new(number(1e-3)).unwrap().with_resolution(number(0.05)).unwrap(),
        }
    }

    /// A reading in steps of 0.05, with outliers, repeats and a shift that makes the gate diverge.
    fn step(&mut self, k: u32) {
        let scatter = f64::from(k.wrapping_mul(2_654_435_761) >> 24) / 128.0 - 1.0;
        let mut reading = (f64::from(k) * 0.02 + scatter * 0.6) / 0.05;
        if k % 23 == 5 {
            reading += 400.0;
        } else if (60..75).contains(&k) {
            reading = 40.0;
        } else if k >= 120 {
            reading -= 900.0;
        }
        let reading = T::from_f64(reading.round() * 0.05);
        self.filter.predict_for(&RandomWalk::new(T::from_f64(0.01)).unwrap(), T::ONE).unwrap();
        self.monitor.elapse(T::ONE).unwrap();
        let before = self.sensor;
        let solver = &mut GaussHermite::<3>::new();
        if let Ok(update) = self.filter.update_gated(&mut self.sensor, reading, solver, &mut self.gate) {
            let innovation = update.normalized_innovation(&before, reading);
            self.monitor.record(reading, innovation, update.log_evidence(&before, reading)).unwrap();
        }
    }

    /// Saves each part, and makes another node of the bytes alone.
    fn slept(&self) -> Self {
        let row = Sensor::linear([T::ONE], assert_round_trip(self.sensor.likelihood()));
        Self {
            filter: assert_round_trip(&self.filter),
            sensor: row,
            gate: assert_round_trip(&self.gate),
            monitor: assert_round_trip(&self.monitor),
        }
    }

    fn bytes(&self) -> [Vec<u8>; 4] {
        let learnt = bytes_of(self.sensor.likelihood());
        [bytes_of(&self.filter), learnt, bytes_of(&self.gate), bytes_of(&self.monitor)]
    }
}

fn goes_on<T: Real>() {
    let mut diverged = false;
    for sleep in [0, 1, 5, 6, 32, 34, 64, 100, 125, 140] {
        let mut straight = Node::<T>::new();
        (0..sleep).for_each(|k| straight.step(k));
        let mut restored = straight.slept();
        for k in sleep..sleep + 60 {
            straight.step(k);
            restored.step(k);
            assert_eq!(restored.bytes(), straight.bytes(), "slept at {sleep}, {k}");
            assert_eq!(restored.monitor.report(), straight.monitor.report());
        }
        diverged |= straight.gate.is_diverged();
        assert_eq!(restored, straight);
    }
    assert!(diverged);
}

#[test]
fn a_node_that_slept_goes_on_with_the_same_bits() {
    goes_on::<f32>();
    goes_on::<f64>();
}

#[test]
fn gates_by_evidence_come_back() {
    let gate = Gate::by_log_evidence(-12.5_f32, 3).unwrap();
    assert_eq!((assert_round_trip(&gate), Gate::<f32>::SNAPSHOT_LEN), (gate, 36));
    let other = bytes_of(&Gate::by_innovation(12.5_f32, 3).unwrap());
    assert_ne!(Gate::restore(&other), Ok(gate));
}

#[test]
fn damage_to_any_of_them_is_refused() {
    let mut node = Node::<f32>::new();
    (0..50).for_each(|k| node.step(k));
    assert_damage_is_refused(&node.gate, 5, 1999);
    assert_damage_is_refused(node.sensor.likelihood(), 5, 1999);
    assert_damage_is_refused(&node.monitor, 4999, usize::MAX / 2);
}

/// With a checksum that fits, as a faulty program could write it.
#[test]
fn states_that_cannot_have_come_about_are_corrupt() {
    let mut node = Node::<f32>::new();
    (0..50).for_each(|k| node.step(k));
    let with = |bytes: &[u8], place: usize, word: u32| {
        let mut changed = bytes.to_vec();
        changed[12 + 4 * place..16 + 4 * place].copy_from_slice(&word.to_le_bytes());
        sealed(changed)
    };
    let [_, learnt, gate, monitor] = node.bytes();
    let nan = f32::NAN.to_bits();
    // The criterion, its threshold, the limit, more in a row than in all.
    for (place, word) in [(0, 2), (1, nan), (1, 0), (2, 0), (3, 1000)] {
        assert_eq!(Gate::<f32>::restore(&with(&gate, place, word)), Err(Error::Corrupt), "gate {place}");
    }
    for (place, word) in [(0, nan), (0, 0), (1, nan), (2, 2.0_f32.to_bits()), (3, nan)] {
        let restored = LearnedNormal::<f32>::restore(&with(&learnt, place, word));
        assert_eq!(restored, Err(Error::Corrupt), "noise {place}");
    }
    // False-alarm probability, last reading, time since, whether there is a last one, repeats, readings, an entry.
    let wrong = [(0, nan), (3, nan), (5, nan), (6, 0), (6, 2), (8, 34), (8, u32::MAX), (9, nan), (10, nan)];
    for (place, word) in wrong {
        let restored = Monitor::<f32, 33>::restore(&with(&monitor, place, word));
        assert_eq!(restored, Err(Error::Corrupt), "monitor {place} {word:x}");
    }
}

/// Nor can numbers stand where a fresh state has zeros, or more readings than a sensor remembers: one state, one
/// snapshot.
#[test]
fn what_was_never_written_is_corrupt() {
    let with = |bytes: &[u8], place: usize, bits: u32| {
        let mut changed = bytes.to_vec();
        changed[12 + 4 * place..16 + 4 * place].copy_from_slice(&bits.to_le_bytes());
        sealed(changed)
    };
    let level = bytes_of(&LocalLevel::new(0.5_f32, 0.25).unwrap());
    let learnt = bytes_of(&LearnedNormal::new(0.25_f32, 16.0).unwrap());
    let monitor = bytes_of(&Monitor::<f32, 33>::new(1e-3).unwrap());
    for bits in [1, (-0.0_f32).to_bits(), 1.5_f32.to_bits()] {
        for place in [3, 4] {
            assert_eq!(LocalLevel::<f32>::restore(&with(&level, place, bits)), Err(Error::Corrupt), "{place} {bits:x}");
        }
        // The last reading, the entries of an empty window, their repeats and the spare bits of the 33.
        for place in [3, 9, 10, 73, 74, 75, 76] {
            let restored = Monitor::<f32, 33>::restore(&with(&monitor, place, bits));
            assert_eq!(restored, Err(Error::Corrupt), "{place} {bits:x}");
        }
    }
    let restored = LearnedNormal::<f32>::restore(&with(&learnt, 1, 3e6_f32.to_bits()));
    assert_eq!(restored, Err(Error::Corrupt));
}
