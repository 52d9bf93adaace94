// The frame of every screen: where one may go, what is unsent, and what stands over it.

import { useEffect, useState } from 'preact/hooks';
import { t } from './i18n';
import { Later, fetchDaily, isPart } from './later';
import { entriesOf } from './navigation';
import { go, place } from './router';
import { Asked, SignIn } from './screens/sign-in';
import { isDrafted, keep } from './session/drafts';
import { begin, left } from './session/idle';
import { KIND, mend, mended, onScreen, outbox, takeOut, tryNow } from './session/outbox';
import type { Unsent } from './session/outbox';
import { first, lost, may, me, signOut, unsentHere } from './session/session';
import { unsentElsewhere } from './session/tabs';
import { Dialog } from './ui/dialog';
import { told } from './ui/errors';
import { watchFocus } from './ui/focus';
import { hasLetters, isTaken } from './ui/keys';

/** Which screen an address opens, and whether it is one of this user's. */
function Screen() {
  const [name = '', ...rest] = place.value.parts;
  const own = entriesOf(me.value?.permissions ?? []).map((entry) => entry.path);
  const opened = own.includes(name) ? name : (own[0] ?? '');
  const isCase = opened === 'cases' && rest[0] && opened === name;
  // `cases/<id>/<part>` is a page of its own, where there is one.
  const below = `case-${rest[1] ?? ''}`;
  const isOpen = isPart(below) && (rest[1] !== 'accesses' || may('case:accesses'));
  const part = isCase ? (isOpen ? below : 'case') : opened;
  // Who has nothing to do here yet finds the operations of the role in the reference.
  if (!isPart(part)) return <><h1 tabIndex={-1}>{t('nav.account')}</h1><p>{t('account.nothing')}</p><p><a href="/docs/reference/">{t('account.reference')}</a></p></>;
  // A registration that is taken back begins the form anew, though it may be on screen already.
  return <Later name={part} rest={rest} key={`${part}/${rest.join('/')}/${part === 'register' ? mended.value.turn : ''}`} />;
}

/** A change of screen moves the focus to its heading, once it is there. */
function useFocus() {
  const where = `${place.value.parts.join('/')}?${place.value.query}`;
  useEffect(() => {
    if (document.activeElement && document.activeElement !== document.body && document.activeElement.closest('main')) return;
    const heading = () => document.querySelector<HTMLElement>('main h1');
    const timer = setInterval(() => {
      const found = heading();
      if (!found) return;
      clearInterval(timer);
      if (!document.activeElement?.closest('main, dialog')) found.focus();
    }, 50);
    return () => clearInterval(timer);
  }, [where]);
}

/** Letters that lead somewhere, outside of fields. */
function useLetters() {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (isTaken(event) || !hasLetters.value || !me.value) return;
      const entry = entriesOf(me.value.permissions).find((one) => one.letter === event.key);
      if (!entry) return;
      event.preventDefault();
      go(entry.path);
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
}

export function Shell() {
  return (
    <>
      {me.value ? <Frame /> : <SignIn />}
      {me.value || first.value.length ? <Asked /> : null}
      {left.value === null ? null : (
        <Dialog title={t('idle.title')} onClose={begin}>
          <p role="timer">{t('idle.text', { seconds: left.value })}</p>
          <button type="button" onClick={begin}>{t('idle.stay')}</button>
        </Dialog>
      )}
    </>
  );
}

function Frame() {
  useFocus();
  useEffect(watchFocus, []);
  useLetters();
  const [isOpen, setOpen] = useState(false);
  const user = me.value?.user_id;
  useEffect(() => {
    const own = entriesOf(me.value?.permissions ?? []).map((entry) => entry.path);
    fetchDaily([...own, ...(own.includes('cases') ? ['case'] : [])].filter(isPart));
  }, [user]);
  const [name = ''] = place.value.parts;
  const entries = entriesOf(me.value?.permissions ?? []);
  const leave = async () => {
    const others = await unsentElsewhere();
    const count = unsentHere() + others.count;
    if (count > 0 && !confirm(t('sign_out.unsent', { count }))) return;
    signOut(null, others.tabs);
  };
  return (
    <>
      <button type="button" class="skip" onClick={() => document.querySelector<HTMLElement>('main h1, main')?.focus()}>{t('nav.skip')}</button>
      <header class="top">
        <nav aria-label={t('nav.label')}>
          <ul class={isOpen || entries.length <= 4 ? 'open' : ''}>
            {entries.map((entry) => (
              <li key={entry.path}>
                <a href={`#/${entry.path}`} aria-current={entry.path === name ? 'page' : undefined} aria-keyshortcuts={entry.letter} onClick={() => setOpen(false)}>{t(entry.key)}</a>
              </li>
            ))}
            {entries.length > 4 ? <li class="more"><button type="button" class="quiet-button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>{t('nav.more')}</button></li> : null}
          </ul>
        </nav>
        <p class="self">
          <bdi dir="auto">{me.value?.display_name}</bdi>, <bdi dir="auto">{me.value?.organisation_name}</bdi> <button type="button" class="quiet-button" aria-pressed={hasLetters.value} onClick={() => { hasLetters.value = !hasLetters.value; }}>{t('keys')}</button>{' '}
          <button type="button" class="quiet-button" onClick={() => void leave()}>{t('sign_out')}</button>
        </p>
        {lost.value > 0 ? (
          <p class="lost" role="status">
            {t('outbox.lost', { count: lost.value })} <button type="button" class="small" onClick={() => { lost.value = 0; }}>{t('outbox.seen')}</button>
          </p>
        ) : null}
        <Outbox />
      </header>
      <main id="content" tabIndex={-1}>
        <Screen />
      </main>
    </>
  );
}

/** What is on its way: each by itself, with what keeps it. */
function Outbox() {
  const listed = outbox.value.filter((one) => one.key !== onScreen.value);
  const unsent = listed.filter((one) => one.state !== 'done');
  const back = (one: Unsent) => {
    keep(KIND, one.typed);
    mend(one);
    go('register');
  };
  return (
    <div class="outbox" role="status">
      {listed.length ? (
        <details>
          <summary>{unsent.length ? t('outbox.waiting', { count: unsent.length }) : t('outbox.all_sent')}</summary>
          <ul>
            {listed.map((one) => (
              <li key={one.key}>
                <bdi dir="auto">{one.name || t('register.nameless')}</bdi>: {one.made ? <a href={`#/cases/${one.made.id}`}>{one.made.code}</a> : one.state === 'sending' ? t('outbox.sending') : one.refusal ? told(one.refusal) : t(one.isOld ? 'outbox.old' : 'outbox.no_answer')}{' '}
                {one.made ? <button type="button" onClick={() => takeOut(one.key)}>{t('outbox.seen')}</button> : null}
                {one.state === 'waiting' ? <button type="button" onClick={() => tryNow(one.key)}>{t('outbox.now')}</button> : null}
                {one.state !== 'refused' ? null : isDrafted(KIND) ? <span>{t('outbox.mend_later')}</span> : <button type="button" onClick={() => back(one)}>{t('outbox.mend')}</button>}
              </li>
            ))}
          </ul>
        </details>
      ) : null}
    </div>
  );
}
