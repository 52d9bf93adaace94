// The records of a kind on a case: what is there, and the form of a new one or of one that is changed.

import { useEffect, useRef, useState } from 'preact/hooks';
import { isGone } from '../api/problem';
import type { S } from '../generated/schema';
import { label, sentence, spelled, t } from '../i18n';
import { shownDay, shownMoment } from '../i18n/dates';
import { isDrafted } from '../session/drafts';
import { may } from '../session/session';
import { Wrong } from '../ui/errors';
import type { Descriptor, RecordForm, Stored } from './descriptor';
import { formOf } from './descriptor';
import { Edit, kindOf } from './record-edit';
import type { Job } from './record-edit';
import type { Opened } from './records';
import { list, opened, readOne } from './records';
import { hasField } from './values';

interface Props {
  readonly file: S.CaseFile;
  readonly resource: string;
  /** The field that would satisfy what is asked for: it takes the focus. */
  readonly field: string;
  /** The record that it is about, if any. */
  readonly record: string;
  readonly onDone: () => void;
  readonly onClose: () => void;
  readonly onGone: () => void;
}

interface Known {
  readonly form: RecordForm;
  readonly stored: readonly Stored[];
  /** The one that a case has anyway. */
  readonly one: Opened | null;
}

async function know(resource: string, id: string): Promise<Known | null> {
  const form = await formOf(resource);
  if (!form) return null;
  // Read first: what is there already may need a change and no second one; and nothing is changed that was not seen.
  const [stored, one] = await Promise.all([form.isList ? list(form, id) : [], form.one ? readOne(form, id) : null]);
  return { form, stored, one };
}

/** What is open: the form of a new record, or the id of the one that is changed. */
const NEW = '';
const ONE = 'one';

/**
 * Where a link leads: to the record that it names; to the form of a new one, where there is none yet and the form has the field; else to
 * the list, from which one is chosen: what is there may need a change, and no second one beside it.
 */
function first({ form, stored, one }: Known, field: string, record: string, isBegun: boolean): string | null {
  if (one) return ONE;
  if (form.update && stored.some((other) => other.id === record)) return record;
  return form.make && (isBegun || (!stored.length && hasField(form.make.fields, field))) ? NEW : null;
}

export function Records({ file, resource, field, record, onDone, onClose, onGone }: Props) {
  const [known, setKnown] = useState<Known | null | undefined>(undefined);
  const [open, setOpen] = useState<string | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const load = async (): Promise<Known | null> => {
    const now = await know(resource, file.id);
    setKnown(now);
    return now;
  };
  const failed = (why: unknown) => {
    setFailure(why);
    if (isGone(why)) onGone();
  };
  const begin = () => {
    setFailure(null);
    load().then((now) => setOpen(now && first(now, field, record, isDrafted(kindOf(resource, NEW, file.id)))), failed);
  };
  useEffect(begin, [resource]);
  useEffect(() => {
    if (known !== undefined && open === null) heading.current?.focus();
  }, [known === undefined]);

  const job = known ? jobOf(known, open, file.id, load) : null;
  const canMake = known?.form.make && may(known.form.make.permission);
  const canChange = known?.form.update && may(known.form.update.permission);
  return (
    <section class="panel" aria-label={title(resource)}>
      <h2 tabIndex={-1} ref={heading}>{title(resource)}</h2>
      <Wrong failure={failure} />
      {failure ? <button type="button" onClick={begin}>{t('load.again')}</button> : null}
      {known === null ? <p>{t('form.none')}</p> : null}
      {known?.stored.length ? (
        <ul class="checklist">
          {known.stored.map((one) => (
            <li key={one.id}>
              <span dir="auto">{summary(known.form, one)}</span>
              {canChange ? <button type="button" class="small" aria-pressed={one.id === open} onClick={() => setOpen(one.id === open ? null : one.id)}>{t('form.change')}</button> : null}
            </li>
          ))}
        </ul>
      ) : known?.form.isList ? (
        <p class="quiet">{t('case.nothing')}</p>
      ) : null}
      {canMake && open !== NEW ? <button type="button" class="quiet-button" onClick={() => setOpen(NEW)}>{t('form.new')}</button> : null}
      {job && may(job.act.permission) ? (
        <Edit key={`${resource} ${open}`} job={job} file={file} resource={resource} title={title(resource)} field={field} onDone={onDone} onClose={onClose} onGone={onGone} onUnsure={() => void load().catch(() => undefined)} />
      ) : known ? (
        <p class="buttons"><button type="button" class="quiet-button" onClick={onClose}>{t('form.close')}</button></p>
      ) : null}
    </section>
  );
}

/** What the open form does, and how it reads anew what it changes. */
function jobOf(known: Known, open: string | null, id: string, load: () => Promise<Known | null>): Job | null {
  const { form, stored, one } = known;
  if (open === ONE && form.one && one) {
    return { act: form.one, form, opened: one, path: form.path, record: '', ids: { id }, reread: async () => (await load())?.one ?? null };
  }
  if (open === NEW && form.make) return { act: form.make, form, opened: null, path: form.path, record: '', ids: { id }, reread: async () => null };
  const record = stored.find((other) => other.id === open);
  if (!record || !form.update) return null;
  const reread = async () => {
    const now = (await load())?.stored.find((other) => other.id === record.id);
    return now ? opened(now) : null;
  };
  return { act: form.update, form, opened: opened(record), path: form.update.path, record: record.id, ids: { id, [form.update.key]: record.id }, reread };
}

const title = (resource: string): string => sentence('record', resource, spelled(resource));

/** The first few answers of a record, by which it is told from the others. */
function summary(form: RecordForm, record: Stored): string {
  // Some are answered inside a part that the form does not have, such as whom a denial is about.
  const inner = (name: string) => Object.values(record).map((part) => (part && typeof part === 'object' ? (part as Record<string, unknown>)[name] : undefined)).find((value) => value !== undefined);
  const parts = ((form.update ?? form.make)?.fields ?? []).flatMap((field) => answers(field, record[field.name] ?? inner(field.name)));
  // What belongs to a record without being asked for: whom a link leads to, and when the person changed their mind.
  const beside = [record.code, record.relation && label('relation', String(record.relation))].filter((one) => typeof one === 'string');
  const lifted = record.lifted_at ? [`${spelled('lifted_at')}: ${shownMoment(String(record.lifted_at))}`] : [];
  return [...beside, ...parts.slice(0, 4), ...lifted].join(' · ') || shownMoment(String(record.created_at ?? ''));
}

function answers(field: Descriptor, value: unknown): readonly string[] {
  if (value === null || value === undefined) return [];
  const told = (text: string) => [`${sentence('field', field.name, spelled(field.name))}: ${text}`];
  switch (field.kind) {
    case 'group': return (field.fields ?? []).flatMap((one) => answers(one, (value as Record<string, unknown>)[one.name]));
    case 'code': return told(label(field.name, String(value)));
    case 'date':
    case 'PartialDate': return told(shownDay(String(value)));
    case 'moment': return told(shownMoment(String(value)));
    case 'text':
    case 'integer': return told(String(value));
    default: return [];
  }
}
