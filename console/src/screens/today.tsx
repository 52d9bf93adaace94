// What is to be done: whose, since when, and where it is done. The longest overdue comes first, as the server says.

import { useState } from 'preact/hooks';
import { send } from '../api/send';
import { get_worklist, update_task } from '../generated/operations';
import type { S } from '../generated/schema';
import { label, labelled, t } from '../i18n';
import { country } from '../i18n/countries';
import { shownDay } from '../i18n/dates';
import { place, refine } from '../router';
import { may } from '../session/session';
import { Wrong } from '../ui/errors';
import { Select } from '../ui/fields';
import { Shown, useLoaded } from '../ui/load';
import { leadsTo } from './leads';
import { whatToDo } from './what-to-do';

const WHOSE: readonly S.WorklistOf[] = ['me', 'my_organisation', 'nobody'];

export function Today() {
  const query = place.value.query;
  // Whoever decides for others begins with what is everybody's.
  const usual: S.WorklistOf = may('approval:decide') ? 'my_organisation' : 'me';
  const mine = WHOSE.find((one) => one === query.get('of')) ?? usual;
  const [failure, setFailure] = useState<unknown>(null);
  const list = useLoaded(async () => (await send(get_worklist, { query: { of: mine, limit: 50 } })).body, [mine]);

  const done = async (task: S.Task) => {
    setFailure(null);
    try {
      // The version is what was read with the list: the API compares it alone.
      await send(update_task, { path: { id: task.case_id, task_id: task.id }, body: { status: 'done' }, ifMatch: `"${task.version}"` });
    } catch (refused) {
      setFailure(refused);
    }
    list.again();
  };
  return (
    <>
      <h1 tabIndex={-1}>{t('nav.today')}</h1>
      <search class="filters">
        <Select label={t('today.of')} name="of" value={mine} choices={labelled('today.of', WHOSE)} onChange={(value) => refine('today', { of: value || usual })} />
      </search>
      <Wrong failure={failure} />
      <Shown of={list}>
        {(page) =>
          page.items.length ? (
            <ul class="tasks">
              {page.items.map((one) => (
                <li key={one.task.id}>
                  <p class="who">
                    <a href={`#/cases/${one.task.case_id}`}>{one.name === null ? t('case.not_shared') : <bdi dir="auto">{one.name}</bdi>}</a> <bdi>{one.case_code}</bdi>
                    {one.is_child ? <span class="mark">{t('case.child')}</span> : null}
                  </p>
                  <p>
                    <a href={leadsTo(one.task.case_id, one.task.next_action, one.task.record_id)}>{label('task', one.task.kind)}</a>
                    <span class="quiet"> {whatToDo(one.task)}</span>
                  </p>
                  <p class="quiet">
                    {country(one.nationality)} · {one.side_state ? label('side_state', one.side_state) : label('stage', one.stage)} ·{' '}
                    {one.days_overdue ? <strong>{t('today.overdue', { count: one.days_overdue })}</strong> : t('today.due', { day: shownDay(one.task.due_on) })}
                    {one.assignee_is_away ? ` · ${t('today.away')}` : ''}
                  </p>
                  {one.task.kind === 'added' && may('case:update') ? <button type="button" class="quiet-button" onClick={() => void done(one.task)}>{t('today.done')}</button> : null}
                </li>
              ))}
            </ul>
          ) : (
            <p>{t('today.nothing')}{mine === 'me' ? <> <a href="#/today?of=my_organisation">{t('today.of_all')}</a></> : null}</p>
          )
        }
      </Shown>
    </>
  );
}
