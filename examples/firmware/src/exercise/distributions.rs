//! Distributions, their divergences, and ELBOs of a model of one's own.

use elbow::elbo::{Adam, Elbo, LogDensity, one_sample, one_sample_path, one_sample_path_weighted, one_sample_weighted};
use elbow::noise::{standard_normal, standard_normals};
use elbow::{Categorical, Error, Gaussian, Logits, MeanField, Real, Surprisal, bits};
use rand_xoshiro::Xoshiro128PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

use super::Probe;

/// A generator seeded by the probe.
pub fn generator<T: Real>(p: &mut impl Probe<T>) -> Xoshiro128PlusPlus {
    let mut seed = [0; 16];
    for bytes in seed.chunks_exact_mut(4) {
        bytes.copy_from_slice(&p.word().to_le_bytes());
    }
    Xoshiro128PlusPlus::from_seed(seed)
}

pub fn scalars<T: Real, P: Probe<T>>(p: &mut P) -> Result<(), Error> {
    let nats = p.number();
    p.take(bits(nats));
    let mut rng = generator(p);
    p.take(standard_normal(&mut rng));
    p.take_all(&standard_normals::<T, 3, _>(&mut rng));
    Ok(())
}

pub fn categorical<T: Real, P: Probe<T>>(p: &mut P) -> Result<(), Error> {
    let half = T::from_f64(0.5);
    let part = p.number().abs().min(T::ONE) * half;
    let made = Categorical::new([part, T::ONE - part]);
    p.end(made);
    let weights = p.positives::<5>();
    let a = Categorical::from_weights(weights)?;
    let b = Categorical::from_weights(p.positives())?;
    p.take_all(Categorical::probabilities(&a));
    p.take(Categorical::entropy(&a));
    p.take(Categorical::cross_entropy(&a, &b));
    p.take(Categorical::kl(&a, &b));
    let surprisal = Surprisal::new(&b);
    p.take_all(Surprisal::values(&surprisal));
    p.take(Surprisal::cross_entropy(&surprisal, &a));
    // A close pair: what the kernels are made for.
    let near = Categorical::from_weights(weights.map(|weight| weight + weight * T::from_f64(1e-4) * p.number()))?;
    p.take(Categorical::kl(&a, &near));
    Ok(())
}

pub fn logits<T: Real, P: Probe<T>>(p: &mut P) -> Result<(), Error> {
    let values = p.numbers::<5>();
    let a = Logits::new(values)?;
    let b = Logits::new(p.numbers())?;
    p.take_all(Logits::values(&a));
    p.take(Logits::log_sum_exp(&a));
    p.take_all(Categorical::probabilities(&Logits::probabilities(&a)));
    p.take(Logits::entropy(&a));
    p.take(Logits::cross_entropy(&a, &b));
    p.take(Logits::kl(&a, &b));
    let near = Logits::new(values.map(|value| value + T::from_f64(1e-4) * p.number()))?;
    p.take(Logits::kl(&a, &near));
    Ok(())
}

/// A belief with correlations.
pub fn belief<T: Real, const N: usize>(p: &mut impl Probe<T>) -> Result<Gaussian<T, N>, Error> {
    let mean = p.numbers();
    Gaussian::new(mean, p.covariance())
}

/// Every number of a belief.
pub fn take_belief<T: Real, const N: usize>(p: &mut impl Probe<T>, belief: &Gaussian<T, N>) {
    p.take_all(Gaussian::mean(belief));
    p.take_rows(&Gaussian::unit_lower(belief));
    p.take_all(&Gaussian::pivots(belief));
}

pub fn gaussian<T: Real, P: Probe<T>, const N: usize>(p: &mut P) -> Result<(), Error> {
    let a = belief::<T, N>(p)?;
    let b = Gaussian::diagonal(p.numbers(), p.positives())?;
    take_belief(p, &a);
    p.take_rows(&Gaussian::covariance(&a));
    p.take_all(&Gaussian::variance(&a));
    p.take(Gaussian::entropy(&a));
    for other in [b, Gaussian::standard()] {
        p.take(Gaussian::cross_entropy(&a, &other));
        p.take(Gaussian::kl(&a, &other));
    }
    let x = p.numbers();
    p.take(Gaussian::log_prob(&a, &x));
    p.take_all(&Gaussian::at(&a, &x));
    let mut rng = generator(p);
    p.take_all(&Gaussian::sample(&a, &mut rng));
    let same = Gaussian::from_factor(*Gaussian::mean(&a), Gaussian::unit_lower(&a), Gaussian::pivots(&a))?;
    p.take(Gaussian::kl(&a, &same));
    Ok(())
}

pub fn mean_field<T: Real, P: Probe<T>>(p: &mut P) -> Result<(), Error> {
    let a = MeanField::<T, 3>::new(p.numbers(), p.numbers())?;
    let b = MeanField::new(p.numbers(), p.numbers())?;
    p.take_all(MeanField::mean(&a));
    p.take_all(MeanField::log_std_dev(&a));
    p.take_all(&MeanField::std_dev(&a));
    p.take(MeanField::entropy(&a));
    for other in [b, MeanField::standard()] {
        p.take(MeanField::cross_entropy(&a, &other));
        p.take(MeanField::kl(&a, &other));
    }
    let x = p.numbers();
    p.take(MeanField::log_prob(&a, &x));
    p.take_all(&MeanField::at(&a, &x));
    let mut rng = generator(p);
    p.take_all(&MeanField::sample(&a, &mut rng));
    Ok(())
}

/// A model of one's own: a product of two numbers, seen with unit noise.
fn product<T: Real>(z: &[T; 2]) -> (T, [T; 2]) {
    let miss = T::ONE - z[0] * z[1];
    (-(miss * miss), [(miss + miss) * z[1], (miss + miss) * z[0]])
}

fn take_elbo<T: Real, G>(p: &mut impl Probe<T>, bound: &Elbo<T, G>) {
    p.take_all(&[bound.reconstruction, bound.kl, bound.entropy, bound.weight]);
    p.take(Elbo::value(bound));
    p.take(Elbo::free_energy(bound));
    p.take(Elbo::energy(bound));
}

pub fn elbo_of_gaussian<T: Real, P: Probe<T>>(p: &mut P) -> Result<(), Error> {
    let (mut q, prior, noise) = (belief::<T, 2>(p)?, Gaussian::standard(), p.numbers());
    let (value, slope) = LogDensity::log_density(&product, q.mean());
    p.take(value);
    p.take_all(&slope);
    let weight = p.positive();
    for bound in [
        one_sample(&q, &prior, &product, &noise),
        one_sample_weighted(&q, &prior, &product, &noise, weight),
        one_sample_path(&q, &prior, &product, &noise),
        one_sample_path_weighted(&q, &prior, &product, &noise, weight),
    ] {
        if let Some(bound) = p.end(bound) {
            take_elbo(p, &bound);
            p.take_all(&bound.gradient.mean);
            p.take_rows(&bound.gradient.unit_lower);
            p.take_all(&bound.gradient.log_std_dev);
            let ascended = Gaussian::ascend(&mut q, &bound.gradient, T::from_f64(0.01));
            p.end(ascended);
            let ascended = Gaussian::ascend_natural(&mut q, &bound.gradient, T::from_f64(0.1));
            p.end(ascended);
            take_belief(p, &q);
        }
    }
    Ok(())
}

pub fn elbo_of_mean_field<T: Real, P: Probe<T>>(p: &mut P) -> Result<(), Error> {
    let (mut q, prior) = (MeanField::new(p.numbers(), p.numbers())?, MeanField::standard());
    let (noise, weight) = (p.numbers(), p.positive());
    for bound in [
        one_sample(&q, &prior, &product, &noise),
        one_sample_weighted(&q, &prior, &product, &noise, weight),
        one_sample_path(&q, &prior, &product, &noise),
        one_sample_path_weighted(&q, &prior, &product, &noise, weight),
    ] {
        if let Some(bound) = p.end(bound) {
            take_elbo(p, &bound);
            p.take_all(&bound.gradient.mean);
            p.take_all(&bound.gradient.log_std_dev);
            let ascended = MeanField::ascend(&mut q, &bound.gradient, T::from_f64(0.01));
            p.end(ascended);
            let ascended = MeanField::ascend_natural(&mut q, &bound.gradient, T::from_f64(0.1));
            p.end(ascended);
            p.take_all(MeanField::mean(&q));
            p.take_all(MeanField::log_std_dev(&q));
        }
    }
    Ok(())
}

pub fn adam<T: Real, P: Probe<T>>(p: &mut P) -> Result<(), Error> {
    let fresh = Adam::<T, 3>::new();
    p.note((fresh == Adam::default()).into());
    for mut adam in [Ok(fresh), Adam::with_decays(fresh, p.number(), p.number())].into_iter().flatten() {
        for _ in 0..3 {
            let step = Adam::step(&mut adam, &p.numbers());
            if let Some(step) = p.end(step) {
                p.take_all(&step);
            }
        }
    }
    Ok(())
}
