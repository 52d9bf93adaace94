// What went wrong; where it is that a consent is missing, the way to it, with what is missing chosen already.

import { Refused } from '../../api/problem';
import { t } from '../../i18n';
import { Wrong } from '../../ui/errors';
import { purposeIn } from '../consent/typed';
import { askPath, want } from '../consent/wanted';

interface Props {
  readonly failure: unknown;
  readonly id: string;
  readonly organisation: string;
  readonly compartments: readonly string[];
}

export function WrongOrConsent({ failure, id, organisation, compartments }: Props) {
  if (!(failure instanceof Refused) || failure.code !== 'consent_required' || !id) return <Wrong failure={failure} />;
  const ask = () => want({ caseId: id, purpose: purposeIn(failure.problem.detail ?? ''), organisation, compartments });
  return (
    <div class="wrong-box" role="alert">
      <p>{t('problem.consent_required')}</p>
      <p><a class="button" href={`#/${askPath(id)}`} onClick={ask}>{t('sharing.ask_consent')}</a></p>
    </div>
  );
}
