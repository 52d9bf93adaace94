// Which language was chosen at this computer: it says nothing of anybody, and is there before anybody has signed in.

const NAME = 'homeward.language';

/** A browser that keeps nothing keeps no language either; it is no obstacle. */
export function keepLanguage(language: string): void {
  try {
    localStorage.setItem(NAME, language);
  } catch {
    // It is chosen anew after a reload.
  }
}

export function keptLanguage(): string | null {
  try {
    return localStorage.getItem(NAME);
  } catch {
    return null;
  }
}
