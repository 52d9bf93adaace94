// Signing in, before anything is shown and over what is shown; and the proof that a step asks for.

import { useEffect, useState } from 'preact/hooks';
import { Refused } from '../api/problem';
import * as tokens from '../api/tokens';
import { t } from '../i18n';
import { Later } from '../later';
import { waitingHere } from '../session/sealed';
import { asked, ended, first, me, prove, settle, signIn, unkeptHere, unsentHere, wipe } from '../session/session';
import { begin } from '../session/idle';
import { Dialog } from '../ui/dialog';
import { Wrong } from '../ui/errors';
import { Form, Text } from '../ui/fields';
import { DemoAccounts } from './demo-accounts';
import { Languages } from './languages';
import { OneTimeCode } from './one-time-code';
import type { PasswordSet } from './one-time-code';
import { useWait } from './waiting';

/** The fields of somebody who says who they are. The code is asked for only where it is needed. */
function Credentials({ isOver, set }: { readonly isOver: boolean; readonly set?: PasswordSet | null }) {
  const known = isOver ? (me.value?.username ?? '') : (set?.username ?? '');
  const asksCode = set?.failure instanceof Refused && set.failure.code === 'second_factor_required';
  const [username, setUsername] = useState(known);
  const [password, setPassword] = useState(set?.password ?? '');
  const [code, setCode] = useState('');
  const [needsCode, setNeedsCode] = useState(asksCode);
  const [failure, setFailure] = useState<unknown>(asksCode ? null : set?.failure);
  const [isBusy, setBusy] = useState(false);
  const wait = useWait(failure);

  const submit = async () => {
    if (isBusy || wait > 0) return;
    setBusy(true);
    setFailure(null);
    try {
      await signIn(username, password, code);
      begin();
    } catch (refused) {
      if (refused instanceof Refused && refused.code === 'second_factor_required' && !needsCode) setNeedsCode(true);
      else setFailure(refused);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Form label={t('sign_in.title')} onSubmit={() => void submit()}>
      <Text label={t('sign_in.username')} name="/username" value={username} onInput={setUsername} hasFocus={!known} max={100} required />
      <Text label={t('sign_in.password')} name="/password" type="password" value={password} onInput={setPassword} hasFocus={Boolean(known) && !asksCode} max={1000} required />
      {needsCode ? <Text label={t('sign_in.code')} name="/code" value={code} onInput={setCode} mode="numeric" autocomplete="one-time-code" hint={t('sign_in.code_hint')} hasFocus max={100} required /> : null}
      <Wrong failure={failure} />
      <p class="quiet" role="status">{wait > 0 ? t('sign_in.wait', { seconds: wait }) : ''}</p>
      <button disabled={isBusy || wait > 0}>{t('sign_in.go')}</button>
    </Form>
  );
}

export function SignIn() {
  const [waiting, setWaiting] = useState(0);
  useEffect(() => {
    void waitingHere().then(setWaiting);
  }, []);
  const [hasCode, setHasCode] = useState(false);
  const [set, setSet] = useState<PasswordSet | null>(null);
  const [offered, setOffered] = useState<PasswordSet | null>(null);
  const isSettingUp = first.value.length > 0;
  // Nothing of what was typed here waits for whoever comes after that.
  useEffect(() => {
    if (!isSettingUp) return;
    setHasCode(false);
    setSet(null);
  }, [isSettingUp]);
  // What is still missing of an account is another user's after another sign-in.
  if (isSettingUp) return <main class="alone" id="content"><Later key={tokens.user()} name="setup" rest={[]} /></main>;
  if (hasCode) {
    const leave = (now: PasswordSet | null) => {
      setSet(now);
      setHasCode(false);
    };
    return <main class="alone" id="content"><OneTimeCode onSet={leave} onBack={() => leave(null)} /></main>;
  }
  return (
    <main class="alone" id="content">
      <h1 tabIndex={-1}>{t('sign_in.title')}</h1>
      {set ? <p role="status">{t('reset.done')}</p> : null}
      {ended.value ? <p role="status">{t(`ended.${ended.value}`)}{unkeptHere() > 0 ? ` ${t('ended.unsent', { count: unkeptHere() })}` : ''}</p> : null}
      {waiting > 0 ? <p role="status">{t('sign_in.waiting', { count: waiting })}</p> : null}
      <Credentials key={offered?.username} isOver={false} set={offered ?? set} />
      <p><button type="button" class="link" onClick={() => setHasCode(true)}>{t('sign_in.one_time_code')}</button></p>
      <Languages />
      <DemoAccounts onChoose={({ username, password }) => setOffered({ username, password, failure: null })} />
    </main>
  );
}

/** What stands over the page when somebody must say who they are. What is typed below it stays. */
export function Asked() {
  const leave = () => {
    if (unsentHere() === 0 || confirm(t('sign_out.unsent', { count: unsentHere() }))) wipe();
  };
  if (asked.value === 'signIn') {
    return (
      <Dialog title={t('over.title')}>
        {first.value.length && me.value ? <Later name="setup" rest={['over']} /> : <><p>{t('over.text')}</p><Credentials isOver /></>}
        <button type="button" class="quiet-button" onClick={leave}>{t('over.leave')}</button>
      </Dialog>
    );
  }
  return asked.value === 'proof' ? <Proof /> : null;
}

function Proof() {
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [failure, setFailure] = useState<unknown>(null);
  const wait = useWait(failure);
  const hasFactor = Boolean(me.value?.second_factor_since);
  const submit = () => {
    if (wait > 0) return;
    prove(password, code).catch(setFailure);
  };
  return (
    <Dialog title={t('proof.title')} onClose={() => settle(false)}>
      <p>{t('proof.text')}</p>
      <Form label={t('proof.title')} onSubmit={submit}>
        <Text label={t('sign_in.password')} name="/password" type="password" value={password} onInput={setPassword} hasFocus max={1000} required />
        {hasFactor ? <Text label={t('sign_in.code')} name="/code" value={code} onInput={setCode} mode="numeric" autocomplete="one-time-code" max={100} required /> : null}
        <Wrong failure={failure} />
        <p class="buttons">
          <button disabled={wait > 0}>{t('proof.go')}</button>
          <button type="button" class="quiet-button" onClick={() => settle(false)}>{t('form.cancel')}</button>
        </p>
      </Form>
    </Dialog>
  );
}
