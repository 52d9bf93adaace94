// A form for any kind of record below a case, drawn from its description.

import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Operation } from '../api/operation';
import { send } from '../api/send';
import { get_immigration_clearance, list_missions } from '../generated/operations';
import type { S } from '../generated/schema';
import { language, label, sentence, spelled, t } from '../i18n';
import { countries } from '../i18n/countries';
import type { Choice } from '../i18n/countries';
import { shownDay } from '../i18n/dates';
import { draft, drop, keep } from '../session/drafts';
import { Wrong, errorAt, errorsOf } from '../ui/errors';
import type { Errors } from '../ui/errors';
import { Chips, Form, Select, Text } from '../ui/fields';
import type { Descriptor, RecordForm, Stored, Update, Value, Values } from './descriptor';
import { formOf } from './descriptor';
import { bodyOf, patchOf, valuesOf } from './values';

/** Languages that are spoken at these counters. */
const SPOKEN = ['km', 'th', 'my', 'vi', 'lo', 'id', 'ms', 'zh', 'en', 'fil', 'tl', 'ceb', 'hi', 'bn', 'ur', 'ne', 'si', 'ta', 'te', 'pa', 'ar', 'fa', 'am', 'om', 'ti', 'sw', 'lg', 'rw', 'fr', 'pt', 'es', 'ru', 'uz', 'kk', 'ky', 'mn', 'ja', 'ko', 'yue', 'nan'];

interface Context {
  readonly errors: Errors;
  readonly missions: readonly Choice[];
}

interface FieldProps {
  readonly field: Descriptor;
  readonly at: string;
  readonly value: Value | undefined;
  readonly context: Context;
  readonly onChange: (value: Value) => void;
}

const codes = (list: string, values: readonly string[] = []): readonly Choice[] => values.map((value) => ({ value, text: label(list, value) }));

function choicesOf(field: Descriptor, context: Context): readonly Choice[] | null {
  switch (field.kind) {
    case 'code': return codes(field.name, field.codes);
    case 'flag': return [{ value: 'yes', text: t('form.yes') }, { value: 'no', text: t('form.no') }];
    case 'Country': return countries();
    case 'Nationality': return countries(true);
    case 'Language': return SPOKEN.map((value) => ({ value, text: new Intl.DisplayNames([language.value], { type: 'language' }).of(value) ?? value }));
    case 'MissionId': return context.missions;
    default: return null;
  }
}

function One({ field, at, value, context, onChange }: FieldProps) {
  const name = sentence('field', field.name, spelled(field.name || field.kind));
  const error = errorAt(context.errors, at);
  const common = { label: name, name: at, error, hint: field.help || undefined, required: field.required ?? false };
  if (field.kind === 'group') return <Group field={field} name={name} at={at} value={value} context={context} onChange={onChange} />;
  if (field.kind === 'list') return <Several field={field} name={name} at={at} value={value} context={context} onChange={onChange} />;
  if (field.kind === 'codes') return <Chips {...common} values={(value as readonly string[] | undefined) ?? []} choices={codes(field.name, field.codes)} onChange={onChange} />;
  const text = typeof value === 'string' ? value : '';
  const choices = choicesOf(field, context);
  // No answer is chosen beforehand: a form must not decide for a person.
  if (choices) return <Select {...common} value={text} choices={choices} onChange={onChange} none={t('form.not_asked')} />;
  const isDay = field.kind === 'date' || field.kind === 'PartialDate';
  return (
    <Text
      {...common}
      hint={isDay ? `${field.help} ${t('form.day_hint')}` : common.hint}
      value={text}
      onInput={onChange}
      type={field.kind === 'moment' ? 'datetime-local' : 'text'}
      mode={field.kind === 'integer' ? 'numeric' : 'text'}
      isLong={field.kind === 'long'}
      max={field.max}
      isName
    />
  );
}

type Nested = FieldProps & { readonly name: string };

function Group({ field, name, at, value, context, onChange }: Nested) {
  const values = (value as Values | undefined) ?? {};
  const inside = <Fields fields={field.fields ?? []} at={at} values={values} context={context} onChange={onChange} />;
  if (field.required) return <fieldset><legend>{name}</legend>{inside}</fieldset>;
  const isWrong = Object.keys(context.errors).some((one) => one.startsWith(at));
  return (
    <details open={isWrong}>
      <summary>{name}</summary>
      <p class="hint">{field.help}</p>
      {inside}
    </details>
  );
}

function Several({ field, name, at, value, context, onChange }: Nested) {
  const entries = (value as readonly Values[] | undefined) ?? [];
  const entry = field.entry;
  if (!entry) return null;
  const put = (index: number, to: Values) => onChange(entries.map((one, place) => (place === index ? to : one)));
  return (
    <fieldset data-pointer={at}>
      <legend>{name}</legend>
      <p class="hint">{field.help}</p>
      {entries.map((one, index) => (
        <div class="entry" key={index}>
          {entry.kind === 'group' ? (
            <Fields fields={entry.fields ?? []} at={`${at}/${index}`} values={one} context={context} onChange={(to) => put(index, to as Values)} />
          ) : (
            <One field={{ ...entry, name: field.name, help: '' }} at={`${at}/${index}`} value={one['']} context={context} onChange={(to) => put(index, { '': to })} />
          )}
          <button type="button" class="quiet-button" onClick={() => onChange(entries.filter((_, place) => place !== index))}>{t('form.remove')}</button>
        </div>
      ))}
      <button type="button" class="quiet-button" onClick={() => onChange([...entries, {}])}>{t('form.add')}</button>
    </fieldset>
  );
}

interface FieldsProps {
  readonly fields: readonly Descriptor[];
  readonly at: string;
  readonly values: Values;
  readonly context: Context;
  readonly onChange: (values: Values) => void;
}

function Fields({ fields, at, values, context, onChange }: FieldsProps) {
  return (
    <>
      {fields.map((field) => (
        <One key={field.name} field={field} at={`${at}/${field.name}`} value={values[field.name]} context={context} onChange={(value) => onChange({ ...values, [field.name]: value })} />
      ))}
    </>
  );
}

interface Props {
  readonly file: S.CaseFile;
  readonly resource: string;
  /** The field that would satisfy what is asked for: it takes the focus. */
  readonly field: string;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

/** The records of a kind on a case, and the form of a new one or of the one that is changed. */
export function Records({ file, resource, field, onDone, onClose }: Props) {
  const [form, setForm] = useState<RecordForm | null | undefined>(undefined);
  const [stored, setStored] = useState<readonly Stored[]>([]);
  const [changed, setChanged] = useState<Stored | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  useEffect(() => {
    formOf(resource).then(async (found) => {
      // Read first: what is there already may need a change and no second one.
      if (found?.update) setStored(await list(found, file.id));
      setForm(found);
    }).catch(setFailure);
  }, [resource]);
  return (
    <section class="panel" aria-label={title(resource)}>
      <h2>{title(resource)}</h2>
      <Wrong failure={failure} />
      {form === null ? <p>{t('form.none')}</p> : null}
      {form?.update && stored.length ? (
        <ul class="checklist">
          {stored.map((one) => (
            <li key={one.id}>
              <span dir="auto">{summary(form, one)}</span>
              <button type="button" class="small" aria-pressed={one === changed} onClick={() => setChanged(one === changed ? null : one)}>{t('form.change')}</button>
            </li>
          ))}
        </ul>
      ) : null}
      {form ? <Edit key={changed?.id ?? ''} form={form} file={file} resource={resource} record={changed} field={field} onDone={onDone} onClose={onClose} /> : null}
    </section>
  );
}

const title = (resource: string): string => sentence('record', resource, spelled(resource));

/** The first few answers of a record, by which it is told from the others. */
function summary(form: RecordForm, record: Stored): string {
  const told = form.fields.filter((one) => ['code', 'date', 'PartialDate', 'text', 'integer', 'moment'].includes(one.kind) && record[one.name] !== null && record[one.name] !== undefined);
  const value = (one: Descriptor) => (one.kind === 'code' ? label(one.name, String(record[one.name])) : one.kind === 'date' || one.kind === 'PartialDate' ? shownDay(String(record[one.name])) : String(record[one.name]));
  return told.slice(0, 4).map((one) => `${sentence('field', one.name, spelled(one.name))}: ${value(one)}`).join(' · ') || record.id;
}

async function list(form: RecordForm, id: string): Promise<readonly Stored[]> {
  const read: Operation<{ id: string }, undefined, undefined, { items: readonly Stored[] }> = { name: `list ${form.path}`, method: 'GET', path: form.path };
  return (await send(read, { path: { id } })).body.items;
}

interface EditProps extends Props {
  readonly form: RecordForm;
  readonly record: Stored | null;
}

function Edit({ form, file, resource, record, field, onDone, onClose }: EditProps) {
  const kind = `${resource} ${record?.id ?? ''} ${file.id}`;
  const fields = record && form.update ? form.update.fields : form.fields;
  const [before] = useState<Values>(() => (record ? valuesOf(fields, record) : {}));
  const [values, setValues] = useState<Values>(() => draft<Values>(kind) ?? before);
  const [missions, setMissions] = useState<readonly Choice[]>([]);
  const [failure, setFailure] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const errors = useMemo(() => errorsOf(failure), [failure]);
  const asksForMission = fields.some((one) => one.kind === 'MissionId');
  useEffect(() => {
    if (!asksForMission) return;
    const covers = { host_country: file.host_country, nationality: (file.nationality_claimed ?? undefined) as S.Country | undefined };
    send(list_missions, { query: covers }).then((answer) => setMissions(answer.body.items.map((one) => ({ value: one.id, text: `${one.name}, ${one.city}` }))), setFailure);
  }, [asksForMission]);
  useEffect(() => {
    const places = [...(box.current?.querySelectorAll<HTMLElement>('[data-pointer]') ?? [])];
    const wanted = places.find((one) => one.dataset.pointer === `/${field.replaceAll('.', '/')}`) ?? places[0];
    wanted?.querySelector<HTMLElement>('input, select, textarea')?.focus();
  }, []);

  const change = (to: Values) => {
    setValues(to);
    keep(kind, to);
  };
  const close = () => {
    drop(kind);
    onClose();
  };
  const save = async () => {
    if (isBusy) return;
    setBusy(true);
    setFailure(null);
    try {
      if (record && form.update) await alter(form.update, file.id, record, patchOf(fields, before, values) ?? {});
      else await store(form, file.id, bodyOf(fields, values) ?? {});
      drop(kind);
      onDone();
    } catch (refused) {
      setFailure(refused);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div ref={box}>
      <Form label={title(resource)} onSubmit={() => void save()}>
        <Wrong failure={failure} />
        <Fields fields={fields} at="" values={values} context={{ errors, missions }} onChange={change} />
        <p class="buttons">
          <button disabled={isBusy}>{record ? t('form.save_change') : t('form.save')}</button>
          <button type="button" class="quiet-button" onClick={close}>{t('form.cancel')}</button>
        </p>
      </Form>
    </div>
  );
}

/** Changes a record from the version that was shown. */
async function alter(update: Update, id: string, record: Stored, patch: Record<string, unknown>): Promise<void> {
  const operation: Operation<Record<string, string>, undefined, Record<string, unknown>, unknown> = { name: update.operation, method: 'PATCH', path: update.path, isPatch: true, ...(update.proof ? { proof: update.proof } : {}) };
  await send(operation, { path: { id, [update.key]: record.id }, body: patch, ifMatch: `"${record.version}"` });
}

/** Makes the record; the one that a case has anyway is changed from what is there now. */
async function store(form: RecordForm, id: string, body: Record<string, unknown>): Promise<void> {
  const operation: Operation<{ id: string }, undefined, Record<string, unknown>, unknown> = {
    name: form.operation, method: form.method, path: form.path, makes: form.method === 'POST', isPatch: form.method === 'PATCH', ...(form.proof ? { proof: form.proof } : {}),
  };
  const ifMatch = form.method === 'PATCH' ? (await send(get_immigration_clearance, { path: { id } })).etag : undefined;
  await send(operation, { path: { id }, body, ...(ifMatch ? { ifMatch } : {}) });
}
