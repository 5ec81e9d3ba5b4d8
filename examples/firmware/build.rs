//! Puts the target's memory layout where the linker looks for it, and says what the images are linked with.

use std::path::PathBuf;
use std::{env, fs};

fn main() {
    let target = env::var("TARGET").expect("cargo sets it");
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets it"));
    let machine = if env::var_os("CARGO_FEATURE_MEASURE").is_some() { "mps2" } else { &target };
    let layout = format!("memory/{machine}.x");
    fs::copy(&layout, out.join("memory.x")).unwrap_or_else(|error| panic!("no memory layout {layout}: {error}"));
    println!("cargo:rustc-link-search={}", out.display());
    println!("cargo:rustc-link-arg-bins=-Tlink.x");
    println!("cargo:rustc-link-arg-bins=--nmagic");
    for logs in ["sensor_node", "formats", "async_node"] {
        println!("cargo:rustc-link-arg-bin={logs}=-Tdefmt.x");
    }
    println!("cargo:rerun-if-changed={layout}");
}
