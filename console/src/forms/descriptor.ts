// The forms of records as the API document describes them: made when building, loaded when the first one is opened.

import { NotLoaded } from '../api/problem';
import type { S } from '../generated/schema';

type Permission = S.PermissionCode;

export interface Descriptor {
  readonly name: string;
  readonly help: string;
  readonly kind: string;
  readonly required?: boolean;
  /** What can be answered, with spaces between. */
  readonly codes?: string;
  readonly max?: number;
  readonly fields?: readonly Descriptor[];
  readonly entry?: Descriptor;
}

/** How something is made or changed. */
export interface Act {
  readonly permission: Permission;
  readonly proof?: number;
  readonly fields: readonly Descriptor[];
}

/** How a record that is there is changed. */
export interface Update extends Act {
  readonly path: string;
  /** The name of the record's id in the path. */
  readonly key: string;
}

/** A record as the API shows it. */
export interface Stored {
  readonly id: string;
  /** None where it is never changed. */
  readonly version?: number;
  readonly [name: string]: unknown;
}

export interface RecordForm {
  readonly path: string;
  readonly isList: boolean;
  readonly reads?: Permission;
  readonly make?: Act;
  /** How the one record that a case has anyway is changed. */
  readonly one?: Act;
  readonly update?: Update;
}

export type Value = string | readonly string[] | readonly Values[] | Values;
export interface Values {
  readonly [name: string]: Value | undefined;
}

type Forms = Readonly<Record<string, RecordForm>>;
/** As they are written: an update names the fields that it has in common with the making. */
type Written = Readonly<Record<string, RecordForm & { readonly update?: { readonly fields: readonly (Descriptor | string)[] } }>>;

/** A field by which a record is changed: left out, it stays as it is. */
function changed(named: string, make: Act | undefined): readonly Descriptor[] {
  return (make?.fields ?? []).filter((one) => one.name === named).map(({ required, ...field }) => field);
}

async function read(load: () => Promise<{ readonly default: unknown }>): Promise<Forms> {
  const written = await load().then(
    (loaded) => loaded.default as Written,
    () => {
      throw new NotLoaded();
    },
  );
  const whole = ({ update, ...form }: Written[string]): RecordForm => ({ ...form, ...(update ? { update: { ...update, fields: update.fields.flatMap((one) => (typeof one === 'string' ? changed(one, form.make) : one)) } } : {}) });
  return Object.fromEntries(Object.entries(written).map(([name, form]) => [name, whole(form)]));
}

let reference: Forms | null = null;

/** The form of what is no part of a case, such as an organisation or a compound. */
export async function referenceForm(resource: string): Promise<RecordForm | null> {
  reference ??= await read(() => import('../generated/reference.json'));
  return reference[resource] ?? null;
}

let forms: Forms | null = null;

/** The form of a resource below a case; none for a resource that has none. */
export async function formOf(resource: string): Promise<RecordForm | null> {
  forms ??= await read(() => import('../generated/forms.json'));
  return forms[resource] ?? null;
}
