//! Small functions of lists, against `functions.csv`.

use crate::budget::Check;
use crate::table::{Bits, Row, Table};
use elbow::predictor::{Altitude, Bearing, Range};
use elbow::{Categorical, LogEvidence, Logits, Predictor, Real, bits};

fn of_weights<T: Real + Bits, const N: usize>(row: &Row, check: &mut Check) {
    let (name, values) = match row.text("function") {
        "from_weights" => (
            "categorical.from_weights",
            *Categorical::<T, N>::from_weights(row.array("x")).expect("weights").probabilities(),
        ),
        _ => (
            "logits.probabilities",
            *Logits::<T, N>::new(row.array("x")).expect("logits").probabilities().probabilities(),
        ),
    };
    check.list(row, name, "value", &values);
}

fn range<T: Real + Bits, const D: usize>(row: &Row) -> T {
    let at = Range::<T, D, D>::new(row.array("parameters"), std::array::from_fn(|i| i)).expect("a beacon");
    at.predict(&row.array("x"))
}

fn judge<T: Real + Bits>(row: &Row, check: &mut Check) {
    match (row.text("function"), row.text("n")) {
        ("from_weights" | "probabilities", "1") => of_weights::<T, 1>(row, check),
        ("from_weights" | "probabilities", "2") => of_weights::<T, 2>(row, check),
        ("from_weights" | "probabilities", "4") => of_weights::<T, 4>(row, check),
        ("from_weights" | "probabilities", "8") => of_weights::<T, 8>(row, check),
        ("probabilities", "7") => of_weights::<T, 7>(row, check),
        ("probabilities", "16") => of_weights::<T, 16>(row, check),
        ("probabilities", "64") => of_weights::<T, 64>(row, check),
        ("probabilities", "256") => of_weights::<T, 256>(row, check),
        ("bits", _) => check.list(row, "bits", "value", &row.array::<T, 1>("x").map(bits)),
        ("range", "1") => check.list(row, "predictor.range", "value", &[range::<T, 1>(row)]),
        ("range", "2") => check.list(row, "predictor.range", "value", &[range::<T, 2>(row)]),
        ("range", "3") => check.list(row, "predictor.range", "value", &[range::<T, 3>(row)]),
        ("bearing", _) => {
            let station = Bearing::<T, 2>::new(row.array("parameters"), [0, 1]).expect("a station");
            check.list(row, "predictor.bearing", "value", &[station.predict(&row.array("x"))]);
        }
        ("altitude", _) => {
            let [pressure] = row.array("parameters");
            let air = Altitude::<T, 1>::new(pressure, 0).expect("a pressure");
            check.list(row, "predictor.altitude", "value", &[air.predict(&row.array("x"))]);
        }
        ("total", _) => {
            let mut sum = LogEvidence::new();
            row.list::<T>("x").into_iter().for_each(|term| sum.add(term));
            check.list(row, "log_evidence_sum", "value", &[sum.total()]);
        }
        ("difference", _) => {
            let station = Bearing::<T, 2>::new([T::ZERO; 2], [0, 1]).expect("a station");
            let [a, b] = row.array("x");
            let apart = Predictor::<T, 2>::difference(&station, a, b);
            check.list(row, "predictor.difference", "value", &[apart]);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn functions() {
    let mut check = Check::new("functions");
    for row in Table::read("functions").rows() {
        match row.text("scalar") {
            "f32" => judge::<f32>(&row, &mut check),
            _ => judge::<f64>(&row, &mut check),
        }
    }
    check.finish();
}
