// Whom the person never wants to see the case. That there are any is itself kept from almost everybody.

import { useState } from 'preact/hooks';
import { Refused } from '../../api/problem';
import { send } from '../../api/send';
import { Frozen } from '../../forms/frozen';
import { useMaking } from '../../forms/making';
import { create_denial, lift_denial } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { label, labelled, t } from '../../i18n';
import { countries, country } from '../../i18n/countries';
import { shownMoment } from '../../i18n/dates';
import { may, me } from '../../session/session';
import { Wrong, errorAt } from '../../ui/errors';
import { Form, Select, Text } from '../../ui/fields';
import { OrganisationChooser } from '../../ui/organisations';
import type { Known } from '../../ui/organisations';
import { Sure } from '../../ui/sure';
import { useWork } from '../../ui/work';
import { KINDS } from '../consent/typed';
import { isOurs } from '../of-case';
import { nameOf } from '../organisations';
import type { Seen } from './seen';
import { chosen } from './refer';
import { SecondPerson } from './second-person';

/** Nobody could help then: everybody is no denial. */
const SCOPES: readonly S.RecipientScope[] = ['organisation', 'organisation_kind', 'missions_of'];

interface Props {
  readonly seen: Seen;
  readonly onDone: (said: string) => void;
  readonly onUnsure: () => void;
}

export function Denials({ seen, onDone, onUnsure }: Props) {
  const { file, denials, names } = seen;
  // The owner records it, or the desk, to which a person turns who wants the owner out.
  const canDeny = may('sharing:write') && (isOurs(file) || Boolean(me.value?.coordinates));
  return (
    <section class="panel" aria-labelledby="denials">
      <h2 id="denials">{t('sharing.denials')}</h2>
      {denials.items === undefined ? <p class="quiet">{t('case.not_shared')}</p> : denials.items.length ? (
        <ul class="checklist">{denials.items.map((one) => <Denied key={one.id} one={one} seen={seen} names={names} onDone={onDone} />)}</ul>
      ) : <p class="quiet">{t('sharing.nobody_denied')}</p>}
      {canDeny ? <Deny file={file} organisations={names} onDone={() => onDone(t('sharing.denied'))} onUnsure={onUnsure} /> : null}
    </section>
  );
}

function whom(denied: S.Denied | undefined, names: readonly Known[]): string {
  switch (denied?.scope) {
    case undefined: return t('case.not_shared');
    case 'organisation': return nameOf(names, denied?.organisation_id, t('sharing.unknown_organisation'));
    case 'organisation_kind': return t('consent.every_kind', { kind: label('sharing.kind', denied?.organisation_kind) });
    case 'missions_of': return t('consent.every_mission', { country: country(denied?.missions_of) });
    default: return label('consent.recipient', denied?.scope);
  }
}

function Denied({ one, seen, names, onDone }: { readonly one: S.Denial; readonly seen: Seen; readonly names: readonly Known[]; readonly onDone: (said: string) => void }) {
  const { isBusy, failure, work } = useWork();
  const lift = async () => {
    await work(async () => {
      await send(lift_denial, { path: { id: seen.file.id, denial_id: one.id } });
      onDone(t('sharing.denial_lifted'));
    });
  };
  const about = whom(one.denied, names);
  return (
    <li>
      <span>
        <bdi dir="auto">{about}</bdi> · {shownMoment(one.created_at)}
        {one.denied?.reason ? <> · <bdi dir="auto">{one.denied.reason}</bdi></> : null}
        {one.lifted_at ? ` · ${t('sharing.lifted_at', { moment: shownMoment(one.lifted_at) })}` : ''}
      </span>
      {!one.lifted_at && may('sharing:write') && isOurs(seen.file) ? <Sure label={t('sharing.lift_denial')} about={about} question={t('sharing.lift_denial_sure')} yes={t('sharing.lift_denial')} no={t('form.cancel')} isBusy={isBusy} onYes={() => void lift()} /> : null}
      <Wrong failure={failure} />
    </li>
  );
}

const EMPTY = { scope: '', organisation: '', kind: '', country: '', reason: '', approval: '' };

function Deny({ file, organisations, onDone, onUnsure }: { readonly file: S.CaseFile; readonly organisations: readonly Known[]; readonly onDone: () => void; readonly onUnsure: () => void }) {
  const { typed, change, isSent, isBusy, failure, errors, make, forget } = useMaking(`denial ${file.id}`, EMPTY, { onUnsure });
  const [isOpen, setOpen] = useState(JSON.stringify(typed) !== JSON.stringify(EMPTY));
  if (!isOpen) return <button type="button" class="quiet-button" onClick={() => setOpen(true)}>{t('sharing.deny')}</button>;
  const deny = async () => {
    const asked: S.CreateDenial = {
      scope: chosen(typed.scope as S.RecipientScope),
      ...(typed.scope === 'organisation' ? { organisation_id: chosen(typed.organisation) } : {}),
      ...(typed.scope === 'organisation_kind' ? { organisation_kind: chosen(typed.kind as S.OrganisationKind) } : {}),
      ...(typed.scope === 'missions_of' ? { missions_of: chosen(typed.country as S.Country) } : {}),
      ...(typed.reason.trim() ? { reason: typed.reason.trim() } : {}),
      ...(typed.approval ? { approval_id: typed.approval } : {}),
    };
    if (!(await make(asked, (body, key) => send(create_denial, { path: { id: file.id }, body, key })))) return;
    forget();
    setOpen(false);
    onDone();
  };
  const needsSecond = failure instanceof Refused && failure.code.startsWith('approval_');
  return (
    <>
      <h3>{t('sharing.deny')}</h3>
      <p>{t('sharing.deny_says')}</p>
      <Wrong failure={failure} />
      {needsSecond ? <SecondPerson act={{ exclusion: { case_id: file.id, way: 'denial' } }} onApproved={(approval) => change({ approval })} /> : null}
      {typed.approval ? <p role="status">{t('sharing.second_taken')}</p> : null}
      <Form label={t('sharing.deny')} onSubmit={() => void deny()}>
        <Frozen isSent={isSent} isBusy={isBusy}>
          <div class="grid">
            <Select label={t('sharing.whom')} name="/scope" value={typed.scope} choices={labelled('consent.recipient', SCOPES)} onChange={(scope) => change({ scope })} error={errorAt(errors, '/scope')} required />
            {typed.scope === 'organisation' ? <OrganisationChooser label={t('consent.recipient.which')} name="/organisation_id" value={typed.organisation} organisations={organisations.filter((one) => one.id !== me.value?.organisation_id)} error={errorAt(errors, '/organisation_id')} onChange={(organisation) => change({ organisation })} /> : null}
            {typed.scope === 'organisation_kind' ? <Select label={t('sharing.kind_of')} name="/organisation_kind" value={typed.kind} choices={labelled('sharing.kind', KINDS)} onChange={(kind) => change({ kind })} error={errorAt(errors, '/organisation_kind')} required /> : null}
            {typed.scope === 'missions_of' ? <Select label={t('consent.missions_of')} name="/missions_of" value={typed.country} choices={countries()} onChange={(to) => change({ country: to })} error={errorAt(errors, '/missions_of')} required /> : null}
          </div>
          <Text label={t('sharing.deny_reason')} name="/reason" value={typed.reason} onInput={(reason) => change({ reason })} error={errorAt(errors, '/reason')} max={2000} isLong isName />
        </Frozen>
        <p class="buttons">
          <button disabled={isBusy}>{t('sharing.deny_now')}</button>
          <button type="button" class="quiet-button" onClick={() => { forget(); setOpen(false); }}>{t('form.cancel')}</button>
        </p>
      </Form>
    </>
  );
}
