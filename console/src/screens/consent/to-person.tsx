// The side that is turned to the person: large, in their language, one thing at a time. Nothing else of the case can be seen or reached.

import { useEffect, useRef, useState } from 'preact/hooks';
import { Dialog } from '../../ui/dialog';
import { Question } from './question';
import type { Asked } from './question';
import { isTold } from './typed';
import type { Typed } from './typed';
import { MORE, STATEMENTS, isAsked, said, sentenceOf } from './wording';
import type { More, Statement, Wording } from './wording';

interface Props {
  readonly wording: Wording;
  readonly typed: Typed;
  readonly asked: Asked;
  readonly onTold: (told: Typed['told']) => void;
  readonly onAnswer: (answer: 'granted' | 'refused') => void;
  readonly onClose: () => void;
}

export function ToPerson({ wording, typed, asked, onTold, onAnswer, onClose }: Props) {
  // Whoever comes back goes on where they were.
  const [at, setAt] = useState(() => (isTold(typed) ? STATEMENTS.length + 1 : Math.max(0, STATEMENTS.findIndex((one) => typed.told[one] === undefined))));
  const [isOver, setOver] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Each sentence begins at the top, whatever was scrolled to before.
    place.current?.focus({ preventScroll: true });
    place.current?.closest('dialog')?.scrollTo(0, 0);
  }, [at, isOver]);
  const set = (one: Statement | More, value: 'yes' | 'no' | undefined) => onTold({ ...typed.told, [one]: value });
  const answer = (given: 'granted' | 'refused') => {
    onAnswer(given);
    setOver(true);
  };
  const of = STATEMENTS.length + 2;
  const statement = STATEMENTS[at];
  return (
    <Dialog title={isOver ? wording.thanks : said(wording, wording.progress, { at: at + 1, of })} turned={wording.language} onClose={onClose}>
      <div ref={place} tabIndex={-1} class="spoken">
        {isOver ? null : statement ? (
          <>
            {at === 0 ? <p>{wording.intro}</p> : null}
            <p class="said">{sentenceOf(wording, statement)}</p>
            {isAsked(statement) ? (
              <Either wording={wording} chosen={typed.told[statement]} onChoose={(value) => set(statement, value)} />
            ) : (
              <Tick text={wording.understood} isOn={typed.told[statement] === 'yes'} onTick={(isOn) => set(statement, isOn ? 'yes' : undefined)} />
            )}
          </>
        ) : at === STATEMENTS.length ? (
          <>
            <p><strong>{wording.more_title}</strong></p>
            {MORE.map((one) => <Tick key={one} text={wording.more[one]} isOn={typed.told[one] === 'yes'} onTick={(isOn) => set(one, isOn ? 'yes' : undefined)} />)}
          </>
        ) : (
          <>
            <Question wording={wording} typed={typed} asked={asked} />
            <p>{wording.either_way}</p>
            <p class="answers">
              <button type="button" onClick={() => answer('granted')}>{wording.yes}</button>
              <button type="button" onClick={() => answer('refused')}>{wording.no}</button>
            </p>
          </>
        )}
      </div>
      {isOver ? <p class="buttons"><button type="button" onClick={onClose}>{wording.next}</button></p> : (
        <p class="buttons">
          <button type="button" class="quiet-button" disabled={at === 0} onClick={() => setAt(at - 1)}>{wording.back}</button>
          {at <= STATEMENTS.length ? <button type="button" disabled={statement !== undefined && typed.told[statement] === undefined} onClick={() => setAt(at + 1)}>{wording.next}</button> : null}
          {at <= STATEMENTS.length ? <button type="button" class="quiet-button" onClick={() => answer('refused')}>{wording.stop}</button> : null}
        </p>
      )}
    </Dialog>
  );
}

function Tick({ text, isOn, onTick }: { readonly text: string; readonly isOn: boolean; readonly onTick: (isOn: boolean) => void }) {
  return (
    <label class="check">
      <input type="checkbox" checked={isOn} onChange={(event) => onTick(event.currentTarget.checked)} />
      <span>{text}</span>
    </label>
  );
}

/** Neither is chosen beforehand, and neither is larger. */
function Either({ wording, chosen, onChoose }: { readonly wording: Wording; readonly chosen: 'yes' | 'no' | undefined; readonly onChoose: (value: 'yes' | 'no') => void }) {
  return (
    <p class="answers">
      {(['yes', 'no'] as const).map((value) => (
        <button key={value} type="button" class={chosen === value ? undefined : 'quiet-button'} aria-pressed={chosen === value} onClick={() => onChoose(value)}>{wording[value]}</button>
      ))}
    </p>
  );
}
