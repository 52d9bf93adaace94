// All the work of somebody to a colleague, in one act. An administrator learns how much it was, and nothing of it.

import { useRef, useState } from 'preact/hooks';
import { mayPass } from '../../api/problem';
import { newKey, send } from '../../api/send';
import { create_handover, list_users } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { t } from '../../i18n';
import { Wrong, errorAt, errorsOf } from '../../ui/errors';
import { Form, Select } from '../../ui/fields';
import { useLoaded } from '../../ui/load';
import { whole } from '../reports/choices';

export function Handover({ user }: { readonly user: S.User }) {
  const colleagues = useLoaded(() => whole(async (after) => (await send(list_users, { query: { organisation: user.organisation_id, limit: 200, after } })).body), [user.organisation_id]);
  const [to, setTo] = useState('');
  const [only, setOnly] = useState('');
  const [done, setDone] = useState<S.Handover | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const sent = useRef<{ readonly body: string; readonly key: string } | null>(null);
  const errors = errorsOf(failure);
  const others = (colleagues.value ?? []).filter((one) => one.id !== user.id && !one.disabled_at);
  const nameOf = (id: string) => others.find((one) => one.id === id)?.display_name ?? '–';
  const save = async () => {
    if (isBusy || !to || !confirm(t('handover.sure', { from: user.display_name, to: nameOf(to) }))) return;
    setBusy(true);
    setFailure(null);
    const body = { assigned_to: to as S.UserId, ...(only ? { only: only as S.WorkPart } : {}) };
    const written = JSON.stringify(body);
    if (sent.current?.body !== written) sent.current = { body: written, key: newKey() };
    try {
      setDone((await send(create_handover, { path: { id: user.id }, body, key: sent.current.key })).body);
      sent.current = null;
    } catch (why) {
      if (!mayPass(why)) sent.current = null;
      setFailure(why);
    } finally {
      setBusy(false);
    }
  };
  return (
    <section class="panel" aria-labelledby="handover">
      <h2 id="handover">{t('handover.title')}</h2>
      <p>{t('handover.text')}</p>
      <p role="status">{done ? t('handover.done', { cases: done.cases, tasks: done.tasks, to: nameOf(done.assigned_to) }) : ''}</p>
      <Wrong failure={failure ?? colleagues.failure} />
      {others.length ? (
        <Form label={t('handover.title')} onSubmit={() => void save()}>
          <div class="grid">
            <Select label={t('handover.to')} name="/assigned_to" value={to} choices={others.map((one) => ({ value: one.id, text: one.display_name }))} onChange={setTo} error={errorAt(errors, '/assigned_to')} required />
            <Select label={t('handover.what')} name="/only" value={only} choices={(['cases', 'tasks'] as const).map((value) => ({ value, text: t(`handover.${value}`) }))} onChange={setOnly} none={t('handover.all')} />
          </div>
          <p class="buttons"><button disabled={isBusy || !to}>{t('handover.go')}</button></p>
        </Form>
      ) : <p class="quiet">{colleagues.isLoading ? t('load.wait') : t('handover.nobody')}</p>}
    </section>
  );
}
