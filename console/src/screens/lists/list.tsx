// One list, from its file to its people. What takes long is done by the server: the list is read until it is done, while somebody looks.

import { useEffect } from 'preact/hooks';
import { SignedOut, isGone } from '../../api/problem';
import { send } from '../../api/send';
import { get_import } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { label, t } from '../../i18n';
import { shownMoment } from '../../i18n/dates';
import { dropOf } from '../../session/drafts';
import { Shown as Loaded, useLoaded } from '../../ui/load';
import { Gone } from '../gone';
import { Columns } from './columns';
import { Rows } from './rows';
import { SendFile } from './send-file';
import type { Shown } from './shown';
import { Commit, End, Report } from './steps';
import { leftOut, stopped } from './words';

/** Milliseconds between two looks at the work of the server, and after one that failed. */
const PAUSE = 2000;
const LONG_PAUSE = 10_000;

const isWorkedOn = (state: S.ImportStateCode): boolean => ['reading', 'validating', 'committing', 'undoing'].includes(state);

/** Reads a list again as long as the server works on it, and not while nobody sees the page. */
function useWatch({ seen, put, again }: Shown) {
  const { id, state } = seen.body;
  useEffect(() => {
    if (!isWorkedOn(state)) return;
    let isCurrent = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const wait = (milliseconds: number) => {
      clearTimeout(timer);
      if (isCurrent && !document.hidden) timer = setTimeout(look, milliseconds);
    };
    const look = () =>
      void send(get_import, { path: { id } }).then(
        (answer) => isCurrent && put(answer),
        (why: unknown) => {
          if (isGone(why)) again();
          else if (!(why instanceof SignedOut)) wait(LONG_PAUSE);
        },
      );
    const back = () => wait(PAUSE);
    back();
    document.addEventListener('visibilitychange', back);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', back);
    };
  }, [seen]);
}

export function List({ id, part }: { readonly id: string; readonly part: string }) {
  const seen = useLoaded(() => send(get_import, { path: { id } }), [id]);
  if (isGone(seen.failure)) return <Gone title={t('lists.gone')} id={id} path="lists" back={t('nav.lists')} />;
  return <Loaded of={seen}>{(answer) => <Opened seen={answer} put={seen.put} again={seen.again} part={part} />}</Loaded>;
}

function Opened({ part, ...shown }: Shown & { readonly part: string }) {
  const list = shown.seen.body;
  const { state } = list;
  useWatch(shown);
  const isMapped = state === 'read' || (state === 'validated' && part === 'columns');
  // What was typed of the columns is said, once it is worked with.
  useEffect(() => {
    if (!isMapped && state !== 'validated') dropOf(list.id);
  }, [state]);
  return (
    <>
      <p><a href="#/lists">{t('nav.lists')}</a></p>
      <h1 tabIndex={-1}>{t('lists.title', { day: shownMoment(list.created_at) })}</h1>
      <p role="status"><strong>{label('lists.state', state)}</strong></p>
      {list.stopped_because ? <p class="wrong-box">{stopped(list)}</p> : null}
      <Facts list={list} />
      {isWorkedOn(state) ? (
        <>
          {/* How long a file is read is not known beforehand. */}
          <progress aria-label={label('lists.state', state)} {...(state === 'reading' ? {} : { max: list.row_count, value: list.position })} />
          <p>{t('lists.goes_on')}</p>
        </>
      ) : null}
      {state === 'announced' || state === 'refused' ? <SendFile {...shown} /> : null}
      {isMapped ? <Columns {...shown} /> : null}
      {state === 'validated' && !isMapped ? <Commit {...shown} /> : null}
      {list.counts.length && !isMapped && !isWorkedOn(state) ? <><Rows key={state} {...shown} /><Report list={list} /></> : null}
      <End {...shown} />
    </>
  );
}

function Facts({ list }: { readonly list: S.Import }) {
  const facts: readonly (readonly [string, string])[] = [
    ...(list.row_count ? [[t('lists.rows'), String(list.row_count)] as const] : []),
    ...list.counts.map((one) => [label('lists.row', one.state), String(one.rows)] as const),
    [t('lists.until'), shownMoment(list.expires_at)],
  ];
  return (
    <>
      <dl class="facts">{facts.map(([name, value]) => [<dt key={name}>{name}</dt>, <dd key={`${name} `}>{value}</dd>])}</dl>
      <ul>{leftOut(list).map((one) => <li key={one}>{one}</li>)}</ul>
    </>
  );
}
