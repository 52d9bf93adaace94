// The fields of a journey, in the order in which one knows them.

import type { Value } from '../../forms/descriptor';
import type { Key } from '../../i18n';
import { labelled, t } from '../../i18n';
import type { Errors } from '../../ui/errors';
import { errorAt } from '../../ui/errors';
import { Select, Text } from '../../ui/fields';
import { FUNDERS, MODES, statuses } from './batch-fields';

type Flat = Readonly<Record<string, Value | undefined>>;

interface Props {
  readonly values: Flat;
  /** How far the journey is; null: it is new. */
  readonly now: string | null;
  readonly errors: Errors;
  readonly onChange: (to: Flat) => void;
}

export const nameOfField = (name: string): string => t(`travel.${name}` as Key);

export function BatchFields({ values, now, errors, onChange }: Props) {
  const common = (name: string) => ({ label: nameOfField(name), name: `/${name}`, value: String(values[name] ?? ''), error: errorAt(errors, `/${name}`) });
  const text = (name: string, max = 200) => <Text {...common(name)} onInput={(value) => onChange({ [name]: value })} max={max} isName />;
  const moment = (name: string, hint?: string) => <Text {...common(name)} type="datetime-local" onInput={(value) => onChange({ [name]: value })} hint={hint} required />;
  const states = statuses(now);
  return (
    <>
      <div class="grid">
        <Text {...common('name')} onInput={(name) => onChange({ name })} max={200} hint={t('travel.name_hint')} isName required />
        <Select {...common('mode')} choices={labelled('mode', MODES)} onChange={(mode) => onChange({ mode })} required />
        {moment('departs_at', t('travel.time_hint'))}
        {moment('arrives_at')}
        <Text {...common('capacity')} mode="numeric" onInput={(capacity) => onChange({ capacity })} max={4} required />
        {states.length ? <Select {...common('status')} choices={labelled('status', states)} onChange={(status) => onChange({ status })} required /> : moment('departed_at')}
        {text('origin')}
        {text('destination')}
        {text('carrier')}
        {text('reference', 100)}
        {text('escort')}
        <Select {...common('funding')} choices={labelled('funding', FUNDERS)} onChange={(funding) => onChange({ funding })} none={t('form.not_asked')} />
      </div>
    </>
  );
}
