// The case itself: offered to another organisation, or asked for by one that sees it.

import { useState } from 'preact/hooks';
import { send } from '../../api/send';
import { COMPARTMENTS } from '../../forms/codes';
import { Frozen } from '../../forms/frozen';
import { useMaking } from '../../forms/making';
import { create_transfer, request_transfer } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { labelled, t } from '../../i18n';
import { me } from '../../session/session';
import { Wrong, errorAt } from '../../ui/errors';
import { Form, Select, Text } from '../../ui/fields';
import { OrganisationChooser } from '../../ui/organisations';
import type { Known } from '../../ui/organisations';
import { WrongOrConsent } from '../sharing/wrong-or-consent';
import { URGENCIES, chosen } from './refer';

interface Props {
  readonly file: S.CaseFile;
  readonly isBegun: boolean;
  readonly onDone: () => void;
  readonly onUnsure: () => void;
}

export function Offer({ file, organisations, isBegun, onDone, onUnsure }: Props & { readonly organisations: readonly Known[] }) {
  const [isOpen, setOpen] = useState(isBegun);
  const { typed, change, isSent, isBusy, failure, errors, make, forget } = useMaking(`transfer ${file.id}`, { organisation: '', urgency: '', note: '' }, { onUnsure });
  if (!isOpen) return <button type="button" class="quiet-button" onClick={() => setOpen(true)}>{t('sharing.offer')}</button>;
  const offer = async () => {
    const asked: S.CreateTransfer = { to_organisation_id: chosen(typed.organisation), urgency: chosen(typed.urgency as S.ReferralUrgency), ...(typed.note.trim() ? { note: typed.note.trim() } : {}) };
    if (!(await make(asked, (body, key) => send(create_transfer, { path: { id: file.id }, body, key })))) return;
    forget();
    setOpen(false);
    onDone();
  };
  return (
    <Form label={t('sharing.offer')} onSubmit={() => void offer()}>
      <h3>{t('sharing.offer')}</h3>
      <p>{t('sharing.offer_says')}</p>
      <WrongOrConsent failure={failure} id={file.id} organisation={typed.organisation} compartments={COMPARTMENTS} />
      <Frozen isSent={isSent} isBusy={isBusy}>
        <div class="grid">
          <OrganisationChooser label={t('sharing.to')} name="/to_organisation_id" value={typed.organisation} organisations={organisations.filter((one) => one.id !== me.value?.organisation_id)} error={errorAt(errors, '/to_organisation_id')} onChange={(organisation) => change({ organisation })} />
          <Select label={t('sharing.how_soon')} name="/urgency" value={typed.urgency} choices={labelled('sharing.urgency', URGENCIES)} onChange={(urgency) => change({ urgency })} error={errorAt(errors, '/urgency')} required />
        </div>
        <Text label={t('sharing.note')} name="/note" value={typed.note} onInput={(note) => change({ note })} error={errorAt(errors, '/note')} max={2000} isLong isName />
      </Frozen>
      <Buttons says={t('sharing.offer_now')} isBusy={isBusy} onCancel={() => { forget(); setOpen(false); }} />
    </Form>
  );
}

export function RequestCase({ file, isBegun, onDone, onUnsure }: Props) {
  const [isOpen, setOpen] = useState(isBegun);
  const { typed, change, isSent, isBusy, failure, errors, make, forget } = useMaking(`request ${file.id}`, { urgency: '', note: '' }, { onUnsure });
  if (!isOpen) return <button type="button" class="quiet-button" onClick={() => setOpen(true)}>{t('sharing.request')}</button>;
  const ask = async () => {
    const asked: S.CreateTransferRequest = { urgency: chosen(typed.urgency as S.ReferralUrgency), note: typed.note.trim() };
    if (!(await make(asked, (body, key) => send(request_transfer, { path: { id: file.id }, body, key })))) return;
    forget();
    setOpen(false);
    onDone();
  };
  return (
    <Form label={t('sharing.request')} onSubmit={() => void ask()}>
      <h3>{t('sharing.request')}</h3>
      <p>{t('sharing.request_says')}</p>
      <Wrong failure={failure} />
      <Frozen isSent={isSent} isBusy={isBusy}>
        <Select label={t('sharing.how_soon')} name="/urgency" value={typed.urgency} choices={labelled('sharing.urgency', URGENCIES)} onChange={(urgency) => change({ urgency })} error={errorAt(errors, '/urgency')} required />
        <Text label={t('sharing.request_note')} name="/note" value={typed.note} onInput={(note) => change({ note })} error={errorAt(errors, '/note')} max={2000} isLong isName required />
      </Frozen>
      <Buttons says={t('sharing.request_now')} isBusy={isBusy} onCancel={() => { forget(); setOpen(false); }} />
    </Form>
  );
}

function Buttons({ says, isBusy, onCancel }: { readonly says: string; readonly isBusy: boolean; readonly onCancel: () => void }) {
  return (
    <p class="buttons">
      <button disabled={isBusy}>{says}</button>
      <button type="button" class="quiet-button" onClick={onCancel}>{t('form.cancel')}</button>
    </p>
  );
}
