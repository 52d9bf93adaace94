// The form: read aloud, which mission, and one of four answers, each as large as the others and with what follows from it.

import { useRef, useState } from 'preact/hooks';
import { isOvertaken } from '../../api/problem';
import { send } from '../../api/send';
import { Frozen } from '../../forms/frozen';
import { isSent, once } from '../../forms/once';
import { create_embassy_contact, update_embassy_contact } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { label, labelled, t } from '../../i18n';
import { country } from '../../i18n/countries';
import { shownDay, today } from '../../i18n/dates';
import { draft, drop, keep } from '../../session/drafts';
import { Wrong, errorAt, errorsOf } from '../../ui/errors';
import { Flag, Form, Select, Text } from '../../ui/fields';
import { useWork } from '../../ui/work';
import { Child, Right } from '../consent/giver';
import { wordingFor } from '../consent/wording';
import { isOpen } from '../of-case';
import { DECISIONS, EMPTY, INITIATORS, asksForChild, bodyOf, letsIn, missing, patchOf } from './decision';
import type { Typed } from './decision';
import { canBeAsked, missionName } from './seen';
import type { Seen } from './seen';

const GIVERS: readonly S.ConsentGiver[] = ['parent', 'guardian', 'legal_representative'];
interface Props {
  readonly seen: Seen;
  readonly onDone: (said: string) => void;
  readonly onStale: () => void;
}

export function Decide({ seen, onDone, onStale }: Props) {
  const { file, contacts } = seen;
  const kind = `embassy ${file.id}`;
  const [typed, setTyped] = useState<Typed>(() => draft<Typed>(kind) ?? EMPTY);
  const [isTried, setTried] = useState(false);
  const { isBusy, failure, setFailure, work } = useWork();
  const keys = useRef({ ...typed.keys });
  const isFrozen = isSent(keys.current);
  const box = useRef<HTMLElement>(null);
  const before = contacts.find((one) => one.mission_id === typed.mission);
  // Once somebody tried to record it, each field says whether it is still needed.
  const errors = { ...Object.fromEntries((isTried ? missing(typed, before !== undefined) : []).map((pointer) => [pointer, t('violation.required')])), ...errorsOf(failure) };
  const at = (pointer: string) => errorAt(errors, pointer);
  const offered = canBeAsked(seen);
  // A mission that was asked about before stays, whatever nationality the person claims now.
  // On a closed case nobody is asked anew; a no is recorded all the same.
  const missions = [...(isOpen(file) ? offered.map((one) => one.id) : []), ...contacts.map((one) => one.mission_id).filter((id) => !isOpen(file) || !offered.some((one) => one.id === id))];
  const hold = (now: Typed) => keep(kind, { ...now, keys: { ...keys.current } });
  const change = (to: Partial<Typed>) => {
    const now = { ...typed, ...to };
    setTyped(now);
    hold(now);
  };
  const record = async () => {
    setTried(true);
    setFailure(null);
    if (missing(typed, before !== undefined).length) return void setTimeout(() => box.current?.querySelector<HTMLElement>('.wrong input, .wrong select, .wrong button')?.focus());
    const said = await work(async () => {
      // What was sent and not answered is sent again, also where it is there by now.
      if (before && !isFrozen) {
        await send(update_embassy_contact, { path: { id: file.id, contact_id: before.id }, body: patchOf(typed, file.is_child, today()), ifMatch: `"${before.version}"` });
      } else {
        await once(keys.current, bodyOf(typed, file.is_child), (body, key) => send(create_embassy_contact, { path: { id: file.id }, body, key }), () => hold(typed));
      }
      return t('embassy.recorded', { mission: missionName(seen, typed.mission), decision: typed.decision ? label('embassy.decision', typed.decision) : t('embassy.read') });
    }, (why) => {
      // What the person decided stays chosen; what stands there now is read anew beside it.
      if (isOvertaken(why)) onStale();
    });
    if (said === null) return;
    drop(kind);
    setTyped(EMPTY);
    setTried(false);
    onDone(said);
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
        <Frozen isSent={isFrozen} isBusy={isBusy}>
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
          {before ? null : <Select label={t('embassy.initiator')} name="/initiated_by" value={typed.initiator} choices={labelled('embassy.initiator', INITIATORS)} onChange={(initiator) => change({ initiator })} error={at('/initiated_by')} required />}
          {asksForChild(typed, file.is_child) ? (
            <fieldset data-pointer="/child_decision">
              <legend>{t('embassy.child')}</legend>
              {at('/child_decision') ? <p class="error">{at('/child_decision')}</p> : null}
              <Select label={t('consent.giver')} name="/child_decision/given_by" value={typed.giver} choices={labelled('consent.given_by', GIVERS)} onChange={(giver) => change({ giver })} error={at('/child_decision/given_by')} required />
              <Right at="/child_decision/guardianship" right={typed.right} errors={errors} onChange={(right) => change({ right })} />
              <Child at="/child_decision/assent" child={typed.child} errors={errors} onChange={(child) => change({ child })} />
            </fieldset>
          ) : null}
        </Frozen>
        <p class="buttons"><button disabled={isBusy}>{t('embassy.record')}</button></p>
      </Form>
    </section>
  );
}
