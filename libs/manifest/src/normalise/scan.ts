import { scannerNames, thresholds, type AcceptedFinding } from '../image.ts';
import type { ScanLayer } from '../manifest.ts';
import type { Node } from '../yaml/tree.ts';
import { flatItems, textOf, valueOf } from './read.ts';

/** The key `scan` of one level. */
export function readScan(node: Node): ScanLayer {
  const scanner = textOf(valueOf(node, 'scanner'))?.text;
  const failOn = textOf(valueOf(node, 'fail_on'))?.text;
  const named = (['auto', ...scannerNames] as const).find((name) => name === scanner);
  const threshold = thresholds.find((name) => name === failOn);
  return {
    ...(named && { scanner: named }),
    ...(threshold && { failOn: threshold }),
    ignore: flatItems(valueOf(node, 'ignore')).map(({ value }) => readAccepted(value)),
  };
}

function readAccepted(node: Node): AcceptedFinding {
  const until = textOf(valueOf(node, 'until'))?.text;
  const reason = textOf(valueOf(node, 'reason'))?.text;
  return { id: textOf(valueOf(node, 'id'))?.text ?? '', ...(until && { until }), ...(reason && { reason }) };
}
