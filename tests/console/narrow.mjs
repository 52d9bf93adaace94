// Every screen in a window of a small phone and of a large one's fourfold zoom, in either direction, and in a language of long words: nothing
// is wider than the window, and nothing is cut.

import assert from 'node:assert/strict';
import { runInNewContext } from 'node:vm';
import { step } from './shared.mjs';
import { console_, passwordOf } from './staff.mjs';
import { countRequests, settled, twoAtATime, walk } from './walk.mjs';

/** A small phone, and what is left of 1280 px at 400 %. */
const NARROW = [360, 320];
/** There words are not broken to make columns narrow, and so each stands for itself. */
const WIDE = 1280;
/** What stands between words that are one. */
const JOINT = '⸗';
/** Between them they are offered every screen. */
const WALKERS = ['supervisor.idn', 'supervisor.safe-return', 'coordinator.khm', 'admin', 'auditor', 'analyst.khm'];

/** What is wider than the window, stands outside of it, leaves its box, or is cut without a way to scroll to it, from either side. */
const misfits = (page) => page.evaluate(() => {
  const found = new Set();
  const scrolls = (one) => ['auto', 'scroll'].includes(getComputedStyle(one).overflowX);
  /** Whether it is for those who hear the page, or comes into sight once it has the focus. */
  const isUnseen = (one) => one.matches('.skip') || getComputedStyle(one).clipPath !== 'none';
  const isSaid = (one, what) => {
    for (let at = one; at !== document.body; at = at.parentElement) if (isUnseen(at)) return;
    if (one.checkVisibility({ visibilityProperty: true })) found.add(`${document.documentElement.dir}: ${what}: <${one.tagName.toLowerCase()} class="${one.className}"> ${one.textContent.trim().slice(0, 40)}`);
  };
  const isScrolled = (one) => {
    for (let at = one.parentElement; at && at !== document.body; at = at.parentElement) if (scrolls(at)) return true;
    return false;
  };
  const fits = (one, wide) => {
    const box = one.getBoundingClientRect();
    if (!box.width || !box.height) return;
    if ((box.right > wide + 1 || box.left < -1) && !isScrolled(one)) isSaid(one, 'outside');
    if (one.clientWidth && one.scrollWidth > one.clientWidth + 1 && !scrolls(one)) {
      // Words that leave their box lie over others; a box of boxes may be left as long as the window is not.
      const hasWords = [...one.childNodes].some((inside) => inside.nodeType === Node.TEXT_NODE && inside.data.trim());
      const style = getComputedStyle(one);
      if (hasWords || style.borderInlineEndWidth !== '0px' || ['hidden', 'clip'].includes(style.overflowX)) isSaid(one, 'too wide for its box');
    }
    if (one.clientHeight && one.scrollHeight > one.clientHeight + 1 && ['hidden', 'clip'].includes(getComputedStyle(one).overflowY)) isSaid(one, 'cut');
  };
  const all = document.body.querySelectorAll('*:not(svg *, option, script, select, input, textarea, iframe)');
  for (const dir of ['rtl', 'ltr']) {
    document.documentElement.dir = dir;
    const { clientWidth, scrollWidth } = document.documentElement;
    if (scrollWidth > clientWidth) found.add(`${dir}: the page is ${scrollWidth} wide`);
    for (const one of all) fits(one, clientWidth);
  }
  return [...found];
});

/** Takes the words of messages apart, and joins them again. */
function apart(joint) {
  globalThis.joined = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) globalThis.joined.push([texts.currentNode, texts.currentNode.data]);
  for (const [text, data] of globalThis.joined) if (data.includes(joint)) text.data = data.replaceAll(joint, ' ');
}
function together() {
  for (const [text, data] of globalThis.joined) if (text.data !== data) text.data = data;
}

/** Looks at the screen that is open, in each width and direction. */
async function fits(page, kind, found) {
  const look = async (width, height) => {
    await page.setViewportSize({ width, height });
    for (const misfit of await misfits(page)) found.push(`${kind}, ${width} px, ${misfit}`);
  };
  await page.evaluate(apart, JOINT);
  await look(WIDE, 900);
  await page.evaluate(together);
  for (const width of NARROW) await look(width, 640);
}

/** Makes the words of a message 1.6 times as long, and one; what stands in braces for the program is left alone. */
function stretched(message) {
  let depth = 0;
  const longer = (word) => word + 'x'.repeat(Math.ceil(word.length * 0.6));
  return message.replace(/[^{}]+|[{}]/g, (part) => {
    if (part === '{') depth += 1;
    if (part === '}') depth -= 1;
    // In turn text, what the program reads, and text again inside of it.
    return part === '{' || part === '}' || depth % 2 ? part : part.split(' ').map(longer).join(JOINT);
  });
}

/** Answers each file of words with longer ones. */
async function stretchWords(page) {
  let files = 0;
  await page.route('**/console/part-*.js', async (route) => {
    const answer = await route.fetch();
    const [, before, words, after] = /^((?:import[^;]*;)*var \w+=\w+\()(\{[\s\S]*\})(\);export\{\w+ as \w+\};\s*)$/.exec(await answer.text()) ?? [];
    if (!words) return route.fulfill({ response: answer });
    files += 1;
    const each = (all, change) => Object.fromEntries(Object.entries(all).map(([name, one]) => [name, change(one)]));
    const longer = each(runInNewContext(`(${words})`), (group) => each(group, stretched));
    return route.fulfill({ response: answer, body: `${before}${JSON.stringify(longer)}${after}` });
  });
  return () => files;
}

/** Signs in whatever the fields are called. */
async function enter(page, username) {
  await page.locator('[name="/username"]').fill(username);
  await page.locator('[name="/password"]').fill(passwordOf(username));
  await page.keyboard.press('Enter');
  await page.locator('header nav').waitFor({ timeout: 30_000 });
  await settled(page);
}

async function walkAll(language, prepare) {
  const [found, kinds] = [[], new Set()];
  let looks = 0;
  await twoAtATime(WALKERS, async (username) => {
    const page = await console_({ viewport: { width: 360, height: 640 } }, async (made) => {
      await countRequests(made);
      await made.addInitScript((one) => localStorage.setItem('homeward.language', one), language);
      await prepare?.(made);
    });
    if (username === WALKERS[0]) await fits(page, 'the sign-in', found);
    await enter(page, username);
    // What one is offered on a screen, and how far a case is, decides what stands on it: each looks at all of theirs.
    await walk(page, async (kind) => {
      kinds.add(kind);
      looks += 1;
      await fits(page, `${kind} of ${username}`, found);
    });
    await page.context().close();
  });
  assert.ok(kinds.size > 40, `only ${kinds.size} kinds of screens`);
  console.log(`    ${kinds.size} kinds of screens, looked at ${looks} times`);
  assert.deepEqual(found, []);
}

export async function narrow() {
  await step('every screen fits a small phone and a fourfold zoom, from either side, in Khmer', () => walkAll('km'));

  await step('every screen fits them in a language of long words as well', async () => {
    let files = () => 0;
    // Every label of this one is a message, and none is made of a code.
    await walkAll('id', async (page) => { files = await stretchWords(page); });
    assert.ok(files() > 3, `${files()} files of words`);
  });
}
