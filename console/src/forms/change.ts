// A change of something that is small, from the version on screen. Where somebody was faster, theirs is shown, and what was typed stays.

import { useState } from 'preact/hooks';
import type { Answer } from '../api/operation';
import { isStale } from '../api/problem';
import { useWork } from '../ui/work';
import { takeUp } from './merge';
import type { Flat } from './merge';

/** What is changed, as its form shows it, and what of the form was touched, as the API takes it. */
interface Shape<A, P> {
  readonly flat: (one: A) => Flat;
  readonly patchOf: (base: Flat, mine: Flat) => P;
  readonly onDone: (one: A, etag: string) => void;
}
/** How it is read and changed. */
interface Way<A, P> {
  readonly read: () => Promise<Answer<A>>;
  readonly change: (patch: P, etag: string) => Promise<Answer<A>>;
}

export function useChange<A, P extends object>(start: Flat, etag: string, { flat, patchOf, onDone }: Shape<A, P>) {
  const [on, setOn] = useState(() => takeUp<string>(undefined, start, etag));
  const [mine, setMine] = useState<Flat>(on.mine);
  const [isDone, setDone] = useState(false);
  const { isBusy, failure, setFailure, work } = useWork();
  const begin = (answer: Answer<A>, typed?: Flat) => {
    const next = takeUp<string>(typed && { base: on.base, etag: on.etag, mine: typed }, flat(answer.body), answer.etag);
    setOn(next);
    setMine(next.mine);
  };
  const put = (name: string, value: string) => {
    setDone(false);
    setMine((before) => ({ ...before, [name]: value }));
  };
  const save = ({ read, change }: Way<A, P>) =>
    work(async () => {
      const patch = patchOf(on.base, mine);
      if (!Object.keys(patch).length) return;
      try {
        const answer = await change(patch, on.etag);
        begin(answer);
        setDone(true);
        onDone(answer.body, answer.etag);
      } catch (why) {
        if (!isStale(why)) throw why;
        begin(await read(), mine);
      }
    });
  return { on, mine, put, save, isDone, isBusy, failure, setFailure };
}
