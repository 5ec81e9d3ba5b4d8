//! Every numeric kernel against its reference table, within the budget.
//!
//! The tables in `tests/reference/` are written by `kernels.py` there: inputs as exact bit patterns, expectations of 40
//! digits. `budget.csv` is the one list of allowed errors, `ACCURACY.md` of measured ones, and `public.csv` says which
//! of them are whose. `cargo test --test reference -- --nocapture` prints the worst errors.

#[path = "common/accuracy.rs"]
mod accuracy;
#[path = "reference/ascent.rs"]
mod ascent;
#[path = "reference/beliefs.rs"]
mod beliefs;
#[path = "reference/budget.rs"]
mod budget;
#[path = "common/csv.rs"]
mod csv;
#[path = "reference/functions.rs"]
mod functions;
#[path = "reference/innovations.rs"]
mod innovations;
#[path = "reference/learned_normal.rs"]
mod learned_normal;
#[path = "reference/monitor.rs"]
mod monitor;
#[path = "reference/public.rs"]
mod public;
#[path = "reference/table.rs"]
mod table;

use ascent::row as ascent_row;
use beliefs::row as beliefs_row;
use budget::Check;
use core::convert::Infallible;
use elbow::likelihood::{
    Bernoulli, Censored, Gamma, Huber, Likelihood, NegativeBinomial, Normal, Poisson, Probit, Quantized, StudentT,
    VonMises,
};
use elbow::{Categorical, Gaussian, Logits, MeanField, Real, Surprisal, bits, noise};
use innovations::row as innovation_row;
use learned_normal::row as learned_normal_row;
use monitor::row as monitor_row;
use rand_core::TryRng;
use table::{Bits, Row, Table};

/// `$check(row)` with the row's scalar and length as type arguments.
macro_rules! dispatch {
    ($row:expr, $check:expr, $function:ident, [$($n:literal),*]) => {
        match ($row.text("scalar"), $row.text("n")) {
            $(("f32", stringify!($n)) => $function::<f32, $n>($row, $check),
              ("f64", stringify!($n)) => $function::<f64, $n>($row, $check),)*
            other => panic!("no such scalar and length: {other:?}"),
        }
    };
}

fn categorical_row<T: Real + Bits, const N: usize>(row: &Row, check: &mut Check) {
    let p = Categorical::<T, N>::new(row.array("p")).expect("p");
    let q = Categorical::<T, N>::new(row.array("q")).expect("q");
    check.value(row, "categorical.entropy", "entropy_p", p.entropy());
    check.value(row, "categorical.cross_entropy", "cross_entropy_pq", p.cross_entropy(&q));
    check.value(row, "categorical.cross_entropy", "cross_entropy_pq", Surprisal::new(&q).cross_entropy(&p));
    check.divergence(row, "categorical.kl", "kl_pq", p.kl(&q));
    check.divergence(row, "categorical.kl", "kl_qp", q.kl(&p));
}

fn logits_row<T: Real + Bits, const N: usize>(row: &Row, check: &mut Check) {
    let a = Logits::<T, N>::new(row.array("a")).expect("a");
    let b = Logits::<T, N>::new(row.array("b")).expect("b");
    check.value(row, "logits.log_sum_exp", "log_sum_exp_a", a.log_sum_exp());
    check.value(row, "logits.entropy", "entropy_a", a.entropy());
    check.value(row, "logits.cross_entropy", "cross_entropy_ab", a.cross_entropy(&b));
    check.divergence(row, "logits.kl", "kl_ab", a.kl(&b));
    check.divergence(row, "logits.kl", "kl_ba", b.kl(&a));
}

fn gaussian_row<T: Real + Bits, const N: usize>(row: &Row, check: &mut Check) {
    let belief = |mean, lower, pivots| {
        let mut entries = row.list::<T>(lower).into_iter();
        let mut unit_lower = [[T::ZERO; N]; N];
        for (i, line) in unit_lower.iter_mut().enumerate() {
            for entry in &mut line[..i] {
                *entry = entries.next().expect("an entry of the triangle");
            }
        }
        Gaussian::<T, N>::from_factor(row.array(mean), unit_lower, row.array(pivots)).expect(mean)
    };
    let zero = belief("mean0", "lower0", "pivots0");
    let one = belief("mean1", "lower1", "pivots1");
    check.value(row, "gaussian.entropy", "entropy0", zero.entropy());
    check.value(row, "gaussian.cross_entropy", "cross_entropy01", zero.cross_entropy(&one));
    check.divergence(row, "gaussian.kl", "kl01", zero.kl(&one));
    check.value(row, "gaussian.log_prob", "log_prob0_x", zero.log_prob(&row.array("x")));
}

fn mean_field_row<T: Real + Bits, const N: usize>(row: &Row, check: &mut Check) {
    let zero = MeanField::<T, N>::new(row.array("mean0"), row.array("log_std_dev0")).expect("0");
    let one = MeanField::<T, N>::new(row.array("mean1"), row.array("log_std_dev1")).expect("1");
    check.value(row, "mean_field.entropy", "entropy0", zero.entropy());
    check.value(row, "mean_field.cross_entropy", "cross_entropy01", zero.cross_entropy(&one));
    check.divergence(row, "mean_field.kl", "kl01", zero.kl(&one));
    check.value(row, "mean_field.log_prob", "log_prob0_x", zero.log_prob(&row.array("x")));
}

fn likelihood_row<T: Real + Bits>(row: &Row, check: &mut Check) {
    let parameters = row.list::<T>("parameters");
    let reading = row.text("reading");
    match row.text("likelihood") {
        "normal" => {
            derivatives::<T, _>(row, check, Normal::new(parameters[0]).expect("variance"), T::from_hex(reading))
        }
        "student_t" => {
            let sensor = StudentT::new(parameters[0], parameters[1]).expect("scale, degrees of freedom");
            derivatives::<T, _>(row, check, sensor, T::from_hex(reading));
        }
        "poisson" => {
            let sensor = Poisson::with_exposure(parameters[0]).expect("exposure");
            derivatives::<T, _>(row, check, sensor, reading.parse().expect("a count"));
        }
        "bernoulli" => derivatives::<T, _>(row, check, Bernoulli::new(), reading == "1"),
        "negative_binomial" => {
            let sensor = NegativeBinomial::new(parameters[0]).expect("dispersion");
            let sensor = sensor.with_exposure(parameters[1]).expect("exposure");
            derivatives::<T, _>(row, check, sensor, reading.parse().expect("a count"));
        }
        "gamma" => derivatives::<T, _>(row, check, Gamma::new(parameters[0]).expect("shape"), T::from_hex(reading)),
        "quantized" => {
            let sensor = Quantized::new(parameters[0], parameters[1]).expect("step, standard deviation");
            let sensor = match parameters[2..] {
                [lowest, highest] => sensor.with_ends(lowest, highest).expect("ends"),
                _ => sensor,
            };
            derivatives::<T, _>(row, check, sensor, T::from_hex(reading));
        }
        "censored" => {
            let sensor = Censored::new(parameters[0], parameters[1], parameters[2]).expect("rails");
            derivatives::<T, _>(row, check, sensor, T::from_hex(reading));
        }
        "probit" => derivatives::<T, _>(row, check, Probit::new(), reading == "1"),
        "von_mises" => {
            derivatives::<T, _>(row, check, VonMises::new(parameters[0]).expect("kappa"), T::from_hex(reading))
        }
        "huber" => {
            let sensor = Huber::new(parameters[0], parameters[1]).expect("standard deviation, threshold");
            derivatives::<T, _>(row, check, sensor, T::from_hex(reading));
        }
        other => panic!("no such likelihood: {other}"),
    }
}

fn derivatives<T: Real + Bits, L: Likelihood<T>>(row: &Row, check: &mut Check, sensor: L, reading: L::Reading) {
    sensor.check(reading).expect("reading");
    let eta = T::from_hex(row.text("eta"));
    let name = row.text("likelihood");
    let slopes = sensor.derivatives(reading, eta);
    check.value(row, &format!("{name}.log_prob"), "log_prob", sensor.log_prob(reading, eta));
    check.value(row, &format!("{name}.first"), "first", slopes.first);
    check.value(row, &format!("{name}.second"), "second", slopes.second);
}

/// A generator stuck at one word.
struct Stuck(u64);

impl TryRng for Stuck {
    type Error = Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.0 as u32)
    }
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.0)
    }
    fn try_fill_bytes(&mut self, _: &mut [u8]) -> Result<(), Infallible> {
        unreachable!("normal noise draws words")
    }
}

fn quantile_row<T: Real + Bits>(row: &Row, check: &mut Check) {
    let word = u64::from_str_radix(row.text("word"), 16).expect("hexadecimal");
    check.value(row, "normal_quantile", "z", noise::standard_normal::<T, _>(&mut Stuck(word)));
}

#[test]
fn categorical() {
    let mut check = Check::new("categorical");
    for row in Table::read("categorical").rows() {
        dispatch!(&row, &mut check, categorical_row, [1, 2, 3, 4, 6, 8, 16, 32, 64]);
    }
    check.finish();
}

#[test]
fn logits() {
    let mut check = Check::new("logits");
    for row in Table::read("logits").rows() {
        dispatch!(&row, &mut check, logits_row, [1, 2, 3, 4, 7, 8, 16, 32, 64, 256]);
    }
    check.finish();
}

#[test]
fn gaussian() {
    let mut check = Check::new("gaussian");
    for row in Table::read("gaussian").rows() {
        dispatch!(&row, &mut check, gaussian_row, [1, 2, 3, 4, 8]);
    }
    check.finish();
}

#[test]
fn mean_field() {
    let mut check = Check::new("mean_field");
    for row in Table::read("mean_field").rows() {
        dispatch!(&row, &mut check, mean_field_row, [1, 2, 3, 4, 8]);
    }
    check.finish();
}

#[test]
fn ascents() {
    let mut check = Check::new("ascent");
    for row in Table::read("ascent").rows() {
        dispatch!(&row, &mut check, ascent_row, [1, 2, 4, 8]);
    }
    check.finish();
}

#[test]
fn beliefs_and_filters() {
    let mut check = Check::new("beliefs");
    for row in Table::read("beliefs").rows() {
        dispatch!(&row, &mut check, beliefs_row, [1, 2, 4, 8]);
    }
    check.finish();
}

#[test]
fn monitors() {
    let mut check = Check::new("monitor");
    for row in Table::read("monitor").rows() {
        dispatch!(&row, &mut check, monitor_row, [16, 64, 256, 4096]);
    }
    check.finish();
}

/// Every row of a table, in its scalar.
fn each_scalar(name: &'static str, single: impl Fn(&Row, &mut Check), double: impl Fn(&Row, &mut Check)) {
    let mut check = Check::new(name);
    for row in Table::read(name).rows() {
        match row.text("scalar") {
            "f32" => single(&row, &mut check),
            _ => double(&row, &mut check),
        }
    }
    check.finish();
}

fn likelihood_table(name: &'static str) {
    each_scalar(name, likelihood_row::<f32>, likelihood_row::<f64>);
}

#[test]
fn innovations() {
    each_scalar("innovations_closed", innovation_row::<f32>, innovation_row::<f64>);
}

#[test]
fn noise_that_is_learnt() {
    each_scalar("learned_normal", learned_normal_row::<f32>, learned_normal_row::<f64>);
}

#[test]
fn likelihoods() {
    likelihood_table("likelihood");
}

#[test]
fn likelihoods_of_counts_and_amounts() {
    likelihood_table("likelihood_counts");
}

#[test]
fn likelihoods_of_intervals() {
    likelihood_table("likelihood_intervals");
}

#[test]
fn likelihoods_with_closed_averages() {
    likelihood_table("likelihood_closed");
}

#[test]
fn normal_quantile() {
    each_scalar("normal_quantile", quantile_row::<f32>, quantile_row::<f64>);
}

/// A fair die against one that shows a six half the time, both ways, in nats and bits.
fn dice_figures<T: Real + Bits>() -> [f64; 4] {
    let weights = [0.1, 0.1, 0.1, 0.1, 0.1, 0.5];
    let fair = Categorical::new([T::from_f64(1.0 / 6.0); 6]).expect("fair");
    let loaded = Categorical::new(weights.map(T::from_f64)).expect("loaded");
    let (forward, reverse) = (fair.kl(&loaded), loaded.kl(&fair));
    [forward, bits(forward), reverse, bits(reverse)].map(Bits::widen)
}

#[test]
fn dice() {
    let expected = [
        "0.2425859716936406207720542074326306616238",
        "0.3499775783516457751048605806266753044609",
        "0.2938933324510595040948655703094318848847",
        "0.4239984532774750075185792292031214208274",
    ];
    for (figures, allowed) in [(dice_figures::<f32>(), 4e-7), (dice_figures::<f64>(), 1e-15)] {
        for (got, expected) in figures.into_iter().zip(expected) {
            let exact: f64 = expected.parse().expect("a decimal");
            assert!((got / exact - 1.0).abs() <= allowed, "{got} for {expected}");
        }
    }
}
