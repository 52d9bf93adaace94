// One's own account: who one is, where one is signed in, and how one proves it.

import { useState } from 'preact/hooks';
import { label, t } from '../../i18n';
import { shownMoment } from '../../i18n/dates';
import { may, me, readMe } from '../../session/session';
import { hasLetters } from '../../ui/keys';
import { Absence } from '../absence';
import { Languages } from '../languages';
import { Conduct } from './conduct';
import { ChangePassword } from './password';
import { OwnFactor } from './own-factor';
import { OwnSessions } from './sessions';

export function Account() {
  const whose = me.value;
  if (!whose) return null;
  return (
    <>
      <h1 tabIndex={-1}>{t('nav.account')}</h1>
      <dl class="facts">
        <dt>{t('account.name')}</dt>
        <dd><bdi dir="auto">{whose.display_name}</bdi></dd>
        <dt>{t('sign_in.username')}</dt>
        <dd><bdi>{whose.username}</bdi></dd>
        <dt>{t('account.role')}</dt>
        <dd>{label('role', whose.role)}</dd>
        <dt>{t('account.organisation')}</dt>
        <dd><bdi dir="auto">{whose.organisation_name}</bdi></dd>
      </dl>
      <section class="panel" aria-labelledby="sessions">
        <h2 id="sessions">{t('account.sessions')}</h2>
        <OwnSessions />
      </section>
      <section class="panel" aria-labelledby="factor">
        <h2 id="factor">{t('factor.title')}</h2>
        <OwnFactor />
      </section>
      <Password />
      {may('absence:write') ? <Absence user={{ id: whose.user_id }} /> : null}
      <section class="panel" aria-labelledby="settings">
        <h2 id="settings">{t('account.settings')}</h2>
        <label class="check">
          <input type="checkbox" checked={hasLetters.value} onChange={(event) => { hasLetters.value = event.currentTarget.checked; }} />
          <span>{t('account.letters')}</span>
        </label>
        <Languages />
      </section>
      <ConductPanel acceptedAt={whose.code_of_conduct_accepted_at} />
    </>
  );
}

function Password() {
  const [isOpen, setOpen] = useState(false);
  const [isDone, setDone] = useState(false);
  const done = () => {
    setOpen(false);
    setDone(true);
  };
  return (
    <section class="panel" aria-labelledby="password">
      <h2 id="password">{t('account.password')}</h2>
      <p role="status">{isDone ? t('account.password_done') : ''}</p>
      {isOpen ? <ChangePassword onDone={done} onClose={() => setOpen(false)} /> : <p class="buttons"><button type="button" class="quiet-button" onClick={() => setOpen(true)}>{t('account.password_change')}</button></p>}
    </section>
  );
}

/** The code of conduct. Whoever has not accepted its present version sees no case: for them it stands open. */
function ConductPanel({ acceptedAt }: { readonly acceptedAt: string | null }) {
  const [isOpen, setOpen] = useState(acceptedAt === null);
  return (
    <section class="panel" aria-labelledby="conduct">
      <h2 id="conduct">{t('account.conduct')}</h2>
      {acceptedAt ? <p>{t('account.conduct_accepted', { when: shownMoment(acceptedAt) })}</p> : null}
      {isOpen ? <Conduct onDone={() => { setOpen(false); void readMe().catch(() => undefined); }} /> : <p class="buttons"><button type="button" class="quiet-button" onClick={() => setOpen(true)}>{t('account.conduct_show')}</button></p>}
    </section>
  );
}
