// Asking a second person for an export of names: which cases, and why.

import { send } from '../../api/send';
import { CASE_STATUSES, GENDERS, RISKS, STAGES } from '../../forms/codes';
import { Frozen } from '../../forms/frozen';
import { useMaking } from '../../forms/making';
import { create_approval } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { labelled, t } from '../../i18n';
import { countries } from '../../i18n/countries';
import { go } from '../../router';
import { Wrong, errorAt } from '../../ui/errors';
import { Form, Select, Text } from '../../ui/fields';
import { EMPTY, bodyOf } from './filter';
import type { Filter, Typed } from './filter';

const SIDE_STATES: readonly S.SideState[] = ['on_hold', 'contact_declined', 'nationality_not_confirmed', 'lost_contact', 'withdrawn', 'protection_pathway', 'removed_by_force', 're_trafficked', 'deceased'];

export function AskExport() {
  const { typed, change, isSent, isBusy, failure, errors, make, forget } = useMaking<Typed>('decisions export', EMPTY);
  const save = async () => {
    if (await make(bodyOf(typed), (body, key) => send(create_approval, { body, key }))) go('decisions');
  };
  const leave = () => {
    forget();
    go('decisions');
  };
  const choose = (name: Filter, text: string, choices: readonly { readonly value: string; readonly text: string }[]) => (
    <Select label={text} name={`/export/${name}`} value={typed[name]} choices={choices} onChange={(value) => change({ [name]: value })} none={t('cases.all')} error={errorAt(errors, `/export/${name}`)} />
  );
  const from = (name: 'registered_from' | 'registered_to', text: string) => (
    <Text label={text} name={`/export/${name}`} value={typed[name]} onInput={(value) => change({ [name]: value })} error={errorAt(errors, `/export/${name}`)} hint={t('form.day_hint')} max={20} />
  );
  return (
    <>
      <p><a href="#/decisions">{t('decisions.back')}</a></p>
      <h1 tabIndex={-1}>{t('decisions.ask_export')}</h1>
      <p>{t('decisions.export_text')}</p>
      <Form label={t('decisions.ask_export')} onSubmit={() => void save()}>
        <Wrong failure={failure} />
        <Frozen isSent={isSent} isBusy={isBusy}>
          <fieldset>
            <legend>{t('decisions.whom')}</legend>
            <div class="filters">
              {choose('nationality', t('cases.nationality'), [{ value: 'none', text: t('decisions.not_asked') }, ...countries(true)])}
              {choose('stage', t('cases.stage'), labelled('stage', STAGES))}
              {choose('side_state', t('decisions.side_state'), labelled('side_state', SIDE_STATES))}
              {choose('status', t('cases.status'), labelled('status', CASE_STATUSES))}
              {choose('risk_level', t('cases.risk'), labelled('risk', RISKS))}
              {choose('gender', t('decisions.gender'), labelled('gender', GENDERS))}
              {choose('is_child', t('decisions.child'), [{ value: 'yes', text: t('form.yes') }, { value: 'no', text: t('form.no') }])}
              {choose('host_country', t('decisions.host'), countries())}
              {from('registered_from', t('decisions.registered_from'))}
              {from('registered_to', t('decisions.registered_to'))}
            </div>
            <Text label={t('decisions.reason')} name="/reason" value={typed.reason} onInput={(reason) => change({ reason })} error={errorAt(errors, '/reason')} hint={t('decisions.reason_hint')} max={500} isLong isName required />
          </fieldset>
        </Frozen>
        <p class="buttons">
          <button disabled={isBusy}>{t(isSent && !isBusy ? 'form.send_again' : 'decisions.ask')}</button>
          <button type="button" class="quiet-button" disabled={isBusy} onClick={leave}>{t('form.cancel')}</button>
        </p>
      </Form>
    </>
  );
}
