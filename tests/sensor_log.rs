//! The example `sensor_log` as a user meets it: what it prints, draws and refuses.

#[path = "sensor_log/models.rs"]
mod models;
#[path = "sensor_log/pictures.rs"]
mod pictures;
#[path = "sensor_log/program.rs"]
mod program;
#[path = "sensor_log/trust.rs"]
mod trust;

use program::Place;
use std::process::Stdio;

/// Whether each number is within the tolerance of the one wanted.
fn near(have: &[f64], want: &[f64], tolerance: f64) -> bool {
    have.len() == want.len() && have.iter().zip(want).all(|(have, want)| (have - want).abs() <= tolerance)
}

#[test]
fn the_shipped_logs() {
    let place = Place::new("shipped");
    let summary = place.summary("");
    let nile = summary.of("nile");
    assert!(nile.line("readings").starts_with("100, missing none, from 1871 to 1970"));
    // From the prior N(0, 1e7): -641.5856, of which the first reading has -0.5 (ln(2 pi 10015099) + 1120^2/10015099) = -9.0414.
    assert!(near(&nile.numbers("log evidence"), &[-641.5856, -632.5442], 0.0006), "{}", nile.line("log evidence"));
    let final_belief = nile.numbers("final belief");
    assert!((final_belief[0] - 798.370).abs() < 0.06, "{final_belief:?}");
    let sd = (final_belief[final_belief.len() - 1] - final_belief[final_belief.len() - 2]) / 4.0;
    assert!((sd * sd - 4032.16).abs() < 10.0, "the posterior variance is {}", sd * sd);
    assert!(nile.numbers("distance")[1] < 1e-5, "one sample is exact for a Gaussian sensor");
    assert!(nile.0.contains("1913                          456"), "the flood that failed is the greatest surprise");

    let co2 = summary.of("co2");
    assert!(co2.line("readings").starts_with("2225, missing 59, from 1958-03-29 to 2001-12-29"));
    assert!((co2.numbers("innovation")[0] - 1.0).abs() < 0.02, "without the season it would be far from 1");
    let coal = summary.of("coal");
    // An exact grid filter has -175.345 and -172.886; the best Gaussian beliefs, within 0.15 nats of that.
    assert!(near(&coal.numbers("log evidence"), &[-175.345, -172.886], 0.2), "{}", coal.line("log evidence"));
    let seattle = summary.of("seattle");
    assert!(seattle.line("readings").starts_with("1461, missing none, from 2012-01-01 to 2015-12-31"));
    // An exact grid filter has -896.438; OneSample's beliefs are a few hundredths of a deviation away on every day.
    assert!(near(&seattle.numbers("log evidence"), &[-896.438, -895.744], 2.0), "{}", seattle.line("log evidence"));
    for log in [coal, seattle] {
        let [rms, max] = log.numbers("distance")[..2] else { panic!("two distances") };
        assert!(0.0 < rms && rms < 0.12 && max < 0.5, "{rms} {max}");
    }
}

#[test]
fn estimators_and_seeds() {
    let place = Place::new("estimators");
    let seven = place.summary("coal --seed 7");
    assert_eq!(seven, place.summary("coal --seed 7"), "a seed repeats");
    assert_ne!(seven.line("log evidence"), place.summary("coal --seed 8").line("log evidence"));
    let rms = |line: &str| place.summary(line).numbers("distance")[0];
    assert!(rms("coal --samples 512") < 0.5 * rms("coal --samples 8"), "more samples come closer");
    let fixed = place.summary("coal --estimator gauss-hermite --seed 7");
    assert_eq!(
        fixed.line("log evidence"),
        place.summary("coal --estimator gauss-hermite --seed 8").line("log evidence")
    );
    assert_ne!(fixed.line("log evidence"), seven.line("log evidence"));
}

/// Rows an irregular time apart, some without a reading, with the log evidence of a Kalman filter in f64: a random walk of variance
/// 0.25 a unit of time, readings of variance 4, the prior N(offset + 1, 9).
fn kalman(offset: f64) -> (String, f64) {
    let (mut mean, mut variance, mut evidence, mut time) = (offset + 1.0, 9.0, 0.0, 0.0);
    let mut text = "time,value\n".to_string();
    for k in 0..40 {
        let step = f64::from(k * k % 5) * 0.5;
        time += step;
        variance += 0.25 * step;
        let value = (k % 6 != 4).then(|| offset + (f64::from(k) * 0.9).sin() * 3.0 + f64::from(k) * 0.1);
        text += &format!("{time},{}\n", value.map_or("NA".into(), |value| value.to_string()));
        if let Some(value) = value {
            let (total, error) = (variance + 4.0, value - mean);
            evidence -= 0.5 * ((std::f64::consts::TAU * total).ln() + error * error / total);
            mean += variance / total * error;
            variance *= 4.0 / total;
        }
    }
    (text, evidence)
}

#[test]
fn a_log_of_ones_own_against_a_kalman_filter() {
    let place = Place::new("own");
    for (offset, mean) in [(0.0, "1"), (1e6, "1000001")] {
        let (text, evidence) = kalman(offset);
        place.write("own.csv", text);
        let flags = format!("own.csv --std-dev 2 --level-noise 0.5 --prior-mean {mean} --prior-std-dev 3");
        let summary = place.summary(&flags);
        assert!(summary.line("readings").starts_with("34, missing 6,"), "{}", summary.line("readings"));
        assert!((summary.numbers("log evidence")[0] - evidence).abs() < 0.002, "{} for {evidence}", summary.0);
    }
}

#[test]
fn counts_over_a_longer_window_are_a_higher_rate() {
    let place = Place::new("exposure");
    let rows = [7, 4, 9, 6, 12, 11, 8, 15].iter().enumerate();
    place.write("counts.csv", rows.fold("t,n\n".to_string(), |text, (t, n)| text + &format!("{t},{n}\n")));
    let flags = "counts.csv --sensor poisson --level-noise 0.2 --prior-std-dev 1 --estimator gauss-hermite";
    let short = place.summary(&format!("{flags} --prior-mean {}", 5f64.ln()));
    let long = place.summary(&format!("{flags} --prior-mean 0 --exposure 5"));
    assert!(near(&short.numbers("log evidence"), &long.numbers("log evidence"), 2e-3), "{short:?} {long:?}");
    assert!(near(&short.numbers("final belief"), &long.numbers("final belief"), 2e-2), "{short:?} {long:?}");
    assert_eq!(long.numbers("readings")[0], 8.0);
}

#[test]
fn dates_of_many_kinds_are_the_same_log() {
    let place = Place::new("dates");
    let rows = [("01", 3.0), ("02", 4.5), ("05", 2.5), ("06", 3.5), ("09", 4.0)];
    let text = |time: fn(&str) -> String| {
        rows.iter().fold("t;v\n".to_string(), |text, (day, value)| text + &format!("{};{value}\n", time(day)))
    };
    place.write("iso.csv", text(|day| format!("2020-03-{day}")));
    place.write("offset.csv", text(|day| format!("2020-03-{day}T02:00:00+02:00")));
    place.write("german.csv", text(|day| format!("{day}.03.2020 00:00")).replace('\n', "\r\n"));
    place.write("number.csv", text(|day| day.to_string()));
    let evidence = |line: &str| {
        let flags = "--delimiter ; --std-dev 1 --level-noise 0.7 --time-unit day --unit V --sensor normal";
        place.summary(&format!("{line} {flags}")).numbers("log evidence")
    };
    let iso = evidence("iso.csv");
    assert_eq!(iso, evidence("offset.csv"));
    assert_eq!(iso, evidence("number.csv"));
    let mut german =
        place.command("german.csv --delimiter ; --std-dev 1 --level-noise 0.7 --time-unit day --time-format");
    let output = german.arg("%d.%m.%Y %H:%M").output().expect("the example runs");
    assert_eq!(iso, program::Summary(String::from_utf8(output.stdout).expect("UTF-8")).numbers("log evidence"));
}

#[test]
fn noise_that_is_not_given_is_chosen() {
    let place = Place::new("chosen");
    let (text, _) = kalman(0.0);
    place.write("own.csv", text);
    for process in ["random-walk", "local-linear-trend", "constant-velocity"] {
        for sensor in ["normal", "student-t"] {
            let models = format!("own.csv --estimator gauss-hermite --sensor {sensor} --process {process}");
            let best = place.summary(&models);
            let chosen = best.line("noise chosen").to_string();
            assert_eq!(
                best.numbers("log evidence"),
                place.summary(&format!("{models} {chosen}")).numbers("log evidence")
            );
            let [flag, value] = chosen.split(' ').take(2).collect::<Vec<_>>()[..] else { panic!("{chosen}") };
            let worse = value.parse::<f64>().expect("a number") * 1.5;
            let worse = place
                .summary(&format!("{models} {chosen}").replace(&format!("{flag} {value}"), &format!("{flag} {worse}")));
            assert!(worse.numbers("log evidence")[0] < best.numbers("log evidence")[0] + 1e-3, "{models}: {chosen}");
        }
    }
}

#[test]
fn malformed_rows_are_named_and_nothing_is_written() {
    let place = Place::new("malformed");
    for (text, flags, says) in [
        (
            &b"day,count\n1,3\n2,-3\n"[..],
            "--sensor poisson",
            "bad.csv, line 3, column `count`: `-3` is a negative count",
        ),
        (b"day,count\n1,3.5\n", "--sensor poisson", "bad.csv, line 2, column `count`: `3.5` is a fractional count"),
        (
            b"day,rain\n1,0\n2,1\n\n3,2\n",
            "--sensor bernoulli",
            "bad.csv, line 5, column `rain`: `2` is neither 0, 1, false nor true",
        ),
        (b"day,v\n1,2\n2,0\n", "--sensor gamma", "bad.csv, line 3, column `v`: `0` is not above zero"),
        (b"day,v\r\n1,0\r\n2,x\r\n", "", "bad.csv, line 3, column `v`: `x` is not a number"),
        (b"day,v\n1,0\n2,1e39\n", "--prior-mean 0", "bad.csv, line 3, column `v`: `1e39` does not fit an f32"),
        (b"day,v\n2,0\n1,1\n", "", "bad.csv, line 3, column `day`: the time goes backwards"),
        (b"day,v\n2020-01-01,0\n2020-13-01,1\n", "", "bad.csv, line 3, column `day`: `2020-13-01`"),
        (b"day,v\n1,0,7\n", "", "bad.csv, line 2, column `v`: the row has 3 fields"),
        (b"day,v,w\n1,0\n", "", "bad.csv, line 2, column `w`: the row has 2 fields"),
        (b"day,v\n1,0\n2,\xc3\x28\n", "", "bad.csv, line 3, column `v`: the field is not UTF-8"),
    ] {
        place.write("bad.csv", text);
        let (code, told) = place.failure(&format!("bad.csv {flags}"));
        assert!(code == 1 && told.contains(says), "{code} {told}");
    }
}

#[test]
fn wrong_command_lines_are_told_in_one_line() {
    let place = Place::new("flags");
    place.write("good.csv", "day,volt\n1,2\n2,3\n");
    place.write("dated.csv", "day,volt\n2020-01-01,2\n2020-01-02,3\n");
    for (line, code, says) in [
        ("--sensr normal", 2, "--sensr"),
        ("good.csv --sensor laplace", 2, "laplace"),
        ("good.csv --scale 3", 2, "--scale goes with --sensor student-t"),
        ("good.csv --value amp", 1, "has no column `amp`; it has `day`, `volt`"),
        ("none.csv", 1, "none.csv: there is no such file"),
        (".", 1, "cannot be read"),
        ("nile --sensor poisson", 2, "has its own model"),
        ("nile --from 2001", 2, "the log runs from 1871 to 1970"),
        ("dated.csv --level-noise 1", 2, "say per which --time-unit"),
        ("dated.csv --time-unit fortnight", 2, "second, minute, hour, day, week, year"),
        ("good.csv --std-dev 1e-30", 2, "does not fit an f32"),
        ("good.csv --sensor normal,poisson", 2, "do not compare"),
        ("good.csv --monitor --false-alarm 0.5", 2, "--false-alarm"),
        ("good.csv --sensor learned --forgetting 0.1", 2, "out of range"),
        ("dated.csv --process ornstein-uhlenbeck --time-constant 3", 2, "say per which --time-unit"),
        ("--samples 0", 2, "--samples"),
    ] {
        let (have, told) = place.failure(line);
        assert!(have == code && told.contains(says), "{line}: {have} {told}");
    }
}

#[test]
fn help_teaches_by_examples() {
    let output = Place::new("help").run("--help");
    let help = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(output.status.success() && output.stderr.is_empty());
    assert_eq!(help.lines().filter(|line| line.trim_start().starts_with("sensor_log ")).count(), 4, "{help}");
}

#[test]
fn a_reader_that_leaves_early_is_no_error() {
    let place = Place::new("closed");
    let mut child = place.command("").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the example runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("the example ends");
    assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}
