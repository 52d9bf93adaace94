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
  const parts = [`name: '${it.operationId}'`, `method: '${method.toUpperCase()}'`, `path: '${path}'`];
  if (it.requestBody?.content?.['application/merge-patch+json']) parts.push('isPatch: true');
  if (it.responses['201']) parts.push('makes: true');
  if (it['x-step-up']) parts.push(`proof: ${it['x-step-up'].max_age}`);
  return `export const ${it.operationId}: Operation<${parameters(it, 'path')}, ${parameters(it, 'query')}, ${body}, ${told}> = { ${parts.join(', ')} };`;
}

const operations = Object.entries(document.paths).flatMap(([path, item]) => Object.entries(item).map(([method, it]) => operation(path, method, it)));

// --- Descriptors of forms ---------------------------------------------------------------------------------------------

const plainText = (text = '') => text.replaceAll('\n', ' ').replaceAll('`', '');

/** A field of a form; null if it cannot be typed in, such as the id of another record. */
function field(name, schema, required, depth) {
  const it = bare(schema);
  const refers = it.$ref ? nameOf(it.$ref) : '';
  const target = it.$ref ? bare(schemas[refers]) : it;
  const made = { name, help: plainText(it.description ?? target.description) };
  if (required) made.required = true;
  const codes = codesOf(target);
  if (codes) return { ...made, kind: 'code', codes };
  if (['Country', 'Nationality', 'Language', 'MissionId', 'Currency', 'PartialDate'].includes(refers)) return { ...made, kind: refers };
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
      if (codesOf(inner)) return { ...made, kind: 'codes', codes: codesOf(inner) };
      const entry = depth < 2 ? field('', items, false, depth + 1) : null;
      return entry && { ...made, kind: 'list', entry };
    }
    case 'object': return depth < 3 ? { ...made, kind: 'group', fields: fields(target, depth + 1) } : null;
    default: return null;
  }
}

function fields(schema, depth) {
  const required = new Set(schema.required ?? []);
  const made = Object.entries(schema.properties ?? {}).map(([name, one]) => field(name, one, required.has(name), depth)).filter(Boolean);
  return [...made.filter((one) => one.required), ...made.filter((one) => !one.required)];
}

/** Below a case: the form with which a record is made, or the one record of its kind is changed. */
const forms = {};
const BELOW = /^\/v1\/cases\/\{id\}\/([a-z-]+)$/;
for (const [path, item] of Object.entries(document.paths)) {
  const resource = BELOW.exec(path)?.[1];
  const it = item.post?.responses['201'] ? item.post : item.patch;
  const body = resource && content(it?.requestBody);
  if (!body?.$ref || !it) continue;
  const made = { operation: it.operationId, path, method: it === item.post ? 'POST' : 'PATCH', permission: it['x-permission'], fields: fields(schemas[nameOf(body.$ref)], 0) };
  if (it['x-step-up']) made.proof = it['x-step-up'].max_age;
  const update = updateOf(path);
  if (update && item.get) made.update = update;
  forms[resource] = made;
}

/** How a record of a list is changed; none where its kind is not. */
function updateOf(path) {
  const [below, item] = Object.entries(document.paths).find(([other]) => other.startsWith(`${path}/{`) && other.split('/').length === path.split('/').length + 1) ?? [];
  const it = item?.patch;
  const body = content(it?.requestBody);
  if (!body?.$ref) return undefined;
  const made = { operation: it.operationId, path: below, key: /\{(\w+)\}$/.exec(below)[1], fields: fields(schemas[nameOf(body.$ref)], 0) };
  if (it['x-step-up']) made.proof = it['x-step-up'].max_age;
  return made;
}

mkdirSync(out, { recursive: true });
const names = `export namespace S {\n${types.join('\n')}\n}\n`;
writeFileSync(new URL('schema.ts', out), NOTE + names);
writeFileSync(new URL('operations.ts', out), `${NOTE}import type { Operation } from '../api/operation';\nimport type { S } from './schema';\n\n${operations.join('\n')}\n`);
writeFileSync(new URL('forms.json', out), JSON.stringify(forms));
