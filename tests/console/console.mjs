// The staff console as staff meet it, in Chromium: node console.mjs ADDRESS ACCOUNTS [--screenshots FOLDER] [NAME…]
// Names try those stories alone, in the order in which they stand below: `cases` needs the person of `registering`.

import { administering } from './administering.mjs';
import { auditing } from './auditing.mjs';
import { assigning } from './assigning.mjs';
import { blind } from './blind.mjs';
import { byKeyboard } from './by-keyboard.mjs';
import { cases } from './cases.mjs';
import { crowd } from './crowd.mjs';
import { decisions } from './decisions.mjs';
import { duplicates } from './duplicates.mjs';
import { embassies } from './embassies.mjs';
import { entering } from './entering.mjs';
import { everyScreen } from './every-screen.mjs';
import { kept } from './kept.mjs';
import { languages } from './languages.mjs';
import { leftovers } from './leftovers.mjs';
import { listing } from './listing.mjs';
import { narrow } from './narrow.mjs';
import { papers } from './papers.mjs';
import { registering } from './registering.mjs';
import { sharing } from './sharing.mjs';
import { reporting } from './reporting.mjs';
import { ownAccount, settingUp } from './setting-up.mjs';
import { browser, complaints, finish, others } from './shared.mjs';
import { slowLine } from './slow-line.mjs';
import { travelling } from './travelling.mjs';
import { waiving } from './waiving.mjs';
import { tracing } from './tracing.mjs';

// What the others made is there to be walked through; the crowd comes last, for it fills every list.
const stories = {
  entering, registering, kept, languages, cases, sharing, embassies, travelling, waiving, listing, papers, settingUp, ownAccount, administering, reporting,
  auditing, tracing, duplicates, decisions, assigning, blind, byKeyboard, leftovers, slowLine, everyScreen, narrow, crowd,
};
const chosen = others.slice(1).filter((one, at, all) => one !== '--screenshots' && all[at - 1] !== '--screenshots');
const unknown = chosen.filter((one) => !(one in stories));
if (unknown.length) throw new Error(`no story is called ${unknown}; these are: ${Object.keys(stories).join(', ')}`);

try {
  const told = Object.entries(stories).filter(([name]) => !chosen.length || chosen.includes(name)).map(([, tell]) => tell);
  for (const tell of told) await tell.before?.();
  for (const tell of told) await tell();
} catch (error) {
  await browser.close();
  if (complaints.length) console.error([...new Set(complaints)].map((complaint) => `  - ${complaint}`).join('\n'));
  throw error;
}
await finish('The console does what staff do, and complains of nothing.', chosen.length > 0);
