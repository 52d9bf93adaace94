// The fields of what was sent and not answered: they are shown, and nothing of them is changed until there is an answer.

import type { ComponentChildren } from 'preact';
import { t } from '../i18n';

interface Props {
  readonly isSent: boolean;
  /** While it is on its way it is not yet lost. */
  readonly isBusy: boolean;
  /** What is said of it, where that can be said better than of anything. */
  readonly text?: string;
  readonly children: ComponentChildren;
}

export function Frozen({ isSent, isBusy, text, children }: Props) {
  return (
    <>
      {isSent && !isBusy ? <p role="status">{text ?? t('form.frozen')}</p> : null}
      <fieldset class="bare" disabled={isSent}>{children}</fieldset>
    </>
  );
}
