// What a merge would do, field by field, and to whom. What differs is chosen here.

import type { S } from '../../generated/schema';
import { label, sentence, spelled, t } from '../../i18n';
import { Flag } from '../../ui/fields';
import { OrganisationName } from '../organisation';
import type { Chosen } from './chosen';
import { isJoined, shownParts } from './values';

interface Props {
  readonly preview: S.MergePreview;
  /** The codes of the two cases. */
  readonly survivor: string;
  readonly other: string;
  readonly chosen: Chosen;
  readonly onChoose: (chosen: Chosen) => void;
}

const fieldName = (field: string): string => {
  const last = field.split('.').at(-1) ?? field;
  return sentence('duplicates.fact', last, spelled(last));
};
const words = (field: string, value: unknown): string => shownParts(field, value).join('; ') || '–';

export function Preview({ preview, survivor, other, chosen, onChoose }: Props) {
  const isKnown = (one: S.MergePreviewField, value: unknown) => shownParts(one.field, value).length > 0;
  const differing = preview.fields.filter((one) => one.differs && isKnown(one, one.survivor) && isKnown(one, one.other));
  const oneSided = preview.fields.filter((one) => one.differs && !differing.includes(one));
  const same = preview.fields.filter((one) => !one.differs && shownParts(one.field, one.survivor).length);
  const accept = (warning: S.MergeWarning, isOn: boolean) => onChoose({ ...chosen, accepts: isOn ? [...chosen.accepts, warning] : chosen.accepts.filter((one) => one !== warning) });
  const fact = (one: S.MergePreviewField) => (
    <Fact key={one.field} one={one} survivor={survivor} other={other} keep={chosen.keep[one.field] ?? one.by_default} onKeep={(keep) => onChoose({ ...chosen, keep: { ...chosen.keep, [one.field]: keep } })} />
  );
  return (
    <>
      <p>{t('duplicates.joined')}</p>
      {differing.length ? <p>{t('duplicates.differs')}</p> : <p>{t('duplicates.nothing_differs')}</p>}
      {differing.map(fact)}
      {oneSided.length ? (
        <details>
          <summary>{t('duplicates.one_sided', { count: oneSided.length })}</summary>
          {oneSided.map(fact)}
        </details>
      ) : null}
      {same.length ? (
        <details>
          <summary>{t('duplicates.agrees', { count: same.length })}</summary>
          <dl class="facts">{same.map((one) => [<dt key={one.field}>{fieldName(one.field)}</dt>, <dd key={`${one.field} `} dir="auto">{words(one.field, one.survivor)}</dd>])}</dl>
        </details>
      ) : null}
      {preview.opens_to.length ? (
        <>
          <p>{t('duplicates.opens_to')}</p>
          <ul>{preview.opens_to.map((one) => <li key={one.organisation_id}><OrganisationName id={one.organisation_id} />: {one.compartments.map((part) => label('compartment', part)).join(', ')}</li>)}</ul>
        </>
      ) : null}
      {preview.ends_access_of.length ? (
        <>
          <p>{t('duplicates.ends_access', { other })}</p>
          <ul>{preview.ends_access_of.map((one) => <li key={one}><OrganisationName id={one} /></li>)}</ul>
        </>
      ) : null}
      {preview.warnings.length ? (
        <fieldset>
          <legend>{t('duplicates.warnings')}</legend>
          {preview.warnings.map((one) => <Flag key={one} label={sentence('duplicates.warning', one, spelled(one))} name={`/accepts/${one}`} value={chosen.accepts.includes(one as S.MergeWarning)} onChange={(isOn) => accept(one as S.MergeWarning, isOn)} />)}
        </fieldset>
      ) : null}
    </>
  );
}

interface FactProps {
  readonly one: S.MergePreviewField;
  readonly survivor: string;
  readonly other: string;
  readonly keep: string;
  readonly onKeep: (keep: S.Kept) => void;
}

/** Both values of what differs. What the API keeps where nobody chooses is marked. */
function Fact({ one, survivor, other, keep, onKeep }: FactProps) {
  const choices: readonly (readonly [S.Kept, string, string])[] = [
    ['survivor', survivor, words(one.field, one.survivor)],
    ['other', other, words(one.field, one.other)],
    ...(isJoined(one.field) ? [['both', t('duplicates.both'), words(one.field, [...shownParts(one.field, one.survivor), ...shownParts(one.field, one.other).filter((part) => !shownParts(one.field, one.survivor).includes(part))])] as const] : []),
  ];
  return (
    <fieldset>
      <legend>{fieldName(one.field)}</legend>
      {choices.map(([code, whose, value]) => (
        <div key={code}>
          <label class="check">
            <input type="radio" name={`keep ${one.field}`} value={code} checked={keep === code} onChange={() => onKeep(code)} />
            <span><bdi>{whose}</bdi>: <bdi dir="auto">{value}</bdi>{one.by_default === code ? <span class="quiet"> {t('duplicates.usual')}</span> : null}</span>
          </label>
        </div>
      ))}
    </fieldset>
  );
}
