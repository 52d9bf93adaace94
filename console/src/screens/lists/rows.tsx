// The rows of a list, by what became of them, and the answers about those that wait. A row is known by its number in the file: what stands
// in it is not shown.

import { useState } from 'preact/hooks';
import { isOvertaken } from '../../api/problem';
import { send } from '../../api/send';
import { decide_import_row, get_import, list_import_rows } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { label, t } from '../../i18n';
import { place, refine } from '../../router';
import { Wrong } from '../../ui/errors';
import { Select } from '../../ui/fields';
import { Grid } from '../../ui/grid';
import type { Column } from '../../ui/grid';
import { More, usePages } from '../../ui/pages';
import { useWork } from '../../ui/work';
import type { Shown } from './shown';
import { fieldName, noted } from './words';

/** What needs somebody comes first. */
const ORDER: readonly S.RowState[] = ['already_registered', 'repeated', 'asked', 'registered', 'taken_back', 'refused', 'ready', 'existing', 'skipped'];
/** What can be answered about a row in each state. */
const ANSWERS: Readonly<Partial<Record<S.RowStateCode, readonly S.RowDecision[]>>> = { already_registered: ['new', 'existing', 'skip'], repeated: ['new', 'skip'], asked: ['skip'], ready: ['new', 'skip'] };

export function Rows({ seen, put, again }: Shown) {
  const list = seen.body;
  const present = ORDER.filter((state) => list.counts.some((one) => one.state === state));
  const state = present.find((one) => one === place.value.query.get('state')) ?? present[0];
  const rows = usePages(async (after) => (await send(list_import_rows, { path: { id: list.id }, query: { limit: 50, ...(state ? { state } : {}), ...(after ? { after } : {}) } })).body, [list.id, state]);
  // What was decided here since the rows were read.
  const [decided, setDecided] = useState<Readonly<Record<string, S.ImportRow>>>({});
  const onDecided = async (row: S.ImportRow) => {
    setDecided((before) => ({ ...before, [row.id]: row }));
    // How many wait is said by the list, and whoever goes on says which version of it was seen.
    await send(get_import, { path: { id: list.id } }).then(put, () => again());
  };
  const stale = () => {
    again();
    rows.again();
  };
  const columns: readonly Column<S.ImportRow>[] = [
    { name: t('lists.row'), of: (row) => <>{row.number}{row.key === null ? null : <> (<bdi>{row.key}</bdi>)</>}</> },
    { name: t('lists.because'), of: (row) => <Because row={row} /> },
    ...(list.state === 'validated' ? [{ name: t('lists.answer'), of: (row: S.ImportRow) => <Decide key={row.id} list={list} row={row} onDecided={onDecided} onStale={stale} /> }] : []),
  ];
  const choices = present.map((value) => ({ value, text: `${label('lists.row', value)} (${list.counts.find((one) => one.state === value)?.rows ?? 0})` }));
  return (
    <section aria-labelledby="rows">
      <h2 id="rows" tabIndex={-1}>{t('lists.rows')}</h2>
      <search class="filters"><Select label={t('lists.show')} name="state" value={state ?? ''} choices={choices} onChange={(to) => refine(`lists/${list.id}`, { state: to })} /></search>
      {list.state === 'validated' && (state === 'already_registered' || state === 'repeated') ? <p class="hint">{t('lists.answers')}</p> : null}
      <More of={rows}>
        {(items) => <Grid caption={label('lists.row', state)} columns={columns} rows={items.map((row) => (decided[row.id]?.version ?? 0) > row.version ? (decided[row.id] ?? row) : row)} keyOf={(row) => row.id} none="–" />}
      </More>
    </section>
  );
}

/** Why a row became what it is. */
function Because({ row }: { readonly row: S.ImportRow }) {
  const seems = row.state === 'already_registered' && row.case_code === null;
  return (
    <ul class="missing">
      {row.alike ? <li>{label('lists.alike', row.alike)}{row.like_row ? `, ${t('lists.as_row', { row: row.like_row })}` : ''}</li> : null}
      {row.case_id ? <li><a href={`#/cases/${row.case_id}`}><bdi>{row.case_code}</bdi></a></li> : null}
      {seems ? <li>{t('lists.unseen')}</li> : null}
      {row.kept_because ? <li>{label('lists.kept', row.kept_because)}</li> : null}
      {row.notes.map((note, at) => (
        <li key={at}>
          {note.cell ? <><bdi>{note.cell}</bdi>{note.field ? `, ${fieldName(note.field)}` : ''}: </> : null}
          {noted(note)}
        </li>
      ))}
    </ul>
  );
}

interface DecideProps {
  readonly list: S.Import;
  readonly row: S.ImportRow;
  readonly onDecided: (row: S.ImportRow) => Promise<void>;
  readonly onStale: () => void;
}

function Decide({ list, row, onDecided, onStale }: DecideProps) {
  const { isBusy, failure, work } = useWork();
  // Of somebody whose case is gone or not seen, nobody can say that it is the same person.
  const offered = (ANSWERS[row.state] ?? []).filter((one) => one !== 'existing' || row.case_id);
  const decide = async (decision: S.RowDecision) => {
    const answer = await work(() => send(decide_import_row, { path: { id: list.id, row_id: row.id }, body: { decision }, ifMatch: `"${row.version}"` }), (why) => {
      if (isOvertaken(why)) onStale();
    });
    if (answer) await onDecided(answer.body);
  };
  return (
    <>
      <span class="buttons" role="group" aria-label={`${t('lists.answer')}: ${t('lists.row')} ${row.number}`}>
        {offered.map((one) => (
          <button type="button" key={one} class={row.decision === one ? 'small' : 'small quiet-button'} aria-pressed={row.decision === one} disabled={isBusy} onClick={() => void decide(one)}>{label('lists.decide', one)}</button>
        ))}
      </span>
      <Wrong failure={failure} />
    </>
  );
}
