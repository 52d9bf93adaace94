// One case: who it is, what comes next, and what is known. Two requests, side by side.

import { isGone } from '../api/problem';
import { send } from '../api/send';
import { EditCase } from '../forms/edit-case';
import { Records } from '../forms/record';
import { get_case, get_repatriation } from '../generated/operations';
import type { S } from '../generated/schema';
import { label, t } from '../i18n';
import { country } from '../i18n/countries';
import { shownDay, shownMoment } from '../i18n/dates';
import type { Opened } from '../later';
import { go, place } from '../router';
import { may, me } from '../session/session';
import { Shown, useLoaded } from '../ui/load';
import { Holder } from './assign/holder';
import { CasePaper, CasePapers, paperOf } from './case-papers';
import { fullName } from './full-name';
import { Gone } from './gone';
import { Steps } from './steps';

interface Seen {
  readonly file: S.CaseFile;
  readonly etag: string;
  readonly standing: S.Repatriation;
  readonly standingEtag: string;
}

async function read(id: string): Promise<Seen> {
  const [file, standing] = await Promise.all([send(get_case, { path: { id } }), send(get_repatriation, { path: { id } })]);
  return { file: file.body, etag: file.etag, standing: standing.body, standingEtag: standing.etag };
}

export function Case({ rest: [id = ''] }: Opened) {
  const seen = useLoaded(() => read(id), [id]);
  if (isGone(seen.failure)) return <Gone title={t('case.gone')} id={id} path="cases" back={t('nav.cases')} />;
  return <Shown of={seen}>{(one) => <File seen={one} again={seen.again} put={seen.put} />}</Shown>;
}

interface FileProps {
  readonly seen: Seen;
  readonly again: () => void;
  readonly put: (seen: Seen) => void;
}

function File({ seen, again, put }: FileProps) {
  const { file, standing } = seen;
  const resource = place.value.query.get('form');
  const field = place.value.query.get('field') ?? '';
  const record = place.value.query.get('record') ?? '';
  const close = () => go(`cases/${file.id}`);
  const done = () => {
    close();
    again();
  };
  const paper = paperOf(place.value.query);
  if (paper) return <CasePaper kind={paper} file={file} name={fullName(file)} />;
  return (
    <>
      <Head file={file} />
      <Parts id={file.id} />
      <Steps standing={standing} etag={seen.standingEtag} onStale={again} onMoved={(moved, etag) => {
        put({ ...seen, standing: moved, standingEtag: etag || seen.standingEtag });
        // While a second person is asked nothing has moved, and only this answer says whom it waits for.
        if (!moved.approval_id) again();
      }} />
      {resource === 'case' ? (
        <EditCase key={file.id} file={file} etag={seen.etag} field={field} onClose={close} onDone={done} onGone={again} />
      ) : resource ? (
        <Records key={`${resource} ${record}`} file={file} resource={resource} field={field} record={record} onClose={close} onDone={done} onGone={again} />
      ) : null}
      <Holder file={file} etag={seen.etag} onChanged={again} />
      <Known file={file} />
      <CasePapers id={file.id} />
      <Log standing={standing} />
      {may('person:erase') && file.owner_id === me.value?.organisation_id ? <p><a href={`#/decisions/erase/${file.id}`}>{t('assign.erase')}</a></p> : null}
      {may('case:accesses') && file.owner_id === me.value?.organisation_id ? <p><a href={`#/cases/${file.id}/accesses`}>{t('case.accesses')}</a></p> : null}
    </>
  );
}

const isClosed = (file: S.CaseFile, compartment: S.CompartmentCode): boolean => file.redacted.includes(compartment);

function Head({ file }: { readonly file: S.CaseFile }) {
  return (
    <header class="head">
      <h1 tabIndex={-1}><bdi dir="auto">{fullName(file)}</bdi></h1>
      <p>
        <bdi class="code">{file.code}</bdi>
        {file.is_child ? <span class="mark">{t('case.child')}</span> : null}
        {file.is_child === null ? <span class="mark">{t('case.age_unknown')}</span> : null}
        {file.status === 'active' ? null : <span class="mark">{label('status', file.status)}</span>}
      </p>
      <dl class="facts">
        <dt>{t('case.stage')}</dt>
        <dd>{label('stage', file.stage)}{file.side_state ? ` – ${label('side_state', file.side_state)}` : ''}, {t('case.since', { day: shownDay(file.stage_since) })}</dd>
        <dt>{t('cases.nationality')}</dt>
        <dd>{country(file.nationality_claimed)} – {file.nationality_verified ? t('case.verified', { country: country(file.nationality_verified) }) : t('case.not_verified')}</dd>
        <dt>{t('cases.risk')}</dt>
        <dd>{label('risk', file.risk_level)}</dd>
        <dt>{t('case.finding')}</dt>
        <dd>{label('finding', file.trafficking_status)}</dd>
        <dt>{t('case.immigration')}</dt>
        <dd>{label('immigration', file.immigration_status)}</dd>
      </dl>
    </header>
  );
}

/** What has a page of its own. */
function Parts({ id }: { readonly id: string }) {
  return (
    <nav class="parts" aria-label={t('case.parts')}>
      <a href={`#/cases/${id}/consent`}>{t('case.consent')}</a>
      <a href={`#/cases/${id}/sharing`}>{t('case.sharing')}</a>
      <a href={`#/cases/${id}/embassy`}>{t('case.embassy')}</a>
    </nav>
  );
}

/** What a compartment holds, or that it is closed: never an empty field in its place. */
function Part({ file, compartment, rows }: { readonly file: S.CaseFile; readonly compartment: S.CompartmentCode; readonly rows: readonly (readonly [string, string | null | undefined])[] }) {
  const filled = rows.filter(([, value]) => value);
  return (
    <section>
      <h3>{label('compartment', compartment)}</h3>
      {isClosed(file, compartment) ? (
        <p class="quiet">{t('case.not_shared')}</p>
      ) : filled.length ? (
        <dl class="facts">
          {filled.map(([name, value]) => [<dt key={name}>{name}</dt>, <dd key={`${name} `} dir="auto">{value}</dd>])}
        </dl>
      ) : (
        <p class="quiet">{t('case.nothing')}</p>
      )}
    </section>
  );
}

function Known({ file }: { readonly file: S.CaseFile }) {
  const who = file.identity;
  const years = who?.age_estimate;
  const phones = (file.contact?.phones ?? []).map((phone) => `${phone.number} (${phone.safe ? t('case.safe') : t('case.unsafe')})`);
  const papers = (who?.documents ?? []).map((one) => [label('document', one.kind), one.number, label('custody', one.custody)].filter(Boolean).join(', '));
  return (
    <section class="panel" aria-labelledby="known">
      <h2 id="known">{t('case.known')}</h2>
      {may('case:update') && file.status !== 'closed' ? <p><a class="button" href={`#/cases/${file.id}?form=case`}>{t('case.edit')}</a></p> : null}
      <Part file={file} compartment="identity" rows={[
        [t('register.script'), who?.original_script_name],
        [t('register.birth'), who?.birth_date ? shownDay(who.birth_date) : years ? t('birth.age', { from: years.from_years, to: years.to_years }) : null],
        [t('register.gender'), label('gender', file.gender)],
        [t('case.papers'), papers.join('; ')],
        [t('case.aliases'), (who?.aliases ?? []).map((alias) => alias.name).join('; ')],
      ]} />
      <Part file={file} compartment="contact" rows={[
        [t('register.phone'), phones.join('; ')],
        [t('edit.safe_contact'), file.contact?.safe_contact_instructions],
      ]} />
      <Part file={file} compartment="health" rows={[[t('register.needs'), file.health?.immediate_needs]]} />
      <Part file={file} compartment="narrative" rows={[[t('case.notes'), file.narrative?.notes]]} />
      <dl class="facts">
        <dt>{t('register.host')}</dt>
        <dd>{country(file.host_country)}</dd>
        <dt>{t('register.channel')}</dt>
        <dd>{label('channel', file.intake_channel)}</dd>
        <dt>{t('case.registered')}</dt>
        <dd>{shownDay(file.registered_on)}</dd>
      </dl>
    </section>
  );
}

function Log({ standing }: { readonly standing: S.Repatriation }) {
  if (!standing.history.length) return null;
  return (
    <details class="panel">
      <summary>{t('case.log')}</summary>
      <ol>
        {standing.history.map((one) => (
          <li key={one.version}>
            {shownMoment(one.moved_at)}: {one.to_side_state ? label('side_state', one.to_side_state) : label('stage', one.to_stage)}
            {one.details?.reason ? <span dir="auto"> – {one.details.reason}</span> : null}
          </li>
        ))}
      </ol>
    </details>
  );
}
