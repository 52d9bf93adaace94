// A merge is undone with a reason, and after a last word.

import { useState } from 'preact/hooks';
import { NoAnswer, Refused, isGone, isStale } from '../../api/problem';
import { send } from '../../api/send';
import { undo_merge } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { t } from '../../i18n';
import { Dialog } from '../../ui/dialog';
import { Wrong, errorAt, errorsOf } from '../../ui/errors';
import { Form, Text } from '../../ui/fields';
import { useWork } from '../../ui/work';

interface UndoProps {
  readonly one: S.Merge;
  readonly etag: string;
  readonly onDone: (one: S.Merge, etag: string) => void;
  readonly onStale: () => void;
}

export function Undo({ one, etag, onDone, onStale }: UndoProps) {
  const [reason, setReason] = useState('');
  const [isAsked, setAsked] = useState(false);
  const { isBusy, failure, work } = useWork();
  const undo = async () => {
    await work(async () => {
      const answer = await send(undo_merge, { path: { id: one.id }, body: { reason: reason.normalize('NFC').trim() }, ifMatch: etag });
      onDone(answer.body, answer.etag);
    }, (why) => {
      if (why instanceof NoAnswer || isGone(why) || isStale(why) || (why instanceof Refused && why.code === 'conflict')) onStale();
    });
    setAsked(false);
  };
  return (
    <section class="panel" aria-labelledby="undo">
      <h2 id="undo">{t('duplicates.undo')}</h2>
      <p>{t('duplicates.undo_text')}</p>
      <Form label={t('duplicates.undo')} onSubmit={() => setAsked(Boolean(reason.trim()))}>
        <Wrong failure={failure} />
        <Text label={t('duplicates.reason')} name="/reason" value={reason} onInput={setReason} error={errorAt(errorsOf(failure), '/reason')} max={2000} isLong isName required />
        <p class="buttons"><button class="quiet-button" disabled={isBusy || !reason.trim()}>{t('duplicates.undo')}</button></p>
      </Form>
      {isAsked ? (
        <Dialog title={t('duplicates.undo_sure')} onClose={() => setAsked(false)}>
          <p>{t('duplicates.undo_text')}</p>
          <p class="buttons">
            <button type="button" disabled={isBusy} onClick={() => void undo()}>{t('duplicates.undo_go')}</button>
            <button type="button" class="quiet-button" onClick={() => setAsked(false)}>{t('form.cancel')}</button>
          </p>
        </Dialog>
      ) : null}
    </section>
  );
}
