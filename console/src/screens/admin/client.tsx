// One machine client, and its secrets. A secret is shown once; there are two at most, so that it can change from one to the other.

import { useRef, useState } from 'preact/hooks';
import { Refused, mayPass } from '../../api/problem';
import { newKey, send } from '../../api/send';
import { create_client_secret, delete_client_secret, get_client } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { t } from '../../i18n';
import { ascii, shownMoment } from '../../i18n/dates';
import { Wrong, errorAt, errorsOf } from '../../ui/errors';
import { Form, Text } from '../../ui/fields';
import { Grid } from '../../ui/grid';
import { Shown, useLoaded } from '../../ui/load';
import { useOrganisations } from './choices';
import { ClientForm } from './client-form';
import type { SeenClient } from './client-form';
import { clientState } from './clients';
import { ShownCode } from './shown-code';

const MOST = 2;

export function Client({ id }: { readonly id: string }) {
  const seen = useLoaded(async () => {
    const answer = await send(get_client, { path: { id: id as S.ClientId } });
    return { client: answer.body, etag: answer.etag };
  }, [id]);
  if (seen.failure instanceof Refused && seen.failure.status === 404) {
    return <><h1 tabIndex={-1}>{t('client.gone')}</h1><p><a href="#/clients">{t('nav.clients')}</a></p></>;
  }
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
  const [days, setDays] = useState('90');
  const [made, setMade] = useState<S.NewClientSecret | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const key = useRef<{ readonly days: string; readonly key: string } | null>(null);
  const errors = errorsOf(failure);
  const work = async (what: () => Promise<void>) => {
    if (isBusy) return;
    setBusy(true);
    setFailure(null);
    try {
      await what();
      key.current = null;
    } catch (why) {
      if (!mayPass(why)) key.current = null;
      setFailure(why);
    } finally {
      setBusy(false);
    }
  };
  const make = () => work(async () => {
    if (key.current?.days !== days) key.current = { days, key: newKey() };
    const typed = ascii(days).trim();
    const body = { expires_in_days: (/^\d+$/.test(typed) ? Number(typed) : typed || null) as number | null };
    setMade((await send(create_client_secret, { path: { id: client.id }, body, key: key.current.key })).body);
  });
  const end = (one: S.ClientSecret) => {
    if (confirm(t('client.end_sure'))) void work(async () => {
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
      <Wrong failure={failure} />
      <Grid caption={t('client.secrets')} rows={client.secrets} keyOf={(one) => one.id} none={t('client.none')} columns={[
        { name: t('client.key_id'), of: (one) => <code>hw_{one.key_id}…</code> },
        { name: t('admin.made'), of: (one) => shownMoment(one.created_at) },
        { name: t('client.expires'), of: (one) => shownMoment(one.expires_at) },
        { name: t('admin.act'), of: (one) => <button type="button" class="small" disabled={isBusy} onClick={() => end(one)}>{t('client.end')}</button> },
      ]} />
      {client.secrets.length < MOST && !made ? (
        <Form label={t('client.new_secret')} onSubmit={() => void make()}>
          <Text label={t('client.days')} name="/expires_in_days" value={days} onInput={setDays} error={errorAt(errors, '/expires_in_days')} mode="numeric" max={3} />
          <p class="buttons"><button disabled={isBusy}>{t('client.new_secret')}</button></p>
        </Form>
      ) : null}
    </section>
  );
}
