// One journey: what is the same for all on board, who that is, and the step that they make together.

import { useEffect, useRef, useState } from 'preact/hooks';
import { isGone } from '../../api/problem';
import { send, sendForFile } from '../../api/send';
import { get_movement_authority_letter, get_movement_batch, get_movement_manifest_page, list_movement_passengers } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { label, sentence, t } from '../../i18n';
import { shownMoment } from '../../i18n/dates';
import { may } from '../../session/session';
import { Shown, useLoaded } from '../../ui/load';
import { Paper } from '../../ui/paper';
import { Gone } from '../gone';
import { Letter } from '../letter';
import { isBoarding, isOver, stepsOf } from './batch-fields';
import { BatchForm } from './batch-form';
import type { Seen } from './batch-form';
import { Board } from './board';
import { OnBoard } from './on-board';
import { OutcomeView, Who } from './outcome';
import { keepOutcome, outcomeOf } from './outcomes';
import { StepDialog } from './step';

interface Props {
  readonly id: string;
  readonly part: string;
}

export function Batch({ id, part }: Props) {
  const seen = useLoaded(async (): Promise<Seen> => {
    const [answer, board] = await Promise.all([send(get_movement_batch, { path: { id } }), part ? null : send(list_movement_passengers, { path: { id } })]);
    return { batch: answer.body, etag: answer.etag, board: board?.body ?? null };
  }, [id, part]);
  if (isGone(seen.failure)) return <Gone title={t('travel.gone')} id={id} path="travel" back={t('nav.travel')} />;
  return <Shown of={seen}>{(one) => <Opened seen={one} part={part} again={seen.again} put={seen.put} />}</Shown>;
}

interface OpenedProps {
  readonly seen: Seen;
  readonly part: string;
  readonly again: () => void;
  readonly put: (seen: Seen) => void;
}

function Opened({ seen, part, again, put }: OpenedProps) {
  const { batch } = seen;
  if (part === 'change' && may('repatriation:move') && !isOver(batch)) return <BatchForm key={batch.id} seen={seen} onDone={again} onGone={again} />;
  if (part === 'add' && may('repatriation:move') && isBoarding(batch)) return <Board seen={seen} />;
  if (part === 'manifest' || part === 'letter') {
    const path = { id: batch.id };
    return (
      <>
        <h1 tabIndex={-1}>{t(part === 'letter' ? 'paper.letter' : 'travel.manifest')}</h1>
        <p class="buttons"><a href={`#/travel/${batch.id}`}>{t('travel.to_batch')}</a></p>
        {part === 'letter' ? <Letter address={`#/travel/${batch.id}/letter?`} load={async (query) => (await sendForFile(get_movement_authority_letter, { path, query }, 'text/html')).body} /> : <Paper title={t('travel.manifest')} load={async () => (await sendForFile(get_movement_manifest_page, { path }, 'text/html')).body} />}
      </>
    );
  }
  return <Whole seen={seen} again={again} put={put} />;
}

function Whole({ seen, again, put }: Omit<OpenedProps, 'part'>) {
  const { batch } = seen;
  const board = seen.board?.passengers ?? [];
  const [manifest, setManifest] = useState<S.MovementManifest | null>(null);
  const [to, setTo] = useState<S.BatchStep | null>(null);
  // Whoever stays behind is not on board any more: their names are those of before.
  const names = useRef<Readonly<Record<string, string>>>({});
  useEffect(() => {
    names.current = { ...names.current, ...Object.fromEntries(board.flatMap(({ case: one }) => (one.name ? [[one.id, one.name]] : []))) };
  }, [seen.board]);
  const moved = (step: S.BatchStep, result: S.MovementTransitionResult, etag: string) => {
    keepOutcome(batch.id, { to: step, result, names: names.current });
    setTo(null);
    setManifest(null);
    put({ ...seen, batch: result.batch, etag });
    again();
  };
  // A step was made of which no answer came, or by somebody else meanwhile: it is not asked for again, and who stayed behind is said as
  // far as it can be told.
  const [isUnseen, setUnseen] = useState(false);
  useEffect(() => {
    if (!to || stepsOf(batch.status).includes(to)) return;
    setTo(null);
    setUnseen(true);
  }, [to, batch.status]);
  // On a journey whose seats are not booked nobody can be scheduled: that comes first.
  const isPlanned = batch.status === 'planned';
  const steps = may('repatriation:move') && batch.on_board > 0 && !isPlanned ? stepsOf(batch.status) : [];
  // What this organisation may say of nobody is not offered. The server names the bars of one step: who may not schedule a departure may
  // not say either that it happened, and the other way round.
  const barred = seen.board?.barred ?? [];
  const outcome = outcomeOf(batch.id);
  return (
    <>
      <header class="head">
        <h1 tabIndex={-1}><bdi dir="auto">{batch.name}</bdi></h1>
        <Facts batch={batch} />
        {may('repatriation:move') && !isOver(batch) ? <p class="buttons"><a class="button quiet-button" href={`#/travel/${batch.id}/change`}>{t('travel.change')}</a></p> : null}
      </header>
      {outcome ? <OutcomeView id={batch.id} outcome={outcome} /> : null}
      {isUnseen ? <Unseen names={names.current} board={board} /> : null}
      {steps.length ? (
        <section class="panel" aria-labelledby="steps">
          <h2 id="steps">{t('travel.all_together')}</h2>
          <p class="buttons">{barred.length ? null : steps.map((step) => <button type="button" key={step} onClick={() => setTo(step)}>{label('travel.step', step)}</button>)}</p>
          {steps.flatMap((step) => barred.map((guard) => <p key={`${step} ${guard.guard}`}>{label('travel.step', step)}: {sentence('guard', guard.guard, guard.message)}</p>))}
        </section>
      ) : null}
      {isPlanned && may('repatriation:move') ? <p>{t('travel.book_first')}</p> : null}
      {batch.status === 'delayed' ? <p>{t('travel.is_delayed')}</p> : null}
      <OnBoard seen={seen} manifest={manifest} onManifest={setManifest} onChanged={again} />
      {to ? (
        <StepDialog key={to} to={to} seen={seen} without={manifest ? manifest.passengers.filter((one) => one.travels_without.length > 0).length : null} onMoved={(result, etag) => moved(to, result, etag)} onClose={() => setTo(null)} onStale={() => {
          setManifest(null);
          again();
        }} />
      ) : null}
    </>
  );
}

interface UnseenProps {
  readonly names: Readonly<Record<string, string>>;
  /** Who is on board now. */
  readonly board: readonly S.MovementPassenger[];
}

/** The step was made, and what became of each did not come: whoever was on board and is not any more stayed behind. */
function Unseen({ names, board }: UnseenProps) {
  const behind = Object.entries(names).filter(([id]) => !board.some((one) => one.case.id === id));
  return (
    <div class="wrong-box" role="alert">
      <p>{behind.length ? t('travel.made') : t('travel.made_look')}</p>
      {behind.length ? <ul>{behind.map(([id, name]) => <li key={id}><Who id={id} code="" name={name} /></li>)}</ul> : null}
    </div>
  );
}

function Facts({ batch }: { readonly batch: S.MovementBatch }) {
  const rows: readonly (readonly [string, string | null | undefined])[] = [
    [t('travel.status'), label('status', batch.status)],
    [t('travel.mode'), label('mode', batch.mode)],
    [t('travel.origin'), batch.origin],
    [t('travel.destination'), batch.destination],
    [t('travel.departs_at'), shownMoment(batch.departs_at)],
    [t('travel.departed_at'), batch.departed_at ? shownMoment(batch.departed_at) : null],
    [t('travel.arrives_at'), shownMoment(batch.arrives_at)],
    [t('travel.carrier'), batch.carrier],
    [t('travel.reference'), batch.reference],
    [t('travel.escort'), batch.escort],
    [t('travel.funding'), batch.funding ? label('funding', batch.funding) : null],
  ];
  return <dl class="facts">{rows.filter(([, value]) => value).map(([name, value]) => [<dt key={name}>{name}</dt>, <dd key={`${name} `}><bdi dir="auto">{value}</bdi></dd>])}</dl>;
}
