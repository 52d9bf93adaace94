// Figures that missions and ministries reported. A report is never changed: they contradict each other, and all are kept.

import { useEffect, useRef, useState } from 'preact/hooks';
import { mayPass } from '../../api/problem';
import { newKey, send } from '../../api/send';
import { create_mission_report, list_mission_reports } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { label, t } from '../../i18n';
import { countries, country } from '../../i18n/countries';
import { ascii, partialDate, shownDay } from '../../i18n/dates';
import { draft, drop, keep } from '../../session/drafts';
import { me, may } from '../../session/session';
import { Wrong, errorAt, errorsOf } from '../../ui/errors';
import { Form, Select, Text } from '../../ui/fields';
import { Grid } from '../../ui/grid';
import { More, usePages } from '../../ui/pages';
import { useOperations } from './choices';
import { number } from './figures';

const KINDS: readonly S.MissionReportKind[] = ['freed', 'rescued', 'walk_in', 'repatriated', 'awaiting', 'complaint', 'deported', 'detained', 'missing', 'deceased', 'self_returned'];
const QUALIFIERS: readonly S.Qualifier[] = ['exact', 'approx', 'more_than', 'less_than', 'up_to', 'tens', 'hundreds', 'thousands', 'mostly', 'partial_list', 'unknown'];

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

interface Typed {
  readonly kind: string;
  readonly nationality: string;
  readonly host: string;
  readonly operation: string;
  readonly count: string;
  readonly qualifier: string;
  readonly day: string;
  readonly basis: string;
}
const KIND = 'mission report';
const begun = (): Typed => ({ kind: '', nationality: '', host: '', operation: '', count: '', qualifier: '', day: '', basis: '' });

function NewReport({ operations, onDone, onClose }: { readonly operations: ReturnType<typeof useOperations>; readonly onDone: () => void; readonly onClose: () => void }) {
  const [typed, setTyped] = useState<Typed>(() => draft<Typed>(KIND) ?? begun());
  const [failure, setFailure] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  /** One key for one body, until there was an answer. */
  const sent = useRef<{ readonly body: string; readonly key: string } | null>(null);
  const errors = errorsOf(failure);
  useEffect(() => {
    if (Object.values(typed).some(Boolean)) keep(KIND, typed);
    else drop(KIND);
  }, [typed]);
  const put = (change: Partial<Typed>) => setTyped((before) => ({ ...before, ...change }));
  const close = () => {
    drop(KIND);
    onClose();
  };
  const save = async () => {
    if (isBusy) return;
    setBusy(true);
    setFailure(null);
    const count = ascii(typed.count).trim();
    const body = {
      kind: typed.kind, nationality: typed.nationality, qualifier: typed.qualifier, count: /^\d+$/.test(count) ? Number(count) : count, reported_on: partialDate(typed.day) ?? ascii(typed.day).trim(),
      ...(typed.host ? { host_country: typed.host } : {}), ...(typed.operation ? { operation_id: typed.operation } : {}), ...(typed.basis.trim() ? { basis: typed.basis.trim() } : {}),
    } as S.CreateMissionReport;
    const written = JSON.stringify(body);
    if (sent.current?.body !== written) sent.current = { body: written, key: newKey() };
    try {
      await send(create_mission_report, { body, key: sent.current.key });
      drop(KIND);
      onDone();
    } catch (why) {
      if (!mayPass(why)) sent.current = null;
      setFailure(why);
      setBusy(false);
    }
  };
  const codes = (list: string, values: readonly string[]) => values.map((value) => ({ value, text: label(list, value) }));
  return (
    <section class="panel" aria-label={t('reports.new')}>
      <h3>{t('reports.new')}</h3>
      <p class="quiet">{t('reports.kept', { organisation: me.value?.organisation_name ?? '' })}</p>
      <Form label={t('reports.new')} onSubmit={() => void save()}>
        <Wrong failure={failure} />
        <div class="grid">
          <Select label={t('reports.kind')} name="/kind" value={typed.kind} choices={codes('reports.counted_as', KINDS)} onChange={(kind) => put({ kind })} error={errorAt(errors, '/kind')} required />
          <Select label={t('cases.nationality')} name="/nationality" value={typed.nationality} choices={countries()} onChange={(nationality) => put({ nationality })} error={errorAt(errors, '/nationality')} required />
          <Text label={t('reports.count')} name="/count" value={typed.count} onInput={(count) => put({ count })} error={errorAt(errors, '/count')} mode="numeric" max={10} required />
          <Select label={t('reports.how_exact')} name="/qualifier" value={typed.qualifier} choices={codes('reports.qualifier', QUALIFIERS)} onChange={(qualifier) => put({ qualifier })} error={errorAt(errors, '/qualifier')} required />
          <Text label={t('reports.reported_on')} name="/reported_on" value={typed.day} onInput={(day) => put({ day })} error={errorAt(errors, '/reported_on')} hint={t('form.day_hint')} max={20} required />
          <Select label={t('reports.where')} name="/host_country" value={typed.host} choices={countries()} onChange={(host) => put({ host })} error={errorAt(errors, '/host_country')} none={t('reports.not_said')} />
          <Select label={t('reports.operation')} name="/operation_id" value={typed.operation} choices={operations} onChange={(operation) => put({ operation })} error={errorAt(errors, '/operation_id')} none={t('reports.not_said')} />
        </div>
        <Text label={t('reports.basis')} name="/basis" value={typed.basis} onInput={(basis) => put({ basis })} error={errorAt(errors, '/basis')} hint={t('reports.basis_hint')} max={500} isLong isName />
        <p class="buttons">
          <button disabled={isBusy}>{t('form.save')}</button>
          <button type="button" class="quiet-button" onClick={close}>{t('form.cancel')}</button>
        </p>
      </Form>
    </section>
  );
}
