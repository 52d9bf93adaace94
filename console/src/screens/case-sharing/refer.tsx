// A referral: a service is asked for, and acceptance opens what was ticked. It needs a consent that covers it, and leads to that.

import { useState } from 'preact/hooks';
import { send } from '../../api/send';
import { COMPARTMENTS } from '../../forms/codes';
import { Frozen } from '../../forms/frozen';
import { useMaking } from '../../forms/making';
import { create_referral } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { labelled, t } from '../../i18n';
import { me } from '../../session/session';
import { errorAt } from '../../ui/errors';
import { Chips, Flag, Form, Select, Text } from '../../ui/fields';
import { OrganisationChooser } from '../../ui/organisations';
import type { Known } from '../../ui/organisations';
import { endOf } from '../consent/typed';
import { WrongOrConsent } from '../sharing/wrong-or-consent';

const SERVICES: readonly S.ReferralService[] = ['accommodation', 'health', 'psychosocial', 'legal', 'interpretation', 'documentation', 'protection', 'family_tracing', 'return', 'reintegration', 'financial', 'education', 'other'];
export const URGENCIES: readonly S.ReferralUrgency[] = ['routine', 'urgent', 'immediate'];
/** What was not chosen is not sent: then the API says that it is needed. */
export const chosen = <T extends string>(code: T): T => (code === '' ? undefined : code) as T;

const EMPTY = { organisation: '', service: '', urgency: '', compartments: [] as readonly string[], until: '', note: '', isDraft: false };

interface Props {
  readonly file: S.CaseFile;
  readonly organisations: readonly Known[];
  readonly isBegun: boolean;
  readonly onDone: () => void;
  readonly onUnsure: () => void;
}

export function Refer({ file, organisations, isBegun, onDone, onUnsure }: Props) {
  const [isOpen, setOpen] = useState(isBegun);
  const { typed, change, isSent, isBusy, failure, errors, make, forget } = useMaking(`referral ${file.id}`, EMPTY, { onUnsure });
  if (!isOpen) return <button type="button" onClick={() => setOpen(true)}>{t('sharing.refer')}</button>;
  const refer = async () => {
    const asked: S.CreateReferral = {
      to_organisation_id: chosen(typed.organisation),
      service: chosen(typed.service as S.ReferralService),
      urgency: chosen(typed.urgency as S.ReferralUrgency),
      compartments: typed.compartments as readonly S.Compartment[],
      ...(typed.until.trim() ? { expires_at: endOf(typed.until) ?? null } : {}),
      ...(typed.note.trim() ? { note: typed.note.trim() } : {}),
      ...(typed.isDraft ? { draft: true } : {}),
    };
    if (!(await make(asked, (body, key) => send(create_referral, { path: { id: file.id }, body, key })))) return;
    forget();
    setOpen(false);
    onDone();
  };
  return (
    <Form label={t('sharing.refer')} onSubmit={() => void refer()}>
      <h3>{t('sharing.refer')}</h3>
      <p class="quiet">{t('sharing.refer_says')}</p>
      <WrongOrConsent failure={failure} id={file.id} organisation={typed.organisation} compartments={typed.compartments} />
      <Frozen isSent={isSent} isBusy={isBusy}>
        <div class="grid">
          <OrganisationChooser label={t('sharing.to')} name="/to_organisation_id" value={typed.organisation} organisations={organisations.filter((one) => one.id !== me.value?.organisation_id)} error={errorAt(errors, '/to_organisation_id')} onChange={(organisation) => change({ organisation })} />
          <Select label={t('sharing.which_service')} name="/service" value={typed.service} choices={labelled('sharing.service', SERVICES)} onChange={(service) => change({ service })} error={errorAt(errors, '/service')} required />
          <Select label={t('sharing.how_soon')} name="/urgency" value={typed.urgency} choices={labelled('sharing.urgency', URGENCIES)} onChange={(urgency) => change({ urgency })} error={errorAt(errors, '/urgency')} required />
          <Text label={t('consent.until')} name="/expires_at" value={typed.until} onInput={(until) => change({ until })} error={errorAt(errors, '/expires_at')} hint={t('sharing.until_hint')} max={20} />
        </div>
        <Chips label={t('consent.compartments')} name="/compartments" values={typed.compartments} choices={labelled('compartment', COMPARTMENTS)} onChange={(compartments) => change({ compartments: COMPARTMENTS.filter((one) => compartments.includes(one)) })} error={errorAt(errors, '/compartments', true)} hint={t('sharing.compartments_hint')} />
        <Text label={t('sharing.note')} name="/note" value={typed.note} onInput={(note) => change({ note })} error={errorAt(errors, '/note')} hint={t('sharing.note_hint')} max={2000} isLong isName />
        <Flag label={t('sharing.draft')} name="/draft" value={typed.isDraft} onChange={(isDraft) => change({ isDraft })} error={errorAt(errors, '/draft')} />
      </Frozen>
      <p class="buttons">
        <button disabled={isBusy}>{typed.isDraft ? t('form.save') : t('sharing.send')}</button>
        <button type="button" class="quiet-button" onClick={() => { forget(); setOpen(false); }}>{t('form.cancel')}</button>
      </p>
    </Form>
  );
}
