// What cannot be taken back is done with two keys: the second one says what it does.

import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';

interface Props {
  /** The first key. */
  readonly label: string;
  /** What it is about, for those who hear and do not see what stands beside it. */
  readonly about?: string;
  readonly question: string;
  readonly yes: string;
  readonly no: string;
  readonly isBusy?: boolean;
  readonly onYes: () => void;
  /** What must be said with it. */
  readonly children?: ComponentChildren;
}

export function Sure({ label, about, question, yes, no, isBusy = false, onYes, children }: Props) {
  const [isAsked, setAsked] = useState(false);
  const first = useRef<HTMLButtonElement>(null);
  const back = () => {
    setAsked(false);
    setTimeout(() => first.current?.focus());
  };
  if (!isAsked) return <button type="button" class="small quiet-button" ref={first} onClick={() => setAsked(true)}>{label}{about ? <span class="unseen"> ({about})</span> : null}</button>;
  return (
    <div class="sure" role="group" aria-label={label}>
      <p tabIndex={-1} ref={focus}>{question}</p>
      {children}
      <p class="buttons">
        <button type="button" class="small" disabled={isBusy} onClick={onYes}>{yes}</button>
        <button type="button" class="small quiet-button" onClick={back}>{no}</button>
      </p>
    </div>
  );
}

/** Takes the focus once, when it appears: where the key was that is gone. */
const focus = (element: HTMLElement | null): void => element?.focus();
