// Writes the tables between `<!-- table: NAME -->` and `<!-- /table -->` in docs/ from the plugin's tables of options
// and targets. With --check it only reports whether that is needed.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { importSource } from '../build/import-source.mjs';

const source = (name) => fileURLToPath(new URL(`../../libs/nx-image-matrix/src/options/${name}.ts`, import.meta.url));
const { allOptions } = await importSource(source('options'));
const { targetsOf } = await importSource(source('targets'));

const pages = [
  ['manifest.md', 'options', optionsTable()],
  ['targets.md', 'targets', targetsTable()],
];

let stale = false;
for (const [page, name, lines] of pages) {
  const file = new URL(`../../docs/${page}`, import.meta.url);
  const text = readFileSync(file, 'utf8');
  const section = new RegExp(`(<!-- table: ${name} -->\n)[^]*?(<!-- /table -->\n)`);
  if (!section.test(text)) throw new Error(`docs/${page} has no place for the table "${name}".`);
  const written = text.replace(section, (_, open, close) => `${open}\n${lines.join('\n')}\n\n${close}`);
  if (written === text) continue;
  if (!process.argv.includes('--check')) writeFileSync(file, written);
  else {
    console.error(`The table "${name}" of docs/${page} is out of date: run "node tools/docs/tables.mjs".`);
    stale = true;
  }
}
if (stale) process.exit(1);

function optionsTable() {
  const rows = Object.entries(allOptions).map(([name, { default: value, otherwise, description, more }]) => [
    `\`${name}\``,
    otherwise ?? (value === undefined || value === '' ? '' : `\`${plain(value)}\``),
    more === undefined ? description : `${description} [More](${more})`,
  ]);
  return table(['option', 'default', 'meaning'], rows);
}

function targetsTable() {
  const names = new Map(targetsOf().map(([key, { name }]) => [key, `\`${name}\``]));
  const rows = targetsOf().map(([, { name, of, cached, dependsOn, after, does, more }]) => [
    `\`${name}\``,
    `${of === 'image' ? 'an' : 'a'} ${of}`,
    cached ? 'yes' : 'no',
    after ?? dependsOn.map((key) => names.get(key)).join(', '),
    more === undefined ? does : `[${does}](${more})`,
  ]);
  return table(['target', 'belongs to', 'cached by Nx', 'depends on', 'does'], rows);
}

function table(head, rows) {
  return [head, head.map(() => '---'), ...rows].map((cells) =>
    cells[0] === '---' ? `|${cells.join('|')}|` : `| ${cells.join(' | ')} |`.replaceAll('|  |', '| |'),
  );
}

function plain(value) {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
