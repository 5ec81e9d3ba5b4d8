//! What builds and runs images: a toolchain with the target's standard library, or any compiler that brings the sources
//! of `core`, and QEMU.

use crate::chip::Chip;
use crate::failure::Failure;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

/// Debian's compiler brings the sources of `core` in a package of their own.
const INSTALL_COMPILER: &str = "apt-get install -y --no-install-recommends rustc-web rust-web-src";
const INSTALL_EMULATORS: &str = "apt-get install -y --no-install-recommends qemu-system-arm qemu-system-misc";

/// How to call cargo for one chip.
#[derive(Debug)]
pub struct Toolchain {
    compiler: PathBuf,
    linker: Option<PathBuf>,
    /// Whether `core` is built from its sources; the compiler and the linker are cargo's own choice otherwise.
    from_sources: bool,
}

impl Toolchain {
    /// The first that can build for this chip.
    pub fn find(chip: &Chip) -> Result<Self, Failure> {
        let compilers = compilers();
        let has_target = |sysroot: &PathBuf| sysroot.join("lib/rustlib").join(chip.target).join("lib").is_dir();
        let linker = compilers.iter().find_map(|(_, sysroot)| linker(sysroot)).or_else(|| on_path("rust-lld").next());
        if let Some((compiler, _)) = compilers.first().filter(|(_, sysroot)| has_target(sysroot)) {
            return Ok(Self { compiler: compiler.clone(), linker, from_sources: false });
        }
        let has_sources = |sysroot: &Path| sysroot.join("lib/rustlib/src/rust/library/core/src/lib.rs").is_file();
        let compiler = compilers.iter().find(|(_, sysroot)| has_sources(sysroot)).map(|(compiler, _)| compiler);
        match (compiler, linker) {
            (Some(compiler), Some(linker)) => {
                Ok(Self { compiler: compiler.clone(), linker: Some(linker), from_sources: true })
            }
            _ if on_path("rustup").next().is_some() && on_path("apt-get").next().is_none() => Err(Failure::Missing {
                what: format!("the Rust target {}", chip.target),
                command: format!("rustup target add {}", chip.target),
            }),
            _ => Err(Failure::Missing {
                what: format!("a Rust compiler for {}", chip.target),
                command: INSTALL_COMPILER.to_string(),
            }),
        }
    }

    /// cargo, set up to build for the chip in this profile, at its optimisation level unless another is given.
    pub fn cargo(&self, chip: &Chip, profile: &str, level: Option<&str>) -> Command {
        let mut cargo = cargo();
        cargo.current_dir(folder()).args(["rustc", "--quiet", "--target", chip.target, "--profile", profile]);
        cargo.arg("--target-dir").arg(target_dir());
        if let (true, Some(linker)) = (self.from_sources, &self.linker) {
            let target = chip.target.replace(['-', '.'], "_").to_uppercase();
            cargo.arg("-Zbuild-std=core").env("RUSTC", &self.compiler).env("RUSTC_BOOTSTRAP", "1");
            cargo.env(format!("CARGO_TARGET_{target}_LINKER"), linker);
        }
        if let Some(level) = level {
            cargo.env(format!("CARGO_PROFILE_{}_OPT_LEVEL", profile.to_uppercase()), level);
        }
        cargo
    }

    /// The compiler and its code generator, with their versions.
    pub fn version(&self) -> Result<String, Failure> {
        let printed = Command::new(&self.compiler).arg("-vV").output().map_err(Failure::machine("rustc"))?;
        let text = String::from_utf8(printed.stdout).map_err(Failure::machine("rustc"))?;
        let llvm = text.lines().find_map(|line| line.strip_prefix("LLVM version: ")).unwrap_or_default();
        Ok(format!("{}, LLVM {llvm}", text.lines().next().unwrap_or_default()))
    }

    /// The linker that comes with a compiler here.
    pub fn linker(&self) -> Result<&Path, Failure> {
        self.linker.as_deref().ok_or_else(|| Failure::Machine("no rust-lld beside the compiler".to_string()))
    }
}

/// The cargo that runs this, or the one that the shell finds.
pub fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// The emulator of the chip, set up to run an image: the runner of its target in the configuration of cargo, with
/// another machine if one is given.
pub fn emulator(chip: &Chip, image: &Path, machine: Option<&str>) -> Result<Command, Failure> {
    let path = folder().join(".cargo/config.toml");
    let configuration = fs::read_to_string(&path).map_err(Failure::machine(path.display()))?;
    let section = configuration.split_once(&format!("[target.{}]\n", chip.target)).map(|(_, section)| section);
    let runner = section.and_then(|section| section.split_once("runner = \"")?.1.split_once('"'));
    let mut words = runner.map(|(runner, _)| runner).unwrap_or_default().split_whitespace();
    let name = words.next().ok_or_else(|| Failure::Machine(format!("no runner for {} in the config", chip.target)))?;
    let program = on_path(name)
        .next()
        .ok_or_else(|| Failure::Missing { what: name.to_string(), command: INSTALL_EMULATORS.to_string() })?;
    let mut command = Command::new(program);
    command.args(words).arg(image);
    // QEMU takes the last of several machines.
    command.args(machine.into_iter().flat_map(|machine| ["-M", machine]));
    Ok(command)
}

/// The repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(3).expect("this is examples/firmware/host in it")
}

/// The workspace of the images.
pub fn folder() -> PathBuf {
    root().join("examples/firmware")
}

/// Where its images are built: beside what cargo builds for this machine.
pub fn target_dir() -> PathBuf {
    let target = env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
    root().join(target).join("firmware")
}

/// Every compiler, cargo's own choice first, with its sysroot.
fn compilers() -> Vec<(PathBuf, PathBuf)> {
    let chosen = env::var_os("RUSTC").map(PathBuf::from);
    let mut found: Vec<(PathBuf, PathBuf)> = Vec::new();
    for compiler in chosen.into_iter().chain(on_path("rustc")) {
        let printed = Command::new(&compiler).args(["--print", "sysroot"]).stderr(Stdio::null()).output();
        if let Some(text) = printed.ok().and_then(|output| String::from_utf8(output.stdout).ok()) {
            let sysroot = PathBuf::from(text.trim());
            if sysroot.is_dir() && found.iter().all(|(_, other)| *other != sysroot) {
                found.push((compiler, sysroot));
            }
        }
    }
    found
}

/// The linker that comes with a compiler.
fn linker(sysroot: &Path) -> Option<PathBuf> {
    let hosts = sysroot.join("lib/rustlib").read_dir().ok()?;
    hosts.flatten().map(|host| host.path().join("bin/rust-lld")).find(|path| path.is_file())
}

/// The programs of this name, in the order in which they would be found.
fn on_path(name: &str) -> impl Iterator<Item = PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    let file = Path::new(name).with_extension(env::consts::EXE_EXTENSION);
    folders.into_iter().map(move |folder| folder.join(&file)).filter(|path| path.is_file())
}
