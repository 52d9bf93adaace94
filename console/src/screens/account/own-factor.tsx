// One's own second factor: on, off, another phone, new recovery codes.

import { useState } from 'preact/hooks';
import { Refused } from '../../api/problem';
import { send } from '../../api/send';
import { delete_second_factor, renew_recovery_codes } from '../../generated/operations';
import { t } from '../../i18n';
import { shownMoment } from '../../i18n/dates';
import { me, readMe, signOut, unsentHere } from '../../session/session';
import { Wrong } from '../../ui/errors';
import { useWork } from '../../ui/work';
import { Factor } from './factor';
import { RecoveryCodes } from './recovery-codes';

export function OwnFactor() {
  const [isSettingUp, setSettingUp] = useState(false);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const { isBusy, failure, work } = useWork();
  const since = me.value?.second_factor_since ?? null;
  const left = me.value?.recovery_codes_left ?? 0;
  const look = () => void readMe().catch(() => undefined);
  const renew = () => work(async () => {
    setCodes((await send(renew_recovery_codes)).body.recovery_codes);
    look();
  });
  const turnOff = () => work(async () => {
    if (!confirm(unsentHere() ? t('sign_out.unsent', { count: unsentHere() }) : t('factor.off_sure'))) return;
    await send(delete_second_factor);
    signOut();
  });
  if (codes) return <RecoveryCodes codes={codes} onDone={() => setCodes(null)} />;
  if (isSettingUp) return <Factor onOn={look} onDone={() => setSettingUp(false)} onClose={() => setSettingUp(false)} />;
  // Only the server knows which roles need one: it is offered, and explained where it is refused.
  const isNeeded = failure instanceof Refused && failure.status === 409;
  return (
    <>
      <p>{since ? t('factor.on', { when: shownMoment(since), count: left }) : t('factor.off')}</p>
      {isNeeded ? <p role="alert">{t('factor.needed')}</p> : <Wrong failure={failure} />}
      <p class="buttons">
        <button type="button" class="quiet-button" disabled={isBusy} onClick={() => setSettingUp(true)}>{since ? t('factor.another') : t('factor.begin')}</button>
        {since ? <button type="button" class="quiet-button" disabled={isBusy} onClick={() => void renew()}>{t('factor.renew')}</button> : null}
        {since && !isNeeded ? <button type="button" class="quiet-button" disabled={isBusy} onClick={() => void turnOff()}>{t('factor.turn_off')}</button> : null}
      </p>
    </>
  );
}
