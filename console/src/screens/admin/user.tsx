// One user: what they are trusted with, how they get in again, where they are signed in, and who has their work.

import { useState } from 'preact/hooks';
import { isGone } from '../../api/problem';
import { send } from '../../api/send';
import { begin_password_reset, get_user, list_user_sessions, delete_user_sessions, reset_user_second_factor } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { label, t } from '../../i18n';
import { shownMoment } from '../../i18n/dates';
import { me, may } from '../../session/session';
import { Wrong } from '../../ui/errors';
import { Shown, useLoaded } from '../../ui/load';
import { useWork } from '../../ui/work';
import { Absence } from '../absence';
import { SessionTable } from '../account/sessions';
import { Gone } from '../gone';
import { stateOf } from './accounts';
import { useOrganisations } from './choices';
import { Handover } from './handover';
import { ShownCode } from './shown-code';
import { UserForm } from './user-form';
import type { SeenUser } from './user-form';

export function User({ id }: { readonly id: string }) {
  const seen = useLoaded(async () => {
    const answer = await send(get_user, { path: { id: id as S.UserId } });
    return { user: answer.body, etag: answer.etag };
  }, [id]);
  if (isGone(seen.failure)) return <Gone title={t('admin.gone')} id={id} path="users" back={t('nav.users')} />;
  return <Shown of={seen}>{(one) => <Known seen={one} onChanged={seen.put} again={seen.again} />}</Shown>;
}

function Known({ seen, onChanged, again }: { readonly seen: SeenUser; readonly onChanged: (seen: SeenUser) => void; readonly again: () => void }) {
  const { user } = seen;
  const [organisations] = useOrganisations();
  const organisation = organisations.find((one) => one.id === user.organisation_id);
  return (
    <>
      <h1 tabIndex={-1}><bdi dir="auto">{user.display_name}</bdi></h1>
      <dl class="facts">
        <dt>{t('admin.username')}</dt>
        <dd><bdi>{user.username}</bdi></dd>
        <dt>{t('admin.organisation')}</dt>
        <dd><bdi dir="auto">{organisation?.name ?? '–'}</bdi></dd>
        <dt>{t('admin.role')}</dt>
        <dd>{label('role', user.role)}{user.data_protection ? `, ${t('admin.answers')}` : ''}</dd>
        <dt>{t('admin.state')}</dt>
        <dd>{stateOf(user)}{user.disabled_at ? ` (${shownMoment(user.disabled_at)})` : ''}</dd>
        <dt>{t('admin.made')}</dt>
        <dd>{shownMoment(user.created_at)}</dd>
      </dl>
      <UserForm seen={seen} at={organisation} onChanged={onChanged} />
      {user.disabled_at ? null : <WayIn user={user} again={again} />}
      <UserSessions user={user} />
      {may('absence:write') ? <Absence user={user} /> : null}
      {may('work:hand_over') ? <Handover user={user} /> : null}
      <p><a href="#/users">{t('nav.users')}</a></p>
    </>
  );
}

/** For somebody who lost their password or their phone, after one made sure who asks. */
function WayIn({ user, again }: { readonly user: S.User; readonly again: () => void }) {
  const [code, setCode] = useState<S.ResetCode | null>(null);
  const [isReset, setReset] = useState(false);
  const { isBusy, failure, work } = useWork();
  const sure = (question: string, what: () => Promise<void>) => {
    if (confirm(question)) void work(what);
  };
  const isSelf = user.id === me.value?.user_id;
  return (
    <section class="panel" aria-labelledby="way-in">
      <h2 id="way-in">{t('admin.way_in')}</h2>
      {code ? <ShownCode title={t('admin.code_of', { user: user.display_name })} text={t('admin.code_text', { username: user.username })} code={code.reset_code} until={code.expires_at} onSeen={() => { setCode(null); again(); }} /> : null}
      <p>{t('admin.make_sure')}</p>
      <Wrong failure={failure} />
      <p role="status">{isReset ? t('admin.factor_reset') : ''}</p>
      {isSelf ? (
        // Their own goes with one's account: this would end the session that does it.
        <p><a href="#/account">{t('admin.own_account')}</a></p>
      ) : (
        <p class="buttons">
          <button type="button" class="quiet-button" disabled={isBusy || code !== null} onClick={() => sure(t('admin.sure_password', { user: user.display_name }), async () => setCode((await send(begin_password_reset, { path: { id: user.id } })).body))}>{t('admin.reset_password')}</button>
          <button type="button" class="quiet-button" disabled={isBusy} onClick={() => sure(t('admin.sure_factor', { user: user.display_name }), async () => { await send(reset_user_second_factor, { path: { id: user.id } }); setReset(true); })}>{t('admin.reset_factor')}</button>
        </p>
      )}
    </section>
  );
}

function UserSessions({ user }: { readonly user: S.User }) {
  const sessions = useLoaded(async () => (await send(list_user_sessions, { path: { id: user.id } })).body.items, [user.id, user.version]);
  const [failure, setFailure] = useState<unknown>(null);
  const end = async () => {
    setFailure(null);
    try {
      await send(delete_user_sessions, { path: { id: user.id } });
    } catch (why) {
      setFailure(why);
    }
    sessions.again();
  };
  return (
    <section class="panel" aria-labelledby="user-sessions">
      <h2 id="user-sessions">{t('admin.sessions')}</h2>
      <Wrong failure={failure} />
      <Shown of={sessions}>
        {(items) => (
          <>
            {items.length ? <SessionTable items={items} /> : <p>{t('sessions.count', { count: 0 })}</p>}
            {items.length && user.id !== me.value?.user_id ? <p class="buttons"><button type="button" class="quiet-button" onClick={() => void end()}>{t('admin.end_sessions')}</button></p> : null}
          </>
        )}
      </Shown>
    </section>
  );
}
