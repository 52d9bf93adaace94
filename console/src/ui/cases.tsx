// Cases in a list: a table where there is room, a card a row on phones.

import type { S } from '../generated/schema';
import { label, t } from '../i18n';
import { country } from '../i18n/countries';
import { shownMoment } from '../i18n/dates';

/** How rows are chosen, where they can be. */
export interface Picking {
  readonly picked: readonly string[];
  /** Whether this one can be chosen. */
  readonly isOpen: (one: S.CaseSummary) => boolean;
  readonly label: string;
  readonly onPick: (ids: readonly string[]) => void;
}

interface Props {
  readonly cases: readonly S.CaseSummary[];
  readonly caption: string;
  readonly extra?: (one: S.CaseSummary) => string;
  readonly picking?: Picking | undefined;
}

export function CaseTable({ cases, caption, extra, picking }: Props) {
  if (!cases.length) return <p role="status">{t('cases.none')}</p>;
  return (
    <table class="cards">
      <caption>{caption}</caption>
      <thead>
        <tr>
          {picking ? <th scope="col" class="pick-name">{picking.label}</th> : null}
          <th scope="col">{t('cases.name')}</th>
          <th scope="col">{t('cases.code')}</th>
          <th scope="col">{t('cases.nationality')}</th>
          <th scope="col">{t('cases.stage')}</th>
          <th scope="col">{t('cases.risk')}</th>
          <th scope="col">{extra ? t('cases.why') : t('cases.changed')}</th>
        </tr>
      </thead>
      <tbody>
        {cases.map((one) => (
          <tr key={one.id}>
            {picking ? <Pick one={one} picking={picking} /> : null}
            <th scope="row" data-label={t('cases.name')}>
              <a href={`#/cases/${one.id}`}>{one.name === undefined ? t('case.not_shared') : <bdi dir="auto">{one.name || t('register.nameless')}</bdi>}</a>
              {one.is_child ? <span class="mark">{t('case.child')}</span> : null}
            </th>
            <td data-label={t('cases.code')}><bdi>{one.code}</bdi></td>
            <td data-label={t('cases.nationality')}>{country(one.nationality_verified ?? one.nationality_claimed)}</td>
            <td data-label={t('cases.stage')}>{one.side_state ? label('side_state', one.side_state) : label('stage', one.stage)}</td>
            <td data-label={t('cases.risk')}>{label('risk', one.risk_level)}</td>
            <td data-label={extra ? t('cases.why') : t('cases.changed')}>{extra ? extra(one) : shownMoment(one.updated_at)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Pick({ one, picking }: { readonly one: S.CaseSummary; readonly picking: Picking }) {
  const isOn = picking.picked.includes(one.id);
  const toggle = () => picking.onPick(isOn ? picking.picked.filter((id) => id !== one.id) : [...picking.picked, one.id]);
  return (
    <td class="pick">
      {picking.isOpen(one) ? <label class="check"><input type="checkbox" aria-label={`${picking.label}: ${one.code}`} checked={isOn} onChange={toggle} /></label> : null}
    </td>
  );
}
