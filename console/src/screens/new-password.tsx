// A new password, typed twice: nobody sees what is typed, and a slip would lock its owner out.

import { Refused } from '../api/problem';
import { t } from '../i18n';
import { Text } from '../ui/fields';

export interface Twice {
  readonly first: string;
  readonly second: string;
}
export const NO_PASSWORD: Twice = { first: '', second: '' };

/** Throws what the API would say of two that differ, so that it is shown as its answers are. */
export function agreed(typed: Twice): string {
  if (typed.first === typed.second) return typed.first;
  throw new Refused(422, { type: '', title: '', status: 422, code: 'validation_failed', instance: '', errors: [{ pointer: '/repeated', code: 'passwords_differ', message: t('password.differ') }] }, 0);
}

interface Props {
  readonly value: Twice;
  readonly errorAt: (pointer: string) => string | undefined;
  readonly onChange: (value: Twice) => void;
}

export function NewPassword({ value, errorAt, onChange }: Props) {
  return (
    <>
      <Text label={t('password.new')} name="/new_password" type="password" value={value.first} onInput={(first) => onChange({ ...value, first })} error={errorAt('/new_password')} hint={t('password.rule')} autocomplete="new-password" max={256} required />
      <Text label={t('password.repeat')} name="/repeated" type="password" value={value.second} onInput={(second) => onChange({ ...value, second })} error={errorAt('/repeated')} autocomplete="new-password" max={256} required />
    </>
  );
}
