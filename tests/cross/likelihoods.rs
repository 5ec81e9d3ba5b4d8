//! Every likelihood: made of special values, asked about special readings at special etas, and solved for.

use crate::design::{Scalar, all, triples};
use crate::outcome::{Outcome, both, cross};
use crate::stuck::Stuck;
use elbow::likelihood::{
    Bernoulli, Censored, Derivatives, FromScore, Gamma, Huber, Innovation, LearnedNormal, Likelihood, NegativeBinomial,
    Normal, Poisson, Probit, Quantized, Score, StudentT, VonMises,
};
use elbow::{Error, Estimator, GaussHermite, OneSample};
use std::fmt::Debug;

/// One likelihood: how it is made of all but the last three numbers of a row, and what the first of these is read as.
struct Subject<L, R, T, const N: usize> {
    name: &'static str,
    make: fn(&[T; N]) -> Result<L, Error>,
    read: fn(T) -> R,
    /// Numbers of which it can be made.
    ordinary: [T; N],
}

/// What is asked of a likelihood: the reading, and two numbers.
type Question<L, R, T> = fn(&L, R, T, T, &mut Outcome<T>);

/// A prior as the estimators let it through.
fn is_prior<T: Scalar>(mean: T, variance: T) -> bool {
    mean.is_finite() && variance.is_finite() && variance >= T::MIN_POSITIVE
}

/// Everything of a likelihood. Triples of everything, then every reading and pair of numbers of an ordinary one; what
/// the check refuses is asked too, for the sake of panics, and not judged.
fn likelihood<L: Likelihood<T, Reading = R> + Debug + Clone, R: Copy + Debug, T: Scalar, const N: usize>(
    subject: Subject<L, R, T, N>,
) {
    let questions: [(&str, Question<L, R, T>); 12] = [
        ("log_prob", |of, reading, eta, _, out| out.number(Likelihood::log_prob(of, reading, eta))),
        ("derivatives", |of, reading, eta, _, out| {
            let Derivatives { first, second } = Likelihood::derivatives(of, reading, eta);
            out.numbers(&[first, second]);
        }),
        ("precision", |of, reading, eta, _, out| {
            let precision = Likelihood::precision(of, reading, eta, &of.derivatives(reading, eta));
            out.number(precision);
            out.holds(!eta.is_finite() || precision >= T::ZERO, precision);
        }),
        ("location", |of, reading, _, _, out| {
            Likelihood::location(of, reading).into_iter().for_each(|x| out.finite(x));
        }),
        ("noise_variance", |of, reading, _, _, out| {
            Likelihood::noise_variance(of, reading)
                .into_iter()
                .for_each(|x| out.holds(x > T::ZERO && x.is_finite(), x));
        }),
        ("start", |of, reading, mean, variance, out| {
            let starts = (of.start(reading, mean, variance), of.second_start(reading, mean, variance));
            let (first, second) = (Likelihood::start(of, reading, mean, variance), starts.1);
            out.note(&starts);
            if is_prior(mean, variance) {
                out.number(first);
                Likelihood::second_start(of, reading, mean, variance).into_iter().for_each(|x| out.number(x));
                out.holds(starts.0 == first, second);
            }
        }),
        ("innovation", |of, reading, mean, variance, out| {
            let innovation = Likelihood::innovation(of, reading, mean, variance);
            out.note(&innovation);
            if let Some(innovation) = innovation {
                out.finite(innovation.value);
                out.finite(innovation.std_dev);
                out.holds(innovation.std_dev > T::ZERO, innovation);
                out.number(Innovation::normalized(&innovation));
            }
        }),
        ("expectations", |of, reading, mean, std_dev, out| {
            let means = Likelihood::expectations(of, reading, mean, std_dev);
            out.note(&means);
            if let (true, Some(means)) = (is_prior(mean, std_dev * std_dev), means) {
                out.numbers(&[means.first, means.first_noise, means.second]);
                out.numbers(&[means.second_noise, means.second_noise_squared]);
            }
        }),
        ("mean_log_prob", |of, reading, mean, std_dev, out| {
            let value = Likelihood::mean_log_prob(of, reading, mean, std_dev);
            out.note(&value);
            if let (true, Some(value)) = (is_prior(mean, std_dev * std_dev), value) {
                out.number(value);
            }
        }),
        ("log_evidence", |of, reading, mean, variance, out| {
            let value = Likelihood::log_evidence(of, reading, mean, variance);
            out.note(&value);
            if let (true, Some(value)) = (is_prior(mean, variance), value) {
                out.number(value);
            }
        }),
        ("optimum", |of, reading, mean, variance, out| {
            let best = Likelihood::optimum(of, reading, mean, variance);
            out.note(&best);
            if let (true, Some(best)) = (is_prior(mean, variance), best) {
                out.numbers(&[best.shift, best.gain, best.variance]);
                out.holds(best.gain <= T::ONE, best);
            }
        }),
        ("learn", |of, reading, mean, variance, out| {
            let mut learnt = of.clone();
            Likelihood::learn(&mut learnt, reading, mean, variance);
            out.note(&learnt);
            out.holds(!(learnt.log_prob(reading, mean) > T::INFINITY), learnt);
        }),
    ];
    for (question, ask) in questions {
        rows(&subject, question, ask);
    }
    rows(&subject, "solve", |of, reading, mean, variance, out| {
        let sampled = OneSample::new(Stuck(0x1234_5678_9abc_def0)).with_samples(2).expect("a number of samples");
        estimator::<GaussHermite<3>, L, T>(out, GaussHermite::default(), of, reading, (mean, variance));
        estimator::<OneSample<Stuck>, L, T>(out, sampled, of, reading, (mean, variance));
    });
}

/// What an estimator makes of a reading and a prior.
fn estimator<E: Estimator<T>, L: Likelihood<T>, T: Scalar>(
    out: &mut Outcome<T>,
    mut by: E,
    likelihood: &L,
    reading: L::Reading,
    (mean, variance): (T, T),
) {
    if let Some(solution) = out.end(Estimator::solve(&mut by, likelihood, reading, mean, variance)) {
        out.finite(solution.shift);
        out.finite(solution.gain);
        out.variance(solution.variance);
        out.holds(is_prior(mean, variance) && solution.gain <= T::ONE, solution);
    }
}

fn rows<L: Likelihood<T, Reading = R> + Debug, R: Copy + Debug, T: Scalar, const N: usize>(
    subject: &Subject<L, R, T, N>,
    question: &str,
    mut ask: impl FnMut(&L, R, T, T, &mut Outcome<T>),
) {
    let ordinary = subject.ordinary;
    let design = triples::<T, N>().chain(all::<T, 3>().map(|[reading, a, b]| {
        let mut row = ordinary;
        [row[N - 3], row[N - 2], row[N - 1]] = [reading, a, b];
        row
    }));
    cross(&format!("{}::{question}", subject.name), design, |row: [T; N], out| {
        let Some(of) = out.end((subject.make)(&row)) else { return };
        let (reading, a, b) = ((subject.read)(row[N - 3]), row[N - 2], row[N - 1]);
        if out.end(Likelihood::check(&of, reading)).is_some() {
            ask(&of, reading, a, b, out);
        } else {
            // As a filter never does: nothing of it may panic.
            let asked = (of.log_prob(reading, a), of.derivatives(reading, a), of.start(reading, a, b));
            let more = (of.innovation(reading, a, b), of.expectations(reading, a, b), of.optimum(reading, a, b));
            let rest = (of.mean_log_prob(reading, a, b), of.log_evidence(reading, a, b), of.location(reading));
            out.note(&of.noise_variance(reading));
            out.note(&(asked, more, rest));
        }
    });
}

fn count<T: Scalar>(x: T) -> u32 {
    x.into() as u32
}

fn itself<T>(x: T) -> T {
    x
}

fn yes<T: Scalar>(x: T) -> bool {
    x > T::ZERO
}

fn values<T: Scalar>() {
    let one = T::ONE;
    let (half, four) = (T::from_f64(0.5), T::from_f64(4.0));
    likelihood::<Normal<T>, _, _, 4>(Subject {
        name: "Normal",
        make: |v| Normal::new(v[0]),
        read: itself,
        ordinary: [one; 4],
    });
    likelihood::<StudentT<T>, _, _, 5>(Subject {
        name: "StudentT",
        make: |v| StudentT::new(v[0], v[1]),
        read: itself,
        ordinary: [half, four, one, one, one],
    });
    likelihood::<Huber<T>, _, _, 5>(Subject {
        name: "Huber",
        make: |v| Huber::new(v[0], v[1]),
        read: itself,
        ordinary: [half, one, one, one, one],
    });
    likelihood::<VonMises<T>, _, _, 4>(Subject {
        name: "VonMises",
        make: |v| VonMises::new(v[0]),
        read: itself,
        ordinary: [four; 4],
    });
    likelihood::<LearnedNormal<T>, _, _, 7>(Subject {
        name: "LearnedNormal",
        make: |v| LearnedNormal::new(v[0], v[1])?.with_forgetting(v[2])?.with_floor(v[3]),
        read: itself,
        ordinary: [one, four, half, half, one, one, one],
    });
}

fn intervals<T: Scalar>() {
    let one = T::ONE;
    let half = T::from_f64(0.5);
    likelihood::<Quantized<T>, _, _, 5>(Subject {
        name: "Quantized",
        make: |v| Quantized::new(v[0], v[1]),
        read: itself,
        ordinary: [one, half, one, one, one],
    });
    likelihood::<Censored<T>, _, _, 6>(Subject {
        name: "Censored",
        make: |v| Censored::new(v[0], v[1], v[2]),
        read: itself,
        ordinary: [half, -one, half, one, one, one],
    });
    likelihood::<Probit, _, _, 3>(Subject {
        name: "Probit",
        make: |_| Ok(Probit::new()),
        read: yes,
        ordinary: [one; 3],
    });
    likelihood::<Bernoulli, _, _, 3>(Subject {
        name: "Bernoulli",
        make: |_| Ok(Bernoulli::new()),
        read: yes,
        ordinary: [one; 3],
    });
}

fn counts_and_amounts<T: Scalar>() {
    let one = T::ONE;
    likelihood::<Poisson<T>, _, _, 4>(Subject {
        name: "Poisson",
        make: |v| Poisson::with_exposure(v[0]),
        read: count,
        ordinary: [one; 4],
    });
    likelihood::<NegativeBinomial<T>, _, _, 5>(Subject {
        name: "NegativeBinomial",
        make: |v| NegativeBinomial::new(v[0])?.with_exposure(v[1]),
        read: count,
        ordinary: [one; 5],
    });
    likelihood::<Gamma<T>, _, _, 4>(Subject {
        name: "Gamma",
        make: |v| Gamma::new(v[0]),
        read: itself,
        ordinary: [one; 4],
    });
}

/// A score that is the number it was made of at every eta, of a value that nobody needs.
#[derive(Debug, Clone, Copy)]
struct Constant<T>(T);

impl<T: Scalar> Score<T> for Constant<T> {
    type Reading = T;
    fn check(&self, reading: T) -> Result<(), Error> {
        if reading.is_finite() && self.0.is_finite() { Ok(()) } else { Err(Error::NotFinite) }
    }
    fn log_prob(&self, _: T, _: T) -> T {
        T::ZERO
    }
    fn score(&self, _: T, _: T) -> T {
        self.0
    }
}

fn from_score<T: Scalar>() {
    cross("FromScore::new", all(), |[step, slope, x]: [T; 3], out| {
        let Some(made) = out.end(FromScore::new(Constant(slope), step)) else { return };
        out.finite(FromScore::step(&made));
        out.holds(FromScore::step(&made) > T::ZERO, step);
        let model = FromScore::model(&made);
        out.note(&(Score::check(model, x), Score::location(model, x), Score::log_prob(model, x, x)));
        out.note(&Score::score(model, x, x));
    });
    likelihood::<FromScore<T, Constant<T>>, _, _, 5>(Subject {
        name: "FromScore",
        make: |v| FromScore::new(Constant(v[1]), v[0]),
        read: itself,
        ordinary: [T::from_f64(0.01), T::ONE, T::ONE, T::ONE, T::ONE],
    });
}

fn constructors<T: Scalar>() {
    cross("Normal::new", all(), |[a]: [T; 1], out| {
        out.end(Normal::new(a)).iter().for_each(|made| out.variance(Normal::variance(made)));
    });
    cross("StudentT::new", all(), |[a, b]: [T; 2], out| {
        if let Some(made) = out.end(StudentT::new(a, b)) {
            out.variance(StudentT::scale(&made));
            out.within(StudentT::degrees_of_freedom(&made), 0.09, 1e8);
        }
    });
    cross("Huber::new", all(), |[a, b]: [T; 2], out| {
        if let Some(made) = out.end(Huber::new(a, b)) {
            out.variance(Huber::std_dev(&made));
            out.within(Huber::threshold(&made), 9e-4, 1e3);
        }
    });
    cross("VonMises::new", all(), |[a]: [T; 1], out| {
        out.end(VonMises::new(a)).iter().for_each(|made| out.variance(VonMises::concentration(made)));
    });
    cross("Quantized::new", all(), |[a, b, low, high]: [T; 4], out| {
        if let Some(made) = out.end(Quantized::new(a, b)) {
            out.variance(Quantized::step(&made));
            out.variance(Quantized::std_dev(&made));
            out.end(Quantized::with_ends(made, low, high)).iter().for_each(|_| out.holds(low < high, low));
        }
    });
    cross("Censored::new", all(), |[a, low, high]: [T; 3], out| {
        if let Some(made) = out.end(Censored::new(a, low, high)) {
            out.variance(Censored::std_dev(&made));
            out.holds(low < high && low.is_finite() && high.is_finite(), low);
        }
    });
    cross("Poisson::with_exposure", all(), |[a]: [T; 1], out| {
        out.holds(Poisson::<T>::new() == Poisson::default(), "default");
        out.end(Poisson::with_exposure(a)).iter().for_each(|_| out.variance(a));
    });
    cross("NegativeBinomial::new", all(), |[a, b]: [T; 2], out| {
        if let Some(made) = out.end(NegativeBinomial::new(a)) {
            out.variance(NegativeBinomial::dispersion(&made));
            let exposed = out.end(NegativeBinomial::with_exposure(made, b));
            exposed.iter().for_each(|made| out.variance(NegativeBinomial::exposure(made)));
        }
    });
    cross("Gamma::new", all(), |[a]: [T; 1], out| {
        out.end(Gamma::new(a)).iter().for_each(|made| out.variance(Gamma::shape(made)));
        out.holds(Gamma::<T>::exponential().shape() == T::ONE, "exponential");
    });
    cross("LearnedNormal::new", all(), |[a, b, c, d]: [T; 4], out| {
        let Some(made) = out.end(LearnedNormal::new(a, b)) else { return };
        let Some(made) = out.end(LearnedNormal::with_forgetting(made, c)) else { return };
        let Some(made) = out.end(LearnedNormal::with_floor(made, d)) else { return };
        out.variance(LearnedNormal::variance(&made));
        out.variance(LearnedNormal::readings(&made));
        out.variance(LearnedNormal::shape(&made));
        out.variance(LearnedNormal::scale(&made));
        out.within(LearnedNormal::forgetting(&made), 0.0, 1.0);
        out.finite(LearnedNormal::floor(&made));
    });
    cross("Bernoulli::new", all(), |[a]: [T; 1], out| {
        out.holds(Bernoulli::new() == Bernoulli::default() && Probit::new() == Probit::default(), "default");
        out.note(&a);
    });
}

both! {
    sensors_of_values = values;
    sensors_of_intervals = intervals;
    sensors_of_counts_and_amounts = counts_and_amounts;
    sensors_of_ones_own = from_score;
    likelihoods_of_anything = constructors;
}
