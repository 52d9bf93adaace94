// One match: what was asked beside what we know, and what the person said. Whoever asked learns of it only what the person wants.

import { Refused, isGone } from '../../api/problem';
import { send } from '../../api/send';
import { get_case, get_tracing_match, list_consents } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { label, t } from '../../i18n';
import { country } from '../../i18n/countries';
import { shownDay, shownMoment } from '../../i18n/dates';
import { may } from '../../session/session';
import { Shown, useLoaded } from '../../ui/load';
import { Gone } from '../gone';
import { Decide } from './decide';
import { Facts } from './request';
import { askedRows, otherNames, soughtRows } from './words';

/** What is known of our person; none of it keeps the match from being shown. */
interface Ours {
  readonly file: S.CaseFile | null;
  readonly consents: readonly S.Consent[];
}

const none = (why: unknown) => {
  if (why instanceof Refused && [403, 404, 409].includes(why.status)) return null;
  throw why;
};

async function readOurs(id: string): Promise<Ours> {
  const [file, consents] = await Promise.all([send(get_case, { path: { id } }).catch(none), send(list_consents, { path: { id } }).catch(none)]);
  return { file: file?.body ?? null, consents: consents?.body.items ?? [] };
}

export function Match({ id }: { readonly id: string }) {
  const seen = useLoaded(async () => send(get_tracing_match, { path: { id } }), [id]);
  if (isGone(seen.failure)) return <Gone title={t('tracing.gone')} id={id} path="tracing" back={t('nav.tracing')} />;
  return (
    <>
      <p><a href="#/tracing/matches">{t('tracing.back_matches')}</a></p>
      <Shown of={seen}>{({ body, etag }) => <Both key={body.id} one={body} etag={etag} again={seen.again} put={(now, tag) => seen.put({ status: 200, body: now, etag: tag })} />}</Shown>
    </>
  );
}

interface BothProps {
  readonly one: S.TracingMatch;
  readonly etag: string;
  readonly again: () => void;
  readonly put: (one: S.TracingMatch, etag: string) => void;
}

function Both({ one, etag, again, put }: BothProps) {
  const ours = useLoaded(() => readOurs(one.case_id), [one.case_id]);
  return (
    <>
      <h1 tabIndex={-1}>{t('tracing.may_be')} <bdi dir="auto">{one.name || t('register.nameless')}</bdi></h1>
      <p>
        <a href={`#/cases/${one.case_id}`}>{t('tracing.our_case')} <bdi>{one.case_code}</bdi></a>
      </p>
      <Compared one={one} file={ours.value?.file ?? null} isLoading={ours.isLoading} />
      <section class="panel" aria-labelledby="asks">
        <h2 id="asks">{t('tracing.asks')}</h2>
        <Facts rows={[[t('tracing.requester'), one.requester], [t('tracing.relation'), label('tracing.relation', one.relation)], ...askedRows(one.details), [t('tracing.found_at'), shownMoment(one.created_at)]]} />
      </section>
      {one.decision ? (
        <section class="panel" aria-labelledby="said">
          <h2 id="said">{label('tracing.decision', one.decision)}</h2>
          <p>{t('tracing.decided_at', { moment: shownMoment(one.decided_at) })} {t('tracing.may_change')}</p>
          {one.note ? <p dir="auto">{one.note}</p> : null}
        </section>
      ) : null}
      {may('case:update') ? <Decide one={one} etag={etag} consents={ours.value?.consents ?? null} onStale={again} onDecided={put} /> : null}
      {ours.failure ? <p><button type="button" class="quiet-button" onClick={ours.again}>{t('load.again')}</button></p> : null}
    </>
  );
}

/** Field by field: what was asked, what we know, and how it compares. */
function Compared({ one, file, isLoading }: { readonly one: S.TracingMatch; readonly file: S.CaseFile | null; readonly isLoading: boolean }) {
  const who = file?.identity;
  const years = who?.age_estimate;
  const known: readonly (string | null | undefined)[] = [
    one.name,
    [otherNames(who?.aliases ?? null), who?.original_script_name === one.name ? null : who?.original_script_name].filter(Boolean).join('; '),
    who?.birth_date ? shownDay(who.birth_date) : years ? t('birth.age', { from: years.from_years, to: years.to_years }) : null,
    file ? country(file.nationality_verified ?? file.nationality_claimed) : null,
    file ? label('gender', file.gender) : null,
    (who?.documents ?? []).map((paper) => paper.number).filter(Boolean).join('; '),
    (file?.contact?.phones ?? []).map((phone) => phone.number).join('; '),
    null,
  ];
  const outcome = (field: S.MatchFieldCode | undefined) => one.reasons.find((reason) => reason.field === field)?.outcome;
  return (
    <>
      <table class="cards pair">
        <caption>{t('tracing.side_by_side')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('tracing.field')}</th>
            <th scope="col">{t('tracing.was_asked')}</th>
            <th scope="col">{t('tracing.we_know')}</th>
            <th scope="col">{t('tracing.compared')}</th>
          </tr>
        </thead>
        <tbody>
          {soughtRows(one.details.sought).map(([name, value, field], index) => {
            const found = outcome(field);
            return value || known[index] ? (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td data-label={t('tracing.was_asked')}><bdi dir="auto">{value || '–'}</bdi></td>
                <td data-label={t('tracing.we_know')}><bdi dir="auto">{known[index] || (isLoading ? '…' : '–')}</bdi></td>
                <td data-label={t('tracing.compared')}>{found ? <span class={`outcome ${found}`}>{label('outcome', found)}</span> : '–'}</td>
              </tr>
            ) : null;
          })}
        </tbody>
      </table>
    </>
  );
}
