// One step for everybody on board: asked once, and then a line for each. Nobody is moved against what is missing for them: the server
// leaves them behind.

import { useEffect, useState } from 'preact/hooks';
import { Refused } from '../../api/problem';
import { send } from '../../api/send';
import { make_movement_transition } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { label, sentence, t } from '../../i18n';
import { countries } from '../../i18n/countries';
import { asDay } from '../../i18n/dates';
import { draft, drop, keep } from '../../session/drafts';
import { Dialog } from '../../ui/dialog';
import { Wrong, errorAt, errorsOf } from '../../ui/errors';
import { Form, Select, Text } from '../../ui/fields';
import { useWork } from '../../ui/work';
import type { Seen } from './batch-form';

interface Stated {
  readonly departed: string;
  readonly arrived: string;
  readonly country: string;
  readonly port: string;
  readonly receiver: string;
}
const NOTHING: Stated = { departed: '', arrived: '', country: '', port: '', receiver: '' };

/** What is said with the step. A day or an hour that cannot be read goes as it was typed: the server says so at its field. */
export function bodyOf(to: S.BatchStep, { departed, arrived, country, port, receiver }: Stated): S.MakeMovementTransition {
  const at = new Date(departed);
  const departure = departed ? { departed_at: Number.isNaN(at.getTime()) ? departed : at.toISOString() } : {};
  const words = (text: string) => text.normalize('NFC').trim();
  const arrival = { arrived_on: asDay(arrived), country, port: words(port), received_by: words(receiver) };
  const said = to === 'departed' ? departure : to === 'arrived' ? Object.fromEntries(Object.entries(arrival).filter(([, value]) => value)) : {};
  return { to, ...said } as S.MakeMovementTransition;
}

interface Props {
  readonly to: S.BatchStep;
  readonly seen: Seen;
  /** How many travel without somebody who belongs to them; null: nobody looked. */
  readonly without: number | null;
  readonly onMoved: (result: S.MovementTransitionResult, etag: string) => void;
  /** What is on screen is not what is there any more, or it is not known: it is read anew. */
  readonly onStale: () => void;
  readonly onClose: () => void;
}

export function StepDialog({ to, seen, without, onMoved, onStale, onClose }: Props) {
  const { batch, etag } = seen;
  const kind = `travel-step ${to} ${batch.id}`;
  const [stated, setStated] = useState<Stated>(() => draft<Stated>(kind) ?? NOTHING);
  const { isBusy, failure, work } = useWork();
  useEffect(() => {
    if (Object.values(stated).some(Boolean)) keep(kind, stated);
    else drop(kind);
  }, [stated]);
  const errors = errorsOf(failure);
  const change = (some: Partial<Stated>) => setStated((all) => ({ ...all, ...some }));
  const cancel = () => {
    drop(kind);
    onClose();
  };
  const move = async () => {
    await work(async () => {
      const answer = await send(make_movement_transition, { path: { id: batch.id }, body: bodyOf(to, stated), ifMatch: etag });
      drop(kind);
      onMoved(answer.body, answer.etag);
    }, (why) => {
      // Made or not: whoever presses again sends the version that is on screen, and a step that was made is not made twice.
      if (!(why instanceof Refused) || [404, 409, 412].includes(why.status) || why.status >= 500) onStale();
    });
  };
  const unmet = failure instanceof Refused ? (failure.problem.unmet ?? []) : [];
  return (
    <Dialog title={label('travel.step', to)} onClose={onClose}>
      <p>{t('travel.step_who', { count: batch.on_board })} {to === 'departed' ? t('travel.step_departed') : t('travel.step_text')}</p>
      {without === null && to === 'departed' ? <p>{t('travel.not_looked')}</p> : null}
      {without ? <p><strong>{t('travel.some_without', { count: without })}</strong></p> : null}
      <Form label={label('travel.step', to)} onSubmit={() => void move()}>
        <Wrong failure={failure} />
        {unmet.length ? <ul>{unmet.map((guard) => <li key={guard.guard}>{sentence('guard', guard.guard, guard.message)}</li>)}</ul> : null}
        {to === 'departed' ? <Text label={t('travel.departed_at')} name="/departed_at" type="datetime-local" value={stated.departed} onInput={(departed) => change({ departed })} error={errorAt(errors, '/departed_at')} hint={t('travel.now')} /> : null}
        {to === 'arrived' ? (
          <>
            <Text label={t('travel.arrived_on')} name="/arrived_on" value={stated.arrived} onInput={(arrived) => change({ arrived })} error={errorAt(errors, '/arrived_on')} hint={t('form.day_hint')} max={20} required />
            <Select label={t('travel.country')} name="/country" value={stated.country} choices={countries()} onChange={(country) => change({ country })} error={errorAt(errors, '/country')} none={t('form.not_asked')} />
            <Text label={t('travel.port')} name="/port" value={stated.port} onInput={(port) => change({ port })} error={errorAt(errors, '/port')} max={200} isName required />
            <Text label={t('travel.receiver')} name="/received_by" value={stated.receiver} onInput={(receiver) => change({ receiver })} error={errorAt(errors, '/received_by')} max={200} isName required />
          </>
        ) : null}
        <p class="buttons">
          <button disabled={isBusy}>{label('travel.step', to)}</button>
          <button type="button" class="quiet-button" onClick={cancel}>{t('form.cancel')}</button>
        </p>
      </Form>
    </Dialog>
  );
}
