import { posix } from 'node:path';
import type { ImageFolder } from '../../workspace/image-folders.ts';

/** Where the findings of an image are, relative to the workspace. */
export function sarifPath({ root }: ImageFolder): string {
  return posix.join('dist', root, 'scan.sarif');
}
