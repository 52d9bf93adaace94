// Who answers: the person, or somebody for them, by what right; and what a child says itself.

import type { S } from '../../generated/schema';
import { labelled, t } from '../../i18n';
import { errorAt } from '../../ui/errors';
import type { Errors } from '../../ui/errors';
import { Select, Text } from '../../ui/fields';
import { asksForRight, isOfAnother } from './typed';
import type { Typed } from './typed';

const GIVERS: readonly S.ConsentGiver[] = ['self', 'parent', 'guardian', 'legal_representative'];
const BASES: readonly S.GuardianBasis[] = ['parental_responsibility', 'court_order', 'authority_appointment', 'customary_care'];
const either = () => [{ value: 'yes', text: t('form.yes') }, { value: 'no', text: t('form.no') }];

interface Props {
  readonly file: S.CaseFile;
  readonly typed: Typed;
  readonly errors: Errors;
  readonly onChange: (to: Partial<Typed>) => void;
}

export function Giver({ file, typed, errors, onChange }: Props) {
  const at = (pointer: string) => errorAt(errors, pointer);
  return (
    <>
      <div class="grid">
        <Select label={t('consent.giver')} name="/given_by" value={typed.giver} choices={labelled('consent.given_by', GIVERS)} onChange={(giver) => onChange({ giver })} error={at('/given_by')} hint={file.is_child ? t('consent.giver_child') : undefined} required />
        <Text label={isOfAnother(typed) ? t('consent.why_another') : t('consent.capacity')} name="/capacity_note" value={typed.capacity} onInput={(capacity) => onChange({ capacity })} error={at('/capacity_note')} max={1000} isName required={isOfAnother(typed)} />
      </div>
      {asksForRight(typed) ? <Right at="/guardianship" right={typed.right} errors={errors} onChange={(right) => onChange({ right })} /> : null}
      {isOfAnother(typed) && file.is_child !== false ? <Child at="/assent" child={typed.child} errors={errors} onChange={(child) => onChange({ child })} /> : null}
    </>
  );
}

interface RightProps {
  /** Where it stands in what is sent. */
  readonly at: string;
  readonly right: Typed['right'];
  readonly errors: Errors;
  readonly onChange: (right: Typed['right']) => void;
}

/** By what right somebody answers for a child. */
export function Right({ at, right, errors, onChange }: RightProps) {
  const wrong = (name: string) => errorAt(errors, `${at}/${name}`);
  const put = (to: Partial<Typed['right']>) => onChange({ ...right, ...to });
  return (
    <fieldset data-pointer={at}>
      <legend>{t('consent.right')}</legend>
      {errors[at] ? <p class="error">{errors[at]}</p> : null}
      <div class="grid">
        <Select label={t('consent.right.basis')} name={`${at}/basis`} value={right.basis} choices={labelled('consent.basis', BASES)} onChange={(basis) => put({ basis })} error={wrong('basis')} required />
        <Text label={t('consent.right.by')} name={`${at}/appointed_by`} value={right.by} onInput={(by) => put({ by })} error={wrong('appointed_by')} max={200} isName />
        <Text label={t('consent.right.on')} name={`${at}/appointed_on`} value={right.on} onInput={(on) => put({ on })} error={wrong('appointed_on')} hint={t('form.day_hint')} max={20} />
        <Text label={t('consent.right.document')} name={`${at}/document`} value={right.document} onInput={(document) => put({ document })} error={wrong('document')} max={200} isName />
        <Select label={t('consent.right.conflict')} name={`${at}/conflict_of_interest`} value={right.conflict} choices={either()} onChange={(conflict) => put({ conflict })} error={wrong('conflict_of_interest')} required />
      </div>
    </fieldset>
  );
}

interface ChildProps {
  readonly at: string;
  readonly child: Typed['child'];
  readonly errors: Errors;
  readonly onChange: (child: Typed['child']) => void;
}

/** What a child says itself. */
export function Child({ at, child, errors, onChange }: ChildProps) {
  const wrong = (name: string) => errorAt(errors, `${at}/${name}`);
  const put = (to: Partial<Typed['child']>) => onChange({ ...child, ...to });
  return (
    <fieldset data-pointer={at}>
      <legend>{t('consent.child')}</legend>
      {errors[at] ? <p class="error">{errors[at]}</p> : null}
      <div class="grid">
        <Select label={t('consent.child.agrees')} name={`${at}/agrees`} value={child.agrees} choices={[...either(), { value: 'too_young', text: t('consent.child.too_young') }]} onChange={(agrees) => put({ agrees })} error={wrong('agrees')} none={t('form.not_asked')} />
        <Text label={t('consent.child.on')} name={`${at}/asked_on`} value={child.on} onInput={(on) => put({ on })} error={wrong('asked_on')} hint={t('form.day_hint')} max={20} />
        <Select label={t('consent.child.explained')} name={`${at}/explained_for_age`} value={child.explained} choices={either()} onChange={(explained) => put({ explained })} error={wrong('explained_for_age')} none={t('form.not_asked')} />
      </div>
      <Text label={t('consent.child.words')} name={`${at}/words`} value={child.words} onInput={(words) => put({ words })} error={wrong('words')} max={2000} isLong isName />
    </fieldset>
  );
}
