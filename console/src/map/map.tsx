// The map: outlines of what surrounds it, lines of the globe, and numbered marks. The list beside it says the same, so whoever does not
// see it misses nothing.

import outlines from '../generated/outlines.json';
import { clusters, project, written } from './project';
import type { Frame, Point } from './project';

interface Props {
  readonly title: string;
  /** How a country is called here. */
  readonly nameOf: (code: string) => string;
  /** What stands below the name of a country. */
  readonly noteOf: (code: string) => string;
  readonly points: readonly Point[];
}

export const frame: Frame = outlines;
/** Every fifth degree. */
const MERIDIANS = [95, 100, 105, 110];
const PARALLELS = [10, 15, 20, 25];
const MARK = 9;

export function Outlines({ title, nameOf, noteOf, points }: Props) {
  const at = (longitude: number, latitude: number) => project(frame, longitude, latitude) ?? [0, 0];
  return (
    <figure class="map" aria-hidden="true">
      <svg viewBox={`0 0 ${frame.width} ${frame.height}`} width="100%" focusable="false">
        <rect class="sea" width={frame.width} height={frame.height} />
        <g transform={`scale(${1 / outlines.parts})`}>
          {outlines.outlines.map((one, index) => <path key={index} class={one.code ? 'land named' : 'land'} d={one.path} />)}
        </g>
        {MERIDIANS.map((degree) => <line key={degree} class="globe" x1={at(degree, 10)[0]} x2={at(degree, 10)[0]} y1="0" y2={frame.height} />)}
        {PARALLELS.map((degree) => <line key={degree} class="globe" x1="0" x2={frame.width} y1={at(100, degree)[1]} y2={at(100, degree)[1]} />)}
        {outlines.outlines.map((one) =>
          one.code && one.at ? (
            <g key={one.code} class="country">
              <text x={one.at[0]} y={one.at[1]}>{nameOf(one.code)}</text>
              <text class="note" x={one.at[0]} y={(one.at[1] ?? 0) + 14}>{noteOf(one.code)}</text>
            </g>
          ) : null,
        )}
        {clusters(points, 2 * MARK).map((one) => (
          <g key={one.numbers[0]} class="mark-on-map">
            <circle cx={one.at[0]} cy={one.at[1]} r={MARK / 2} />
            <text x={one.at[0] + MARK} y={one.at[1] + 4}>{written(one.numbers)}</text>
          </g>
        ))}
      </svg>
      <figcaption>{title}</figcaption>
    </figure>
  );
}
