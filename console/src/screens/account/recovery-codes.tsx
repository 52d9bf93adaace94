// Ten codes that sign in when the phone is lost. They are shown once: nobody goes on before they are kept somewhere.

import { useEffect, useState } from 'preact/hooks';
import { t } from '../../i18n';
import { shownOnce } from '../../session/shown-once';
import { Flag, Form } from '../../ui/fields';
import { Copy } from '../../ui/copy';

export function RecoveryCodes({ codes, onDone }: { readonly codes: readonly string[]; readonly onDone: () => void }) {
  const [isKept, setKept] = useState(false);
  useEffect(shownOnce, []);
  return (
    <div class="panel">
      <div class="printed">
        <h2>{t('recovery.title')}</h2>
        <p>{t('recovery.text')}</p>
        <ol class="codes">
          {codes.map((code) => (
            <li key={code}><code translate={false}>{code}</code></li>
          ))}
        </ol>
      </div>
      <p class="buttons">
        <button type="button" onClick={() => print()}>{t('recovery.print')}</button>
        <Copy text={codes.join('\n')} />
      </p>
      <Form label={t('recovery.title')} onSubmit={() => (isKept ? onDone() : undefined)}>
        <Flag label={t('recovery.kept')} name="/kept" value={isKept} onChange={setKept} />
        <p class="buttons"><button disabled={!isKept}>{t('recovery.go')}</button></p>
      </Form>
    </div>
  );
}
