// The forms of records as the API document describes them: made when building, loaded when the first one is opened.

import { NotLoaded } from '../api/problem';
import type { S } from '../generated/schema';

type Permission = S.PermissionCode;

export interface Descriptor {
  readonly name: string;
  readonly help: string;
  readonly kind: string;
  readonly required?: boolean;
  readonly codes?: readonly string[];
  readonly max?: number;
  readonly fields?: readonly Descriptor[];
  readonly entry?: Descriptor;
}

/** How something is made or changed. */
export interface Act {
  readonly operation: string;
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

let reference: Readonly<Record<string, RecordForm>> | null = null;

/** The form of what is no part of a case, such as an organisation or a compound. */
export async function referenceForm(resource: string): Promise<RecordForm | null> {
  reference ??= await import('../generated/reference.json').then(
    (loaded) => loaded.default as unknown as Readonly<Record<string, RecordForm>>,
    () => {
      throw new NotLoaded();
    },
  );
  return reference[resource] ?? null;
}

let forms: Readonly<Record<string, RecordForm>> | null = null;

/** The form of a resource below a case; none for a resource that has none. */
export async function formOf(resource: string): Promise<RecordForm | null> {
  forms ??= await import('../generated/forms.json').then(
    (loaded) => loaded.default as unknown as Readonly<Record<string, RecordForm>>,
    () => {
      throw new NotLoaded();
    },
  );
  return forms[resource] ?? null;
}
