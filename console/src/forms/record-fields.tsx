// The fields of a record, drawn from their description.

import { labelled, sentence, spelled, t } from '../i18n';
import { countries } from '../i18n/countries';
import type { Choice } from '../i18n/countries';
import { languagesSpoken } from '../i18n/languages';
import { errorAt } from '../ui/errors';
import type { Errors } from '../ui/errors';
import { Chips, Select, Text } from '../ui/fields';
import type { Descriptor, Value, Values } from './descriptor';

/** What the fields of a form are drawn with beside their own values. */
export interface Context {
  readonly errors: Errors;
  readonly missions: readonly Choice[];
  /** What ids are chosen from, by their kind, such as `OrganisationId`. */
  readonly ids?: Readonly<Record<string, readonly Choice[]>> | undefined;
}

interface FieldProps {
  readonly field: Descriptor;
  readonly at: string;
  readonly value: Value | undefined;
  readonly context: Context;
  readonly onChange: (value: Value) => void;
}

const codesOf = (field: Descriptor): readonly Choice[] => labelled(field.name, field.codes?.split(' ') ?? []);

function choicesOf(field: Descriptor, context: Context): readonly Choice[] | null {
  switch (field.kind) {
    case 'code': return codesOf(field);
    case 'flag': return [{ value: 'yes', text: t('form.yes') }, { value: 'no', text: t('form.no') }];
    case 'Country': return countries();
    case 'Nationality': return countries(true);
    case 'Language': return languagesSpoken();
    case 'MissionId': return context.missions;
    default: return context.ids?.[field.kind] ?? null;
  }
}

function One({ field, at, value, context, onChange }: FieldProps) {
  const name = sentence('field', field.name, spelled(field.name || field.kind));
  const error = errorAt(context.errors, at);
  const common = { label: name, name: at, error, hint: field.help || undefined, required: field.required ?? false };
  if (field.kind === 'group') return <Group field={field} name={name} at={at} value={value} context={context} onChange={onChange} />;
  if (field.kind === 'list') return <Several field={field} name={name} at={at} value={value} context={context} onChange={onChange} />;
  if (field.kind === 'codes') return <Chips {...common} values={(value as readonly string[] | undefined) ?? []} choices={codesOf(field)} onChange={onChange} />;
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

export function Fields({ fields, at, values, context, onChange }: FieldsProps) {
  return (
    <>
      {fields.map((field) => (
        <One key={field.name} field={field} at={`${at}/${field.name}`} value={values[field.name]} context={context} onChange={(value) => onChange({ ...values, [field.name]: value })} />
      ))}
    </>
  );
}
