// A referral, a transfer or a request for a case: what there is to see before it is accepted, and the steps that our side may take.

import { useState } from 'preact/hooks';
import { Refused, isOvertaken } from '../../api/problem';
import { send } from '../../api/send';
import { advance_referral, advance_transfer } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { label, t } from '../../i18n';
import type { Key } from '../../i18n';
import { country } from '../../i18n/countries';
import { shownMoment } from '../../i18n/dates';
import { may } from '../../session/session';
import { errorAt, errorsOf } from '../../ui/errors';
import { Text } from '../../ui/fields';
import { Sure } from '../../ui/sure';
import { useWork } from '../../ui/work';
import { WrongOrConsent } from './wrong-or-consent';

interface Props {
  readonly one: S.Referral;
  /** Whether it stands on the page of its case: then there is no way to it, and nothing of the person is said again. */
  readonly isOnCase?: boolean;
  readonly onChanged: (after: S.Referral) => void;
  /** Somebody was faster, or it is not there any more: what is shown is read anew, and why is said above it. */
  readonly onStale: (why: Refused) => void;
}

const parts = (compartments: readonly string[]): string => compartments.map((one) => label('compartment', one)).join(', ') || '–';

export function Handing({ one, isOnCase = false, onChanged, onStale }: Props) {
  const what = one.service ? `${label('sharing.kind_of_handing', one.kind)}: ${label('sharing.service', one.service)}` : label('sharing.kind_of_handing', one.kind);
  // A request goes from the other side to the owner.
  const [from, to] = one.kind === 'transfer_request' ? [one.other_name, one.owner_name] : [one.owner_name, one.other_name];
  return (
    <li class="handing">
      <h3>{what} <span class="mark">{label('sharing.urgency', one.urgency)}</span> <span class="mark">{label('sharing.status', one.status)}</span></h3>
      <p>{t('sharing.from_to', { from, to })}</p>
      {one.preview && !isOnCase ? <p><bdi class="code">{one.preview.code}</bdi> · {label('sharing.age', one.preview.age_band)} · {label('gender', one.preview.gender)} · {country(one.preview.host_country)} · {t('cases.risk')}: {label('risk', one.preview.risk_level)} · {label('sharing.road', one.preview.status)}</p> : null}
      <p>{t('sharing.opens', { parts: parts(one.compartments) })}</p>
      <p class="quiet">
        {one.status === 'in_progress' ? t('sharing.answer_by', { moment: shownMoment(one.answer_by) }) : t('sharing.made', { moment: shownMoment(one.answered_at ?? one.created_at) })}
        {one.expires_at ? ` · ${t('sharing.ends', { moment: shownMoment(one.expires_at) })}` : ''}
      </p>
      {(['note', 'reason', 'feedback'] as const).map((name) => (one.words?.[name] ? <p key={name}>{t(`sharing.${name}` as Key)}: <bdi dir="auto">{one.words[name]}</bdi></p> : null))}
      {one.case_id && !isOnCase ? <p><a href={`#/cases/${one.case_id}`}>{t('sharing.to_case')}</a></p> : null}
      {may('sharing:write') && one.next.length ? <Next one={one} what={what} onChanged={onChanged} onStale={onStale} /> : null}
    </li>
  );
}

/** What is said with a step: why it is refused or ended, or what came of it. */
const SAID: Readonly<Record<string, 'reason' | 'feedback'>> = { rejected: 'reason', revoked: 'reason', done: 'feedback' };

function Next({ one, what, onChanged, onStale }: Omit<Props, 'isOnCase'> & { readonly what: string }) {
  const [words, setWords] = useState('');
  const { isBusy, failure, setFailure, work } = useWork();
  const errors = errorsOf(failure);
  const step = async (to: S.ReferralStatus) => {
    const text = words.trim();
    const body: S.ReferralStep = { to, ...(SAID[to] && text ? { [SAID[to]]: text } : {}) };
    const request = { path: { id: one.id }, body, ifMatch: `"${one.version}"` };
    await work(async () => {
      const answer = await (one.kind === 'referral' ? send(advance_referral, request) : send(advance_transfer, request));
      setWords('');
      onChanged(answer.body);
    }, (why) => {
      if (!(why instanceof Refused && isOvertaken(why))) return;
      setFailure(null);
      onStale(why);
    });
  };
  // Accepting comes first, and is as large as refusing.
  const order: readonly string[] = ['in_progress', 'accepted', 'rejected', 'done', 'revoked'];
  const steps = [...one.next].sort((first, second) => order.indexOf(first) - order.indexOf(second)) as S.ReferralStatus[];
  const name = (to: string) => t(`sharing.step.${to}` as Key);
  return (
    <>
      <WrongOrConsent failure={failure} id={one.case_id ?? ''} organisation={one.other_id} compartments={one.compartments} />
      <div class="buttons">
        {steps.map((to) => (
          <Sure key={to} label={name(to)} about={what} question={t(`sharing.sure.${one.kind === 'referral' || to !== 'accepted' ? to : one.kind}` as Key)} yes={name(to)} no={t('form.cancel')} isBusy={isBusy} onYes={() => void step(to)}>
            {SAID[to] ? <Text label={t(`sharing.${SAID[to]}` as Key)} name={`/${SAID[to]}`} value={words} onInput={setWords} error={errorAt(errors, `/${SAID[to]}`)} max={2000} isLong isName required={SAID[to] === 'reason'} /> : null}
          </Sure>
        ))}
      </div>
    </>
  );
}
