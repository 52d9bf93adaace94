// Saves a file on this computer, where it stays: that is said beside the button, and of names before it.

import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../i18n';
import { useAddress } from './address';
import { Wrong } from './errors';
import { Shown, useLoaded } from './load';
import { useWork } from './work';

/** Hands a file to the browser. The name holds codes and a day, and nobody's name. */
export function saveFile(name: string, file: Blob): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The browser reads it after the click.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

interface Props {
  readonly label: string;
  /** What the file is called: nothing of anybody. */
  readonly name: string;
  readonly load: () => Promise<Blob>;
}

/** Fetches a table of figures and saves it. */
export function SaveTable({ label, name, load }: Props) {
  const { isBusy, failure, work } = useWork();
  const save = async () => {
    await work(async () => {
      saveFile(name, await load());
    });
  };
  return (
    <>
      <p class="buttons"><button type="button" class="quiet-button" disabled={isBusy} onClick={() => void save()}>{label}</button></p>
      <p class="hint">{t('save.stays')}</p>
      <Wrong failure={failure} />
    </>
  );
}

/** Fetches a table of people, says what saving it means, and gives it: two presses, so that what is said is read. */
export function SaveNames({ label, name, load }: Props) {
  const [isAsked, setAsked] = useState(false);
  if (!isAsked) return <button type="button" class="quiet-button" onClick={() => setAsked(true)}>{label}</button>;
  return <Fetched label={label} name={name} load={load} />;
}

function Fetched({ label, name, load }: Props) {
  const table = useLoaded(load, [name]);
  return (
    <section class="panel" aria-label={label}>
      <Shown of={table}>{(file) => <Link name={name} file={file} />}</Shown>
    </section>
  );
}

function Link({ name, file }: { readonly name: string; readonly file: Blob }) {
  const address = useAddress(file);
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => link.current?.focus(), [address]);
  return (
    <>
      <p>{t('paper.stays')}</p>
      {address ? <p class="buttons"><a class="button" href={address} download={name} ref={link}>{t('paper.save')}</a></p> : null}
    </>
  );
}
