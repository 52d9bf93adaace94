// What generated clients call things, and the shapes of what they send and read: what breaks there is not seen by comparing paths.

/** Every change of names, fields and types that breaks a client, as text. */
export function shapes(released, current) {
  return [...operations(released, current), ...schemas(released, current)];
}

function* operations(released, current) {
  for (const [path, methods] of Object.entries(released.paths)) {
    for (const [method, before] of Object.entries(methods)) {
      const now = current.paths[path]?.[method];
      if (!now) continue; // Said already: the path or the method is gone.
      const place = `${method} ${path}`;
      if (before.operationId !== now.operationId) yield `renamed ${place}: ${before.operationId}, the name of a method`;
      if (String(before.tags) !== String(now.tags)) yield `renamed ${place}: ${before.tags}, the name of a class`;
      const demanded = (operation) => (operation.parameters ?? []).filter((one) => one.required).map((one) => `${one.in} ${one.name}`);
      const known = demanded(before);
      yield* demanded(now).filter((one) => !known.includes(one)).map((one) => `demanded ${place}: ${one}`);
    }
  }
}

function* schemas(released, current) {
  const sent = reachable(released, "requestBody");
  for (const [name, before] of Object.entries(released.components.schemas)) {
    const now = current.components.schemas[name];
    if (!now) {
      yield `gone ${name}, the name of a type`;
      continue;
    }
    for (const [field, type] of Object.entries(before.properties ?? {})) {
      const other = now.properties?.[field];
      if (!other) yield `gone ${name}.${field}`;
      else if (!fits(types(type), types(other), sent.has(name))) yield `retyped ${name}.${field}: ${[...types(type)]} to ${[...types(other)]}`;
    }
  }
}

/** The types that a value may have; a reference is a type of its own. */
function types(schema) {
  if (schema.$ref) return new Set([schema.$ref]);
  const several = schema.oneOf ?? schema.anyOf;
  return new Set(several ? several.flatMap((one) => [...types(one)]) : [schema.type ?? "any"].flat());
}

/** What is sent may be allowed more than before; what is read may not be more. */
function fits(before, now, isSent) {
  const [inner, outer] = isSent ? [before, now] : [now, before];
  return [...inner].every((type) => outer.has(type) || outer.has("any"));
}

/** The names of the schemas that a part of the operations leads to. */
function reachable(document, part) {
  const found = new Set();
  const walk = (value) => {
    if (value === null || typeof value !== "object") return;
    const name = typeof value.$ref === "string" ? value.$ref.replace("#/components/schemas/", "") : undefined;
    if (name && !found.has(name)) {
      found.add(name);
      walk(document.components.schemas[name]);
    }
    Object.values(value).forEach(walk);
  };
  for (const methods of Object.values(document.paths)) for (const operation of Object.values(methods)) walk(operation[part]);
  return found;
}
