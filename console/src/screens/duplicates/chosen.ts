// What is chosen of a merge, and what is sent of it.

import type { S } from '../../generated/schema';

/** What was chosen of what the preview leaves open. */
export interface Chosen {
  readonly keep: Readonly<Partial<Record<string, S.Kept>>>;
  readonly accepts: readonly S.MergeWarning[];
}
export const NOTHING: Chosen = { keep: {}, accepts: [] };

/** What is sent: the versions that were read, and the choices that still stand. */
export function bodyOf(preview: S.MergePreview, chosen: Chosen): S.MergeDuplicate {
  const choices = preview.fields.flatMap(({ field, differs, by_default }) => {
    const keep = chosen.keep[field];
    return keep && differs && keep !== by_default ? [{ field: field as S.MergeField, keep }] : [];
  });
  const accepts = chosen.accepts.filter((one) => preview.warnings.includes(one));
  return {
    survivor_case_id: preview.survivor_case_id,
    survivor_version: preview.survivor_version,
    other_version: preview.other_version,
    ...(choices.length ? { choices } : {}),
    ...(accepts.length ? { accepts } : {}),
  };
}
