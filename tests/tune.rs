//! The example `tune`, built and run as a user runs it.

#[path = "common/example.rs"]
mod example;

use example::number;
use std::path::Path;
use std::process::Output;

fn tune(line: &str) -> Output {
    example::run("tune", line, Path::new(env!("CARGO_TARGET_TMPDIR")))
}

/// What a run that must succeed prints.
fn printed(line: &str) -> String {
    let output = tune(line);
    assert!(output.status.success(), "tune {line}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn the_nile_without_an_argument() {
    let text = printed("");
    assert!((number(&text, "process noise, variance per unit of time:") / 1469.1 - 1.0).abs() < 1e-2, "{text}");
    assert!((number(&text, "sensor noise, variance:") / 15_099.0 - 1.0).abs() < 1e-2, "{text}");
    assert!((number(&text, "log evidence") + 632.5456).abs() < 1e-3, "{text}");
    assert!(number(&text, "from ") < -632.6 && number(&text, "at the start;") < 250.0, "{text}");
    // What to type is what was found.
    assert_eq!(number(&text, "RandomWalk::new("), number(&text, "per unit of time:"));
    assert_eq!(number(&text, "Normal::new("), number(&text, "sensor noise, variance:"));
}

#[test]
fn the_picture() {
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("tune_picture");
    assert!(example::run("tune", "", &place).status.success());
    let picture = std::fs::read_to_string(place.join("target/tune/tune.svg")).expect("a picture");
    for words in ["What 100 readings say of their noise", "variance per unit of time", "10³", "parabola of its sd"] {
        assert!(picture.contains(words), "{words}");
    }
}

/// Half of the Nile's years, twice as far apart, in a file of another shape, with the readings between them missing.
#[test]
fn a_log_of_ones_own_with_gaps() {
    let nile = std::fs::read_to_string(Path::new(env!("ELBOW_ROOT")).join("examples/data/nile.csv"));
    let nile = nile.expect("the log is shipped");
    let rows = nile.lines().skip(1).filter_map(|line| line.split_once(','));
    let (mut gaps, mut pauses) = (String::from("note,flow,year\n"), String::from("year,flow\n"));
    for (k, (year, flow)) in rows.enumerate() {
        gaps += &if k % 2 == 0 { format!("x,{flow},{year}\n") } else { format!("x,,{year}\n") };
        pauses += &if k % 2 == 0 { format!("{year}, {flow}\n") } else { String::new() };
    }
    let place = Path::new(env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(place.join("tune_gaps.csv"), gaps).expect("a temporary file");
    std::fs::write(place.join("tune_pauses.csv"), pauses).expect("a temporary file");
    let text = printed("tune_gaps.csv --time year --value flow");
    assert!(text.starts_with("50 readings\n"), "{text}");
    assert_eq!(text, printed("tune_pauses.csv"));
    // The same noise, from half of the readings.
    assert!((5e3..3e4).contains(&number(&text, "sensor noise, variance:")), "{text}");
    assert!((200.0..6e3).contains(&number(&text, "per unit of time:")), "{text}");
}

#[test]
fn what_is_wrong_is_named() {
    let place = Path::new(env!("CARGO_TARGET_TMPDIR"));
    for (name, text, why) in [
        ("tune_back.csv", "t,v\n2,1\n1,2\n", "line 3: the time goes backwards"),
        ("tune_word.csv", "t,v\n1,1\n2,two\n", "line 3: `two` is not a number"),
        ("tune_few.csv", "t,v\n1,1\n2,\n", "fewer than three readings"),
        ("tune_time.csv", "t,v\n,1\n", "line 2: the time is missing"),
        ("tune_constant.csv", "t,v\n1,5\n2,5\n3,5\n", "cannot be filtered"),
    ] {
        std::fs::write(place.join(name), text).expect("a temporary file");
        let output = tune(name);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && output.stdout.is_empty() && error.contains(why), "{name}: {error}");
    }
    let error = tune("tune_few.csv --value w").stderr;
    assert!(String::from_utf8_lossy(&error).contains("no column `w`"));
}
