// What is odd about access, or must be answered for. It says what, and never why.

import { send } from '../../api/send';
import { list_data_protection_events } from '../../generated/operations';
import { label, t } from '../../i18n';
import { shownMoment } from '../../i18n/dates';
import { may } from '../../session/session';
import { Grid } from '../../ui/grid';
import { More, usePages } from '../../ui/pages';
import { Who } from './who';

export function Events() {
  const events = usePages((after) => send(list_data_protection_events, { query: { limit: 100, after } }).then((answer) => answer.body), []);
  return (
    <section aria-label={t('audit.events')}>
      <p>{t('audit.events_text')}</p>
      <More of={events}>
        {(items) => (
          <Grid caption={t('audit.shown', { count: items.length })} rows={items} keyOf={(one) => one.id} none={t('audit.nothing_odd')} columns={[
            { name: t('audit.when'), of: (one) => shownMoment(one.happened_at) },
            { name: t('audit.what'), of: (one) => label('audit.event', one.kind) },
            { name: t('audit.who'), of: (one) => <><Who user={one.user_id} client={one.client_id} /> {may('audit:read') && (one.user_id ?? one.client_id) ? <a href={`#/audit/entries?caller_id=${one.user_id ?? one.client_id}`}>{t('audit.look')}</a> : null}</> },
            { name: t('audit.case'), of: (one) => (one.case_id ? may('case:read') ? <a href={`#/cases/${one.case_id}`}><code>{one.case_id.slice(0, 8)}</code></a> : <code>{one.case_id.slice(0, 8)}</code> : '–') },
          ]} />
        )}
      </More>
    </section>
  );
}
