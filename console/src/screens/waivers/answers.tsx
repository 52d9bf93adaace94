// What the authority answered, for as many as it answered: one day and one number for all of them, and an answer for each. No answer is
// chosen beforehand.

import { useEffect, useRef, useState } from 'preact/hooks';
import { send } from '../../api/send';
import { Frozen } from '../../forms/frozen';
import { isSent, once } from '../../forms/once';
import type { Keys } from '../../forms/once';
import { answer_waiver_request } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { labelled, t } from '../../i18n';
import { draft, drop, keep } from '../../session/drafts';
import { Wrong, errorAt, errorsOf } from '../../ui/errors';
import { Form, Select, Text } from '../../ui/fields';
import { useWork } from '../../ui/work';
import { NOTHING, answersOf } from './answer-body';
import type { Said } from './answer-body';

const ANSWERS: readonly S.WaiverAnswerStatus[] = ['granted', 'refused'];

interface Kept {
  readonly said: Said;
  readonly keys: Keys;
}

interface Props {
  readonly list: S.WaiverRequest;
  /** Those of whom the authority has said nothing yet. */
  readonly open: readonly S.WaiverRequestMember[];
  /** What was refused, if it still stands. */
  readonly failed: Failed | null;
  readonly onFailed: (failed: Failed | null) => void;
  readonly onAnswered: (list: S.WaiverRequest) => void;
}

/** Why answers were not recorded, and whose they were, in their order. */
export interface Failed {
  readonly why: unknown;
  readonly sent: readonly string[];
}

export const kindOf = (id: string): string => `waivers-answers ${id}`;

export function Answers({ list, open, failed, onFailed, onAnswered }: Props) {
  const kind = kindOf(list.id);
  const before = useRef(draft<Kept>(kind));
  const [said, setSaid] = useState<Said>(before.current?.said ?? NOTHING);
  const keys = useRef<Keys>({ ...before.current?.keys });
  const isFrozen = isSent(keys.current);
  const { isBusy, work } = useWork();
  const body = answersOf(open, said);
  const errors = errorsOf(failed?.why);
  const sent = failed?.sent ?? [];
  const anyOf = (name: string) => sent.map((_, at) => errorAt(errors, `/answers/${at}/${name}`)).find(Boolean);
  const hold = () => (said === NOTHING ? drop(kind) : keep(kind, { said, keys: { ...keys.current } } satisfies Kept));
  useEffect(() => void hold(), [said]);
  const change = (to: Partial<Said>) => {
    setSaid((all) => ({ ...all, ...to }));
    onFailed(null);
  };
  const of = (one: S.WaiverRequestMember) => said.members[one.case_id] ?? { status: '', percent: '' };
  const put = (one: S.WaiverRequestMember, to: Partial<{ status: string; percent: string }>) => change({ members: { ...said.members, [one.case_id]: { ...of(one), ...to } } });
  const all = (status: string) => change({ members: Object.fromEntries(open.map((one) => [one.case_id, { status, percent: status === 'granted' ? of(one).percent || list.requested_percent : '' }])) });
  const save = async () => {
    if (!body.answers.length && !isFrozen) return;
    let asked = body;
    await work(async () => {
      onFailed(null);
      const answer = await once(keys.current, body, (written, key) => {
        asked = written;
        return send(answer_waiver_request, { path: { id: list.id }, body: written, key });
      }, hold);
      setSaid(NOTHING);
      drop(kind);
      onAnswered(answer.body);
    }, (why) => onFailed({ why, sent: asked.answers.map((one) => one.case_id) }));
  };
  return (
    <section class="panel" aria-labelledby="answers">
      <h2 id="answers">{t('waivers.open')}</h2>
      <Form label={t('waivers.open')} onSubmit={() => void save()} enterLeadsOn>
        <Wrong failure={failed?.why} />
        <Frozen isSent={isFrozen} isBusy={isBusy}>
          <div class="grid">
            <Text label={t('waivers.answered_on')} name="/answers/0/answered_on" value={said.day} onInput={(day) => change({ day })} error={anyOf('answered_on')} hint={t('form.day_hint')} max={20} required />
            <Text label={t('waivers.decision')} name="/answers/0/reference" value={said.reference} onInput={(reference) => change({ reference })} error={anyOf('reference')} max={100} isName />
          </div>
          <p class="buttons">
            <button type="button" class="small quiet-button" onClick={() => all('granted')}>{t('waivers.all_granted', { percent: list.requested_percent })}</button>
            <button type="button" class="small quiet-button" onClick={() => all('refused')}>{t('waivers.all_refused')}</button>
            <button type="button" class="small quiet-button" onClick={() => all('')}>{t('waivers.all_open')}</button>
          </p>
          {open.map((one) => {
            const at = failed ? sent.indexOf(one.case_id) : body.answers.findIndex((answer) => answer.case_id === one.case_id);
            const error = (name: string) => (at < 0 ? undefined : errorAt(errors, `/answers/${at}/${name}`));
            return (
              <fieldset key={one.case_id}>
                <legend><a href={`#/cases/${one.case_id}`}><bdi>{one.code}</bdi></a></legend>
                <div class="grid">
                  <Select label={t('waivers.answer')} name={`/answers/${at}/status`} value={of(one).status} choices={labelled('status', ANSWERS)} onChange={(status) => put(one, { status })} none={t('waivers.no_answer')} error={error('status') ?? error('case_id')} />
                  {of(one).status === 'granted' ? <Text label={t('waivers.granted_percent')} name={`/answers/${at}/granted_percent`} value={of(one).percent} onInput={(percent) => put(one, { percent })} error={error('granted_percent')} hint={t('waivers.percent_hint')} max={8} required /> : null}
                </div>
              </fieldset>
            );
          })}
        </Frozen>
        <p class="buttons"><button disabled={isBusy || (!body.answers.length && !isFrozen)}>{t('waivers.record', { count: body.answers.length })}</button></p>
      </Form>
    </section>
  );
}
