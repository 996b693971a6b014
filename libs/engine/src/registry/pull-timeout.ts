/** Milliseconds for one image. */
export const PULL_TIMEOUT = 30 * 60_000;
