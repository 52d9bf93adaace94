// The choice of a file that is a list.

import { t } from '../../i18n';
import { Field } from '../../ui/fields';

/** Bytes that the server takes. */
const MOST = 20 * 1024 * 1024;

export const isTooLarge = (file: File | null): boolean => (file?.size ?? 0) > MOST;

export function FileField({ file, onChoose }: { readonly file: File | null; readonly onChoose: (file: File | null) => void }) {
  return (
    <>
      <p>{t('lists.takes')}</p>
      <Field label={t('lists.file')} name="/content" error={isTooLarge(file) ? t('lists.why.too_much') : undefined} hint={t('lists.nobody_yet')} required>
        {(inside) => <input {...inside} type="file" accept=".xlsx,.csv,.tsv,.txt,.json,.ndjson,.jsonl" onChange={(event) => onChoose(event.currentTarget.files?.[0] ?? null)} />}
      </Field>
    </>
  );
}
