// A merge, one step after the other: which case goes on, what that would do, which facts are kept, and a last word. Nothing happens before.

import { useRef, useState } from 'preact/hooks';
import { NoAnswer, Refused, isGone, isStale, statusOf } from '../../api/problem';
import { send } from '../../api/send';
import { isSent, once } from '../../forms/once';
import type { Keys } from '../../forms/once';
import { merge_duplicate, preview_merge } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { sentence, t } from '../../i18n';
import { shownMoment } from '../../i18n/dates';
import { go } from '../../router';
import { Dialog } from '../../ui/dialog';
import { Wrong } from '../../ui/errors';
import { Form } from '../../ui/fields';
import { Radios } from '../../ui/radios';
import { useWork } from '../../ui/work';
import { NOTHING, bodyOf } from './chosen';
import type { Chosen } from './chosen';
import { Preview } from './preview';

export function MergeSteps({ pair, onStale }: { readonly pair: S.DuplicatePair; readonly onStale: () => void }) {
  const [survivor, setSurvivor] = useState('');
  const [preview, setPreview] = useState<S.MergePreview | null>(null);
  const [chosen, setChosen] = useState<Chosen>(NOTHING);
  const [isAsked, setAsked] = useState(false);
  const { isBusy, failure, work } = useWork();
  const keys = useRef<Keys>({});
  const heading = useRef<HTMLHeadingElement>(null);
  const sides = [pair.first, pair.second];
  const kept = sides.find((one) => one.case_id === survivor);
  const other = sides.find((one) => one.case_id !== survivor);

  const look = async (caseId: string) => {
    setPreview((await send(preview_merge, { path: { id: pair.id }, body: { survivor_case_id: caseId as S.CaseId } })).body);
    setTimeout(() => heading.current?.focus());
  };
  const busy = (what: () => Promise<void>) =>
    work(what, (why) => {
      setAsked(false);
      const code = why instanceof Refused ? why.code : '';
      // Decided by somebody else, or not to be seen any more; an answer that was lost is asked for again under the same key.
      if (isGone(why) || (statusOf(why) === 409 && code === 'conflict')) onStale();
      // One of the two was changed: what the merge does now is shown before anybody says yes again.
      else if (preview && (isStale(why) || code === 'merge_blocked')) look(survivor).catch(() => setPreview(null));
    });
  const merge = () =>
    busy(async () => {
      if (!preview) return;
      const answer = await once(keys.current, bodyOf(preview, chosen), (body, key) => send(merge_duplicate, { path: { id: pair.id }, body, key }));
      go(`duplicates/merges/${answer.body.id}`);
    });
  const choose = (caseId: string) => {
    setSurvivor(caseId);
    setPreview(null);
    setChosen(NOTHING);
  };
  const isReady = preview && !preview.blockers.length && preview.warnings.every((one) => chosen.accepts.includes(one as S.MergeWarning));
  return (
    <section class="panel" aria-labelledby="one">
      <h2 id="one">{t('duplicates.one')}</h2>
      <p>{t('duplicates.one_text')}</p>
      <Wrong failure={failure} />
      {failure instanceof NoAnswer && preview ? <p role="status">{t('duplicates.unsure')}</p> : null}
      <Form label={t('duplicates.one')} onSubmit={() => void (survivor ? busy(() => look(survivor)) : undefined)}>
        {/* What was sent is not chosen anew before there is an answer. */}
        <fieldset class="bare" disabled={isSent(keys.current)}>
          <Radios
            label={t('duplicates.survivor')}
            name="/survivor_case_id"
            value={survivor}
            choices={sides.map((one) => ({ value: one.case_id, text: `${one.name || t('register.nameless')}, ${one.case_code}`, hint: t('duplicates.registered_on', { moment: shownMoment(one.registered_at) }) }))}
            onChange={choose}
            required
          />
          <p class="buttons"><button class={preview ? 'quiet-button' : undefined} disabled={isBusy || !survivor}>{t('duplicates.preview')}</button></p>
        </fieldset>
      </Form>
      {preview && kept && other ? (
        <>
          <h3 tabIndex={-1} ref={heading}>{t('duplicates.does', { other: other.case_code, survivor: kept.case_code })}</h3>
          <fieldset class="bare" disabled={isSent(keys.current)}>
            <Preview preview={preview} survivor={kept.case_code} other={other.case_code} chosen={chosen} onChoose={setChosen} />
          </fieldset>
          {preview.blockers.length ? (
            <div class="wrong-box" role="alert">
              <p>{t('duplicates.blocked')}</p>
              <ul>{preview.blockers.map((one) => <li key={one}>{sentence('duplicates.blocker', one, one)}</li>)}</ul>
            </div>
          ) : (
            <p class="buttons"><button type="button" disabled={isBusy || !isReady} onClick={() => setAsked(true)}>{t('duplicates.merge')}</button></p>
          )}
        </>
      ) : null}
      {isAsked && kept && other ? (
        <Dialog title={t('duplicates.sure')} onClose={() => setAsked(false)}>
          <p>{t('duplicates.sure_goes_on', { code: kept.case_code })} <bdi dir="auto">{kept.name || t('register.nameless')}</bdi></p>
          <p>{t('duplicates.sure_ends', { code: other.case_code })} <bdi dir="auto">{other.name || t('register.nameless')}</bdi></p>
          <p class="buttons">
            <button type="button" disabled={isBusy} onClick={() => void merge()}>{t('duplicates.merge_into', { other: other.case_code, survivor: kept.case_code })}</button>
            <button type="button" class="quiet-button" onClick={() => setAsked(false)}>{t('form.cancel')}</button>
          </p>
        </Dialog>
      ) : null}
    </section>
  );
}
