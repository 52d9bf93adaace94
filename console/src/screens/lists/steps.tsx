// The steps that end a list: its people are registered, taken back, or the list is cancelled or deleted.

import { useState } from 'preact/hooks';
import type { Answer } from '../../api/operation';
import { isOvertaken } from '../../api/problem';
import { send } from '../../api/send';
import { sendTable } from '../../api/table';
import { cancel_import, commit_import, get_import_report, undo_import } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { label, t } from '../../i18n';
import { shownMoment } from '../../i18n/dates';
import { may } from '../../session/session';
import { Wrong } from '../../ui/errors';
import { Radios } from '../../ui/radios';
import { SaveTable } from '../../ui/save';
import { Sure } from '../../ui/sure';
import { useWork } from '../../ui/work';
import type { Shown } from './shown';

const rowsIn = (list: S.Import, state: S.RowState): number => list.counts.find((one) => one.state === state)?.rows ?? 0;

/** What is decided at once about all rows that wait. */
const FOR_ALL: readonly S.RowDecision[] = ['skip', 'new'];

export function Commit({ seen, put, again }: Shown) {
  const list = seen.body;
  const [all, setAll] = useState('');
  const { isBusy, failure, work } = useWork();
  const waits = list.undecided > 0;
  const commit = async () => {
    const undecided = waits ? (all as S.RowDecision) : null;
    const answer = await work(() => send(commit_import, { path: { id: list.id }, body: { undecided }, ifMatch: seen.etag }), (why) => {
      if (isOvertaken(why)) again();
    });
    if (answer) put(answer);
  };
  return (
    <section class="panel" aria-labelledby="next">
      <h2 id="next" tabIndex={-1}>{t('lists.next')}</h2>
      <p>{t('lists.will', { ready: rowsIn(list, 'ready'), refused: rowsIn(list, 'refused') })} {list.decided ? t('lists.decided', { count: list.decided }) : ''}</p>
      <Wrong failure={failure} />
      {waits ? <Radios label={t('lists.all', { count: list.undecided })} name="/undecided" value={all} choices={FOR_ALL.map((value) => ({ value, text: label('lists.decide', value), hint: value === 'new' && rowsIn(list, 'asked') ? t('lists.not_asked') : undefined }))} onChange={setAll} /> : null}
      <p class="buttons">
        <button type="button" disabled={isBusy || (waits && !all)} onClick={() => void commit()}>{t('lists.commit')}</button>
        {rowsIn(list, 'registered') ? null : <a class="button quiet-button" href={`#/lists/${list.id}/columns`}>{t('lists.columns_anew')}</a>}
      </p>
    </section>
  );
}

/** The report names cells and codes, and nobody. */
export function Report({ list }: { readonly list: S.Import }) {
  return <SaveTable label={t('lists.report')} name={`list-${list.created_at.slice(0, 10)}.csv`} load={() => sendTable(get_import_report, { path: { id: list.id } })} />;
}

const OVER: readonly S.ImportStateCode[] = ['committed', 'undoing', 'undone', 'cancelled'];

export function End({ seen, put, again }: Shown) {
  const list = seen.body;
  const { isBusy, failure, work } = useWork();
  const path = { id: list.id };
  const step = async (ask: () => Promise<Answer<S.Import>>) => {
    const answer = await work(ask, (why) => {
      if (isOvertaken(why)) again();
    });
    if (answer) put(answer);
  };
  const isOpen = Boolean(list.undo_until && Date.parse(list.undo_until) > Date.now());
  const ifMatch = seen.etag;
  const common = { no: t('lists.not_yet'), isBusy };
  return (
    <>
      <Wrong failure={failure} />
      <div class="buttons">
        {isOpen && may('case:close') && (list.state === 'committed' || list.state === 'cancelled') ? (
          <Sure {...common} label={t('lists.undo')} question={t('lists.undo_sure', { moment: shownMoment(list.undo_until) })} yes={t('lists.undo')} onYes={() => void step(() => send(undo_import, { path, ifMatch }))} />
        ) : null}
        {OVER.includes(list.state) ? null : <Sure {...common} label={t('lists.cancel')} question={t('lists.cancel_sure')} yes={t('lists.cancel')} onYes={() => void step(() => send(cancel_import, { path, ifMatch }))} />}
      </div>
    </>
  );
}
