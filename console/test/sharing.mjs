// What is asked of the person and what is recorded of it, without a browser.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bundled } from './bundled.mjs';

const { typed, wording, words, seers, direction, decision, leads, second } = await bundled(
  `export * as typed from './src/screens/consent/typed'; export * as wording from './src/screens/consent/wording'; export * as words from './src/i18n/evaluate'; export * as seers from './src/screens/case-sharing/seers'; export * as direction from './src/screens/sharing/direction'; export * as decision from './src/screens/embassy/decision'; export * as leads from './src/screens/leads'; export * as second from './src/screens/case-sharing/second-person';`,
);

const TOLD = Object.fromEntries(wording.STATEMENTS.map((one) => [one, 'yes']));
const ASKED = { ...typed.EMPTY, purpose: 'share_with_ngo', recipient: 'organisation', organisation: 'mekong', compartments: ['identity', 'health'], language: 'my', interpreter: ' ဒေါ်ခင် ', giver: 'self', until: '17.3.2027' };

test('another question has no answer yet, and what was told in another language was not told', () => {
  const answered = { ...ASKED, told: TOLD, answer: 'granted' };
  for (const to of [{ compartments: ['identity'] }, { organisation: 'other' }, { recipient: 'anyone' }, { until: '' }, { giver: 'parent' }, { purpose: 'media' }]) {
    assert.deepEqual([typed.change(answered, to).answer, typed.change(answered, to).told], ['', TOLD], JSON.stringify(to));
  }
  for (const to of [{ evidence: 'shelf 3' }, { on: '1.3.2026' }, { interpreter: 'x' }, { compartments: ['identity', 'health'] }]) assert.equal(typed.change(answered, to).answer, 'granted', JSON.stringify(to));
  assert.deepEqual([typed.change(answered, { language: 'km' }).answer, typed.change(answered, { language: 'km' }).told], ['', {}]);
});

test('nobody is asked before it is said what for, who, in which language and who interprets', () => {
  assert.deepEqual(typed.missing(ASKED), []);
  assert.deepEqual(typed.missing(typed.EMPTY), ['/purpose', '/recipient', '/language', '/given_by']);
  assert.deepEqual(typed.missing({ ...ASKED, interpreter: ' ' }), ['/interpreter']);
  assert.deepEqual(typed.missing({ ...ASKED, interpreter: '', language: 'en' }), [], 'the wording is in English');
  assert.deepEqual(typed.missing({ ...ASKED, recipient: 'missions_of' }), ['/recipient_missions_of']);
  assert.deepEqual(typed.missing({ ...ASKED, giver: 'guardian' }), ['/capacity_note']);
  assert.ok(!typed.isTold({ ...ASKED, told: { ...TOLD, informed_of_withdrawal: undefined } }) && typed.isTold({ ...ASKED, told: TOLD }));
});

test('what was read is named by its version, and read anew where the text is another one now', () => {
  const told = typed.change(ASKED, { told: TOLD });
  const { version } = wording.wordingFor('my');
  assert.deepEqual(typed.bodyOf(told).wording, { language: 'en', version }, 'interpreted from the English text');
  assert.equal(typed.bodyOf(ASKED).wording, undefined, 'nothing was read');
  assert.equal(typed.change(told, { language: 'km' }).read, '');
  assert.equal(typed.asItReadsNow(told), told);
  const older = typed.asItReadsNow({ ...told, read: '2025-01-01', answer: 'granted' });
  assert.deepEqual([older.told, older.read, older.answer], [{}, '', '']);
});

test('a yes records what was agreed to, and a no opens nothing whatever was asked for', () => {
  const yes = JSON.parse(JSON.stringify(typed.bodyOf({ ...ASKED, told: { ...TOLD, consents_to_interview: 'no', how_to_complain: 'yes' }, answer: 'granted' })));
  assert.deepEqual([yes.answer, yes.compartments, yes.recipient_organisation_id, yes.interpreter, yes.given_on], ['granted', ['identity', 'health'], 'mekong', 'ဒေါ်ခင်', undefined]);
  assert.deepEqual([yes.disclosures.consents_to_interview, yes.disclosures.informed_of_withdrawal, yes.disclosures.how_to_complain, yes.disclosures.recipients_named], [false, true, true, false]);
  assert.equal(new Date(yes.expires_at).getTime(), new Date(2027, 2, 17, 23, 59, 59).getTime(), 'to the end of that day');
  const no = JSON.parse(JSON.stringify(typed.bodyOf({ ...ASKED, answer: 'refused' })));
  assert.deepEqual([no.answer, no.compartments, no.expires_at, no.disclosures.informed_of_data_use], ['refused', [], undefined, false]);
  assert.equal(typed.endOf('spring'), 'spring', 'the API says at the field what is wrong with it');
});

test('for a child somebody answers by a right that is stated, and the child is heard', () => {
  const asked = { ...ASKED, answer: 'granted', giver: 'guardian', capacity: 'a child', right: { basis: 'court_order', by: 'Court', on: '1.2.2026', document: '', conflict: 'no' }, child: { agrees: 'too_young', on: '3.3.2026', words: 'Plays', explained: 'yes' } };
  const body = JSON.parse(JSON.stringify(typed.bodyOf(asked)));
  assert.deepEqual(body.guardianship, { basis: 'court_order', appointed_by: 'Court', appointed_on: '2026-02-01', conflict_of_interest: false });
  assert.deepEqual(body.assent, { agrees: null, asked_on: '2026-03-03', words: 'Plays', explained_for_age: true });
  assert.ok(!('guardianship' in typed.bodyOf({ ...asked, giver: 'self' })), 'who answers for themselves has no guardian');
});

test('what stays with us is asked about us, and opens nothing', () => {
  const inside = typed.withPurpose(ASKED, 'photograph', 'us');
  assert.deepEqual([inside.recipient, inside.organisation, inside.compartments], ['organisation', 'us', []]);
  const other = typed.withPurpose(ASKED, 'share_with_law_enforcement', 'us');
  assert.deepEqual([other.recipient, other.organisation, other.compartments], ['', '', []], 'and nobody is taken along to another purpose');
  assert.equal(typed.withPurpose(ASKED, 'share_with_ngo', 'us'), ASKED);
});

test('the purpose that a refusal names is found, and none is guessed', () => {
  assert.equal(typed.purposeIn('There is no consent in force for share_with_mission that includes this organisation and covers identity.'), 'share_with_mission');
  assert.equal(typed.purposeIn('There is no consent in force for media that includes this'), 'media');
  assert.equal(typed.purposeIn('Something else'), '');
});

test('every sentence that is read can be read', () => {
  const english = wording.wordingFor('en');
  const sentences = (value) => (typeof value === 'string' ? [value] : Array.isArray(value) ? value.flatMap(sentences) : value && typeof value === 'object' ? Object.values(value).flatMap(sentences) : []);
  for (const sentence of sentences(english)) assert.doesNotThrow(() => words.parse(sentence), sentence);
  assert.deepEqual([wording.wordingIn('en-GB')?.language, wording.wordingIn('km'), wording.needsInterpreter('km'), wording.needsInterpreter('')], ['en', null, true, false]);
});

test('who sees a case is put together from what opens it, and what is over opens nothing', () => {
  const seen = {
    file: { owner_id: 'us', side_state: null },
    denials: { items: [] },
    names: [{ id: 'idn', kind: 'diplomatic_mission', country: 'IDN' }, { id: 'shelter', kind: 'shelter', country: 'KHM' }],
    referrals: [
      { id: 'a', other_id: 'shelter', status: 'accepted', compartments: ['identity'], expires_at: null }, { id: 'b', other_id: 'late', status: 'accepted', compartments: ['identity'], expires_at: '2026-01-01T00:00:00Z' },
      { id: 'c', other_id: 'asked', status: 'in_progress', compartments: ['identity'], expires_at: null },
    ],
    contacts: [{ id: 'd', mission_id: 'idn', person_decision: 'requested' }, { id: 'e', mission_id: 'vnm', person_decision: 'declined' }, { id: 'f', mission_id: 'us', person_decision: 'requested' }],
    emergencies: [{ id: 'g', organisation_id: 'night', compartments: ['health'], expires_at: '2026-03-01T00:00:00Z', verdict: null }, { id: 'h', organisation_id: 'bad', compartments: ['health'], expires_at: '2026-03-01T00:00:00Z', verdict: 'unjustified' }],
  };
  assert.deepEqual(seers.seersOf(seen, Date.parse('2026-02-01T00:00:00Z')).map((one) => `${one.organisation} ${one.by}`), ['us owner', 'idn contact', 'shelter referral', 'night emergency']);
  const with_ = (change) => seers.seersOf({ ...seen, ...change }, Date.parse('2026-02-01T00:00:00Z')).map((one) => `${one.organisation} ${one.by}`);
  const denial = (denied, lifted_at = null) => with_({ denials: { items: [{ denied, lifted_at }] } });
  assert.deepEqual(denial({ scope: 'missions_of', missions_of: 'IDN' }), ['us owner', 'shelter referral', 'night emergency'], 'a denial beats what the person decided before');
  assert.deepEqual(denial({ scope: 'organisation_kind', organisation_kind: 'shelter' }), ['us owner', 'idn contact', 'night emergency']);
  assert.deepEqual(denial({ scope: 'organisation', organisation_id: 'night' }), ['us owner', 'idn contact', 'shelter referral']);
  assert.equal(denial({ scope: 'organisation', organisation_id: 'night' }, '2026-01-01T00:00:00Z').length, 4, 'one that was lifted ends nothing');
  assert.deepEqual(with_({ denials: {} })[1], 'idn contact_unsure', 'what is kept from us is not claimed');
  assert.deepEqual(with_({ file: { owner_id: 'us', side_state: 'protection_pathway' } }), ['us owner', 'shelter referral', 'night emergency']);
});

test('a request for a case is answered by its owner, an offer and a referral by the other side', () => {
  const between = (kind) => ({ kind, owner_id: 'owner', other_id: 'other' });
  assert.deepEqual(['referral', 'transfer', 'transfer_request'].map((kind) => [direction.isForUs(between(kind), 'owner'), direction.isForUs(between(kind), 'other')]), [[false, true], [false, true], [true, false]]);
});

test('a decision about the embassy says what was chosen and nothing else', () => {
  const chosen = { ...decision.EMPTY, mission: 'idn', decision: 'declined', initiator: 'family' };
  assert.deepEqual(decision.bodyOf(chosen, true), { mission_id: 'idn', initiated_by: 'family', person_decision: 'declined' });
  assert.deepEqual(decision.missing(chosen, false), [], 'a no needs nothing more');
  assert.deepEqual(decision.missing({ ...chosen, decision: 'requested' }, false), ['/informed_of_rights_on'], 'a yes needs that the right was read');
  assert.deepEqual(decision.missing(decision.EMPTY, false), ['/mission_id', '/person_decision', '/initiated_by']);
  assert.deepEqual(decision.patchOf({ ...decision.EMPTY, mission: 'idn', isRead: true, readOn: '1.3.2026' }, false, '2026-03-02'), { informed_of_rights_on: '2026-03-01' }, 'that they were informed, and no decision');
  assert.ok('child_decision' in decision.bodyOf({ ...chosen, decision: 'accepted' }, true), 'somebody answers for a child that lets the mission in');
});

test('what has a page of its own is led to there', () => {
  assert.deepEqual(
    [{ resource: 'embassy-contacts', field: 'person_decision' }, { resource: 'embassy-contacts', field: 'visit_on' }, { resource: 'denials', field: 'lifted_at' }, { resource: 'takeover', field: null }].map((wanted) => leads.leadsTo('1', wanted)),
    ['#/cases/1/embassy', '#/cases/1?form=embassy-contacts&field=visit_on', '#/cases/1/sharing', '#/cases/1/sharing'],
  );
});

test('a reason for one act of a case is not kept as that for another', () => {
  const kinds = [{ takeover: { case_id: 'c' } }, { exclusion: { case_id: 'c', way: 'denial' } }, { exclusion: { case_id: 'd', way: 'denial' } }].map(second.kindOf);
  assert.equal(new Set(kinds).size, 3);
  assert.ok(kinds[0].endsWith('c') && kinds[2].endsWith('d'), 'it is forgotten with its case');
});
