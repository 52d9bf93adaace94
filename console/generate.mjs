// What the console knows of the API, made from its document: types of every schema, a constant for every operation (those that no screen
// uses are left out of the bundle), and descriptors of the forms of records.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const document = JSON.parse(readFileSync(new URL('../openapi/openapi.json', import.meta.url), 'utf8'));
const schemas = document.components.schemas;
const out = new URL('src/generated/', import.meta.url);
const NOTE = '// Made by generate.mjs from the API document: not to be changed here.\n';

const nameOf = (reference) => reference.replace('#/components/schemas/', '');
const codesOf = (schema) => schema.enum ?? schema['x-extensible-enum'];
/** A schema without its "or null", and whether it had one. */
function bare(schema) {
  const several = (schema.oneOf ?? schema.anyOf)?.filter((one) => one.type !== 'null');
  if (several?.length === 1) return { ...several[0], nullable: true };
  if (Array.isArray(schema.type)) return { ...schema, type: schema.type.find((one) => one !== 'null'), nullable: schema.type.includes('null') };
  return schema;
}

// --- Types ----------------------------------------------------------------------------------------------------------

function type(schema) {
  if (schema.$ref) return `S.${nameOf(schema.$ref)}`;
  const several = schema.oneOf ?? schema.anyOf;
  if (several) return several.map(type).join(' | ');
  const codes = codesOf(schema);
  if (codes) return codes.map((code) => JSON.stringify(code)).join(' | ');
  if (schema.allOf) return schema.allOf.map(type).join(' & ');
  const one = (kind) => {
    if (kind === 'array') return `readonly (${type(schema.items ?? {})})[]`;
    if (kind === 'object') return object(schema);
    return { string: 'string', integer: 'number', number: 'number', boolean: 'boolean', null: 'null' }[kind] ?? 'unknown';
  };
  return [schema.type ?? 'unknown'].flat().map(one).join(' | ');
}

function object(schema) {
  const required = new Set(schema.required ?? []);
  const fields = Object.entries(schema.properties ?? {}).map(([name, field]) => `${JSON.stringify(name)}${required.has(name) ? '' : '?'}: ${type(field)}`);
  if (schema.additionalProperties && typeof schema.additionalProperties === 'object') fields.push(`[name: string]: ${type(schema.additionalProperties)}`);
  return `{ ${fields.join('; ')} }`;
}

const types = Object.entries(schemas).map(([name, schema]) => `  export type ${name} = ${type(schema)};`);

// --- Operations -----------------------------------------------------------------------------------------------------

const JSON_TYPES = ['application/json', 'application/merge-patch+json'];
const content = (part) => JSON_TYPES.map((one) => part?.content?.[one]?.schema).find(Boolean);

function parameters(operation, place) {
  const fields = (operation.parameters ?? []).filter((one) => one.in === place);
  if (!fields.length) return 'undefined';
  return `{ ${fields.map((one) => `${JSON.stringify(one.name)}${one.required ? '' : '?'}: ${type(one.schema).replace(/ \| null$/, '')}`).join('; ')} }`;
}

function operation(path, method, it) {
  const [, answer] = Object.entries(it.responses).find(([status]) => status.startsWith('2')) ?? [];
  const body = content(it.requestBody) ? type(content(it.requestBody)) : 'undefined';
  const told = content(answer) ? type(content(answer)) : 'undefined';
  const parts = [...(method === 'get' ? [] : [`method: '${method.toUpperCase()}'`]), `path: '${path}'`];
  if (it.requestBody?.content?.['application/merge-patch+json']) parts.push('isPatch: true');
  if (it.responses['201']) parts.push('makes: true');
  if (it['x-step-up']) parts.push(`proof: ${it['x-step-up'].max_age}`);
  return `export const ${it.operationId}: Operation<${parameters(it, 'path')}, ${parameters(it, 'query')}, ${body}, ${told}> = { ${parts.join(', ')} };`;
}

const operations = Object.entries(document.paths).flatMap(([path, item]) => Object.entries(item).map(([method, it]) => operation(path, method, it)));

// --- Descriptors of forms ---------------------------------------------------------------------------------------------

/** What a schema says itself, without a reference and without "or null". */
function resolved(schema) {
  const it = bare(schema);
  return it.$ref ? bare(schemas[nameOf(it.$ref)]) : it;
}

const plainText = (text = '') => text.replaceAll('\n', ' ').replaceAll('`', '');

/** Ids of what is chosen from a list that the screen has: in the forms of reference data alone. */
let chosenIds = [];

/** A field of a form; null if it cannot be typed in, such as the id of another record. */
function field(name, schema, required, depth) {
  const it = bare(schema);
  const refers = it.$ref ? nameOf(it.$ref) : '';
  const target = resolved(it);
  const made = { name, help: plainText(it.description ?? target.description) };
  if (required) made.required = true;
  const codes = codesOf(target);
  if (codes) return { ...made, kind: 'code', codes: codes.join(' ') };
  if (['Country', 'Nationality', 'Language', 'MissionId', 'Currency', 'PartialDate', ...chosenIds].includes(refers)) return { ...made, kind: refers };
  if (target.format === 'uuid' || refers.endsWith('Id')) return null;
  switch (target.type) {
    case 'boolean': return { ...made, kind: 'flag' };
    case 'integer': return { ...made, kind: 'integer', min: target.minimum, max: target.maximum };
    case 'number': return { ...made, kind: 'number' };
    case 'string':
      if (target.format === 'date') return { ...made, kind: 'date' };
      if (target.format === 'date-time') return { ...made, kind: 'moment' };
      return { ...made, kind: (target.maxLength ?? 0) > 300 ? 'long' : 'text', max: target.maxLength };
    case 'array': {
      const items = bare(target.items ?? {});
      const inner = items.$ref ? schemas[nameOf(items.$ref)] : items;
      if (codesOf(inner)) return { ...made, kind: 'codes', codes: codesOf(inner).join(' ') };
      const entry = depth < (chosenIds.length ? 3 : 2) ? field('', items, false, depth + 1) : null;
      // A list is sent as a whole: one whose entries hold what cannot be shown, such as the id of a link, is not changed here.
      return entry && isEntryWhole(items, entry) ? { ...made, kind: 'list', entry } : null;
    }
    case 'object': {
      const inside = depth < 3 ? fields(target, depth + 1) : [];
      return inside.length && isWhole(target, inside) ? { ...made, kind: 'group', fields: inside } : null;
    }
    default: return null;
  }
}

function fields(schema, depth) {
  const required = new Set(schema.required ?? []);
  const made = Object.entries(schema.properties ?? {}).map(([name, one]) => field(name, one, required.has(name), depth)).filter(Boolean);
  return [...made.filter((one) => one.required), ...made.filter((one) => !one.required)];
}

// Made by hand or not at all: a form of its fields alone would do half of what is meant. A file without its contents is none.
const LEFT_OUT = ['attachments'];

/** How something is made or changed: the operation, and the form, if every answer that it needs can be given in one. */
function act(it) {
  const body = content(it?.requestBody);
  if (!body?.$ref) return undefined;
  const schema = schemas[nameOf(body.$ref)];
  const made = { permission: it['x-permission'], fields: fields(schema, 0) };
  if (it['x-step-up']) made.proof = it['x-step-up'].max_age;
  return isWhole(schema, made.fields) ? made : undefined;
}

/** Below a case: what is listed, how a record is made, how one is changed, and how the one that a case has anyway is. */
const forms = {};
const BELOW = /^\/v1\/cases\/\{id\}\/([a-z-]+)$/;
for (const [path, item] of Object.entries(document.paths)) {
  const resource = BELOW.exec(path)?.[1];
  if (!resource || LEFT_OUT.includes(resource)) continue;
  const read = content(item.get?.responses['200']);
  const isList = Boolean(read?.$ref && schemas[nameOf(read.$ref)].properties?.items);
  const made = { path, isList, reads: item.get?.['x-permission'] };
  const make = item.post?.responses['201'] ? act(item.post) : undefined;
  const one = item.get && item.patch ? act(item.patch) : undefined;
  const [below, other] = Object.entries(document.paths).find(([longer]) => longer.startsWith(`${path}/{`) && longer.split('/').length === path.split('/').length + 1) ?? [];
  const update = isList ? act(other?.patch) : undefined;
  if (make) made.make = make;
  if (one) made.one = one;
  if (update) made.update = { ...update, path: below, key: /\{(\w+)\}$/.exec(below)[1] };
  if (make || one || update) forms[resource] = made;
}

/** Beside the cases: what is listed, made and changed as it stands. */
const reference = {};
for (const resource of ['organisations', 'missions', 'compounds', 'operations', 'fine-rates']) {
  chosenIds = ['OrganisationId', 'OperationId'];
  const path = `/v1/${resource}`;
  const made = { path, isList: true };
  const make = act(document.paths[path].post);
  const update = act(document.paths[`${path}/{id}`]?.patch);
  if (make) made.make = make;
  if (update) made.update = { ...update, path: `${path}/{id}`, key: 'id' };
  if (!make) throw new Error(`${resource} cannot be made with a form`);
  reference[resource] = made;
}

/** Whether every answer that is required is asked for, and every entry of a list is shown with all that it holds. */
function isWhole(schema, shown) {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {}).every(([name, one]) => {
    const found = shown.find((field) => field.name === name);
    if (!found) return !required.has(name);
    return found.kind === 'group' ? isWhole(resolved(one), found.fields) : found.kind !== 'list' || isEntryWhole(resolved(one).items, found.entry);
  });
}

/** What an entry does not show would be gone once its list is sent anew, for the API replaces lists as a whole. */
function isEntryWhole(items, entry) {
  if (entry.kind !== 'group') return true;
  const inner = resolved(items);
  return Object.keys(inner.properties ?? {}).every((name) => entry.fields.some((field) => field.name === name)) && isWhole(inner, entry.fields);
}

for (const [resource, form] of Object.entries(forms)) {
  // A form that could not be saved, or that erases what it does not show, is no form: it is left out above, or this is not built.
  for (const [name, method, path] of [['make', 'post', form.path], ['one', 'patch', form.path], ['update', 'patch', form.update?.path]]) {
    if (!form[name]) continue;
    const body = content(document.paths[path][method].requestBody);
    if (!isWhole(schemas[nameOf(body.$ref)], form[name].fields)) throw new Error(`the form of ${resource} does not ask for all that it needs`);
  }
}

/** A field that a record is made with in the same way is named where it is changed, and not written twice. */
function shared(all) {
  const alike = (one, other) => JSON.stringify({ ...one, required: undefined }) === JSON.stringify({ ...other, required: undefined });
  const short = (form) => (form.make && form.update ? { ...form, update: { ...form.update, fields: form.update.fields.map((one) => (!one.required && form.make.fields.some((other) => alike(one, other)) ? one.name : one)) } } : form);
  return JSON.stringify(Object.fromEntries(Object.entries(all).map(([name, form]) => [name, short(form)])));
}

mkdirSync(out, { recursive: true });
const names = `export namespace S {\n${types.join('\n')}\n}\n`;
writeFileSync(new URL('schema.ts', out), NOTE + names);
writeFileSync(new URL('operations.ts', out), `${NOTE}import type { Operation } from '../api/operation';\nimport type { S } from './schema';\n\n${operations.join('\n')}\n`);
writeFileSync(new URL('forms.json', out), shared(forms));
writeFileSync(new URL('reference.json', out), shared(reference));
