// What is handed to us and by us, what happened to what we see, and emergencies: #/sharing, #/sharing/outgoing, …/events, …/emergency

import { t } from '../../i18n';
import type { Key } from '../../i18n';
import type { Opened } from '../../later';
import { may } from '../../session/session';
import { Box } from './box';
import { Emergencies } from './emergencies';
import { Events } from './events';

const PARTS = ['incoming', 'outgoing', 'events', 'emergency'] as const;
/** Whoever may neither take emergency access nor review it has none to look at. */
const isOffered = (part: string): boolean => part !== 'emergency' || may('emergency_access:take') || may('emergency_access:review');

export function Sharing({ rest: [named = ''] }: Opened) {
  const part = PARTS.find((one) => one === named && isOffered(one)) ?? 'incoming';
  return (
    <>
      <h1 tabIndex={-1}>{t(`sharing.part.${part}` as Key)}</h1>
      <nav aria-label={t('nav.sharing')} class="parts">
        {PARTS.filter(isOffered).map((one) => <a key={one} href={`#/sharing/${one}`} aria-current={one === part ? 'page' : undefined}>{t(`sharing.part.${one}` as Key)}</a>)}
      </nav>
      {part === 'events' ? <Events /> : part === 'emergency' ? <Emergencies /> : <Box key={part} isForUs={part === 'incoming'} />}
    </>
  );
}
