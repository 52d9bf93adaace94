// A second factor: a code to be scanned, or its key, or a link for the same phone; the first code of the app; the recovery codes. What is
// on stays on until another one is confirmed, and it begins anew as often as somebody opens it.

import { useEffect, useState } from 'preact/hooks';
import { NoAnswer, Refused } from '../../api/problem';
import { send } from '../../api/send';
import { begin_second_factor, confirm_second_factor, get_me, renew_recovery_codes } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { t } from '../../i18n';
import { ascii } from '../../i18n/dates';
import { Wrong, errorAt, errorsOf } from '../../ui/errors';
import { Form, Text } from '../../ui/fields';
import { useWork } from '../../ui/work';
import { RecoveryCodes } from './recovery-codes';

/** The secret as it is typed: in groups of four. */
export const grouped = (secret: string): string => (secret.match(/.{1,4}/g) ?? []).join(' ');

interface Props {
  /** The recovery codes are written down. */
  readonly onDone: () => void;
  /** It is on: the account has changed, though its codes are still on screen. */
  readonly onOn?: () => void;
  readonly onClose?: () => void;
}

export function Factor({ onDone, onOn, onClose }: Props) {
  const [begun, setBegun] = useState<S.SecondFactorEnrolment | null>(null);
  const [code, setCode] = useState('');
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  /** It is on, though the answer with the recovery codes was lost on the way. */
  const [isOnWithoutCodes, setOnWithoutCodes] = useState(false);
  const { isBusy, failure, work } = useWork();
  const errors = errorsOf(failure);
  const begin = () => work(async () => {
    setCode('');
    setBegun((await send(begin_second_factor)).body);
  });
  useEffect(() => void begin(), []);
  const turnedOn = (made: readonly string[]) => {
    setBegun(null);
    setCodes(made);
    onOn?.();
  };
  const confirm = () => work(async () => {
    const before = isUnsure(failure) ? null : (await send(get_me)).body.second_factor_since;
    try {
      turnedOn((await send(confirm_second_factor, { body: { code: ascii(code).trim() } })).body.recovery_codes);
    } catch (why) {
      if (why instanceof NoAnswer) {
        const now = (await send(get_me)).body.second_factor_since;
        if (now && now !== before) return setOnWithoutCodes(true);
      }
      // More than an hour has passed, or it was begun elsewhere: what is on screen does not work any more.
      if (why instanceof Refused && why.status === 409) setBegun((await send(begin_second_factor)).body);
      throw why;
    }
  });
  const renew = () => work(async () => turnedOn((await send(renew_recovery_codes)).body.recovery_codes));

  if (codes) return <RecoveryCodes codes={codes} onDone={onDone} />;
  if (isOnWithoutCodes) {
    return (
      <>
        <p role="status">{t('factor.on_without_codes')}</p>
        <Wrong failure={failure} />
        <p class="buttons"><button type="button" disabled={isBusy} onClick={() => void renew()}>{t('factor.renew')}</button></p>
      </>
    );
  }
  const close = onClose ? <button type="button" class="quiet-button" onClick={onClose}>{t('form.cancel')}</button> : null;
  if (!begun) {
    return (
      <>
        <p class="quiet" role="status">{isBusy ? t('load.wait') : ''}</p>
        <Wrong failure={failure} />
        <p class="buttons">{isBusy ? null : <button type="button" onClick={() => void begin()}>{t('load.again')}</button>}{close}</p>
      </>
    );
  }
  return (
    <>
      <ol class="how">
        <li>{t('factor.install')}</li>
        <li>{t('factor.scan')}</li>
        <li>{t('factor.type')}</li>
      </ol>
      <Picture svg={begun.qr_svg} />
      <dl class="facts">
        <dt>{t('factor.key')}</dt>
        <dd class="code" translate={false}>{grouped(begun.secret)}</dd>
      </dl>
      <p><a href={begun.otpauth_uri}>{t('factor.link')}</a></p>
      <Form label={t('factor.title')} onSubmit={() => void confirm()}>
        <Text label={t('factor.code')} name="/code" value={code} onInput={setCode} error={errorAt(errors, '/code')} mode="numeric" autocomplete="one-time-code" max={20} required />
        <Wrong failure={failure} />
        <p class="buttons"><button disabled={isBusy}>{t('factor.confirm')}</button>{close}</p>
      </Form>
    </>
  );
}

const isUnsure = (failure: unknown): boolean => failure instanceof NoAnswer;

/** The QR code as a picture: it never becomes a part of the page. */
function Picture({ svg }: { readonly svg: string }) {
  const [address, setAddress] = useState('');
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [svg]);
  return address ? <img class="qr" src={address} alt={t('factor.picture')} /> : null;
}
