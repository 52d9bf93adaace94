// The form of what is no part of a case: an organisation, a mission, a compound. It is made and changed as records of cases are.

import { useEffect, useState } from 'preact/hooks';
import type { Operation } from '../api/operation';
import { isGone } from '../api/problem';
import { send } from '../api/send';
import { t } from '../i18n';
import type { Choice } from '../i18n/countries';
import { Wrong } from '../ui/errors';
import { referenceForm } from './descriptor';
import type { RecordForm, Stored } from './descriptor';
import { Edit } from './record-edit';
import type { Job } from './record-edit';

interface Props {
  readonly resource: string;
  readonly title: string;
  /** What is changed, as it was read; null: a new one. */
  readonly record: Stored | null;
  /** What of an answer is the record: some stand beside what is said about them. */
  readonly inside?: string;
  readonly ids?: Readonly<Record<string, readonly Choice[]>>;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

export function ReferenceForm({ resource, title, record, inside, ids, onDone, onClose }: Props) {
  const [form, setForm] = useState<RecordForm | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const load = () => {
    setFailure(null);
    referenceForm(resource).then(setForm, setFailure);
  };
  useEffect(load, [resource]);
  const act = record ? form?.update : form?.make;
  const reread = async () => {
    if (!record || !form?.update) return null;
    const read: Operation<{ id: string }, undefined, undefined, Readonly<Record<string, unknown>>> = { path: form.update.path };
    try {
      const answer = await send(read, { path: { id: record.id } });
      const now = (inside ? answer.body[inside] : answer.body) as Stored;
      return { record: now, etag: `"${now.version}"` };
    } catch (why) {
      if (isGone(why)) return null;
      throw why;
    }
  };
  const job: Job | null = form && act ? { act, form, opened: record ? { record, etag: `"${record.version}"` } : null, path: record && form.update ? form.update.path : form.path, record: record?.id ?? '', ids: record ? { id: record.id } : {}, reread } : null;
  return (
    <section class="panel" aria-label={title}>
      <h2>{title}</h2>
      <Wrong failure={failure} />
      {failure ? <button type="button" onClick={load}>{t('load.again')}</button> : null}
      {job ? <Edit job={job} file={{ id: record?.id ?? 'new' }} resource={resource} title={title} field="" onDone={onDone} onClose={onClose} onGone={onDone} onUnsure={() => undefined} {...(ids ? { ids } : {})} /> : <p class="quiet" role="status">{failure ? '' : t('load.wait')}</p>}
    </section>
  );
}
