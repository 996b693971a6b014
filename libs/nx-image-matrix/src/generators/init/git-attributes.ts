/** `.gitattributes` that marks generated files, so that pull requests fold them. */
export function markGenerated(text: string, outputDir: string): string {
  const pattern = `${outputDir}/**`;
  const known = text.split(/\r?\n/).some((line) => {
    const [path = '', ...attributes] = line.trim().split(/\s+/);
    return path.replace(/^\//, '') === pattern && attributes.some((name) => /^-?linguist-generated/.test(name));
  });
  if (known) return text;
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const before = text === '' || text.endsWith('\n') ? text : text + eol;
  return `${before}${pattern} linguist-generated${eol}`;
}
