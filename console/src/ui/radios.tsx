// One of a few, each with what comes of it. None is chosen beforehand.

import { useId } from 'preact/hooks';
import { t } from '../i18n';

export interface Radio {
  readonly value: string;
  readonly text: string;
  readonly hint?: string | undefined;
}

interface Props {
  readonly label: string;
  /** The JSON pointer of what it holds. */
  readonly name: string;
  readonly value: string;
  readonly choices: readonly Radio[];
  readonly onChange: (value: string) => void;
  readonly error?: string | undefined;
  readonly required?: boolean;
}

export function Radios({ label, name, value, choices, onChange, error, required }: Props) {
  const id = useId();
  return (
    <fieldset class={error ? 'wrong' : undefined} data-pointer={name} aria-describedby={error ? `${id}-error` : undefined}>
      <legend>
        {label}
        {required ? <span class="required"> {t('form.required')}</span> : null}
      </legend>
      {choices.map((one) => (
        <div key={one.value}>
          <label class="check">
            <input type="radio" name={`${id}-${name}`} value={one.value} checked={value === one.value} aria-describedby={one.hint ? `${id}-${one.value}` : undefined} onChange={() => onChange(one.value)} />
            <bdi dir="auto">{one.text}</bdi>
          </label>
          {one.hint ? <p class="hint" id={`${id}-${one.value}`}>{one.hint}</p> : null}
        </div>
      ))}
      {error ? <p class="error" id={`${id}-error`}>{error}</p> : null}
    </fieldset>
  );
}
