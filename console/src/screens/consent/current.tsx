// What the person agrees to now, purpose by purpose, with the way to take it back; and every answer so far.

import { send } from '../../api/send';
import { withdraw_consent } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { label, t } from '../../i18n';
import { country } from '../../i18n/countries';
import { shownDay, shownMoment } from '../../i18n/dates';
import { languageName } from '../../i18n/languages';
import { Wrong } from '../../ui/errors';
import type { Known } from '../../ui/organisations';
import { Sure } from '../../ui/sure';
import { useWork } from '../../ui/work';
import { nameOf } from '../organisations';
import { askPath, want } from './wanted';

type Names = readonly Known[];

/** Whom a consent is about, in words. */
export function recipientOf(one: S.Consent, names: Names): string {
  switch (one.recipient) {
    case 'organisation': return nameOf(names, one.recipient_organisation_id, t('sharing.unknown_organisation'));
    case 'organisation_kind': return t('consent.every_kind', { kind: label('sharing.kind', one.recipient_organisation_kind) });
    case 'missions_of': return t('consent.every_mission', { country: country(one.recipient_missions_of) });
    default: return label('consent.recipient', one.recipient);
  }
}

export const partsOf = (compartments: readonly string[]): string => (compartments.length ? compartments.map((one) => label('compartment', one)).join(', ') : t('consent.opens_nothing'));

interface CurrentProps {
  readonly file: S.CaseFile;
  readonly current: readonly S.CurrentConsent[];
  readonly organisations: Names;
  readonly canAsk: boolean;
  readonly canWithdraw: boolean;
  readonly onChanged: (said: string) => void;
}

export function Current({ file, current, organisations, canAsk, canWithdraw, onChanged }: CurrentProps) {
  const asked = current.filter((one) => one.status !== 'not_asked');
  const others = current.filter((one) => one.status === 'not_asked');
  const ask = (purpose: string) => ({ href: `#/${askPath(file.id)}`, onClick: () => want({ caseId: file.id, purpose }) });
  return (
    <section class="panel" aria-labelledby="now">
      <h2 id="now">{t('consent.now')}</h2>
      {asked.length ? null : <p class="quiet">{t('consent.nothing_asked')}</p>}
      {asked.map((one) => (
        <section key={one.purpose}>
          <h3>{label('consent.purpose', one.purpose)}: {label('consent.status', one.status)}</h3>
          {one.holding.length ? <ul class="checklist">{one.holding.map((consent) => <Holding key={consent.id} file={file} consent={consent} names={organisations} canWithdraw={canWithdraw} onChanged={onChanged} />)}</ul> : null}
          {canAsk ? <p><a {...ask(one.purpose)}>{t('consent.ask_anew')}<span class="unseen">: {label('consent.purpose', one.purpose)}</span></a></p> : null}
        </section>
      ))}
      {others.length ? (
        <details>
          <summary>{t('consent.not_asked', { count: others.length })}</summary>
          <ul>
            {others.map((one) => <li key={one.purpose}>{canAsk ? <a {...ask(one.purpose)}>{label('consent.purpose', one.purpose)}</a> : label('consent.purpose', one.purpose)}</li>)}
          </ul>
        </details>
      ) : null}
    </section>
  );
}

interface HoldingProps {
  readonly file: S.CaseFile;
  readonly consent: S.Consent;
  readonly names: Names;
  readonly canWithdraw: boolean;
  readonly onChanged: (said: string) => void;
}

/** One that holds; it is taken back with two keys, and the second says what ends. */
function Holding({ file, consent, names, canWithdraw, onChanged }: HoldingProps) {
  const { isBusy, failure, work } = useWork();
  // To withdraw twice is once: whoever is not sure that it was done does it again.
  const withdraw = () =>
    work(async () => {
      await send(withdraw_consent, { path: { id: file.id, consent_id: consent.id } });
      onChanged(t('consent.withdrawn'));
    });
  return (
    <li>
      <span>
        <bdi dir="auto">{recipientOf(consent, names)}</bdi> · {partsOf(consent.compartments)} · {t('consent.since', { day: shownDay(consent.given_on) })}
        {consent.expires_at ? ` · ${t('consent.ends', { moment: shownMoment(consent.expires_at) })}` : ''}
        {consent.answer === 'overridden' ? ` · ${t('consent.overridden')}` : ''}
      </span>
      {canWithdraw ? <Sure label={t('consent.withdraw')} about={label('consent.purpose', consent.purpose)} question={t('consent.withdraw_sure')} yes={t('consent.withdraw_now')} no={t('consent.keep')} isBusy={isBusy} onYes={() => void withdraw()} /> : null}
      <Wrong failure={failure} />
    </li>
  );
}

export function Answers({ all, organisations }: { readonly all: readonly S.Consent[]; readonly organisations: Names }) {
  if (!all.length) return null;
  return (
    <details class="panel">
      <summary>{t('consent.answers', { count: all.length })}</summary>
      <table class="cards">
        <caption>{t('consent.answers_caption')}</caption>
        <thead>
          <tr>
            {(['consent.given_on', 'consent.purpose', 'consent.recipient', 'consent.compartments', 'consent.answer', 'consent.how'] as const).map((key) => <th key={key} scope="col">{t(key)}</th>)}
          </tr>
        </thead>
        <tbody>
          {[...all].reverse().map((one) => (
            <tr key={one.id}>
              <th scope="row" data-label={t('consent.given_on')}>{shownDay(one.given_on)}</th>
              <td data-label={t('consent.purpose')}>{label('consent.purpose', one.purpose)}</td>
              <td data-label={t('consent.recipient')}><bdi dir="auto">{recipientOf(one, organisations)}</bdi></td>
              <td data-label={t('consent.compartments')}>{partsOf(one.compartments)}</td>
              <td data-label={t('consent.answer')}>{label('consent.answer', one.answer)}{one.status === one.answer ? '' : ` – ${label('consent.status', one.status)}`}{one.withdrawn_at ? `, ${shownMoment(one.withdrawn_at)}` : ''}</td>
              <td data-label={t('consent.how')}>{one.given ? how(one.given) : t('case.not_shared')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

/** How it was given: by whom, in which language, through whom, and where that can be seen. */
function how(given: S.ConsentGiven): string {
  const parts = [label('consent.given_by', given.given_by), given.language ? languageName(given.language) : '', given.interpreter ? t('consent.through', { name: given.interpreter }) : '', given.wording ? t('consent.text_read', { version: given.wording.version, language: languageName(given.wording.language) }) : '', given.evidence ?? ''];
  return parts.filter(Boolean).join(' · ');
}
