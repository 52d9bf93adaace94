// Taking emergency access: for the case of somebody in danger whom nobody who knows them can be asked about first.

import { useRef, useState } from 'preact/hooks';
import { send } from '../../api/send';
import { once } from '../../forms/once';
import type { Keys } from '../../forms/once';
import { create_emergency_access } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { label, t } from '../../i18n';
import { ascii, shownMoment } from '../../i18n/dates';
import { draft, drop, keep } from '../../session/drafts';
import { Wrong, errorAt, errorsOf } from '../../ui/errors';
import { Chips, Form, Text } from '../../ui/fields';

/** Where the person is and what protects them is never opened so. */
const OPENED: readonly S.Compartment[] = ['identity', 'contact', 'health', 'narrative'];
const KIND = 'emergency';

interface Typed {
  readonly code: string;
  readonly compartments: readonly string[];
  readonly reason: string;
  readonly keys: Keys;
}
const EMPTY: Typed = { code: '', compartments: [], reason: '', keys: {} };

export function Take({ isFirst, onTaken }: { readonly isFirst: boolean; readonly onTaken: () => void }) {
  const [typed, setTyped] = useState<Typed>(() => draft<Typed>(KIND) ?? EMPTY);
  const [failure, setFailure] = useState<unknown>(null);
  const [taken, setTaken] = useState<S.EmergencyAccess | null>(null);
  const [isBusy, setBusy] = useState(false);
  const keys = useRef({ ...typed.keys });
  const errors = errorsOf(failure);
  const change = (to: Partial<Typed>) => {
    const now = { ...typed, ...to, keys: keys.current };
    setTyped(now);
    if (now.code || now.reason || now.compartments.length) keep(KIND, now);
    else drop(KIND);
  };
  const take = async () => {
    if (isBusy) return;
    setBusy(true);
    setFailure(null);
    const body: S.CreateEmergencyAccess = { case_code: ascii(typed.code).trim().toUpperCase(), compartments: typed.compartments as readonly S.Compartment[], reason: typed.reason.trim() };
    try {
      const answer = await once(keys.current, body, (key) => {
        keep(KIND, { ...typed, keys: keys.current });
        return send(create_emergency_access, { body, key });
      });
      drop(KIND);
      keys.current = {};
      setTyped(EMPTY);
      setTaken(answer.body);
      onTaken();
    } catch (why) {
      setFailure(why);
    } finally {
      setBusy(false);
    }
  };
  return (
    <details class="panel" open={isFirst || draft<Typed>(KIND) !== undefined}>
      <summary><h2>{t('sharing.take')}</h2></summary>
      <p>{t('sharing.take_says')}</p>
      {taken ? <p role="status"><strong>{t('sharing.taken', { moment: shownMoment(taken.expires_at) })}</strong> <a href={`#/cases/${taken.case_id}`}>{t('sharing.to_case')}</a></p> : null}
      <Form label={t('sharing.take')} onSubmit={() => void take()}>
        <Wrong failure={failure} />
        <Text label={t('cases.code')} name="/case_code" value={typed.code} onInput={(code) => change({ code })} error={errorAt(errors, '/case_code')} hint={t('sharing.code_hint')} max={20} required />
        <Chips label={t('sharing.must_read')} name="/compartments" values={typed.compartments} choices={OPENED.map((value) => ({ value, text: label('compartment', value) }))} onChange={(compartments) => change({ compartments: OPENED.filter((one) => compartments.includes(one)) })} error={errorAt(errors, '/compartments', true)} hint={t('sharing.never_opened')} />
        <Text label={t('sharing.why_emergency')} name="/reason" value={typed.reason} onInput={(reason) => change({ reason })} error={errorAt(errors, '/reason')} hint={t('sharing.why_hint')} max={2000} isLong isName required />
        <p class="buttons"><button disabled={isBusy}>{t('sharing.take_now')}</button></p>
      </Form>
    </details>
  );
}
