import type { ExecutorContext } from '@nx/devkit';
import { describeError } from '../../format/describe.ts';
import { interruptible } from '../interrupt.ts';
import { promoteTags, type PromoteOptions } from './promote.ts';

/** `docker-promote` of a manifest: moves floating tags in the registries. */
export async function promote(options: PromoteOptions, context: ExecutorContext): Promise<{ success: boolean }> {
  let succeeded = false;
  try {
    for await (const { success, lines } of interruptible((signal) => once(promoteTags(options, context, signal)))) {
      succeeded = success;
      (success ? console.log : console.error)(lines.join('\n'));
    }
  } catch (error) {
    console.error(describeError(error));
  }
  return { success: succeeded };
}

async function* once<T>(value: Promise<T>): AsyncGenerator<T> {
  yield await value;
}
