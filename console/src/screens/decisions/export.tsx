// An export that can be fetched: once, by whoever made it, within fifteen minutes.

import { useEffect, useState } from 'preact/hooks';
import { NoAnswer, isGone } from '../../api/problem';
import { sendTable } from '../../api/table';
import { get_export_csv } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { t } from '../../i18n';
import { today } from '../../i18n/dates';
import { place } from '../../router';
import { Wrong } from '../../ui/errors';
import { saveFile } from '../../ui/save';
import { useWork } from '../../ui/work';
import { clock, secondsLeft } from './countdown';

function useSecondsLeft(until: string | null): number | null {
  const [left, setLeft] = useState(() => secondsLeft(until, Date.now()));
  useEffect(() => {
    const timer = setInterval(() => setLeft(secondsLeft(until, Date.now())), 1000);
    return () => clearInterval(timer);
  }, [until]);
  return left;
}

type State = 'ready' | 'saved' | 'gone';

export function Export({ id }: { readonly id: string }) {
  const left = useSecondsLeft(place.value.query.get('until'));
  const [state, setState] = useState<State>('ready');
  const { isBusy, failure, work } = useWork();
  const fetchIt = () =>
    work(async () => {
      try {
        saveFile(`names-${today()}.csv`, await sendTable(get_export_csv, { path: { id: id as S.ExportId } }));
        setState('saved');
      } catch (why) {
        if (!isGone(why)) throw why;
        setState('gone');
      }
    });
  const isOver = state === 'gone' || (state === 'ready' && left === 0);
  return (
    <>
      <p><a href="#/decisions">{t('decisions.back')}</a></p>
      <h1 tabIndex={-1}>{t('decisions.export')}</h1>
      <section class="panel" aria-live="polite">
        {state === 'saved' ? (
          <>
            <p><strong>{t('decisions.saved')}</strong></p>
            <p>{t('decisions.copy_stays')}</p>
          </>
        ) : isOver ? (
          <>
            <p><strong>{t('decisions.over')}</strong></p>
            <p class="buttons"><a class="button" href="#/decisions/export">{t('decisions.ask_export')}</a></p>
          </>
        ) : (
          <>
            <p>{t('decisions.once')}</p>
            <p class="wrong-box">{t('decisions.copy_stays')}</p>
            <Wrong failure={failure} />
            {failure instanceof NoAnswer ? <p>{t('decisions.perhaps_gone')}</p> : null}
            <p class="buttons"><button type="button" disabled={isBusy} onClick={() => void fetchIt()}>{t('decisions.save_csv')}</button></p>
          </>
        )}
      </section>
      {state === 'ready' && !isOver ? <p role="timer" aria-live="off">{left === null ? t('decisions.minutes') : t('decisions.left', { time: clock(left) })}</p> : null}
    </>
  );
}
