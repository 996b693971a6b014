import type { Argument, Text } from '../manifest.ts';

/** The position of an image on the axes of its release type. */
export interface Coordinate {
  cuda?: string;
  /** Build argument -> its value. */
  values: Map<string, Text>;
}

/** Every combination of CUDA versions (if any) and argument values; the last axis varies fastest. */
export function allCoordinates(cudaVersions: readonly string[] | undefined, axes: readonly Argument[]): Coordinate[] {
  let coordinates: Coordinate[] = cudaVersions
    ? cudaVersions.map((cuda) => ({ cuda, values: new Map() }))
    : [{ values: new Map() }];
  for (const axis of axes) {
    coordinates = coordinates.flatMap(({ cuda, values }) =>
      axis.values.map((value) => ({ cuda, values: new Map([...values, [axis.name, value]]) })),
    );
  }
  return coordinates;
}

/** A key that is equal for equal coordinates of one release type. */
export function coordinateKey({ cuda, values }: Coordinate): string {
  if (values.size === 0) return cuda ?? '';
  return JSON.stringify([cuda, ...[...values.values()].map((value) => value.text)]);
}
