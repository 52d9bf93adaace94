// What was merged: all of it, and one.

import { isGone } from '../../api/problem';
import { send } from '../../api/send';
import { get_case, get_merge, list_merges } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { sentence, spelled, t } from '../../i18n';
import { shownMoment } from '../../i18n/dates';
import { may } from '../../session/session';
import { Shown, useLoaded } from '../../ui/load';
import { More, usePages } from '../../ui/pages';
import { Gone } from '../gone';
import { Sides } from './parts';
import { Undo } from './undo';
import { shownParts } from './values';

/** A merge, and the case that goes on as one speaks of it. */
type Listed = S.Merge & { readonly file: S.CaseFile | null };
/** A merge names nobody, and each case is read for its name: so few of them at a time. */
const AT_ONCE = 10;

const fileOf = (id: S.CaseId) => send(get_case, { path: { id } }).then((answer) => answer.body, () => null);
const called = ({ identity }: S.CaseFile): string => [identity?.given_name, identity?.middle_name, identity?.family_name].filter(Boolean).join(' ') || identity?.original_script_name || t('register.nameless');

export function Merges() {
  const list = usePages<Listed>(async (after) => {
    const { items, next } = (await send(list_merges, { query: { limit: AT_ONCE, ...(after ? { after } : {}) } })).body;
    return { next, items: await Promise.all(items.map(async (one) => ({ ...one, file: await fileOf(one.survivor_case_id) }))) };
  }, []);
  return (
    <>
      <h1 tabIndex={-1}>{t('duplicates.merges')}</h1>
      <Sides at="merges" />
      <More of={list}>{(items) => (items.length ? <Table items={items} /> : <p>{t('duplicates.no_merge')}</p>)}</More>
    </>
  );
}

function Table({ items }: { readonly items: readonly Listed[] }) {
  return (
    <table class="cards">
      <caption>{t('duplicates.merges_shown', { count: items.length })}</caption>
      <thead>
        <tr>
          <th scope="col">{t('duplicates.goes_on')}</th>
          <th scope="col">{t('duplicates.merged_at')}</th>
          <th scope="col">{t('duplicates.standing')}</th>
        </tr>
      </thead>
      <tbody>
        {items.map((one) => (
          <tr key={one.id}>
            <th scope="row" data-label={t('duplicates.goes_on')}>
              <a href={`#/duplicates/merges/${one.id}`}>{one.file ? <><bdi dir="auto">{called(one.file)}</bdi> <bdi>{one.file.code}</bdi></> : t('duplicates.unnamed')}</a>
            </th>
            <td data-label={t('duplicates.merged_at')}>{shownMoment(one.created_at)}</td>
            <td data-label={t('duplicates.standing')}>{one.undone_at ? t('duplicates.undone', { moment: shownMoment(one.undone_at) }) : t('duplicates.stands')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function MergeFile({ id }: { readonly id: string }) {
  const seen = useLoaded(async () => send(get_merge, { path: { id } }), [id]);
  if (isGone(seen.failure)) return <Gone title={t('duplicates.gone')} id={id} path="duplicates" back={t('nav.duplicates')} />;
  return (
    <>
      <p><a href="#/duplicates/merges">{t('duplicates.back_merges')}</a></p>
      <Shown of={seen}>{({ body, etag }) => <File one={body} etag={etag} again={seen.again} put={(now, tag) => seen.put({ status: 200, body: now, etag: tag })} />}</Shown>
    </>
  );
}

interface FileProps {
  readonly one: S.Merge;
  readonly etag: string;
  readonly again: () => void;
  readonly put: (one: S.Merge, etag: string) => void;
}

function File({ one, etag, again, put }: FileProps) {
  // By what people speak of the two; they are links without it, too.
  const files = useLoaded(() => Promise.all([fileOf(one.survivor_case_id), fileOf(one.merged_case_id)]), [one.id, one.version]);
  const [survivor, merged] = files.value ?? [null, null];
  const fact = (field: string) => sentence('duplicates.fact', field.split('.').at(-1) ?? field, spelled(field.split('.').at(-1) ?? field));
  return (
    <>
      <h1 tabIndex={-1}>{t(one.undone_at ? 'duplicates.was_undone' : 'duplicates.was_merged')}</h1>
      <dl class="facts">
        <dt>{t('duplicates.goes_on')}</dt>
        <dd><a href={`#/cases/${one.survivor_case_id}`}>{survivor ? <><bdi dir="auto">{called(survivor)}</bdi> <bdi>{survivor.code}</bdi></> : t('duplicates.the_case')}</a></dd>
        <dt>{t('duplicates.merged_one')}</dt>
        <dd><a href={`#/cases/${one.merged_case_id}`}>{merged ? <><bdi dir="auto">{called(merged)}</bdi> <bdi>{merged.code}</bdi></> : t('duplicates.the_case')}</a></dd>
        <dt>{t('duplicates.merged_at')}</dt>
        <dd>{shownMoment(one.created_at)}</dd>
        {one.undone_at ? [<dt key="at">{t('duplicates.undone_at')}</dt>, <dd key="moment">{shownMoment(one.undone_at)}</dd>, <dt key="why">{t('duplicates.why_undone')}</dt>, <dd key="reason" dir="auto">{one.undo_reason ?? '–'}</dd>] : null}
      </dl>
      {one.taken.length ? (
        <table class="cards">
          <caption>{t('duplicates.taken')}</caption>
          <thead><tr><th scope="col">{t('duplicates.fact_name')}</th><th scope="col">{t('duplicates.before')}</th><th scope="col">{t('duplicates.after')}</th></tr></thead>
          <tbody>
            {one.taken.map((field) => (
              <tr key={field.field}>
                <th scope="row">{fact(field.field)}</th>
                <td data-label={t('duplicates.before')}><bdi dir="auto">{shownParts(field.field, field.before).join('; ') || '–'}</bdi></td>
                <td data-label={t('duplicates.after')}><bdi dir="auto">{shownParts(field.field, field.after).join('; ') || '–'}</bdi></td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        <p>{t('duplicates.took_nothing')}</p>
      )}
      {may('case:close') && !one.undone_at ? <Undo one={one} etag={etag} onDone={put} onStale={again} /> : null}
    </>
  );
}
