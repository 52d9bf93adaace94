// The first password of an account, or another one in the place of one that was lost: set with the one-time code of an administrator.

import { useState } from 'preact/hooks';
import { NoAnswer } from '../api/problem';
import { sendUnsigned } from '../api/unsigned';
import { reset_password } from '../generated/operations';
import { t } from '../i18n';
import { begin } from '../session/idle';
import { signIn } from '../session/session';
import { Wrong, errorAt, errorsOf } from '../ui/errors';
import { Form, Text } from '../ui/fields';
import { NO_PASSWORD, NewPassword, agreed } from './new-password';
import { useWait } from './waiting';

/** A password that is set, where the sign-in with it still asks for something. */
export interface PasswordSet {
  readonly username: string;
  readonly password: string;
  readonly failure: unknown;
}

export function OneTimeCode({ onSet, onBack }: { readonly onSet: (set: PasswordSet) => void; readonly onBack: () => void }) {
  const [username, setUsername] = useState('');
  const [code, setCode] = useState('');
  const [password, setPassword] = useState(NO_PASSWORD);
  const [failure, setFailure] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const wait = useWait(failure);
  const errors = errorsOf(failure);
  const submit = async () => {
    if (isBusy || wait > 0) return;
    setBusy(true);
    setFailure(null);
    try {
      const chosen = agreed(password);
      await sendUnsigned(reset_password, { username: username.trim(), reset_code: code.trim(), new_password: chosen });
      try {
        await signIn(username.trim(), chosen, '');
        begin();
      } catch (why) {
        onSet({ username: username.trim(), password: chosen, failure: why });
      }
    } catch (why) {
      setFailure(why);
      setBusy(false);
    }
  };
  return (
    <>
      <h1 tabIndex={-1}>{t('reset.title')}</h1>
      <p>{t('reset.text')}</p>
      <Form label={t('reset.title')} onSubmit={() => void submit()}>
        <Text label={t('sign_in.username')} name="/username" value={username} onInput={setUsername} error={errorAt(errors, '/username')} hasFocus max={100} required />
        <Text label={t('reset.code')} name="/reset_code" value={code} onInput={setCode} error={errorAt(errors, '/reset_code')} hint={t('reset.code_hint')} max={100} required />
        <NewPassword value={password} errorAt={(pointer) => errorAt(errors, pointer)} onChange={setPassword} />
        <Wrong failure={failure} />
        {failure instanceof NoAnswer ? <p>{t('reset.unsure')}</p> : null}
        <p class="quiet" role="status">{wait > 0 ? t('sign_in.wait', { seconds: wait }) : ''}</p>
        <p class="buttons">
          <button disabled={isBusy || wait > 0}>{t('reset.go')}</button>
          <button type="button" class="quiet-button" onClick={onBack}>{t('reset.back')}</button>
        </p>
      </Form>
    </>
  );
}
