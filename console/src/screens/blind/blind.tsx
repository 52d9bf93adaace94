// Asking blindly whether somebody is registered with another organisation: never who, never why. What is described is in no address.

import { useState } from 'preact/hooks';
import { Refused, isGone } from '../../api/problem';
import { pause, send } from '../../api/send';
import { GENDERS } from '../../forms/codes';
import { resolve_blind_search, search_blind } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { labelled, t } from '../../i18n';
import { countries } from '../../i18n/countries';
import { shownBirth, shownMoment } from '../../i18n/dates';
import { may } from '../../session/session';
import { Copy } from '../../ui/copy';
import { Wrong, errorAt, errorsOf } from '../../ui/errors';
import { Form, Select, Text } from '../../ui/fields';
import { useWork } from '../../ui/work';
import { EMPTY, FEWEST, bodyOf, stated } from './described';
import type { Typed } from './described';


/** Right after a start of the server names are still being read: that is waited for. */
async function asked(body: S.BlindSearch): Promise<S.BlindSearchAnswer> {
  for (let tries = 0; ; tries += 1) {
    try {
      return (await send(search_blind, { body })).body;
    } catch (failure) {
      if (!(failure instanceof Refused) || failure.code !== 'names_not_ready' || tries > 20) throw failure;
      await pause(Math.max(1, failure.retryAfter) * 1000);
    }
  }
}

/** Both sides: whoever asks, and whoever was given what the answer named. */
export function Blind() {
  return (
    <>
      {may('case:blind_search') ? <details class="panel"><summary>{t('blind.ask')}</summary><Ask /></details> : null}
      <details class="panel"><summary>{t('blind.resolve')}</summary><Resolve /></details>
    </>
  );
}

function Ask() {
  const [typed, setTyped] = useState<Typed>(EMPTY);
  const [answer, setAnswer] = useState<S.BlindSearchAnswer | null>(null);
  const { isBusy, failure, work } = useWork();
  const errors = errorsOf(failure);
  const count = stated(typed);
  // An answer is about what was asked: it goes when something else is typed.
  const change = (to: Partial<Typed>) => {
    setTyped({ ...typed, ...to });
    setAnswer(null);
  };
  const search = async () => {
    if (count < FEWEST) return;
    setAnswer(null);
    await work(async () => {
      setAnswer(await asked(bodyOf(typed)));
    });
  };
  return (
    <>
      <p class="quiet">{t('blind.text')}</p>
      <Form label={t('blind.ask')} onSubmit={() => void search()}>
        <div class="grid">
          <Text label={t('blind.name')} name="/person/name" value={typed.name} onInput={(name) => change({ name })} error={errorAt(errors, '/person/name')} max={300} isName />
          <Text label={t('blind.birth')} name="/person/birth_date" value={typed.birth} onInput={(birth) => change({ birth })} error={errorAt(errors, '/person/birth_date')} hint={shownBirth(typed.birth) || undefined} max={20} />
          <Select label={t('cases.nationality')} name="/person/nationality" value={typed.nationality} choices={countries(true)} onChange={(nationality) => change({ nationality })} none={t('form.not_asked')} error={errorAt(errors, '/person/nationality')} />
          <Select label={t('blind.gender')} name="/person/gender" value={typed.gender} choices={labelled('gender', GENDERS)} onChange={(gender) => change({ gender })} none={t('form.not_asked')} error={errorAt(errors, '/person/gender')} />
          <Text label={t('people.document_number')} name="/person/document_number" value={typed.number} onInput={(number) => change({ number })} error={errorAt(errors, '/person/document_number')} max={60} />
          <Text label={t('people.phone')} name="/person/phone" type="tel" mode="tel" value={typed.phone} onInput={(phone) => change({ phone })} error={errorAt(errors, '/person/phone')} max={60} />
        </div>
        <Wrong failure={failure} />
        <p class="hint" role="status">{count < FEWEST ? t('blind.fewest', { count: FEWEST - count }) : ''}</p>
        <p class="buttons"><button disabled={isBusy || count < FEWEST}>{t('blind.go')}</button></p>
      </Form>
      <div role="status">{isBusy ? t('load.wait') : answer ? <Answered answer={answer} /> : null}</div>
    </>
  );
}

function Answered({ answer }: { readonly answer: S.BlindSearchAnswer }) {
  if (!answer.possible_match || !answer.organisation) return <p>{t('blind.none')}</p>;
  const token = answer.token ?? '';
  return (
    <div class="merge">
      <p>{t('blind.perhaps')} <strong><bdi dir="auto">{answer.organisation.name}</bdi></strong></p>
      <p>{t('blind.give')}</p>
      <p class="code">{token}</p>
      <p class="buttons"><Copy text={token} /></p>
    </div>
  );
}

function Resolve() {
  const [token, setToken] = useState('');
  const [found, setFound] = useState<S.BlindSearchCase | null>(null);
  const { isBusy, failure, work } = useWork();
  const isNone = isGone(failure);
  const resolve = async () => {
    if (!token.trim()) return;
    setFound(null);
    await work(async () => {
      // A token that was copied out of a letter is broken over lines.
      setFound((await send(resolve_blind_search, { body: { token: token.replaceAll(/\s/g, '') } })).body);
    });
  };
  return (
    <>
      <p class="quiet">{t('blind.resolve_text')}</p>
      <Form label={t('blind.resolve')} onSubmit={() => void resolve()}>
        <Wrong failure={isNone ? null : failure} />
        <Text label={t('blind.token')} name="/token" value={token} onInput={setToken} error={errorAt(errorsOf(failure), '/token')} max={3000} isLong required />
        <p class="buttons"><button disabled={isBusy || !token.trim()}>{t('blind.resolve_go')}</button></p>
      </Form>
      <div role="status">
        {isNone ? <p>{t('blind.no_case')}</p> : null}
        {found ? <p><a href={`#/cases/${found.case_id}`}><bdi>{found.case_code}</bdi></a> – {t('blind.asked_by', { moment: shownMoment(found.asked_at) })} <bdi dir="auto">{found.asked_by.name}</bdi></p> : null}
      </div>
    </>
  );
}
