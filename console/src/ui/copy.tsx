// Copies a text, on a press alone. Where the browser does not allow it, that is said.

import { useState } from 'preact/hooks';
import { t } from '../i18n';

export function Copy({ text }: { readonly text: string }) {
  const [isCopied, setCopied] = useState<boolean | null>(null);
  if (!('clipboard' in navigator)) return null;
  const copy = () => navigator.clipboard.writeText(text).then(() => setCopied(true), () => setCopied(false));
  return (
    <>
      <button type="button" class="quiet-button" onClick={() => void copy()}>{t('copy')}</button>
      <span class="quiet" role="status">{isCopied === null ? '' : t(isCopied ? 'copy.done' : 'copy.failed')}</span>
    </>
  );
}
