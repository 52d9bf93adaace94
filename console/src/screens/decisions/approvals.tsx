// What waits for a decision, and what came of what was asked.

import { useState } from 'preact/hooks';
import { isOvertaken } from '../../api/problem';
import { send } from '../../api/send';
import { approve_approval, list_approvals, reject_approval } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { label, t } from '../../i18n';
import { shownMoment } from '../../i18n/dates';
import { may, me } from '../../session/session';
import { Dialog } from '../../ui/dialog';
import { Wrong } from '../../ui/errors';
import { More, usePages } from '../../ui/pages';
import { useWork } from '../../ui/work';
import { nameOf, useColleagues } from '../colleagues';
import { CaseName, SaidValue } from './names';
import { Next } from './next';
import { caseOf, mayDecide, said } from './words';

type Verdict = 'approve' | 'reject';

export function Approvals() {
  const list = usePages(async (after) => (await send(list_approvals, { query: { limit: 50, ...(after ? { after } : {}) } })).body, []);
  return (
    <>
      <h1 tabIndex={-1}>{t('nav.decisions')}</h1>
      <p class="quiet">{t('decisions.rule')}</p>
      {may('export:identifiable') ? <p class="buttons"><a class="button quiet-button" href="#/decisions/export">{t('decisions.ask_export')}</a></p> : null}
      <More of={list}>
        {(items) => items.length ? (
          <ul class="tasks">
            {items.map((one) => <li key={one.id}><Asked one={one} again={list.again} /></li>)}
          </ul>
        ) : (
          <p>{t('decisions.none')}</p>
        )}
      </More>
    </>
  );
}

function Asked({ one, again }: { readonly one: S.Approval; readonly again: () => void }) {
  const [verdict, setVerdict] = useState<Verdict | null>(null);
  const { isBusy, failure, work } = useWork();
  const colleagues = useColleagues();
  const about = caseOf(one);
  const isWaiting = one.status === 'open' || one.status === 'approved';
  const who = one.asked_by === me.value?.user_id ? t('decisions.you') : nameOf(one.asked_by, colleagues);
  const act = label('decisions.act', one.action);
  const decide = async (given: Verdict) => {
    await work(async () => {
      await send(given === 'approve' ? approve_approval : reject_approval, { path: { id: one.id } });
      again();
    }, (why) => {
      // Somebody decided first, the hour is over, or nobody knows what became of it: what stands there now is read.
      if (isOvertaken(why)) again();
    });
    setVerdict(null);
  };
  return (
    <article aria-label={act}>
      <h2>{act}</h2>
      <Wrong failure={failure} />
      <dl class="facts">
        <dt>{t('decisions.standing')}</dt>
        <dd><strong>{label('decisions.status', one.status)}</strong>{isWaiting ? `, ${t('decisions.until', { moment: shownMoment(one.expires_at) })}` : ''}</dd>
        {one.decided_by ? [<dt key="by">{t('decisions.decided_by')}</dt>, <dd key="whom"><bdi dir="auto">{nameOf(one.decided_by, colleagues)}</bdi>, {shownMoment(one.decided_at)}</dd>] : null}
        <dt>{t('decisions.asked_by')}</dt>
        <dd><bdi dir="auto">{who}</bdi>, {shownMoment(one.created_at)}</dd>
        {about ? [<dt key="case">{t('decisions.case')}</dt>, <dd key="name"><CaseName id={about} isRead={isWaiting} /></dd>] : null}
        {said(one).map((part) => [<dt key={part.name}>{part.name}</dt>, <dd key={`${part.name} `}><SaidValue said={part} colleagues={colleagues} /></dd>])}
        <dt>{t('decisions.reason')}</dt>
        <dd dir="auto">{one.reason ?? t('decisions.no_reason')}</dd>
      </dl>
      {mayDecide(one, me.value?.user_id ?? '', may) ? (
        <p class="buttons">
          <button type="button" disabled={isBusy} onClick={() => setVerdict('approve')}>{t('decisions.approve')}</button>
          <button type="button" class="quiet-button" disabled={isBusy} onClick={() => setVerdict('reject')}>{t('decisions.reject')}</button>
        </p>
      ) : null}
      {one.asked_by === me.value?.user_id ? <Next one={one} again={again} /> : null}
      {verdict ? (
        <Dialog title={t(verdict === 'approve' ? 'decisions.approve' : 'decisions.reject')} onClose={() => setVerdict(null)}>
          <p><strong>{act}</strong></p>
          <p>{t(verdict === 'approve' ? 'decisions.approve_text' : 'decisions.reject_text', { who, moment: shownMoment(one.expires_at) })}</p>
          <p class="buttons">
            <button type="button" disabled={isBusy} onClick={() => void decide(verdict)}>{t(verdict === 'approve' ? 'decisions.approve_go' : 'decisions.reject_go')}</button>
            <button type="button" class="quiet-button" onClick={() => setVerdict(null)}>{t('form.cancel')}</button>
          </p>
        </Dialog>
      ) : null}
    </article>
  );
}
