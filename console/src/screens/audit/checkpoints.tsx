// How long the audit trail was, signed. Whoever keeps one outside can prove later that nothing was cut or rewritten.

import { send } from '../../api/send';
import { list_audit_checkpoints } from '../../generated/operations';
import { t } from '../../i18n';
import { shownMoment, today } from '../../i18n/dates';
import { Copy } from '../../ui/copy';
import { Grid } from '../../ui/grid';
import { More, usePages } from '../../ui/pages';
import { saveFile } from '../../ui/save';

export function Checkpoints() {
  const points = usePages((after) => send(list_audit_checkpoints, { query: { limit: 50, after } }).then((answer) => answer.body), []);
  const keys = (points.first.value as { readonly keys?: readonly string[] } | null)?.keys ?? [];
  return (
    <section aria-label={t('audit.checkpoints')}>
      <p>{t('audit.checkpoints_text')}</p>
      <More of={points}>
        {(items) => (
          <>
            <p class="buttons">{items[0] ? <button type="button" onClick={() => saveFile(`checkpoint-${today()}.txt`, new Blob([items[0]?.note ?? ''], { type: 'text/plain;charset=utf-8' }))}>{t('audit.keep')}</button> : null}</p>
            <Grid caption={t('audit.shown', { count: items.length })} rows={items} keyOf={(one) => String(one.size)} none={t('audit.not_sealed')} columns={[
              { name: t('audit.sealed'), of: (one) => shownMoment(one.sealed_at) },
              { name: t('audit.size'), of: (one) => String(one.size), isFigure: true },
              { name: t('audit.note'), of: (one) => <details><summary>{t('audit.show')}</summary><pre>{one.note}</pre><Copy text={one.note} /></details> },
            ]} />
            <h2>{t('audit.keys')}</h2>
            <ul>{keys.map((key) => <li key={key}><code>{key}</code></li>)}</ul>
          </>
        )}
      </More>
    </section>
  );
}
