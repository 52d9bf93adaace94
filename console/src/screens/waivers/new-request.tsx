// What one note verbale asks for: the same for everybody on its list. Who that is follows.

import { send } from '../../api/send';
import { Frozen } from '../../forms/frozen';
import { useMaking } from '../../forms/making';
import { create_waiver_request } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { labelled, t } from '../../i18n';
import { asDay, ascii } from '../../i18n/dates';
import { go } from '../../router';
import { Wrong, errorAt } from '../../ui/errors';
import { Form, Select, Text } from '../../ui/fields';

/** What is no relief cannot be asked for: deported without payment, and served in detention. */
export const REASONS: readonly S.WaiverReason[] = ['non_punishment', 'humanitarian', 'child', 'medical', 'bilateral_agreement', 'amnesty', 'destitution', 'force_majeure', 'authority_error', 'newborn', 'other'];
/** What is asked for most. */
const PARTS = ['50', '80', '100'] as const;

interface Typed {
  readonly reference: string;
  readonly addressee: string;
  readonly sent: string;
  readonly percent: string;
  readonly reason: string;
}
const NOTHING: Typed = { reference: '', addressee: '', sent: '', percent: '', reason: '' };

/** What is sent: a part in the digits of any script, a day as far as it can be read; and nothing for what was not said. */
export function bodyOf(typed: Typed): S.CreateWaiverRequest {
  const said = { reference: typed.reference.normalize('NFC').trim(), addressee: typed.addressee.normalize('NFC').trim(), sent_on: asDay(typed.sent), requested_percent: percentOf(typed.percent), reason: typed.reason };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value)) as unknown as S.CreateWaiverRequest;
}

/** A part in a hundred as the API takes it: `80 %` and `33,5` are read. */
export const percentOf = (text: string): string => ascii(text).replace(/[%٪\s]/g, '').replace(',', '.').replace(/^0+(?=\d)/, '');

export function NewRequest() {
  const { typed, change, isSent, isBusy, failure, errors, make, forget } = useMaking<Typed>('waivers new', NOTHING);
  const save = async () => {
    const made = await make(bodyOf(typed), (body, key) => send(create_waiver_request, { body, key }));
    if (made) go(`waivers/${made.body.id}`);
  };
  return (
    <>
      <h1 tabIndex={-1}>{t('waivers.new')}</h1>
      <Form label={t('waivers.new')} onSubmit={() => void save()} enterLeadsOn>
        <Wrong failure={failure} />
        <Frozen isSent={isSent} isBusy={isBusy}>
          <div class="grid">
            <Text label={t('waivers.reference')} name="/reference" value={typed.reference} onInput={(reference) => change({ reference })} error={errorAt(errors, '/reference')} max={100} isName required />
            <Text label={t('waivers.addressee')} name="/addressee" value={typed.addressee} onInput={(addressee) => change({ addressee })} error={errorAt(errors, '/addressee')} max={200} isName required />
            <Text label={t('waivers.sent_on')} name="/sent_on" value={typed.sent} onInput={(sent) => change({ sent })} error={errorAt(errors, '/sent_on')} hint={t('form.day_hint')} max={20} required />
            <Select label={t('waivers.reason')} name="/reason" value={typed.reason} choices={labelled('reason', REASONS)} onChange={(reason) => change({ reason })} error={errorAt(errors, '/reason')} required />
            <div>
              <Text label={t('waivers.percent')} name="/requested_percent" value={typed.percent} onInput={(percent) => change({ percent })} error={errorAt(errors, '/requested_percent')} hint={t('waivers.percent_hint')} max={8} required />
              <p class="buttons">{PARTS.map((part) => <button type="button" class="small quiet-button" key={part} onClick={() => change({ percent: part })}>{t('waivers.part', { percent: part })}</button>)}</p>
            </div>
          </div>
        </Frozen>
        <p class="buttons">
          <button disabled={isBusy}>{t('form.save')}</button>
          <button type="button" class="quiet-button" onClick={() => {
            forget();
            go('waivers');
          }}>{t('form.cancel')}</button>
        </p>
      </Form>
    </>
  );
}
