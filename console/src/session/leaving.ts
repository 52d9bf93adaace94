// That somebody signed out and the server may not know it yet: without a line the cookie stays, and a reload would go on with it. The
// mark says nothing of anybody; while it stands, the page ends the session before it does anything else.

const MARK = 'homeward.leaving';

/** A browser that keeps nothing keeps no mark either; it is no obstacle. */
function quietly<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}

export const mark = (): unknown => quietly(() => localStorage.setItem(MARK, '1'));
export const unmark = (): unknown => quietly(() => localStorage.removeItem(MARK));
export const isMarked = (): boolean => quietly(() => localStorage.getItem(MARK)) === '1';
