// A part of a case that has a page of its own: what is read for it, whose it is, and what stays when it is not there any more: nothing.

import type { ComponentChildren } from 'preact';
import { isGone } from '../api/problem';
import type { S } from '../generated/schema';
import { t } from '../i18n';
import { me } from '../session/session';
import { Shown } from '../ui/load';
import type { Loaded } from '../ui/load';
import { fullName } from './full-name';
import { Gone } from './gone';

interface Props<T> {
  readonly id: string;
  readonly of: Loaded<T>;
  readonly children: (value: T) => ComponentChildren;
}

export function OfCase<T>({ id, of, children }: Props<T>) {
  return isGone(of.failure) ? <Gone title={t('case.gone')} id={id} path="cases" back={t('nav.cases')} /> : <Shown of={of}>{children}</Shown>;
}

/** What the page is about, and whose case it is: the way back to it. */
export function CaseHead({ file, title }: { readonly file: S.CaseFile; readonly title: string }) {
  return (
    <header class="head">
      <h1 tabIndex={-1}>{title}</h1>
      <p>
        <a href={`#/cases/${file.id}`}><bdi dir="auto">{fullName(file)}</bdi></a> <bdi class="code">{file.code}</bdi>
        {file.is_child ? <span class="mark">{t('case.child')}</span> : null}
        {file.is_child === null ? <span class="mark">{t('case.age_unknown')}</span> : null}
      </p>
    </header>
  );
}

/** Whether our organisation owns the case: the owner alone asks for consent and hands the case on. */
export const isOurs = (file: S.CaseFile): boolean => file.owner_id === me.value?.organisation_id;
/** Whether something new may still be recorded on it; what takes access away always may. */
export const isOpen = (file: S.CaseFile): boolean => file.status !== 'closed' && file.status !== 'closed_referred';
