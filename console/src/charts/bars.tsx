// Bars beside each other, drawn to the longest one. What they say stands in a table beside them: whoever does not see them misses nothing.
// Names are text of the page and wrap as such; only the bar itself is drawn.

export interface Bar {
  readonly name: string;
  /** One part for each name of the legend. */
  readonly parts: readonly number[];
  /** What stands behind the bar. */
  readonly says: string;
  /** What the bar is measured against, where bars are of several kinds, such as currencies. */
  readonly of?: number;
}

interface Props {
  readonly title: string;
  readonly bars: readonly Bar[];
  readonly legend?: readonly string[];
}

const sum = (parts: readonly number[]): number => parts.reduce((all, one) => all + one, 0);

/** Where each part begins and how long it is, in hundredths of the whole width. */
export function segments(parts: readonly number[], longest: number): readonly { readonly from: number; readonly width: number }[] {
  const scale = longest > 0 ? 100 / longest : 0;
  let from = 0;
  return parts.map((part) => {
    const begins = from;
    from += part * scale;
    return { from: begins, width: part * scale };
  });
}

export function Bars({ title, bars, legend = [] }: Props) {
  const longest = Math.max(0, ...bars.map((bar) => sum(bar.parts)));
  if (!longest) return null;
  return (
    <figure class="chart" aria-hidden="true">
      <figcaption>{title}</figcaption>
      {legend.length > 1 ? (
        <p class="legend">
          {legend.map((name, at) => (
            <span key={name}><svg class={`part part-${at}`} width="16" height="16" focusable="false"><Hatch id={`legend-${at}`} /><rect width="16" height="16" /><rect class="over" width="16" height="16" fill={at % 2 ? `url(#legend-${at})` : 'none'} /></svg> {name}</span>
          ))}
        </p>
      ) : null}
      {bars.map((bar, row) => (
        <div class="bar" key={`${row} ${bar.name}`}>
          <span class="bar-name" dir="auto">{bar.name}</span>
          <svg class="bar-line" height="18" width="100%" focusable="false">
            {segments(bar.parts, bar.of ?? longest).map((part, at) =>
              part.width > 0 ? (
                <g key={at} class={`part part-${at}`}>
                  <Hatch id={`hatch-${row}-${at}`} />
                  <rect x={`${part.from}%`} width={`${part.width}%`} height="18" />
                  {at % 2 ? <rect class="over" x={`${part.from}%`} width={`${part.width}%`} height="18" fill={`url(#hatch-${row}-${at})`} /> : null}
                </g>
              ) : null,
            )}
          </svg>
          <span class="bar-says">{bar.says}</span>
        </div>
      ))}
    </figure>
  );
}

/** Every second part is hatched: no part is told by its colour alone. */
function Hatch({ id }: { readonly id: string }) {
  return (
    <defs>
      <pattern id={id} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <line x1="0" y1="0" x2="0" y2="6" class="hatch" />
      </pattern>
    </defs>
  );
}
