//! Likelihoods, gates and monitors.

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, Serializer};

use crate::array::Array;
use crate::gate::Criterion;
use crate::likelihood::{
    Censored, FromScore, Gamma, Huber, LearnedNormal, NegativeBinomial, Normal, Poisson, Quantized, StudentT, VonMises,
};
use crate::monitor::{Entry, Memory};
use crate::real::Real;
use crate::{Gate, Monitor};

use super::form;

wire!(Normal<T>, |noise| { variance: noise.variance() }, |noise| Normal::new(noise.variance));

wire!(
    LearnedNormal<T>,
    |noise| {
        variance: noise.variance(),
        readings: noise.readings(),
        forgetting: noise.forgetting(),
        floor: noise.floor()
    },
    |noise| {
        LearnedNormal::new(noise.variance, noise.readings)
            .and_then(|learnt| learnt.with_forgetting(noise.forgetting))
            .and_then(|learnt| learnt.with_floor(noise.floor))
    }
);

wire!(
    StudentT<T>,
    |noise| { scale: noise.scale(), degrees_of_freedom: noise.degrees_of_freedom() },
    |noise| StudentT::new(noise.scale, noise.degrees_of_freedom)
);

wire!(Poisson<T>, |counts| { exposure: counts.exposure }, |counts| Poisson::with_exposure(counts.exposure));

wire!(
    NegativeBinomial<T>,
    |counts| { dispersion: counts.dispersion(), exposure: counts.exposure() },
    |counts| NegativeBinomial::new(counts.dispersion).and_then(|bare| bare.with_exposure(counts.exposure))
);

wire!(Gamma<T>, |amounts| { shape: amounts.shape() }, |amounts| Gamma::new(amounts.shape));

wire!(
    Quantized<T>,
    |codes| { step: codes.step, std_dev: codes.std_dev, lowest: codes.lowest, highest: codes.highest },
    |codes| Quantized::new(codes.step, codes.std_dev).and_then(|steps| steps.with_ends(codes.lowest, codes.highest))
);

wire!(
    Censored<T>,
    |rails| { std_dev: rails.std_dev, lower: rails.lower, upper: rails.upper },
    |rails| Censored::new(rails.std_dev, rails.lower, rails.upper)
);

wire!(
    Gate<T>,
    |gate| {
        innovation: match gate.criterion { Criterion::Innovation(most) => Some(most), _ => None },
        log_evidence: match gate.criterion { Criterion::LogEvidence(least) => Some(least), _ => None },
        limit: gate.limit,
        rejected_in_a_row: gate.rejected_in_a_row,
        rejected: gate.rejected
    },
    |gate| match (gate.innovation, gate.log_evidence) {
        (Some(most), None) => Gate::by_innovation(most, gate.limit),
        (None, Some(least)) => Gate::by_log_evidence(least, gate.limit),
        _ => Err(crate::Error::OutOfRange),
    }
    .and_then(|fresh| fresh.resumed(gate.rejected_in_a_row, gate.rejected))
);

wire!(
    Monitor<T, W>,
    |monitor| {
        false_alarm: monitor.false_alarm,
        resolution: monitor.resolution,
        longest_gap: monitor.longest_gap,
        readings: monitor.memory().readings as u32,
        innovations: Array(monitor.memory().entries.map(|entry| entry.innovation)),
        log_evidences: Array(monitor.memory().entries.map(|entry| entry.log_evidence)),
        repeated: Array(monitor.memory().entries.map(|entry| entry.repeated)),
        last: monitor.last,
        repeats: monitor.repeats,
        repeat_surprise: monitor.repeat_surprise,
        since_last: monitor.since_last
    },
    |form| {
        let entry = |innovation| Entry { innovation, log_evidence: T::ZERO, repeated: false };
        let mut entries = form.innovations.0.map(entry);
        for ((entry, &log_evidence), &repeated) in entries.iter_mut().zip(&form.log_evidences.0).zip(&form.repeated.0) {
            *entry = Entry { log_evidence, repeated, ..*entry };
        }
        let memory = Memory {
            readings: form.readings as usize,
            entries,
            last: form.last,
            repeats: form.repeats,
            repeat_surprise: form.repeat_surprise,
            since_last: form.since_last,
        };
        Monitor::new(form.false_alarm)
            .and_then(|monitor| monitor.with_resolution(form.resolution))
            .and_then(|monitor| monitor.with_longest_gap(form.longest_gap))
            .and_then(|monitor| monitor.resumed(&memory))
    }
);

wire!(VonMises<T>, |angle| { concentration: angle.concentration() }, |angle| VonMises::new(angle.concentration));

wire!(
    Huber<T>,
    |robust| { std_dev: robust.std_dev(), threshold: robust.threshold() },
    |robust| Huber::new(robust.std_dev, robust.threshold)
);

impl<T: Real + Serialize, M: Serialize> Serialize for FromScore<T, M> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        form::FromScore { model: &self.model, step: self.step }.serialize(serializer)
    }
}

impl<'de, T: Real + Deserialize<'de>, M: Deserialize<'de>> Deserialize<'de> for FromScore<T, M> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let form = form::FromScore::deserialize(deserializer)?;
        FromScore::new(form.model, form.step).map_err(D::Error::custom)
    }
}
