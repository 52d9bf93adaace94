// A new user. Nobody chooses a password for somebody else: the answer holds a code with which they set one, once.

import { useState } from 'preact/hooks';
import { send } from '../../api/send';
import { Frozen } from '../../forms/frozen';
import { useMaking } from '../../forms/making';
import { create_user } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { labelled, t } from '../../i18n';
import { go } from '../../router';
import { Wrong, errorAt } from '../../ui/errors';
import { Form, Select, Text } from '../../ui/fields';
import { ROLES } from './accounts';
import { useOrganisations } from './choices';
import { ShownCode } from './shown-code';

const NGO: readonly S.Role[] = ['ngo_caseworker', 'ngo_supervisor'];
const EMBASSY: readonly S.Role[] = ['embassy_officer', 'embassy_supervisor'];

/** The roles that exist at an organisation: those of embassies at missions alone, those of NGOs elsewhere alone, coordinators at their desks. */
export function rolesAt(at: Pick<S.Organisation, 'kind' | 'coordinates'> | undefined): readonly S.Role[] {
  if (!at) return ROLES;
  const others = at.kind === 'diplomatic_mission' ? NGO : EMBASSY;
  return ROLES.filter((role) => !others.includes(role) && (role !== 'coordinator' || at.coordinates !== null));
}

const KIND = 'new user';
const NOTHING = { username: '', name: '', organisation: '', role: '' };

export function NewUser() {
  const [organisations] = useOrganisations();
  const { typed, change, isSent, isBusy, failure, errors, make, forget } = useMaking(KIND, NOTHING);
  const [made, setMade] = useState<S.NewUser | null>(null);
  const save = async () => {
    const asked: S.CreateUser = { username: typed.username.trim(), display_name: typed.name.normalize('NFC').trim(), organisation_id: typed.organisation as S.OrganisationId, role: typed.role as S.Role };
    const answer = await make(asked, (body, key) => send(create_user, { body, key }));
    if (answer) setMade(answer.body);
  };
  const at = organisations.find((one) => one.id === typed.organisation);
  return (
    <>
      <h1 tabIndex={-1}>{t('admin.new_user')}</h1>
      {made?.reset_code ? <ShownCode title={t('admin.code_of', { user: made.display_name })} text={t('admin.code_text', { username: made.username })} code={made.reset_code} until={made.reset_code_expires_at} onSeen={() => go(`users/${made.id}`)} /> : null}
      {made && !made.reset_code ? (
        // The answer to a repeated request does not tell the code: another one is made for the same user.
        <section class="panel" role="status">
          <p>{t('admin.code_lost')}</p>
          <p><a class="button" href={`#/users/${made.id}`}>{made.display_name}</a></p>
        </section>
      ) : null}
      {made ? null : (
        <Form label={t('admin.new_user')} onSubmit={() => void save()}>
          <Wrong failure={failure} />
          <Frozen isSent={isSent} isBusy={isBusy} text={t('admin.try_again_same')}>
            <div class="grid">
              <Text label={t('admin.name')} name="/display_name" value={typed.name} onInput={(name) => change({ name })} error={errorAt(errors, '/display_name')} hint={t('admin.name_hint')} max={200} isName required />
              <Text label={t('admin.username')} name="/username" value={typed.username} onInput={(username) => change({ username })} error={errorAt(errors, '/username')} hint={t('admin.username_hint')} max={100} required />
              <Select label={t('admin.organisation')} name="/organisation_id" value={typed.organisation} choices={organisations.map((one) => ({ value: one.id, text: one.name }))} onChange={(organisation) => change({ organisation })} error={errorAt(errors, '/organisation_id')} required />
              <Select label={t('admin.role')} name="/role" value={typed.role} choices={labelled('role', rolesAt(at))} onChange={(role) => change({ role })} error={errorAt(errors, '/role')} required />
            </div>
          </Frozen>
          <p class="buttons">
            <button disabled={isBusy}>{t('admin.make_user')}</button>
            <a class="button quiet-button" href="#/users" onClick={forget}>{t('form.cancel')}</a>
          </p>
        </Form>
      )}
    </>
  );
}
