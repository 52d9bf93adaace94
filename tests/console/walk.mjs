// A walk through every screen that a user is led to: from the navigation as it is drawn, on through every link that a screen shows. One of
// each kind is opened, so a screen that is new is walked without being named anywhere.

const ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** What kind of screen an address opens: which case, which record and which field makes no other one. */
function kindOf(address) {
  const [path, query = ''] = address.replace(ID, '*').split('?');
  const { form, paper } = Object.fromEntries(new URLSearchParams(query));
  return [path, form && `form=${form}`, paper && `paper=${paper}`].filter(Boolean).join(' ');
}

/** Lets a page say when everything that it asked for has come. Before the page is opened. */
export const countRequests = (page) => page.addInitScript(() => {
  globalThis.asking = 0;
  const ask = globalThis.fetch;
  globalThis.fetch = (...given) => {
    globalThis.asking += 1;
    return ask(...given).finally(() => { globalThis.asking -= 1; });
  };
});

/** Waits for a screen: its heading, its words, and what it reads. */
export const settled = (page) => page.evaluate(async () => {
  const isBusy = () => globalThis.asking > 0 || !document.querySelector('main h1') || [...document.querySelectorAll('main p.quiet[role=status]')].some((one) => one.textContent.includes('…'));
  for (let [quiet, tries] = [0, 0]; quiet < 3; tries += 1) {
    if (tries > 1000) throw new Error(`never there: ${document.querySelector('main')?.textContent}`);
    await new Promise((done) => { setTimeout(done, 20); });
    quiet = isBusy() ? 0 : quiet + 1;
  }
});

const linksIn = (page, where) => page.locator(`${where} a[href^="#/"]`).evaluateAll((links) => links.map((link) => link.getAttribute('href')));

/** Does something for each of them, two at a time: while one page waits for the server, the other one is drawn. */
export async function twoAtATime(all, work) {
  const left = [...all];
  const oneByOne = async () => { for (let next = left.shift(); next !== undefined; next = left.shift()) await work(next); };
  await Promise.all([oneByOne(), oneByOne()]);
}

/** Opens one of each kind of screen that is not opened yet, and five cases: what they show depends on how far they are. `visit` is told
 *  the kind. */
export async function walk(page, visit) {
  const opened = new Map();
  const waiting = await linksIn(page, 'header nav');
  for (let address = waiting.shift(); address !== undefined; address = waiting.shift()) {
    const kind = kindOf(address);
    const before = opened.get(kind) ?? 0;
    if (before >= (kind === '#/cases/*' ? 5 : 1)) continue;
    opened.set(kind, before + 1);
    await page.evaluate((to) => { location.hash = to; }, address);
    await settled(page);
    await visit(kind);
    // What a screen offers comes before what another one offered: of a case its parts are walked first.
    waiting.unshift(...await linksIn(page, 'main'));
  }
  return [...opened.keys()];
}
