/**
 * Git attributes of generated files: pull requests collapse them, and a checkout with `core.autocrlf` keeps their line
 * ends. `text=auto` leaves binary extra files alone.
 */
const attributes = ['linguist-generated', 'text=auto', 'eol=lf'];

/** `.gitattributes` with these for the output folder; keeps what the user's lines set. */
export function markGenerated(text: string, outputDir: string): string {
  const pattern = `${outputDir}/**`;
  const lines = text.split(/\r?\n/).map((line) => line.trim().split(/\s+/));
  const known = new Set(
    lines.filter(([path = '']) => path.replace(/^\//, '') === pattern).flatMap((line) => line.slice(1).map(nameOf)),
  );
  // `text` and `-text` set line ends as `eol` does.
  const missing = attributes.filter(
    (name) => !known.has(nameOf(name)) && !(nameOf(name) === 'eol' && known.has('text')),
  );
  if (missing.length === 0) return text;
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const before = text === '' || text.endsWith('\n') ? text : text + eol;
  return `${before}${pattern} ${missing.join(' ')}${eol}`;
}

function nameOf(attribute: string): string {
  return attribute.replace(/^[-!]/, '').replace(/=.*/, '');
}
