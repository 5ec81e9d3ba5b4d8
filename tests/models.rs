//! The examples with models of one's own: what each claims, and its picture.

#[path = "common/example.rs"]
mod example;

use roxmltree::Document;
use std::path::{Path, PathBuf};

fn place() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("models")
}

/// What an example prints; its picture is well-formed, has these texts, and no coordinate in the corner, where one that
/// is no number would be.
fn run(name: &str, texts: &[&str]) -> String {
    let output = example::run(name, "", &place());
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    let picture = std::fs::read_to_string(place().join("target").join(name).join(name).with_extension("svg"));
    let picture = picture.expect("a picture");
    let document = Document::parse(&picture).expect("well-formed");
    let found: Vec<&str> = document.descendants().filter_map(|node| node.text()).map(str::trim).collect();
    for text in texts {
        assert!(found.contains(text), "`{text}` is not among {found:?}");
    }
    let mut points = document.descendants().filter_map(|node| node.attribute("points"));
    assert!(points.all(|points| points.split_whitespace().all(|point| point != "0,0")));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// The lines that consist of so many numbers.
fn table(text: &str, columns: usize) -> Vec<Vec<f64>> {
    let numbers = text.lines().map(|line| line.split_whitespace().map(str::parse).collect::<Result<Vec<f64>, _>>());
    numbers.flatten().filter(|row| row.len() == columns).collect()
}

/// Each row: days, KL(online || offline), then log loss and miscalibration of online, offline and point.
#[test]
fn a_point_is_sure_of_too_much_and_online_loses_little() {
    let text = run("online_classifier", &["online", "offline", "point", "calibrated", "log loss (nats a day)"]);
    let rows = table(&text, 8);
    assert_eq!(rows.iter().map(|row| row[0]).collect::<Vec<_>>(), [4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 1096.0]);
    for row in &rows[..2] {
        let [online, offline, point] = [row[2], row[4], row[6]];
        assert!(online < point - 0.05 && offline < point - 0.05, "{text}");
        assert!(row[3] < 0.6 * row[7] && row[5] < 0.6 * row[7], "{text}");
    }
    // Each day once instead of all at once: a hundredth of a nat, near the end a thousandth.
    for row in &rows {
        assert!((row[2] - row[4]).abs() < 0.015 && row[1] < 0.4, "{text}");
    }
    let last = &rows[7];
    assert!((last[2] - last[4]).abs() < 1e-3 && (last[6] - last[4]).abs() < 1e-3 && last[1] < 0.03, "{text}");
    assert!(last[3] < 0.02, "{text}");
    let constant = example::number(&text, "2012 to 2014: log loss");
    assert!(last[2] < constant - 0.1 && rows[0][6] > constant, "{text}");
}

/// Each row: beta, reconstruction, KL, ELBO, error in degrees.
#[test]
fn the_weight_of_the_kl_trades_and_one_is_best_and_firmware_has_its_weights() {
    let text = run("tiny_vae", &["misfit", "new weeks", "DJF", "nats a week", "degrees Celsius"]);
    let rows = table(&text, 5);
    assert_eq!(rows.iter().map(|row| row[0]).collect::<Vec<_>>(), [0.1, 0.3, 1.0, 3.0, 10.0]);
    for pair in rows.windows(2) {
        assert!(pair[1][1] < pair[0][1] && pair[1][2] < pair[0][2] - 0.3, "{text}");
    }
    for row in &rows {
        assert!((row[1] - row[2] - row[3]).abs() < 2e-3, "{text}");
        assert!(row[0] == 1.0 || row[3] < rows[2][3] - 0.5, "{text}");
    }
    // Two numbers for fourteen, in degrees and in nats.
    assert!(rows[2][4] < 2.2 && rows[2][3] > -5.5, "{text}");
    // What firmware runs with is what training finds, to the bit, on any machine.
    let learnt = std::fs::read_to_string(place().join("target/tiny_vae/weights.txt")).expect("weights");
    let file = Path::new(env!("ELBOW_ROOT")).join("examples/autoencoder/weights.txt");
    let committed = std::fs::read_to_string(&file).expect("committed weights");
    assert!(learnt == committed, "copy target/tiny_vae/weights.txt to {}", file.display());
}

/// Each row: x, truth, mean and standard deviation of f, point estimate.
#[test]
fn a_network_of_gaussians_is_unsure_away_from_its_readings() {
    let text = run("bayes_net", &["truth", "2 sd", "readings", "standard deviation of f"]);
    let rows = table(&text, 5);
    assert_eq!(rows.len(), 13, "{text}");
    let at = |x: f64| rows.iter().find(|row| row[0] == x).expect("a row");
    for side in [-1.0, 1.0] {
        for (near, far) in [(1.25, 2.0), (2.0, 3.0), (3.0, 4.0), (4.0, 5.0)] {
            assert!(at(side * far)[3] > 1.2 * at(side * near)[3], "{text}");
        }
        assert!(at(side * 5.0)[3] > 0.5 && at(side * 1.25)[3] < 0.08, "{text}");
    }
    // What a mean field cannot: to be less sure between two groups of readings than among them.
    assert!(at(0.0)[3] < 0.06, "{text}");
    for row in &rows {
        assert!((row[1] - row[2]).powi(2) < 4.0 * (row[3] * row[3] + 0.01), "{text}");
        assert!(row[0].abs() > 2.0 || (row[1] - row[2]).abs() < 0.12, "{text}");
    }
    let far = text.lines().find(|line| line.trim_start().starts_with("farther out")).expect("a line");
    assert!(example::number(far, "Gaussians") > 99.0 && example::number(far, "point estimate") < 90.0, "{text}");
}
