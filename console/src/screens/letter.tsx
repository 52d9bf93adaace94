// The letter to the authorities of the host country: without a choice it has a box for each thing that can be asked, to be ticked by hand.

import type { S } from '../generated/schema';
import { t } from '../i18n';
import { place } from '../router';
import { Paper } from '../ui/paper';

const PURPOSES: readonly S.AuthorityLetterPurpose[] = ['release', 'exit_permit', 'fine_waiver'];

interface Props {
  /** The address of this screen, to which the purpose is added. */
  readonly address: string;
  readonly load: (query: { readonly purpose?: S.AuthorityLetterPurpose }) => Promise<Blob>;
}

export function Letter({ address, load }: Props) {
  const purpose = PURPOSES.find((one) => one === place.value.query.get('for'));
  return (
    <>
      <p class="buttons">{PURPOSES.map((one) => <a key={one} class="button quiet-button" aria-current={one === purpose ? 'page' : undefined} href={`${address}for=${one}`}>{t(`paper.for.${one}`)}</a>)}</p>
      <Paper key={purpose} title={t('paper.letter')} load={() => load(purpose ? { purpose } : {})} />
    </>
  );
}
