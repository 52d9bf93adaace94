// Who sees the case and by what; and, for who may know it, the way to who looked.

import type { S } from '../../generated/schema';
import { label, t } from '../../i18n';
import type { Key } from '../../i18n';
import { country } from '../../i18n/countries';
import { shownMoment } from '../../i18n/dates';
import { may, me } from '../../session/session';
import { isOurs } from '../of-case';
import { nameOf } from '../organisations';
import type { Seen } from './seen';
import { seersOf } from './seers';

const parts = (compartments: readonly string[]): string => (compartments.length === 6 ? t('sharing.everything') : compartments.map((one) => label('compartment', one)).join(', ') || '–');

export function Seers({ seen }: { readonly seen: Seen }) {
  const { file, names } = seen;
  // A referral says what both sides are called, also one that is in no list any more.
  const told = [...seen.referrals, ...seen.transfers].flatMap((one) => [{ id: one.owner_id, name: one.owner_name }, { id: one.other_id, name: one.other_name }]);
  const called = (id: string) => (id === me.value?.organisation_id ? me.value.organisation_name : nameOf(names, id, told.find((one) => one.id === id)?.name ?? t('sharing.unknown_organisation')));
  return (
    <section class="panel" aria-labelledby="who">
      <h2 id="who">{t('sharing.who')}</h2>
      <table class="cards">
        <caption>{isOurs(file) ? t('sharing.who_says', { country: country(file.host_country) }) : t('sharing.who_says_guest')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('sharing.organisation')}</th>
            <th scope="col">{t('sharing.by')}</th>
            <th scope="col">{t('consent.compartments')}</th>
            <th scope="col">{t('consent.until')}</th>
          </tr>
        </thead>
        <tbody>
          {seersOf(seen, Date.now()).map((one) => (
            <tr key={one.id}>
              <th scope="row" data-label={t('sharing.organisation')}><bdi dir="auto">{called(one.organisation)}</bdi></th>
              <td data-label={t('sharing.by')}>{t(`sharing.by.${one.by}` as Key)}</td>
              <td data-label={t('consent.compartments')}>{parts(one.by === 'owner' && isOurs(file) ? one.compartments.filter((part) => !file.redacted.includes(part as S.CompartmentCode)) : one.compartments)}</td>
              <td data-label={t('consent.until')}>{one.until ? shownMoment(one.until) : t('sharing.no_end')}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p><a href={`#/cases/${file.id}/consent`}>{t('consent.title')}</a> · <a href={`#/cases/${file.id}/embassy`}>{t('sharing.to_embassy')}</a></p>
      {may('case:accesses') && isOurs(file) ? <p><a href={`#/cases/${file.id}/accesses`}>{t('sharing.looked')}</a></p> : null}
    </section>
  );
}
