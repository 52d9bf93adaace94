// The check for breaks goes red when it should: each change is planted into the real document.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { announces, breaks } from "./breaking.mjs";

const document = JSON.parse(readFileSync(process.env.DOCUMENT, "utf8"));
// Comparing everything takes seconds, and two addresses show all kinds of change.
const { "/v1/cases": cases, "/v1/cases/{id}": one } = document.paths;
document.paths = { "/v1/cases": cases, "/v1/cases/{id}": one };
const changed = (change) => {
  const copy = structuredClone(document);
  change(copy, copy.components.schemas);
  return breaks(document, copy);
};

test("the same document breaks nothing", () => assert.deepEqual(changed(() => {}), []));

const BREAKS = {
  "an operation is gone": (copy) => delete copy.paths["/v1/cases"].get,
  "a path is renamed": (copy) => {
    copy.paths["/v1/files"] = copy.paths["/v1/cases/{id}"];
    delete copy.paths["/v1/cases/{id}"];
  },
  "an answer loses a field": (_, schemas) => delete schemas.CaseSummary.properties.stage,
  "a field changes its type": (_, schemas) => (schemas.CaseSummary.properties.version = { type: "string" }),
  "a request demands a new field": (_, schemas) => {
    schemas.CreateCase.properties.shoe_size = { type: "integer" };
    schemas.CreateCase.required.push("shoe_size");
  },
  "a request refuses a value": (_, schemas) => schemas.Gender.enum.shift(),
  "a request loses a field": (_, schemas) => delete schemas.CreateCase.properties.gender,
  "a request loses a field that it demanded": (_, schemas) => {
    delete schemas.CreateCase.properties.intake_channel;
    schemas.CreateCase.required = schemas.CreateCase.required.filter((field) => field !== "intake_channel");
  },
  "a number becomes a text": (_, schemas) => (schemas.CaseFile.properties.version = { type: "string" }),
  "a field may be null": (_, schemas) => (schemas.CaseFile.properties.version.type = ["integer", "null"]),
  "the first parameter is a required one": (copy) => {
    copy.paths["/v1/cases/{id}"].get.parameters.push({ name: "shoe_size", in: "query", required: true, schema: { type: "integer" } });
  },
  "a method is renamed": (copy) => (copy.paths["/v1/cases"].get.operationId = "list_files"),
  "a class is renamed": (copy) => (copy.paths["/v1/cases"].get.tags = ["files"]),
  "a type is renamed": (copy) => {
    const text = JSON.stringify(copy).replaceAll('#/components/schemas/CaseFile"', '#/components/schemas/File"');
    Object.assign(copy, JSON.parse(text));
    copy.components.schemas.File = copy.components.schemas.CaseFile;
    delete copy.components.schemas.CaseFile;
  },
  "a parameter becomes required": (copy) => (copy.paths["/v1/cases"].get.parameters[0].required = true),
};
for (const [name, change] of Object.entries(BREAKS)) {
  test(`a break: ${name}`, () => assert.notDeepEqual(changed(change), []));
}

const FINE = {
  "an answer gains a field": (_, schemas) => (schemas.CaseSummary.properties.shoe_size = { type: "integer" }),
  "a request may have a new field": (_, schemas) => (schemas.CreateCase.properties.shoe_size = { type: "integer" }),
  "an answer may hold a new code": (_, schemas) => schemas.GenderCode["x-extensible-enum"].push("another"),
  "a request may leave a field empty": (_, schemas) => (schemas.CreateCase.properties.host_country = { anyOf: [schemas.CreateCase.properties.host_country, { type: "null" }] }),
  "an operation is new": (copy) => (copy.paths["/v1/new"] = copy.paths["/v1/cases"]),
  "a description is better": (copy) => (copy.paths["/v1/cases"].get.description = "Better."),
};
for (const [name, change] of Object.entries(FINE)) {
  test(`no break: ${name}`, () => assert.deepEqual(changed(change), []));
}

test("the version says whether a break was meant", () => {
  assert.ok(announces("1.4.2", "2.0.0"));
  assert.ok(announces("0.3.1", "0.4.0"));
  assert.ok(!announces("1.4.2", "1.5.0"));
  assert.ok(!announces("0.3.1", "0.3.2"));
});
