import { textOf, valueOf } from '../normalise/read.ts';
import { layersOf } from '../normalise/specs.ts';
import { holdsCredentials, isImageReference } from '../references/grammar.ts';
import type { RuleContext } from './context.ts';

/** The generators of SBOMs at every level: each is a reference to an image. */
export function checkAttestations({ tree, problems }: RuleContext): void {
  for (const layer of layersOf(tree)) {
    const generator = textOf(valueOf(valueOf(valueOf(layer, 'attestations'), 'sbom'), 'generator'));
    if (!generator || isImageReference(generator.text)) continue;
    const isSecret = holdsCredentials(generator.text);
    const found = isSecret ? 'the generator' : `\`${generator.text.slice(0, 60)}\``;
    problems.add(generator, 'bad-reference', `${found} is not a reference to an image`, {
      hint: 'registry, path and tag or digest, as in `docker.io/docker/buildkit-syft-scanner:1`',
      harmless: true,
      ...(isSecret && { conceal: true }),
    });
  }
}
