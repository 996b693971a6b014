import { barePlace, type Place } from './tree.ts';

/** Converts offsets of a text to lines and columns of `file`; an offset beyond the end means the end. */
export function placesOf(text: string, file?: string): (offset: number) => Place {
  const starts = [0];
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) starts.push(end + 1);
  return (offset) => {
    const at = Math.min(offset, text.length);
    let low = 0;
    for (let high = starts.length - 1; low < high;) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? Infinity) <= at) low = middle;
      else high = middle - 1;
    }
    return barePlace({ file, line: low + 1, column: at - (starts[low] ?? 0) + 1 });
  };
}
