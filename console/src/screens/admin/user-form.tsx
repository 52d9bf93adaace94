// The change of a user, from the version on screen. Where somebody was faster, theirs is shown, and what was typed stays.

import { send } from '../../api/send';
import { get_user, update_user } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { label, labelled, t } from '../../i18n';
import { me } from '../../session/session';
import { useChange } from '../../forms/change';
import type { Flat } from '../../forms/merge';
import { Merge } from '../../forms/merge-view';
import { Wrong, errorAt, errorsOf } from '../../ui/errors';
import { Flag, Form, Select, Text } from '../../ui/fields';
import { rolesAt } from './new-user';

export interface SeenUser {
  readonly user: S.User;
  readonly etag: string;
}

const yes = (is: boolean): string => (is ? 'yes' : 'no');
export const flat = (user: S.User): Flat => ({ display_name: user.display_name, role: user.role, data_protection: yes(user.data_protection), disabled: yes(user.disabled_at !== null) });

/** What was touched, as the API takes it. */
export function patchOf(base: Flat, mine: Flat): S.UpdateUser {
  const touched = Object.keys(base).filter((name) => base[name] !== mine[name]);
  return Object.fromEntries(touched.map((name) => [name, name === 'data_protection' || name === 'disabled' ? mine[name] === 'yes' : (mine[name] ?? '').normalize('NFC').trim()]));
}

export function UserForm({ seen, at, onChanged }: { readonly seen: SeenUser; readonly at: S.Organisation | undefined; readonly onChanged: (seen: SeenUser) => void }) {
  const { on, mine, put, save, isDone, isBusy, failure } = useChange(flat(seen.user), seen.etag, { flat, patchOf, onDone: (user, etag) => onChanged({ user, etag }) });
  const errors = errorsOf(failure);
  const { id } = seen.user;
  const isSelf = id === me.value?.user_id;
  const change = async () => {
    if (patchOf(on.base, mine).disabled && !confirm(t('admin.sure_disable', { user: seen.user.display_name }))) return;
    await save({ read: () => send(get_user, { path: { id } }), change: (body, ifMatch) => send(update_user, { path: { id }, body, ifMatch }) });
  };
  const nameOf = (name: string): string => (name === 'display_name' ? t('admin.name') : name === 'role' ? t('admin.role') : name === 'disabled' ? t('admin.is_disabled') : t('admin.answers'));
  return (
    <section class="panel" aria-labelledby="change">
      <h2 id="change">{t('admin.change_user')}</h2>
      {on.merged ? <Merge key={on.etag} merged={on.merged} theirs={on.base} mine={mine} nameOf={nameOf} shown={(name, value) => (name === 'role' ? label('role', value) : name === 'display_name' ? (value ?? '–') : label('form', value))} onChoose={put} /> : null}
      <Form label={t('admin.change_user')} onSubmit={() => void change()}>
        <Wrong failure={failure} />
        <div class="grid">
          <Text label={t('admin.name')} name="/display_name" value={mine.display_name ?? ''} onInput={(value) => put('display_name', value)} error={errorAt(errors, '/display_name')} max={200} isName required />
          {isSelf ? null : <Select label={t('admin.role')} name="/role" value={mine.role ?? ''} choices={labelled('role', rolesAt(at))} onChange={(value) => put('role', value)} error={errorAt(errors, '/role')} hint={t('admin.role_hint')} required />}
        </div>
        <Flag label={t('admin.answers')} name="/data_protection" value={mine.data_protection === 'yes'} onChange={(is) => put('data_protection', yes(is))} error={errorAt(errors, '/data_protection')} hint={t('admin.answers_hint')} />
        {isSelf ? null : <Flag label={t('admin.is_disabled')} name="/disabled" value={mine.disabled === 'yes'} onChange={(is) => put('disabled', yes(is))} error={errorAt(errors, '/disabled')} hint={t('admin.disabled_hint')} />}
        <p class="quiet" role="status">{isDone ? t('admin.saved') : ''}</p>
        <p class="buttons"><button disabled={isBusy}>{t('form.save_change')}</button></p>
      </Form>
    </section>
  );
}
