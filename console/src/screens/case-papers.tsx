// What is printed of one case: the slip with its code, the dossier with all that this reader may see, and the papers that others keep.

import { sendForFile } from '../api/send';
import { get_authority_letter, get_consent_form, get_dossier, get_travel_document_application } from '../generated/operations';
import type { S } from '../generated/schema';
import { t } from '../i18n';
import { me } from '../session/session';
import { Paper } from '../ui/paper';
import { Slip } from '../ui/slip';
import { Letter } from './letter';

type Kind = 'slip' | 'dossier' | 'letter' | 'application' | 'consent';
const KINDS: readonly Kind[] = ['slip', 'dossier', 'letter', 'application', 'consent'];
const PAGES = { dossier: get_dossier, application: get_travel_document_application, consent: get_consent_form };

/** The paper that an address asks for, if it does. */
export const paperOf = (query: URLSearchParams): Kind | undefined => KINDS.find((one) => one === query.get('paper'));

export function CasePapers({ id }: { readonly id: string }) {
  return (
    <section class="panel" aria-labelledby="papers">
      <h2 id="papers">{t('paper.title')}</h2>
      <p class="buttons">
        {KINDS.map((kind) => <a key={kind} class="button quiet-button" href={`#/cases/${id}?paper=${kind}`}>{t(`paper.${kind}`)}</a>)}
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
      {kind === 'letter' ? (
        <Letter address={`#/cases/${id}?paper=letter&`} load={async (query) => (await sendForFile(get_authority_letter, { path: { id }, query }, 'text/html')).body} />
      ) : kind !== 'slip' ? (
        <Paper title={t(`paper.${kind}`)} load={async () => (await sendForFile(PAGES[kind], { path: { id } }, 'text/html')).body} />
      ) : (
        <>
          <Slip made={file} name={name} organisation={me.value?.organisation_name ?? ''} />
          <p class="buttons"><button type="button" onClick={() => print()}>{t('paper.print')}</button></p>
        </>
      )}
    </>
  );
}
