// One organisation of many: first what kind it is, then which.

import { useState } from 'preact/hooks';
import { labelled, language, t } from '../i18n';
import { country } from '../i18n/countries';
import { Select } from './fields';

/** An organisation as everybody may know of it. */
export interface Known {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly country: string;
}

interface Props {
  readonly label: string;
  /** The JSON pointer of what it is chosen for. */
  readonly name: string;
  readonly value: string;
  readonly organisations: readonly Known[];
  /** The kinds that come into question; all, if none are named. */
  readonly kinds?: readonly string[] | undefined;
  readonly error?: string | undefined;
  readonly onChange: (id: string) => void;
}

/** By name, and with the country where it is: two may have one name. */
const choice = (one: Known) => ({ value: one.id, text: `${one.name} (${country(one.country)})` });
const byName = (one: { readonly text: string }, other: { readonly text: string }) => one.text.localeCompare(other.text, language.value);

export function OrganisationChooser({ label: said, name, value, organisations, kinds, error, onChange }: Props) {
  const [kind, setKind] = useState('');
  const offered = organisations.filter((one) => !kinds?.length || kinds.includes(one.kind) || one.id === value);
  const present = [...new Set(offered.map((one) => one.kind))];
  const listed = offered.filter((one) => !kind || one.kind === kind || one.id === value);
  return (
    <>
      {present.length > 1 ? <Select label={t('sharing.kind_of')} name="kind" value={kind} choices={[...labelled('sharing.kind', present)].sort(byName)} onChange={setKind} none={t('cases.all')} /> : null}
      <Select label={said} name={name} value={value} choices={listed.map(choice).sort(byName)} onChange={onChange} error={error} hint={listed.length ? undefined : t('sharing.no_organisation')} required />
    </>
  );
}
