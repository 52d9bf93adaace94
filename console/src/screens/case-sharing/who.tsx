// Who sees the case and by what; and, for who may know it, who looked.

import { useState } from 'preact/hooks';
import { send } from '../../api/send';
import { list_case_accesses, list_colleagues } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { label, spelled, t } from '../../i18n';
import type { Key } from '../../i18n';
import { country } from '../../i18n/countries';
import { shownMoment } from '../../i18n/dates';
import { may, me } from '../../session/session';
import { Shown, useLoaded } from '../../ui/load';
import { isOurs } from '../of-case';
import { nameOf } from '../organisations';
import type { Seen } from './case-sharing';
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
      {may('case:accesses') && isOurs(file) ? <Looked id={file.id} called={called} /> : null}
    </section>
  );
}

/** Who looked: read when it is opened, for that is recorded too. */
function Looked({ id, called }: { readonly id: string; readonly called: (organisation: string) => string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t('sharing.looked')}</summary>
      {isOpen ? <Accesses id={id} called={called} /> : null}
    </details>
  );
}

function Accesses({ id, called }: { readonly id: string; readonly called: (organisation: string) => string }) {
  const list = useLoaded(async () => {
    const [page, colleagues] = await Promise.all([send(list_case_accesses, { path: { id }, query: { limit: 50 } }), send(list_colleagues, { query: { limit: 200 } })]);
    return { ...page.body, colleagues: colleagues.body.items };
  }, [id]);
  const [more, setMore] = useState<unknown>(null);
  const further = (page: S.CaseAccessPage & { readonly colleagues: readonly S.Colleague[] }) => {
    setMore(null);
    send(list_case_accesses, { path: { id }, query: { limit: 50, after: page.next ?? '' } }).then(({ body }) => list.put({ ...page, items: [...page.items, ...body.items], next: body.next }), setMore);
  };
  return (
    <Shown of={list}>
      {(page) => (
        <>
          <table class="cards">
            <caption>{t('sharing.looked_says')}</caption>
            <thead>
              <tr>
                <th scope="col">{t('sharing.when')}</th>
                <th scope="col">{t('sharing.organisation')}</th>
                <th scope="col">{t('sharing.did')}</th>
                <th scope="col">{t('sharing.opened')}</th>
              </tr>
            </thead>
            <tbody>
              {page.items.map((one, index) => (
                <tr key={`${one.at} ${index}`}>
                  <th scope="row" data-label={t('sharing.when')}>{shownMoment(one.at)}</th>
                  <td data-label={t('sharing.organisation')}><bdi dir="auto">{[page.colleagues.find((colleague) => colleague.id === one.user_id)?.display_name, called(one.organisation_id)].filter(Boolean).join(', ')}</bdi>{one.is_emergency ? <span class="mark">{t('sharing.by.emergency')}</span> : null}</td>
                  <td data-label={t('sharing.did')}>{spelled(one.operation)}</td>
                  <td data-label={t('sharing.opened')}>{parts(one.compartments)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {more ? <p role="alert">{t('problem.no_answer')}</p> : null}
          {page.next ? <button type="button" onClick={() => further(page)}>{t('cases.more')}</button> : null}
        </>
      )}
    </Shown>
  );
}
