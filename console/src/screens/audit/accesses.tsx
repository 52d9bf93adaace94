// Who saw the person of a case, when, and which part of what is known.

import { isGone } from '../../api/problem';
import { send } from '../../api/send';
import { list_case_accesses } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { label, t } from '../../i18n';
import { shownMoment } from '../../i18n/dates';
import type { Opened } from '../../later';
import { Grid } from '../../ui/grid';
import { More, usePages } from '../../ui/pages';
import { useColleagues } from '../colleagues';
import { Gone } from '../gone';
import { Where, Who } from './who';

export function Accesses({ rest: [id = ''] }: Opened) {
  const colleagues = useColleagues();
  const accesses = usePages((after) => send(list_case_accesses, { path: { id: id as S.CaseId }, query: { limit: 100, after } }).then((answer) => answer.body), [id]);
  if (isGone(accesses.first.failure)) return <Gone title={t('case.gone')} id={id} path="cases" back={t('nav.cases')} />;
  return (
    <>
      <h1 tabIndex={-1}>{t('audit.accesses')}</h1>
      <p>{t('audit.accesses_text')}</p>
      <More of={accesses}>
        {(items) => (
          <Grid caption={t('audit.shown', { count: items.length })} rows={items} keyOf={(one) => `${one.at} ${one.user_id} ${one.operation}`} none={t('audit.nobody_saw')} columns={[
            { name: t('audit.when'), of: (one) => shownMoment(one.at) },
            { name: t('audit.who'), of: (one) => <><Who user={one.user_id} client={one.client_id} colleagues={colleagues} />{one.is_emergency ? <span class="mark">{t('audit.emergency')}</span> : null}</> },
            { name: t('audit.organisation'), of: (one) => <Where id={one.organisation_id} /> },
            { name: t('audit.by'), of: (one) => one.operation },
            { name: t('audit.parts'), of: (one) => one.compartments.map((part) => label('compartment', part)).join(', ') || '–' },
          ]} />
        )}
      </More>
      <p><a href={`#/cases/${id}`}>{t('audit.to_case')}</a></p>
    </>
  );
}
