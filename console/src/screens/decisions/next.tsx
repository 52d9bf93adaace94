// What whoever asked does, once a second person approved it. It holds for exactly what was asked, once, within the hour.

import { useRef, useState } from 'preact/hooks';
import { statusOf } from '../../api/problem';
import { send } from '../../api/send';
import { once } from '../../forms/once';
import type { Keys } from '../../forms/once';
import { create_export, erase_person } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { t } from '../../i18n';
import { go } from '../../router';
import { Dialog } from '../../ui/dialog';
import { Wrong } from '../../ui/errors';
import { useWork } from '../../ui/work';
import { CaseName } from './names';
import { caseOf } from './words';

export function Next({ one, again }: { readonly one: S.Approval; readonly again: () => void }) {
  const [isAsked, setAsked] = useState(false);
  const { isBusy, failure, work } = useWork();
  const keys = useRef<Keys>({});
  if (one.status !== 'approved') return null;
  const busy = async (what: () => Promise<void>) => {
    await work(what, (why) => {
      if ([404, 409].includes(statusOf(why))) again();
    });
    setAsked(false);
  };
  const { export: names, erasure } = one;
  if (names) {
    const make = () =>
      busy(async () => {
        const made = await once(keys.current, { export: names as S.ExportParametersInput, approval_id: one.id }, (body, key) => send(create_export, { body, key }));
        go(`decisions/exports/${made.body.id}?until=${encodeURIComponent(made.body.expires_at)}`);
      });
    return (
      <>
        <Wrong failure={failure} />
        <p>{t('decisions.export_ready')}</p>
        <p class="buttons"><button type="button" disabled={isBusy} onClick={() => void make()}>{t('decisions.make_export')}</button></p>
      </>
    );
  }
  if (erasure) {
    const erase = () =>
      busy(async () => {
        await send(erase_person, { path: { id: erasure.case_id }, body: { requested_by_person: erasure.requested_by_person, approval_id: one.id } });
        again();
      });
    return (
      <>
        <Wrong failure={failure} />
        <p class="buttons"><button type="button" disabled={isBusy} onClick={() => setAsked(true)}>{t('decisions.erase')}</button></p>
        {isAsked ? (
          <Dialog title={t('decisions.erase')} onClose={() => setAsked(false)}>
            <p><CaseName id={erasure.case_id} isRead /></p>
            <p>{t('decisions.erase_text')}</p>
            <p class="buttons">
              <button type="button" disabled={isBusy} onClick={() => void erase()}>{t('decisions.erase_go')}</button>
              <button type="button" class="quiet-button" onClick={() => setAsked(false)}>{t('form.cancel')}</button>
            </p>
          </Dialog>
        ) : null}
      </>
    );
  }
  const id = caseOf(one);
  return id ? <p><a class="button" href={`#/cases/${id}`}>{t('decisions.go_on')}</a></p> : null;
}
