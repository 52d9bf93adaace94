// The file of a list is sent. Where the answer is lost the list says whether it arrived, and the same file is sent again.

import { useEffect, useRef, useState } from 'preact/hooks';
import { isOvertaken } from '../../api/problem';
import { sendContent } from '../../api/upload';
import { put_import_content } from '../../generated/operations';
import { t } from '../../i18n';
import { Wrong } from '../../ui/errors';
import { Form } from '../../ui/fields';
import { useWork } from '../../ui/work';
import { FileField, isTooLarge } from './file-field';
import { takeHanded } from './handed';
import type { Shown } from './shown';

export function SendFile({ seen, put, again }: Shown) {
  const { id } = seen.body;
  const [file, setFile] = useState<File | null>(() => takeHanded(id));
  const isHanded = useRef(file !== null);
  const [sent, setSent] = useState(0);
  const { isBusy, failure, work } = useWork();
  const line = useRef(new AbortController());
  const start = async () => {
    if (!file || isTooLarge(file)) return;
    setSent(0);
    const answer = await work(() => sendContent(put_import_content, { path: { id }, ifMatch: seen.etag, signal: line.current.signal }, file, setSent), (why) => {
      if (isOvertaken(why)) again();
    });
    if (answer) put(answer);
  };
  useEffect(() => {
    if (isHanded.current) void start();
    // Whoever leaves, or is signed out, sends nothing any more.
    return () => line.current.abort();
  }, []);
  const percent = file?.size ? Math.floor((100 * sent) / Math.max(sent, file.size)) : 0;
  return (
    <Form onSubmit={() => void start()}>
      <Wrong failure={failure} />
      {isBusy ? (
        <>
          <p>{t('lists.sent', { percent })}</p>
          <progress max={100} value={percent} aria-label={t('lists.file')} />
        </>
      ) : (
        <>
          <FileField file={file} onChoose={setFile} />
          <p class="buttons"><button disabled={!file || isTooLarge(file)}>{file && failure ? t('form.send_again') : t('lists.send')}</button></p>
        </>
      )}
    </Form>
  );
}
