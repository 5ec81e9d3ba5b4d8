"""Fails where a public type, trait or function has no example, by rustdoc's JSON on standard input.

Methods of a trait share the trait's example, fields their type's, `Score` that of `FromScore`; `Projection` has nothing
for a user to call.
"""

import json
import sys

SHARED = {"Projection", "Score"}

crate = json.load(sys.stdin)
index = crate["index"]
missing = []


def visit(identifier, path, seen):
    item = index.get(str(identifier))
    if item is None or identifier in seen:
        return
    seen.add(identifier)
    kind, inner = next(iter(item["inner"].items()))
    if kind == "use":
        visit(inner["id"], path, seen)
        return
    if item["visibility"] not in ("public", "default"):
        return
    path = f"{path}::{item['name']}"
    if kind in ("struct", "enum", "trait", "function") and item["name"] not in SHARED and "```" not in item["docs"]:
        missing.append(path)
    if kind == "module":
        for child in inner["items"]:
            visit(child, path, seen)
    for block in inner.get("impls", []) if isinstance(inner, dict) and kind in ("struct", "enum") else []:
        implementation = index[str(block)]["inner"]["impl"]
        if implementation["trait"] is None:
            for child in implementation["items"]:
                visit(child, path, seen)


visited = set()
visit(crate["root"], "", visited)
for path in missing:
    print(f"no example: {path[2:]}", file=sys.stderr)
if missing:
    sys.exit(1)
print(f"{len(visited)} public items with examples, their own or their type's")
