// What the screens of duplicates share.

import type { S } from '../../generated/schema';
import { label, t } from '../../i18n';
import { Tabs } from '../../ui/tabs';

/** What is to be decided, and what was. */
export const Sides = ({ at }: { readonly at: 'pairs' | 'merges' }) => (
  <Tabs label={t('duplicates.sides')} at={at} tabs={[{ name: 'pairs', path: 'duplicates', text: t('duplicates.pairs') }, { name: 'merges', path: 'duplicates/merges', text: t('duplicates.merges') }]} />
);

export const reasonsOf = (reasons: readonly S.MatchReason[]): string => reasons.map((one) => `${label('match', one.field)}: ${label('outcome', one.outcome)}`).join(' · ') || '–';
/** Somebody of the two, as far as one may see who it is. */
export const Who = ({ side }: { readonly side: S.DuplicateSide }) => (
  <>
    <bdi dir="auto">{side.name || t('register.nameless')}</bdi> <bdi class="quiet">{side.case_code}</bdi>
  </>
);
