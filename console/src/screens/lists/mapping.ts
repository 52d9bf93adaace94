// What each column is: as it was proposed, as somebody said it, and as it is sent.

import type { S } from '../../generated/schema';
import { asDay } from '../../i18n/dates';

/** What must be known of the dates of a column. */
export const QUESTIONS = ['order', 'short_years', 'serials', 'day_cells'] as const;
export type Question = (typeof QUESTIONS)[number];

/** The answers about one column; empty: none. */
export type Answers = Readonly<Record<'field' | Question, string>>;

export interface Typed {
  /** By the name of the column. */
  readonly columns: Readonly<Record<string, Answers>>;
  readonly host: string;
  readonly channel: string;
  readonly nationality: string;
  readonly listed: string;
  /** Under which the columns are kept for the next list; empty: they are not. */
  readonly name: string;
}

const DATES: readonly string[] = ['birth_date', 'exited_on'] satisfies readonly S.ImportField[];
const ASKS: Readonly<Record<string, Question>> = { ambiguous_day_and_month: 'order', other_order: 'order', ambiguous_year: 'short_years', ambiguous_number: 'serials', ambiguous_day_cell: 'day_cells' };

const answersOf = (field: string | null, dates: S.DateForm | null): Answers => ({
  field: field ?? '', order: dates?.order ?? '', short_years: dates?.short_years ?? '', serials: dates?.serials ?? '', day_cells: dates?.day_cells ?? '',
});

/** What a form begins with: what was said of the list, or else what was found in it. */
export function startOf(list: Pick<S.Import, 'columns' | 'mapping'>, host: string): Typed {
  const { mapping } = list;
  const of = (column: S.ProposedColumn): Answers => {
    const known = mapping?.columns.find((one) => one.column === column.column);
    return mapping ? answersOf(known?.field ?? null, known?.dates ?? null) : answersOf(column.field, column.dates);
  };
  const all = mapping?.defaults;
  return {
    columns: Object.fromEntries(list.columns.map((column) => [column.column, of(column)])),
    host: all?.host_country ?? host, channel: all?.intake_channel ?? '', nationality: all?.nationality ?? '', listed: all?.listed_on ?? '', name: '',
  };
}

/** Whether a question was put because of what stands in the column. */
export const isAsked = (column: S.ProposedColumn, answers: Answers, question: Question): boolean => column.field === answers.field && column.questions.some((code) => ASKS[code] === question);

/** What can be answered about a column: the order of its dates always, the rest where it comes up, or nobody looked. */
export const questionsOf = (column: S.ProposedColumn, answers: Answers): readonly Question[] =>
  DATES.includes(answers.field) ? QUESTIONS.filter((one) => one === 'order' || answers[one] || column.field !== answers.field || isAsked(column, answers, one)) : [];

/** The mapping that is sent. Of years of two digits, those of the last hundred years are counted back from the list. */
export function bodyOf(list: Pick<S.Import, 'columns'>, typed: Typed, year: number): S.MappingInput {
  const dates = (of: Answers): S.DateFormInput | null => {
    if (!DATES.includes(of.field) || !QUESTIONS.some((one) => of[one])) return null;
    const form = Object.fromEntries(QUESTIONS.map((one) => [one, of[one] || null])) as S.DateFormInput;
    return of.short_years === 'common_era' ? { ...form, year_of_list: Number(asDay(typed.listed)?.slice(0, 4)) || year } : form;
  };
  const columns = list.columns.map(({ column, heading }) => {
    const of = typed.columns[column] ?? answersOf(null, null);
    return { column, heading, field: (of.field || null) as S.ImportField | null, dates: dates(of) };
  });
  const defaults = { host_country: typed.host || null, intake_channel: typed.channel || null, nationality: typed.nationality || null, listed_on: asDay(typed.listed) ?? null };
  return { columns, defaults: defaults as S.DefaultsInput };
}
