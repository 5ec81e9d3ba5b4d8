//! An example, built and run as a user runs it.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Output};

/// Builds an example in the profile of this test, beside it, and runs it in a directory. Words are parted by blanks.
pub fn run(name: &str, line: &str, directory: &Path) -> Output {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the target directory holds tmp");
    let test = std::env::current_exe().expect("a test has a path");
    let built = test.ancestors().nth(2).expect("tests lie in PROFILE/deps");
    let profile = built.file_name().and_then(|name| name.to_str()).expect("a plain name");
    let profile = if profile == "debug" { "dev" } else { profile };
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut build = Command::new(cargo);
    build.args(["build", "--quiet", "--example", name, "--profile", profile, "--target-dir"]).arg(target);
    build.current_dir(env!("ELBOW_ROOT"));
    assert!(build.status().expect("cargo runs").success(), "the example does not build");
    let executable = built.join("examples").join(name).with_extension(std::env::consts::EXE_EXTENSION);
    std::fs::create_dir_all(directory).expect("a temporary directory");
    let mut command = Command::new(executable);
    command.args(line.split_whitespace()).current_dir(directory);
    command.output().expect("the example runs")
}

/// The number after these words.
pub fn number(text: &str, after: &str) -> f64 {
    let rest = text.split_once(after).unwrap_or_else(|| panic!("no `{after}` in\n{text}")).1.trim_start();
    rest.split([' ', ',', ';', ')', '\n']).next().and_then(|word| word.parse().ok()).expect("a number")
}
