//! The examples that show the theory: what each claims, against `reference/theory.py`, and its picture.

#[path = "common/example.rs"]
mod example;

use example::number;
use roxmltree::Document;
use std::path::Path;

/// What an example prints, and its picture.
fn run(name: &str) -> (String, String) {
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("theory");
    let output = example::run(name, "", &place);
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    let picture = std::fs::read_to_string(place.join("target").join(name).join(name).with_extension("svg"));
    (String::from_utf8(output.stdout).expect("UTF-8"), picture.expect("a picture"))
}

/// The numbers of the line that starts with these words.
fn row(text: &str, start: &str) -> Vec<f64> {
    let line = text.lines().find_map(|line| line.trim_start().strip_prefix(start));
    let line = line.unwrap_or_else(|| panic!("no `{start}` in\n{text}"));
    line.split([' ', '(', ')']).filter_map(|word| word.parse().ok()).collect()
}

fn near(value: f64, expected: f64, error: f64) {
    assert!((value - expected).abs() <= error, "{value} for {expected}");
}

/// Well-formed, with these texts; a coordinate that is no number would end in the corner.
fn assert_drawn(picture: &str, wanted: &[&str]) {
    let document = Document::parse(picture).expect("well-formed");
    let texts: Vec<&str> = document.descendants().filter_map(|node| node.text()).map(str::trim).collect();
    for text in wanted {
        assert!(texts.contains(text), "`{text}` is not among {texts:?}");
    }
    assert!(texts.iter().all(|text| !text.contains("NaN") && *text != "inf"), "{texts:?}");
    let lines = document.descendants().filter_map(|node| node.attribute("points"));
    assert!(lines.flat_map(str::split_whitespace).all(|point| point != "0,0"));
}

/// A picture of the README is the one that is drawn.
fn assert_shown(name: &str, drawn: &str) {
    let file = Path::new(env!("ELBOW_ROOT")).join("src/pictures").join(name).with_extension("svg");
    let shown = std::fs::read_to_string(&file).expect("a committed picture");
    assert!(shown == drawn, "{} is not what the example draws: copy target/{name}/{name}.svg there", file.display());
}

#[test]
fn reverse_locks_onto_a_mode_and_forward_spans_both() {
    let (text, picture) = run("kl_directions");
    let fits = ["reverse, from the right", "reverse, from the left", "forward"].map(|name| row(&text, name));
    let expected = [[1.899_83, 0.485_43, 0.561_77], [-1.864_47, 0.485_54, 0.844_09]];
    for (fit, [mean, std_dev, kl]) in fits.iter().zip(expected) {
        near(fit[0], mean, 0.02);
        near(fit[1], std_dev, 0.01);
        near(fit[2], kl, 1e-3);
    }
    near(fits[2][0], 0.281_65, 1e-3);
    near(fits[2][1], 1.925_89, 1e-3);
    near(fits[2][3], 0.696_03, 2e-4);
    // Each is the better one by its own divergence, and by the other's the worse.
    assert!(fits[2][2] > 2.0 * fits[1][2] && fits[0][3] > 10.0 * fits[2][3], "{fits:?}");
    // Each mode holds what the other fit does not see.
    near(fits[0][4] + fits[1][4], 100.0, 0.2);
    near(number(&text, "correlation of 0.9: variances"), 0.19, 0.005);
    assert_drawn(
        &picture,
        &["Two directions of one divergence", "position (m)", "density (1/m)", "posterior p", "forward"],
    );
}

#[test]
fn elbo_and_divergence_add_up_to_the_log_evidence() {
    let (text, picture) = run("elbo_identity");
    near(number(&text, "log evidence"), -4.457_692_586, 2e-9);
    for error in ["ELBO + KL - log evidence", "energy - entropy + ELBO", "cross-entropy - entropy - KL"] {
        assert!(row(&text, error)[0] < 1e-12, "{error}");
    }
    let steps: Vec<Vec<f64>> = ["0 ", "40 ", "80 ", "120 ", "160 ", "200 "].map(|step| row(&text, step)).into();
    for step in &steps {
        near(step[2] + step[3], -4.457_693, 2e-6);
        near(step[5] - step[6], -step[2], 2e-6);
    }
    assert!(steps[0][3] > 4.0 && steps[5][3] < 0.1, "no climb: {text}");
    assert_drawn(
        &picture,
        &["What the ELBO is a bound of", "gradient steps", "nats", "ELBO", "log evidence", "free energy"],
    );
    assert_shown("elbo_identity", &picture);
}

#[test]
fn what_an_evaluation_buys() {
    let (text, picture) = run("estimators");
    near(number(&text, "greatest at"), -0.592_274, 2e-6);
    near(number(&text, "+-"), 1.546_624, 2e-6);
    // Errors at 1, 4, 16, 64, 256, 1024 and 4096 gradients, each followed by its cost.
    let names =
        ["plain SGD, rate 0.2", "one sample, 2/(8 + k)", "path, 2/(8 + k)", "OneSample", "GaussHermite, 3, 5, 9 nodes"];
    let [sgd, one_sample, path, averaged, nodes] = names.map(|name| row(&text, name));
    let error = |row: &[f64], look: usize| row[2 * look];
    assert!((error(&sgd, 6) / error(&sgd, 3) - 1.0).abs() < 0.3, "a constant rate ends in a cloud: {sgd:?}");
    assert!(error(&one_sample, 6) < 0.1 * error(&one_sample, 3), "falling rates converge: {one_sample:?}");
    assert!(error(&path, 6) < 0.7 * error(&one_sample, 6), "the path's noise is the lesser");
    assert!(averaged[1] < 10.0 && error(&averaged, 0) < 0.1, "a first sample from the mode: {averaged:?}");
    // 1024 times the samples, about a twentieth of the error.
    let fall = error(&averaged, 1) / error(&averaged, 6);
    assert!((12.0..32.0).contains(&fall), "{fall}");
    assert!(error(&averaged, 6) < error(&path, 6));
    assert!(error(&nodes, 0) < 0.03 && error(&nodes, 1) < 0.005 && error(&nodes, 2) < 3e-4, "{nodes:?}");
    assert!(nodes[5] < 50.0, "{nodes:?}");
    assert_drawn(&picture, &["Ways up the same ELBO", "evaluations of the likelihood", "OneSample", "10³", "10⁻⁴"]);
}

#[test]
fn likelihoods_that_fit_foresee_more() {
    let (text, picture) = run("why_not_kalman");
    let (light, coal) = text.split_once("Disasters").expect("two logs");
    let (normal, student) = (row(light, "Kalman"), row(light, "elbow, StudentT"));
    near(normal[0], -252.995, 2e-3);
    near(student[0], -219.804, 0.2);
    let (kalman, poisson) = (row(coal, "Kalman"), row(coal, "elbow, Poisson"));
    near(kalman[0], -192.557, 2e-3);
    near(poisson[0], -175.353, 0.1);
    // Level, low and high at the end: half as wide without the outliers; no fewer than no disasters.
    let width = |row: &[f64]| row[row.len() - 1] - row[row.len() - 2];
    assert!(width(&student) < 0.6 * width(&normal));
    assert!(kalman[kalman.len() - 2] < 0.0 && poisson[poisson.len() - 2] > 0.0);
    // The Kalman crate's filter is elbow's with a normal sensor.
    let same = light.lines().find(|line| line.contains("the same filter")).expect("both");
    assert_eq!(number(same, "Kalman"), number(same, "Normal sensor"));
    assert_drawn(
        &picture,
        &["Why not a Kalman filter", "disasters a year", "year", "time less 24800 ns (ns)", "reading"],
    );
    assert_shown("why_not_kalman", &picture);
}
