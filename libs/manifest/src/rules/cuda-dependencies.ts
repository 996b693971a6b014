import valid from 'semver/functions/valid.js';
import type { Problems } from '../yaml/problems.ts';
import { isCudnn } from '../expand/cuda-variables.ts';
import { namedEntriesOf, valueOf } from '../normalise/read.ts';
import { isReservedForCuda } from '../normalise/reserved.ts';
import type { Entry } from '../yaml/tree.ts';
import type { RuleContext } from './context.ts';

// Characters of versions, epoch and revision included: Debian Policy 5.6.12 and the RPM tag reference.
const packageVersion = /^[0-9][A-Za-z0-9.+:~^_-]*$/;

/** `12.4` */
const twoNumbers = /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)$/;

/** `cuda_dependencies`: CUDA versions of two or three numbers, package versions valid for apt and dnf, one cuDNN. */
export function checkCudaDependencies({ tree, problems }: RuleContext): void {
  for (const [version, { key, value }] of namedEntriesOf(valueOf(tree, 'cuda_dependencies'))) {
    if (valid(version) !== version && !twoNumbers.test(version)) {
      problems.add(key, 'bad-cuda-version', `\`${version}\` is not a CUDA version`, {
        hint: 'major and minor, and patch where there is one, as in `11.3.1` or `12.4`',
        harmless: true,
      });
    }
    const components = namedEntriesOf(value).filter(([name]) => !isReservedForCuda(name));
    for (const component of components) checkComponent(component, problems);
    const [first, second] = components.filter(([name]) => isCudnn(name));
    if (first && second) {
      problems.add(
        second[1].key,
        'several-cudnn',
        `CUDA ${version} has two cuDNN: \`${first[0]}\` and \`${second[0]}\``,
        {
          hint: 'give each cuDNN a CUDA version of its own',
          harmless: true,
          once: true,
        },
      );
    }
  }
}

function checkComponent([name, { value }]: [string, Entry], problems: Problems): void {
  if (value.kind !== 'scalar' || (typeof value.value !== 'string' && typeof value.value !== 'number')) return;
  if (packageVersion.test(value.text)) return;
  problems.add(value, 'bad-component-version', `\`${value.text}\` is not a package version of \`${name}\``, {
    hint: 'the exact version as the package manager prints it, as in `11.3.109-1`',
    harmless: true,
  });
}
