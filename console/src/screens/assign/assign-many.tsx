// Giving the chosen cases to a colleague, with what became of each.

import { useState } from 'preact/hooks';
import { SignedOut } from '../../api/problem';
import type { S } from '../../generated/schema';
import { t } from '../../i18n';
import { told } from '../../ui/errors';
import { Form, Select } from '../../ui/fields';
import { choicesOf, useColleagues } from '../colleagues';
import { assign, isAssigning, run } from './assigning';

/** What stands for: nobody holds it. */
const NOBODY = 'nobody';

interface Props {
  readonly picked: readonly S.CaseSummary[];
  readonly onDone: (failed: readonly string[]) => void;
  /** How many could be chosen. */
  readonly open: number;
  readonly onAll: () => void;
  readonly onClear: () => void;
}

export function AssignMany({ picked, onDone, open, onAll, onClear }: Props) {
  const colleagues = useColleagues();
  const [to, setTo] = useState('');
  const choices = choicesOf(colleagues);
  const give = async () => {
    if (!to || !picked.length) return;
    await assign(picked, to === NOBODY ? null : to, choices.find((one) => one.value === to)?.text ?? t('assign.nobody'));
    onDone((run.value?.cases ?? []).filter((one) => one.state === 'failed').map((one) => one.id));
  };
  return (
    <section aria-label={t('assign.many')} class={picked.length || run.value ? 'panel' : undefined}>
      {picked.length ? (
        <Form label={t('assign.many')} onSubmit={() => void give()}>
          <h2>{t('assign.picked', { count: picked.length })}</h2>
          <Select label={t('assign.to')} name="/assigned_to" value={to} choices={[...choices, { value: NOBODY, text: t('assign.nobody') }]} onChange={setTo} required />
          <p class="buttons">
            <button disabled={!to || isAssigning()}>{t('assign.go', { count: picked.length })}</button>
            <button type="button" class="quiet-button" onClick={onClear}>{t('assign.clear')}</button>
          </p>
        </Form>
      ) : null}
      {picked.length < open ? <button type="button" class="quiet-button" onClick={onAll}>{t('assign.pick_all')}</button> : null}
      <Progress />
    </section>
  );
}

/** How far it is, and what became of each. */
function Progress() {
  const of = run.value;
  if (!of) return null;
  const ended = of.cases.filter((one) => one.state === 'done' || one.state === 'failed').length;
  const failed = of.cases.filter((one) => one.state === 'failed');
  const isOver = ended === of.cases.length;
  return (
    <>
      <p role="status">{isOver ? t('assign.over', { done: ended - failed.length, failed: failed.length, name: of.name }) : t('assign.running', { ended, count: of.cases.length })}</p>
      {isOver ? null : <progress value={ended} max={of.cases.length} aria-label={t('assign.many')} />}
      {failed.length ? (
        <ul class="checklist">
          {failed.map((one) => (
            <li key={one.id}><span><a href={`#/cases/${one.id}`}><bdi>{one.code}</bdi></a>: {one.failure instanceof SignedOut ? t('assign.not_tried') : told(one.failure)}</span></li>
          ))}
        </ul>
      ) : null}
      {isOver && of.cases.length > failed.length ? (
        <details>
          <summary>{t('assign.each')}</summary>
          <ul>{of.cases.filter((one) => one.state === 'done').map((one) => <li key={one.id}><a href={`#/cases/${one.id}`}><bdi>{one.code}</bdi></a>: {t('assign.done', { name: of.name })}</li>)}</ul>
        </details>
      ) : null}
      {isOver ? <button type="button" class="small quiet-button" onClick={() => { run.value = null; }}>{t('outbox.seen')}</button> : null}
    </>
  );
}
