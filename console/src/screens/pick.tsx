// Choosing several people: looked for by name or code, or taken from those who stand at a stage. What is chosen stays while one looks
// for the next, and is in memory alone.

import { useState } from 'preact/hooks';
import { send } from '../api/send';
import { STAGES } from '../forms/codes';
import { list_cases } from '../generated/operations';
import type { S } from '../generated/schema';
import { label, labelled, t } from '../i18n';
import { countries, country } from '../i18n/countries';
import { ascii } from '../i18n/dates';
import { Wrong, errorAt, errorsOf } from '../ui/errors';
import { Form, Select, Text } from '../ui/fields';
import { Paged } from '../ui/pages';
import { useWork } from '../ui/work';
import { found } from './people';

/** Somebody who is chosen. */
export interface Chosen {
  readonly id: string;
  readonly code: string;
  readonly name: string;
}

type Way = 'stage' | 'name' | 'code';
const WAYS: readonly Way[] = ['stage', 'name', 'code'];
const WORDS = { name: 'people.name', code: 'people.code' } as const;

interface Props {
  /** Where most of those who are chosen stand. */
  readonly stage: S.StageCode;
  readonly chosen: readonly Chosen[];
  readonly onChange: (chosen: readonly Chosen[]) => void;
}

export function Pick({ stage: usual, chosen, onChange }: Props) {
  const [way, setWay] = useState<Way>('stage');
  const [stage, setStage] = useState<string>(usual);
  const [nationality, setNationality] = useState('');
  const [text, setText] = useState('');
  const [people, setPeople] = useState<readonly S.CaseSummary[] | null>(null);
  const { isBusy, failure, setFailure, work } = useWork();
  const errors = errorsOf(failure);
  const toWay = (to: string) => {
    setWay((to || 'stage') as Way);
    setPeople(null);
    setFailure(null);
    setText('');
  };
  const search = async () => {
    if (way === 'stage' || !text.trim()) return;
    await work(async () => {
      setPeople(await found(way === 'name' ? { name: text.normalize('NFC').trim() } : { code: ascii(text).trim() }));
    }, () => setPeople(null));
  };
  const toggle = (some: readonly S.CaseSummary[], isOn: boolean) => {
    const ids = new Set(some.map((one) => one.id));
    const others = chosen.filter((one) => !ids.has(one.id));
    onChange(isOn ? [...others, ...some.map((one) => ({ id: one.id, code: one.code, name: one.name ?? '' }))] : others);
  };
  const table = (cases: readonly S.CaseSummary[]) => <Table cases={cases} chosen={chosen} onToggle={toggle} />;
  const query = { stage: (stage || undefined) as S.Stage | undefined, nationality: (nationality || undefined) as S.Nationality | undefined, status: 'active' as const, limit: 50 };
  return (
    <search>
      <Form label={t('pick.form')} onSubmit={() => void search()}>
        <div class="grid">
          <Select label={t('pick.by')} name="/field" value={way} choices={labelled('pick', WAYS)} onChange={toWay} />
          {way === 'stage' ? (
            <>
              <Select label={t('cases.stage')} name="/stage" value={stage} choices={labelled('stage', STAGES)} onChange={setStage} none={t('cases.all')} />
              <Select label={t('cases.nationality')} name="/nationality" value={nationality} choices={countries()} onChange={setNationality} none={t('cases.all')} />
            </>
          ) : (
            <Text label={t(WORDS[way])} name={`/${way}`} value={text} onInput={setText} error={errorAt(errors, `/${way}`)} max={300} isName={way === 'name'} required />
          )}
        </div>
        <Wrong failure={failure} />
        {way === 'stage' ? null : <p class="buttons"><button disabled={isBusy}>{t('people.search')}</button></p>}
      </Form>
      {way === 'stage' ? (
        <Paged key={JSON.stringify(query)} read={async (after) => (await send(list_cases, { query: { ...query, ...(after ? { after } : {}) } as object })).body}>{table}</Paged>
      ) : (
        <>
          <p class="quiet" role="status">{isBusy ? t('load.wait') : people ? t('people.found', { count: people.length }) : ''}</p>
          {people?.length ? table(people) : null}
        </>
      )}
    </search>
  );
}

interface TableProps {
  readonly cases: readonly S.CaseSummary[];
  readonly chosen: readonly Chosen[];
  readonly onToggle: (some: readonly S.CaseSummary[], isOn: boolean) => void;
}

function Table({ cases, chosen, onToggle }: TableProps) {
  if (!cases.length) return <p role="status">{t('cases.none')}</p>;
  const isChosen = (one: S.CaseSummary) => chosen.some((other) => other.id === one.id);
  const isAll = cases.every(isChosen);
  return (
    <>
      <p class="buttons"><button type="button" class="quiet-button" onClick={() => onToggle(cases, !isAll)}>{isAll ? t('pick.none_of') : t('pick.all', { count: cases.length })}</button></p>
      <table class="cards">
        <caption>{t('cases.shown', { count: cases.length })}</caption>
        <thead>
          <tr>
            <th scope="col">{t('cases.name')}</th>
            <th scope="col">{t('cases.code')}</th>
            <th scope="col">{t('cases.nationality')}</th>
            <th scope="col">{t('cases.stage')}</th>
          </tr>
        </thead>
        <tbody>
          {cases.map((one) => (
            <tr key={one.id}>
              <th scope="row">
                <label class="check">
                  <input type="checkbox" checked={isChosen(one)} onChange={(event) => onToggle([one], event.currentTarget.checked)} />
                  <span>{one.name === undefined ? t('case.not_shared') : <bdi dir="auto">{one.name || t('register.nameless')}</bdi>}{one.is_child ? <span class="mark">{t('case.child')}</span> : null}</span>
                </label>
              </th>
              <td data-label={t('cases.code')}><bdi>{one.code}</bdi></td>
              <td data-label={t('cases.nationality')}>{country(one.nationality_verified ?? one.nationality_claimed)}</td>
              <td data-label={t('cases.stage')}>{one.side_state ? label('side_state', one.side_state) : label('stage', one.stage)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

interface ListProps {
  readonly chosen: readonly Chosen[];
  /** Why somebody cannot be taken, by the place in the list. */
  readonly wrong: readonly (string | undefined)[];
  readonly onRemove: (one: Chosen) => void;
}

/** Those who are chosen, each with what was refused of them. */
export function ChosenList({ chosen, wrong, onRemove }: ListProps) {
  return (
    <ul class="checklist">
      {chosen.map((one, at) => (
        <li key={one.id}>
          <span>
            <bdi dir="auto">{one.name || one.code || t('load.wait')}</bdi>{one.name && one.code ? <> <bdi class="quiet">{one.code}</bdi></> : null}
            {wrong[at] ? <span class="error"> {wrong[at]} <a href={`#/cases/${one.id}`}>{t('pick.open')}</a></span> : null}
          </span>
          <button type="button" class="small quiet-button" aria-label={`${t('form.remove')}: ${one.name || one.code}`} onClick={() => onRemove(one)}>{t('form.remove')}</button>
        </li>
      ))}
    </ul>
  );
}
