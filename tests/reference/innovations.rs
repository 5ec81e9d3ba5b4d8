//! Readings against their predictions, against `innovations_closed.csv`.

use crate::budget::Check;
use crate::table::{Bits, Row};
use elbow::Real;
use elbow::likelihood::{Censored, Huber, LearnedNormal, Likelihood, Probit, Quantized, VonMises};

fn judge<T: Real + Bits, L: Likelihood<T>>(row: &Row, check: &mut Check, sensor: L, reading: L::Reading) {
    let [mean, variance] = ["mean", "variance"].map(|column| row.array::<T, 1>(column)[0]);
    let innovation = sensor.innovation(reading, mean, variance);
    let innovation = innovation.unwrap_or_else(|| panic!("line {}: no innovation", row.line));
    let name = row.text("likelihood");
    check.value(row, &format!("innovation.{name}_value"), "value", innovation.value);
    check.value(row, &format!("innovation.{name}_std_dev"), "std_dev", innovation.std_dev);
}

pub fn row<T: Real + Bits>(row: &Row, check: &mut Check) {
    let parameters = row.list::<T>("parameters");
    let number = || T::from_hex(row.text("reading"));
    match (row.text("likelihood"), &parameters[..]) {
        ("censored", &[std_dev, lower, upper]) => {
            judge::<T, _>(row, check, Censored::new(std_dev, lower, upper).expect("rails"), number());
        }
        ("quantized" | "quantized_codes", &[step, std_dev]) => {
            judge::<T, _>(row, check, Quantized::new(step, std_dev).expect("a step"), number());
        }
        ("quantized" | "quantized_codes", &[step, std_dev, lowest, highest]) => {
            let steps = Quantized::new(step, std_dev).and_then(|steps| steps.with_ends(lowest, highest));
            judge::<T, _>(row, check, steps.expect("ends"), number());
        }
        ("probit", []) => judge::<T, _>(row, check, Probit::new(), row.text("reading") == "1"),
        ("huber", &[std_dev, threshold]) => {
            judge::<T, _>(row, check, Huber::new(std_dev, threshold).expect("a threshold"), number());
        }
        ("von_mises", &[concentration]) => {
            judge::<T, _>(row, check, VonMises::new(concentration).expect("a concentration"), number());
        }
        ("learned_normal", &[variance, readings, forgetting]) => {
            let noise = LearnedNormal::new(variance, readings).and_then(|noise| noise.with_forgetting(forgetting));
            judge::<T, _>(row, check, noise.expect("a noise"), number());
        }
        other => panic!("line {}: {:?}", row.line, other.0),
    }
}
