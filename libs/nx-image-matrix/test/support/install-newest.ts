import { installation } from './installation.ts';
import { requireOwnRegistry } from './stand-is-ours.ts';

/** Before the first test: several workers must not install into one folder at once. */
// jest calls the default export.
// oxlint-disable-next-line import/no-default-export
export default async function installNewest(): Promise<void> {
  await requireOwnRegistry();
  installation();
}
