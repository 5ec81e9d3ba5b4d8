//! The example `sensor_log`, built and run as a user runs it, in a directory of its own.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

/// The example, built in the profile of this test: `cargo test` builds only the harness of an example with unit tests.
pub fn executable() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the target directory holds tmp");
        let test = std::env::current_exe().expect("a test has a path");
        let profile = test.ancestors().nth(2).and_then(Path::file_name).expect("tests lie in PROFILE/deps");
        let profile = profile.to_str().map(|name| if name == "debug" { "dev" } else { name }).expect("a plain name");
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
        let mut build = Command::new(cargo);
        build.args(["build", "--quiet", "--example", "sensor_log", "--profile", profile, "--target-dir"]).arg(target);
        build.current_dir(env!("ELBOW_ROOT"));
        assert!(build.status().expect("cargo runs").success(), "the example does not build");
        let examples = test.ancestors().nth(2).expect("tests lie in PROFILE/deps").join("examples");
        examples.join("sensor_log").with_extension(std::env::consts::EXE_EXTENSION)
    })
}

/// A directory to run the program in.
pub struct Place(PathBuf);

impl Place {
    /// A fresh one for the test of this name.
    pub fn new(test: &str) -> Self {
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sensor_log").join(test);
        if directory.exists() {
            std::fs::remove_dir_all(&directory).expect("what an earlier run left can go");
        }
        std::fs::create_dir_all(&directory).expect("a place for temporaries");
        Self(directory)
    }

    /// Writes a file to filter.
    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        std::fs::write(self.0.join(name), text).expect("a temporary file");
    }

    /// A run of the program, not started yet. Words are parted by blanks.
    pub fn command(&self, line: &str) -> Command {
        let mut command = Command::new(executable());
        command.args(line.split_whitespace()).current_dir(&self.0).stdin(Stdio::null());
        command
    }

    /// Runs the program to its end.
    pub fn run(&self, line: &str) -> Output {
        self.command(line).output().expect("the example runs")
    }

    /// The summary of a run that must succeed.
    pub fn summary(&self, line: &str) -> Summary {
        let output = self.run(line);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && error.is_empty(), "sensor_log {line}: {error}");
        Summary(String::from_utf8(output.stdout).expect("UTF-8"))
    }

    /// The one line of a run that must fail, having written nothing else anywhere.
    pub fn failure(&self, line: &str) -> (i32, String) {
        let output = self.run(line);
        let error = String::from_utf8(output.stderr).expect("UTF-8");
        assert!(output.stdout.is_empty(), "sensor_log {line} printed a summary");
        assert_eq!(error.lines().count(), 1, "sensor_log {line}: {error}");
        assert!(!self.0.join("target").exists(), "sensor_log {line} left a picture");
        (output.status.code().expect("an exit code"), error)
    }

    /// The text of a picture.
    pub fn picture(&self, name: &str) -> String {
        let path = self.0.join("target/sensor_log").join(name).with_extension("svg");
        std::fs::read_to_string(path).expect("the picture is there")
    }

    /// The names of the files among the pictures.
    pub fn pictures(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.0.join("target/sensor_log")).expect("there are pictures");
        let mut names: Vec<String> =
            entries.map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

/// What the program printed.
#[derive(Debug, PartialEq)]
pub struct Summary(pub String);

impl Summary {
    /// The part about one log.
    pub fn of(&self, log: &str) -> Summary {
        let part = self.0.split("\n\n").find(|part| part.starts_with(&format!("{log}: ")));
        Summary(part.unwrap_or_else(|| panic!("{log} is not in\n{}", self.0)).to_string())
    }

    /// A line's text, by its name.
    pub fn line(&self, name: &str) -> &str {
        let line = self.0.lines().find_map(|line| line.trim_start().strip_prefix(name));
        line.unwrap_or_else(|| panic!("no `{name}` in\n{}", self.0)).trim()
    }

    /// The numbers of a line.
    pub fn numbers(&self, name: &str) -> Vec<f64> {
        let words = self.line(name).split([' ', ',', ';', '(', ')']);
        words.filter_map(|word| word.parse().ok()).collect()
    }
}
