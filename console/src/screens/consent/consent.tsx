// What a person agrees to: what holds now, what was ever answered, and the asking. #/cases/<id>/consent, and what is asked for in the query.

import { useEffect, useState } from 'preact/hooks';
import { send } from '../../api/send';
import { get_case, get_current_consents, list_consents } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { t } from '../../i18n';
import type { Opened } from '../../later';
import { go, place } from '../../router';
import { draft } from '../../session/drafts';
import { may, me } from '../../session/session';
import { useLoaded } from '../../ui/load';
import type { Known } from '../../ui/organisations';
import { CaseHead, OfCase, isOpen, isOurs } from '../of-case';
import { readNames } from '../organisations';
import { readsOnly } from '../reads-only';
import { Ask } from './ask';
import { Answers, Current } from './current';
import { EMPTY, change, withPurpose } from './typed';
import type { Typed } from './typed';
import { askPath, forgetWanted, wantedOf } from './wanted';
import type { Wanted } from './wanted';

interface Seen {
  readonly file: S.CaseFile;
  readonly current: readonly S.CurrentConsent[];
  readonly all: readonly S.Consent[];
  readonly organisations: readonly Known[];
  /** Open to us in an emergency alone. */
  readonly isReadOnly: boolean;
}

async function read(id: string): Promise<Seen> {
  const path = { id };
  const [file, current, all, organisations] = await Promise.all([send(get_case, { path }), send(get_current_consents, { path }), send(list_consents, { path }), readNames()]);
  return { file: file.body, current: current.body.items, all: all.body.items, organisations, isReadOnly: await readsOnly(file.body) };
}

const fresh = (file: S.CaseFile): Typed => ({ ...EMPTY, giver: file.is_child === false ? 'self' : '', language: file.identity?.languages?.[0] ?? '' });

/** What is wanted, by codes and ids: a referral that lacks a consent leads here. */
function asked(begun: Typed, { purpose, organisation, compartments = [] }: Wanted): Typed {
  const about = withPurpose(begun, purpose, me.value?.organisation_id ?? '');
  return change(about, { ...(organisation ? { recipient: 'organisation', organisation } : {}), compartments });
}

/** What the form begins with. An answer that is not recorded yet is never laid aside for another question. */
function begin(kept: Typed | undefined, before: Typed, wanted: Wanted | null): Typed {
  if (kept?.answer) return kept;
  return wanted ? asked(kept ?? before, wanted) : (kept ?? before);
}

export function Consent({ rest: [id = ''] }: Opened) {
  const seen = useLoaded(() => read(id), [id]);
  return <OfCase id={id} of={seen}>{(one) => <Page key={one.file.id} seen={one} again={seen.again} />}</OfCase>;
}

function Page({ seen, again }: { readonly seen: Seen; readonly again: () => void }) {
  const { file, organisations } = seen;
  const [done, setDone] = useState('');
  const [isPaper, setPaper] = useState(false);
  // In one sitting it is read once, however much is asked then.
  const [sitting, setSitting] = useState(() => fresh(file));
  const kind = `consent ${file.id}`;
  const isAsking = place.value.query.has('ask');
  const wanted = wantedOf(file.id);
  const kept = draft<Typed>(kind);
  const canAsk = may('sharing:write') && isOurs(file) && isOpen(file);
  const close = () => {
    forgetWanted(file.id);
    go(`cases/${file.id}/consent`);
  };
  // What was wanted is not asked for when somebody comes back later.
  useEffect(() => () => forgetWanted(file.id), []);
  return (
    <>
      {isPaper ? null : <CaseHead file={file} title={t('consent.title')} />}
      <p role="status">{done}</p>
      {canAsk ? null : <p class="quiet">{seen.isReadOnly ? t('sharing.reads_only') : isOurs(file) ? t('consent.closed') : t('consent.owner_asks')}</p>}
      {canAsk && isAsking && kept?.answer && wanted ? <p class="wrong-box">{t('consent.first')}</p> : null}
      {canAsk && isAsking ? (
        <Ask
          key={wanted?.turn ?? 0}
          file={file}
          organisations={organisations}
          kind={kind}
          begun={begin(kept, sitting, wanted)}
          onDone={(consent, typed) => {
            setSitting({ ...fresh(file), told: typed.told, read: typed.read, language: typed.language, interpreter: typed.interpreter, giver: typed.giver, capacity: typed.capacity, right: typed.right });
            setPaper(false);
            setDone(consent.answer === 'granted' ? t('consent.recorded_yes') : t('consent.recorded_no'));
            close();
            again();
          }}
          onClose={close}
          onPaper={setPaper}
          onUnsure={again}
        />
      ) : canAsk ? (
        <p><a class="button" href={`#/${askPath(file.id)}`}>{kept ? t('consent.go_on') : t('consent.ask')}</a></p>
      ) : null}
      {isPaper ? null : (
        <>
          <Current file={file} current={seen.current} organisations={organisations} canAsk={canAsk} canWithdraw={may('sharing:write') && !seen.isReadOnly} onChanged={(said) => {
            setDone(said);
            again();
          }} />
          <Answers all={seen.all} organisations={organisations} />
        </>
      )}
    </>
  );
}
