// What each column of a list is, and what holds for everybody on it: looked through by somebody before any row is.

import { isOvertaken } from '../../api/problem';
import { send } from '../../api/send';
import { Frozen } from '../../forms/frozen';
import { useMaking } from '../../forms/making';
import { create_import_profile, put_import_mapping, validate_import } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { label, labelled, t } from '../../i18n';
import { countries } from '../../i18n/countries';
import type { Choice } from '../../i18n/countries';
import { asDay, shownDay, today } from '../../i18n/dates';
import { go } from '../../router';
import { Wrong, errorAt } from '../../ui/errors';
import type { Errors } from '../../ui/errors';
import { Form, Select, Text } from '../../ui/fields';
import { Shown as Loaded, useLoaded } from '../../ui/load';
import { counter } from '../counter';
import { CHANNELS } from '../walk-in';
import { bodyOf, isAsked, questionsOf, startOf } from './mapping';
import type { Answers, Question, Typed } from './mapping';
import type { Shown } from './shown';
import { apart, fields } from './words';

const year = (): number => Number(today().slice(0, 4));

export function Columns(shown: Shown) {
  // The country of the counter is in sight, and changed where the list is of another one.
  const host = useLoaded(() => counter().then(({ host: own }) => own, () => ''), []);
  return <Loaded of={host}>{(found) => <Asked {...shown} host={found} />}</Loaded>;
}

function Asked({ seen, put, again, host }: Shown & { readonly host: string }) {
  const list = seen.body;
  const { id } = list;
  const { typed, change, isSent, isBusy, failure, errors, make } = useMaking<Typed>(`lists ${id}`, startOf(list, host));
  const check = async () => {
    const answer = await make({ mapping: bodyOf(list, typed, year()), name: typed.name.trim() }, async ({ mapping, name }, key) => {
      try {
        const mapped = await send(put_import_mapping, { path: { id }, body: mapping, ifMatch: seen.etag });
        if (name) await send(create_import_profile, { body: { name, mapping }, key });
        return await send(validate_import, { path: { id }, ifMatch: mapped.etag });
      } catch (why) {
        if (isOvertaken(why)) again();
        throw why;
      }
    });
    if (!answer) return;
    put(answer);
    go(`lists/${id}`);
  };
  const put_ = (column: string, to: Partial<Answers>) => {
    const before = typed.columns[column];
    if (before) change({ columns: { ...typed.columns, [column]: { ...before, ...to } } });
  };
  return (
    <Form onSubmit={() => void check()} enterLeadsOn>
      <Wrong failure={failure} />
      <Frozen isSent={isSent} isBusy={isBusy}>
        <fieldset data-pointer="/columns">
          <legend>{t('lists.columns')}</legend>
          <p class="hint">{t('lists.columns_hint')}</p>
          {errors['/columns'] ? <p class="error">{errors['/columns']}</p> : null}
          <div class="grid">{list.columns.map((column, at) => <OneColumn key={column.column} at={at} column={column} answers={typed.columns[column.column]} errors={errors} onChange={(to) => put_(column.column, to)} />)}</div>
        </fieldset>
        <fieldset>
          <legend>{t('lists.everybody')}</legend>
          <div class="grid">
            <Select label={t('register.host')} name="/defaults/host_country" value={typed.host} choices={countries()} onChange={(to) => change({ host: to })} none="–" error={errorAt(errors, '/defaults/host_country')} />
            <Select label={t('register.channel')} name="/defaults/intake_channel" value={typed.channel} choices={labelled('channel', CHANNELS)} onChange={(channel) => change({ channel })} none="–" error={errorAt(errors, '/defaults/intake_channel')} />
            <Select label={t('register.nationality')} name="/defaults/nationality" value={typed.nationality} choices={countries(true)} onChange={(nationality) => change({ nationality })} none="–" error={errorAt(errors, '/defaults/nationality')} />
            <Text label={t('lists.listed_on')} name="/defaults/listed_on" value={typed.listed} onInput={(listed) => change({ listed })} hint={typed.listed ? shownDay(asDay(typed.listed)) : t('lists.listed_hint')} error={errorAt(errors, '/defaults/listed_on')} />
          </div>
        </fieldset>
        <Text label={t('lists.keep')} name="/name" value={typed.name} onInput={(name) => change({ name })} max={200} error={errorAt(errors, '/name')} />
      </Frozen>
      {list.decided ? <p>{t('lists.drops', { count: list.decided })}</p> : null}
      <p>{t('lists.nobody_yet')}</p>
      <p class="buttons"><button disabled={isBusy}>{isSent && !isBusy ? t('form.send_again') : t('lists.check')}</button></p>
    </Form>
  );
}

const SERIALS: readonly Choice[] = [{ value: 'since_1900', text: '1900' }, { value: 'since_1904', text: '1904' }];
const ANSWERS: Readonly<Record<Question, () => readonly Choice[]>> = {
  order: () => labelled('lists.order', ['day_first', 'month_first'] satisfies readonly S.DateOrder[]),
  short_years: () => labelled('lists.short_years', ['common_era', 'buddhist_era', 'republic_of_china'] satisfies readonly S.ShortYears[]),
  serials: () => SERIALS,
  day_cells: () => labelled('lists.day_cells', ['as_shown', 'swapped'] satisfies readonly S.DayCells[]),
};

interface ColumnProps {
  readonly at: number;
  readonly column: S.ProposedColumn;
  readonly answers: Answers | undefined;
  readonly errors: Errors;
  readonly onChange: (to: Partial<Answers>) => void;
}

function OneColumn({ at, column, answers, errors, onChange }: ColumnProps) {
  if (!answers) return null;
  const said = [
    t('lists.filled', { count: column.filled }),
    column.unreadable && column.field === answers.field ? t('lists.unreadable', { count: column.unreadable }) : '',
    column.because === 'values' ? t('lists.guessed') : '',
  ];
  return (
    <>
      <Select label={`${column.column}: ${apart(column.heading)}`} name={`/columns/${at}/field`} value={answers.field} choices={fields()} onChange={(field) => onChange({ field })} none={t('lists.leave_out')} hint={said.filter(Boolean).join(' ')} error={errorAt(errors, `/columns/${at}`, true)} />
      {questionsOf(column, answers).map((one) => (
        <Select key={one} label={`${column.column}: ${label('lists', one)}`} name={`/columns/${at}/dates/${one}`} value={answers[one]} choices={ANSWERS[one]()} onChange={(to) => onChange({ [one]: to })} none={t(isAsked(column, answers, one) ? 'form.choose' : 'lists.by_itself')} required={isAsked(column, answers, one)} />
      ))}
    </>
  );
}
