// Whom a mission covers, and where. A line that is taken away shows no case to it any more, except those it sees already.

import { useRef, useState } from 'preact/hooks';
import { mayPass } from '../../api/problem';
import { newKey, send } from '../../api/send';
import { create_coverage, delete_coverage } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { label, t } from '../../i18n';
import { countries, country } from '../../i18n/countries';
import { partialDate, shownDay } from '../../i18n/dates';
import { Wrong, errorAt, errorsOf } from '../../ui/errors';
import { Form, Select, Text } from '../../ui/fields';
import { Grid } from '../../ui/grid';

const BASES: readonly S.CoverageBasis[] = ['resident', 'non_resident_accreditation', 'representative_office', 'protecting_power'];

export function CoverageLines({ mission, onChanged }: { readonly mission: S.Mission; readonly onChanged: () => void }) {
  const [typed, setTyped] = useState({ nationality: '', host_country: '', basis: '', from: '', to: '' });
  const [failure, setFailure] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const sent = useRef<{ readonly body: string; readonly key: string } | null>(null);
  const errors = errorsOf(failure);
  const work = async (what: () => Promise<unknown>) => {
    if (isBusy) return;
    setBusy(true);
    setFailure(null);
    try {
      await what();
      onChanged();
    } catch (why) {
      if (!mayPass(why)) sent.current = null;
      setFailure(why);
      setBusy(false);
    }
  };
  const day = (text: string) => (text.trim() ? (partialDate(text) ?? text.trim()) : undefined);
  const add = () => work(() => {
    const { nationality, host_country, basis } = typed;
    const body = { nationality, host_country, basis, valid_from: day(typed.from), valid_to: day(typed.to) } as S.CreateCoverage;
    const written = JSON.stringify(body);
    if (sent.current?.body !== written) sent.current = { body: written, key: newKey() };
    return send(create_coverage, { path: { id: mission.id }, body, key: sent.current.key });
  });
  const remove = (one: S.Coverage) => {
    if (confirm(t('coverage.sure', { nationality: country(one.nationality), country: country(one.host_country) }))) void work(() => send(delete_coverage, { path: { id: mission.id, coverage_id: one.id } }));
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
        { name: t('admin.act'), of: (one) => <button type="button" class="small" disabled={isBusy} onClick={() => remove(one)}>{t('form.remove')}</button> },
      ]} />
      <h3>{t('coverage.add')}</h3>
      <Form label={t('coverage.add')} onSubmit={() => void add()}>
        <Wrong failure={failure} />
        <div class="grid">
          <Select label={t('admin.nationality')} name="/nationality" value={typed.nationality} choices={countries()} onChange={(nationality) => setTyped({ ...typed, nationality })} error={errorAt(errors, '/nationality')} required />
          <Select label={t('admin.host_country')} name="/host_country" value={typed.host_country} choices={countries()} onChange={(host_country) => setTyped({ ...typed, host_country })} error={errorAt(errors, '/host_country')} required />
          <Select label={t('coverage.basis')} name="/basis" value={typed.basis} choices={BASES.map((value) => ({ value, text: label('coverage.basis', value) }))} onChange={(basis) => setTyped({ ...typed, basis })} error={errorAt(errors, '/basis')} required />
          <Text label={t('coverage.from')} name="/valid_from" value={typed.from} onInput={(from) => setTyped({ ...typed, from })} error={errorAt(errors, '/valid_from')} hint={t('form.day_hint')} max={20} />
          <Text label={t('coverage.to')} name="/valid_to" value={typed.to} onInput={(to) => setTyped({ ...typed, to })} error={errorAt(errors, '/valid_to')} hint={t('form.day_hint')} max={20} />
        </div>
        <p class="buttons"><button disabled={isBusy}>{t('coverage.add')}</button></p>
      </Form>
    </section>
  );
}
