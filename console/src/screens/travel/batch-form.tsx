// The form of a journey: a new one, or one that is changed from what was read. Where somebody was faster, both are shown.

import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Refused, isGone, isStale } from '../../api/problem';
import { send } from '../../api/send';
import type { Value } from '../../forms/descriptor';
import { Frozen } from '../../forms/frozen';
import { isSame, takeUp } from '../../forms/merge';
import type { TakenUp, Typed } from '../../forms/merge';
import { Merge } from '../../forms/merge-view';
import { isSent, once } from '../../forms/once';
import type { Keys } from '../../forms/once';
import { bodyOf, flatten, patchOf, unflatten, valuesOf } from '../../forms/values';
import { create_movement_batch, get_movement_batch, update_movement_batch } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { label, t } from '../../i18n';
import { shownMoment } from '../../i18n/dates';
import { go } from '../../router';
import { draft, drop, keep } from '../../session/drafts';
import { Dialog } from '../../ui/dialog';
import { Wrong, errorsOf } from '../../ui/errors';
import { Form } from '../../ui/fields';
import { useWork } from '../../ui/work';
import { FIELDS } from './batch-fields';
import { BatchFields, nameOfField } from './batch-form-fields';

export interface Seen {
  readonly batch: S.MovementBatch;
  readonly etag: string;
  /** Who is on board, and who is ready for the next step; null where it is not asked for. */
  readonly board: S.MovementPassengers | null;
}

type Flat = Readonly<Record<string, Value | undefined>>;
interface Kept extends Typed<Value | undefined> {
  readonly keys: Keys;
}

/** What cannot be unmade by typing something else: it is asked before it is sent. */
const GRAVE: readonly string[] = ['delayed', 'cancelled'];
const start = (seen: Seen | null): { values: Flat; etag: string } => ({ values: flatten(FIELDS, seen ? valuesOf(FIELDS, { ...seen.batch }) : { status: 'planned' }), etag: seen?.etag ?? '' });

interface Props {
  /** What is changed; null: a new one. */
  readonly seen: Seen | null;
  readonly onDone?: () => void;
  readonly onGone?: () => void;
}

export function BatchForm({ seen, onDone, onGone }: Props) {
  const id = seen?.batch.id ?? '';
  const kind = `travel ${id || 'new'}`;
  const before = useMemo(() => draft<Kept>(kind), []);
  const [on, setOn] = useState<TakenUp<Value | undefined>>(() => {
    const { values, etag } = start(seen);
    return takeUp(before, values, etag);
  });
  const [mine, setMine] = useState<Flat>(on.mine);
  const keys = useRef<Keys>({ ...before?.keys });
  const { isBusy, failure, work } = useWork();
  const [isAsking, setAsking] = useState(false);
  const hold = () => {
    if (!isSent(keys.current) && Object.keys({ ...on.base, ...mine }).every((name) => isSame(mine[name], on.base[name]))) drop(kind);
    else keep(kind, { ...on.from, mine, keys: { ...keys.current } } satisfies Kept);
  };
  useEffect(hold, [mine, on]);
  const close = () => {
    drop(kind);
    go(id ? `travel/${id}` : 'travel');
  };

  const make = async () => {
    const asked = (bodyOf(FIELDS, unflatten(FIELDS, mine)) ?? {}) as unknown as S.CreateMovementBatch;
    const made = await once(keys.current, asked, (body, key) => send(create_movement_batch, { body, key }), hold);
    drop(kind);
    go(`travel/${made.body.id}`);
  };
  const change = async () => {
    const patch = patchOf(FIELDS, unflatten(FIELDS, on.base), unflatten(FIELDS, mine)) ?? {};
    await send(update_movement_batch, { path: { id }, body: patch as S.UpdateMovementBatch, ifMatch: on.etag });
    drop(kind);
    onDone?.();
    go(`travel/${id}`);
  };
  const catchUp = async () => {
    const answer = await send(get_movement_batch, { path: { id } });
    const { values, etag } = start({ batch: answer.body, etag: answer.etag, board: null });
    const next = takeUp({ ...on.from, mine }, values, etag);
    setOn(next);
    setMine(next.mine);
    // Only what is not compared was touched, such as who is on board: it is sent again by whoever presses.
    if (!next.merged) throw new Refused(412, { type: '', title: '', status: 412, code: 'stale_version', instance: '' }, 0);
  };
  const save = async () => {
    setAsking(false);
    await work(async () => {
      try {
        await (seen ? change() : make());
      } catch (why) {
        if (isGone(why)) onGone?.();
        if (!isStale(why)) throw why;
        await catchUp();
      }
    });
  };
  const isGrave = Boolean(seen) && GRAVE.includes(String(mine.status)) && mine.status !== on.base.status;
  const title = seen ? t('travel.change') : t('travel.new');
  return (
    <>
      <h1 tabIndex={-1}>{title}</h1>
      {on.merged ? <Merge<Value | undefined> key={on.etag} merged={on.merged} theirs={on.base} mine={mine} nameOf={nameOfField} shown={shown} onChoose={(name, value) => setMine({ ...mine, [name]: value })} /> : null}
      <Form label={title} onSubmit={() => (isGrave ? setAsking(true) : void save())} enterLeadsOn>
        <Wrong failure={failure} />
        <Frozen isSent={isSent(keys.current)} isBusy={isBusy}>
          <BatchFields values={mine} now={seen?.batch.status ?? null} errors={errorsOf(failure)} onChange={(to) => setMine((all) => ({ ...all, ...to }))} />
        </Frozen>
        <p class="buttons">
          <button disabled={isBusy}>{seen ? t('form.save_change') : t('form.save')}</button>
          <button type="button" class="quiet-button" onClick={close}>{t('form.cancel')}</button>
        </p>
      </Form>
      {isAsking ? (
        <Dialog title={t('travel.sure', { status: label('status', String(mine.status)) })} onClose={() => setAsking(false)}>
          <p>{mine.status === 'cancelled' ? t('travel.cancels', { count: seen?.batch.on_board ?? 0 }) : t('travel.delays', { count: seen?.batch.on_board ?? 0 })}</p>
          <p class="buttons">
            <button type="button" onClick={() => void save()}>{t('form.save_change')}</button>
            <button type="button" class="quiet-button" onClick={() => setAsking(false)}>{t('travel.back')}</button>
          </p>
        </Dialog>
      ) : null}
    </>
  );
}

/** An answer in words, to be compared with another. */
function shown(name: string, value: Value | undefined): string {
  if (typeof value !== 'string' || value === '') return '–';
  if (['mode', 'status', 'funding'].includes(name)) return label(name, value);
  return name.endsWith('_at') ? shownMoment(value) : value;
}
