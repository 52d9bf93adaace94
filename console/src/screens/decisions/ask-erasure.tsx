// Asking a second person to erase somebody: everything that says who they are, in every case of theirs, for ever.

import { send } from '../../api/send';
import { Frozen } from '../../forms/frozen';
import { useMaking } from '../../forms/making';
import { create_approval } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { t } from '../../i18n';
import { go } from '../../router';
import { Wrong, errorAt } from '../../ui/errors';
import { Form, Text } from '../../ui/fields';
import { Radios } from '../../ui/radios';
import { CaseName } from './names';

const EMPTY = { asked: '', reason: '' };

export function AskErasure({ id }: { readonly id: string }) {
  const { typed, change, isSent, isBusy, failure, errors, make, forget } = useMaking(`decisions erasure ${id}`, EMPTY);
  const save = async () => {
    if (!typed.asked) return;
    const erasure = { case_id: id as S.CaseId, requested_by_person: typed.asked === 'yes' };
    const asked = { erasure, reason: typed.reason.normalize('NFC').trim() };
    if (await make(asked, (body, key) => send(create_approval, { body, key }))) go('decisions');
  };
  const leave = () => {
    forget();
    go(`cases/${id}`);
  };
  return (
    <>
      <p><a href="#/decisions">{t('decisions.back')}</a></p>
      <h1 tabIndex={-1}>{t('decisions.ask_erasure')}</h1>
      <p><strong><CaseName id={id as S.CaseId} isRead /></strong></p>
      <p>{t('decisions.erase_text')} {t('decisions.erase_rule')}</p>
      <Form label={t('decisions.ask_erasure')} onSubmit={() => void save()}>
        <Wrong failure={failure} />
        <Frozen isSent={isSent} isBusy={isBusy}>
          <Radios label={t('decisions.person_asked')} name="/erasure/requested_by_person" value={typed.asked} choices={[{ value: 'yes', text: t('form.yes') }, { value: 'no', text: t('form.no'), hint: t('decisions.not_on_the_way') }]} onChange={(asked) => change({ asked })} error={errorAt(errors, '/erasure/requested_by_person')} required />
          <Text label={t('decisions.reason')} name="/reason" value={typed.reason} onInput={(reason) => change({ reason })} error={errorAt(errors, '/reason')} hint={t('decisions.reason_hint')} max={500} isLong isName required />
        </Frozen>
        <p class="buttons">
          <button disabled={isBusy || !typed.asked}>{t(isSent && !isBusy ? 'form.send_again' : 'decisions.ask')}</button>
          <button type="button" class="quiet-button" disabled={isBusy} onClick={leave}>{t('form.cancel')}</button>
        </p>
      </Form>
    </>
  );
}
