// What happened meanwhile, to be read and chosen from. Saving is pressed again by whoever has read it.

import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../i18n';
import { isSame } from './merge';
import type { Merged } from './merge';

interface Props<Value> {
  readonly merged: Merged<Value>;
  readonly theirs: Readonly<Record<string, Value>>;
  readonly mine: Readonly<Record<string, Value>>;
  readonly nameOf: (name: string) => string;
  readonly shown: (name: string, value: Value | undefined) => string;
  /** Both of two lists, which the API replaces as a whole; none where there are no two to join. */
  readonly joined?: (name: string, theirs: Value | undefined, mine: Value | undefined) => Value | undefined;
  readonly onChoose: (name: string, value: Value) => void;
}

export function Merge<Value>({ merged, theirs, mine, nameOf, shown, joined, onChoose }: Props<Value>) {
  // What is mine stays to be chosen after theirs was.
  const [own] = useState(mine);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), []);
  const choices = (name: string) => {
    const together = joined?.(name, theirs[name], own[name]);
    return [['merge.theirs', theirs[name]], ['merge.mine', own[name]], ...(together === undefined ? [] : [['merge.together', together] as const])] as readonly (readonly ['merge.theirs' | 'merge.mine' | 'merge.together', Value])[];
  };
  return (
    <div class="merge" role="alert" tabIndex={-1} ref={box}>
      <p>{t('merge.title')}</p>
      {merged.theirs.length ? <p>{t('merge.joined', { fields: merged.theirs.map(nameOf).join(', ') })}</p> : null}
      {merged.both.map((name) => (
        <fieldset key={name}>
          <legend>{nameOf(name)}</legend>
          {choices(name).map(([key, value]) => (
            <label class="check" key={key}>
              <input type="radio" name={`merge-${name}`} checked={isSame(mine[name], value)} onChange={() => onChoose(name, value)} />
              <span>{t(key)}: <bdi dir="auto">{shown(name, value)}</bdi></span>
            </label>
          ))}
        </fieldset>
      ))}
      <p>{t('merge.save')}</p>
    </div>
  );
}
