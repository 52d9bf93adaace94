// The staff console as staff meet it, in Chromium: node console.mjs ADDRESS ACCOUNTS [--screenshots FOLDER]

import { administering } from './administering.mjs';
import { auditing } from './auditing.mjs';
import { assigning } from './assigning.mjs';
import { blind } from './blind.mjs';
import { cases } from './cases.mjs';
import { decisions } from './decisions.mjs';
import { duplicates } from './duplicates.mjs';
import { entering } from './entering.mjs';
import { kept } from './kept.mjs';
import { languages } from './languages.mjs';
import { papers } from './papers.mjs';
import { registering } from './registering.mjs';
import { sharing } from './sharing.mjs';
import { reporting } from './reporting.mjs';
import { ownAccount, settingUp } from './setting-up.mjs';
import { browser, complaints, finish } from './shared.mjs';
import { travelling } from './travelling.mjs';
import { waiving } from './waiving.mjs';
import { tracing } from './tracing.mjs';

try {
  await entering();
  await registering();
  await kept();
  await languages();
  await cases();
  await sharing();
  await travelling();
  await waiving();
  await papers();
  await settingUp();
  await ownAccount();
  await administering();
  await reporting();
  await auditing();
  await tracing();
  await duplicates();
  await decisions();
  await assigning();
  await blind();
} catch (error) {
  await browser.close();
  if (complaints.length) console.error([...new Set(complaints)].map((complaint) => `  - ${complaint}`).join('\n'));
  throw error;
}
await finish('The console does what staff do, and complains of nothing.');
