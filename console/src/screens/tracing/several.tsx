// Looking for everybody on a list, typed or pasted: each is taken or refused on its own, and stands with what became of it.

import { useMemo, useState } from 'preact/hooks';
import { send } from '../../api/send';
import { GENDERS } from '../../forms/codes';
import { Frozen } from '../../forms/frozen';
import { useMaking } from '../../forms/making';
import { create_tracing_requests } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { label, labelled, sentence, spelled, t } from '../../i18n';
import { countries } from '../../i18n/countries';
import { shownDay } from '../../i18n/dates';
import { Wrong, errorAt } from '../../ui/errors';
import { Form, Select, Text } from '../../ui/fields';
import { COLUMNS, linesOf } from './rows';
import type { Column, Line } from './rows';
import { RELATIONS } from './words';

const EMPTY = { text: '', relation: '', behalf: '', reported: '' };
/** As many as the API takes at once. */
const MOST = 500;

interface Became {
  readonly line: Line;
  readonly result: S.TracingRequestResult;
}

const columnName = (column: Column): string => t(`tracing.${column}` as 'tracing.name');

export function Several() {
  const { typed, change, isSent, isBusy, failure, errors, make, forget } = useMaking('tracing several', EMPTY);
  const [became, setBecame] = useState<readonly Became[]>([]);
  const known = { nationalities: countries(true), genders: labelled('gender', GENDERS) };
  const lines = useMemo(() => linesOf(typed.text, known), [typed.text]);
  const isTooLong = lines.length > MOST;

  const save = async () => {
    if (!lines.length || isTooLong) return;
    const shared = Object.fromEntries([['on_behalf_of', typed.behalf], ['reported_to', typed.reported]].map(([name, value]) => [name, value?.normalize('NFC').trim()]).filter(([, value]) => value));
    const items = lines.map((line) => ({ relation: typed.relation as S.TracingRelation, details: { sought: line.sought, ...shared } }));
    const answer = await make({ items }, (body, key) => send(create_tracing_requests, { body, key }));
    if (!answer) return;
    const results = lines.flatMap((line, index) => {
      const result = answer.body.items[index];
      return result ? [{ line, result }] : [];
    });
    setBecame((before) => [...before.filter((one) => one.result.id), ...results]);
    // What was taken is out of the form, so that nobody is looked for twice; what was refused stays to be mended.
    const refused = results.filter((one) => !one.result.id);
    if (refused.length) change({ text: refused.map((one) => one.line.text).join('\n') });
    else forget();
  };
  return (
    <>
      <p><a href="#/tracing">{t('tracing.back')}</a></p>
      <h1 tabIndex={-1}>{t('tracing.several')}</h1>
      <p class="quiet">{t('tracing.sealed')}</p>
      <Outcome became={became} />
      <Form label={t('tracing.several')} onSubmit={() => void save()}>
        <Wrong failure={failure} />
        <Frozen isSent={isSent} isBusy={isBusy}>
          <fieldset>
            <legend>{t('tracing.asks')}</legend>
            <div class="grid">
              <Select label={t('tracing.relation')} name="/relation" value={typed.relation} choices={labelled('tracing.relation', RELATIONS)} onChange={(relation) => change({ relation })} error={errorAt(errors, '/relation')} required />
              <Text label={t('tracing.on_behalf_of')} name="/on_behalf_of" value={typed.behalf} onInput={(behalf) => change({ behalf })} hint={t('tracing.for_all')} max={500} isName />
              <Text label={t('tracing.reported_to')} name="/reported_to" value={typed.reported} onInput={(reported) => change({ reported })} hint={t('tracing.for_all')} max={500} isName />
            </div>
          </fieldset>
          <fieldset>
            <legend>{t('tracing.list')}</legend>
            <p class="hint">{t('tracing.list_hint', { columns: COLUMNS.map(columnName).join('; ') })}</p>
            <Text label={t('tracing.rows')} name="/items" value={typed.text} onInput={(text) => change({ text })} error={isTooLong ? t('tracing.too_many', { count: MOST }) : errorAt(errors, '/items')} isLong isName required />
          </fieldset>
        </Frozen>
        {lines.length ? <Preview lines={lines} /> : null}
        <p class="buttons">
          <button disabled={isBusy || !lines.length || isTooLong || !typed.relation}>{isSent && !isBusy ? t('form.send_again') : t('tracing.look_for', { count: lines.length })}</button>
        </p>
      </Form>
    </>
  );
}

/** How each line is read, before anything is sent. */
function Preview({ lines }: { readonly lines: readonly Line[] }) {
  const value = (line: Line, column: Column): string => {
    if (line.unread.includes(column)) return line.cells[column] ? t('tracing.not_read', { text: line.cells[column] }) : t('tracing.missing');
    if (column === 'birth') return shownDay(line.sought.birth_date);
    if (column === 'nationality') return countries(true).find((one) => one.value === line.sought.nationality)?.text ?? '–';
    if (column === 'gender') return line.sought.gender ? label('gender', line.sought.gender) : '–';
    return line.cells[column] || '–';
  };
  const doubtful = lines.filter((line) => line.unread.length || line.beyond).length;
  return (
    <>
      <p role="status">{t('tracing.read', { count: lines.length })} {doubtful ? <strong>{t('tracing.doubtful', { count: doubtful })}</strong> : null}</p>
      <table class="cards">
        <caption>{t('tracing.as_read')}</caption>
        <thead><tr><th scope="col">{t('tracing.row')}</th>{COLUMNS.map((column) => <th scope="col" key={column}>{columnName(column)}</th>)}</tr></thead>
        <tbody>
          {lines.map((line, index) => (
            <tr key={index}>
              <th scope="row" data-label={t('tracing.row')}>{index + 1}{line.beyond ? <span class="error"> {t('tracing.beyond', { count: line.beyond })}</span> : null}</th>
              {COLUMNS.map((column) => <td key={column} data-label={columnName(column)} class={line.unread.includes(column) ? 'error' : undefined}><bdi dir="auto">{value(line, column)}</bdi></td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

/** What became of each. */
function Outcome({ became }: { readonly became: readonly Became[] }) {
  if (!became.length) return null;
  const made = became.filter((one) => one.result.id);
  const refused = became.filter((one) => !one.result.id);
  const place = (pointer: string): string => {
    const last = pointer.split('/').filter((part) => part && !/^\d+$/.test(part)).at(-1) ?? '';
    return last ? `${sentence('field', last, spelled(last))}: ` : '';
  };
  return (
    <section class="panel" aria-labelledby="became">
      <h2 id="became">{t('tracing.outcome')}</h2>
      <p role="status">{t('tracing.became', { made: made.length, refused: refused.length })}</p>
      {refused.length ? <p>{t('tracing.refused_stay')}</p> : null}
      <ul class="checklist">
        {[...refused, ...made].map(({ line, result }, index) => (
          <li key={index}>
            <span>
              <bdi dir="auto">{line.cells.name || t('register.nameless')}</bdi>: {result.id ? t('tracing.is_looked_for') : result.errors.map((one) => `${place(one.pointer)}${sentence('violation', one.code, one.message)}`).join(' ')}
            </span>
            {result.id ? <a class="button small" href={`#/tracing/${result.id}`}>{t('tracing.open')}</a> : null}
          </li>
        ))}
      </ul>
    </section>
  );
}
