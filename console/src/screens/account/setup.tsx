// The first sign-in: what an account still needs before it can be used, one thing after the other. The session stands already; a reload
// goes on where one was.

import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../../i18n';
import type { Opened } from '../../later';
import { first, signOut, stepDone, unsentHere } from '../../session/session';
import type { FirstStep } from '../../session/session';
import { Wrong } from '../../ui/errors';
import { Conduct } from './conduct';
import { Factor } from './factor';
import { ChangePassword } from './password';

export function Setup({ rest: [where] }: Opened) {
  const [step] = first.value;
  const [all] = useState(first.value);
  const [failure, setFailure] = useState<unknown>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [step]);
  if (!step) return null;
  const done = (which: FirstStep) => {
    setFailure(null);
    stepDone(which).catch(setFailure);
  };
  const leave = () => {
    if (unsentHere() === 0 || confirm(t('sign_out.unsent', { count: unsentHere() }))) signOut();
  };
  const Title = ({ children }: { readonly children: ComponentChildren }) => (where === 'over' ? <h3 tabIndex={-1} ref={heading}>{children}</h3> : <h1 tabIndex={-1} ref={heading}>{children}</h1>);
  return (
    <>
      {Title({ children: t(`setup.${step}`) })}
      <p class="quiet">{t('setup.step', { at: all.indexOf(step) + 1, of: all.length })}</p>
      <p>{t(`first.${step}`)}</p>
      {step === 'must_change_password' ? <ChangePassword onDone={() => done(step)} /> : null}
      {step === 'must_enrol_second_factor' ? <Factor onDone={() => done(step)} /> : null}
      {step === 'must_accept_code_of_conduct' ? <Conduct onDone={() => done(step)} /> : null}
      <Wrong failure={failure} />
      {failure ? <p><button type="button" onClick={() => done(step)}>{t('load.again')}</button></p> : null}
      {where === 'over' ? null : <p><button type="button" class="quiet-button" onClick={leave}>{t('sign_out')}</button></p>}
    </>
  );
}
