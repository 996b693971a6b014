import { installation } from './installation.ts';

/** Before the first test: several workers must not install into one folder at once. */
// jest calls the default export.
// oxlint-disable-next-line import/no-default-export
export default function installNewest(): void {
  installation();
}
