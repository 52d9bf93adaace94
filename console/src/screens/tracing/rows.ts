// A list of the missing, one a line, as it is typed or pasted out of a table. Nothing is left out unsaid: what is not understood goes as it
// was typed, and the API says at its row what is wrong with it.

import type { S } from '../../generated/schema';
import type { Choice } from '../../i18n/countries';
import { ascii, partialDate } from '../../i18n/dates';

/** The columns, in their order. */
export const COLUMNS = ['name', 'birth', 'nationality', 'gender', 'document_number', 'phone', 'description'] as const;
export type Column = (typeof COLUMNS)[number];

export interface Line {
  /** As it was typed: what is refused stays to be mended. */
  readonly text: string;
  readonly cells: Readonly<Record<Column, string>>;
  /** Columns that are not understood. */
  readonly unread: readonly Column[];
  /** How many cells there are beyond the last column. */
  readonly beyond: number;
  readonly sought: S.SoughtPersonInput;
}

/** What is understood beside dates: countries and genders by their codes and by their names in this language. */
export interface Known {
  readonly nationalities: readonly Choice[];
  readonly genders: readonly Choice[];
}

const plain = (text: string): string => text.normalize('NFC').trim();
const same = (one: string, other: string): boolean => one.toLocaleLowerCase() === other.toLocaleLowerCase();

/** The code that is meant by a cell: its own, its name, or the beginning of exactly one name. */
export function meant(cell: string, choices: readonly Choice[]): string | null {
  const whole = choices.find((one) => same(one.value, cell) || same(one.text, cell));
  if (whole) return whole.value;
  const begun = choices.filter((one) => one.text.toLocaleLowerCase().startsWith(cell.toLocaleLowerCase()));
  return begun.length === 1 ? (begun[0]?.value ?? null) : null;
}

/** A table has tabs; what is typed by hand has semicolons. */
const cellsOf = (line: string): readonly string[] => (line.includes('\t') ? line.split('\t') : line.split(';')).map(plain);

function lineOf(text: string, known: Known): Line {
  const found = cellsOf(text);
  const cells = Object.fromEntries(COLUMNS.map((column, index) => [column, found[index] ?? ''])) as Record<Column, string>;
  const birth = partialDate(cells.birth);
  const nationality = cells.nationality && meant(cells.nationality, known.nationalities);
  const gender = cells.gender && meant(cells.gender, known.genders);
  const unread = ([['name', cells.name || null], ['birth', cells.birth && birth], ['nationality', nationality], ['gender', gender]] as const).filter(([, value]) => value === null).map(([column]) => column);
  const facts = {
    birth_date: birth ?? ascii(cells.birth),
    nationality: nationality ?? cells.nationality,
    gender: gender ?? cells.gender,
    document_number: ascii(cells.document_number),
    phone: ascii(cells.phone),
    description: cells.description,
  };
  const told = Object.fromEntries(Object.entries(facts).filter(([, value]) => value));
  return { text, cells, unread, beyond: found.slice(COLUMNS.length).filter(Boolean).length, sought: { name: cells.name, ...told } as S.SoughtPersonInput };
}

export const linesOf = (text: string, known: Known): readonly Line[] =>
  text
    .split(/\r?\n/)
    .filter((line) => line.trim())
    .map((line) => lineOf(line, known));
