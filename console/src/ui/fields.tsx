// Fields: a label, a hint, what was read, and what is wrong, tied together for those who see and for those who hear.

import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { t } from '../i18n';
import type { Choice } from '../i18n/countries';

interface Common {
  readonly label: string;
  /** The JSON pointer of what it holds: what the API says of that place is shown here. */
  readonly name: string;
  readonly error?: string | undefined;
  readonly hint?: string | undefined;
  readonly required?: boolean;
}

interface Inside {
  readonly id: string;
  readonly name: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': boolean;
  readonly required: boolean;
}

export function Field({ label, name, error, hint, required = false, children }: Common & { readonly children: (inside: Inside) => ComponentChildren }) {
  const id = useId();
  const described = [hint ? `${id}-hint` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ');
  return (
    <div class={error ? 'field wrong' : 'field'} data-pointer={name}>
      <label for={id}>
        {label}
        {required ? <span class="required"> {t('form.required')}</span> : null}
      </label>
      {children({ id, name, 'aria-describedby': described || undefined, 'aria-invalid': Boolean(error), required })}
      {hint ? <p class="hint" id={`${id}-hint`}>{hint}</p> : null}
      {error ? <p class="error" id={`${id}-error`}>{error}</p> : null}
    </div>
  );
}

/** Takes the focus once, when it appears. */
const takeFocus = (element: HTMLElement | null): void => element?.focus();

interface TextProps extends Common {
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly onLeave?: () => void;
  readonly type?: 'text' | 'password' | 'tel' | 'date' | 'number' | 'datetime-local';
  readonly mode?: 'numeric' | 'text' | 'tel';
  readonly max?: number | undefined;
  readonly isLong?: boolean;
  readonly hasFocus?: boolean;
  readonly autocomplete?: string;
  /** Whether it holds a name, in a script of its own direction. */
  readonly isName?: boolean;
}

export function Text({ value, onInput, onLeave, type = 'text', mode, max, isLong, hasFocus, autocomplete = 'off', isName, ...field }: TextProps) {
  return (
    <Field {...field}>
      {(inside) => {
        const common = {
          ...inside,
          value,
          maxLength: max,
          autocomplete: autocomplete as 'off',
          spellcheck: false,
          autocapitalize: 'off' as const,
          dir: (isName ? 'auto' : undefined) as 'auto',
          autoFocus: hasFocus,
          ref: hasFocus ? takeFocus : undefined,
          onBlur: onLeave,
        };
        return isLong ? (
          <textarea {...common} rows={3} onInput={(event) => onInput(event.currentTarget.value)} />
        ) : (
          <input {...common} type={type as 'text'} inputMode={mode} onInput={(event) => onInput(event.currentTarget.value)} />
        );
      }}
    </Field>
  );
}

interface SelectProps extends Common {
  readonly value: string;
  readonly choices: readonly Choice[];
  readonly onChange: (value: string) => void;
  /** What stands for "not stated"; without it one must be chosen. */
  readonly none?: string;
}

export function Select({ value, choices, onChange, none, ...field }: SelectProps) {
  // A code that came with a newer server is shown, and not lost when something else is changed.
  const isUnknown = value !== '' && !choices.some((one) => one.value === value);
  return (
    <Field {...field}>
      {(inside) => (
        <select {...inside} value={value} autocomplete="off" onChange={(event) => onChange(event.currentTarget.value)}>
          {none !== undefined || value === '' ? <option value="">{none ?? t('form.choose')}</option> : null}
          {choices.map((one) => (
            <option key={one.value} value={one.value}>{one.text}</option>
          ))}
          {isUnknown ? <option value={value}>{value.replaceAll('_', ' ')}</option> : null}
        </select>
      )}
    </Field>
  );
}

interface FlagProps extends Omit<Common, 'required'> {
  readonly value: boolean;
  readonly onChange: (value: boolean) => void;
}

export function Flag({ label, name, value, onChange, error, hint }: FlagProps) {
  const id = useId();
  return (
    <div class={error ? 'field wrong' : 'field'} data-pointer={name}>
      <label class="check">
        <input type="checkbox" name={name} checked={value} aria-describedby={hint || error ? id : undefined} aria-invalid={Boolean(error)} onChange={(event) => onChange(event.currentTarget.checked)} />
        <span>{label}</span>
      </label>
      {hint || error ? <p class={error ? 'error' : 'hint'} id={id}>{error ?? hint}</p> : null}
    </div>
  );
}

interface ChipsProps extends Omit<Common, 'required'> {
  readonly values: readonly string[];
  readonly choices: readonly Choice[];
  readonly onChange: (values: readonly string[]) => void;
}

/** Several of a few, each one a key away. */
export function Chips({ label, name, values, choices, onChange, error, hint }: ChipsProps) {
  const toggle = (value: string, isOn: boolean) => onChange(isOn ? [...values, value] : values.filter((one) => one !== value));
  return (
    <fieldset class={error ? 'chips wrong' : 'chips'} data-pointer={name}>
      <legend>{label}</legend>
      {choices.map((one) => (
        <label key={one.value} class="chip">
          <input type="checkbox" name={name} value={one.value} checked={values.includes(one.value)} onChange={(event) => toggle(one.value, event.currentTarget.checked)} />
          <span>{one.text}</span>
        </label>
      ))}
      {hint ? <p class="hint">{hint}</p> : null}
      {error ? <p class="error">{error}</p> : null}
    </fieldset>
  );
}

interface FormProps {
  readonly label?: string;
  readonly onSubmit: () => void;
  /** Whether Enter in a field leads to the next one: where a form that is sent too early makes what cannot be unmade. */
  readonly enterLeadsOn?: boolean;
  readonly children: ComponentChildren;
}

/** A form that the browser keeps nothing of, and that Ctrl+Enter sends from any of its fields. */
export function Form({ label, onSubmit, enterLeadsOn, children }: FormProps) {
  const submit = (event: Event) => {
    event.preventDefault();
    onSubmit();
  };
  const key = (event: KeyboardEvent) => {
    // An Enter that ends the composing of a word is no Enter.
    if (event.key !== 'Enter' || event.isComposing) return;
    if (event.ctrlKey || event.metaKey) return submit(event);
    const at = event.target;
    if (!enterLeadsOn || !(at instanceof HTMLInputElement || at instanceof HTMLSelectElement)) return;
    event.preventDefault();
    const stops = [...(at.form?.querySelectorAll<HTMLElement>('input, select, textarea, summary, button') ?? [])].filter((one) => one.matches('summary') || !one.closest('details:not([open])'));
    stops[stops.indexOf(at) + 1]?.focus();
  };
  return (
    <form autocomplete="off" noValidate aria-label={label} onSubmit={submit} onKeyDown={key}>
      {children}
    </form>
  );
}
