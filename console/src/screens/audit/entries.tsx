// The entries of the audit trail, newest first. Every filter is an id, a code or a moment, and stands in the address.

import { useState } from 'preact/hooks';
import { send } from '../../api/send';
import { list_audit_entries } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { label, labelled, t } from '../../i18n';
import { shownMoment } from '../../i18n/dates';
import { place, refine } from '../../router';
import { errorAt, errorsOf } from '../../ui/errors';
import { Form, Select, Text } from '../../ui/fields';
import { Grid } from '../../ui/grid';
import { More, usePages } from '../../ui/pages';
import { useMissions } from '../reports/choices';
import { asked, filterOf } from './filter';
import type { Filter } from './filter';
import { Who, organisationOf } from './who';

export const DECISIONS: readonly S.Decision[] = ['allowed', 'not_found', 'refused', 'failed'];

export function Entries() {
  const filter = filterOf(place.value.query);
  const [typed, setTyped] = useState<Filter>(filter);
  const missions = useMissions();
  const entries = usePages((after) => send(list_audit_entries, { query: { ...(asked(filter) as object), limit: 100, after } }).then((answer) => answer.body), [JSON.stringify(filter)]);
  const errors = errorsOf(entries.first.failure);
  const put = (change: Partial<Filter> = {}) => {
    const now = { ...typed, ...change };
    setTyped(now);
    refine('audit/entries', now);
  };
  const text = (name: keyof Filter) => (
    <Text label={t(`audit.${name}`)} name={name} value={typed[name]} onInput={(value) => setTyped({ ...typed, [name]: value.trim() })} error={errorAt(errors, name)} max={100} />
  );
  return (
    <section aria-label={t('audit.entries')}>
      <p>{t('audit.entries_text')}</p>
      <search>
        <Form label={t('audit.filters')} onSubmit={() => put()}>
          <div class="filters">
            <Text label={t('audit.from')} name="from" type="datetime-local" value={typed.from} onInput={(from) => setTyped({ ...typed, from })} error={errorAt(errors, 'from')} />
            <Text label={t('audit.to')} name="to" type="datetime-local" value={typed.to} onInput={(to) => setTyped({ ...typed, to })} error={errorAt(errors, 'to')} />
            <Select label={t('audit.decision')} name="decision" value={typed.decision} choices={labelled('audit.decided', DECISIONS)} onChange={(decision) => put({ decision })} none={t('audit.all')} />
            {text('operation')}
          </div>
          <details open={[filter.code, filter.caller_id, filter.organisation_id, filter.case_id].some(Boolean)}>
            <summary>{t('audit.more_filters')}</summary>
            <div class="filters">
              {text('code')}
              {text('caller_id')}
              {text('organisation_id')}
              {text('case_id')}
            </div>
          </details>
          <p class="buttons">
            <button>{t('audit.search')}</button>
            <button type="button" class="quiet-button" onClick={() => put(filterOf(new URLSearchParams()))}>{t('audit.clear')}</button>
          </p>
        </Form>
      </search>
      <More of={entries}>
        {(items) => (
          <Grid caption={t('audit.shown', { count: items.length })} rows={items} keyOf={(one) => String(one.position)} none={t('audit.none')} columns={[
            { name: t('audit.when'), of: (one) => shownMoment(one.recorded_at) },
            { name: t('audit.operation'), of: (one) => <>{one.operation}{one.occurrences > 1 ? ` ${t('audit.times', { count: one.occurrences })}` : ''}</> },
            { name: t('audit.decision'), of: (one) => <>{label('audit.decided', one.decision)}{one.code === 'ok' ? '' : ` (${one.code})`}</> },
            { name: t('audit.who'), of: (one) => <Who user={one.user_id} client={one.client_id} /> },
            { name: t('audit.organisation'), of: (one) => <bdi dir="auto">{organisationOf(one.organisation_id, missions)}</bdi> },
            { name: t('audit.about'), of: (one) => <About entry={one} onCase={(case_id) => put({ case_id })} onCaller={(caller_id) => put({ caller_id })} /> },
          ]} />
        )}
      </More>
    </section>
  );
}

/** What an entry is about: cases and accounts, each of which can be looked into, and the compartments that were opened. */
function About({ entry, onCase, onCaller }: { readonly entry: S.AuditEntry; readonly onCase: (id: string) => void; readonly onCaller: (id: string) => void }) {
  const opened = entry.compartments.map((one) => label('compartment', one)).join(', ');
  return (
    <>
      {entry.case_ids.slice(0, 5).map((id) => <button type="button" class="link" key={id} onClick={() => onCase(id)}>{t('audit.case')} <code>{id.slice(0, 8)}</code></button>)}
      {entry.case_ids.length > 5 ? <span>{t('audit.more_cases', { count: entry.case_ids.length - 5 })} </span> : null}
      {entry.account_ids.slice(0, 5).map((id) => <button type="button" class="link" key={id} onClick={() => onCaller(id)}>{t('audit.account')} <code>{id.slice(0, 8)}</code></button>)}
      {opened ? <span>{t('audit.opened', { what: opened })}</span> : null}
    </>
  );
}
