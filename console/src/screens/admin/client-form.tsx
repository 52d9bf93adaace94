// A machine client as it is made and changed. Any change ends the tokens that it holds, at once.

import { useEffect, useState } from 'preact/hooks';
import { send } from '../../api/send';
import { useChange } from '../../forms/change';
import { Frozen } from '../../forms/frozen';
import { useMaking } from '../../forms/making';
import type { Flat } from '../../forms/merge';
import { Merge } from '../../forms/merge-view';
import { create_client, get_authorization_server, get_client, update_client } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { label, t } from '../../i18n';
import { Wrong, errorAt, errorsOf } from '../../ui/errors';
import { Chips, Flag, Form, Select, Text } from '../../ui/fields';

export interface SeenClient {
  readonly client: S.Client;
  readonly etag: string;
}
const NOTHING: Flat = { name: '', scopes: '', allowed_from: '', disabled: 'no' };
const lines = (text: string): readonly string[] => text.split(/[\s,]+/).filter(Boolean);

export const flatClient = (one: S.Client): Flat => ({ name: one.name, scopes: [...one.scopes].sort().join(' '), allowed_from: one.allowed_from.join('\n'), disabled: one.disabled_at ? 'yes' : 'no' });

/** A client as the API takes it, or what was touched of one. */
export function clientBody(typed: Flat, base: Flat | null): Record<string, unknown> {
  const all: Record<string, unknown> = { name: (typed.name ?? '').normalize('NFC').trim(), scopes: lines(typed.scopes ?? ''), allowed_from: lines(typed.allowed_from ?? ''), disabled: typed.disabled === 'yes' };
  const names = Object.keys(all).filter((name) => (base ? base[name] !== typed[name] : name !== 'disabled'));
  return Object.fromEntries(names.map((name) => [name, all[name]]));
}

interface Props {
  readonly seen: SeenClient | null;
  readonly organisations: readonly S.Organisation[];
  readonly onDone: (seen: SeenClient) => void;
}

export function ClientForm({ seen, organisations, onDone }: Props) {
  const changing = useChange(seen ? flatClient(seen.client) : NOTHING, seen?.etag ?? '', {
    flat: flatClient,
    patchOf: (base, mine) => clientBody(mine, base) as S.UpdateClient,
    onDone: (client, etag) => onDone({ client, etag }),
  });
  const making = useMaking<Flat>(seen ? null : 'new client', { ...NOTHING, organisation: '' });
  const [known, setKnown] = useState<readonly string[]>([]);
  const { on } = changing;
  const mine = seen ? changing.mine : making.typed;
  const { isBusy, failure } = seen ? changing : making;
  const errors = errorsOf(failure ?? changing.failure);
  // What a machine may hold at all is the server's list.
  useEffect(() => {
    send(get_authorization_server).then((answer) => setKnown(answer.body.scopes_supported), changing.setFailure);
  }, []);
  const put = (name: string, value: string) => (seen ? changing.put(name, value) : making.change({ [name]: value }));
  const change = ({ client: { id } }: SeenClient) =>
    changing.save({ read: () => send(get_client, { path: { id } }), change: (body, ifMatch) => send(update_client, { path: { id }, body, ifMatch }) });
  const make = async () => {
    const asked = { ...clientBody(mine, null), organisation_id: mine.organisation } as S.CreateClient;
    const answer = await making.make(asked, (body, key) => send(create_client, { body, key }));
    if (answer) onDone({ client: answer.body, etag: answer.etag });
  };
  const title = t(seen ? 'client.change' : 'client.new');
  const scopes = lines(mine.scopes ?? '');
  return (
    <section class="panel" aria-label={title}>
      <h2>{title}</h2>
      {on.merged ? <Merge key={on.etag} merged={on.merged} theirs={on.base} mine={mine} nameOf={(name) => label('client.field', name)} shown={(name, value) => (name === 'disabled' ? label('form', value) : value || '–')} onChoose={put} /> : null}
      <Form label={title} onSubmit={() => void (seen ? change(seen) : make())}>
        <Wrong failure={failure ?? changing.failure} />
        <Frozen isSent={making.isSent} isBusy={making.isBusy}>
          <div class="grid">
            <Text label={t('client.field.name')} name="/name" value={mine.name ?? ''} onInput={(value) => put('name', value)} error={errorAt(errors, '/name')} max={200} isName required />
            {seen ? null : <Select label={t('admin.organisation')} name="/organisation_id" value={mine.organisation ?? ''} choices={organisations.map((one) => ({ value: one.id, text: one.name }))} onChange={(organisation) => put('organisation', organisation)} error={errorAt(errors, '/organisation_id')} required />}
          </div>
          <Chips label={t('client.field.scopes')} name="/scopes" values={scopes} choices={[...new Set([...known, ...scopes])].map((value) => ({ value, text: value }))} onChange={(values) => put('scopes', [...values].sort().join(' '))} error={errorAt(errors, '/scopes', true)} hint={t('client.scopes_hint')} />
          <Text label={t('client.field.allowed_from')} name="/allowed_from" value={mine.allowed_from ?? ''} onInput={(value) => put('allowed_from', value)} error={errorAt(errors, '/allowed_from', true)} hint={t('client.allowed_hint')} isLong />
          {seen ? <Flag label={t('client.field.disabled')} name="/disabled" value={mine.disabled === 'yes'} onChange={(is) => put('disabled', is ? 'yes' : 'no')} error={errorAt(errors, '/disabled')} hint={t('client.change_hint')} /> : null}
        </Frozen>
        <p class="quiet" role="status">{changing.isDone ? t('admin.saved') : ''}</p>
        <p class="buttons">
          <button disabled={isBusy}>{seen ? t('form.save_change') : t('form.save')}</button>
          {seen ? null : <a class="button quiet-button" href="#/clients" onClick={making.forget}>{t('form.cancel')}</a>}
        </p>
      </Form>
    </section>
  );
}
