// The staff console as staff meet it, in Chromium: node console.mjs ADDRESS ACCOUNTS [--screenshots FOLDER]

import { administering } from './administering.mjs';
import { auditing } from './auditing.mjs';
import { cases } from './cases.mjs';
import { entering } from './entering.mjs';
import { registering } from './registering.mjs';
import { reporting } from './reporting.mjs';
import { ownAccount, settingUp } from './setting-up.mjs';
import { browser, complaints, finish } from './shared.mjs';

try {
  await entering();
  await registering();
  await cases();
  await settingUp();
  await ownAccount();
  await administering();
  await reporting();
  await auditing();
} catch (error) {
  await browser.close();
  if (complaints.length) console.error([...new Set(complaints)].map((complaint) => `  - ${complaint}`).join('\n'));
  throw error;
}
await finish('The console does what staff do, and complains of nothing.');
