// A case that came to us when its mission was shut out: it opens no more than before, until two people of ours answer for that.

import { useState } from 'preact/hooks';
import { NoAnswer, Refused } from '../../api/problem';
import { send } from '../../api/send';
import { open_takeover } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { label, t } from '../../i18n';
import { may } from '../../session/session';
import { Wrong } from '../../ui/errors';
import { SecondPerson } from './second-person';

export function Takeover({ file, onDone, onUnsure }: { readonly file: S.CaseFile; readonly onDone: () => void; readonly onUnsure: () => void }) {
  const [failure, setFailure] = useState<unknown>(null);
  const open = async (approval: string) => {
    setFailure(null);
    try {
      await send(open_takeover, { path: { id: file.id }, body: { approval_id: approval } });
      onDone();
    } catch (why) {
      setFailure(why);
      // It may be open by now: that is read.
      if (why instanceof NoAnswer || (why instanceof Refused && [404, 409].includes(why.status))) onUnsure();
    }
  };
  return (
    <section class="panel" aria-labelledby="takeover">
      <h2 id="takeover">{t('sharing.takeover')}</h2>
      <p>{t('sharing.takeover_says', { parts: file.redacted.map((one) => label('compartment', one)).join(', ') })}</p>
      <Wrong failure={failure} />
      {may('sharing:write') ? <SecondPerson act={{ takeover: { case_id: file.id } }} onApproved={(approval) => void open(approval)} /> : null}
    </section>
  );
}
