// What two persons answer for, in words: never as the API writes it.

import type { S } from '../../generated/schema';
import { label, sentence, spelled, t } from '../../i18n';
import { country } from '../../i18n/countries';
import { shownDay, shownMoment } from '../../i18n/dates';
import type { Permission } from '../../session/session';

/** What an act needs of whoever does it or approves it; null: whoever decides may, without doing it themselves. */
const NEEDS: Readonly<Record<string, Permission | null>> = {
  export_identifiable: 'export:identifiable',
  export_audit_entries: null,
  erase_person: 'person:erase',
  share_organisation_wide: 'sharing:organisation_wide',
  override_consent: 'sharing:write',
  open_takeover: 'sharing:write',
  exclude_missions: 'sharing:write',
  undo_protection_pathway: 'approval:decide',
  take_back_end: 'approval:decide',
};

/** Whether this user may decide on it: with the permission of the act, and never on what they asked for themselves. */
export function mayDecide(one: S.Approval, user: string, may: (permission: Permission) => boolean): boolean {
  const needs = one.action in NEEDS ? NEEDS[one.action] : undefined;
  return one.status === 'open' && one.asked_by !== user && may('approval:decide') && needs !== undefined && (needs === null || may(needs));
}

/** One parameter in words, or the id of what has a name elsewhere. */
export interface Said {
  readonly name: string;
  readonly value?: string;
  readonly organisation?: string;
  readonly compound?: string;
  readonly operation?: string;
  readonly user?: string;
}

const codes = (list: string, values: readonly string[]): string => values.map((value) => label(list, value)).join(', ');
const yes = (value: boolean): string => t(value ? 'form.yes' : 'form.no');
const only = (all: readonly (Said | null | false | '' | undefined)[]): readonly Said[] => all.filter((one): one is Said => Boolean(one));
const nationality = (code: string): string => (code === 'none' ? t('decisions.not_asked') : country(code));

function exported(of: S.ExportParameters): readonly Said[] {
  const said = only([
    of.nationality && { name: t('cases.nationality'), value: nationality(of.nationality) },
    of.stage && { name: t('cases.stage'), value: label('stage', of.stage) },
    of.side_state && { name: t('decisions.side_state'), value: label('side_state', of.side_state) },
    of.status && { name: t('cases.status'), value: label('status', of.status) },
    of.risk_level && { name: t('cases.risk'), value: label('risk', of.risk_level) },
    of.gender && { name: t('decisions.gender'), value: label('gender', of.gender) },
    of.is_child !== null && { name: t('decisions.child'), value: yes(of.is_child) },
    of.host_country && { name: t('decisions.host'), value: country(of.host_country) },
    of.compound && { name: t('decisions.compound'), compound: of.compound },
    of.operation && { name: t('decisions.operation'), operation: of.operation },
    of.mission && { name: t('decisions.mission'), organisation: of.mission },
    of.assigned_to && { name: t('decisions.assigned'), user: of.assigned_to },
    (of.registered_from || of.registered_to) && { name: t('decisions.registered'), value: span(of.registered_from, of.registered_to) },
    (of.updated_from || of.updated_to) && { name: t('decisions.changed'), value: span(of.updated_from, of.updated_to) },
  ]);
  // Without a filter it is everybody, and that is said.
  return said.length ? said : [{ name: t('decisions.whom'), value: t('decisions.all_cases') }];
}

function span(from: string | null, to: string | null): string {
  if (from && to) return t('decisions.between', { from: shownDay(from), to: shownDay(to) });
  return from ? t('decisions.from', { day: shownDay(from) }) : t('decisions.to', { day: shownDay(to) });
}

const recipient = (of: S.OverrideParameters): Said => ({
  name: t('decisions.recipient'),
  ...(of.recipient_organisation_id
    ? { organisation: of.recipient_organisation_id }
    : { value: of.recipient_organisation_kind ? label('sharing.kind', of.recipient_organisation_kind) : of.recipient_missions_of ? t('decisions.missions_of', { country: country(of.recipient_missions_of) }) : label('consent.recipient', of.recipient) }),
});

/** The exact parameters of what was asked for, apart from the case. */
export function said(one: S.Approval): readonly Said[] {
  const { export: names, audit_export: trail, erasure, sharing, consent_override: override, exclusion, correction, pathway_undo: pathway } = one;
  if (names) return exported(names);
  if (trail) {
    return only([
      { name: t('decisions.recorded'), value: t('decisions.between', { from: shownMoment(trail.from), to: shownMoment(trail.to) }) },
      trail.organisation_id && { name: t('decisions.by_organisation'), organisation: trail.organisation_id },
      trail.caller_id && { name: t('decisions.by_whom'), user: trail.caller_id },
      trail.operation && { name: t('decisions.what_done'), value: spelled(trail.operation) },
      trail.case_id && { name: t('decisions.about'), value: t('decisions.one_case') },
      trail.code && { name: t('decisions.outcome'), value: sentence('problem', trail.code, spelled(trail.code)) },
    ]);
  }
  if (sharing) {
    return only([
      { name: t('decisions.recipient'), organisation: sharing.to_organisation_id },
      { name: t('decisions.service'), value: label('sharing.service', sharing.service) },
      { name: t('decisions.urgency'), value: label('sharing.urgency', sharing.urgency) },
      { name: t('decisions.opened'), value: codes('compartment', sharing.compartments) },
      sharing.nationality && { name: t('cases.nationality'), value: country(sharing.nationality) },
      sharing.stage && { name: t('cases.stage'), value: label('stage', sharing.stage) },
    ]);
  }
  if (override) {
    return [
      recipient(override),
      { name: t('decisions.opened'), value: codes('compartment', override.compartments) },
      { name: t('decisions.purpose'), value: label('consent.purpose', override.purpose) },
      { name: t('decisions.basis'), value: label('decisions.basis', override.basis) },
      { name: t('decisions.ends'), value: shownMoment(override.expires_at) },
    ];
  }
  if (erasure) return [{ name: t('decisions.person_asked'), value: yes(erasure.requested_by_person) }];
  if (exclusion) return [{ name: t('decisions.way'), value: label('decisions.way', exclusion.way) }];
  if (correction) return [{ name: t('decisions.entry'), value: String(correction.wrong_version) }];
  if (pathway) return [{ name: t('decisions.entry'), value: String(pathway.began_with) }];
  return [];
}

/** The case that it is about, if it is about one. */
export const caseOf = (one: S.Approval): S.CaseId | null =>
  (one.erasure ?? one.consent_override ?? one.takeover ?? one.exclusion ?? one.correction ?? one.pathway_undo)?.case_id ?? null;
