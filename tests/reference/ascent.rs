//! One-sample ELBOs, their gradients and the steps along them, against `ascent.csv`.

use crate::budget::Check;
use crate::table::{Bits, Row};
use elbow::elbo::{self, GaussianGradient, MeanFieldGradient};
use elbow::{Gaussian, MeanField, Real};

/// The strict lower triangle, by rows.
fn strict<T: Real, const N: usize>(lower: &[[T; N]; N]) -> Vec<T> {
    (0..N).flat_map(|i| lower[i][..i].to_vec()).collect()
}

fn lower<T: Real + Bits, const N: usize>(row: &Row, column: &str) -> [[T; N]; N] {
    let mut entries = row.list::<T>(column).into_iter();
    let mut lower = [[T::ZERO; N]; N];
    for (i, line) in lower.iter_mut().enumerate() {
        line[..i].fill_with(|| entries.next().expect("an entry of the triangle"));
    }
    lower
}

/// The model, which has the same value and gradient everywhere, and the weight of the KL.
struct Inputs<T, const N: usize> {
    value: T,
    gradient: [T; N],
    noise: [T; N],
    weight: T,
    rate: T,
}

impl<T: Real + Bits, const N: usize> Inputs<T, N> {
    fn new(row: &Row) -> Self {
        let [[value], [weight], [rate]] = ["value", "weight", "rate"].map(|column| row.array(column));
        Self { value, gradient: row.array("gradient"), noise: row.array("noise"), weight, rate }
    }
}

pub fn row<T: Real + Bits, const N: usize>(row: &Row, check: &mut Check) {
    match row.text("family") {
        "gaussian" => gaussian::<T, N>(row, check),
        _ => mean_field::<T, N>(row, check),
    }
}

fn gaussian<T: Real + Bits, const N: usize>(row: &Row, check: &mut Check) {
    let belief = |mean, triangle, pivots| {
        Gaussian::<T, N>::from_factor(row.array(mean), lower(row, triangle), row.array(pivots)).expect(mean)
    };
    let (mut q, prior) = (belief("mean0", "lower0", "pivots0"), belief("mean1", "lower1", "pivots1"));
    let inputs = Inputs::<T, N>::new(row);
    let model = |_: &[T; N]| (inputs.value, inputs.gradient);
    let (noise, weight) = (&inputs.noise, inputs.weight);
    let closed = elbo::one_sample_weighted(&q, &prior, &model, noise, weight).expect("an ELBO");
    check.divergence(row, "one_sample_elbo.kl", "kl", closed.kl);
    check.value(row, "one_sample_elbo.value", "bound", closed.value());
    check.value(row, "one_sample_elbo.energy", "energy", closed.energy());
    let path = elbo::one_sample_path_weighted(&q, &prior, &model, noise, weight).expect("an ELBO");
    check.value(row, "one_sample_path.kl", "path_kl", path.kl);
    for (kind, function, gradient) in
        [("closed", "one_sample_elbo.gradient", closed.gradient), ("path", "one_sample_path.gradient", path.gradient)]
    {
        check.list(row, function, &format!("{kind}_mean"), &gradient.mean);
        check.list(row, function, &format!("{kind}_lower"), &strict(&gradient.unit_lower));
        check.list(row, function, &format!("{kind}_log"), &gradient.log_std_dev);
    }
    if weight == T::ONE {
        assert_eq!(elbo::one_sample(&q, &prior, &model, noise), Ok(closed));
        assert_eq!(elbo::one_sample_path(&q, &prior, &model, noise), Ok(path));
    }
    let along = GaussianGradient {
        mean: inputs.gradient,
        unit_lower: lower(row, "lower_gradient"),
        log_std_dev: row.array("log_gradient"),
    };
    let mut moved = q;
    moved.ascend(&along, inputs.rate).expect("a step");
    q.ascend_natural(&along, inputs.rate).expect("a step");
    for (kind, function, moved) in [("plain", "gaussian.ascend", moved), ("natural", "gaussian.ascend_natural", q)] {
        check.list(row, function, &format!("{kind}_mean"), moved.mean());
        check.list(row, function, &format!("{kind}_lower"), &strict(&moved.unit_lower()));
        check.list(row, function, &format!("{kind}_pivots"), &moved.pivots());
    }
}

fn mean_field<T: Real + Bits, const N: usize>(row: &Row, check: &mut Check) {
    let belief = |mean, pivots| MeanField::<T, N>::new(row.array(mean), row.array(pivots)).expect(mean);
    let (mut q, prior) = (belief("mean0", "pivots0"), belief("mean1", "pivots1"));
    let inputs = Inputs::<T, N>::new(row);
    let model = |_: &[T; N]| (inputs.value, inputs.gradient);
    let (noise, weight) = (&inputs.noise, inputs.weight);
    let closed = elbo::one_sample_weighted(&q, &prior, &model, noise, weight).expect("an ELBO");
    check.divergence(row, "one_sample_elbo.kl", "kl", closed.kl);
    check.value(row, "one_sample_elbo.value", "bound", closed.value());
    check.value(row, "one_sample_elbo.energy", "energy", closed.energy());
    let path = elbo::one_sample_path_weighted(&q, &prior, &model, noise, weight).expect("an ELBO");
    check.value(row, "one_sample_path.kl", "path_kl", path.kl);
    for (kind, function, gradient) in
        [("closed", "one_sample_elbo.gradient", closed.gradient), ("path", "one_sample_path.gradient", path.gradient)]
    {
        check.list(row, function, &format!("{kind}_mean"), &gradient.mean);
        check.list(row, function, &format!("{kind}_log"), &gradient.log_std_dev);
    }
    let along = MeanFieldGradient { mean: inputs.gradient, log_std_dev: row.array("log_gradient") };
    let mut moved = q;
    moved.ascend(&along, inputs.rate).expect("a step");
    q.ascend_natural(&along, inputs.rate).expect("a step");
    for (kind, function, moved) in [("plain", "mean_field.ascend", moved), ("natural", "mean_field.ascend_natural", q)]
    {
        check.list(row, function, &format!("{kind}_mean"), moved.mean());
        check.list(row, function, &format!("{kind}_pivots"), moved.log_std_dev());
    }
}
