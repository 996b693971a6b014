import type { Refresh } from './refresh.ts';

/** The result of a refresh, for scripts. */
export function refreshJson({ lockFile, found, unused, written, folders }: Refresh): string {
  const bases = found.map(({ reference, state, from, direct, images, ...rest }) => ({
    reference,
    state,
    from,
    ...('to' in rest && { to: rest.to }),
    ...('error' in rest && { error: rest.error.message, hint: rest.error.hint }),
    direct,
    images,
  }));
  const dropped = unused.map(({ reference, from }) => ({ reference, state: 'unused', from, direct: [], images: [] }));
  return JSON.stringify({ lock: lockFile, written, folders, bases: [...bases, ...dropped] }, null, 2);
}
