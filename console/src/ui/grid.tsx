// Rows of one kind in columns: a table where there is room, a card a row on phones.

import type { ComponentChildren } from 'preact';

export interface Column<Row> {
  readonly name: string;
  readonly of: (row: Row) => ComponentChildren;
  /** Whether it holds figures, which stand under each other. */
  readonly isFigure?: boolean;
}

interface Props<Row> {
  readonly caption: string;
  /** The first one names the row. */
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** Said where there are none. */
  readonly none: string;
}

export function Grid<Row>({ caption, columns, rows, keyOf, none }: Props<Row>) {
  if (!rows.length) return <p role="status">{none}</p>;
  const [first, ...others] = columns;
  if (!first) return null;
  return (
    <table class="cards">
      <caption>{caption}</caption>
      <thead>
        <tr>{columns.map((one) => <th key={one.name} scope="col" class={one.isFigure ? 'figure' : undefined}>{one.name}</th>)}</tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)}>
            <th scope="row" data-label={first.name}>{first.of(row)}</th>
            {others.map((one) => <td key={one.name} data-label={one.name} class={one.isFigure ? 'figure' : undefined}>{one.of(row)}</td>)}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
