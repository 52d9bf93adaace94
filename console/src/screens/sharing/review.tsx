// Whether an emergency access was right: said by whoever was not asked before it was taken. Both answers are as large.

import { useState } from 'preact/hooks';
import { statusOf } from '../../api/problem';
import { send } from '../../api/send';
import { lift_emergency_bar, review_emergency_access } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { label, t } from '../../i18n';
import type { Key } from '../../i18n';
import { Wrong, errorAt, errorsOf } from '../../ui/errors';
import { Text } from '../../ui/fields';
import { Sure } from '../../ui/sure';
import { useWork } from '../../ui/work';

const VERDICTS: readonly S.ReviewVerdict[] = ['justified', 'unjustified'];

export function Review({ one, onReviewed }: { readonly one: S.EmergencyAccess; readonly onReviewed: () => void }) {
  const [note, setNote] = useState('');
  const { isBusy, failure, work } = useWork();
  const errors = errorsOf(failure);
  const review = async (verdict: S.ReviewVerdict) => {
    await work(async () => {
      await send(review_emergency_access, { path: { id: one.id }, body: { verdict, note: note.trim() } });
      setNote('');
      onReviewed();
    }, (why) => {
      // Somebody else reviewed it meanwhile: what they found is read.
      if ([404, 409].includes(statusOf(why))) onReviewed();
    });
  };
  return (
    <details open={one.verdict === null}>
      <summary>{one.verdict === null ? t('sharing.review') : t('sharing.review_owner')}</summary>
      <Wrong failure={failure} />
      <Text label={t('sharing.review_why')} name="/note" value={note} onInput={setNote} error={errorAt(errors, '/note')} max={2000} isLong isName required />
      <p class="buttons">
        {VERDICTS.map((verdict) => <Sure key={verdict} label={label('sharing.verdict', verdict)} about={one.case_code} question={t(`sharing.verdict_sure.${verdict}` as Key)} yes={label('sharing.verdict', verdict)} no={t('form.cancel')} isBusy={isBusy} onYes={() => void review(verdict)} />)}
      </p>
    </details>
  );
}

/** The owner lets the organisation take emergency access to this person again. */
export function LiftBar({ one }: { readonly one: S.EmergencyAccess }) {
  const [isLifted, setLifted] = useState(false);
  const { isBusy, failure, work } = useWork();
  const lift = async () => {
    await work(async () => {
      await send(lift_emergency_bar, { path: { id: one.case_id }, body: { organisation_id: one.organisation_id } });
      setLifted(true);
    });
  };
  if (isLifted) return <p role="status">{t('sharing.lifted')}</p>;
  return (
    <>
      <Wrong failure={failure} />
      <Sure label={t('sharing.lift_bar')} about={one.case_code} question={t('sharing.lift_bar_sure')} yes={t('sharing.lift_bar')} no={t('form.cancel')} isBusy={isBusy} onYes={() => void lift()} />
    </>
  );
}
