// Looking for somebody: who it is, and who asks.

import { send } from '../../api/send';
import { GENDERS } from '../../forms/codes';
import { create_tracing_request } from '../../generated/operations';
import { labelled, t } from '../../i18n';
import { countries } from '../../i18n/countries';
import { shownBirth } from '../../i18n/dates';
import { Frozen } from '../../forms/frozen';
import { useMaking } from '../../forms/making';
import { go } from '../../router';
import { Wrong, errorAt } from '../../ui/errors';
import { Form, Select, Text } from '../../ui/fields';
import { EMPTY, bodyOf } from './asked';
import type { Typed } from './asked';
import { RELATIONS } from './words';

export function NewRequest() {
  const { typed, change, isSent, isBusy, failure, errors, make, forget } = useMaking<Typed>('tracing', EMPTY);
  const at = (pointer: string, isWhole = false) => errorAt(errors, pointer, isWhole);
  const save = async () => {
    const answer = await make(bodyOf(typed), (body, key) => send(create_tracing_request, { body, key }));
    if (answer) go(`tracing/${answer.body.id}`);
  };
  const leave = () => {
    forget();
    go('tracing');
  };
  const who = '/details/sought';
  return (
    <>
      <p><a href="#/tracing">{t('tracing.back')}</a></p>
      <h1 tabIndex={-1}>{t('tracing.new')}</h1>
      <p class="quiet">{t('tracing.sealed')}</p>
      <Form label={t('tracing.new')} onSubmit={() => void save()}>
        <Wrong failure={failure} />
        <Frozen isSent={isSent} isBusy={isBusy}>
          <fieldset>
            <legend>{t('tracing.who')}</legend>
            <div class="grid">
              <Text label={t('tracing.name')} name={`${who}/name`} value={typed.name} onInput={(name) => change({ name })} error={at(`${who}/name`)} hint={t('tracing.name_hint')} max={300} isName required />
              <Text label={t('tracing.birth')} name={`${who}/birth_date`} value={typed.birth} onInput={(birth) => change({ birth })} error={at(`${who}/birth_date`)} hint={shownBirth(typed.birth) || t('tracing.birth_hint')} max={20} />
              <Select label={t('tracing.nationality')} name={`${who}/nationality`} value={typed.nationality} choices={countries(true)} onChange={(nationality) => change({ nationality })} none={t('tracing.unknown')} error={at(`${who}/nationality`)} />
              <Select label={t('tracing.gender')} name={`${who}/gender`} value={typed.gender} choices={labelled('gender', GENDERS)} onChange={(gender) => change({ gender })} none={t('tracing.unknown')} error={at(`${who}/gender`)} />
              <Text label={t('tracing.document_number')} name={`${who}/document_number`} value={typed.number} onInput={(number) => change({ number })} error={at(`${who}/document_number`)} max={60} />
              <Text label={t('tracing.phone')} name={`${who}/phone`} type="tel" mode="tel" value={typed.phone} onInput={(phone) => change({ phone })} error={at(`${who}/phone`)} hint={t('tracing.phone_hint')} max={60} />
            </div>
            <Text label={t('tracing.other_names')} name={`${who}/other_names`} value={typed.others} onInput={(others) => change({ others })} error={at(`${who}/other_names`, true)} hint={t('tracing.other_names_hint')} max={3000} isLong isName />
            <Text label={t('tracing.description')} name={`${who}/description`} value={typed.description} onInput={(description) => change({ description })} error={at(`${who}/description`)} max={2000} isLong isName />
          </fieldset>
          <fieldset>
            <legend>{t('tracing.asks')}</legend>
            <Select label={t('tracing.relation')} name="/relation" value={typed.relation} choices={labelled('tracing.relation', RELATIONS)} onChange={(relation) => change({ relation })} error={at('/relation')} required />
            <Text label={t('tracing.on_behalf_of')} name="/details/on_behalf_of" value={typed.behalf} onInput={(behalf) => change({ behalf })} error={at('/details/on_behalf_of')} hint={t('tracing.on_behalf_of_hint')} max={500} isLong isName />
            <Text label={t('tracing.last_contact_on')} name="/details/last_contact_on" value={typed.on} onInput={(on) => change({ on })} error={at('/details/last_contact_on')} hint={t('form.day_hint')} max={20} />
            <Text label={t('tracing.last_contact')} name="/details/last_contact" value={typed.contact} onInput={(contact) => change({ contact })} error={at('/details/last_contact')} max={2000} isLong isName />
            <Text label={t('tracing.reported_to')} name="/details/reported_to" value={typed.reported} onInput={(reported) => change({ reported })} error={at('/details/reported_to')} max={500} isName />
          </fieldset>
        </Frozen>
        <p class="buttons">
          <button disabled={isBusy}>{t(isSent && !isBusy ? 'form.send_again' : 'tracing.look')}</button>
          <button type="button" class="quiet-button" disabled={isBusy} onClick={leave}>{t('form.cancel')}</button>
        </p>
      </Form>
    </>
  );
}
