import { createHash } from 'node:crypto';
import type { PageData } from './data.ts';
import { embeddedJson, htmlPage } from './html.ts';

const markup = '<meta content="%POLICY%"><title>%TITLE%</title><style>%STYLE%</style>%DATA%|<script>%SCRIPT%</script>';
const data: PageData = { manifest: 'a/manifest.yml', madeAt: '', engine: '', filter: [], images: [] };

describe('embeddedJson', () => {
  it.each(['</script><script>alert(1)</script>', '<!--', '\u2028\u2029', '&amp;', '"\'\\', '\u0000'])(
    'is read as the same text, and ends nothing: %j',
    (text) => {
      const embedded = embeddedJson({ text });
      expect(embedded).not.toMatch(/[<>&\u2028\u2029]/);
      expect(JSON.parse(embedded)).toEqual({ text });
    },
  );
});

describe('htmlPage', () => {
  it('allows its own script and style by their digests, and nothing else', () => {
    const page = htmlPage(data, { markup, style: 'a{}', script: 'run()' });
    expect(page).toContain("default-src 'none'");
    expect(page).toContain(`script-src 'sha256-${createHash('sha256').update('run()').digest('base64')}'`);
    expect(page).not.toContain('unsafe');
  });

  it('inserts the manifest path as text, and replaces nothing in inserted text', () => {
    const page = htmlPage(
      { ...data, manifest: '"><img src=x>/%DATA%' },
      { markup, style: '', script: 'const a = "$& $1 %STYLE%"' },
    );
    expect(page).toContain('<title>&#34;&#62;&#60;img src=x&#62;/%DATA%</title>');
    expect(page).toContain('<script>const a = "$& $1 %STYLE%"</script>');
  });
});
