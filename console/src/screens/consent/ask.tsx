// The side of the staff: what is asked, of whom, in which language; then the screen is turned, and what the person answered is recorded.

import { useEffect, useRef, useState } from 'preact/hooks';
import { NoAnswer, isGone } from '../../api/problem';
import { send } from '../../api/send';
import { COMPARTMENTS } from '../../forms/codes';
import { Frozen } from '../../forms/frozen';
import { isSent, once } from '../../forms/once';
import { create_consent } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { labelled, t } from '../../i18n';
import { countries } from '../../i18n/countries';
import { languagesSpoken } from '../../i18n/languages';
import { drop, keep } from '../../session/drafts';
import { me } from '../../session/session';
import { Wrong, errorAt, errorsOf } from '../../ui/errors';
import { Chips, Form, Select, Text } from '../../ui/fields';
import { OrganisationChooser } from '../../ui/organisations';
import type { Known } from '../../ui/organisations';
import { useWork } from '../../ui/work';
import { nameOf } from '../organisations';
import { Giver } from './giver';
import { Paper } from './paper';
import { ToPerson } from './to-person';
import { KINDS, PURPOSES, SCOPES, asItReadsNow, bodyOf, change as changed, isTold, kindsFor, missing, staysInside, withPurpose } from './typed';
import type { Typed } from './typed';
import { needsInterpreter, wordingFor } from './wording';

interface Props {
  readonly file: S.CaseFile;
  readonly organisations: readonly Known[];
  /** What was typed already, or what is asked for. */
  readonly begun: Typed;
  readonly kind: string;
  readonly onDone: (consent: S.Consent, typed: Typed) => void;
  readonly onClose: () => void;
  /** Whether the page for a signature is shown: it is printed alone. */
  readonly onPaper: (isShown: boolean) => void;
  /** It is not there any more, or it is not known whether it was recorded. */
  readonly onUnsure: () => void;
}

export function Ask({ file, organisations, begun, kind, onDone, onClose, onPaper, onUnsure }: Props) {
  // What was sent and not answered stays as it was read then: it is sent again, and nothing else.
  const [typed, setTyped] = useState(() => (isSent(begun.keys) ? begun : asItReadsNow(begun)));
  const [view, setView] = useState<'staff' | 'person' | 'paper'>('staff');
  const [isTried, setTried] = useState(false);
  const { isBusy, failure, setFailure, work } = useWork();
  const box = useRef<HTMLElement>(null);
  const keys = useRef({ ...begun.keys });
  // Once somebody tried to go on, each field says whether it is still needed.
  const errors = { ...Object.fromEntries((isTried ? missing(typed) : []).map((pointer) => [pointer, t('violation.required')])), ...errorsOf(failure) };
  const isFrozen = isSent(keys.current);
  const own = me.value?.organisation_id ?? '';
  const wording = wordingFor(typed.language);
  const asked = { organisation: nameOf(organisations, typed.organisation, t('sharing.unknown_organisation')) };

  useEffect(() => {
    box.current?.querySelector<HTMLElement>('select, input')?.focus();
  }, []);
  const hold = (now: Typed) => keep(kind, { ...now, keys: { ...keys.current } });
  const put = (now: Typed) => {
    setTyped(now);
    hold(now);
  };
  const change = (to: Partial<Typed>) => put(changed(typed, to));
  const show = (to: 'staff' | 'person' | 'paper') => {
    setView(to);
    onPaper(to === 'paper');
  };
  /** Goes on once all is said that the person must be able to see. */
  const open = (to: 'person' | 'paper') => {
    const without = missing(typed);
    setTried(true);
    setFailure(null);
    if (!without.length) return show(to);
    setTimeout(() => box.current?.querySelector<HTMLElement>('.wrong select, .wrong input, .wrong textarea')?.focus());
  };
  const record = async () => {
    const answer = await work(
      () => once(keys.current, bodyOf(typed), (body, key) => send(create_consent, { path: { id: file.id }, body, key }), () => hold(typed)),
      (why) => {
        if (why instanceof NoAnswer || isGone(why)) onUnsure();
      },
    );
    if (!answer) return;
    drop(kind);
    onDone(answer.body, typed);
  };
  const close = () => {
    drop(kind);
    onClose();
  };
  if (view === 'paper') return <section><Paper file={file} wording={wording} typed={typed} asked={asked} onClose={() => show('staff')} /></section>;
  const at = (pointer: string, isWhole = false) => errorAt(errors, pointer, isWhole);
  return (
    <section class="panel" ref={box} aria-labelledby="ask">
      <h2 id="ask">{t('consent.ask')}</h2>
      <Wrong failure={failure} />
      <Form label={t('consent.ask')} onSubmit={() => (typed.answer ? void record() : open('person'))}>
        <Frozen isSent={isFrozen} isBusy={isBusy}>
          <div class="grid">
            <Select label={t('consent.purpose')} name="/purpose" value={typed.purpose} choices={labelled('consent.purpose', PURPOSES)} onChange={(purpose) => put(withPurpose(typed, purpose, own))} error={at('/purpose')} required />
            {staysInside(typed.purpose) ? null : <Select label={t('consent.recipient')} name="/recipient" value={typed.recipient} choices={labelled('consent.recipient', SCOPES)} onChange={(recipient) => change({ recipient })} error={at('/recipient')} required />}
            {typed.recipient === 'organisation' && !staysInside(typed.purpose) ? <OrganisationChooser label={t('consent.recipient.which')} name="/recipient_organisation_id" value={typed.organisation} organisations={organisations.filter((one) => one.id !== own)} kinds={kindsFor(typed.purpose)} error={at('/recipient_organisation_id')} onChange={(organisation) => change({ organisation })} /> : null}
            {typed.recipient === 'organisation_kind' ? <Select label={t('sharing.kind_of')} name="/recipient_organisation_kind" value={typed.kind} choices={labelled('sharing.kind', KINDS)} onChange={(kind_) => change({ kind: kind_ })} error={at('/recipient_organisation_kind')} required /> : null}
            {typed.recipient === 'missions_of' ? <Select label={t('consent.missions_of')} name="/recipient_missions_of" value={typed.country} choices={countries()} onChange={(country) => change({ country })} error={at('/recipient_missions_of')} required /> : null}
          </div>
          {typed.purpose && !staysInside(typed.purpose) ? (
            <>
              <Chips label={t('consent.compartments')} name="/compartments" values={typed.compartments} choices={labelled('compartment', COMPARTMENTS)} onChange={(compartments) => change({ compartments: COMPARTMENTS.filter((one) => compartments.includes(one)) })} error={at('/compartments', true)} hint={t('consent.compartments_hint')} />
              <Text label={t('consent.until')} name="/expires_at" value={typed.until} onInput={(until) => change({ until })} error={at('/expires_at')} hint={t('consent.until_hint')} max={20} />
            </>
          ) : null}
          <div class="grid">
            <Select label={t('consent.language')} name="/language" value={typed.language} choices={languagesSpoken(file.identity?.languages ?? [])} onChange={(language) => change({ language })} error={at('/language')} required />
            <Text label={t('consent.interpreter')} name="/interpreter" value={typed.interpreter} onInput={(interpreter) => change({ interpreter })} error={at('/interpreter')} hint={needsInterpreter(typed.language) ? t('consent.interpreter_needed') : t('consent.interpreter_hint')} max={200} isName required={needsInterpreter(typed.language)} />
          </div>
          {wording.reviewed ? null : <p class="quiet">{t('consent.not_reviewed', { version: wording.version })}</p>}
          <Giver file={file} typed={typed} errors={errors} onChange={change} />
          {typed.answer ? <Answered typed={typed} error={at('/disclosures', true)} onChange={change} errors={errors} /> : null}
        </Frozen>
        <p class="buttons">
          {typed.answer ? <button disabled={isBusy}>{t('consent.record')}</button> : <button>{isTold(typed) ? t('consent.turn_again') : t('consent.turn')}</button>}
          {typed.answer ? <button type="button" class="quiet-button" disabled={isFrozen} onClick={() => open('person')}>{t('consent.turn_again')}</button> : null}
          <button type="button" class="quiet-button" onClick={() => open('paper')}>{t('consent.paper')}</button>
          <button type="button" class="quiet-button" onClick={close}>{t('form.cancel')}</button>
        </p>
      </Form>
      {view === 'person' ? <ToPerson wording={wording} typed={typed} asked={asked} onTold={(told) => change({ told })} onAnswer={(answer) => change({ answer })} onClose={() => show('staff')} /> : null}
    </section>
  );
}

interface AnsweredProps {
  readonly typed: Typed;
  readonly error: string | undefined;
  readonly errors: Readonly<Record<string, string>>;
  readonly onChange: (to: Partial<Typed>) => void;
}

/** What the person answered, and where that can be seen. */
function Answered({ typed, error, errors, onChange }: AnsweredProps) {
  return (
    <div data-pointer="/disclosures">
      <p role="status"><strong>{typed.answer === 'granted' ? t('consent.said_yes') : t('consent.said_no')}</strong></p>
      {error ? <p class="error">{error}</p> : null}
      <div class="grid">
        <Text label={t('consent.evidence')} name="/evidence" value={typed.evidence} onInput={(evidence) => onChange({ evidence })} error={errorAt(errors, '/evidence')} hint={t('consent.evidence_hint')} max={500} isName />
        <Text label={t('consent.given_on')} name="/given_on" value={typed.on} onInput={(on) => onChange({ on })} error={errorAt(errors, '/given_on')} hint={t('consent.given_on_hint')} max={20} />
      </div>
    </div>
  );
}
