// What the person is asked, in plain words: what for, who, what they will see, and until when.

import { COMPARTMENTS } from '../../forms/codes';
import { country } from '../../i18n/countries';
import { shownDay, partialDate } from '../../i18n/dates';
import type { S } from '../../generated/schema';
import type { Typed } from './typed';
import { said } from './wording';
import type { Wording } from './wording';

/** What stands in the question and is not typed: the name of whoever is to see it. */
export interface Asked {
  readonly organisation: string;
}

export function whom(wording: Wording, typed: Typed, asked: Asked): string {
  const scope = typed.recipient as S.RecipientScope;
  const name = scope === 'organisation' ? asked.organisation : scope === 'organisation_kind' ? wording.kind[typed.kind as S.OrganisationKind] : country(typed.country);
  return said(wording, wording.recipient[scope] ?? '', { name: name ?? '' });
}

export function Question({ wording, typed, asked }: { readonly wording: Wording; readonly typed: Typed; readonly asked: Asked }) {
  const parts = (isShared: boolean) => COMPARTMENTS.filter((one) => typed.compartments.includes(one) === isShared);
  const list = (title: string, of: readonly S.Compartment[]) => (of.length ? <div><h3>{title}</h3><ul>{of.map((one) => <li key={one}>{wording.compartment[one]}</li>)}</ul></div> : null);
  const day = partialDate(typed.until);
  return (
    <>
      <p class="said">{wording.question[typed.purpose as S.ConsentPurpose]}</p>
      <h3>{wording.recipient_title}</h3>
      <p><bdi dir="auto">{whom(wording, typed, asked)}</bdi></p>
      {typed.compartments.length ? <div class="grid">{list(wording.shared_title, parts(true))}{list(wording.not_shared_title, parts(false))}</div> : <p>{wording.shared_nothing}</p>}
      <p>{day ? said(wording, wording.until, { day: shownDay(day) }) : wording.until_withdrawn}</p>
    </>
  );
}
