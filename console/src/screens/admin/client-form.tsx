// A machine client as it is made and changed. Any change ends the tokens that it holds, at once.

import { useEffect, useState } from 'preact/hooks';
import type { Answer } from '../../api/operation';
import { isStale } from '../../api/problem';
import { send } from '../../api/send';
import { Frozen } from '../../forms/frozen';
import { useMaking } from '../../forms/making';
import { takeUp } from '../../forms/merge';
import { Merge } from '../../forms/merge-view';
import { create_client, get_authorization_server, get_client, update_client } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { label, t } from '../../i18n';
import { Wrong, errorAt, errorsOf } from '../../ui/errors';
import { Chips, Flag, Form, Select, Text } from '../../ui/fields';
import { useWork } from '../../ui/work';

export interface SeenClient {
  readonly client: S.Client;
  readonly etag: string;
}
type Flat = Readonly<Record<string, string>>;
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

/** One that is changed, on top of what was read: where somebody was faster, both are shown. */
function useChange(seen: SeenClient | null, onDone: (seen: SeenClient) => void) {
  const [on, setOn] = useState(() => takeUp<string>(undefined, seen ? flatClient(seen.client) : NOTHING, seen?.etag ?? ''));
  const [mine, setMine] = useState<Flat>(on.mine);
  const [isDone, setDone] = useState(false);
  const { isBusy, failure, setFailure, work } = useWork();
  const begin = (answer: Answer<S.Client>, typed?: Flat) => {
    const next = takeUp<string>(typed && { base: on.base, etag: on.etag, mine: typed }, flatClient(answer.body), answer.etag);
    setOn(next);
    setMine(next.mine);
  };
  const put = (name: string, value: string) => {
    setDone(false);
    setMine((before) => ({ ...before, [name]: value }));
  };
  const save = (id: S.ClientId) =>
    work(async () => {
      const patch = clientBody(mine, on.base) as S.UpdateClient;
      if (!Object.keys(patch).length) return;
      try {
        const answer = await send(update_client, { path: { id }, body: patch, ifMatch: on.etag });
        begin(answer);
        setDone(true);
        onDone({ client: answer.body, etag: answer.etag });
      } catch (why) {
        if (!isStale(why)) throw why;
        begin(await send(get_client, { path: { id } }), mine);
      }
    });
  return { on, mine, put, save, isDone, isBusy, failure, setFailure };
}

export function ClientForm({ seen, organisations, onDone }: Props) {
  const changing = useChange(seen, onDone);
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
      <Form label={title} onSubmit={() => void (seen ? changing.save(seen.client.id) : make())}>
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
