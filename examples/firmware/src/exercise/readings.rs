//! Every likelihood: its own methods, and updates by each estimator.

use elbow::likelihood::{
    Bernoulli, Censored, FromScore, Gamma, Huber, LearnedNormal, Likelihood, NegativeBinomial, Normal, Poisson, Probit,
    Quantized, Score, StudentT, VonMises,
};
use elbow::{Error, Estimator, Filter, GaussHermite, Linear, OneSample, Real, Sensor, Status, Update};

use super::Probe;
use super::distributions::{belief, generator, take_belief};

/// Everything a likelihood can be asked.
fn likelihood<L: Likelihood<T>, T: Real>(p: &mut impl Probe<T>, mut of: L, reading: L::Reading) -> Result<(), Error> {
    let checked = Likelihood::check(&of, reading);
    p.end(checked).ok_or(Error::OutOfRange)?;
    let (eta, mean, variance, std_dev) = (p.number(), p.number(), p.positive(), p.positive());
    p.note(L::LOG_CONCAVE.into());
    p.take(Likelihood::log_prob(&of, reading, eta));
    let slopes = Likelihood::derivatives(&of, reading, eta);
    p.take_all(&[slopes.first, slopes.second]);
    p.take(Likelihood::start(&of, reading, mean, variance));
    p.take(Likelihood::precision(&of, reading, eta, &slopes));
    for figure in [
        Likelihood::location(&of, reading),
        Likelihood::noise_variance(&of, reading),
        Likelihood::second_start(&of, reading, mean, variance),
        Likelihood::mean_log_prob(&of, reading, mean, std_dev),
        Likelihood::log_evidence(&of, reading, mean, variance),
    ] {
        p.note(figure.is_some().into());
        p.take(figure.unwrap_or(T::ZERO));
    }
    if let Some(innovation) = Likelihood::innovation(&of, reading, mean, variance) {
        p.take_all(&[innovation.value, innovation.std_dev]);
        p.take(elbow::likelihood::Innovation::normalized(&innovation));
    }
    if let Some(means) = Likelihood::expectations(&of, reading, mean, std_dev) {
        p.take_all(&[means.first, means.first_noise, means.second, means.second_noise, means.second_noise_squared]);
    }
    if let Some(best) = Likelihood::optimum(&of, reading, mean, variance) {
        p.take_all(&[best.shift, best.gain, best.variance]);
    }
    let solved = Estimator::solve(&mut GaussHermite::<9>::default(), &of, reading, mean, variance);
    if let Some(solution) = p.end(solved) {
        p.take_all(&[solution.shift, solution.gain, solution.variance]);
    }
    Likelihood::learn(&mut of, reading, mean, variance);
    p.take(Likelihood::log_prob(&of, reading, eta));
    Ok(())
}

/// Every figure of an update.
pub fn take_update<T: Real, Q, L: Likelihood<T>>(
    p: &mut impl Probe<T>,
    update: &Update<T>,
    sensor: &Sensor<Q, L>,
    reading: L::Reading,
) {
    p.note(match Update::status(update) {
        Status::Accepted => 1,
        Status::Saturated => 2,
        Status::NotConverged => 3,
        Status::Gated => 4,
        _ => u32::MAX,
    });
    p.note(Update::evaluations(update).into());
    p.take_all(&[Update::prior_mean(update), Update::prior_variance(update)]);
    p.take_all(&[Update::mean(update), Update::variance(update), Update::information_gain(update)]);
    p.take(Update::normalized_innovation(update, sensor, reading));
    p.take(Update::elbo(update, sensor, reading));
    p.take(Update::log_evidence(update, sensor, reading));
}

/// One reading to a belief of two numbers by an estimator.
fn estimator<E: Estimator<T>, L: Likelihood<T>, T: Real>(
    p: &mut impl Probe<T>,
    by: &mut E,
    mut filter: Filter<T, 2>,
    mut sensor: Sensor<Linear<T, 2>, L>,
    reading: L::Reading,
) {
    let updated = Filter::update(&mut filter, &mut sensor, reading, by);
    if let Some(update) = p.end(updated) {
        take_update(p, &update, &sensor, reading);
    }
    take_belief(p, filter.belief());
}

/// The same reading by each estimator.
fn updates<L: Likelihood<T> + Copy, T: Real>(
    p: &mut impl Probe<T>,
    likelihood: L,
    reading: L::Reading,
) -> Result<(), Error> {
    let filter = Filter::new(belief::<T, 2>(p)?);
    let sensor = Sensor::linear([T::ONE, p.number()], likelihood);
    let mut eight = OneSample::new(generator(p));
    p.note(OneSample::samples(&eight).into());
    estimator::<OneSample<_>, L, T>(p, &mut eight, filter, sensor, reading);
    let mut single = OneSample::with_samples(eight, 1)?;
    estimator::<OneSample<_>, L, T>(p, &mut single, filter, sensor, reading);
    estimator::<GaussHermite<5>, L, T>(p, &mut GaussHermite::new(), filter, sensor, reading);
    Ok(())
}

macro_rules! exercises {
    ($($name:ident = $exercise:ident::<$likelihood:ty>($make:expr, $reading:expr);)*) => {$(
        pub fn $name<T: Real, P: Probe<T>>(p: &mut P) -> Result<(), Error> {
            let (made, reading) = ($make(p)?, $reading(p));
            $exercise::<$likelihood, T>(p, made, reading)
        }
    )*};
}

exercises! {
    normal_itself = likelihood::<Normal<T>>(normal, Probe::number);
    student_t_itself = likelihood::<StudentT<T>>(student_t, wide);
    quantized_itself = likelihood::<Quantized<T>>(quantized, step);
    censored_itself = likelihood::<Censored<T>>(censored, railed);
    poisson_itself = likelihood::<Poisson<T>>(poisson, count);
    negative_binomial_itself = likelihood::<NegativeBinomial<T>>(negative_binomial, count);
    gamma_itself = likelihood::<Gamma<T>>(gamma, Probe::positive);
    bernoulli_itself = likelihood::<Bernoulli>(bernoulli, flag);
    learned_normal_itself = likelihood::<LearnedNormal<T>>(learned_normal, wide);
    huber_itself = likelihood::<Huber<T>>(huber, wide);
    von_mises_itself = likelihood::<VonMises<T>>(von_mises, wide);
    probit_itself = likelihood::<Probit>(probit, flag);
    from_score_itself = likelihood::<FromScore<T, Rational>>(from_score, Probe::number);
    normal_updates = updates::<Normal<T>>(normal, Probe::number);
    student_t_updates = updates::<StudentT<T>>(student_t, wide);
    quantized_updates = updates::<Quantized<T>>(quantized, step);
    censored_updates = updates::<Censored<T>>(censored, railed);
    poisson_updates = updates::<Poisson<T>>(poisson, count);
    negative_binomial_updates = updates::<NegativeBinomial<T>>(negative_binomial, count);
    gamma_updates = updates::<Gamma<T>>(gamma, Probe::positive);
    bernoulli_updates = updates::<Bernoulli>(bernoulli, flag);
    learned_normal_updates = updates::<LearnedNormal<T>>(learned_normal, wide);
    huber_updates = updates::<Huber<T>>(huber, wide);
    von_mises_updates = updates::<VonMises<T>>(von_mises, wide);
    probit_updates = updates::<Probit>(probit, flag);
    from_score_updates = updates::<FromScore<T, Rational>>(from_score, Probe::number);
}

fn wide<T: Real>(p: &mut impl Probe<T>) -> T {
    p.number() * T::from_f64(4.0)
}

fn step<T: Real>(p: &mut impl Probe<T>) -> T {
    T::from_i32((p.word() % 9) as i32 - 4) * T::from_f64(0.5)
}

/// At a rail three times in four.
fn railed<T: Real>(p: &mut impl Probe<T>) -> T {
    wide(p).min(T::ONE).max(-T::ONE)
}

fn count<T: Real>(p: &mut impl Probe<T>) -> u32 {
    let word = p.word();
    if word % 16 == 0 { word } else { word / 16 % 12 }
}

fn flag<T: Real>(p: &mut impl Probe<T>) -> bool {
    p.word() % 2 == 1
}

fn normal<T: Real>(p: &mut impl Probe<T>) -> Result<Normal<T>, Error> {
    let made = Normal::new(p.positive())?;
    p.take(Normal::variance(&made));
    Ok(made)
}

fn student_t<T: Real>(p: &mut impl Probe<T>) -> Result<StudentT<T>, Error> {
    let made = StudentT::new(p.positive(), T::ONE + p.positive())?;
    p.take_all(&[StudentT::scale(&made), StudentT::degrees_of_freedom(&made)]);
    Ok(made)
}

fn quantized<T: Real>(p: &mut impl Probe<T>) -> Result<Quantized<T>, Error> {
    let made = Quantized::new(T::from_f64(0.5), p.positive() * T::from_f64(0.25))?;
    p.take_all(&[Quantized::step(&made), Quantized::std_dev(&made)]);
    let two = T::from_f64(2.0);
    if p.word() % 2 == 0 { Quantized::with_ends(made, -two, two) } else { Ok(made) }
}

fn censored<T: Real>(p: &mut impl Probe<T>) -> Result<Censored<T>, Error> {
    let made = Censored::new(p.positive(), -T::ONE, T::ONE)?;
    p.take(Censored::std_dev(&made));
    Ok(made)
}

fn poisson<T: Real>(p: &mut impl Probe<T>) -> Result<Poisson<T>, Error> {
    match p.word() % 3 {
        0 => Ok(Poisson::new()),
        1 => Ok(Poisson::default()),
        _ => Poisson::with_exposure(p.positive()),
    }
}

fn negative_binomial<T: Real>(p: &mut impl Probe<T>) -> Result<NegativeBinomial<T>, Error> {
    let made = NegativeBinomial::new(p.positive())?;
    let made = NegativeBinomial::with_exposure(made, p.positive())?;
    p.take_all(&[NegativeBinomial::dispersion(&made), NegativeBinomial::exposure(&made)]);
    Ok(made)
}

fn gamma<T: Real>(p: &mut impl Probe<T>) -> Result<Gamma<T>, Error> {
    let made = if p.word() % 4 == 0 { Gamma::exponential() } else { Gamma::new(p.positive() + T::ONE)? };
    p.take(Gamma::shape(&made));
    Ok(made)
}

fn bernoulli<T: Real>(p: &mut impl Probe<T>) -> Result<Bernoulli, Error> {
    p.note((Bernoulli::new() == Bernoulli::default()).into());
    Ok(Bernoulli::new())
}

fn learned_normal<T: Real>(p: &mut impl Probe<T>) -> Result<LearnedNormal<T>, Error> {
    let made = LearnedNormal::new(p.positive(), p.positive() + T::ONE)?;
    let made = LearnedNormal::with_forgetting(made, T::from_f64(0.98))?;
    let made = LearnedNormal::with_floor(made, T::from_f64(0.01))?;
    p.take_all(&[LearnedNormal::variance(&made), LearnedNormal::readings(&made), LearnedNormal::shape(&made)]);
    p.take_all(&[LearnedNormal::scale(&made), LearnedNormal::forgetting(&made), LearnedNormal::floor(&made)]);
    Ok(made)
}

fn huber<T: Real>(p: &mut impl Probe<T>) -> Result<Huber<T>, Error> {
    let made = Huber::new(p.positive(), T::ONE + p.positive())?;
    p.take_all(&[Huber::std_dev(&made), Huber::threshold(&made)]);
    Ok(made)
}

fn von_mises<T: Real>(p: &mut impl Probe<T>) -> Result<VonMises<T>, Error> {
    let made = VonMises::new(p.positive())?;
    p.take(VonMises::concentration(&made));
    Ok(made)
}

fn probit<T: Real>(p: &mut impl Probe<T>) -> Result<Probit, Error> {
    p.note((Probit::new() == Probit::default()).into());
    Ok(Probit::new())
}

/// A sensor of one's own, known by its score: the pull of a residual never exceeds one. Its value is left unnormalised.
#[derive(Clone, Copy)]
struct Rational;

impl<T: Real> Score<T> for Rational {
    type Reading = T;
    fn check(&self, reading: T) -> Result<(), Error> {
        if reading.is_finite() { Ok(()) } else { Err(Error::NotFinite) }
    }
    fn log_prob(&self, reading: T, eta: T) -> T {
        -(reading - eta).abs() * Score::<T>::score(self, reading, eta).abs()
    }
    fn score(&self, reading: T, eta: T) -> T {
        (reading - eta) / (T::ONE + (reading - eta).abs())
    }
}

fn from_score<T: Real>(p: &mut impl Probe<T>) -> Result<FromScore<T, Rational>, Error> {
    let made = FromScore::new(Rational, p.positive())?;
    p.take(FromScore::step(&made));
    let (model, reading, eta) = (FromScore::model(&made), p.number(), p.number());
    let checked = Score::check(model, reading);
    p.end(checked);
    p.take_all(&[Score::log_prob(model, reading, eta), Score::score(model, reading, eta)]);
    p.take(Score::location(model, reading).unwrap_or(T::ZERO));
    Ok(made)
}
