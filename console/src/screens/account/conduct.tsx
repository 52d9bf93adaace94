// The code of conduct: read, and accepted.

import { useState } from 'preact/hooks';
import { send } from '../../api/send';
import { accept_code_of_conduct, get_code_of_conduct } from '../../generated/operations';
import { t } from '../../i18n';
import { shownMoment } from '../../i18n/dates';
import { Wrong } from '../../ui/errors';
import { Flag, Form } from '../../ui/fields';
import { Shown, useLoaded } from '../../ui/load';
import { useWork } from '../../ui/work';

export function Conduct({ onDone }: { readonly onDone: () => void }) {
  const conduct = useLoaded(async () => (await send(get_code_of_conduct)).body, []);
  const [hasRead, setRead] = useState(false);
  const { isBusy, failure, work } = useWork();
  const accept = (version: string) =>
    work(async () => {
      await send(accept_code_of_conduct, { body: { version } });
      onDone();
    }, () => {
      setRead(false);
      // A newer version may have come while this one was read.
      conduct.again();
    });
  return (
    <Shown of={conduct}>
      {({ text, version, accepted_at }) => (
        <>
          <div class="conduct" lang="en" dir="auto" role="region" tabIndex={0} aria-label={t('account.conduct')}>{text.split(/\n{2,}/).map((part, at) => <p key={at}>{part}</p>)}</div>
          <p class="quiet">{t('account.conduct_version', { version })}{accepted_at ? ` ${t('account.conduct_accepted', { when: shownMoment(accepted_at) })}` : ''}</p>
          {accepted_at ? null : (
            <Form label={t('setup.must_accept_code_of_conduct')} onSubmit={() => void accept(version)}>
              <Flag label={t('account.conduct_read')} name="/version" value={hasRead} onChange={setRead} />
              <Wrong failure={failure} />
              <p class="buttons"><button disabled={isBusy || !hasRead}>{t('account.conduct_accept')}</button></p>
            </Form>
          )}
        </>
      )}
    </Shown>
  );
}
