// The same on paper, for a signature or a thumbprint.

import type { S } from '../../generated/schema';
import { t } from '../../i18n';
import { me } from '../../session/session';
import { fullName } from '../full-name';
import { Question } from './question';
import type { Asked } from './question';
import type { Typed } from './typed';
import { MORE, STATEMENTS, said, sentenceOf } from './wording';
import type { Wording } from './wording';

interface Props {
  readonly file: S.CaseFile;
  readonly wording: Wording;
  readonly typed: Typed;
  readonly asked: Asked;
  readonly onClose: () => void;
}

export function Paper({ file, wording, typed, asked, onClose }: Props) {
  const { paper } = wording;
  const box = (isOn: boolean) => (isOn ? '☑' : '☐');
  const values = { language: wording.language, version: wording.version, reviewer: wording.reviewed ?? '' };
  return (
    <>
      <p class="buttons">
        <button type="button" onClick={() => print()}>{t('consent.print')}</button>
        <button type="button" class="quiet-button" onClick={onClose}>{t('form.close')}</button>
      </p>
      <article class="paper" lang={wording.language}>
        <h2>{paper.title}</h2>
        <p>{paper.name}: <bdi dir="auto">{fullName(file)}</bdi> · {paper.code}: <bdi class="code">{file.code}</bdi></p>
        <ol>{STATEMENTS.map((one) => <li key={one}>{box(typed.told[one] === 'yes')} {sentenceOf(wording, one)}</li>)}</ol>
        <ul>{MORE.map((one) => <li key={one}>{box(typed.told[one] === 'yes')} {wording.more[one]}</li>)}</ul>
        <Question wording={wording} typed={typed} asked={asked} />
        <p>{paper.answer}: {box(typed.answer === 'granted')} {wording.yes} {'\u2003'} {box(typed.answer === 'refused')} {wording.no}</p>
        {[paper.signature, ...(file.is_child === false ? [] : [paper.child, paper.giver]), ...(typed.interpreter ? [paper.interpreter] : []), said(wording, paper.staff, { organisation: me.value?.organisation_name ?? '' }), paper.day].map((line) => <p key={line} class="line">{line}</p>)}
        <p class="quiet">{said(wording, wording.reviewed ? paper.version_reviewed : paper.version, values)}</p>
      </article>
    </>
  );
}
