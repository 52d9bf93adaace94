// What the person of a case is called, as far as whoever asks may know it.

import type { S } from '../generated/schema';
import { t } from '../i18n';

export function fullName(file: S.CaseFile): string {
  if (file.redacted.includes('identity')) return t('case.not_shared');
  const parts = [file.identity?.given_name, file.identity?.middle_name, file.identity?.family_name].filter(Boolean).join(' ');
  return parts || file.identity?.original_script_name || t('register.nameless');
}
