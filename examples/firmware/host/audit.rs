//! Panic freedom, proven by linking the images `panic_free` at every optimisation level, and what else an `f32` image
//! must not hold.

use crate::chip::Chip;
use crate::failure::Failure;
use crate::image::build;
use object::{Object as _, ObjectSymbol as _};
use std::fs;

const LEVELS: [&str; 3] = ["3", "s", "z"];

/// Names of the compiler's routines for `f64`, of the Arm run-time ABI (RTABI, tables 2 to 8) and of libgcc.
const DOUBLE: [&str; 10] = ["__aeabi_d", "2d", "df2", "df3", "sidf", "didf", "dfsi", "dfdi", "sfdf2", "dfsf2"];

/// The images whose panic handler cannot link.
const IMAGES: [&str; 2] = ["panic_free", "panic_free_likelihoods"];

/// Links the images at every level and looks through their symbols.
pub fn run(chip: &Chip) -> Result<(), Failure> {
    for (image, level) in IMAGES.into_iter().flat_map(|image| LEVELS.map(|level| (image, level))) {
        let path = build(image, chip, "release", Some(level))?;
        let bytes = fs::read(&path).map_err(Failure::machine(path.display()))?;
        let elf = object::File::parse(&*bytes).map_err(Failure::machine(path.display()))?;
        let names: Vec<&str> = elf.symbols().filter_map(|symbol| symbol.name().ok()).collect();
        if !names.iter().any(|name| name.contains("elbow")) {
            return Err(Failure::Unproven(format!("{image} for {} has no symbols", chip.name)));
        }
        if let Some(name) = names.into_iter().find(|name| is_forbidden(name)) {
            return Err(Failure::Unproven(format!("{image} for {} at opt-level {level} holds {name}", chip.name)));
        }
    }
    Ok(())
}

/// Whether a symbol belongs to panicking, formatting or the arithmetic of `f64`.
fn is_forbidden(name: &str) -> bool {
    let (head, last) = name.rsplit_once("17h").unwrap_or((name, ""));
    // The hash at the end of a mangled name says nothing.
    let name = if last.len() == 17 { head } else { name };
    let routine = name.starts_with("__") || name.contains("compiler_builtins");
    let divides_integers = name.starts_with("__aeabi_div");
    name.contains("4core9panicking")
        || name.contains("4core3fmt")
        || routine && !divides_integers && DOUBLE.iter().any(|part| name.contains(part))
}

#[cfg(test)]
mod tests {
    use super::is_forbidden;

    #[test]
    fn forbidden_symbols() {
        for name in ["_RNvNtCs6k87GSYp6J2_4core9panicking9panic_fmt", "_ZN4core3fmt9Formatter3pad17h0123456789abcdefE"]
        {
            assert!(is_forbidden(name), "{name}");
        }
        for name in ["__aeabi_dadd", "__aeabi_f2d", "__adddf3", "__extendsfdf2", "__floatsidf", "__truncdfsf2"] {
            assert!(is_forbidden(name), "{name}");
        }
        for name in ["__aeabi_fadd", "__aeabi_uidiv", "__divsf3", "__fixsfsi", "__udivdi3", "__muldi3", "__aeabi_f2iz"]
        {
            assert!(!is_forbidden(name), "{name}");
        }
    }
}
