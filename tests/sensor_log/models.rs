//! Sensors and processes of a user's own file against closed forms, and several of them compared.

use crate::program::Place;

/// Flags that hold the level at `mean`: what is left is the likelihood itself.
fn fixed(mean: f64) -> String {
    format!("--estimator gauss-hermite --level-noise 1e-6 --prior-std-dev 1e-4 --prior-mean {mean}")
}

/// A file of readings one unit of time apart.
fn file(place: &Place, name: &str, readings: &[f64]) {
    let rows = readings.iter().enumerate();
    place.write(name, rows.fold("t,v\n".to_string(), |text, (t, v)| text + &format!("{t},{v}\n")));
}

fn evidence(place: &Place, line: &str) -> f64 {
    place.summary(line).numbers("log evidence")[0]
}

#[test]
fn likelihoods_at_a_level_that_is_known() {
    let place = Place::new("known");
    let counts = [0.0, 3.0, 1.0, 7.0, 2.0, 0.0, 4.0];
    file(&place, "counts.csv", &counts);
    // Dispersion 1 is the geometric distribution, mean 5 * 0.5 in a window.
    let geometric = |count: f64| count * 2.5_f64.ln() - (count + 1.0) * 3.5_f64.ln();
    let amounts = [0.4, 1.9, 3.1, 0.8, 2.2];
    file(&place, "amounts.csv", &amounts);
    // Shape 3 and mean 1.5: a rate of 2, Gamma(3) = 2.
    let gamma = |amount: f64| 3.0 * 2_f64.ln() - 2_f64.ln() + 2.0 * amount.ln() - 2.0 * amount;
    file(&place, "level.csv", &[100.5; 20]);
    for (line, mean, want) in [
        (
            "counts.csv --sensor negative-binomial --dispersion 1 --exposure 5",
            0.5_f64.ln(),
            counts.iter().copied().map(geometric).sum::<f64>(),
        ),
        ("amounts.csv --sensor gamma --shape 3", 1.5_f64.ln(), amounts.iter().copied().map(gamma).sum()),
        // The quartiles of a normal distribution lie at 0.67449 standard deviations.
        ("level.csv --sensor quantized --step 0.5 --std-dev 0.370650", 100.5, 20.0 * 0.5_f64.ln()),
        ("level.csv --sensor censored --upper 100.5 --std-dev 0.3", 100.5, 20.0 * 0.5_f64.ln()),
        ("level.csv --sensor censored --lower 100.5 --upper 200 --std-dev 0.3", 100.5, 20.0 * 0.5_f64.ln()),
    ] {
        let have = evidence(&place, &format!("{line} {}", fixed(mean)));
        assert!((have - want).abs() < 3e-3, "{line}: {have} for {want}");
    }
}

/// ln(Gamma(a + 1/2)/Gamma(a)) for a = 2, 2.5, 3, ...: from Gamma(2.5) = 3 sqrt(pi)/4.
fn half_step(steps: usize) -> f64 {
    let first = 0.75 * std::f64::consts::PI.sqrt();
    let step = |ratio: f64, k: usize| (2.0 + 0.5 * k as f64) / ratio;
    (0..steps).fold(first, step).ln()
}

#[test]
fn learned_noise_is_foreseen_by_what_was_learnt_before() {
    let place = Place::new("learned");
    let readings: Vec<f64> = (0..200).map(|k: u32| f64::from(k * 37 % 101) / 50.0 - 1.0).collect();
    file(&place, "own.csv", &readings);
    // At a known level of zero the posterior of the variance is inverse-gamma, each prediction Student-t: exactly.
    let (mut shape, mut scale, mut want) = (2.0, 2.0 * 25.0, 0.0);
    for (k, y) in readings.iter().enumerate() {
        want += half_step(k)
            - 0.5 * (std::f64::consts::TAU * scale).ln()
            - (shape + 0.5) * (1.0 + y * y / (2.0 * scale)).ln();
        (shape, scale) = (shape + 0.5, scale + 0.5 * y * y);
    }
    let summary = place.summary(&format!("own.csv --sensor learned --std-dev 5 --forgetting 1 {}", fixed(0.0)));
    let have = summary.numbers("log evidence")[0];
    assert!((have - want).abs() < 0.02, "{have} for {want}");
    let noise = summary.numbers("noise learned")[0];
    assert!((noise - (scale / shape).sqrt()).abs() < 0.01, "{noise} for {}", (scale / shape).sqrt());
    let forgetful = place.summary(&format!("own.csv --sensor learned --std-dev 5 {}", fixed(0.0)));
    assert!(forgetful.numbers("noise learned")[0] < noise - 0.05, "a bad guess is forgotten");
}

#[test]
fn a_level_that_returns_against_a_kalman_filter() {
    let place = Place::new("returns");
    let (level, spread, tau, noise) = (50.0, 3.0, 4.0, 0.5_f64);
    let (mut mean, mut variance, mut want, mut time) = (level, spread * spread, 0.0, 0.0);
    let mut text = "t,v\n".to_string();
    for k in 0..60 {
        let step = f64::from(k * k % 7);
        let decay = (-step / tau).exp();
        (mean, variance) =
            (level + decay * (mean - level), spread * spread + decay * decay * (variance - spread * spread));
        let y = level + 4.0 * (f64::from(k) * 0.7).sin();
        time += step;
        text += &format!("{time},{y}\n");
        let total = variance + noise * noise;
        want -= 0.5 * ((std::f64::consts::TAU * total).ln() + (y - mean) * (y - mean) / total);
        (mean, variance) = (mean + variance / total * (y - mean), variance * noise * noise / total);
    }
    place.write("own.csv", text);
    let flags =
        "own.csv --process ornstein-uhlenbeck --std-dev 0.5 --prior-mean 50 --prior-std-dev 3 --time-constant 4";
    let have = evidence(&place, flags);
    assert!((have - want).abs() < 2e-3, "{have} for {want}");
    let open = place.summary("own.csv --process ornstein-uhlenbeck --std-dev 0.5 --prior-mean 50");
    assert!(open.line("noise chosen").contains("--time-constant") && open.numbers("log evidence")[0] > want);
}

/// Counts with a mean of 6 in each of 400 windows; every burst brings the next ones with it if `bursts`.
fn counts(bursts: bool) -> Vec<f64> {
    let mut seed = 12_345_u32;
    let mut coin = move || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(seed >> 8) / f64::from(1_u32 << 24)
    };
    let poisson = |mean: f64, coin: &mut dyn FnMut() -> f64| {
        let (mut count, mut left) = (0.0, coin());
        while left > (-mean).exp() {
            (count, left) = (count + 1.0, left * coin());
        }
        count
    };
    (0..400)
        .map(|_| {
            // An exponential rate makes the count geometric.
            let mean = if bursts { -6.0 * (1.0 - coin()).ln() } else { 6.0 };
            poisson(mean, &mut coin)
        })
        .collect()
}

#[test]
fn the_evidence_tells_bursts_from_a_steady_source() {
    let place = Place::new("compared");
    for (bursts, best, title) in
        [(true, "negative-binomial", "Negative binomial sensor"), (false, "poisson", "Poisson sensor")]
    {
        file(&place, "counts.csv", &counts(bursts));
        let flags = "counts.csv --estimator gauss-hermite --sensor";
        let both = place.summary(&format!("{flags} poisson,negative-binomial"));
        let winner = both.0.lines().find(|line| line.contains(" is better than ")).expect("a comparison");
        assert!(winner.trim_start().starts_with(best), "{}", both.0);
        assert!(both.line("model").contains(title) && place.picture("counts").contains(title));
        // Each alone says the same.
        for sensor in ["poisson", "negative-binomial"] {
            let alone = evidence(&place, &format!("{flags} {sensor}"));
            let told = both.numbers(&format!("{sensor} "))[0];
            assert!((told - alone).abs() < 0.006, "{sensor}: {told} and {alone}");
        }
        let ahead = winner.split(' ').rev().nth(1).and_then(|nats| nats.parse::<f64>().ok()).expect("nats");
        if bursts {
            assert!(ahead > 50.0, "{winner}");
        } else {
            // One number more, at ln(400)/2.
            assert!((0.5..3.1).contains(&ahead), "{winner}");
        }
    }
}

#[test]
fn only_the_first_rows_are_chosen_on() {
    let place = Place::new("fit_rows");
    let calm: Vec<f64> = (0..150_u32).map(|k| 20.0 + f64::from(k * 29 % 53) / 53.0).collect();
    let wild: Vec<f64> = (0..150_u32).map(|k| 90.0 + f64::from(k * 29 % 53)).collect();
    file(&place, "calm.csv", &calm);
    file(&place, "both.csv", &[calm, wild].concat());
    let chosen = |line: &str| place.summary(line).line("noise chosen").to_string();
    for process in ["random-walk", "ornstein-uhlenbeck"] {
        let head = chosen(&format!("calm.csv --process {process}"));
        assert_eq!(head, chosen(&format!("both.csv --process {process} --fit-rows 150")));
        assert_ne!(head, chosen(&format!("both.csv --process {process}")));
    }
}
