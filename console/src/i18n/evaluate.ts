// Messages in the form of ICU: `{name}`, `{count, plural, =0 {…} one {…} other {…}}` and `{kind, select, a {…} other {…}}`, with `#` for
// the number. Read when first used; a message that cannot be read is a fault of the build, which tries them all.

export type Values = Readonly<Record<string, string | number>>;
type Part = string | { readonly name: string; readonly kind: string; readonly cases: ReadonlyMap<string, readonly Part[]> };

export function parse(text: string): readonly Part[] {
  let at = 0;
  const parts = (isInside: boolean): Part[] => {
    const found: Part[] = [];
    let plain = '';
    while (at < text.length) {
      const letter = text[at];
      if (letter === '}' && isInside) break;
      if (letter === '{') {
        if (plain) found.push(plain);
        plain = '';
        found.push(argument());
      } else {
        plain += letter;
        at += 1;
      }
    }
    if (plain) found.push(plain);
    return found;
  };
  const word = (ends: string): string => {
    const from = at;
    while (at < text.length && !ends.includes(text[at] ?? '')) at += 1;
    return text.slice(from, at).trim();
  };
  const argument = (): Part => {
    at += 1;
    const name = word(',}');
    const cases = new Map<string, readonly Part[]>();
    if (text[at] === '}') {
      at += 1;
      return { name, kind: '', cases };
    }
    at += 1;
    const kind = word(',');
    at += 1;
    for (;;) {
      const which = word('{}');
      if (text[at] !== '{') break;
      at += 1;
      cases.set(which, parts(true));
      at += 1;
    }
    if (!cases.has('other')) throw new Error(`no "other" in ${text}`);
    at += 1;
    return { name, kind, cases };
  };
  return parts(false);
}

export function evaluate(parts: readonly Part[], values: Values, language: string, number = ''): string {
  return parts
    .map((part) => {
      if (typeof part === 'string') return number ? part.replaceAll('#', number) : part;
      const value = values[part.name] ?? '';
      if (!part.kind) return typeof value === 'number' ? figure(value, language) : value;
      const rule = part.kind === 'plural' ? new Intl.PluralRules(language).select(Number(value)) : String(value);
      const chosen = part.cases.get(part.kind === 'plural' ? `=${value}` : rule) ?? part.cases.get(rule) ?? part.cases.get('other') ?? [];
      return evaluate(chosen, values, language, part.kind === 'plural' ? figure(Number(value), language) : number);
    })
    .join('');
}

/** A number in Latin digits, in every language. */
export const figure = (value: number, language: string): string => new Intl.NumberFormat(`${language}-u-nu-latn`).format(value);
