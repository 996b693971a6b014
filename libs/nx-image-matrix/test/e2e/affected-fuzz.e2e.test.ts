import { editKinds } from '../fuzz/edits/edit-at-random.ts';
import { fuzz, type Disagreement } from '../fuzz/fuzz.ts';
import { startSources } from '../fuzz/start.ts';
import { withLab } from '../fuzz/start-lab.ts';
import { Workspace } from '../support/workspace.ts';

const { IMAGE_MATRIX_FUZZ_SEED, IMAGE_MATRIX_FUZZ_EDITS, IMAGE_MATRIX_FUZZ_ONLY, IMAGE_MATRIX_FUZZ_KIND } = process.env;
const seed = Number(IMAGE_MATRIX_FUZZ_SEED ?? 31);
const edits = Number(IMAGE_MATRIX_FUZZ_EDITS ?? 150);
const only = IMAGE_MATRIX_FUZZ_ONLY === undefined ? undefined : Number(IMAGE_MATRIX_FUZZ_ONLY);
const kind = editKinds.find((one) => one === IMAGE_MATRIX_FUZZ_KIND);

/** Far more than the slowest machine needs for one edit. */
const millisecondsPerEdit = 60_000;

describe('nx affected after random edits', () => {
  let workspace: Workspace;
  beforeAll(() => {
    workspace = new Workspace({
      files: { '.gitignore': 'node_modules\ndist\n.nx\n*.local\n' },
    });
  });
  afterAll(() => workspace.dispose());

  it(
    'selects the images that changed and no others',
    () => {
      const disagreements = fuzz({ workspace, sources: withLab(startSources()), seed, edits, only, kind });
      const tooFew = disagreements.reduce((sum, one) => sum + one.tooFew.length, 0);
      const tooMany = disagreements.reduce((sum, one) => sum + one.tooMany.length, 0);
      const summary = `${edits} edits, seed ${seed}: ${tooFew} images too few, ${tooMany} too many`;
      process.stdout.write(`nx affected: ${summary}\n`);
      if (disagreements.length > 0) throw new Error([summary, ...disagreements.map(describeOne)].join('\n\n'));
      expect([tooFew, tooMany]).toEqual([0, 0]);
    },
    edits * millisecondsPerEdit,
  );
});

function describeOne({ edit, what, regenerated, target, tooFew, tooMany }: Disagreement): string {
  return [
    `Edit ${edit} (IMAGE_MATRIX_FUZZ_SEED=${seed} IMAGE_MATRIX_FUZZ_EDITS=${edits} IMAGE_MATRIX_FUZZ_ONLY=${edit}` +
      `${kind === undefined ? '' : ` IMAGE_MATRIX_FUZZ_KIND=${kind}`}), ` +
      `${regenerated ? '' : 'not '}regenerated, ${target}:`,
    ...what.map((one) => `  ${one}`),
    `  too few:  ${tooFew.join(' ') || 'none'}`,
    `  too many: ${tooMany.join(' ') || 'none'}`,
  ].join('\n');
}
