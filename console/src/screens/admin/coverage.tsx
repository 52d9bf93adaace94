// Whom a mission covers, and where. A line that is taken away shows no case to it any more, except those it sees already.

import { send } from '../../api/send';
import { Frozen } from '../../forms/frozen';
import { useMaking } from '../../forms/making';
import { create_coverage, delete_coverage } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { label, labelled, t } from '../../i18n';
import { countries, country } from '../../i18n/countries';
import { asDay, shownDay } from '../../i18n/dates';
import { Wrong, errorAt } from '../../ui/errors';
import { Form, Select, Text } from '../../ui/fields';
import { Grid } from '../../ui/grid';
import { useWork } from '../../ui/work';

const BASES: readonly S.CoverageBasis[] = ['resident', 'non_resident_accreditation', 'representative_office', 'protecting_power'];

const EMPTY = { nationality: '', host_country: '', basis: '', from: '', to: '' };

export function CoverageLines({ mission, onChanged }: { readonly mission: S.Mission; readonly onChanged: () => void }) {
  const { typed, change, isSent, isBusy, failure, errors, make, forget } = useMaking(null, EMPTY);
  const removing = useWork();
  const add = async () => {
    const { nationality, host_country, basis } = typed;
    const asked = { nationality, host_country, basis, valid_from: asDay(typed.from), valid_to: asDay(typed.to) } as S.CreateCoverage;
    if (!(await make(asked, (body, key) => send(create_coverage, { path: { id: mission.id }, body, key })))) return;
    forget();
    onChanged();
  };
  const remove = (one: S.Coverage) => {
    if (!confirm(t('coverage.sure', { nationality: country(one.nationality), country: country(one.host_country) }))) return;
    void removing.work(async () => {
      await send(delete_coverage, { path: { id: mission.id, coverage_id: one.id } });
      onChanged();
    });
  };
  return (
    <section class="panel" aria-label={t('coverage.title', { mission: mission.name })}>
      <h2>{t('coverage.title', { mission: mission.name })}</h2>
      <Grid caption={t('admin.covers')} rows={mission.coverage} keyOf={(one) => one.id} none={t('coverage.none')} columns={[
        { name: t('admin.nationality'), of: (one) => country(one.nationality) },
        { name: t('admin.host_country'), of: (one) => country(one.host_country) },
        { name: t('coverage.basis'), of: (one) => label('coverage.basis', one.basis) },
        { name: t('coverage.from'), of: (one) => shownDay(one.valid_from) },
        { name: t('coverage.to'), of: (one) => shownDay(one.valid_to) },
        { name: t('admin.act'), of: (one) => <button type="button" class="small" disabled={removing.isBusy} onClick={() => remove(one)}>{t('form.remove')}</button> },
      ]} />
      <h3>{t('coverage.add')}</h3>
      <Form label={t('coverage.add')} onSubmit={() => void add()}>
        <Wrong failure={failure ?? removing.failure} />
        <Frozen isSent={isSent} isBusy={isBusy}>
          <div class="grid">
            <Select label={t('admin.nationality')} name="/nationality" value={typed.nationality} choices={countries()} onChange={(nationality) => change({ nationality })} error={errorAt(errors, '/nationality')} required />
            <Select label={t('admin.host_country')} name="/host_country" value={typed.host_country} choices={countries()} onChange={(host_country) => change({ host_country })} error={errorAt(errors, '/host_country')} required />
            <Select label={t('coverage.basis')} name="/basis" value={typed.basis} choices={labelled('coverage.basis', BASES)} onChange={(basis) => change({ basis })} error={errorAt(errors, '/basis')} required />
            <Text label={t('coverage.from')} name="/valid_from" value={typed.from} onInput={(from) => change({ from })} error={errorAt(errors, '/valid_from')} hint={t('form.day_hint')} max={20} />
            <Text label={t('coverage.to')} name="/valid_to" value={typed.to} onInput={(to) => change({ to })} error={errorAt(errors, '/valid_to')} hint={t('form.day_hint')} max={20} />
          </div>
        </Frozen>
        <p class="buttons"><button disabled={isBusy}>{t('coverage.add')}</button></p>
      </Form>
    </section>
  );
}
