// Looking for a person: by a name in any script, by a code, or by a number. What is searched for is never in an address.

import { useState } from 'preact/hooks';
import { Refused } from '../api/problem';
import { pause, send } from '../api/send';
import { search_cases } from '../generated/operations';
import type { S } from '../generated/schema';
import { label, labelled, t } from '../i18n';
import { countries } from '../i18n/countries';
import { ascii, asDay } from '../i18n/dates';
import { CaseTable } from '../ui/cases';
import { Wrong, errorAt, errorsOf } from '../ui/errors';
import { Form, Select, Text } from '../ui/fields';
import { useWork } from '../ui/work';
import { Blind } from './blind/blind';

/** Right after a start of the server names are still being read: that is waited for. */
export async function found(body: S.CaseSearch): Promise<readonly S.FoundCaseSummary[]> {
  for (let tries = 0; ; tries += 1) {
    try {
      return (await send(search_cases, { body })).body.items;
    } catch (failure) {
      if (!(failure instanceof Refused) || failure.code !== 'names_not_ready' || tries > 20) throw failure;
      await pause(Math.max(1, failure.retryAfter) * 1000);
    }
  }
}

type Way = 'name' | 'code' | 'document_number' | 'phone' | 'email';
const WAYS: readonly Way[] = ['name', 'code', 'document_number', 'phone', 'email'];

export function People() {
  const [way, setWay] = useState<Way>('name');
  const [text, setText] = useState('');
  const [birth, setBirth] = useState('');
  const [nationality, setNationality] = useState('');
  const [people, setPeople] = useState<readonly S.FoundCaseSummary[] | null>(null);
  const { isBusy, failure, work } = useWork();
  const errors = errorsOf(failure);

  const search = async () => {
    if (!text.trim()) return;
    // What is no day goes as it was typed: the API says at the field what is wrong with it, and nothing is left out of the search unsaid.
    const day = asDay(birth);
    const byName = { name: text.normalize('NFC').trim(), ...(day ? { birth_date: day } : {}), ...(nationality ? { nationality: nationality as S.Nationality } : {}) };
    await work(async () => {
      setPeople(await found(way === 'name' ? byName : way === 'code' ? { code: ascii(text).trim() } : { field: way, value: ascii(text).trim() }));
    }, () => setPeople(null));
  };
  return (
    <>
      <h1 tabIndex={-1}>{t('nav.people')}</h1>
      <Form label={t('nav.people')} onSubmit={() => void search()}>
        <div class="grid">
          <Select label={t('people.by')} name="/field" value={way} choices={labelled('people', WAYS)} onChange={(value) => setWay((value || 'name') as Way)} />
          <Text label={label('people', way)} name={way === 'name' || way === 'code' ? `/${way}` : '/value'} value={text} onInput={setText} error={errorAt(errors, way === 'name' || way === 'code' ? `/${way}` : '/value')} max={300} isName={way === 'name'} hasFocus required />
          {way === 'name' ? (
            <>
              <Text label={t('people.birth')} name="/birth_date" value={birth} onInput={setBirth} error={errorAt(errors, '/birth_date')} max={20} />
              <Select label={t('cases.nationality')} name="/nationality" value={nationality} choices={countries(true)} onChange={setNationality} none={t('cases.all')} />
            </>
          ) : null}
        </div>
        <Wrong failure={failure} />
        <p class="buttons"><button disabled={isBusy}>{t('people.search')}</button></p>
      </Form>
      <p class="quiet" role="status">{isBusy ? t('load.wait') : people ? t('people.found', { count: people.length }) : ''}</p>
      {people?.length ? <CaseTable cases={people} caption={t('people.found', { count: people.length })} extra={(one) => reasons(one as S.FoundCaseSummary)} /> : null}
      <Blind />
    </>
  );
}

const reasons = (one: S.FoundCaseSummary): string => one.reasons.map((reason) => `${label('match', reason.field)}: ${label('outcome', reason.outcome)}`).join(' · ') || '–';
