// What the screens of tracing share.

import { t } from '../../i18n';
import { Tabs } from '../../ui/tabs';

/** Both sides of the search. */
export const Sides = ({ at }: { readonly at: 'ours' | 'matches' }) => (
  <Tabs label={t('tracing.sides')} at={at} tabs={[{ name: 'ours', path: 'tracing', text: t('tracing.ours') }, { name: 'matches', path: 'tracing/matches', text: t('tracing.matches') }]} />
);
