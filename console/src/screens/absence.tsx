// When somebody is away. Their work stays theirs, and is on the list of nobody meanwhile.

import { useState } from 'preact/hooks';
import { isStale } from '../api/problem';
import { send } from '../api/send';
import { get_absence, update_absence } from '../generated/operations';
import type { S } from '../generated/schema';
import { t } from '../i18n';
import { asDay, shownDay } from '../i18n/dates';
import { Wrong, errorAt, errorsOf } from '../ui/errors';
import { Form, Text } from '../ui/fields';
import { Shown, useLoaded } from '../ui/load';
import { useWork } from '../ui/work';

interface Known {
  readonly known: S.Absence;
  readonly etag: string;
}

export function Absence({ user }: { readonly user: Pick<S.User, 'id'> }) {
  const absence = useLoaded(async () => {
    const answer = await send(get_absence, { path: { id: user.id } });
    return { known: answer.body, etag: answer.etag };
  }, [user.id]);
  return (
    <section class="panel" aria-labelledby="absence">
      <h2 id="absence">{t('absence.title')}</h2>
      <Shown of={absence}>{({ known, etag }) => <AbsenceForm key={etag} user={user} known={known} etag={etag} put={absence.put} again={absence.again} />}</Shown>
    </section>
  );
}

interface Props extends Known {
  readonly user: Pick<S.User, 'id'>;
  readonly put: (now: Known) => void;
  readonly again: () => void;
}

function AbsenceForm({ user, known, etag, put, again }: Props) {
  const [from, setFrom] = useState(known.away_from ?? '');
  const [until, setUntil] = useState(known.away_until ?? '');
  const { isBusy, failure, work } = useWork();
  const errors = errorsOf(failure);
  const save = (body: S.UpdateAbsence) =>
    work(async () => {
      const answer = await send(update_absence, { path: { id: user.id }, body, ifMatch: etag });
      put({ known: answer.body, etag: answer.etag });
    });
  return (
    <Form label={t('absence.title')} onSubmit={() => void save({ away_from: asDay(from) ?? null, away_until: asDay(until) ?? null })}>
      <p>{known.away_from ? (known.away_until ? t('absence.away', { from: shownDay(known.away_from), until: shownDay(known.away_until) }) : t('absence.away_open', { from: shownDay(known.away_from) })) : t('absence.there')}</p>
      <Wrong failure={failure} />
      {isStale(failure) ? <p><button type="button" onClick={again}>{t('absence.read')}</button></p> : null}
      <div class="grid">
        <Text label={t('absence.from')} name="/away_from" value={from} onInput={setFrom} error={errorAt(errors, '/away_from')} hint={t('form.day_hint')} max={20} />
        <Text label={t('absence.until')} name="/away_until" value={until} onInput={setUntil} error={errorAt(errors, '/away_until')} hint={t('absence.until_hint')} max={20} />
      </div>
      <p class="buttons">
        <button disabled={isBusy}>{t('absence.save')}</button>
        {known.away_from ? <button type="button" class="quiet-button" disabled={isBusy} onClick={() => void save({ away_from: null })}>{t('absence.back')}</button> : null}
      </p>
    </Form>
  );
}
