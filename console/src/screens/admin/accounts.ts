// What accounts are trusted with, and whether they come in.

import type { S } from '../../generated/schema';
import { t } from '../../i18n';

export const ROLES: readonly S.Role[] = ['administrator', 'coordinator', 'embassy_officer', 'embassy_supervisor', 'ngo_caseworker', 'ngo_supervisor', 'analyst', 'auditor'];

export const stateOf = (one: S.User): string => (one.disabled_at ? t('admin.disabled') : one.must_change_password ? t('admin.no_password') : t('admin.can_sign_in'));

/** What keeps a client out, if anything does. */
export function clientState(one: S.Client, now = new Date().toISOString()): string {
  if (one.disabled_at) return t('admin.disabled');
  const isReady = one.keys !== null || one.secrets.some((secret) => secret.expires_at > now);
  return t(isReady ? 'client.ready' : 'client.no_secret');
}
