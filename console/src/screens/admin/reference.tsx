// Reference data: compounds, operations, and what a day of overstay costs. Everybody reads them; some write them.

import { useState } from 'preact/hooks';
import { send } from '../../api/send';
import { COMPOUND_STATUSES } from '../../forms/codes';
import { list_compounds, list_fine_rates, list_operations } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { label, labelled, t } from '../../i18n';
import { countries, country } from '../../i18n/countries';
import { shownDay } from '../../i18n/dates';
import type { Opened } from '../../later';
import { place, refine } from '../../router';
import { may } from '../../session/session';
import { Form, Select, Text } from '../../ui/fields';
import { usePages } from '../../ui/pages';
import { Tabs } from '../../ui/tabs';
import { useOperations } from '../reports/choices';
import { Collection } from './collection';
import { Said } from './said';

const TABS = ['compounds', 'operations', 'rates'] as const;
const KINDS: readonly S.OperationKind[] = ['raid', 'inspection', 'rescue', 'mass_release', 'escape', 'deportation_flight', 'border_transfer', 'sweep_of_dispersed_workers', 'evacuation', 'military_operation'];

export function Reference({ rest: [opened] }: Opened) {
  const at = TABS.find((one) => one === opened) ?? 'compounds';
  const Screen = { compounds: Compounds, operations: Operations, rates: Rates }[at];
  return (
    <>
      <h1 tabIndex={-1}>{t('nav.reference')}</h1>
      <Tabs label={t('nav.reference')} at={at} tabs={TABS.map((name) => ({ name, path: `reference/${name}`, text: t(`admin.${name}`) }))} />
      <Screen />
    </>
  );
}

function Compounds() {
  const query = place.value.query;
  const filter = { country: query.get('country') ?? '', status: query.get('status') ?? '' };
  // A name is typed here and stands in no address.
  const [name, setName] = useState('');
  const [sought, setSought] = useState('');
  const compounds = usePages((after) => send(list_compounds, { query: { ...(filter as object), name: sought, limit: 50, after } }).then((answer) => answer.body), [JSON.stringify(filter), sought]);
  const put = (change: Partial<typeof filter>) => refine('reference/compounds', { ...filter, ...change });
  return (
    <Collection path="reference/compounds" resource="compounds" title={t('admin.compounds')} of={compounds} canMake={may('reference:write')} canChange={may('reference:write')} newText={t('admin.new_compound')} below={(one) => <Said key={one.id} of={{ compound_id: one.id }} />}
      filters={(
        <search>
          <Form label={t('admin.filters')} onSubmit={() => setSought(name.trim())}>
            <div class="filters">
              <Text label={t('admin.name_begins')} name="name" value={name} onInput={setName} onLeave={() => setSought(name.trim())} max={100} isName />
              <Select label={t('admin.country')} name="country" value={filter.country} choices={countries()} onChange={(value) => put({ country: value })} none={t('admin.all')} />
              <Select label={t('admin.status')} name="status" value={filter.status} choices={labelled('admin.compound_status', COMPOUND_STATUSES)} onChange={(status) => put({ status })} none={t('admin.all')} />
            </div>
          </Form>
        </search>
      )}
      columns={[
        { name: t('admin.name'), of: (one) => <bdi dir="auto">{one.name}</bdi> },
        { name: t('admin.where'), of: (one) => <bdi dir="auto">{[one.city, one.province, country(one.country)].filter(Boolean).join(', ')}</bdi> },
        { name: t('admin.kind'), of: (one) => label('admin.site_type', one.site_type) },
        { name: t('admin.status'), of: (one) => label('admin.compound_status', one.status) },
        { name: t('admin.on_map'), of: (one) => t(one.latitude === null ? 'form.no' : 'form.yes') },
      ]} />
  );
}

function Operations() {
  const query = place.value.query;
  const filter = { country: query.get('country') ?? '', kind: query.get('kind') ?? '', part_of: query.get('part_of') ?? '' };
  const put = (change: Partial<typeof filter>) => refine('reference/operations', { ...filter, ...change });
  const operations = usePages((after) => send(list_operations, { query: { ...(filter as object), limit: 50, after } }).then((answer) => answer.body), [JSON.stringify(filter)]);
  const all = useOperations();
  return (
    <Collection path="reference/operations" resource="operations" title={t('admin.operations')} of={operations} canMake={may('reference:write')} canChange={may('reference:write')} newText={t('admin.new_operation')} inside="operation" ids={{ OperationId: all }} below={(one) => <Said key={one.id} of={{ operation_id: one.id }} />}
      filters={(
        <search class="filters">
          <Select label={t('admin.country')} name="country" value={filter.country} choices={countries()} onChange={(value) => put({ country: value })} none={t('admin.all')} />
          <Select label={t('admin.kind')} name="kind" value={filter.kind} choices={labelled('admin.operation_kind', KINDS)} onChange={(kind) => put({ kind })} none={t('admin.all')} />
          <Select label={t('admin.part_of')} name="part_of" value={filter.part_of} choices={all} onChange={(part_of) => put({ part_of })} none={t('admin.all')} />
        </search>
      )}
      columns={[
        { name: t('admin.name'), of: (one) => <bdi dir="auto">{one.name}</bdi> },
        { name: t('admin.kind'), of: (one) => label('admin.operation_kind', one.kind) },
        { name: t('admin.where'), of: (one) => <bdi dir="auto">{[...one.localities, country(one.country)].join(', ')}</bdi> },
        { name: t('admin.began'), of: (one) => shownDay(one.started_on) },
        { name: t('admin.part_of'), of: (one) => <bdi dir="auto">{all.find((other) => other.value === one.part_of)?.text ?? '–'}</bdi> },
      ]} />
  );
}

function Rates() {
  const rates = usePages(async () => ({ items: (await send(list_fine_rates)).body.items, next: null }), []);
  return (
    <>
      <p>{t('admin.rates_text')}</p>
      <Collection path="reference/rates" resource="fine-rates" title={t('admin.rates')} of={rates} canMake={may('organisation:manage')} canChange={false} newText={t('admin.new_rate')} columns={[
        { name: t('admin.country'), of: (one) => country(one.country) },
        { name: t('admin.valid_from'), of: (one) => shownDay(one.valid_from) },
        { name: t('admin.daily'), of: (one) => <bdi>{`${one.daily_amount} ${one.currency}`}</bdi> },
        { name: t('admin.ceiling'), of: (one) => <bdi>{one.ceiling ? `${one.ceiling} ${one.currency}` : '–'}</bdi> },
        { name: t('admin.bands'), of: (one) => bands(one) || '–' },
        { name: t('admin.exempt'), of: (one) => (one.exempt_under_age === null ? '–' : t('admin.under', { years: one.exempt_under_age })) },
        { name: t('admin.source'), of: (one) => <bdi dir="auto">{one.source ?? '–'}</bdi> },
      ]} />
    </>
  );
}

const bands = (one: S.FineRate): string => [
  ...one.bands.map((band) => t('admin.band', { from: band.from_day, to: band.to_day ?? '…', amount: band.amount })),
  ...one.steps.map((step) => t('admin.step', { from: step.from_day, amount: step.daily_amount })),
].join('; ');
