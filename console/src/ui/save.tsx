// Saves a text on this computer, where it stays: that is said beside the button.

import { useState } from 'preact/hooks';
import { t } from '../i18n';
import { Wrong } from './errors';

/** Hands a text to the browser as a file. The name holds codes and a day, and nobody's name. */
export function saveText(name: string, text: string | Blob, type = 'text/csv;charset=utf-8'): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The browser reads it after the click.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

interface Props {
  readonly label: string;
  readonly name: string;
  readonly read: () => Promise<string>;
}

export function SaveCsv({ label, name, read }: Props) {
  const [failure, setFailure] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    setFailure(null);
    try {
      saveText(name, await read());
    } catch (why) {
      setFailure(why);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <p class="buttons"><button type="button" class="quiet-button" disabled={isBusy} onClick={() => void save()}>{label}</button></p>
      <p class="hint">{t('save.stays')}</p>
      <Wrong failure={failure} />
    </>
  );
}
