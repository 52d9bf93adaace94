// The slip that a person takes along: their code, large. It goes through many hands, and so nothing else of them is on it but the name.

import type { S } from '../generated/schema';
import { t } from '../i18n';
import { shownDay } from '../i18n/dates';

interface Props {
  readonly made: Pick<S.CaseFile, 'code' | 'registered_on'>;
  readonly name: string;
  readonly organisation: string;
}

export function Slip({ made, name, organisation }: Props) {
  return (
    <article class="slip">
      <p class="code"><bdi>{made.code}</bdi></p>
      <p dir="auto">{name}</p>
      <p>{t('register.slip', { day: shownDay(made.registered_on), organisation })}</p>
    </article>
  );
}
