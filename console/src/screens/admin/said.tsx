// What was said in public of an operation or a compound, in the words in which it was published, with who said it and where.

import { send } from '../../api/send';
import { list_statements } from '../../generated/operations';
import { t } from '../../i18n';
import { shownDay } from '../../i18n/dates';
import { Grid } from '../../ui/grid';
import { Paged } from '../../ui/pages';

export function Said({ of }: { readonly of: { readonly operation_id: string } | { readonly compound_id: string } }) {
  return (
    <section aria-label={t('admin.said')}>
      <h2>{t('admin.said')}</h2>
      <Paged read={(after) => send(list_statements, { query: { ...of, limit: 50, ...(after ? { after } : {}) } }).then((answer) => answer.body)}>
        {(items) => (
          <Grid caption={t('admin.shown', { count: items.length })} rows={items} keyOf={(one) => one.id} none={t('admin.nothing')} columns={[
            { name: t('admin.what_is_said'), of: (one) => <bdi dir="auto">{one.said}</bdi> },
            { name: t('admin.said_by'), of: (one) => <bdi dir="auto">{one.asserted_by ?? '–'}</bdi> },
            { name: t('admin.source'), of: (one) => <bdi dir="auto">{one.source.publisher}</bdi> },
            { name: t('admin.dated'), of: (one) => shownDay(one.happened_on ?? one.source.published_on) },
          ]} />
        )}
      </Paged>
    </section>
  );
}
