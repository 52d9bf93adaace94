// What the server says once: a one-time code, or the secret of a machine client. It stays on screen until somebody says that they have it.

import { useEffect } from 'preact/hooks';
import { t } from '../../i18n';
import { shownMoment } from '../../i18n/dates';
import { shownOnce } from '../../session/shown-once';
import { Copy } from '../../ui/copy';

interface Props {
  readonly title: string;
  readonly text: string;
  readonly code: string;
  readonly until: string | null;
  readonly onSeen: () => void;
}

export function ShownCode({ title, text, code, until, onSeen }: Props) {
  useEffect(shownOnce, []);
  return (
    <section class="panel" aria-label={title} role="status">
      <h2>{title}</h2>
      <p>{text}</p>
      <p class="secret"><code translate={false}>{code}</code></p>
      {until ? <p>{t('admin.until', { when: shownMoment(until) })}</p> : null}
      <p class="buttons">
        <Copy text={code} />
        <button type="button" onClick={onSeen}>{t('admin.have_it')}</button>
      </p>
    </section>
  );
}
