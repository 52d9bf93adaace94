// Names of what a decision is about, read where somebody must know whom they decide on.

import { useEffect, useState } from 'preact/hooks';
import { send } from '../../api/send';
import { get_case, get_compound, get_operation } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { t } from '../../i18n';
import { may } from '../../session/session';
import type { Colleague } from '../colleagues';
import { nameOf } from '../colleagues';
import { OrganisationName } from '../organisation';
import type { Said } from './words';

/** What stands there once it was read; nothing where it does not come. */
function useRead(read: (() => Promise<string>) | null, id: string): string | null {
  const [text, setText] = useState<string | null>(null);
  useEffect(() => {
    let isCurrent = true;
    setText(null);
    read?.().then((found) => isCurrent && setText(found), () => undefined);
    return () => {
      isCurrent = false;
    };
  }, [id, read === null]);
  return text;
}

const called = ({ identity, code }: S.CaseFile): string => `${[identity?.given_name, identity?.middle_name, identity?.family_name].filter(Boolean).join(' ') || identity?.original_script_name || ''} ${code}`.trim();

/** Whose case it is, where that is still to be decided or done; reading it is recorded, and so it is not read for what is over. */
export function CaseName({ id, isRead }: { readonly id: S.CaseId; readonly isRead: boolean }) {
  const name = useRead(isRead && may('case:read') ? async () => called((await send(get_case, { path: { id } })).body) : null, id);
  return <a href={`#/cases/${id}`}><bdi dir="auto">{name ?? t('decisions.open_case')}</bdi></a>;
}

function Place({ id, read }: { readonly id: string; readonly read: () => Promise<string> }) {
  const name = useRead(read, id);
  return <bdi dir="auto">{name ?? t('load.wait')}</bdi>;
}

export function SaidValue({ said, colleagues }: { readonly said: Said; readonly colleagues: readonly Colleague[] | null }) {
  const { organisation, compound, operation, user, value } = said;
  if (organisation) return <OrganisationName id={organisation} />;
  if (compound) return <Place id={compound} read={async () => (await send(get_compound, { path: { id: compound as S.CompoundId } })).body.name} />;
  if (operation) return <Place id={operation} read={async () => (await send(get_operation, { path: { id: operation as S.OperationId } })).body.operation.name} />;
  if (user) return <bdi dir="auto">{nameOf(user, colleagues)}</bdi>;
  return <bdi dir="auto">{value}</bdi>;
}
