// What is printed of one case: the slip with its code, and the dossier with all that this reader may see.

import { sendForFile } from '../api/send';
import { get_dossier } from '../generated/operations';
import type { S } from '../generated/schema';
import { t } from '../i18n';
import { me } from '../session/session';
import { Paper } from '../ui/paper';
import { Slip } from '../ui/slip';

type Kind = 'slip' | 'dossier';
const KINDS: readonly Kind[] = ['slip', 'dossier'];

/** The paper that an address asks for, if it does. */
export const paperOf = (query: URLSearchParams): Kind | undefined => KINDS.find((one) => one === query.get('paper'));

export function CasePapers({ id }: { readonly id: string }) {
  return (
    <section class="panel" aria-labelledby="papers">
      <h2 id="papers">{t('paper.title')}</h2>
      <p class="buttons">
        <a class="button quiet-button" href={`#/cases/${id}?paper=slip`}>{t('paper.slip')}</a>
        <a class="button quiet-button" href={`#/cases/${id}?paper=dossier`}>{t('paper.dossier')}</a>
        <a class="button quiet-button" href={`#/cases/${id}?form=letters`}>{t('paper.letters')}</a>
      </p>
    </section>
  );
}

interface Props {
  readonly kind: Kind;
  readonly file: S.CaseFile;
  readonly name: string;
}

export function CasePaper({ kind, file, name }: Props) {
  const { id } = file;
  return (
    <>
      <h1 tabIndex={-1}>{t(`paper.${kind}`)}</h1>
      <p class="buttons"><a href={`#/cases/${id}`}>{t('paper.back')}</a></p>
      {kind === 'dossier' ? (
        <Paper title={t('paper.dossier')} load={async () => (await sendForFile(get_dossier, { path: { id } }, 'text/html')).body} />
      ) : (
        <>
          <Slip made={file} name={name} organisation={me.value?.organisation_name ?? ''} />
          <p class="buttons"><button type="button" onClick={() => print()}>{t('paper.print')}</button></p>
        </>
      )}
    </>
  );
}
