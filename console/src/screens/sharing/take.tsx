// Taking emergency access: for the case of somebody in danger whom nobody who knows them can be asked about first.

import { useState } from 'preact/hooks';
import { send } from '../../api/send';
import { Frozen } from '../../forms/frozen';
import { useMaking } from '../../forms/making';
import { create_emergency_access } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { labelled, t } from '../../i18n';
import { ascii, shownMoment } from '../../i18n/dates';
import { isDrafted } from '../../session/drafts';
import { Wrong, errorAt } from '../../ui/errors';
import { Chips, Form, Text } from '../../ui/fields';

/** Where the person is and what protects them is never opened so. */
const OPENED: readonly S.Compartment[] = ['identity', 'contact', 'health', 'narrative'];
const KIND = 'emergency';

interface Typed {
  readonly code: string;
  readonly compartments: readonly string[];
  readonly reason: string;
}
const EMPTY: Typed = { code: '', compartments: [], reason: '' };

export function Take({ isFirst, onTaken }: { readonly isFirst: boolean; readonly onTaken: () => void }) {
  const { typed, change, isSent, isBusy, failure, errors, make, forget } = useMaking<Typed>(KIND, EMPTY);
  const [taken, setTaken] = useState<S.EmergencyAccess | null>(null);
  // What was folded out stays so, also when the form is empty again.
  const [isBegun] = useState(() => isDrafted(KIND));
  const take = async () => {
    const asked: S.CreateEmergencyAccess = { case_code: ascii(typed.code).trim().toUpperCase(), compartments: typed.compartments as readonly S.Compartment[], reason: typed.reason.trim() };
    const answer = await make(asked, (body, key) => send(create_emergency_access, { body, key }));
    if (!answer) return;
    forget();
    setTaken(answer.body);
    onTaken();
  };
  return (
    <details class="panel" open={isFirst || isBegun}>
      <summary><h2>{t('sharing.take')}</h2></summary>
      <p>{t('sharing.take_says')}</p>
      {taken ? <p role="status"><strong>{t('sharing.taken', { moment: shownMoment(taken.expires_at) })}</strong> <a href={`#/cases/${taken.case_id}`}>{t('sharing.to_case')}</a></p> : null}
      <Form label={t('sharing.take')} onSubmit={() => void take()}>
        <Wrong failure={failure} />
        <Frozen isSent={isSent} isBusy={isBusy}>
          <Text label={t('cases.code')} name="/case_code" value={typed.code} onInput={(code) => change({ code })} error={errorAt(errors, '/case_code')} hint={t('sharing.code_hint')} max={20} required />
          <Chips label={t('sharing.must_read')} name="/compartments" values={typed.compartments} choices={labelled('compartment', OPENED)} onChange={(compartments) => change({ compartments: OPENED.filter((one) => compartments.includes(one)) })} error={errorAt(errors, '/compartments', true)} hint={t('sharing.never_opened')} />
          <Text label={t('sharing.why_emergency')} name="/reason" value={typed.reason} onInput={(reason) => change({ reason })} error={errorAt(errors, '/reason')} hint={t('sharing.why_hint')} max={2000} isLong isName required />
        </Frozen>
        <p class="buttons"><button disabled={isBusy}>{t('sharing.take_now')}</button></p>
      </Form>
    </details>
  );
}
