// A machine client as it is made and changed. Any change ends the tokens that it holds, at once.

import { useEffect, useRef, useState } from 'preact/hooks';
import { Refused, mayPass } from '../../api/problem';
import { newKey, send } from '../../api/send';
import { takeUp } from '../../forms/merge';
import { Merge } from '../../forms/merge-view';
import { create_client, get_authorization_server, get_client, update_client } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { label, t } from '../../i18n';
import { draft, drop, keep } from '../../session/drafts';
import { Wrong, errorAt, errorsOf } from '../../ui/errors';
import { Chips, Flag, Form, Select, Text } from '../../ui/fields';

export interface SeenClient {
  readonly client: S.Client;
  readonly etag: string;
}
type Flat = Readonly<Record<string, string>>;
const NEW = 'new client';
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
  const nothing: Flat = { name: '', scopes: '', allowed_from: '', disabled: 'no' };
  const [on, setOn] = useState(() => takeUp<string>(undefined, seen ? flatClient(seen.client) : nothing, seen?.etag ?? ''));
  const [mine, setMine] = useState<Flat>(() => (seen ? on.mine : (draft<Flat>(NEW) ?? on.mine)));
  const [organisation, setOrganisation] = useState('');
  const [known, setKnown] = useState<readonly string[]>([]);
  const [failure, setFailure] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const [isDone, setDone] = useState(false);
  const sent = useRef<{ readonly body: string; readonly key: string } | null>(null);
  const errors = errorsOf(failure);
  // What a machine may hold at all is the server's list.
  useEffect(() => {
    send(get_authorization_server).then((answer) => setKnown(answer.body.scopes_supported), setFailure);
  }, []);
  useEffect(() => {
    if (seen) return;
    if (mine.name || mine.scopes || mine.allowed_from) keep(NEW, mine);
    else drop(NEW);
  }, [mine]);
  const put = (name: string, value: string) => {
    setDone(false);
    setMine((before) => ({ ...before, [name]: value }));
  };
  const make = async () => {
    const body = { ...clientBody(mine, null), organisation_id: organisation } as S.CreateClient;
    const written = JSON.stringify(body);
    if (sent.current?.body !== written) sent.current = { body: written, key: newKey() };
    const answer = await send(create_client, { body, key: sent.current.key });
    drop(NEW);
    onDone({ client: answer.body, etag: answer.etag });
  };
  const change = async (id: S.ClientId) => {
    const patch = clientBody(mine, on.base) as S.UpdateClient;
    if (!Object.keys(patch).length) return;
    try {
      const answer = await send(update_client, { path: { id }, body: patch, ifMatch: on.etag });
      const next = takeUp<string>(undefined, flatClient(answer.body), answer.etag);
      setOn(next);
      setMine(next.mine);
      setDone(true);
      onDone({ client: answer.body, etag: answer.etag });
    } catch (why) {
      if (!(why instanceof Refused && why.status === 412)) throw why;
      const now = await send(get_client, { path: { id } });
      const next = takeUp<string>({ base: on.base, etag: on.etag, mine }, flatClient(now.body), now.etag);
      setOn(next);
      setMine(next.mine);
    }
  };
  const save = async () => {
    if (isBusy) return;
    setBusy(true);
    setFailure(null);
    try {
      await (seen ? change(seen.client.id) : make());
    } catch (why) {
      if (!mayPass(why)) sent.current = null;
      setFailure(why);
    } finally {
      setBusy(false);
    }
  };
  const title = t(seen ? 'client.change' : 'client.new');
  const scopes = lines(mine.scopes ?? '');
  return (
    <section class="panel" aria-label={title}>
      <h2>{title}</h2>
      {on.merged ? <Merge key={on.etag} merged={on.merged} theirs={on.base} mine={mine} nameOf={(name) => label('client.field', name)} shown={(name, value) => (name === 'disabled' ? label('form', value) : value || '–')} onChoose={put} /> : null}
      <Form label={title} onSubmit={() => void save()}>
        <Wrong failure={failure} />
        <div class="grid">
          <Text label={t('client.field.name')} name="/name" value={mine.name ?? ''} onInput={(value) => put('name', value)} error={errorAt(errors, '/name')} max={200} isName required />
          {seen ? null : <Select label={t('admin.organisation')} name="/organisation_id" value={organisation} choices={organisations.map((one) => ({ value: one.id, text: one.name }))} onChange={setOrganisation} error={errorAt(errors, '/organisation_id')} required />}
        </div>
        <Chips label={t('client.field.scopes')} name="/scopes" values={scopes} choices={[...new Set([...known, ...scopes])].map((value) => ({ value, text: value }))} onChange={(values) => put('scopes', [...values].sort().join(' '))} error={errorAt(errors, '/scopes', true)} hint={t('client.scopes_hint')} />
        <Text label={t('client.field.allowed_from')} name="/allowed_from" value={mine.allowed_from ?? ''} onInput={(value) => put('allowed_from', value)} error={errorAt(errors, '/allowed_from', true)} hint={t('client.allowed_hint')} isLong />
        {seen ? <Flag label={t('client.field.disabled')} name="/disabled" value={mine.disabled === 'yes'} onChange={(is) => put('disabled', is ? 'yes' : 'no')} error={errorAt(errors, '/disabled')} hint={t('client.change_hint')} /> : null}
        <p class="quiet" role="status">{isDone ? t('admin.saved') : ''}</p>
        <p class="buttons">
          <button disabled={isBusy}>{seen ? t('form.save_change') : t('form.save')}</button>
          {seen ? null : <a class="button quiet-button" href="#/clients" onClick={() => drop(NEW)}>{t('form.cancel')}</a>}
        </p>
      </Form>
    </section>
  );
}
