// The cases that one may see, fifty at a time, with every filter in sight and in the address.

import { useEffect, useState } from 'preact/hooks';
import { send } from '../api/send';
import { CASE_STATUSES, RISKS, STAGES } from '../forms/codes';
import { list_cases } from '../generated/operations';
import type { S } from '../generated/schema';
import { labelled, t } from '../i18n';
import { countries } from '../i18n/countries';
import { place, refine } from '../router';
import { may, me } from '../session/session';
import { CaseTable } from '../ui/cases';
import type { Picking } from '../ui/cases';
import { Form, Select, Text } from '../ui/fields';
import { More, usePages } from '../ui/pages';
import { AssignMany } from './assign/assign-many';

const FILTERS = ['stage', 'status', 'risk_level', 'nationality', 'code'] as const;
type Filter = (typeof FILTERS)[number];

/** What can be given to a colleague: the open cases of one's own organisation. */
const isOpen = (one: S.CaseSummary): boolean => one.owner_id === me.value?.organisation_id && (one.status === 'active' || one.status === 'follow_up');

export function Cases() {
  const query = place.value.query;
  const filter = Object.fromEntries(FILTERS.map((name) => [name, query.get(name) ?? ''])) as Record<Filter, string>;
  const put = (name: Filter, value: string) => refine('cases', { ...filter, [name]: value });
  const [code, setCode] = useState(filter.code);
  const asked = JSON.stringify(filter);
  const page = usePages(async (after) => (await send(list_cases, { query: { ...(filter as object), limit: 50, ...(after ? { after } : {}) } })).body, [asked]);
  const shown = [...(page.first.value?.items ?? []), ...page.further];
  const [picked, setPicked] = useState<readonly string[]>([]);
  // What another filter shows was not chosen.
  useEffect(() => setPicked([]), [asked]);
  const canAssign = may('case:assign');
  const picking: Picking | undefined = canAssign ? { picked, isOpen, label: t('assign.pick'), onPick: setPicked } : undefined;
  const done = (failed: readonly string[]) => {
    setPicked(failed);
    page.again();
  };
  return (
    <>
      <h1 tabIndex={-1}>{t('nav.cases')}</h1>
      <search>
        <Form label={t('cases.filters')} onSubmit={() => put('code', code)}>
          <div class="filters">
            <Select label={t('cases.stage')} name="stage" value={filter.stage} choices={labelled('stage', STAGES)} onChange={(value) => put('stage', value)} none={t('cases.all')} />
            <Select label={t('cases.status')} name="status" value={filter.status} choices={labelled('status', CASE_STATUSES)} onChange={(value) => put('status', value)} none={t('cases.all')} />
            <Select label={t('cases.risk')} name="risk_level" value={filter.risk_level} choices={labelled('risk', RISKS)} onChange={(value) => put('risk_level', value)} none={t('cases.all')} />
            <Select label={t('cases.nationality')} name="nationality" value={filter.nationality} choices={countries()} onChange={(value) => put('nationality', value)} none={t('cases.all')} />
            <Text label={t('cases.code')} name="code" value={code} onInput={setCode} onLeave={() => put('code', code)} max={40} />
          </div>
        </Form>
      </search>
      {canAssign ? <AssignMany picked={shown.filter((one) => picked.includes(one.id))} onDone={done} open={shown.filter(isOpen).length} onAll={() => setPicked(shown.filter(isOpen).map((one) => one.id))} onClear={() => setPicked([])} /> : null}
      <More of={page}>{(items) => <CaseTable cases={items} caption={t('cases.shown', { count: items.length })} picking={picking} />}</More>
    </>
  );
}
