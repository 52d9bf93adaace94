// The change of the facts of a case: from the version on screen, and with both sides shown where somebody was faster.

import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { isGone, isStale } from '../api/problem';
import { send } from '../api/send';
import { get_case, update_case } from '../generated/operations';
import type { S } from '../generated/schema';
import { label, labelled, t } from '../i18n';
import type { Key } from '../i18n';
import { countries, country } from '../i18n/countries';
import { shownBirth } from '../i18n/dates';
import { draft, drop, keep } from '../session/drafts';
import { Wrong, errorAt, errorsOf } from '../ui/errors';
import { Form, Select, Text } from '../ui/fields';
import { useWork } from '../ui/work';
import { FIELDS, NAMES, flat, patchOf } from './case-facts';
import type { Name } from './case-facts';
import { isSame, takeUp } from './merge';
import type { Typed } from './merge';
import { Merge } from './merge-view';

const CODES: Partial<Record<Name, readonly [list: string, codes: readonly string[]]>> = {
  gender: ['gender', ['feminine', 'masculine', 'transgender_feminine', 'transgender_masculine', 'non_conforming', 'non_specified_unknown']],
  risk: ['risk', ['low', 'medium', 'high', 'imminent']],
  immigration: ['immigration', ['valid_stay', 'overstay', 'irregular_entry', 'no_work_permit', 'detained', 'deportation_ordered', 'visa_cancelled', 'victim_stay_permit', 'asylum_seeker_or_refugee', 'blacklisted', 'unknown']],
  skipped: ['screening_skipped', ['arrived_already_identified', 'authority_determined', 'person_declined', 'urgent_departure', 'mass_arrival', 'no_interpreter', 'unfit_for_interview', 'authority_prevented']],
  custody: ['custody', ['with_person', 'held_by_trafficker', 'lost', 'destroyed', 'seized_by_police', 'held_by_mission', 'held_by_ngo', 'held_by_recruiter', 'held_by_immigration', 'court_exhibit', 'pawned', 'unknown']],
  safe: ['form', ['yes', 'no']],
};
/** Longest texts, as the API says. */
const LONGEST: Partial<Record<Name, number>> = { birth: 20, number: 60, phone: 60, given_name: 200, family_name: 200, original_script_name: 300 };

interface Props {
  readonly file: S.CaseFile;
  readonly etag: string;
  readonly field: string;
  readonly onDone: (file: S.CaseFile, etag: string) => void;
  readonly onClose: () => void;
  /** It is not there any more, or not shared: what is on screen must be looked at anew. */
  readonly onGone: () => void;
}

export function EditCase({ file, etag, field, onDone, onClose, onGone }: Props) {
  const kind = `case ${file.id}`;
  /** The file that is changed, and what was typed on it; a draft of an older version is laid on it, never over it. */
  const [on, setOn] = useState(() => ({ file, ...takeUp(draft<Typed<string>>(kind), flat(file), etag) }));
  const [mine, setMine] = useState(on.mine);
  const { isBusy, failure, work } = useWork();
  const errors = useMemo(() => errorsOf(failure), [failure]);
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    // What somebody else did is read first.
    if (on.merged) return;
    const wanted = box.current?.querySelector<HTMLElement>(`[data-pointer="/${CSS.escape(field).replaceAll('\\.', '/')}"]`);
    (wanted ?? box.current)?.querySelector<HTMLElement>('input, select, textarea')?.focus();
  }, []);

  // Another number is not safe because the one before was: that is asked anew.
  const safety = (phone: string): string => (phone === on.base.phone ? (on.base.safe ?? '') : 'no');
  const change = (name: string, value: string) => setMine((before) => ({ ...before, ...(name === 'phone' ? { safe: safety(value) } : {}), [name]: value }));
  useEffect(() => {
    if (NAMES.every((name) => isSame(mine[name], on.base[name]))) drop(kind);
    else keep(kind, { ...on.from, mine } satisfies Typed<string>);
  }, [mine, on]);
  /** Somebody was faster: reads anew, joins what can be joined, and asks for the rest. */
  const catchUp = async () => {
    const now = await send(get_case, { path: { id: file.id } });
    const next = takeUp({ ...on.from, mine }, flat(now.body), now.etag);
    setOn({ file: now.body, ...next });
    setMine(next.mine);
  };
  const save = () =>
    work(async () => {
      try {
        const answer = await send(update_case, { path: { id: file.id }, body: patchOf(on.file, mine), ifMatch: on.etag });
        drop(kind);
        onDone(answer.body, answer.etag);
      } catch (why) {
        if (!isStale(why)) throw why;
        await catchUp();
      }
    }, (why) => {
      if (isGone(why)) onGone();
    });
  const close = () => {
    drop(kind);
    onClose();
  };
  return (
    <section class="panel" ref={box} aria-label={t('case.edit')}>
      <h2>{t('case.edit')}</h2>
      {on.merged ? <Merge key={on.etag} merged={on.merged} theirs={on.base} mine={mine} nameOf={(name) => nameOf(name as Name)} shown={shown} onChoose={change} /> : null}
      <Form label={t('case.edit')} onSubmit={() => void save()}>
        <Wrong failure={failure} />
        <div class="grid">
          {NAMES.filter((name) => name in on.base).map((name) => (
            <Input key={name} name={name} value={mine[name] ?? ''} error={errorAt(errors, FIELDS[name][0], name === 'phone' || name === 'custody')} onChange={(value) => change(name, value)} />
          ))}
        </div>
        <p class="buttons">
          <button disabled={isBusy}>{t('form.save')}</button>
          <button type="button" class="quiet-button" onClick={close}>{t('form.cancel')}</button>
        </p>
      </Form>
    </section>
  );
}

const nameOf = (name: Name): string => t(`edit.${name}` as Key);

function shown(name: string, value: string | undefined): string {
  const list = CODES[name as Name]?.[0];
  if (list) return label(list, value);
  return name === 'nationality' ? country(value) : value || '–';
}

function Input({ name, value, error, onChange }: { readonly name: Name; readonly value: string; readonly error: string | undefined; readonly onChange: (value: string) => void }) {
  const common = { label: nameOf(name), name: FIELDS[name][0], value, error };
  const codes = CODES[name];
  // What was never said has no answer beforehand.
  if (codes) return <Select {...common} choices={labelled(codes[0], codes[1])} onChange={onChange} {...(name === 'skipped' ? { none: t('edit.not_skipped') } : {})} />;
  if (name === 'nationality') return <Select {...common} choices={countries(true)} onChange={onChange} none={t('form.not_asked')} />;
  return <Text {...common} onInput={onChange} isName isLong={name === 'needs' || name === 'safe_contact'} hint={name === 'birth' ? shownBirth(value) || t('register.birth_hint') : undefined} max={LONGEST[name]} />;
}
