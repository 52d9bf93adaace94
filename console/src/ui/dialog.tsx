// A dialog of the browser's own: it holds the focus, ends with Escape, and gives the focus back.

import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

interface Props {
  readonly title: string;
  readonly onClose?: () => void;
  /** Whether it takes the whole screen, in large letters, and in which language: it is turned to somebody else. */
  readonly turned?: string;
  readonly children: ComponentChildren;
}

export function Dialog({ title, onClose, turned, children }: Props) {
  const box = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const before = document.activeElement;
    box.current?.showModal();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  const cancel = (event: Event) => {
    event.preventDefault();
    onClose?.();
  };
  // A browser closes it at the second Escape, whatever is said to the first: what must be answered is opened again.
  const closed = () => {
    onClose?.();
    setTimeout(() => {
      if (box.current?.isConnected && !box.current.open) box.current.showModal();
    });
  };
  return (
    <dialog ref={box} class={turned ? 'turned' : undefined} lang={turned} aria-labelledby={id} onCancel={cancel} onClose={closed}>
      <h2 id={id} tabIndex={-1}>{title}</h2>
      {children}
    </dialog>
  );
}
