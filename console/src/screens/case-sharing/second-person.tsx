// What two people answer for: the second one is asked, within the hour says yes, and then whoever asked does it.

import { send } from '../../api/send';
import { Frozen } from '../../forms/frozen';
import { useMaking } from '../../forms/making';
import { create_approval, list_approvals } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { t } from '../../i18n';
import { shownMoment } from '../../i18n/dates';
import { may, me } from '../../session/session';
import { Wrong, errorAt } from '../../ui/errors';
import { Form, Text } from '../../ui/fields';
import { Shown, useLoaded } from '../../ui/load';

type Act = Pick<S.CreateApproval, 'exclusion' | 'takeover'>;

interface Props {
  readonly act: Act;
  readonly onApproved: (approval: string) => void;
}

const caseOf = (act: Act): string => act.takeover?.case_id ?? act.exclusion?.case_id ?? '';
const isAbout = (one: S.Approval, act: Act): boolean => (act.takeover ? one.takeover : one.exclusion)?.case_id === caseOf(act) && one.asked_by === me.value?.user_id;

/** A reason is given for one act: that for a takeover is not that for a denial. It ends with the id of the case, with which it is
 *  forgotten. */
export const kindOf = (act: Act): string => `second ${act.takeover ? 'takeover' : act.exclusion?.way} ${caseOf(act)}`;

export function SecondPerson({ act, onApproved }: Props) {
  const list = useLoaded(async () => (await send(list_approvals, { query: { limit: 200 } })).body.items.filter((one) => isAbout(one, act)), [caseOf(act)]);
  const { typed, change, isSent, isBusy, failure, errors, make, forget } = useMaking(kindOf(act), { reason: '' }, { onUnsure: list.again });
  if (!may('approval:ask')) return <p>{t('sharing.second_needed')}</p>;
  const ask = async () => {
    const asked: S.CreateApproval = { ...act, reason: typed.reason.trim() };
    if (!(await make(asked, (body, key) => send(create_approval, { body, key })))) return;
    forget();
    list.again();
  };
  return (
    <Shown of={list}>
      {(known) => {
        const approved = known.find((one) => one.status === 'approved');
        const open = known.find((one) => one.status === 'open');
        if (approved) return <p role="status">{t('sharing.second_approved')} <button type="button" onClick={() => onApproved(approved.id)}>{t('sharing.second_use')}</button></p>;
        if (open) return <p role="status">{t('sharing.second_waits', { moment: shownMoment(open.expires_at) })} <button type="button" class="quiet-button" onClick={list.again}>{t('sharing.look_again')}</button></p>;
        return (
          <Form label={t('sharing.second_ask')} onSubmit={() => void ask()}>
            <p>{t('sharing.second_needed')}</p>
            <Wrong failure={failure} />
            <Frozen isSent={isSent} isBusy={isBusy}>
              <Text label={t('sharing.second_reason')} name="/reason" value={typed.reason} onInput={(reason) => change({ reason })} error={errorAt(errors, '/reason')} hint={t('sharing.second_hint')} max={500} isLong isName required />
            </Frozen>
            <p class="buttons"><button disabled={isBusy}>{t('sharing.second_ask')}</button></p>
          </Form>
        );
      }}
    </Shown>
  );
}
