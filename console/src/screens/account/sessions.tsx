// Where an account is signed in: what is not known there is ended here.

import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { send } from '../../api/send';
import { delete_own_session, delete_own_sessions, list_own_sessions } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { t } from '../../i18n';
import { shownMoment } from '../../i18n/dates';
import { signOut, unsentHere } from '../../session/session';
import { Wrong } from '../../ui/errors';
import { Shown, useLoaded } from '../../ui/load';

export function OwnSessions() {
  const sessions = useLoaded(async () => (await send(list_own_sessions)).body.items, []);
  const [failure, setFailure] = useState<unknown>(null);
  const end = async (one: S.Session) => {
    setFailure(null);
    try {
      await send(delete_own_session, { path: { session_id: one.id } });
    } catch (why) {
      setFailure(why);
    }
    sessions.again();
  };
  const endAll = async () => {
    if (!confirm(unsentHere() ? t('sign_out.unsent', { count: unsentHere() }) : t('sessions.sure'))) return;
    setFailure(null);
    try {
      await send(delete_own_sessions);
      signOut();
    } catch (why) {
      setFailure(why);
    }
  };
  return (
    <>
      <p>{t('sessions.text')}</p>
      <Wrong failure={failure} />
      <Shown of={sessions}>{(items) => <SessionTable items={items} action={(one) => (one.current ? null : <button type="button" class="small" onClick={() => void end(one)}>{t('sessions.end')}</button>)} />}</Shown>
      <p class="buttons"><button type="button" class="quiet-button" onClick={() => void endAll()}>{t('sessions.end_all')}</button></p>
    </>
  );
}

export function SessionTable({ items, action }: { readonly items: readonly S.Session[]; readonly action?: (one: S.Session) => ComponentChildren }) {
  return (
    <table class="cards">
      <caption>{t('sessions.count', { count: items.length })}</caption>
      <thead>
        <tr>
          <th scope="col">{t('sessions.began')}</th>
          <th scope="col">{t('sessions.used')}</th>
          <th scope="col">{t('sessions.proved')}</th>
          <th scope="col">{t('sessions.until')}</th>
          {action ? <th scope="col">{t('sessions.which')}</th> : null}
        </tr>
      </thead>
      <tbody>
        {items.map((one) => (
          <tr key={one.id}>
            <th scope="row" data-label={t('sessions.began')}>{shownMoment(one.created_at)}</th>
            <td data-label={t('sessions.used')}>{shownMoment(one.last_refreshed_at)}</td>
            <td data-label={t('sessions.proved')}>{shownMoment(one.authenticated_at)}</td>
            <td data-label={t('sessions.until')}>{shownMoment(one.expires_at)}</td>
            {action ? <td data-label={t('sessions.which')}>{one.current ? t('sessions.this') : action(one)}</td> : null}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
