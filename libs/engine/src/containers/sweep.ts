import { hasEnded, parseMark } from '../process/identity.ts';

/** The label of containers and images of tests; its value is the process that made them. */
export const TEST_LABEL = 'io.github.nx-image-matrix.test';

type Command = (args: readonly string[]) => Promise<string>;

/** Removes containers and images of tests whose process has ended; what cannot be removed now is left for later. */
export async function sweep(command: Command): Promise<void> {
  const containers = await ofEndedProcesses(command, ['ps', '--all', '--no-trunc'], 'container');
  if (containers.length > 0) await command(['rm', '--force', '--volumes', ...containers]).catch(() => '');
  const images = await ofEndedProcesses(command, ['images', '--no-trunc'], 'image');
  if (images.length > 0) await command(['image', 'rm', '--force', ...images]).catch(() => '');
}

async function ofEndedProcesses(command: Command, list: readonly string[], kind: string): Promise<string[]> {
  const ids = await command([...list, '--quiet', '--filter', `label=${TEST_LABEL}`]);
  const ended: string[] = [];
  for (const id of new Set(ids.split('\n').filter(Boolean))) {
    const format = `{{index .Config.Labels "${TEST_LABEL}"}}`;
    const mark = parseMark(await command([kind, 'inspect', '--format', format, id]).catch(() => ''));
    if (mark && hasEnded(mark)) ended.push(id);
  }
  return ended;
}
