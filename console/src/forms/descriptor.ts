// The forms of records as the API document describes them: made when building, loaded when the first one is opened.

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

/** How a record that is there is changed. */
export interface Update {
  readonly operation: string;
  readonly path: string;
  /** The name of the record's id in the path. */
  readonly key: string;
  readonly proof?: number;
  readonly fields: readonly Descriptor[];
}

/** A record as the API shows it. */
export interface Stored {
  readonly id: string;
  readonly version: number;
  readonly [name: string]: unknown;
}

export interface RecordForm {
  readonly operation: string;
  readonly path: string;
  readonly method: string;
  readonly permission: string;
  readonly proof?: number;
  readonly fields: readonly Descriptor[];
  readonly update?: Update;
}

export type Value = string | readonly string[] | readonly Values[] | Values;
export interface Values {
  readonly [name: string]: Value | undefined;
}

let forms: Readonly<Record<string, RecordForm>> | null = null;

/** The form of a resource below a case; none for a resource that has none. */
export async function formOf(resource: string): Promise<RecordForm | null> {
  forms ??= (await import('../generated/forms.json')).default as unknown as Readonly<Record<string, RecordForm>>;
  return forms[resource] ?? null;
}
