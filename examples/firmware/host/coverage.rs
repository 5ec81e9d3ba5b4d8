//! Whether the images and the special-value cross call every public function of the crate: what rustdoc knows of it,
//! against the sources in `exercise` and in `tests/cross`, which call everything by its full name.

use crate::failure::Failure;
use crate::toolchain::{cargo, root, target_dir};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// What calls every public function, below the crate.
const CALLERS: [&str; 2] = ["examples/firmware/src/exercise", "tests/cross"];

/// Fails with what is public and not called. A method of a type or trait is called as `Type::method(`, a function as
/// `function(`; that a type implements a trait of the crate shows as `likelihood::<Poisson`, a function that calls
/// every method of Likelihood; that it has a default, as `Poisson::default(`.
pub fn check() -> Result<(), Failure> {
    let calls = public_calls(&documentation()?)?;
    for folder in CALLERS {
        let sources = sources(&root().join(folder))?;
        let missing: Vec<&String> = calls.iter().filter(|call| !is_called(call, &sources)).collect();
        if !missing.is_empty() {
            return Err(Failure::Unproven(format!("{folder} does not call: {missing:?}")));
        }
    }
    Ok(())
}

/// What rustdoc says of the crate.
fn documentation() -> Result<Value, Failure> {
    let folder = target_dir().join("public");
    let mut command = cargo();
    command.current_dir(root()).args(["rustdoc", "--quiet", "--lib", "--target-dir"]).arg(&folder);
    command.args(["--", "-Zunstable-options", "--output-format", "json"]).env("RUSTC_BOOTSTRAP", "1");
    let status = command.status().map_err(Failure::machine("cargo"))?;
    if !status.success() {
        return Err(Failure::Build("rustdoc of the crate".to_string()));
    }
    let path = folder.join("doc/elbow.json");
    let text = fs::read_to_string(&path).map_err(Failure::machine(path.display()))?;
    serde_json::from_str(&text).map_err(Failure::machine(path.display()))
}

/// The sources in a folder, one after the other.
fn sources(folder: &Path) -> Result<String, Failure> {
    let mut all = String::new();
    for entry in folder.read_dir().map_err(Failure::machine(folder.display()))?.flatten() {
        all += &fs::read_to_string(entry.path()).map_err(Failure::machine(entry.path().display()))?;
    }
    Ok(all)
}

/// How everything public is called.
fn public_calls(documentation: &Value) -> Result<BTreeSet<String>, Failure> {
    let mut items = Vec::new();
    collect(documentation, &documentation["root"], &mut items);
    // Those with something to call.
    let is_called = |item: &&&Value| !functions(documentation, &item["inner"]["trait"]["items"], "").is_empty();
    let traits: BTreeSet<String> = items.iter().filter(is_called).map(|item| item["id"].to_string()).collect();
    let mut calls = BTreeSet::new();
    for item in items {
        let (name, inner) = (text(&item["name"]), &item["inner"]);
        if !inner["function"].is_null() {
            calls.insert(format!("{name}("));
        }
        // A scalar's own operations stand inside all the others.
        let methods = if name == "Real" { &Value::Null } else { &inner["trait"]["items"] };
        calls.extend(functions(documentation, methods, name));
        for id in each(&inner["struct"]["impls"]).chain(each(&inner["enum"]["impls"])) {
            let implementation = &find(documentation, id)["inner"]["impl"];
            let of = &implementation["trait"];
            if of.is_null() {
                calls.extend(functions(documentation, &implementation["items"], name));
            } else if implementation["blanket_impl"].is_null() && traits.contains(&of["id"].to_string()) {
                calls.insert(format!("{}::<{name}", snake_case(text(&of["path"]))));
            } else if of["path"] == "Default" {
                calls.insert(format!("{name}::default("));
            }
        }
    }
    if calls.len() < 100 {
        return Err(Failure::Unproven(format!("rustdoc lists only {} public functions", calls.len())));
    }
    Ok(calls)
}

/// Every item that can be named from outside.
fn collect<'a>(documentation: &'a Value, id: &Value, items: &mut Vec<&'a Value>) {
    let item = find(documentation, id);
    let inner = &item["inner"];
    if !inner["module"].is_null() {
        each(&inner["module"]["items"]).for_each(|id| collect(documentation, id, items));
    } else if !inner["use"].is_null() {
        collect(documentation, &inner["use"]["id"], items);
    } else if items.iter().all(|known| known["id"] != item["id"]) {
        items.push(item);
    }
}

/// The functions among these items, as those of `owner`.
fn functions(documentation: &Value, items: &Value, owner: &str) -> Vec<String> {
    let items = each(items).map(|id| find(documentation, id)).filter(|item| !item["inner"]["function"].is_null());
    items.map(|item| format!("{owner}::{}(", text(&item["name"]))).collect()
}

fn find<'a>(documentation: &'a Value, id: &Value) -> &'a Value {
    &documentation["index"][id.to_string()]
}

fn each(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

fn text(name: &Value) -> &str {
    name.as_str().unwrap_or_default()
}

/// Whether a call stands in the sources, generic arguments of its function apart, and not as the end of another name.
fn is_called(call: &str, sources: &str) -> bool {
    let ends_a_name = |before: &str| before.ends_with(|c: char| c.is_alphanumeric() || c == '_');
    // `fn likelihood<L: ...` is no call; `one_sample::<T>(` is one, as is `Gaussian::<T, N>::new(`.
    let parts: Vec<&str> = call.split("::").collect();
    let (head, tail) = (parts[0], parts.get(1).copied().unwrap_or_default());
    if tail.is_empty() {
        let name = head.trim_end_matches('(');
        return sources.match_indices(name).any(|(at, _)| {
            let rest = &sources[at + name.len()..];
            !ends_a_name(&sources[..at]) && (rest.starts_with('(') || rest.starts_with("::<"))
        });
    }
    sources.match_indices(head).any(|(at, _)| {
        let rest = sources[at + head.len()..].strip_prefix("::").unwrap_or_default();
        let named = match rest.strip_prefix('<').and_then(|rest| rest.split_once(">::")) {
            Some((_, rest)) if !tail.starts_with('<') => rest,
            _ => rest,
        };
        !ends_a_name(&sources[..at]) && named.starts_with(tail)
    })
}

/// `LocalLevel` as `local_level`.
fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(c.to_lowercase());
    }
    snake
}
