//! A wrong type or size gets a compiler message that says what to do: wrong programs in `messages/`, each with what it
//! has to be told.
//!
//! A program is a few lines in a `main` that has a filter of two states, a sensor and an estimator; comments at its top
//! are parts of what the compiler has to say, in this order. The compiler is that of the test, and the crate the one
//! that this test was linked with, so that a program takes a twentieth of a second.

use std::fs::{read_dir, read_to_string, write};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What every program starts with; a name that is not used is no matter.
const START: &str = "#![allow(unused_imports, unused_variables, unused_mut, dead_code)]
use elbow::likelihood::{Bernoulli, Derivatives, FromScore, Likelihood, Normal, Poisson, Score};
use elbow::*;

fn main() -> Result<(), Error> {
    let mut filter = Filter::<f32, 2>::new(Gaussian::standard());
    let mut sensor = Sensor::linear([1.0, 0.0], Normal::new(0.04)?);
    let mut estimator = GaussHermite::<5>::new();
";

/// The directory of the test itself, which holds the crate and what it depends on.
fn dependencies() -> PathBuf {
    let test = std::env::current_exe().expect("a running test has a path");
    test.parent().expect("it lies in a directory").to_path_buf()
}

/// The newest build of the crate there: older ones have other features, or are of older sources.
fn newest_crate(directory: &Path) -> PathBuf {
    let entries = read_dir(directory).expect("the test's directory can be listed");
    let crates = entries.filter_map(Result::ok).filter(|entry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        name.starts_with("libelbow-") && name.ends_with(".rlib")
    });
    let newest = crates.max_by_key(|entry| entry.metadata().and_then(|data| data.modified()).ok());
    newest.expect("this test is linked with the crate").path()
}

/// The compiler that `cargo test` runs with.
fn compiler() -> PathBuf {
    if let Some(named) = std::env::var_os("RUSTC") {
        return named.into();
    }
    let beside = std::env::var_os("CARGO").map(|cargo| Path::new(&cargo).with_file_name("rustc"));
    beside.filter(|path| path.exists()).unwrap_or("rustc".into())
}

/// What the compiler says of a program.
fn told(program: &Path, text: &str) -> String {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let source = directory.join(program.file_name().expect("a program has a name"));
    write(&source, format!("{START}{text}    Ok(())\n}}\n")).expect("the target directory can be written");
    let dependencies = dependencies();
    let output = Command::new(compiler())
        .args(["--edition", "2024", "--emit", "obj", "--color", "never", "-o"])
        .arg(source.with_extension("o"))
        .arg("--extern")
        .arg(format!("elbow={}", newest_crate(&dependencies).display()))
        .arg("-L")
        .arg(format!("dependency={}", dependencies.display()))
        .arg(&source)
        .output()
        .expect("the compiler of the test runs");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_wrong_program_is_told_what_to_do() {
    let directory = Path::new(env!("ELBOW_ROOT")).join("tests/messages");
    let mut programs = 0;
    for entry in read_dir(directory).expect("the programs can be listed") {
        let program = entry.expect("an entry").path();
        let text = read_to_string(&program).expect("a program is text");
        let told = told(&program, &text);
        let mut rest = told.as_str();
        for line in text.lines().map_while(|line| line.strip_prefix("// ")) {
            let found = rest.find(line).map(|place| &rest[place + line.len()..]);
            rest = found.unwrap_or_else(|| panic!("{}: not told `{line}` but\n{told}", program.display()));
        }
        assert!(rest.len() < told.len(), "{}: nothing has to be said", program.display());
        programs += 1;
    }
    assert!(programs >= 20, "{programs} programs");
}

/// So that the programs are wrong by what they say alone.
#[test]
fn the_start_of_every_program_is_right() {
    assert_eq!(told(Path::new("right.rs"), ""), "");
}
