// What the person said about whoever looks for them. No answer is chosen beforehand.

import { useState } from 'preact/hooks';
import { isGone, isOvertaken } from '../../api/problem';
import { send } from '../../api/send';
import { decide_tracing_match } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { label, t } from '../../i18n';
import { shownDay } from '../../i18n/dates';
import { draft, drop, keep } from '../../session/drafts';
import { Wrong, errorAt, errorsOf } from '../../ui/errors';
import { Form, Select, Text } from '../../ui/fields';
import { Radios } from '../../ui/radios';
import { useWork } from '../../ui/work';
import { askPath, want } from '../consent/wanted';

const DECISIONS: readonly S.TracingDecision[] = ['person_wants_contact', 'person_declines', 'not_the_person'];
/** Consents under which whoever asked may be told: a mission by the one, everybody else by the other. */
const PURPOSES: readonly string[] = ['family_contact_tracing', 'share_with_mission'];

interface Props {
  readonly one: S.TracingMatch;
  readonly etag: string;
  /** Those of the person; null while they are read. */
  readonly consents: readonly S.Consent[] | null;
  readonly onDecided: (one: S.TracingMatch, etag: string) => void;
  readonly onStale: () => void;
}

const EMPTY = { decision: '', consent: '', note: '' };

/** Consents that hold now and are for this. */
export const fitting = (consents: readonly S.Consent[]): readonly S.Consent[] => consents.filter((one) => PURPOSES.includes(one.purpose) && ['granted', 'overridden'].includes(one.status));

/** Several people may look for one person: what is said of one of them is not said of another. It ends with the id of the case, with
 *  which it is forgotten. */
export const kindOf = (one: Pick<S.TracingMatch, 'id' | 'case_id'>): string => `tracing decision ${one.id} ${one.case_id}`;

export function Decide({ one, etag, consents, onDecided, onStale }: Props) {
  const kind = kindOf(one);
  const [typed, setTyped] = useState(() => draft<typeof EMPTY>(kind) ?? EMPTY);
  const { isBusy, failure, work } = useWork();
  const errors = errorsOf(failure);
  const change = (to: Partial<typeof EMPTY>) => {
    const now = { ...typed, ...to };
    setTyped(now);
    if (Object.values(now).some(Boolean)) keep(kind, now);
    else drop(kind);
  };
  const wants = typed.decision === 'person_wants_contact';
  const live = fitting(consents ?? []);
  const save = async () => {
    if (!typed.decision) return;
    const note = typed.note.normalize('NFC').trim();
    const body = { decision: typed.decision as S.TracingDecision, ...(wants && typed.consent ? { consent_id: typed.consent as S.ConsentId } : {}), ...(note ? { note } : {}) };
    await work(async () => {
      const answer = await send(decide_tracing_match, { path: { id: one.id }, body, ifMatch: etag });
      drop(kind);
      setTyped(EMPTY);
      onDecided(answer.body, answer.etag);
    }, (why) => {
      if (isGone(why)) drop(kind);
      // What stands there now is read first: nobody's decision is overwritten unseen.
      if (isOvertaken(why)) onStale();
    });
  };
  return (
    <section class="panel" aria-labelledby="decide">
      <h2 id="decide">{t(one.decision ? 'tracing.decide_again' : 'tracing.decide')}</h2>
      <Form label={t('tracing.decide')} onSubmit={() => void save()}>
        <Wrong failure={failure} />
        <p>{t('tracing.tell_first')}</p>
        <Radios
          label={t('tracing.said')}
          name="/decision"
          value={typed.decision}
          choices={DECISIONS.map((value) => ({ value, text: label('tracing.decision', value), hint: label('tracing.effect', value) }))}
          onChange={(decision) => change({ decision })}
          error={errorAt(errors, '/decision')}
          required
        />
        {wants && consents ? (
          live.length ? (
            <Select label={t('tracing.consent')} name="/consent_id" value={typed.consent} choices={live.map((consent) => ({ value: consent.id, text: `${label('consent.purpose', consent.purpose)}, ${shownDay(consent.given_on)}` }))} onChange={(consent) => change({ consent })} none={t('tracing.no_consent_named')} error={errorAt(errors, '/consent_id')} hint={t('tracing.consent_hint')} />
          ) : (
            <p class="hint">{t('tracing.no_consent')} <a href={`#/${askPath(one.case_id)}`} onClick={() => want({ caseId: one.case_id, purpose: 'family_contact_tracing' })}>{t('tracing.record_consent')}</a></p>
          )
        ) : null}
        <Text label={t('tracing.note')} name="/note" value={typed.note} onInput={(note) => change({ note })} error={errorAt(errors, '/note')} max={2000} isLong isName />
        <p class="buttons"><button disabled={isBusy || !typed.decision}>{t('form.save')}</button></p>
      </Form>
    </section>
  );
}
