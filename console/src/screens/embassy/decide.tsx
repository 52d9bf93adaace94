// The form: read aloud, which mission, and one of four answers, each as large as the others and with what follows from it.

import { useRef, useState } from 'preact/hooks';
import { NoAnswer, Refused } from '../../api/problem';
import { send } from '../../api/send';
import { once } from '../../forms/once';
import { create_embassy_contact, update_embassy_contact } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { label, t } from '../../i18n';
import { country } from '../../i18n/countries';
import { shownDay, today } from '../../i18n/dates';
import { draft, drop, keep } from '../../session/drafts';
import { Wrong, errorAt, errorsOf } from '../../ui/errors';
import { Flag, Form, Select, Text } from '../../ui/fields';
import { Child, Right } from '../consent/giver';
import { wordingFor } from '../consent/wording';
import { isOpen } from '../of-case';
import { DECISIONS, EMPTY, INITIATORS, asksForChild, bodyOf, letsIn, missing, patchOf } from './decision';
import type { Typed } from './decision';
import { canBeAsked, missionName } from './embassy';
import type { Seen } from './embassy';

const GIVERS: readonly S.ConsentGiver[] = ['parent', 'guardian', 'legal_representative'];
const named = (list: string, codes: readonly string[]) => codes.map((value) => ({ value, text: label(list, value) }));

interface Props {
  readonly seen: Seen;
  readonly onDone: (said: string) => void;
  readonly onStale: () => void;
}

export function Decide({ seen, onDone, onStale }: Props) {
  const { file, contacts } = seen;
  const kind = `embassy ${file.id}`;
  const [typed, setTyped] = useState<Typed>(() => draft<Typed>(kind) ?? EMPTY);
  const [failure, setFailure] = useState<unknown>(null);
  const [isTried, setTried] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const keys = useRef({ ...typed.keys });
  const box = useRef<HTMLElement>(null);
  const before = contacts.find((one) => one.mission_id === typed.mission);
  // Once somebody tried to record it, each field says whether it is still needed.
  const errors = { ...Object.fromEntries((isTried ? missing(typed, before !== undefined) : []).map((pointer) => [pointer, t('violation.required')])), ...errorsOf(failure) };
  const at = (pointer: string) => errorAt(errors, pointer);
  const offered = canBeAsked(seen);
  // A mission that was asked about before stays, whatever nationality the person claims now.
  // On a closed case nobody is asked anew; a no is recorded all the same.
  const missions = [...(isOpen(file) ? offered.map((one) => one.id) : []), ...contacts.map((one) => one.mission_id).filter((id) => !isOpen(file) || !offered.some((one) => one.id === id))];
  const change = (to: Partial<Typed>) => {
    const now = { ...typed, ...to, keys: keys.current };
    setTyped(now);
    keep(kind, now);
  };
  const record = async () => {
    if (isBusy) return;
    setTried(true);
    setFailure(null);
    if (missing(typed, before !== undefined).length) return void setTimeout(() => box.current?.querySelector<HTMLElement>('.wrong input, .wrong select, .wrong button')?.focus());
    setBusy(true);
    try {
      if (before) {
        await send(update_embassy_contact, { path: { id: file.id, contact_id: before.id }, body: patchOf(typed, file.is_child, today()), ifMatch: `"${before.version}"` });
      } else {
        const body = bodyOf(typed, file.is_child);
        await once(keys.current, body, (key) => {
          keep(kind, { ...typed, keys: keys.current });
          return send(create_embassy_contact, { path: { id: file.id }, body, key });
        });
      }
      drop(kind);
      keys.current = {};
      setTyped(EMPTY);
      setTried(false);
      onDone(t('embassy.recorded', { mission: missionName(seen, typed.mission), decision: typed.decision ? label('embassy.decision', typed.decision) : t('embassy.read') }));
    } catch (why) {
      setFailure(why);
      // What the person decided stays chosen; what stands there now is read anew beside it.
      if (why instanceof NoAnswer || (why instanceof Refused && [404, 409, 412].includes(why.status))) onStale();
    } finally {
      setBusy(false);
    }
  };
  const wording = wordingFor('en');
  const mayLetIn = isOpen(file);
  return (
    <section class="panel" ref={box} aria-labelledby="decide">
      <h2 id="decide">{t('embassy.ask')}</h2>
      <Wrong failure={failure} />
      <Form label={t('embassy.ask')} onSubmit={() => void record()}>
        <blockquote lang={wording.language} class="spoken">{wording.rights.sentences.map((one) => <p key={one}>{one}</p>)}</blockquote>
        <p class="quiet">{t('embassy.aloud')}</p>
        <Flag label={t('embassy.read')} name="/informed_of_rights_on" value={typed.isRead} onChange={(isRead) => change({ isRead, readOn: isRead ? typed.readOn || today() : '' })} error={at('/informed_of_rights_on')} />
        {typed.isRead ? <Text label={t('embassy.read_on')} name="/informed_of_rights_on" value={typed.readOn} onInput={(readOn) => change({ readOn })} hint={shownDay(typed.readOn)} max={20} /> : null}
        <fieldset class={at('/mission_id') ? 'wrong' : undefined} data-pointer="/mission_id">
          <legend>{t('embassy.which')}</legend>
          {missions.map((id) => {
            const one = seen.missions.find((mission) => mission.id === id);
            return (
              <label key={id} class="check">
                <input type="radio" name="/mission_id" checked={typed.mission === id} onChange={() => change({ mission: id })} />
                <span><bdi dir="auto">{missionName(seen, id)}</bdi>{one ? ` · ${country(one.sending_state)}${one.resident ? '' : ` · ${t('embassy.not_resident')}`}` : ''}</span>
              </label>
            );
          })}
          {at('/mission_id') ? <p class="error">{at('/mission_id')}</p> : null}
        </fieldset>
        {before ? <p role="status">{t('embassy.before', { decision: label('embassy.decision', before.person_decision), day: shownDay(before.decided_on) })}</p> : null}
        <fieldset class={at('/person_decision') ? 'wrong' : undefined} data-pointer="/person_decision">
          <legend>{t('embassy.answer')}</legend>
          <div class="choices">
            {DECISIONS.map((one) => (
              <button key={one} type="button" class={typed.decision === one ? undefined : 'quiet-button'} aria-pressed={typed.decision === one} disabled={!mayLetIn && letsIn(one)} onClick={() => change({ decision: one })}>
                {label('embassy.decision', one)}
                <small>{label('embassy.follows', one)}</small>
              </button>
            ))}
          </div>
          {at('/person_decision') ? <p class="error">{at('/person_decision')}</p> : null}
        </fieldset>
        {before ? null : <Select label={t('embassy.initiator')} name="/initiated_by" value={typed.initiator} choices={named('embassy.initiator', INITIATORS)} onChange={(initiator) => change({ initiator })} error={at('/initiated_by')} required />}
        {asksForChild(typed, file.is_child) ? (
          <fieldset data-pointer="/child_decision">
            <legend>{t('embassy.child')}</legend>
            {at('/child_decision') ? <p class="error">{at('/child_decision')}</p> : null}
            <Select label={t('consent.giver')} name="/child_decision/given_by" value={typed.giver} choices={named('consent.given_by', GIVERS)} onChange={(giver) => change({ giver })} error={at('/child_decision/given_by')} required />
            <Right at="/child_decision/guardianship" right={typed.right} errors={errors} onChange={(right) => change({ right })} />
            <Child at="/child_decision/assent" child={typed.child} errors={errors} onChange={(child) => change({ child })} />
          </fieldset>
        ) : null}
        <p class="buttons"><button disabled={isBusy}>{t('embassy.record')}</button></p>
      </Form>
    </section>
  );
}
