import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PageParts } from '@nx-image-matrix/page';

/** The parts of the page, which are next to the compiled executors; read only when a page is made. */
export function readPageParts(): PageParts {
  const part = (name: string): string => readFileSync(join(__dirname, 'matrix-page', name), 'utf8');
  return { markup: part('page.html'), style: part('page.css'), script: part('page.js') };
}
