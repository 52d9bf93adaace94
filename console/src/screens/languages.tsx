// The languages, each by its own name: whoever does not read the one on screen finds theirs.

import { choose, language, languages, ownName, t } from '../i18n';
import { keepLanguage } from '../session/language';

export function Languages() {
  const to = (one: string) => {
    keepLanguage(one);
    // Without a line the page stays in the language that it has.
    choose(one).catch(() => undefined);
  };
  return (
    <nav class="languages" aria-label={t('nav.languages')}>
      {languages().map((one) => (
        <button type="button" class="link" key={one} lang={one} aria-pressed={one === language.value} onClick={() => to(one)}>
          {ownName(one)}
        </button>
      ))}
    </nav>
  );
}
