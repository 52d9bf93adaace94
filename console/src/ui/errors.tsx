// What the API refused, at its field and in the words of this language.

import { useEffect, useRef, useState } from 'preact/hooks';
import { NotLoaded, Refused, SignedOut } from '../api/problem';
import { sentence, spelled, t } from '../i18n';

/** Sentences by JSON pointer. */
export type Errors = Readonly<Record<string, string>>;

/** What is wrong with each place of a body. */
export function errorsOf(failure: unknown): Errors {
  if (!(failure instanceof Refused)) return {};
  const found = (failure.problem.errors ?? []).map((one) => [one.pointer, sentence('violation', one.code, one.message)] as const);
  return Object.fromEntries(found.reverse());
}

/** The sentence of a place, or of what is inside it where that has no field of its own. */
export function errorAt(errors: Errors, pointer: string, isWhole = false): string | undefined {
  return errors[pointer] ?? (isWhole ? Object.entries(errors).find(([at]) => at.startsWith(`${pointer}/`))?.[1] : undefined);
}

/** What went wrong, in one sentence; empty where nobody must be told. */
export function told(failure: unknown): string {
  if (failure instanceof SignedOut) return '';
  if (failure instanceof NotLoaded) return t('problem.not_loaded');
  if (!(failure instanceof Refused)) return t('problem.no_answer');
  const said = sentence('problem', failure.code, failure.problem.detail ?? failure.problem.title ?? failure.code);
  if (failure.status === 429 && failure.retryAfter > 0) return t('problem.wait', { seconds: failure.retryAfter });
  // Of a fault nothing is said but the number under which the operator finds it.
  return failure.status >= 500 && failure.status !== 503 ? `${t('problem.fault')} ${failure.problem.instance}` : said;
}

/** A summary of what is wrong, which takes the focus and leads to the fields. */
export function Wrong({ failure }: { readonly failure: unknown }) {
  const box = useRef<HTMLDivElement>(null);
  const [names, setNames] = useState<Readonly<Record<string, string>>>({});
  useEffect(() => {
    if (failure) box.current?.focus();
    // What stands at the fields is known once they are drawn, which may be with this.
    setNames(Object.fromEntries(Object.keys(errorsOf(failure)).map((pointer) => [pointer, nameOf(pointer)])));
  }, [failure]);
  const sentence_ = failure ? told(failure) : '';
  if (!sentence_) return null;
  const errors = Object.entries(errorsOf(failure));
  const lead = (pointer: string) => {
    const place = placeOf(pointer);
    // A field that is folded away cannot take the focus.
    for (let at = place?.closest('details'); at; at = at.parentElement?.closest('details')) at.open = true;
    place?.querySelector<HTMLElement>('input, select, textarea')?.focus();
  };
  return (
    <div class="wrong-box" role="alert" tabIndex={-1} ref={box}>
      <p>{sentence_}</p>
      {errors.length ? (
        <ul>
          {errors.map(([pointer, text]) => (
            <li key={pointer}>
              <button type="button" class="link" onClick={() => lead(pointer)}>{names[pointer] ?? nameOf(pointer)}</button>: {text}
            </li>
          ))}
        </ul>
      ) : null}
      {failure instanceof NotLoaded ? <button type="button" onClick={() => location.reload()}>{t('problem.reload')}</button> : null}
    </div>
  );
}

/** The field of a place, or the one around it. */
function placeOf(pointer: string): HTMLElement | undefined {
  const places = [...document.querySelectorAll<HTMLElement>('[data-pointer]')];
  const around = places.filter((one) => pointer.startsWith(`${one.dataset.pointer}/`)).sort((one, other) => (other.dataset.pointer?.length ?? 0) - (one.dataset.pointer?.length ?? 0));
  return places.find((one) => one.dataset.pointer === pointer) ?? around[0];
}

/** What stands at the field; of a place without one, its name in words. */
function nameOf(pointer: string): string {
  const label = placeOf(pointer)?.querySelector('label, legend')?.firstChild?.textContent?.trim();
  const last = pointer.split('/').filter((part) => !/^\d+$/.test(part)).at(-1) ?? '';
  return label || sentence('field', last, spelled(last)) || t('problem.whole');
}
