import { unlock } from './exclusively.ts';
import { cache, installation } from './installation.ts';
import { requireOwnRegistry } from './stand-is-ours.ts';

/** Before the first test, for those that need it. */
// jest calls the default export.
// oxlint-disable-next-line import/no-default-export
export default async function installNewest(): Promise<void> {
  await requireOwnRegistry();
  unlock(cache);
  installation();
}
