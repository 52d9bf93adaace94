// A walk-in, in the order in which one asks, without a pointer. What was typed stays until an answer came; what was sent is frozen.

import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Refused } from '../api/problem';
import { send } from '../api/send';
import { GENDERS } from '../forms/codes';
import { list_duplicate_candidates } from '../generated/operations';
import type { S } from '../generated/schema';
import { label, labelled, t } from '../i18n';
import { countries } from '../i18n/countries';
import { shownBirth } from '../i18n/dates';
import { go } from '../router';
import { draft, drop, keep } from '../session/drafts';
import { KIND, mended, onScreen, outbox, post, takeOut } from '../session/outbox';
import { me, onWipe } from '../session/session';
import { Wrong, errorAt, errorsOf } from '../ui/errors';
import { Chips, Flag, Form, Select, Text } from '../ui/fields';
import { hasLetters, isPressing, isTaken } from '../ui/keys';
import { Slip } from '../ui/slip';
import { counter } from './counter';
import type { Counter } from './counter';
import { CHANNELS, CUSTODIES, EMPTY, NEEDS, bodyOf, isEmpty, looksZawgyi, nameOf } from './walk-in';
import type { WalkIn } from './walk-in';

let prefilled: Counter | null = null;
onWipe(() => {
  prefilled = null;
});

export function Register() {
  const [form, setForm] = useState<WalkIn>(() => draft<WalkIn>(KIND) ?? { ...EMPTY, ...prefilled });
  const [key, setKey] = useState<string | null>(null);
  const [failure, setFailure] = useState<unknown>(() => mended.peek().refusal ?? null);
  const item = outbox.value.find((one) => one.key === key);
  useEffect(() => {
    // It was said once; the form that is opened after this one is another.
    mended.value = { ...mended.peek(), refusal: undefined };
  }, []);

  useEffect(() => {
    if (prefilled) return;
    counter().then(
      (known) => {
        prefilled = known;
        setForm((before) => ({ ...before, host: before.host || known.host, nationality: before.nationality || known.nationality, channel: known.channel }));
      },
      // Without a line the fields are filled in by hand.
      () => undefined,
    );
  }, []);
  useEffect(() => {
    if (isEmpty(form)) drop(KIND);
    else keep(KIND, form);
  }, [form]);
  useEffect(() => {
    if (item?.state !== 'refused') return;
    // Refused is not sent: it is typed on, and goes under a new key.
    setForm(item.typed as WalkIn);
    setFailure(item.refusal);
    takeOut(item.key);
    setKey(null);
  }, [item?.state]);

  useEffect(() => {
    onScreen.value = key;
    return () => {
      onScreen.value = null;
      // What was seen is forgotten; what still waits goes into the list, with its code when it comes.
      if (outbox.value.some((one) => one.key === key && one.state === 'done')) takeOut(key ?? '');
    };
  }, [key]);

  const change = (to: Partial<WalkIn>) => setForm((before) => ({ ...before, ...to }));
  const next = () => {
    setKey(null);
    setFailure(null);
    // The same counter, the next person.
    setForm((before) => ({ ...EMPTY, host: before.host, nationality: before.nationality, channel: before.channel }));
  };
  const save = () => {
    if (key) return;
    setFailure(null);
    setKey(post(bodyOf(form), nameOf(form), form));
    setForm((before) => ({ ...EMPTY, host: before.host, nationality: before.nationality, channel: before.channel }));
  };
  if (item && key) return <Saved item={item} onNext={next} />;
  return <Fields form={form} change={change} save={save} failure={failure} />;
}

interface FieldsProps {
  readonly form: WalkIn;
  readonly change: (to: Partial<WalkIn>) => void;
  readonly save: () => void;
  readonly failure: unknown;
}

function Fields({ form, change, save, failure }: FieldsProps) {
  const errors = useMemo(() => errorsOf(failure), [failure]);
  const at = (pointer: string) => errorAt(errors, pointer, true);
  const [left, setLeft] = useState(0);
  const leave = () => setLeft((before) => before + 1);
  const zawgyi = [form.given, form.family, form.script].some(looksZawgyi) ? t('register.zawgyi') : undefined;
  return (
    <>
      <h1 tabIndex={-1}>{t('register.title')}</h1>
      <p class="quiet">{t('register.keys')}</p>
      <Form label={t('register.title')} onSubmit={save} enterLeadsOn>
        <Wrong failure={failure} />
        <div class="grid">
          <Text label={t('register.given')} name="/identity/given_name" value={form.given} onInput={(given) => change({ given })} onLeave={leave} error={at('/identity/given_name')} hint={zawgyi} max={200} isName hasFocus />
          <Text label={t('register.family')} name="/identity/family_name" value={form.family} onInput={(family) => change({ family })} onLeave={leave} error={at('/identity/family_name')} max={200} isName />
          <Text label={t('register.birth')} name="/identity/birth_date" value={form.birth} onInput={(birth) => change({ birth })} onLeave={leave} error={at('/identity/birth_date') ?? at('/identity/age_estimate')} hint={shownBirth(form.birth) || t('register.birth_hint')} max={20} />
          <Select label={t('register.gender')} name="/gender" value={form.gender} choices={labelled('gender', GENDERS)} onChange={(gender) => change({ gender })} none={t('form.not_asked')} error={at('/gender')} />
          <Select label={t('register.passport')} name="/identity/documents" value={form.custody} choices={labelled('custody', CUSTODIES)} onChange={(custody) => change({ custody })} none={t('form.not_asked')} error={at('/identity/documents')} />
          <Text label={t('register.number')} name="/identity/documents/0/number" value={form.number} onInput={(number) => change({ number })} onLeave={leave} error={errorAt(errors, '/identity/documents/0/number')} max={60} />
          <Text label={t('register.phone')} name="/contact/phones/0/number" type="tel" mode="tel" value={form.phone} onInput={(phone) => change({ phone })} onLeave={leave} error={at('/contact/phones')} max={60} />
          {form.phone ? <Flag label={t('register.safe')} name="/contact/phones/0/safe" value={form.safe} onChange={(safe) => change({ safe })} /> : null}
        </div>
        <Chips label={t('register.needs')} name="/health/immediate_needs" values={form.needs} choices={labelled('need', NEEDS)} onChange={(needs) => change({ needs: needs.includes('none') && !form.needs.includes('none') ? ['none'] : needs.filter((one) => one !== 'none' || needs.length === 1) })} error={at('/health')} />
        <details open={Boolean(!form.host || at('/host_country') || at('/nationality_claimed'))}>
          <summary>{t('register.more')}</summary>
          <div class="grid">
            <Text label={t('register.script')} name="/identity/original_script_name" value={form.script} onInput={(script) => change({ script })} error={at('/identity/original_script_name')} max={300} isName />
            <Select label={t('register.host')} name="/host_country" value={form.host} choices={countries()} onChange={(host) => change({ host })} error={at('/host_country')} required />
            <Select label={t('register.nationality')} name="/nationality_claimed" value={form.nationality} choices={countries(true)} onChange={(nationality) => change({ nationality })} none={t('form.not_asked')} error={at('/nationality_claimed')} />
            <Select label={t('register.channel')} name="/intake_channel" value={form.channel} choices={labelled('channel', CHANNELS)} onChange={(channel) => change({ channel })} error={at('/intake_channel')} required />
          </div>
        </details>
        <p class="buttons"><button>{t('register.save')}</button></p>
      </Form>
      <Hint form={form} turn={left} />
    </>
  );
}

/** Who it may be, said quietly: it takes no focus and keeps nobody from saving. */
function Hint({ form, turn }: { readonly form: WalkIn; readonly turn: number }) {
  const [found, setFound] = useState<readonly S.FoundCaseSummary[]>([]);
  useEffect(() => {
    const body = bodyOf(form);
    const document_ = body.identity?.documents?.[0]?.number;
    const facts = { birth_date: body.identity?.birth_date, document_number: document_, phone: body.contact?.phones?.[0]?.number };
    // A name alone floods with namesakes.
    const isEnough = nameOf(form) && (facts.birth_date || facts.document_number || facts.phone);
    if (!isEnough) return setFound([]);
    const stop = new AbortController();
    const described: S.DescribedPerson = { name: nameOf(form), nationality: body.nationality_claimed, ...facts };
    send(list_duplicate_candidates, { body: described, signal: stop.signal }).then(
      (answer) => setFound(answer.body.items.slice(0, 3)),
      // A hint that does not come is none: the server compares by itself after the registration.
      (failure: unknown) => (failure instanceof Refused ? setFound([]) : undefined),
    );
    return () => stop.abort();
  }, [turn]);
  return (
    <section class="hint-box" aria-live="polite" aria-label={t('register.known')}>
      {found.length ? (
        <>
          <h2>{t('register.known')}</h2>
          <ul>
            {found.map((one) => (
              <li key={one.id}>
                <a href={`#/cases/${one.id}`}><bdi dir="auto">{one.name ?? one.code}</bdi></a> <bdi>{one.code}</bdi>{' '}
                <span class="quiet">{one.reasons.map((reason) => `${label('match', reason.field)}: ${label('outcome', reason.outcome)}`).join(' · ')}</span>
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </section>
  );
}

interface SavedProps {
  readonly item: (typeof outbox.value)[number];
  readonly onNext: () => void;
}

/** The code, large; or that it waits for a line, while the next person can be asked already. */
function Saved({ item, onNext }: SavedProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const made = item.made;
  useEffect(() => heading.current?.focus(), [made?.id]);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.repeat || isTaken(event)) return;
      const letters = hasLetters.value ? { n: onNext, ...(made ? { p: () => print() } : {}) } : {};
      const enter = made && !isPressing(event) ? { Enter: () => go(`cases/${made.id}`) } : {};
      const act = ({ ...letters, ...enter } as Readonly<Record<string, () => void>>)[event.key];
      // What does nothing here is left to whatever has the focus.
      if (!act) return;
      event.preventDefault();
      event.stopPropagation();
      act();
    };
    addEventListener('keydown', press, { capture: true });
    return () => removeEventListener('keydown', press, { capture: true });
  }, [made]);
  if (!made) {
    return (
      <>
        <h1 tabIndex={-1} ref={heading} aria-live="polite">{item.state === 'sending' ? t('register.sending') : t('register.waiting')}</h1>
        <p>{t('register.waiting_text')}</p>
        <button type="button" onClick={onNext}>{t('register.next')}</button>
      </>
    );
  }
  return (
    <>
      <h1 tabIndex={-1} ref={heading}>{t('register.saved')}</h1>
      <Slip made={made} name={item.name || t('register.nameless')} organisation={me.value?.organisation_name ?? ''} />
      <p class="buttons">
        <a class="button" href={`#/cases/${made.id}`}>{t('register.open')}</a>
        <button type="button" onClick={onNext}>{t('register.next')}</button>
        <button type="button" class="quiet-button" onClick={() => print()}>{t('register.print')}</button>
      </p>
    </>
  );
}
