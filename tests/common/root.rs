//! The build script of the tests: `env!("ELBOW_ROOT")` is the repository's root in every one of them.

use std::path::Path;

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests are a folder of the repository");
    println!("cargo::rustc-env=ELBOW_ROOT={}", root.display());
    println!("cargo::rerun-if-changed=common/root.rs");
}
