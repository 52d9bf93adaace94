// One machine client, and its secrets. A secret is shown once; there are two at most, so that it can change from one to the other.

import { useState } from 'preact/hooks';
import { isGone } from '../../api/problem';
import { send } from '../../api/send';
import { Frozen } from '../../forms/frozen';
import { useMaking } from '../../forms/making';
import { create_client_secret, delete_client_secret, get_client } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { t } from '../../i18n';
import { ascii, shownMoment } from '../../i18n/dates';
import { Wrong, errorAt } from '../../ui/errors';
import { Form, Text } from '../../ui/fields';
import { Grid } from '../../ui/grid';
import { Shown, useLoaded } from '../../ui/load';
import { useWork } from '../../ui/work';
import { Gone } from '../gone';
import { clientState } from './accounts';
import { useOrganisations } from './choices';
import { ClientForm } from './client-form';
import type { SeenClient } from './client-form';
import { ShownCode } from './shown-code';

const MOST = 2;

export function Client({ id }: { readonly id: string }) {
  const seen = useLoaded(async () => {
    const answer = await send(get_client, { path: { id: id as S.ClientId } });
    return { client: answer.body, etag: answer.etag };
  }, [id]);
  if (isGone(seen.failure)) return <Gone title={t('client.gone')} id={id} path="clients" back={t('nav.clients')} />;
  return <Shown of={seen}>{(one) => <Known seen={one} onChanged={seen.put} again={seen.again} />}</Shown>;
}

function Known({ seen, onChanged, again }: { readonly seen: SeenClient; readonly onChanged: (seen: SeenClient) => void; readonly again: () => void }) {
  const { client } = seen;
  const [organisations] = useOrganisations();
  return (
    <>
      <h1 tabIndex={-1}><bdi dir="auto">{client.name}</bdi></h1>
      <dl class="facts">
        <dt>{t('client.id')}</dt>
        <dd class="code">{client.id}</dd>
        <dt>{t('admin.organisation')}</dt>
        <dd><bdi dir="auto">{organisations.find((one) => one.id === client.organisation_id)?.name ?? '–'}</bdi></dd>
        <dt>{t('admin.state')}</dt>
        <dd>{clientState(client)}</dd>
        <dt>{t('client.keys')}</dt>
        <dd>{client.keys ? t('client.keys_count', { count: client.keys.keys.length }) : '–'}</dd>
        <dt>{t('admin.made')}</dt>
        <dd>{shownMoment(client.created_at)}</dd>
      </dl>
      <Secrets client={client} again={again} />
      <ClientForm seen={seen} organisations={organisations} onDone={onChanged} />
      <p><a href="#/clients">{t('nav.clients')}</a></p>
    </>
  );
}

function Secrets({ client, again }: { readonly client: S.Client; readonly again: () => void }) {
  const { typed, change, isSent, isBusy, failure, errors, make, forget } = useMaking(null, { days: '90' });
  const [made, setMade] = useState<S.NewClientSecret | null>(null);
  const ending = useWork();
  const makeSecret = async () => {
    const days = ascii(typed.days).trim();
    const asked = { expires_in_days: (/^\d+$/.test(days) ? Number(days) : days || null) as number | null };
    const answer = await make(asked, (body, key) => send(create_client_secret, { path: { id: client.id }, body, key }));
    if (!answer) return;
    forget();
    setMade(answer.body);
  };
  const end = (one: S.ClientSecret) => {
    if (!confirm(t('client.end_sure'))) return;
    void ending.work(async () => {
      await send(delete_client_secret, { path: { id: client.id, secret_id: one.id } });
      again();
    });
  };
  const seen = () => {
    setMade(null);
    again();
  };
  return (
    <section class="panel" aria-labelledby="secrets">
      <h2 id="secrets">{t('client.secrets')}</h2>
      {made?.secret ? <ShownCode title={t('client.secret')} text={t('client.secret_text')} code={made.secret} until={made.expires_at} onSeen={seen} /> : null}
      {made && !made.secret ? <p role="alert">{t('client.secret_lost')} <button type="button" class="small" onClick={seen}>{t('load.again')}</button></p> : null}
      <Wrong failure={failure ?? ending.failure} />
      <Grid caption={t('client.secrets')} rows={client.secrets} keyOf={(one) => one.id} none={t('client.none')} columns={[
        { name: t('client.key_id'), of: (one) => <code>hw_{one.key_id}…</code> },
        { name: t('admin.made'), of: (one) => shownMoment(one.created_at) },
        { name: t('client.expires'), of: (one) => shownMoment(one.expires_at) },
        { name: t('admin.act'), of: (one) => <button type="button" class="small" disabled={ending.isBusy} onClick={() => end(one)}>{t('client.end')}</button> },
      ]} />
      {client.secrets.length < MOST && !made ? (
        <Form label={t('client.new_secret')} onSubmit={() => void makeSecret()}>
          <Frozen isSent={isSent} isBusy={isBusy}>
            <Text label={t('client.days')} name="/expires_in_days" value={typed.days} onInput={(days) => change({ days })} error={errorAt(errors, '/expires_in_days')} mode="numeric" max={3} />
          </Frozen>
          <p class="buttons"><button disabled={isBusy}>{t('client.new_secret')}</button></p>
        </Form>
      ) : null}
    </section>
  );
}
