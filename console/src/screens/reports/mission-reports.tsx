// Figures that missions and ministries reported. A report is never changed: they contradict each other, and all are kept.

import { useState } from 'preact/hooks';
import { send } from '../../api/send';
import { Frozen } from '../../forms/frozen';
import { useMaking } from '../../forms/making';
import { create_mission_report, list_mission_reports } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { label, labelled, t } from '../../i18n';
import { countries, country } from '../../i18n/countries';
import { ascii, asDay, shownDay } from '../../i18n/dates';
import { me, may } from '../../session/session';
import { Wrong, errorAt } from '../../ui/errors';
import { Form, Select, Text } from '../../ui/fields';
import { Grid } from '../../ui/grid';
import { More, usePages } from '../../ui/pages';
import { useOperations } from './choices';
import { number } from './figures';

const KINDS: readonly S.MissionReportKind[] = ['freed', 'rescued', 'walk_in', 'repatriated', 'awaiting', 'complaint', 'deported', 'detained', 'missing', 'deceased', 'self_returned'];
const QUALIFIERS: readonly S.Qualifier[] = ['exact', 'approx', 'more_than', 'less_than', 'up_to', 'tens', 'hundreds', 'thousands', 'millions', 'billions', 'mostly', 'partial_list', 'unknown'];

export function MissionReports() {
  const reports = usePages((after) => send(list_mission_reports, { query: { limit: 50, after } }).then((answer) => answer.body), []);
  const [isOpen, setOpen] = useState(false);
  const operations = useOperations();
  const nameOf = (id: string | null) => operations.find((one) => one.value === id)?.text ?? '–';
  return (
    <section aria-labelledby="report">
      <h2 id="report">{t('reports.missions')}</h2>
      <p>{t('reports.about.missions')}</p>
      {may('mission_report:write') && !isOpen ? <p class="buttons"><button type="button" onClick={() => setOpen(true)}>{t('reports.new')}</button></p> : null}
      {isOpen ? <NewReport operations={operations} onClose={() => setOpen(false)} onDone={() => { setOpen(false); reports.again(); }} /> : null}
      <More of={reports}>
        {(items) => (
          <Grid caption={t('reports.missions')} rows={items} keyOf={(one) => one.id} none={t('reports.none_reported')} columns={[
            { name: t('reports.reported_on'), of: (one) => shownDay(one.reported_on) },
            { name: t('reports.kind'), of: (one) => label('reports.counted_as', one.kind) },
            { name: t('cases.nationality'), of: (one) => country(one.nationality) },
            { name: t('reports.count'), of: (one) => `${one.qualifier === 'exact' ? '' : `${label('reports.qualifier', one.qualifier)} `}${number(one.count)}`, isFigure: true },
            { name: t('reports.where'), of: (one) => country(one.host_country) },
            { name: t('reports.operation'), of: (one) => <bdi dir="auto">{nameOf(one.operation_id)}</bdi> },
            { name: t('reports.basis'), of: (one) => <bdi dir="auto">{one.basis ?? '–'}</bdi> },
          ]} />
        )}
      </More>
    </section>
  );
}

const EMPTY = { kind: '', nationality: '', host: '', operation: '', count: '', qualifier: '', day: '', basis: '' };
type Typed = typeof EMPTY;

function NewReport({ operations, onDone, onClose }: { readonly operations: ReturnType<typeof useOperations>; readonly onDone: () => void; readonly onClose: () => void }) {
  const { typed, change: put, isSent, isBusy, failure, errors, make, forget } = useMaking<Typed>('mission report', EMPTY);
  const close = () => {
    forget();
    onClose();
  };
  const save = async () => {
    const count = ascii(typed.count).trim();
    const reported = {
      kind: typed.kind, nationality: typed.nationality, qualifier: typed.qualifier, count: /^\d+$/.test(count) ? Number(count) : count, reported_on: asDay(typed.day),
      ...(typed.host ? { host_country: typed.host } : {}), ...(typed.operation ? { operation_id: typed.operation } : {}), ...(typed.basis.trim() ? { basis: typed.basis.trim() } : {}),
    } as S.CreateMissionReport;
    if (await make(reported, (body, key) => send(create_mission_report, { body, key }))) onDone();
  };
  return (
    <section class="panel" aria-label={t('reports.new')}>
      <h3>{t('reports.new')}</h3>
      <p class="quiet">{t('reports.kept', { organisation: me.value?.organisation_name ?? '' })}</p>
      <Form label={t('reports.new')} onSubmit={() => void save()}>
        <Wrong failure={failure} />
        <Frozen isSent={isSent} isBusy={isBusy}>
          <div class="grid">
            <Select label={t('reports.kind')} name="/kind" value={typed.kind} choices={labelled('reports.counted_as', KINDS)} onChange={(kind) => put({ kind })} error={errorAt(errors, '/kind')} required />
            <Select label={t('cases.nationality')} name="/nationality" value={typed.nationality} choices={countries()} onChange={(nationality) => put({ nationality })} error={errorAt(errors, '/nationality')} required />
            <Text label={t('reports.count')} name="/count" value={typed.count} onInput={(count) => put({ count })} error={errorAt(errors, '/count')} mode="numeric" max={10} required />
            <Select label={t('reports.how_exact')} name="/qualifier" value={typed.qualifier} choices={labelled('reports.qualifier', QUALIFIERS)} onChange={(qualifier) => put({ qualifier })} error={errorAt(errors, '/qualifier')} required />
            <Text label={t('reports.reported_on')} name="/reported_on" value={typed.day} onInput={(day) => put({ day })} error={errorAt(errors, '/reported_on')} hint={t('form.day_hint')} max={20} required />
            <Select label={t('reports.where')} name="/host_country" value={typed.host} choices={countries()} onChange={(host) => put({ host })} error={errorAt(errors, '/host_country')} none={t('reports.not_said')} />
            <Select label={t('reports.operation')} name="/operation_id" value={typed.operation} choices={operations} onChange={(operation) => put({ operation })} error={errorAt(errors, '/operation_id')} none={t('reports.not_said')} />
          </div>
          <Text label={t('reports.basis')} name="/basis" value={typed.basis} onInput={(basis) => put({ basis })} error={errorAt(errors, '/basis')} hint={t('reports.basis_hint')} max={500} isLong isName />
        </Frozen>
        <p class="buttons">
          <button disabled={isBusy}>{t('form.save')}</button>
          <button type="button" class="quiet-button" onClick={close}>{t('form.cancel')}</button>
        </p>
      </Form>
    </section>
  );
}
