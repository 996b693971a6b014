/** A shorter value is told from ordinary text only as a whole word, and one below four characters not at all. */
const longEnough = 6;
const shortest = 4;

/** A pattern for every way in which a value shows up in texts; undefined for one too short to be told from others. */
export function patternFor(values: Iterable<string>): RegExp | undefined {
  const alternatives = [...values].toSorted((a, b) => b.length - a.length).flatMap(alternativesFor);
  return alternatives.length > 0 ? new RegExp([...new Set(alternatives)].join('|'), 'g') : undefined;
}

function alternativesFor(value: string): string[] {
  if (value.length < shortest) return [];
  if (value.length < longEnough) return [String.raw`(?<![A-Za-z0-9])${escape(value)}(?![A-Za-z0-9])`];
  return [...forms(value)].map(escape);
}

/** The value itself, and as JSON, URLs, forms and base64 spell it, longest first. */
export function forms(value: string): Set<string> {
  const encoded = encodeURIComponent(value);
  const all = [
    value,
    JSON.stringify(value).slice(1, -1),
    encoded,
    encoded.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase()),
    encoded.replaceAll('%20', '+'),
    ...base64Forms(value),
  ];
  return new Set(all.toSorted((a, b) => b.length - a.length));
}

/**
 * What stays the same in base64 whatever stands before and after the value (`user:password` in a Basic header): the
 * digits that hold no bit of a neighbour, for each of the three positions in a group of three bytes (RFC 4648).
 */
function base64Forms(value: string): string[] {
  return [0, 1, 2].flatMap((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(value)]);
    const first = Math.ceil((before * 8) / 6);
    const end = Math.floor((bytes.length * 8) / 6);
    return [bytes.toString('base64').slice(first, end), bytes.toString('base64url').slice(first, end)];
  });
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, String.raw`\$&`);
}
