// Where a place is on the map: as the outlines were projected when building (Mercator).

export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly west: number;
  readonly north: number;
  readonly scale: number;
}

const RADIANS = Math.PI / 180;
const rise = (latitude: number): number => Math.log(Math.tan(Math.PI / 4 + (latitude * RADIANS) / 2));

/** The point of a place; null outside of the map. */
export function project(frame: Frame, longitude: number, latitude: number): readonly [number, number] | null {
  const [x, y] = [(longitude - frame.west) * RADIANS * frame.scale, (rise(frame.north) - rise(latitude)) * frame.scale];
  return x >= 0 && x <= frame.width && y >= 0 && y <= frame.height ? [x, y] : null;
}

export interface Point {
  readonly number: number;
  readonly at: readonly [number, number];
}

export interface Cluster {
  readonly at: readonly [number, number];
  readonly numbers: readonly number[];
}

/** Points that would lie upon each other are one mark with all their numbers. */
export function clusters(points: readonly Point[], distance: number): readonly Cluster[] {
  const found: { at: readonly [number, number]; numbers: number[] }[] = [];
  for (const point of points) {
    const near = found.find((one) => Math.hypot(one.at[0] - point.at[0], one.at[1] - point.at[1]) < distance);
    if (near) near.numbers.push(point.number);
    else found.push({ at: point.at, numbers: [point.number] });
  }
  return found;
}

/** What a mark says: up to three numbers, else the first and how many more. */
export const written = (numbers: readonly number[]): string => (numbers.length <= 3 ? numbers.join(', ') : `${numbers[0]} +${numbers.length - 1}`);
