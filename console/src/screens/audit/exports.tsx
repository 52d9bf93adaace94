// Entries of the trail as a file: a second person approves exactly which, within the hour; then it is made, and fetched once.

import { useRef, useState } from 'preact/hooks';
import { send } from '../../api/send';
import { sendTable } from '../../api/table';
import { Frozen } from '../../forms/frozen';
import { useMaking } from '../../forms/making';
import { once } from '../../forms/once';
import type { Keys } from '../../forms/once';
import { create_approval, create_audit_export, get_audit_export_csv, list_approvals } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { label, t } from '../../i18n';
import { shownMoment, today } from '../../i18n/dates';
import { may, me } from '../../session/session';
import { Wrong, errorAt } from '../../ui/errors';
import { Form, Text } from '../../ui/fields';
import { Grid } from '../../ui/grid';
import { More, usePages } from '../../ui/pages';
import { saveFile } from '../../ui/save';
import { useWork } from '../../ui/work';
import { instant } from './filter';

const TEXTS = ['operation', 'code', 'caller_id', 'organisation_id', 'case_id'] as const;
type Typed = Readonly<Record<'from' | 'to' | 'reason' | (typeof TEXTS)[number], string>>;
const NOTHING: Typed = { from: '', to: '', reason: '', operation: '', code: '', caller_id: '', organisation_id: '', case_id: '' };

/** What is asked for: what was left empty is no part of it. */
export const parametersOf = (typed: Typed): S.AuditExportParametersInput =>
  Object.fromEntries([['from', instant(typed.from)], ['to', instant(typed.to)], ...TEXTS.map((name) => [name, typed[name].trim()] as const)].filter(([name, value]) => value || name === 'from' || name === 'to')) as S.AuditExportParametersInput;

export function Exports() {
  const approvals = usePages((after) => send(list_approvals, { query: { limit: 50, after } }).then((answer) => answer.body), []);
  return (
    <section aria-label={t('audit.exports')}>
      <p>{t('audit.exports_text')}</p>
      {may('approval:ask') ? <Ask onAsked={approvals.again} /> : null}
      <h2>{t('audit.asked')}</h2>
      <p class="buttons"><button type="button" class="quiet-button" onClick={approvals.again}>{t('audit.look_again')}</button></p>
      <More of={approvals}>
        {(items) => {
          const own = items.filter((one) => one.audit_export && one.asked_by === me.value?.user_id);
          return (
            <Grid caption={t('audit.shown', { count: own.length })} rows={own} keyOf={(one) => one.id} none={t('audit.none_asked')} columns={[
              { name: t('audit.when'), of: (one) => shownMoment(one.created_at) },
              { name: t('audit.what'), of: (one) => (one.audit_export ? inWords(one.audit_export) : '–') },
              { name: t('audit.reason'), of: (one) => <bdi dir="auto">{one.reason ?? '–'}</bdi> },
              { name: t('audit.state'), of: (one) => label('audit.approval', one.status) },
              { name: t('audit.act'), of: (one) => (one.status === 'approved' ? <Fetch approval={one} onDone={approvals.again} /> : '–') },
            ]} />
          );
        }}
      </More>
    </section>
  );
}

const inWords = (one: S.AuditExportParameters): string => [
  t('audit.between', { from: shownMoment(one.from), to: shownMoment(one.to) }),
  ...TEXTS.flatMap((name) => (one[name] ? [`${t(`audit.${name}`)}: ${one[name]}`] : [])),
].join('; ');

function Ask({ onAsked }: { readonly onAsked: () => void }) {
  const { typed, change, isSent, isBusy, failure, errors, make, forget } = useMaking<Typed>(null, NOTHING);
  const [isAsked, setAsked] = useState(false);
  const put = (to: Partial<Typed>) => {
    setAsked(false);
    change(to);
  };
  const ask = async () => {
    const asked: S.CreateApproval = { audit_export: parametersOf(typed), reason: typed.reason.trim() };
    if (!(await make(asked, (body, key) => send(create_approval, { body, key })))) return;
    forget();
    setAsked(true);
    onAsked();
  };
  const at = (name: string) => errorAt(errors, `/audit_export/${name}`);
  return (
    <Form label={t('audit.ask')} onSubmit={() => void ask()}>
      <Wrong failure={failure} />
      <Frozen isSent={isSent} isBusy={isBusy}>
        <div class="filters">
          <Text label={t('audit.from')} name="/audit_export/from" type="datetime-local" value={typed.from} onInput={(from) => put({ from })} error={at('from')} required />
          <Text label={t('audit.to')} name="/audit_export/to" type="datetime-local" value={typed.to} onInput={(to) => put({ to })} error={at('to')} required />
        </div>
        <details open={TEXTS.some((name) => typed[name] || at(name))}>
          <summary>{t('audit.more_filters')}</summary>
          <div class="filters">
            {TEXTS.map((name) => <Text key={name} label={t(`audit.${name}`)} name={`/audit_export/${name}`} value={typed[name]} onInput={(value) => put({ [name]: value })} error={at(name)} max={100} />)}
          </div>
        </details>
        <Text label={t('audit.reason')} name="/reason" value={typed.reason} onInput={(reason) => put({ reason })} error={errorAt(errors, '/reason')} hint={t('audit.reason_hint')} max={500} isLong isName required />
      </Frozen>
      <p class="quiet" role="status">{isAsked ? t('audit.is_asked') : ''}</p>
      <p class="buttons"><button disabled={isBusy}>{t('audit.ask')}</button></p>
    </Form>
  );
}

/** Makes what was approved, with exactly its parameters, and fetches it. What was made and did not arrive is fetched again. */
function Fetch({ approval, onDone }: { readonly approval: S.Approval; readonly onDone: () => void }) {
  const keys = useRef<Keys>({});
  const made = useRef<S.AuditExport | null>(null);
  const { isBusy, failure, work } = useWork();
  const carry = () =>
    work(async () => {
      if (!approval.audit_export) return;
      const wanted = Object.fromEntries(Object.entries(approval.audit_export).filter(([, value]) => value !== null)) as S.AuditExportParametersInput;
      made.current ??= (await once(keys.current, { approval_id: approval.id, audit_export: wanted }, (body, key) => send(create_audit_export, { body, key }))).body;
      saveFile(`audit-${today()}.csv`, await sendTable(get_audit_export_csv, { path: { id: made.current.id } }));
      onDone();
    });
  return (
    <>
      <button type="button" disabled={isBusy} onClick={() => void carry()}>{t('audit.make')}</button>
      <Wrong failure={failure} />
    </>
  );
}
