//! Sensors of one's own: the quality of a radio link from the packets heard, and the wind behind its gusts.
//!
//! ```sh
//! cargo run --release --example own_sensor
//! ```

use elbow::likelihood::{Derivatives, FromScore, Likelihood, Score};
use elbow::{Error, Estimator, Filter, GaussHermite, Gaussian, OneSample, RandomWalk, Sensor};
use rand_xoshiro::{Xoshiro128PlusPlus, rand_core::SeedableRng};

/// Packets heard of `sent`, eta the log odds of one: a value, two derivatives and a check.
struct Packets {
    sent: u16,
}

/// The logarithm of the number of ways to choose `part` of `whole`.
fn log_ways(whole: u16, part: u16) -> f32 {
    (0..part).map(|k| (f32::from(whole - k) / f32::from(k + 1)).ln()).sum()
}

/// ln(1 + e^x)
fn softplus(x: f32) -> f32 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

impl Likelihood<f32> for Packets {
    type Reading = u16;
    const LOG_CONCAVE: bool = true;
    fn check(&self, heard: u16) -> Result<(), Error> {
        if heard <= self.sent { Ok(()) } else { Err(Error::OutOfRange) }
    }
    fn log_prob(&self, heard: u16, eta: f32) -> f32 {
        log_ways(self.sent, heard) + f32::from(heard) * eta - f32::from(self.sent) * softplus(eta)
    }
    fn derivatives(&self, heard: u16, eta: f32) -> Derivatives<f32> {
        let (sent, share) = (f32::from(self.sent), 1.0 / (1.0 + (-eta).exp()));
        Derivatives { first: f32::from(heard) - sent * share, second: -sent * share * (1.0 - share) }
    }
}

/// The strongest gust of ten minutes in m/s, Gumbel about eta with this scale: the score alone.
struct Gust {
    scale: f32,
}

impl Score<f32> for Gust {
    type Reading = f32;
    const LOG_CONCAVE: bool = true;
    fn check(&self, gust: f32) -> Result<(), Error> {
        if gust.is_finite() { Ok(()) } else { Err(Error::NotFinite) }
    }
    fn log_prob(&self, gust: f32, eta: f32) -> f32 {
        let z = (gust - eta) / self.scale;
        -z - (-z).exp() - self.scale.ln()
    }
    fn score(&self, gust: f32, eta: f32) -> f32 {
        (1.0 - (-(gust - eta) / self.scale).exp()) / self.scale
    }
}

/// Filters the gusts; mean and standard deviation at the end.
fn wind(gusts: &[f32], estimator: &mut impl Estimator<f32>) -> Result<(f32, f32), Error> {
    let mut filter = Filter::<f32, 1>::new(Gaussian::diagonal([10.0], [25.0])?);
    let mut anemometer = Sensor::linear([1.0], FromScore::new(Gust { scale: 1.5 }, 0.015)?);
    let mut wind = (0.0, 0.0);
    for &gust in gusts {
        filter.predict_for(&RandomWalk::new(0.01)?, 10.0)?; // (m/s)^2 per minute
        let update = filter.update(&mut anemometer, gust, estimator)?;
        wind = (update.mean(), update.variance().sqrt());
    }
    Ok(wind)
}

fn main() -> Result<(), Error> {
    let mut filter = Filter::<f32, 1>::new(Gaussian::diagonal([0.0], [4.0])?);
    let mut link = Sensor::linear([1.0], Packets { sent: 20 });
    println!("packets heard of 20   link quality, 2 sigma   surprise");
    for heard in [19_u16, 20, 18, 19, 20, 17, 11, 9, 12, 10, 16, 19] {
        filter.predict_for(&RandomWalk::new(0.2)?, 1.0)?;
        let update = filter.update(&mut link, heard, &mut GaussHermite::<5>::new())?;
        let surprise = -update.log_evidence(&link, heard);
        let (mean, spread) = (update.mean(), 2.0 * update.variance().sqrt());
        let [low, middle, high] = [mean - spread, mean, mean + spread].map(|eta| 100.0 / (1.0 + (-eta).exp()));
        println!("{heard:>19}   {middle:>5.1} % ({low:.1} to {high:.1})   {surprise:.2} nats");
    }

    let gusts = [11.8, 12.9, 10.9, 16.2, 12.2, 11.5, 13.7, 12.0, 11.2, 19.4, 12.4, 13.1];
    let mut one_sample = OneSample::new(Xoshiro128PlusPlus::seed_from_u64(1));
    for (name, (mean, std_dev)) in [
        ("GaussHermite<5>", wind(&gusts, &mut GaussHermite::<5>::new())?),
        ("OneSample", wind(&gusts, &mut one_sample)?),
    ] {
        println!("wind behind 12 gusts by {name}: {mean:.2} +- {std_dev:.2} m/s");
    }
    Ok(())
}
