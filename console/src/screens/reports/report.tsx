// What every report has: when it was counted, what it says, and the same as a file.

import type { ComponentChildren } from 'preact';
import { label, t } from '../../i18n';
import { shownMoment, today } from '../../i18n/dates';
import { Shown } from '../../ui/load';
import type { Loaded } from '../../ui/load';
import { SaveTable } from '../../ui/save';

interface Props<Answer> {
  readonly name: string;
  readonly of: Loaded<Answer>;
  readonly csv: () => Promise<Blob>;
  readonly filters?: ComponentChildren;
  readonly children: (answer: Answer) => ComponentChildren;
}

export function Report<Answer extends { readonly as_of: string }>({ name, of, csv, filters, children }: Props<Answer>) {
  return (
    <section aria-labelledby="report">
      <h2 id="report">{label('reports', name)}</h2>
      <p>{label('reports.about', name)}</p>
      {filters}
      <Shown of={of}>
        {(answer) => (
          <>
            {children(answer)}
            <p class="quiet">{t('reports.as_of', { when: shownMoment(answer.as_of) })}</p>
            <SaveTable label={t('reports.csv')} name={`${name}-${today()}.csv`} load={csv} />
          </>
        )}
      </Shown>
    </section>
  );
}
