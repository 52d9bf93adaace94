// The form of one record. What was typed is kept with the version that it was typed on; where somebody was faster, both are shown.

import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { NoAnswer, Refused, mayPass } from '../api/problem';
import { newKey, send } from '../api/send';
import { list_missions } from '../generated/operations';
import type { S } from '../generated/schema';
import { label, sentence, spelled, t } from '../i18n';
import type { Choice } from '../i18n/countries';
import { draft, drop, keep } from '../session/drafts';
import { Wrong, errorsOf } from '../ui/errors';
import { Form } from '../ui/fields';
import type { Act, Descriptor, RecordForm, Value, Values } from './descriptor';
import { isSame, takeUp, together } from './merge';
import type { TakenUp, Typed } from './merge';
import { Merge } from './merge-view';
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
  /** The key of every body that was sent and not answered: the same body under the same key is done once. */
  readonly keys: Readonly<Record<string, string>>;
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
  const keys = useRef<Record<string, string>>({ ...before?.keys });
  const [failure, setFailure] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
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
    if (Object.keys({ ...on.base, ...typed }).every((name) => isSame(typed[name], on.base[name]))) drop(kind);
    else keep(kind, { ...on.from, mine: typed, keys: keys.current } satisfies Kept);
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
  const refused = async (why: unknown): Promise<void> => {
    const status = why instanceof Refused ? why.status : 0;
    if (status === 412 && job.opened) return catchUp().catch(refused);
    setFailure(why);
    if (status === 404) onGone();
    if (why instanceof NoAnswer && !job.opened) onUnsure();
  };
  /** One key for one body, until there was an answer: then another try is another request. */
  const create = async () => {
    const body = bodyOf(act.fields, values) ?? {};
    const written = JSON.stringify(body);
    const key = (keys.current[written] ??= newKey());
    hold(mine);
    try {
      await make(job.form, act, file.id, body, key);
    } catch (why) {
      if (why instanceof Refused && !mayPass(why)) delete keys.current[written];
      throw why;
    }
  };
  const save = async () => {
    if (isBusy) return;
    setBusy(true);
    setFailure(null);
    try {
      if (job.opened) await alter(job.path, act, job.ids, patchOf(act.fields, unflatten(act.fields, on.base), values) ?? {}, on.etag);
      else await create();
      drop(kind);
      onDone();
    } catch (why) {
      await refused(why);
    } finally {
      setBusy(false);
    }
  };
  const close = () => {
    drop(kind);
    onClose();
  };
  return (
    <div ref={box}>
      {on.merged ? <Merge key={on.etag} merged={on.merged} theirs={on.base} mine={mine} nameOf={nameOf} shown={(place, value) => shown(fieldAt(act.fields, place), value)} joined={(place, theirs, own) => together(on.from.base[place], theirs, own) as Value | undefined} onChoose={(place, value) => setMine({ ...mine, [place]: value })} /> : null}
      <Form label={title} onSubmit={() => void save()}>
        <Wrong failure={failure} />
        <Fields fields={act.fields} at="" values={values} context={{ errors, missions, ids }} onChange={change} />
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
