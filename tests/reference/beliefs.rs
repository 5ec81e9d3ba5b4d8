//! What a belief computes of itself, and what a filter does with it, against `beliefs.csv`.

use crate::budget::Check;
use crate::table::{Bits, Row};
use elbow::likelihood::Normal;
use elbow::{Dynamics, Error, Filter, GaussHermite, Gaussian, MeanField, Real, Sensor, VectorSensor};

/// Rows of a matrix stored as one list.
fn matrix<T: Bits + Copy, const M: usize, const N: usize>(row: &Row, column: &str) -> [[T; N]; M] {
    let list: Vec<T> = row.list(column);
    std::array::from_fn(|i| std::array::from_fn(|j| list[N * i + j]))
}

fn number<T: Bits + Copy>(row: &Row, column: &str) -> T {
    row.array::<T, 1>(column)[0]
}

fn belief<T: Real + Bits, const N: usize>(row: &Row) -> Gaussian<T, N> {
    let mut entries = row.list::<T>("lower").into_iter();
    let mut unit_lower = [[T::ZERO; N]; N];
    for (i, line) in unit_lower.iter_mut().enumerate() {
        line[..i].fill_with(|| entries.next().expect("an entry of the triangle"));
    }
    Gaussian::from_factor(row.array("mean"), unit_lower, row.array("pivots")).expect("a belief")
}

pub fn row<T: Real + Bits, const N: usize>(row: &Row, check: &mut Check) {
    of_itself::<T, N>(row, check);
    predicted::<T, N>(row, check);
    updated::<T, N>(row, check);
    updated_by_a_pair::<T, N>(row, check);
    mean_field::<T, N>(row, check);
}

fn of_itself<T: Real + Bits, const N: usize>(row: &Row, check: &mut Check) {
    let own: Gaussian<T, N> = belief(row);
    let noise: [T; N] = row.array("noise");
    check.covariance(row, "gaussian.covariance", "covariance", &own.covariance());
    check.variance(row, "gaussian.variance", "covariance", &own.variance());
    check.list(row, "gaussian.at", "at", &own.at(&noise));
    // Factored again from its covariance, whose own rounding counts too.
    match Gaussian::new([T::ZERO; N], own.covariance()) {
        Ok(again) => check.covariance(row, "gaussian.new", "covariance", &again.covariance()),
        Err(error) => {
            assert_eq!(error, Error::NotPositiveDefinite, "line {}", row.line);
            assert!(least_share(&own) < refused_share::<T, N>(), "line {}: refused", row.line);
        }
    }
    let mut filter = Filter::new(own);
    filter.shift(&noise).expect("a shift");
    check.list(row, "filter.shift", "shifted", filter.belief().mean());
    filter.inflate(T::from_f64(2.5)).expect("more variance");
    check.covariance(row, "filter.inflate", "inflated", &filter.belief().covariance());
}

/// The smallest conditional variance, in units of its variance.
fn least_share<T: Real + Bits, const N: usize>(own: &Gaussian<T, N>) -> f64 {
    let shares = own.pivots().into_iter().zip(own.variance()).map(|(pivot, variance)| pivot.widen() / variance.widen());
    shares.fold(1.0, f64::min)
}

/// Below 4 N EPSILON a covariance is refused, and its rounding takes as much again at most.
fn refused_share<T: Real + Bits, const N: usize>() -> f64 {
    8.0 * N as f64 * T::EPSILON.widen()
}

fn predicted<T: Real + Bits, const N: usize>(row: &Row, check: &mut Check) {
    let (transition, loadings, weights) = (matrix(row, "transition"), matrix(row, "loadings"), row.array("weights"));
    let dynamics = Dynamics::<T, N>::from_factor(transition, loadings, weights).expect("dynamics");
    check.covariance(row, "dynamics.noise_covariance", "noise_covariance", &dynamics.noise_covariance());
    let again = Dynamics::new(transition, dynamics.noise_covariance()).expect("the noise of dynamics");
    check.covariance(row, "dynamics.new", "noise_covariance", &again.noise_covariance());
    let dynamics = dynamics.with_offset(row.array("offset")).expect("an offset");
    let mut filter = Filter::new(belief(row));
    filter.predict(&dynamics).expect("a prediction");
    assert_eq!(Ok(*filter.belief()), dynamics.propagate(&belief(row)));
    check.list(row, "filter.predict_mean", "predicted_mean", filter.belief().mean());
    check.covariance(row, "filter.predict_covariance", "predicted", &filter.belief().covariance());
}

fn updated<T: Real + Bits, const N: usize>(row: &Row, check: &mut Check) {
    let reading: T = number(row, "reading");
    let normal = Normal::new(number::<T>(row, "variance")).expect("a variance");
    let mut sensor = Sensor::linear(row.array::<T, N>("row"), normal).with_offset(number(row, "bias"));
    let mut filter = Filter::new(belief(row));
    let update = filter.update(&mut sensor, reading, &mut GaussHermite::<3>::new()).expect("an update");
    check.list(row, "filter.update_mean", "updated_mean", filter.belief().mean());
    check.covariance(row, "filter.update_covariance", "updated", &filter.belief().covariance());
    check.value(row, "filter.update_log_evidence", "log_evidence", update.log_evidence(&sensor, reading));
    check.value(row, "filter.update_information_gain", "information_gain", update.information_gain());
}

fn updated_by_a_pair<T: Real + Bits, const N: usize>(row: &Row, check: &mut Check) {
    let [a, b, c] = row.array::<T, 3>("pair_covariance");
    let sensor = VectorSensor::new(matrix::<T, 2, N>(row, "rows"), [[a, b], [b, c]]).expect("a sensor");
    let mut filter = Filter::new(belief(row));
    let update = filter.update_vector(&sensor, row.array::<T, 2>("pair")).expect("an update");
    check.list(row, "filter.update_vector_mean", "pair_mean", filter.belief().mean());
    check.covariance(row, "filter.update_vector_covariance", "pair_updated", &filter.belief().covariance());
    check.value(row, "filter.update_vector_log_evidence", "pair_log_evidence", update.log_evidence());
    check.value(row, "filter.update_vector_squared_innovation", "squared_innovation", update.squared_innovation());
}

fn mean_field<T: Real + Bits, const N: usize>(row: &Row, check: &mut Check) {
    let own = MeanField::<T, N>::new(row.array("mean"), row.array("log_std_dev")).expect("a belief");
    check.list(row, "mean_field.std_dev", "std_dev", &own.std_dev());
    check.list(row, "mean_field.at", "field_at", &own.at(&row.array("noise")));
}
