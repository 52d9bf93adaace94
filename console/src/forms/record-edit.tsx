// The form of one record. What was typed is kept with the version that it was typed on; where somebody was faster, both are shown.

import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { NoAnswer, isGone, isStale } from '../api/problem';
import { send } from '../api/send';
import { list_missions } from '../generated/operations';
import type { S } from '../generated/schema';
import { label, sentence, spelled, t } from '../i18n';
import type { Choice } from '../i18n/countries';
import { draft, drop, keep } from '../session/drafts';
import { Wrong, errorsOf } from '../ui/errors';
import { Form } from '../ui/fields';
import { useWork } from '../ui/work';
import type { Act, Descriptor, RecordForm, Value, Values } from './descriptor';
import { Frozen } from './frozen';
import { isSame, takeUp, together } from './merge';
import type { TakenUp, Typed } from './merge';
import { Merge } from './merge-view';
import { isSent, once } from './once';
import type { Keys } from './once';
import { Fields } from './record-fields';
import type { Opened } from './records';
import { alter, make } from './records';
import { bodyOf, fieldAt, flatten, patchOf, unflatten, valuesOf } from './values';

/** What a form does: make a record, or change one that was read. */
export interface Job {
  readonly act: Act;
  readonly form: RecordForm;
  /** What is changed, as it was read; null: a new one. */
  readonly opened: Opened | null;
  readonly path: string;
  /** The id of the record, where it has one. */
  readonly record: string;
  readonly ids: Readonly<Record<string, string>>;
  /** Reads anew what is changed; null if it is not there any more. */
  readonly reread: () => Promise<Opened | null>;
}

/** What is asked of a case for a form of its. */
export type About = Pick<S.CaseFile, 'id'> & Partial<Pick<S.CaseFile, 'host_country' | 'nationality_claimed'>>;

interface Props {
  readonly job: Job;
  /** The case that it is about; for what is no part of one, its id alone. */
  readonly file: About;
  /** What ids are chosen from, by their kind. */
  readonly ids?: Readonly<Record<string, readonly Choice[]>>;
  readonly resource: string;
  readonly title: string;
  readonly field: string;
  readonly onDone: () => void;
  readonly onClose: () => void;
  readonly onGone: () => void;
  /** It is not known whether a record was made: the list tells. */
  readonly onUnsure: () => void;
}

type Flat = Readonly<Record<string, Value | undefined>>;
interface Kept extends Typed<Value | undefined> {
  readonly keys: Keys;
}

/** Under what name the form is kept: it ends with the id of the case, with which it is forgotten. */
export const kindOf = (resource: string, record: string, id: string): string => `${resource} ${record} ${id}`;

const start = (fields: readonly Descriptor[], opened: Opened | null): { values: Flat; etag: string } => ({ values: flatten(fields, opened ? valuesOf(fields, opened.record) : {}), etag: opened?.etag ?? '' });

export function Edit({ job, file, ids, resource, title, field, onDone, onClose, onGone, onUnsure }: Props) {
  const { act } = job;
  const kind = kindOf(resource, job.record, file.id);
  const before = useMemo(() => draft<Kept>(kind), []);
  const [on, setOn] = useState<TakenUp<Value | undefined>>(() => {
    const { values, etag } = start(act.fields, job.opened);
    return takeUp(before, values, etag);
  });
  const [mine, setMine] = useState<Flat>(on.mine);
  const keys = useRef<Keys>({ ...before?.keys });
  const { isBusy, failure, setFailure, work } = useWork();
  const box = useRef<HTMLDivElement>(null);
  const errors = useMemo(() => errorsOf(failure), [failure]);
  const missions = useMissions(act.fields, file, setFailure);
  const values = unflatten(act.fields, mine);
  useEffect(() => {
    if (on.merged) return;
    const places = [...(box.current?.querySelectorAll<HTMLElement>('[data-pointer]') ?? [])];
    const wanted = places.find((one) => one.dataset.pointer === `/${field.replaceAll('.', '/')}`) ?? places[0];
    wanted?.querySelector<HTMLElement>('input, select, textarea')?.focus();
  }, []);

  const hold = (typed: Flat) => {
    if (!isSent(keys.current) && Object.keys({ ...on.base, ...typed }).every((name) => isSame(typed[name], on.base[name]))) drop(kind);
    else keep(kind, { ...on.from, mine: typed, keys: { ...keys.current } } satisfies Kept);
  };
  useEffect(() => hold(mine), [mine, on]);
  const change = (to: Values) => setMine(flatten(act.fields, to));
  const catchUp = async () => {
    const now = await job.reread();
    if (!now) return onGone();
    const { values: theirs, etag } = start(act.fields, now);
    const next = takeUp({ ...on.from, mine }, theirs, etag);
    setOn(next);
    setMine(next.mine);
  };
  const save = () =>
    work(async () => {
      try {
        if (job.opened) await alter(job.path, act, job.ids, patchOf(act.fields, unflatten(act.fields, on.base), values) ?? {}, on.etag);
        else await once(keys.current, bodyOf(act.fields, values) ?? {}, (body, key) => make(job.form, act, file.id, body, key), () => hold(mine));
      } catch (why) {
        if (!isStale(why) || !job.opened) throw why;
        return catchUp();
      }
      drop(kind);
      onDone();
    }, (why) => {
      if (isGone(why)) onGone();
      if (why instanceof NoAnswer && !job.opened) onUnsure();
    });
  const close = () => {
    drop(kind);
    onClose();
  };
  return (
    <div ref={box}>
      {on.merged ? <Merge key={on.etag} merged={on.merged} theirs={on.base} mine={mine} nameOf={nameOf} shown={(place, value) => shown(fieldAt(act.fields, place), value)} joined={(place, theirs, own) => together(on.from.base[place], theirs, own) as Value | undefined} onChoose={(place, value) => setMine({ ...mine, [place]: value })} /> : null}
      <Form label={title} onSubmit={() => void save()}>
        <Wrong failure={failure} />
        <Frozen isSent={isSent(keys.current)} isBusy={isBusy}>
          <Fields fields={act.fields} at="" values={values} context={{ errors, missions, ids }} onChange={change} />
        </Frozen>
        <p class="buttons">
          <button disabled={isBusy}>{job.opened ? t('form.save_change') : t('form.save')}</button>
          <button type="button" class="quiet-button" onClick={close}>{t('form.cancel')}</button>
        </p>
      </Form>
    </div>
  );
}

/** The missions that may be asked about this person, where the form asks for one. */
function useMissions(fields: readonly Descriptor[], file: About, onFailure: (why: unknown) => void): readonly Choice[] {
  const [missions, setMissions] = useState<readonly Choice[]>([]);
  const asks = fields.some((one) => one.kind === 'MissionId');
  useEffect(() => {
    if (!asks) return;
    const covers = { host_country: file.host_country, nationality: (file.nationality_claimed ?? undefined) as S.Country | undefined };
    send(list_missions, { query: covers }).then((answer) => setMissions(answer.body.items.map((one) => ({ value: one.id, text: `${one.name}, ${one.city}` }))), onFailure);
  }, [asks]);
  return missions;
}

const nameOf = (place: string): string => place.split('/').map((name) => sentence('field', name, spelled(name))).join(' › ');

/** An answer in words, as far as it has any. */
function shown(field: Descriptor | undefined, value: Value | undefined): string {
  if (value === undefined || value === '') return '–';
  if (typeof value === 'string') return field?.kind === 'code' || field?.kind === 'codes' ? label(field.name, value) : field?.kind === 'flag' ? label('form', value) : value;
  if (Array.isArray(value)) return value.map((part) => shown(typeof part === 'string' ? field : field?.entry, part as Value)).join(' | ') || '–';
  const inside = field?.fields ?? [];
  const parts = Object.entries(value as Values).map(([name, part]) => shown(name ? inside.find((one) => one.name === name) : field, part));
  return parts.filter((part) => part !== '–').join(', ') || '–';
}
