// What a change of the API document breaks for clients that were generated from the last released one.
//
//   node breaking.mjs RELEASED CURRENT
//
// A break is allowed only if the version says so: a new major version, or before 1.0 a new minor one (https://semver.org/#spec-item-4).
import { readFileSync } from "node:fs";
import { compareOpenApi } from "api-smart-diff";
import { shapes } from "./shapes.mjs";

/** Every change that breaks a client, as text. */
export function breaks(released, current) {
  const { diffs } = compareOpenApi(bare(released), bare(current));
  const isBreak = (change) => change.type === "breaking" && change.path[0] === "paths";
  return [...diffs.filter(isBreak).map((change) => `${change.action} ${change.path.join("/")}`), ...shapes(released, current)];
}

/** The document without what binds no client: examples, descriptions, and what only our own tools read. */
function bare(value) {
  if (Array.isArray(value)) return value.map(bare);
  if (value === null || typeof value !== "object") return value;
  const isBinding = ([name, field]) => !name.startsWith("x-") && !(ILLUSTRATIONS.has(name) && !isSchema(field));
  return Object.fromEntries(Object.entries(value).filter(isBinding).map(([name, field]) => [name, bare(field)]));
}

const ILLUSTRATIONS = new Set(["description", "example", "examples", "summary"]);

/** A field of a schema may well be called `description`. */
function isSchema(value) {
  return typeof value === "object" && value !== null && ("type" in value || "$ref" in value || "oneOf" in value);
}

/** Whether the new version announces that clients must change. */
export function announces(released, current) {
  const [oldMajor, oldMinor] = released.split(".").map(Number);
  const [major, minor] = current.split(".").map(Number);
  return major > oldMajor || (oldMajor === 0 && major === 0 && minor > oldMinor);
}

if (process.argv[1] === import.meta.filename) {
  const [released, current] = process.argv.slice(2).map((file) => JSON.parse(readFileSync(file, "utf8")));
  const found = breaks(released, current);
  const [before, now] = [released.info.version, current.info.version];
  if (found.length === 0) {
    console.log(`Nothing that was released as ${before} is broken.`);
  } else if (announces(before, now)) {
    console.log(`${found.length} breaks, which version ${now} announces after ${before}.`);
  } else {
    console.error(`These changes break clients of ${before}, and version ${now} does not say so (see CONTRIBUTING.md):`);
    for (const change of found) console.error(`  ${change}`);
    process.exit(1);
  }
}
