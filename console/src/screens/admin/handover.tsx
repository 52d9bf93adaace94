// All the work of somebody to a colleague, in one act. An administrator learns how much it was, and nothing of it.

import { useState } from 'preact/hooks';
import { send } from '../../api/send';
import { whole } from '../../api/whole';
import { Frozen } from '../../forms/frozen';
import { useMaking } from '../../forms/making';
import { create_handover, list_users } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { t } from '../../i18n';
import { Wrong, errorAt } from '../../ui/errors';
import { Form, Select } from '../../ui/fields';
import { useLoaded } from '../../ui/load';

export function Handover({ user }: { readonly user: S.User }) {
  const colleagues = useLoaded(() => whole(async (after) => (await send(list_users, { query: { organisation: user.organisation_id, limit: 200, after } })).body), [user.organisation_id]);
  const { typed, change, isSent, isBusy, failure, errors, make, forget } = useMaking(null, { to: '', only: '' });
  const [done, setDone] = useState<S.Handover | null>(null);
  const others = (colleagues.value ?? []).filter((one) => one.id !== user.id && !one.disabled_at);
  const nameOf = (id: string) => others.find((one) => one.id === id)?.display_name ?? '–';
  const save = async () => {
    if (!typed.to || (!isSent && !confirm(t('handover.sure', { from: user.display_name, to: nameOf(typed.to) })))) return;
    const asked: S.CreateHandover = { assigned_to: typed.to as S.UserId, ...(typed.only ? { only: typed.only as S.WorkPart } : {}) };
    const answer = await make(asked, (body, key) => send(create_handover, { path: { id: user.id }, body, key }));
    if (!answer) return;
    forget();
    setDone(answer.body);
  };
  return (
    <section class="panel" aria-labelledby="handover">
      <h2 id="handover">{t('handover.title')}</h2>
      <p>{t('handover.text')}</p>
      <p role="status">{done ? t('handover.done', { cases: done.cases, tasks: done.tasks, to: nameOf(done.assigned_to) }) : ''}</p>
      <Wrong failure={failure ?? colleagues.failure} />
      {others.length ? (
        <Form label={t('handover.title')} onSubmit={() => void save()}>
          <Frozen isSent={isSent} isBusy={isBusy}>
            <div class="grid">
              <Select label={t('handover.to')} name="/assigned_to" value={typed.to} choices={others.map((one) => ({ value: one.id, text: one.display_name }))} onChange={(to) => change({ to })} error={errorAt(errors, '/assigned_to')} required />
              <Select label={t('handover.what')} name="/only" value={typed.only} choices={(['cases', 'tasks'] as const).map((value) => ({ value, text: t(`handover.${value}`) }))} onChange={(only) => change({ only })} none={t('handover.all')} />
            </div>
          </Frozen>
          <p class="buttons"><button disabled={isBusy || !typed.to}>{t('handover.go')}</button></p>
        </Form>
      ) : <p class="quiet">{colleagues.isLoading ? t('load.wait') : t('handover.nobody')}</p>}
    </section>
  );
}
