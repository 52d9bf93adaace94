// Who holds a case, by name, and giving it to somebody else.

import { useState } from 'preact/hooks';
import { isOvertaken } from '../../api/problem';
import { send } from '../../api/send';
import { assign_case } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { t } from '../../i18n';
import { may, me } from '../../session/session';
import { Wrong } from '../../ui/errors';
import { Form, Select } from '../../ui/fields';
import { useWork } from '../../ui/work';
import { choicesOf, nameOf, useColleagues } from '../colleagues';

const NOBODY = 'nobody';

interface Props {
  readonly file: S.CaseFile;
  readonly etag: string;
  /** It is given to somebody, or it is not known what became of it: what is shown is read anew. */
  readonly onChanged: () => void;
}

/** Whose hands it is in. Of a case of another organisation nobody here knows them. */
export function Holder({ file, etag, onChanged }: Props) {
  const isOwn = file.owner_id === me.value?.organisation_id;
  const canGive = isOwn && may('case:assign') && file.status !== 'closed' && file.status !== 'closed_referred';
  const colleagues = useColleagues(isOwn && (canGive || file.assigned_to !== null));
  const [to, setTo] = useState('');
  const { isBusy, failure, work } = useWork();
  if (!isOwn) return null;
  const give = async () => {
    if (!to) return;
    await work(async () => {
      await send(assign_case, { path: { id: file.id }, body: { assigned_to: to === NOBODY ? null : (to as S.UserId) }, ifMatch: etag });
      setTo('');
      onChanged();
    }, (why) => {
      if (isOvertaken(why)) onChanged();
    });
  };
  return (
    <section class="panel" aria-labelledby="holder">
      <h2 id="holder">{t('assign.holder')}</h2>
      <p>{file.assigned_to ? <strong><bdi dir="auto">{nameOf(file.assigned_to, colleagues)}</bdi></strong> : t('assign.nobody_yet')}</p>
      <Wrong failure={failure} />
      {canGive ? (
        <details open={Boolean(failure) || undefined}>
          <summary>{t('assign.give')}</summary>
          <Form label={t('assign.give')} onSubmit={() => void give()}>
            <Select label={t('assign.to')} name="/assigned_to" value={to} choices={[...choicesOf(colleagues).filter((one) => one.value !== file.assigned_to), ...(file.assigned_to ? [{ value: NOBODY, text: t('assign.nobody') }] : [])]} onChange={setTo} required />
            <p class="buttons"><button disabled={isBusy || !to}>{t('assign.give_go')}</button></p>
          </Form>
        </details>
      ) : null}
    </section>
  );
}
