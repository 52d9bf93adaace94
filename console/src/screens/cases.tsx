// The cases that one may see, fifty at a time, with every filter in sight and in the address.

import { useEffect, useState } from 'preact/hooks';
import { send } from '../api/send';
import { list_cases } from '../generated/operations';
import type { S } from '../generated/schema';
import { label, t } from '../i18n';
import { countries } from '../i18n/countries';
import { place, refine } from '../router';
import { CaseTable } from '../ui/cases';
import { Form, Select, Text } from '../ui/fields';
import { Shown, useLoaded } from '../ui/load';

const FILTERS = ['stage', 'status', 'risk_level', 'nationality', 'code'] as const;
type Filter = (typeof FILTERS)[number];
const STAGES: readonly S.StageCode[] = ['registered', 'screened', 'mission_contacted', 'nationality_verified', 'clearing', 'departure_scheduled', 'departed', 'arrived', 'reintegration', 'completed'];
const STATUSES: readonly S.CaseStatusCode[] = ['active', 'follow_up', 'closed', 'closed_referred'];
const RISKS: readonly S.RiskLevelCode[] = ['low', 'medium', 'high', 'imminent'];

const named = (list: string, codes: readonly string[]) => codes.map((value) => ({ value, text: label(list, value) }));

export function Cases() {
  const query = place.value.query;
  const filter = Object.fromEntries(FILTERS.map((name) => [name, query.get(name) ?? ''])) as Record<Filter, string>;
  const put = (name: Filter, value: string) => refine('cases', { ...filter, [name]: value });
  const [code, setCode] = useState(filter.code);
  const [more, setMore] = useState<readonly S.CaseSummary[]>([]);
  const [next, setNext] = useState<string | null>(null);
  const asked = JSON.stringify(filter);
  const page = useLoaded(async () => (await send(list_cases, { query: { ...(filter as object), limit: 50 } })).body, [asked]);
  useEffect(() => {
    setMore([]);
    setNext(page.value?.next ?? null);
  }, [page.value]);
  const further = async () => {
    const answer = await send(list_cases, { query: { ...(filter as object), limit: 50, after: next ?? '' } });
    setMore([...more, ...answer.body.items]);
    setNext(answer.body.next);
  };
  return (
    <>
      <h1 tabIndex={-1}>{t('nav.cases')}</h1>
      <search>
        <Form label={t('cases.filters')} onSubmit={() => put('code', code)}>
          <div class="filters">
            <Select label={t('cases.stage')} name="stage" value={filter.stage} choices={named('stage', STAGES)} onChange={(value) => put('stage', value)} none={t('cases.all')} />
            <Select label={t('cases.status')} name="status" value={filter.status} choices={named('status', STATUSES)} onChange={(value) => put('status', value)} none={t('cases.all')} />
            <Select label={t('cases.risk')} name="risk_level" value={filter.risk_level} choices={named('risk', RISKS)} onChange={(value) => put('risk_level', value)} none={t('cases.all')} />
            <Select label={t('cases.nationality')} name="nationality" value={filter.nationality} choices={countries()} onChange={(value) => put('nationality', value)} none={t('cases.all')} />
            <Text label={t('cases.code')} name="code" value={code} onInput={setCode} onLeave={() => put('code', code)} max={40} />
          </div>
        </Form>
      </search>
      <Shown of={page}>
        {(first) => (
          <>
            <CaseTable cases={[...first.items, ...more]} caption={t('cases.shown', { count: first.items.length + more.length })} />
            {next ? <button type="button" onClick={() => further().catch(page.again)}>{t('cases.more')}</button> : null}
          </>
        )}
      </Shown>
    </>
  );
}
