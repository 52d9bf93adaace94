// One list: what it asks for, who is on it, and what the authority answered for each.

import { useEffect, useState } from 'preact/hooks';
import { SignedOut, isGone } from '../../api/problem';
import { send, sendForFile } from '../../api/send';
import { add_waiver_request_members, get_waiver_authority_letter, get_waiver_request } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { label, t } from '../../i18n';
import { shownDay } from '../../i18n/dates';
import { drop } from '../../session/drafts';
import { may } from '../../session/session';
import { Shown, useLoaded } from '../../ui/load';
import { Paper } from '../../ui/paper';
import { Gone } from '../gone';
import type { Chosen } from '../pick';
import { PickMany } from '../pick-many';
import { Answers, kindOf } from './answers';
import type { Failed } from './answers';

export function WaiverList({ id, part }: { readonly id: string; readonly part: string }) {
  const list = useLoaded(async () => (await send(get_waiver_request, { path: { id } })).body, [id]);
  if (isGone(list.failure)) return <Gone title={t('waivers.gone')} id={id} path="waivers" back={t('nav.waivers')} />;
  return <Shown of={list}>{(one) => (part === 'add' && may('case:update') ? <Add list={one} /> : part === 'letter' ? <Printed id={id} reference={one.reference} /> : <Whole list={one} put={list.put} again={list.again} />)}</Shown>;
}

function Printed({ id, reference }: { readonly id: string; readonly reference: string }) {
  return (
    <>
      <h1 tabIndex={-1}>{t('paper.letter')}</h1>
      <p><a href={`#/waivers/${id}`}><bdi dir="auto">{reference}</bdi></a></p>
      <Paper title={t('paper.letter')} load={async () => (await sendForFile(get_waiver_authority_letter, { path: { id } }, 'text/html')).body} />
    </>
  );
}

function Add({ list }: { readonly list: S.WaiverRequest }) {
  const [count, setCount] = useState(0);
  const take = async (people: readonly Chosen[], key: string) => {
    await send(add_waiver_request_members, { path: { id: list.id }, body: { case_ids: people.map((one) => one.id) }, key });
    setCount(people.length);
  };
  return (
    <>
      <h1 tabIndex={-1}>{t('waivers.add')}</h1>
      <p><a href={`#/waivers/${list.id}`}><bdi dir="auto">{list.reference}</bdi></a></p>
      <div role="status">
        {count ? <p class="panel">{t('waivers.added', { count })} <a class="button" href={`#/waivers/${list.id}`}>{t('waivers.to_list')}</a></p> : null}
      </div>
      <PickMany kind={`waivers-add ${list.id}`} stage="clearing" act={(many) => t('waivers.put', { count: many })} take={take} />
    </>
  );
}

interface WholeProps {
  readonly list: S.WaiverRequest;
  readonly put: (list: S.WaiverRequest) => void;
  readonly again: () => void;
}

function Whole({ list, put, again }: WholeProps) {
  const open = list.members.filter((one) => one.status === 'requested');
  const answered = list.members.filter((one) => one.status !== 'requested');
  const [failed, setFailed] = useState<Failed | null>(null);
  // Those of whom somebody else wrote down an answer meanwhile: theirs stands.
  const overtaken = answered.filter((one) => failed?.sent.includes(one.case_id));
  useEffect(() => {
    if (!open.length) drop(kindOf(list.id));
  }, [open.length]);
  const fail = (what: Failed | null) => {
    setFailed(what);
    // Recorded or not, refused or overtaken: what is there now is shown.
    if (what && !(what.why instanceof SignedOut)) again();
  };
  return (
    <>
      <h1 tabIndex={-1}><bdi dir="auto">{list.reference}</bdi></h1>
      <dl class="facts">
        <dt>{t('waivers.addressee')}</dt>
        <dd dir="auto">{list.addressee}</dd>
        <dt>{t('waivers.sent_on')}</dt>
        <dd>{shownDay(list.sent_on)}</dd>
        <dt>{t('waivers.percent')}</dt>
        <dd>{t('waivers.part', { percent: list.requested_percent })}</dd>
        <dt>{t('waivers.reason')}</dt>
        <dd>{label('reason', list.reason)}</dd>
      </dl>
      <p class="buttons">
        {may('case:update') ? <a class="button" href={`#/waivers/${list.id}/add`}>{t('waivers.add')}</a> : null}
        {list.members.length ? <a class="button quiet-button" href={`#/waivers/${list.id}/letter`}>{t('paper.letter')}</a> : null}
      </p>
      {list.members.length ? <p role="status">{t('waivers.counts', { count: list.members.length, open: open.length })}</p> : <p class="quiet">{t('waivers.nobody')}</p>}
      {overtaken.length ? <p class="wrong-box" role="alert">{t('waivers.overtaken', { codes: overtaken.map((one) => one.code).join(', ') })}</p> : null}
      {open.length ? may('case:update') ? <Answers list={list} open={open} failed={overtaken.length ? null : failed} onFailed={fail} onAnswered={put} /> : <Members all={open} caption={t('waivers.open')} /> : null}
      {answered.length ? <Members all={answered} caption={t('waivers.answered')} /> : null}
    </>
  );
}

function Members({ all, caption }: { readonly all: readonly S.WaiverRequestMember[]; readonly caption: string }) {
  return (
    <section class="panel" aria-label={caption}>
      <table class="cards">
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{t('cases.code')}</th>
            <th scope="col">{t('waivers.answer')}</th>
            <th scope="col">{t('waivers.granted_percent')}</th>
            <th scope="col">{t('waivers.answered_on')}</th>
            <th scope="col">{t('waivers.decision')}</th>
          </tr>
        </thead>
        <tbody>
          {all.map((one) => (
            <tr key={one.case_id}>
              <th scope="row" data-label={t('cases.code')}><a href={`#/cases/${one.case_id}`}><bdi>{one.code}</bdi></a></th>
              <td data-label={t('waivers.answer')}>{label('status', one.status)} <a href={`#/cases/${one.case_id}?form=fine-waivers&record=${one.waiver_id}`} aria-label={`${t('form.change')}: ${one.code}`}>{t('form.change')}</a></td>
              <td data-label={t('waivers.granted_percent')}>{one.granted_percent ? t('waivers.part', { percent: one.granted_percent }) : '–'}</td>
              <td data-label={t('waivers.answered_on')}>{shownDay(one.answered_on)}</td>
              <td data-label={t('waivers.decision')} dir="auto">{one.reference ?? '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
