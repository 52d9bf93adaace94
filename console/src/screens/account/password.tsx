// Another password. It ends every session of the account, this one too: whoever changed it signs in again without being asked for it.

import { useState } from 'preact/hooks';
import { NoAnswer } from '../../api/problem';
import { send } from '../../api/send';
import { change_password, get_me } from '../../generated/operations';
import { t } from '../../i18n';
import { signIn } from '../../session/session';
import { Wrong, errorAt, errorsOf } from '../../ui/errors';
import { Form, Text } from '../../ui/fields';
import { useWork } from '../../ui/work';
import { NO_PASSWORD, NewPassword, agreed } from '../new-password';
import { useWait } from '../waiting';

export function ChangePassword({ onDone, onClose }: { readonly onDone: () => void; readonly onClose?: () => void }) {
  const [current, setCurrent] = useState('');
  const [typed, setTyped] = useState(NO_PASSWORD);
  const { isBusy, failure, work } = useWork();
  const errors = errorsOf(failure);
  const wait = useWait(failure);
  const change = async () => {
    if (wait > 0) return;
    await work(async () => {
      const chosen = agreed(typed);
      const { username } = (await send(get_me)).body;
      await send(change_password, { body: { current_password: current, new_password: chosen } });
      // Where a code of the second factor is needed, the next request asks for it over the page.
      await signIn(username, chosen, '').catch(() => send(get_me));
      onDone();
    });
  };
  return (
    <Form label={t('account.password')} onSubmit={() => void change()}>
      <p>{t('account.password_text')}</p>
      <Text label={t('account.password_current')} name="/current_password" type="password" value={current} onInput={setCurrent} error={errorAt(errors, '/current_password')} max={1000} hasFocus required />
      <NewPassword value={typed} errorAt={(pointer) => errorAt(errors, pointer)} onChange={setTyped} />
      <Wrong failure={failure} />
      {failure instanceof NoAnswer ? <p>{t('account.password_unsure')}</p> : null}
      <p class="quiet" role="status">{wait > 0 ? t('sign_in.wait', { seconds: wait }) : ''}</p>
      <p class="buttons">
        <button disabled={isBusy || wait > 0}>{t('account.password_change')}</button>
        {onClose ? <button type="button" class="quiet-button" onClick={onClose}>{t('form.cancel')}</button> : null}
      </p>
    </Form>
  );
}
