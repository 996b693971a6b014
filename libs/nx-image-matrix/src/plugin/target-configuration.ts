import type { TargetConfiguration } from '@nx/devkit';
import { executorOf, type TargetEntry, type TargetNames } from '../options/targets.ts';

interface TargetContext {
  /** Name of the project that has the target. */
  project: string;
  /** Reference of the image, or path of the manifest. */
  subject: string;
  names: TargetNames;
  inputs: TargetConfiguration['inputs'];
}

/** The configuration of a target from its entry in the table. */
export function targetConfiguration(
  [key, { dependsOn, syncs, alone, description, example }]: TargetEntry,
  { project, subject, names, inputs }: TargetContext,
): TargetConfiguration {
  return {
    executor: executorOf(key),
    ...(dependsOn.length > 0 && { dependsOn: dependsOn.map((other) => names[other]) }),
    inputs,
    ...(syncs && { syncGenerators: ['nx-image-matrix:sync'] }),
    ...(alone && { parallelism: false }),
    metadata: {
      technologies: ['docker'],
      description: description(subject),
      help: {
        command: `npx nx run ${project}:${names[key]} --help`,
        example: example === undefined ? {} : { options: example },
      },
    },
  };
}
