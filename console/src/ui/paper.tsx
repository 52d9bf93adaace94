// What is printed: a page of the server in a frame that runs nothing, or a table to be saved. Neither has an address that anybody could
// open, and both are forgotten when this is left.

import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../i18n';
import { Shown, useLoaded } from './load';

/** An address of a file in this page's memory, as long as it is shown. */
function useAddress(file: Blob): string {
  const [address, setAddress] = useState('');
  useEffect(() => {
    const made = URL.createObjectURL(file);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return address;
}

interface PaperProps {
  readonly title: string;
  /** Fetches the page. */
  readonly load: () => Promise<Blob>;
}

export function Paper({ title, load }: PaperProps) {
  const page = useLoaded(load, [title]);
  return <Shown of={page}>{(file) => <Sheet title={title} file={file} />}</Shown>;
}

function Sheet({ title, file }: { readonly title: string; readonly file: Blob }) {
  const address = useAddress(file);
  const frame = useRef<HTMLIFrameElement>(null);
  const [isReady, setReady] = useState(false);
  return (
    <>
      <p class="quiet">{t('paper.care')}</p>
      <p class="buttons"><button type="button" disabled={!isReady} onClick={() => frame.current?.contentWindow?.print()}>{t('paper.print')}</button></p>
      {/* Its scripts would not run; it is of this origin so that this page may print it. */}
      {address ? <iframe class="paper" key={address} src={address} title={title} sandbox="allow-same-origin allow-modals" ref={frame} onLoad={() => setReady(true)} /> : null}
    </>
  );
}

interface SaveProps {
  readonly label: string;
  /** What the file is called: nothing of anybody. */
  readonly name: string;
  readonly load: () => Promise<Blob>;
}

/** Fetches a table, says what saving it means, and gives it: two presses, so that what is said is read. */
export function Save({ label, name, load }: SaveProps) {
  const [isAsked, setAsked] = useState(false);
  if (!isAsked) return <button type="button" class="quiet-button" onClick={() => setAsked(true)}>{label}</button>;
  return <Fetched label={label} name={name} load={load} />;
}

function Fetched({ label, name, load }: SaveProps) {
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
