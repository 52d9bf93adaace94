// Days and digits. A day is typed in one field, as far as it is known, in the digits of any script; it is shown in the Gregorian calendar
// and in Latin digits everywhere.

import { language, said, t } from '.';

/** The zero of each script that people here type digits in: Arabic, Persian, Burmese, Shan, Khmer, Thai, Lao, Devanagari, Bengali. */
const ZEROS = [0x0660, 0x06f0, 0x1040, 0x1090, 0x17e0, 0x0e50, 0x0ed0, 0x0966, 0x09e6];

/** The text with the digits of every script as ASCII. */
export function ascii(text: string): string {
  return [...text]
    .map((letter) => {
      const code = letter.codePointAt(0) ?? 0;
      const zero = ZEROS.find((one) => code >= one && code <= one + 9);
      return zero === undefined ? letter : String(code - zero);
    })
    .join('');
}

/** From this year on a typed year is one of the Buddhist era. */
const BUDDHIST = 2400;
const ERAS = 543;
const two = (number: number): string => String(number).padStart(2, '0');

function year(typed: string): number | null {
  const number = Number(typed);
  const read = number >= BUDDHIST ? number - ERAS : number;
  return read >= 1900 && read <= 2100 ? read : null;
}

/** Reads `1999`, `3/1999`, `17.3.1999` or `1999-03-17` into a day as far as it is known; null if it is none. */
export function partialDate(text: string): string | null {
  const typed = ascii(text).trim();
  const parts = typed.split(/[\s./-]+/).filter(Boolean);
  if (!parts.length || parts.some((part) => !/^\d+$/.test(part))) return null;
  const ordered = parts[0]?.length === 4 ? parts : [...parts].reverse();
  const [years, months, days] = [year(ordered[0] ?? ''), Number(ordered[1] ?? '0'), Number(ordered[2] ?? '0')];
  if (years === null || parts.length > 3) return null;
  if (parts.length === 1) return String(years);
  if (months < 1 || months > 12) return null;
  if (parts.length === 2) return `${years}-${two(months)}`;
  const made = new Date(Date.UTC(years, months - 1, days));
  return made.getUTCMonth() === months - 1 && made.getUTCDate() === days ? `${years}-${two(months)}-${two(days)}` : null;
}

export interface AgeEstimate {
  readonly from_years: number;
  readonly to_years: number;
}

/** Reads `~25` or `~20-30`. */
export function age(text: string): AgeEstimate | null {
  const found = /^~\s*(\d{1,3})(?:\s*[-–]\s*(\d{1,3}))?$/.exec(ascii(text).trim());
  if (!found) return null;
  const [from, to] = [Number(found[1]), Number(found[2] ?? found[1])];
  return from <= to && to <= 120 ? { from_years: from, to_years: to } : null;
}

/** A day as it is sent: as it is read, or as it was typed, so that the API can say at the field what is wrong with it. */
export const asDay = (text: string): string | undefined => (text.trim() ? (partialDate(text) ?? ascii(text).trim()) : undefined);

/** Today where this computer is. */
export function today(): string {
  const now = new Date();
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

const OPTIONS = { calendar: 'gregory', numberingSystem: 'latn', timeZone: 'UTC' } as const;

/** A day in a language whose months the browser does not know. */
function written(year: number, month: number, day: number | null): string {
  const pattern = said(day === null ? 'date.month' : 'date.day') ?? '{year}-{month}-{day}';
  return pattern.replace('{year}', String(year)).replace('{month}', said(`month.${month}`) ?? String(month)).replace('{day}', String(day ?? ''));
}

/** A day as far as it is known, in words. */
export function shownDay(day: string | null | undefined): string {
  if (!day) return '–';
  const [years, months, days] = day.split('-');
  const date = new Date(`${years}-${months ?? '01'}-${days ?? '01'}T00:00:00Z`);
  if (Number.isNaN(date.getTime())) return day;
  if (months && said('month.1')) return written(Number(years), Number(months), days ? Number(days) : null);
  return new Intl.DateTimeFormat(language.value, { ...OPTIONS, year: 'numeric', ...(months ? { month: 'long' } : {}), ...(days ? { day: 'numeric' } : {}) }).format(date);
}

/** An instant, in the time of this computer. */
export function shownMoment(moment: string | null | undefined): string {
  if (!moment) return '–';
  const at = new Date(moment);
  if (said('month.1')) return `${written(at.getFullYear(), at.getMonth() + 1, at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`;
  return new Intl.DateTimeFormat(language.value, { calendar: 'gregory', numberingSystem: 'latn', dateStyle: 'medium', timeStyle: 'short' }).format(at);
}

/** What was read from a birth date or an age, to be shown below the field. */
export function shownBirth(text: string): string {
  const years = age(text);
  if (years) return t('birth.age', { from: years.from_years, to: years.to_years });
  const day = partialDate(text);
  return day ? shownDay(day) : '';
}
