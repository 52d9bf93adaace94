// What is printed: a page of the server in a frame that runs nothing. It has no address that anybody could open, and is forgotten when this
// is left.

import { useRef, useState } from 'preact/hooks';
import { t } from '../i18n';
import { useAddress } from './address';
import { Shown, useLoaded } from './load';

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
