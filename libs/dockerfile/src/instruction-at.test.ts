import { instructionAt } from './instruction-at.ts';

const dockerfile =
  '# syntax=docker/dockerfile:1\n\nFROM debian\nrun apt-get update \\\n # why\n && true\nCOPY <<END /x\nRUN no\nEND\nUSER 1\n';

it.each([
  [1, undefined],
  [3, 'FROM'],
  [4, 'RUN'],
  [6, 'RUN'],
  [8, 'COPY'],
  [10, 'USER'],
  [99, 'USER'],
])('line %d belongs to %s', (line, keyword) => {
  expect(instructionAt(dockerfile, line)).toBe(keyword);
});
