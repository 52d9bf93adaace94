// The facts of a case that are changed most: from the version on screen, and with both sides shown where somebody was faster.

import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Refused } from '../api/problem';
import { send } from '../api/send';
import { get_case, update_case } from '../generated/operations';
import type { S } from '../generated/schema';
import { label, t } from '../i18n';
import type { Key } from '../i18n';
import { countries } from '../i18n/countries';
import { age, partialDate, shownBirth, today } from '../i18n/dates';
import { draft, drop, keep } from '../session/drafts';
import { Wrong, errorAt, errorsOf } from '../ui/errors';
import { Form, Select, Text } from '../ui/fields';
import type { Flat, Merged } from './merge';
import { merge } from './merge';

/** Where each field stands in the body, and the compartment that must be open for it. */
const FIELDS = {
  given_name: ['/identity/given_name', 'identity'],
  family_name: ['/identity/family_name', 'identity'],
  original_script_name: ['/identity/original_script_name', 'identity'],
  birth: ['/identity/birth_date', 'identity'],
  gender: ['/gender', ''],
  nationality: ['/nationality_claimed', ''],
  immigration: ['/immigration_status', ''],
  risk: ['/risk_level', ''],
  needs: ['/health/immediate_needs', 'health'],
  safe_contact: ['/contact/safe_contact_instructions', 'contact'],
} as const;
type Name = keyof typeof FIELDS;
const NAMES = Object.keys(FIELDS) as Name[];

const CODES: Partial<Record<Name, readonly [list: string, codes: readonly string[]]>> = {
  gender: ['gender', ['feminine', 'masculine', 'transgender_feminine', 'transgender_masculine', 'non_conforming', 'non_specified_unknown']],
  risk: ['risk', ['low', 'medium', 'high', 'imminent']],
  immigration: ['immigration', ['valid_stay', 'overstay', 'irregular_entry', 'no_work_permit', 'detained', 'deportation_ordered', 'visa_cancelled', 'victim_stay_permit', 'asylum_seeker_or_refugee', 'blacklisted', 'unknown']],
};

function birthText(identity: S.Identity | undefined): string {
  const years = identity?.age_estimate;
  if (identity?.birth_date) return identity.birth_date;
  return years ? `~${years.from_years}-${years.to_years}` : '';
}

function flat(file: S.CaseFile): Flat {
  const all: Record<Name, string> = {
    given_name: file.identity?.given_name ?? '',
    family_name: file.identity?.family_name ?? '',
    original_script_name: file.identity?.original_script_name ?? '',
    birth: birthText(file.identity),
    gender: file.gender,
    nationality: file.nationality_claimed ?? '',
    immigration: file.immigration_status,
    risk: file.risk_level,
    needs: file.health?.immediate_needs ?? '',
    safe_contact: file.contact?.safe_contact_instructions ?? '',
  };
  // A closed compartment is neither shown nor sent, not even as null.
  return Object.fromEntries(NAMES.filter((name) => !(file.redacted as readonly string[]).includes(FIELDS[name][1])).map((name) => [name, all[name]]));
}

function birthPatch(text: string): Record<string, unknown> {
  const years = age(text);
  if (years) return { birth_date: null, age_estimate: { ...years, estimated_on: today() } };
  return { birth_date: text.trim() === '' ? null : (partialDate(text) ?? text.trim()), age_estimate: null };
}

/** Only what was touched: null clears, absent keeps. */
function patchOf(base: Flat, mine: Flat): S.UpdateCase {
  const patch: Record<string, Record<string, unknown> | string | null> = {};
  for (const name of NAMES) {
    const value = mine[name];
    if (value === undefined || value === base[name]) continue;
    const [, first = '', second] = FIELDS[name][0].split('/');
    const written = value.normalize('NFC').trim() || null;
    if (!second) patch[first] = written;
    else patch[first] = { ...(patch[first] as object | undefined), ...(name === 'birth' ? birthPatch(value) : { [second]: written }) };
  }
  return patch as S.UpdateCase;
}

const patchIsEmpty = (base: Flat, mine: Flat): boolean => NAMES.every((name) => (mine[name] ?? '') === (base[name] ?? ''));

interface Props {
  readonly file: S.CaseFile;
  readonly etag: string;
  readonly field: string;
  readonly onDone: (file: S.CaseFile, etag: string) => void;
  readonly onClose: () => void;
}

export function EditCase({ file, etag, field, onDone, onClose }: Props) {
  const kind = `case ${file.id}`;
  const [base, setBase] = useState({ values: flat(file), etag });
  const [mine, setMine] = useState<Flat>(() => ({ ...flat(file), ...draft<Flat>(kind) }));
  const [merged, setMerged] = useState<{ is: Merged; theirs: Flat } | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const errors = useMemo(() => errorsOf(failure), [failure]);
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    const wanted = box.current?.querySelector<HTMLElement>(`[data-pointer="/${CSS.escape(field).replaceAll('\\.', '/')}"]`);
    (wanted ?? box.current)?.querySelector<HTMLElement>('input, select, textarea')?.focus();
  }, []);

  const change = (name: Name, value: string) => setMine((before) => ({ ...before, [name]: value }));
  useEffect(() => {
    if (patchIsEmpty(base.values, mine)) drop(kind);
    else keep(kind, mine);
  }, [mine]);
  /** Somebody was faster: reads anew, joins what can be joined, and asks for the rest. */
  const catchUp = async () => {
    const now = await send(get_case, { path: { id: file.id } });
    const theirs = flat(now.body);
    const is = merge(base.values, theirs, mine);
    setMerged({ is, theirs });
    setMine(is.joined);
    setBase({ values: theirs, etag: now.etag });
  };
  const save = async () => {
    if (isBusy) return;
    setBusy(true);
    setFailure(null);
    try {
      const answer = await send(update_case, { path: { id: file.id }, body: patchOf(base.values, mine), ifMatch: base.etag });
      drop(kind);
      onDone(answer.body, answer.etag);
    } catch (refused) {
      if (refused instanceof Refused && refused.status === 412) await catchUp().catch(setFailure);
      else setFailure(refused);
    } finally {
      setBusy(false);
    }
  };
  const close = () => {
    drop(kind);
    onClose();
  };
  return (
    <section class="panel" ref={box} aria-label={t('case.edit')}>
      <h2>{t('case.edit')}</h2>
      {merged ? <Merge merged={merged.is} theirs={merged.theirs} mine={mine} onChoose={change} /> : null}
      <Form label={t('case.edit')} onSubmit={() => void save()}>
        <Wrong failure={failure} />
        <div class="grid">
          {NAMES.filter((name) => name in base.values).map((name) => (
            <Input key={name} name={name} value={mine[name] ?? ''} error={errorAt(errors, FIELDS[name][0])} onChange={(value) => change(name, value)} />
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

function Input({ name, value, error, onChange }: { readonly name: Name; readonly value: string; readonly error: string | undefined; readonly onChange: (value: string) => void }) {
  const common = { label: nameOf(name), name: FIELDS[name][0], value, error };
  const codes = CODES[name];
  if (codes) return <Select {...common} choices={codes[1].map((code) => ({ value: code, text: label(codes[0], code) }))} onChange={onChange} />;
  if (name === 'nationality') return <Select {...common} choices={countries(true)} onChange={onChange} none={t('form.not_asked')} />;
  return <Text {...common} onInput={onChange} isName isLong={name === 'needs' || name === 'safe_contact'} hint={name === 'birth' ? shownBirth(value) || t('register.birth_hint') : undefined} max={name === 'birth' ? 20 : undefined} />;
}

interface MergeProps {
  readonly merged: Merged;
  readonly theirs: Flat;
  readonly mine: Flat;
  readonly onChoose: (name: Name, value: string) => void;
}

/** What happened meanwhile. Saving is pressed again by whoever has read it. */
function Merge({ merged, theirs, mine, onChoose }: MergeProps) {
  const [own] = useState(mine);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), []);
  const shown = (name: string, value: string | undefined) => {
    const list = CODES[name as Name]?.[0];
    return list ? label(list, value) : value || '–';
  };
  return (
    <div class="merge" role="alert" tabIndex={-1} ref={box}>
      <p>{t('merge.title')}</p>
      {merged.theirs.length ? <p>{t('merge.joined', { fields: merged.theirs.map((name) => nameOf(name as Name)).join(', ') })}</p> : null}
      {merged.both.map((name) => (
        <fieldset key={name}>
          <legend>{nameOf(name as Name)}</legend>
          {([['merge.theirs', theirs[name]], ['merge.mine', own[name]]] as const).map(([key, value]) => (
            <label class="check" key={key}>
              <input type="radio" name={`merge-${name}`} checked={mine[name] === value} onChange={() => onChoose(name as Name, value ?? '')} />
              <span>{t(key)}: <bdi dir="auto">{shown(name, value)}</bdi></span>
            </label>
          ))}
        </fieldset>
      ))}
      <p>{t('merge.save')}</p>
    </div>
  );
}
