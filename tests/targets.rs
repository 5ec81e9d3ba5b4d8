//! Cargo runs the tests and builds the examples that a manifest lists, and does not say which files it leaves out.

use serde_json::Value;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What `cargo test` or `--example` calls a program, and its file.
type Program = (String, PathBuf);

/// Every test and example that Cargo knows of.
fn listed() -> BTreeSet<Program> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut metadata = Command::new(cargo);
    metadata.args(["metadata", "--no-deps", "--offline", "--format-version", "1"]).current_dir(env!("ELBOW_ROOT"));
    let output = metadata.output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let targets = packages.iter().flat_map(|package| package["targets"].as_array().expect("targets"));
    let programs = targets.filter(|target| ["test", "example"].iter().any(|kind| target["kind"][0] == *kind));
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    programs.map(|target| (text(&target["name"]), text(&target["src_path"]).into())).collect()
}

/// What lies in a folder of the repository.
fn entries(folder: &str) -> impl Iterator<Item = PathBuf> {
    let folder = Path::new(env!("ELBOW_ROOT")).join(folder);
    folder.read_dir().expect("a folder").map(|entry| entry.expect("an entry").path())
}

/// Every file that is to be one: those of `tests/` and `examples/`, and the `main.rs` of a folder of an example.
fn programs() -> BTreeSet<Program> {
    let name = |path: &Path| path.file_stem().expect("a name").to_string_lossy().into_owned();
    let files = ["tests", "examples"].into_iter().flat_map(entries);
    let files = files.filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    let folders = entries("examples");
    let mains = folders.flat_map(|folder| ["main.rs", "host/main.rs"].map(|main| (name(&folder), folder.join(main))));
    files.map(|path| (name(&path), path)).chain(mains.filter(|(_, main)| main.is_file())).collect()
}

#[test]
fn every_test_and_example_is_listed_by_its_name() {
    let (listed, programs) = (listed(), programs());
    let missing: Vec<_> = programs.difference(&listed).collect();
    assert!(missing.is_empty(), "not in the Cargo.toml of its folder: {missing:?}");
    let other: Vec<_> = listed.difference(&programs).collect();
    assert!(other.is_empty(), "listed by another name, or elsewhere: {other:?}");
}
